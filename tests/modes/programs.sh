#!/bin/sh
# Programs of others on the modules that come with Luka, unmodified: luacheck, Teal, ldoc, LuaRocks, busted with its
# own specs, tests of Penlight, luaunit, djot, Fennel, lpeg_patterns and Copas, JSONTestSuite. LUKA is the program (target/release/luka), PROGRAMS a folder with their
# repositories, which are fetched by git where they are missing. Says what is skipped. A few minutes.
set -eu
cd "$(dirname "$0")/../.."
root=$PWD
luka=${LUKA:-$root/target/release/luka}
work=${CARGO_TARGET_DIR:-$root/target}/programs
programs=${PROGRAMS:-$work/repositories}
mkdir -p "$work" "$programs"
work=$(cd "$work" && pwd) programs=$(cd "$programs" && pwd)
if ! [ -x "$luka" ]; then
    cargo build --release -p luka-cli
fi
failed=0

# Whether the repositories are there: `have OWNER/NAME…`.
have() {
    for repository; do
        name=${repository#*/}
        [ -d "$programs/$name" ] && continue
        if ! timeout 120 git clone -q --depth 1 "https://github.com/$repository" "$programs/$name" 2>"$work/git.log"; then
            rm -rf "${programs:?}/$name"
            echo "programs: SKIPPED: $repository cannot be had"
            return 1
        fi
    done
}

# Runs a command in a repository; its output must have a line that is a match of the pattern.
try() {
    what=$1 folder=$2 pattern=$3
    shift 3
    (cd "$programs/$folder" && timeout 300 "$@") >"$work/out" 2>&1 || true
    if grep -Eq "$pattern" "$work/out"; then
        echo "programs: $what: $(grep -Em1 "$pattern" "$work/out")"
    else
        echo "programs: $what: FAILED, no line with $pattern:"
        tail -n 20 "$work/out"
        failed=1
    fi
}

# Where modules of these repositories are, each in a folder of its own.
path="./?.lua;./?/init.lua;./src/?.lua;./src/?/init.lua"
for folder in argparse/src lua_cliargs/src say/src mediator_lua/src Penlight/lua luarocks/src luarocks/vendor ldoc; do
    path="$path;$programs/$folder/?.lua;$programs/$folder/?/init.lua"
done
rm -rf "$work/tree"
mkdir -p "$work/tree" "$work/bin"
ln -s "$programs/luassert/src" "$work/tree/luassert"
path="$path;$work/tree/?.lua;$work/tree/?/init.lua"
export LUA_PATH="$path"
# Programs start others as `lua`.
printf '#!/bin/sh\nexec "%s" "$@"\n' "$luka" >"$work/bin/lua"
chmod +x "$work/bin/lua"
export PATH="$work/bin:$PATH"

if have lunarmodules/luacheck luarocks/argparse; then
    try luacheck luacheck 'Total: .*0.* warnings / .*0.* errors in [0-9]+ files' \
        "$luka" bin/luacheck.lua --no-color src
    rm -rf "$work/luacheck.cache"
    for _ in 1 2; do
        try 'luacheck, cached' luacheck '^<testsuite name="Luacheck report" tests="1">$' \
            "$luka" bin/luacheck.lua --cache "$work/luacheck.cache" --formatter JUnit src/luacheck/cache.lua
    done
    printf 'local x = 1\nreturn y\n' >"$work/bad.lua"
    try 'luacheck, of mistakes' luacheck '2 warnings / 0 errors' "$luka" bin/luacheck.lua --no-config --no-color "$work/bad.lua"
fi

if have teal-language/tl luarocks/argparse; then
    try 'tl check' tl '^0 errors detected' "$luka" tl check tlcli/main.tl
    try 'tl gen' tl '^Wrote: ' "$luka" tl gen -o "$work/main.lua" tlcli/main.tl
fi

if have lunarmodules/Penlight; then
    try 'Penlight: its tests' Penlight '^Run completed successfully' "$luka" run.lua
fi

if have lunarmodules/ldoc lunarmodules/Penlight; then
    try 'ldoc of Penlight' Penlight '^output written to' "$luka" ../ldoc/ldoc.lua -d "$work/ldoc" .
    try 'ldoc: its pages' Penlight 'pl.stringx' cat "$work/ldoc/index.html"
fi

if have luarocks/luarocks lunarmodules/say; then
    rm -rf "$work/rocks"
    try 'luarocks make' say '^say .* is now installed' "$luka" ../luarocks/src/bin/luarocks --lua-version=5.4 \
        --tree="$work/rocks" make say-scm-1.rockspec
    try 'luarocks list' say '^ *scm-1 \(installed\)' "$luka" ../luarocks/src/bin/luarocks --lua-version=5.4 \
        --tree="$work/rocks" list
fi

# (One of its specs is about luacov, which is not there.)
if have lunarmodules/busted luarocks/argparse lunarmodules/lua_cliargs lunarmodules/luassert lunarmodules/say \
    Olivine-Labs/mediator_lua lunarmodules/Penlight; then
    try 'busted: its specs' busted '^1[0-9]{3} successes / [01] failures? / 0 errors' "$luka" bin/busted
fi

if have bluebird75/luaunit; then
    try 'luaunit: its tests' luaunit '^Ran 2[0-9]{2} tests .* 0 failures' "$luka" run_unit_tests.lua
fi

if have jgm/djot.lua; then
    try 'djot: its tests' djot.lua '^255 tests completed' "$luka" test.lua
fi

if have bakpakin/Fennel; then
    try 'Fennel: built, and its tests' Fennel '^1[0-9]{2} passed, 0 failed, 0 error' make test LUA=lua
fi

if have daurnimator/lpeg_patterns lunarmodules/busted; then
    try 'lpeg_patterns: its specs' lpeg_patterns '^91 successes / 0 failures / 0 errors' "$luka" "$programs/busted/bin/busted"
fi

if have lunarmodules/copas Tieske/timerwheel.lua Tieske/binaryheap.lua; then
    # (What it needs of coxpcall is 5.4's own.)
    echo 'return {pcall = pcall, xpcall = xpcall, running = coroutine.running}' >"$work/tree/coxpcall.lua"
    for test in http-timeout tcptimeout udptimeout; do
        LUA_PATH="./src/?.lua;$programs/timerwheel.lua/src/?/init.lua;$programs/binaryheap.lua/src/?.lua;$LUA_PATH" \
            try "copas: $test" copas '(test success!|all tests completed|Loop done)' "$luka" "tests/$test.lua"
    done
fi

if have nst/JSONTestSuite; then
    try JSONTestSuite JSONTestSuite '^luka.json: 318 files, 0 wrong; cjson: 0 valid ones refused$' \
        "$luka" "$root/tests/modes/json_suite.lua" test_parsing
fi

exit $failed
