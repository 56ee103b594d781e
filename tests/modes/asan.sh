#!/bin/sh
# The tests with AddressSanitizer compiled in: every access outside an object or after its end is
# an error. Nightly has it as -Zsanitizer; RUSTC_BOOTSTRAP=1 lets the stable compiler have it too.
# Builds into a target folder of its own. Arguments go to `cargo test`; without any, the tests that
# run the machine. LUKA_DISPATCH=loop runs the other way of dispatching. LUA_TESTS as in .ci/run.
set -eu
cd "$(dirname "$0")/../.."
host=$(rustc -vV | sed -n 's/^host: //p')
export RUSTC_BOOTSTRAP=1
export RUSTFLAGS="-Zsanitizer=address ${RUSTFLAGS:-}"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-target}/asan-${LUKA_DISPATCH:-default}"
# At its end a program leaves the machine's memory to the system.
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=0}"
# How many seeds fuzz_images tries, unless FUZZ_SECONDS says for how long it runs.
if [ -z "${FUZZ_SECONDS:-}" ]; then
    export FUZZ_COUNT="${FUZZ_COUNT:-20000}"
fi
# How many random calls of the embedding crate's interface are made.
export LUKA_CALLS="${LUKA_CALLS:-100000}"
if [ $# -gt 0 ]; then
    exec cargo test --target "$host" "$@"
fi
# Not `dispatch`, which reads machine code that the sanitizer has filled with checks.
cargo test --target "$host" -p luka-bytecode -p luka-vm -p luka-stdlib
cargo test --target "$host" -p luka --test api
cargo test --target "$host" -p luka-tests --lib --test suite --test libraries --test fuel \
    --test fuzz_images --test fuzz_snapshots --test fuzz_stopped --test broken --test snapshots --test image --test cli
if [ -n "${LUA_TESTS:-}" ]; then
    cargo build --target "$host" -p luka-cli
    LUKA="$PWD/$CARGO_TARGET_DIR/$host/debug/luka"
    case $CARGO_TARGET_DIR in /*) LUKA=$CARGO_TARGET_DIR/$host/debug/luka ;; esac
    export LUKA
    cargo test --target "$host" -p luka-tests --test official -- --skip main
fi
