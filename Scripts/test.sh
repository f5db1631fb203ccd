#!/usr/bin/env bash
# Everything that must hold: format, build, unit and API tests, then the real binary with a real browser.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s\n' "$*"; }

step "format"
paths=(Package.swift)
for path in Sources Tests Benchmarks; do [ -d "$path" ] && paths+=("$path"); done
swift format lint --strict --recursive "${paths[@]}"

step "build"
swift build --build-tests
# What people run is optimised as a whole, which finds errors that a debug build lets pass.
swift build -c release --product winnow

# Bounds, so that a test that hangs is an answer too.
step "unit and API tests"
Scripts/test-environment.sh
WINNOW_PYTHON=$PWD/.venv-tests/bin/python Scripts/swift-test.sh 15 --skip '^HTTPServerTests\.'
# By themselves: their clients and the server under test tell slow from dead by the clock, and tests that compute for a minute beside
# them leave neither of them a thread.
Scripts/swift-test.sh 10 --filter '^HTTPServerTests\.'

step "API tests under the address and leak sanitizers"
timeout --foreground 15m Scripts/test-sanitized.sh address RESTAPITests

step "end to end"
WINNOW=$PWD/.build/release/winnow timeout --foreground 20m Scripts/test-end-to-end.sh
