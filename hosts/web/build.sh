#!/bin/sh
# Builds the npm package luka-wasm into target/web/luka-wasm, ready for `npm pack`, and the playground, a
# page to be served as it is, into target/web/page; the latter needs npm. Needs the wasm32-unknown-unknown target; without rustup, BUILD_STD=1 as in tests/modes/wasm.sh.
set -eu
cd "$(dirname "$0")/../.."
target=wasm32-unknown-unknown
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-target}/web
case $CARGO_TARGET_DIR in /*) ;; *) CARGO_TARGET_DIR=$PWD/$CARGO_TARGET_DIR ;; esac
export CARGO_TARGET_DIR
package=$CARGO_TARGET_DIR/luka-wasm
# The compiler in the language and what `luka test` runs are not part of it: they would be 170 KB more to download.
# Nor is what needs sockets, which a page does not have.
export LUKA_STDLIB_WITHOUT=luka.compiler,luka.test,luka.http,socket,mime,ltn12
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
