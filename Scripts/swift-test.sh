#!/usr/bin/env bash
# `swift test` with bounds, whose last lines say what failed: Scripts/swift-test.sh MINUTES [ARGUMENTS OF swift test]
set -euo pipefail
cd "$(dirname "$0")/.."

minutes=$1
shift
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# A thousand tests run beside each other: what one of them said is long gone when the last has ended.
status=0
timeout --foreground "${minutes}m" swift test --skip-build "$@" 2>&1 | tee "$log" || status=$?
if [ "$status" -ne 0 ]; then
  printf '\n== what failed (rc %s; 124: not done after %s minutes)\n' "$status" "$minutes"
  grep -aE 'recorded an issue|(^|[^a-z:])error: |Fatal error|Sanitizer' "$log" | cut -c1-600 | tail -40 || true
  [ "$status" -ne 124 ] || comm -23 \
    <(grep -aoE '^◇ Test [^"]*\(\) started' "$log" | cut -d' ' -f3 | sort -u) \
    <(grep -aoE '^[✔✘] Test [^"]*\(\) (passed|failed)' "$log" | cut -d' ' -f3 | sort -u) | sed 's/^/not ended: /'
fi
exit "$status"
