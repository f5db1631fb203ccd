#!/usr/bin/env bash
# Checks the tool chain and installs the Debian packages that are missing; does nothing where all is there.
#
#   Scripts/setup-debian.sh          what building and the demo need
#   Scripts/setup-debian.sh tests    also what the tests need (chromium, openssl)
set -euo pipefail

say() { printf 'setup: %s\n' "$*" >&2; }

# Swift first: no package manager of Debian has it, so nothing below would help.
wanted_major=6 wanted_minor=3
if ! command -v swift >/dev/null; then
  say "Swift is not installed. Winnow needs Swift $wanted_major.$wanted_minor or newer: https://www.swift.org/install/linux/"
  exit 1
fi
version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1)
major=${version%%.*} minor=${version#*.}
if [ -z "$version" ] || [ "$major" -lt "$wanted_major" ] ||
  { [ "$major" -eq "$wanted_major" ] && [ "$minor" -lt "$wanted_minor" ]; }; then
  say "Swift $wanted_major.$wanted_minor or newer is needed; this is '${version:-unknown}': https://www.swift.org/install/linux/"
  exit 1
fi

# On another system only the tool chain is checked: its packages have other names, and the compiler says what is missing.
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  say "not a Debian system; make sure that the libraries named in README.md are installed"
  exit 0
fi

packages=(
  libmicrohttpd-dev libsqlite3-dev libdnnl-dev libsodium-dev libspng-dev libturbojpeg0-dev zlib1g-dev libarchive-dev
  libjs-chart.js
)
# A Python that can make virtual environments is enough, whoever installed it.
python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3 python3-venv)
# make itself is missing from the smallest images.
command -v make >/dev/null || packages+=(make)
[ "${1:-}" = tests ] && packages+=(chromium openssl)

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

say "installing ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    say "not root and no sudo: run 'apt-get install ${missing[*]}' as root, then try again"
    exit 1
  fi
  as_root=(sudo)
fi

# A machine that has just started often holds apt's locks for its own updates, and mirrors fail now and then.
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 \
    "$@" </dev/null >&2
}
try() {
  for pause in 5 15 45 0; do
    "$@" && return 0
    [ "$pause" -eq 0 ] || sleep "$pause"
  done
  return 1
}
try apt update || say "the package lists could not be refreshed; going on with those at hand"
if ! try apt install -y --no-install-recommends "${missing[@]}"; then
  say "apt-get could not install: ${missing[*]}. Check the network, or install them by hand, then try again"
  exit 1
fi
