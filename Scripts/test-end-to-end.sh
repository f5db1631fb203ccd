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
Scripts/test-environment.sh
# Real images where they can be had; the tests take the text messages otherwise.
Scripts/digits.sh .build/demo/digits || true

export PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
exec .venv-tests/bin/python Tests/EndToEnd/run.py "$@"
