#!/bin/sh
# The editors (editors/): the extension for Visual Studio Code is checked against the types of its interface, its
# tests run, and it is packaged; Neovim, without a screen, debugs a program with nvim-dap and shows a mistake; the file
# for Helix is read. Says what is skipped. LUKA is the program (target/debug/luka), NVIM_DAP a folder with nvim-dap
# (else it is fetched by git).
set -eu
cd "$(dirname "$0")/../.."
root=$PWD
luka=${LUKA:-$root/target/debug/luka}
work=${CARGO_TARGET_DIR:-$root/target}/editors
mkdir -p "$work"
if ! [ -x "$luka" ]; then
    cargo build -p luka-cli
fi
export LUKA="$luka"

"$luka" -e '
    local file = assert(io.open("editors/helix/languages.toml"))
    local read = require("luka.toml").decode(file:read "a")
    assert(read.language[1].debugger.args[1] == "dap" and read["language-server"].luka.args[1] == "lsp")
'
echo "editors: helix: the file is read"

if ! command -v npm >/dev/null; then
    echo "editors: SKIPPED: npm is not installed: the extension is not tested"
elif ! npm ci --prefix editors/vscode --no-audit --no-fund --ignore-scripts >"$work/npm.log" 2>&1; then
    tail -n 3 "$work/npm.log"
    echo "editors: SKIPPED: npm cannot install packages: the extension is not tested"
else
    cd editors/vscode
    npm run --silent check
    npm test --silent >"$work/test.log" 2>&1 || { cat "$work/test.log"; exit 1; }
    ./node_modules/.bin/vsce package --allow-missing-repository --out "$work/luka.vsix" >"$work/vsce.log" 2>&1 ||
        { cat "$work/vsce.log"; exit 1; }
    cd "$root"
    echo "editors: vscode: types, tests and package ok ($(wc -c <"$work/luka.vsix") bytes)"
fi

if ! command -v nvim >/dev/null; then
    echo "editors: SKIPPED: nvim is not installed: it is not tested"
    exit 0
fi
dap=${NVIM_DAP:-$work/nvim-dap}
if ! [ -d "$dap" ] && ! git clone --quiet --depth 1 https://github.com/mfussenegger/nvim-dap "$dap" 2>"$work/git.log"; then
    echo "editors: SKIPPED: nvim-dap cannot be fetched: Neovim is not tested"
    exit 0
fi
program=$(mktemp -d)
trap 'rm -rf "$program"' EXIT
cat >"$program/main.lua" <<'END'
local unused = 1
local sum = 0
for i = 1, 3 do
  sum = sum + i
end
print(sum)
END
# A program that serves a debugger itself, to attach to.
cargo build --quiet -p luka-dap --example attach
attach=${CARGO_TARGET_DIR:-$root/target}/debug/examples/attach
awk '/^pub const SCRIPT/ { on = 1; next } /^";/ { on = 0 } on' examples/embed/attach.rs >"$program/boat.lua"
mkdir -p "$program/plugin/lua"
cp editors/nvim/luka.lua "$program/plugin/lua/"
cd "$program"
: >attach.out
"$attach" 127.0.0.1:0 >attach.out &
served=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
    ATTACH=$(sed -n 's/^attach to .*://p' attach.out)
    [ -z "$ATTACH" ] || break
    sleep 1
done
export ATTACH
XDG_CONFIG_HOME=$program XDG_DATA_HOME=$program XDG_STATE_HOME=$program XDG_CACHE_HOME=$program \
    timeout 120 nvim --headless --clean --cmd "set runtimepath^=$dap,$program/plugin" \
    -c "lua local ok, why = pcall(dofile, '$root/editors/nvim/test.lua') if not ok then print(why) vim.cmd 'cquit' end"
echo
wait $served || { echo "editors: the program that was attached to has failed"; exit 1; }
grep -q "^the boat is at" attach.out
echo "editors: nvim ok"
