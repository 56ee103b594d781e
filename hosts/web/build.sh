#!/bin/sh
# Builds the npm package luka-wasm into target/web/luka-wasm, ready for `npm pack`, and the playground, a
# page to be served as it is, into target/web/page; the latter needs npm. Needs the wasm32-unknown-unknown target;
# without rustup, BUILD_STD=1 as in tests/modes/wasm.sh.
set -eu
cd "$(dirname "$0")/../.."
target=wasm32-unknown-unknown
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-target}/web
case $CARGO_TARGET_DIR in /*) ;; *) CARGO_TARGET_DIR=$PWD/$CARGO_TARGET_DIR ;; esac
export CARGO_TARGET_DIR
package=$CARGO_TARGET_DIR/luka-wasm
# What is downloaded has no modules for folders, programs, terminals, sockets and command lines, which a page does
# not have, nor those that make bytecode and tests, which are large. A list of one's own replaces this one.
export LUKA_STDLIB_WITHOUT="${LUKA_STDLIB_WITHOUT-luka.compiler,luka.bytecode,luka.test,luka.args,luka.fs,luka.process,luka.regex,\
luka.http,luka.net,luka.term,lfs,socket,ssl,mime,ltn12,system,term}"
# No folder of the machine that builds is named in it.
sources=$(rustc --print sysroot)/lib/rustlib/src/rust
CARGO_ENCODED_RUSTFLAGS=$(printf -- '--remap-path-prefix=%s\037--remap-path-prefix=%s\037--remap-path-prefix=%s' \
    "$PWD=" "${CARGO_HOME:-$HOME/.cargo}/registry/src=" "$sources=")
export CARGO_ENCODED_RUSTFLAGS
if [ -n "${BUILD_STD:-}" ]; then
    export RUSTC_BOOTSTRAP=1
    cargo build --locked --profile web --target $target -Zbuild-std=std,panic_abort -p luka-web
else
    cargo build --locked --profile web --target $target -p luka-web
fi
mkdir -p "$package"
cp hosts/web/package/* LICENSE "$package"
cp "$CARGO_TARGET_DIR/$target/web/luka_web.wasm" "$package/luka.wasm"
echo "web: $package"
if command -v npm >/dev/null; then
    hosts/web/page/build.sh "$CARGO_TARGET_DIR"
else
    echo "web: SKIPPED: npm is not installed: the playground is not built"
fi
