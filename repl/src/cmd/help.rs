//! `luka --help`

use super::tool::print;

const TEXT: &str = "\
Luka runs Lua 5.4 programs.

usage: luka [options] [script [args]]     run a script (or an image), as lua does
       luka run [options] script [args]   the same
       luka check FILE|DIR...             say what is wrong with sources, run nothing
       luka explain CODE                  say what a diagnostic's code means
       luka build FILE -o OUT [--strip]   compile a source to an image
       luka bootstrap [--corpus DIR]...   prove that the compiler in its own language makes the
                                          same bytes as this one
       luka dis [--stage STAGE] FILE      show what the compiler makes of a source or image
       luka asm FILE -o OUT [--strip]     make an image of what `luka dis` prints

Without a script, a terminal gets a prompt; otherwise standard input is the script.

options:
  -e STAT     execute the string STAT
  -l MOD      require library MOD into global MOD
  -l G=MOD    require library MOD into global G
  -i          enter interactive mode after the script
  -v          show version information
  -E          ignore environment variables
  -W          turn warnings on
  --std=5.4   plain Lua 5.4, without extensions
  --compiler=selfhost  compile with the compiler in its own language (--compiler=rust: the default)
  --color=WHEN  colour reports: auto (on a terminal, the default), always, never
  --profile-ops  count executed instructions, alone and in succession, and print them afterwards
  --trace     show every executed instruction and its values on standard error
  --trace=LINE, --trace=FIRST-LAST  only those of these source lines
  --trace-limit=N  no more than N of them
  --gc-stats  say at the end what the collector has done, and how long its pauses were
  --          stop handling options
  -           stop handling options and execute standard input

options of `luka check`:
  -A LINT, -W LINT, -D LINT  allow a lint, warn of it, make it an error; LINT is a name as
              unused-local, a code as L0201, or all (luka explain lists them)
  --fix       apply the edits that are safe
  --error-format HOW  human (the default), short (a line each) or json (an object a line)
  --emit lua54  print good sources as plain Lua 5.4

A file luka.toml in the folder or above it says the same for a project: `globals = [\"love\"]`, and
below `[lints]`, `unused-parameter = \"warn\"`. A comment `-- luka: allow(unused-local)` keeps its
line silent, `-- luka: allow-file(…)` the file.

options of `luka bootstrap`:
  --corpus DIR  prove it on all Lua files below a folder too; may be repeated
  --json      the result for machines
  --lua PROG  the PUC Lua 5.4 that runs the compiler too (lua5.4, if installed); --no-lua: none
  --emit DIR  write the library's images as the compiler in its own language made them
  --selfhost DIR  another version of the compiler in its own language

stages of `luka dis`: tokens, ast, lowered (without extensions), lua54 (the same as a program),
hir (names resolved), bytecode (the default). Options for bytecode:
  --source    the lines of the source before the instructions made of them
  --strip     without debug information
  --edit      to be changed by hand: without numbers of instructions

environment: LUA_INIT_5_4 or LUA_INIT (code, or @file, to run first), LUA_PATH_5_4, LUA_PATH or
LUKA_PATH (where require looks), NO_COLOR.
";

pub fn main() -> i32 {
    print(TEXT.as_bytes());
    0
}
