#!/bin/sh
# A program has the same states in every build: the machine with tail calls, with the `match`, with the loop and, where
# rustc has the target and node is installed, in WebAssembly runs programs in pieces of odd lengths.
# Compared at each stop: the hash of the state, the bytes of the snapshot, what is printed. Then each
# build goes on with snapshots of another one. Arguments are programs (default: some of the suite's).
# Builds into target folders of its own; BUILD_STD=1 as in wasm.sh.
set -eu
cd "$(dirname "$0")/../.."
target=${CARGO_TARGET_DIR:-target}/snapshot_builds
wasm=wasm32-unknown-unknown
[ $# -gt 0 ] || set -- tests/tests/dispatch/all_opcodes.lua examples/tour.lua \
    tests/suite/coroutines/boundaries.lua tests/suite/debug/hooks.lua tests/suite/errors/messages.lua \
    tests/suite/gc/finalizers.lua tests/suite/gc/weak.lua tests/suite/load/chunks.lua \
    tests/suite/math/random.lua tests/suite/statements/attribs.lua tests/suite/string/patterns.lua \
    tests/suite/table/sort.lua benches/programs/coroutines.lua

# build NAME OPTION...: builds for NAME in a folder of its own, which begins as a copy of the first: most
# crates, or what builds them, are the same.
build() {
    name=$1
    shift
    [ -d "$target/$name" ] || [ ! -d "$target/tail" ] || cp -a "$target/tail" "$target/$name"
    cargo build --locked --target-dir "$target/$name" -p luka-wasm "$@"
}

builds="tail match loop"
for dispatch in $builds; do
    LUKA_DISPATCH=$dispatch build "$dispatch" --bin stops
done
if ! command -v node >/dev/null; then
    echo "snapshot_builds: WebAssembly is SKIPPED: node is not installed"
elif [ -n "${BUILD_STD:-}" ]; then
    RUSTC_BOOTSTRAP=1 build wasm --lib --target $wasm -Zbuild-std=std,panic_abort
    builds="$builds wasm"
elif [ -d "$(rustc --print sysroot)/lib/rustlib/$wasm/lib" ]; then
    build wasm --lib --target $wasm
    builds="$builds wasm"
else
    echo "snapshot_builds: WebAssembly is SKIPPED: rustc has no $wasm"
fi

# stops BUILD FOLDER PROGRAM: the program's states in that build, as files of an empty folder.
stops() {
    mkdir -p "$2"
    case $1 in
    wasm) node tests/wasm/run.mjs "$target/wasm/$wasm/debug/luka_wasm.wasm" "$3" "$2" ;;
    *) "$target/$1/debug/stops" "$2" "$3" ;;
    esac
}

found=$target/found
for program in "$@"; do
    rm -rf "$found"
    for build in $builds; do
        stops "$build" "$found/$build" "$program"
        diff -r "$found/tail" "$found/$build"
    done
    states=$(ls "$found/tail" | grep -c snap)
    # A snapshot of the middle of the run, in every build: equal states and the rest of what is printed.
    middle=$((states / 2))
    printed=$(sed -n "s/^$middle: .*printed //p" "$found/tail/states")
    tail -c "+$((printed + 1))" "$found/tail/printed" >"$found/rest"
    for build in $builds; do
        stops "$build" "$found/on_$build" "$found/tail/$middle.snap"
        diff -r "$found/on_tail" "$found/on_$build"
        cmp "$found/on_$build/printed" "$found/rest"
    done
    echo "snapshot_builds: $program: $states equal states ($builds)"
done
