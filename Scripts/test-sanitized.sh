#!/usr/bin/env bash
# The tests of everything that bytes from outside reach, under a sanitizer: Scripts/test-sanitized.sh address|thread [FILTER]
#
# address: memory errors, and leaks at the end. thread: races, in the HTTP server only: its lock is a POSIX mutex, which the
# sanitizer knows; `Synchronization.Mutex`, which the other targets use, waits on a futex that it does not see.
set -euo pipefail
cd "$(dirname "$0")/.."

kind=${1:?"usage: Scripts/test-sanitized.sh address|thread [FILTER]"}
case $kind in
  address) targets="FuzzTests HTTPServerTests RESTAPITests" ;;
  thread) targets="HTTPServerTests" ;;
  *) echo "test-sanitized: there is no '$kind'; say address or thread" >&2; exit 2 ;;
esac

# A folder of its own: the flags differ, and neither build is to undo the other.
build=(--sanitize "$kind" --scratch-path ".build/${kind:0:1}san")
export WINNOW_TEST_TARGETS=$targets
swift build --build-tests "${build[@]}"

# A crash is the sanitizer's to tell of, not the backtracer's.
export SWIFT_BACKTRACE=enable=no
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:allocator_may_return_null=1}
export LSAN_OPTIONS=${LSAN_OPTIONS:-suppressions=Tests/Sanitizers/leaks.txt:print_suppressions=0}
export TSAN_OPTIONS=${TSAN_OPTIONS:-suppressions=Tests/Sanitizers/races.txt:history_size=4}
filter=${2:-.}
Scripts/swift-test.sh 20 "${build[@]}" --filter "$filter"
