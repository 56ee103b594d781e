#!/bin/sh
# Samples under valgrind's memcheck: reads of memory nobody has written, which AddressSanitizer does
# not see. Takes the `luka` to test (default: the release build) and programs (default: some).
set -eu
cd "$(dirname "$0")/../.."
luka=${1:-target/release/luka}
[ $# -gt 0 ] && shift
[ -x "$luka" ] || cargo build --release -p luka-cli
[ $# -gt 0 ] || set -- examples/tour.lua tests/tests/dispatch/all_opcodes.lua \
    tests/suite/*/*.lua
failed=0
log=$(mktemp)
for program in "$@"; do
    # Suite files hold sections; run as one program they may end with an error, which is no matter.
    valgrind -q --error-exitcode=99 --log-file="$log" "$luka" "$program" \
        >/dev/null 2>&1 </dev/null && status=0 || status=$?
    if [ "$status" -eq 99 ]; then
        failed=$((failed + 1))
        echo "memcheck: $program"
        cat "$log"
    fi
done
rm -f "$log"
echo "memcheck: $# programs, $failed with errors"
[ "$failed" -eq 0 ]
