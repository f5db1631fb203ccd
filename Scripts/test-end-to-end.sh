#!/usr/bin/env bash
# Runs Tests/EndToEnd against the debug binary (or the one named by WINNOW), in a throw-away virtual environment.
# CHROMIUM names a browser elsewhere, SHARED_DATA a folder of data sets other than ../shared/data.
# Arguments choose among them: Scripts/test-end-to-end.sh test_command_line test_page.Page
set -euo pipefail
cd "$(dirname "$0")/.."

export WINNOW=${WINNOW:-$PWD/.build/debug/winnow}
if [ ! -x "$WINNOW" ]; then
  echo "end to end: no binary at $WINNOW; run 'swift build --product winnow' first" >&2
  exit 1
fi
venv=.venv-e2e
# One that was cut short, or whose Python is gone, is made anew.
$venv/bin/python -m pip --version >/dev/null 2>&1 || python3 -m venv --clear $venv
if ! $venv/bin/python -c 'import playwright' 2>/dev/null; then
  $venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --retries 5 --timeout 30 \
    -r Tests/EndToEnd/requirements.txt </dev/null
fi
# Real images where they can be had; the tests take the text messages otherwise.
Scripts/digits.sh .build/demo/digits || true

export PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
exec $venv/bin/python Tests/EndToEnd/run.py "$@"
