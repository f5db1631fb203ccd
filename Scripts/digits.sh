#!/usr/bin/env bash
# Makes the handwritten digits of the scikit-learn package into PNG images: Scripts/digits.sh FOLDER
#
# Only the package's data file is wanted, so it is installed alone (9 MB, no NumPy) into a throw-away virtual
# environment. A table at hand (DIGITS_CSV, or ../shared beside the repository) is used where the network is absent.
# Exit code 1, and a word on standard error, where neither can be had.
set -euo pipefail
cd "$(dirname "$0")/.."

out=${1:?"usage: Scripts/digits.sh FOLDER"}
images=$out/images
[ -f "$out/truth.csv" ] && exit 0

venv=.build/venv-digits
table=${DIGITS_CSV:-}
if [ -z "$table" ]; then
  mkdir -p .build
  if "$venv/bin/python" -m pip --version >/dev/null 2>&1 || python3 -m venv --clear "$venv" 2>/dev/null; then
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --no-deps --timeout 15 --retries 1 \
      scikit-learn </dev/null >&2 || echo "digits: scikit-learn could not be installed" >&2
    table=$("$venv/bin/python" -c 'import importlib.util as u, pathlib
spec = u.find_spec("sklearn")
print(pathlib.Path(spec.submodule_search_locations[0], "datasets/data/digits.csv.gz") if spec else "")')
  else
    echo "digits: python3 cannot make a virtual environment here" >&2
  fi
fi
if [ ! -f "${table:-}" ]; then table=../shared/data/digits/digits.csv.gz; fi
if [ ! -f "$table" ]; then
  echo "digits: no scikit-learn and no ../shared/data/digits: the images cannot be made" >&2
  exit 1
fi
python3 Scripts/digits_images.py "$table" "$images" "$out/truth.csv"
