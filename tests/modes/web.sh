#!/bin/sh
# The npm package luka-wasm (hosts/web): built, its size, its tests under node, its types under
# `tsc --strict`, and installed into an empty folder from what `npm pack` makes; the playground in a headless
# Chromium (CHROMIUM names it). Says what is skipped. Needs node 20 and the wasm32-unknown-unknown target (or
# BUILD_STD=1, as in wasm.sh); npm for all but the tests under node.
set -eu
cd "$(dirname "$0")/../.."
if ! command -v node >/dev/null; then
    echo "web: SKIPPED: node is not installed"
    exit 0
fi
if [ -z "${BUILD_STD:-}" ] && ! [ -d "$(rustc --print target-libdir --target wasm32-unknown-unknown)" ]; then
    echo "web: SKIPPED: rustc has no wasm32-unknown-unknown"
    exit 0
fi
work=$PWD/${CARGO_TARGET_DIR:-target}/web
case ${CARGO_TARGET_DIR:-} in /*) work=$CARGO_TARGET_DIR/web ;; esac
package=$work/luka-wasm
hosts/web/build.sh

# What is downloaded is not to grow unnoticed.
node -e '
    const zlib = require("node:zlib"), fs = require("node:fs");
    const bytes = fs.readFileSync(process.argv[1]);
    const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_LGWIN]: 24 };
    const small = zlib.brotliCompressSync(bytes, { params }).length;
    console.log(`web: luka.wasm has ${bytes.length} bytes, ${small} compressed by brotli`);
    if (small > 700_000) {
        console.error("web: that is more than 700,000");
        process.exit(1);
    }
' "$package/luka.wasm"

LUKA_WASM=$package/luka.js node --test hosts/web/test/luka.test.mjs

if ! command -v npm >/dev/null; then
    echo "web: SKIPPED: npm is not installed: types and the packed package are not tested"
    exit 0
fi
if ! npm ci --prefix hosts/web --no-audit --no-fund --ignore-scripts >"$work/npm.log" 2>&1; then
    tail -n 3 "$work/npm.log"
    echo "web: SKIPPED: npm cannot install packages: types and playground are not tested"
else
    types=$work/types
    mkdir -p "$types/node_modules"
    rm -rf "$types/node_modules/luka-wasm"
    cp -r "$package" "$types/node_modules/luka-wasm"
    cp hosts/web/test/types.ts "$types/types.ts"
    echo '{"type":"module"}' >"$types/package.json"
    hosts/web/node_modules/.bin/tsc --strict --noEmit --target es2022 --module nodenext \
        --lib es2022,dom "$types/types.ts"
    echo "web: types ok"
    chromium=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
    if [ -n "$chromium" ]; then
        LUKA_PAGE=$work/page CHROMIUM=$chromium node --test hosts/web/test/page.test.mjs
    else
        echo "web: SKIPPED: there is no chromium: the playground is not tested"
    fi
fi

# What is published works in an empty folder, offline.
empty=$(mktemp -d)
trap 'rm -rf "$empty"' EXIT
packed=$(cd "$package" && npm pack --silent --pack-destination "$empty")
(cd "$empty" && echo '{"type":"module"}' >package.json &&
    npm install --silent --offline --no-audit --no-fund "./$packed" &&
    printf '%s\n' 'import { Luka } from "luka-wasm";' \
        'const luka = await Luka.create({ onWrite: (text) => process.stdout.write(text) });' \
        'await luka.run("print(_VERSION)");' >main.js &&
    [ "$(node main.js)" = "Lua 5.4" ])
echo "web: $packed ok"
