#!/bin/sh
# build.sh FOLDER: builds the playground into FOLDER/page: the files of this folder, bundled, and the module of
# FOLDER/luka-wasm. Called by hosts/web/build.sh; by itself after changes of the page alone. Needs npm.
set -eu
work=$(cd "$1" && pwd)
page=$work/page
cd "$(dirname "$0")/.."
[ -d node_modules ] || npm ci --no-audit --no-fund --ignore-scripts
rm -rf "$page"
mkdir -p "$page"
node_modules/.bin/esbuild page/main.js page/worker.js --bundle --format=esm --minify --target=es2022 \
    --external:node:fs/promises --outdir="$page" --log-level=warning
cp page/index.html page/style.css "$work/luka-wasm/luka.wasm" "$page"
# The service worker keeps these files, under a version that changes with any of them.
version=$(cd "$page" && cat ./* | sha256sum | cut -c1-16)
files=$(cd "$page" && printf '"%s", ' ./*)
sed -e "s|@VERSION@|$version|" -e "s|\"@FILES@\"|\"./\", ${files%, }|" page/sw.js >"$page/sw.js"
echo "web: $page"
