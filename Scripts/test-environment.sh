#!/usr/bin/env bash
# Makes the virtual environment of the tests that need Python: a browser's driver, and readers of what Winnow writes.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=.venv-tests
wanted=Tests/EndToEnd/requirements.txt
# One that was cut short, or whose Python is gone, is made anew.
$venv/bin/python -m pip --version >/dev/null 2>&1 || python3 -m venv --clear $venv
if ! cmp -s $wanted $venv/installed.txt; then
  $venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --retries 5 --timeout 30 -r $wanted </dev/null
  cp $wanted $venv/installed.txt
fi
