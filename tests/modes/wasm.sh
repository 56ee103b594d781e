#!/bin/sh
# Builds the crates that touch no operating system for wasm32-unknown-unknown and runs programs on
# them with node, comparing with `luka` where it is built. With rustup: `rustup target add
# wasm32-unknown-unknown`. Elsewhere Debian's rustc-web, cargo-web, rust-web-src and the lld of the
# same LLVM version (lld-22 for rustc 1.95; the package lld is an older one, and without the right one
# the linker `rust-lld` is not found) build the target's standard library from source:
#     PATH=/usr/bin:/bin RUSTC=/usr/bin/rustc BUILD_STD=1 tests/modes/wasm.sh
set -eu
cd "$(dirname "$0")/../.."
target=wasm32-unknown-unknown
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-target}/wasm"
if [ -n "${BUILD_STD:-}" ]; then
    export RUSTC_BOOTSTRAP=1
    cargo build --locked --target $target -Zbuild-std=std,panic_abort -p luka-wasm
else
    cargo build --locked --target $target -p luka-wasm
fi
module=$CARGO_TARGET_DIR/$target/debug/luka_wasm.wasm
[ $# -gt 0 ] || set -- tests/tests/dispatch/all_opcodes.lua benches/programs/queens.lua \
    benches/programs/json.lua benches/programs/coroutines.lua benches/programs/strings_patterns.lua
for program in "$@"; do
    node tests/wasm/run.mjs "$module" "$program" >"$CARGO_TARGET_DIR/printed"
    if command -v "${LUKA:-lua5.4}" >/dev/null; then
        "${LUKA:-lua5.4}" "$program" >"$CARGO_TARGET_DIR/expected"
        cmp "$CARGO_TARGET_DIR/printed" "$CARGO_TARGET_DIR/expected"
    fi
    echo "wasm: $program ok"
done
