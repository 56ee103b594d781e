//! `luka build --exe`: programs that run by themselves.

use crate::program::*;
use luka_tests::binary;
use std::path::Path;

const MAIN: &str = "local m = require \"m\"
local deep = require(\"sub.deep\")
local has_json, json = pcall(require, \"cjson\")
local has_extra = pcall(require, \"extra\")
print(arg[0], select(\"#\", ...), (...), m.f(2), deep.name, has_json, has_extra)
print(json.encode({1, 2}), require(\"luka.text\").trim \"  x \")
if arg[1] == \"fail\" then m.g() end
if arg[1] == \"fuel\" then for i = 1, 1e6 do m.f(i) end end
os.exit(tonumber(arg[1]) or 0)
";

const MODULE: &str = "local M = {}
function M.f(x) return x + 1 end
function M.g()
  local t
  return t.x
end
return M
";

fn project() -> Folder {
    Folder::new(&[
        ("main.lua", MAIN),
        ("src/m.lua", MODULE),
        ("sub/deep.lua", "return {name = ..., m = require \"m\"}"),
        ("extra.lua", "return {}"),
        ("empty/keep", ""),
    ])
}

fn build(folder: &Folder, args: &[&str]) -> Ended {
    binary::runtime();
    let args: Vec<&str> = ["build", "--exe"].into_iter().chain(args.iter().copied()).collect();
    folder.run(&args)
}

/// Runs a program in the empty folder.
fn run(folder: &Folder, program: &str, args: &[&str]) -> Ended {
    let path = folder.0.join(program);
    run_program(&path, &folder.0.join("empty"), args, "", &[("PATH", ""), ("LUA_INIT", "error()")])
}

fn bytes(folder: &Folder, name: &str) -> Vec<u8> {
    std::fs::read(folder.0.join(name)).expect("there")
}

fn write_program(folder: &Folder, name: &str, bytes: &[u8]) {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.0.join(name);
    std::fs::write(&path, bytes).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("set");
}

#[test]
fn it_runs_alone_with_its_modules() {
    let folder = project();
    let built = build(&folder, &["main.lua", "-o", "app"]);
    assert_eq!((built.code, built.out.as_str()), (Some(0), ""));
    let says = "MB: main.lua and 3 modules, behind luka-runtime\n";
    assert!(built.err.starts_with("app: ") && built.err.ends_with(says), "{}", built.err);
    let ended = run(&folder, "app", &["a b", "--help"]);
    let path = folder.0.join("app").display().to_string();
    let says = format!("{path}\t2\ta b\t3\tsub.deep\ttrue\ttrue\n[1,2]\tx\n");
    assert_eq!((ended.code, ended.out, ended.err.as_str()), (Some(0), says, ""));
    assert_eq!(run(&folder, "app", &["7"]).code, Some(7));
    let failed = run(&folder, "app", &["fail"]);
    assert_eq!(failed.code, Some(1));
    // With the lines of the text, which is in the program.
    assert!(failed.err.starts_with("app: src/m.lua:5: attempt to index"), "{}", failed.err);
    assert!(failed.err.contains("return t.x"), "{}", failed.err);
    assert!(failed.err.contains("in main chunk"), "{}", failed.err);
}

#[test]
fn the_same_sources_make_the_same_bytes() {
    let folder = project();
    for name in ["one", "two"] {
        assert_eq!(build(&folder, &["main.lua", "-o", name]).code, Some(0));
    }
    assert!(bytes(&folder, "one") == bytes(&folder, "two"));
    assert_eq!(build(&folder, &["--strip", "main.lua", "-o", "stripped"]).code, Some(0));
    assert!(bytes(&folder, "stripped").len() < bytes(&folder, "one").len());
    let failed = run(&folder, "stripped", &["fail"]);
    assert_eq!(failed.code, Some(1));
    assert!(failed.err.starts_with("stripped: ?:-1: attempt to index"), "{}", failed.err);
    assert!(!failed.err.contains("return t.x"), "{}", failed.err);
}

#[test]
fn cut_and_changed_files_are_refused() {
    let folder = Folder::new(&[("main.lua", "print 'runs'"), ("empty/keep", "")]);
    assert_eq!(build(&folder, &["main.lua", "-o", "app"]).code, Some(0));
    let whole = bytes(&folder, "app");
    assert_eq!(run(&folder, "app", &[]).out, "runs\n");
    let refused = |name: &str, bytes: &[u8], why: &str| {
        write_program(&folder, name, bytes);
        let ended = run(&folder, name, &[]);
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{name}");
        let says = format!("{} is damaged: {why}\n", folder.0.join(name).display());
        assert!(ended.err.ends_with(&says), "{name}: {}", ended.err);
    };
    refused("cut", &whole[..whole.len() - 1], "the end of the file is missing");
    let longer = [whole.as_slice(), b"\n"].concat();
    refused("longer", &longer, "there is something behind the end of the file");
    for (name, from_end) in [("text", 3), ("image", 40)] {
        let mut changed = whole.clone();
        let at = changed.len() - from_end;
        changed[at] ^= 0x20;
        refused(name, &changed, "the file has been changed");
    }
}

#[test]
fn other_modules_are_named() {
    let main = "local name = 'ex' .. 'tra'
print(pcall(require, name) and require(name).answer)
pcall(require, 'not.there')
";
    let folder = Folder::new(&[
        ("main.lua", main),
        ("extra.lua", "return {answer = require('lib.more')}"),
        ("lib/more.lua", "return 42"),
        ("empty/keep", ""),
    ]);
    let built = build(&folder, &["main.lua", "-o", "app"]);
    let says =
        "main.lua:3: module 'not.there' is not found: the program will look for it when it runs\n";
    assert_eq!(built.code, Some(0));
    assert!(built.err.starts_with(says), "{}", built.err);
    assert_eq!(run(&folder, "app", &[]).out, "false\n");
    build(&folder, &["--include", "extra", "main.lua", "-o", "app"]);
    assert_eq!(run(&folder, "app", &[]).out, "42\n");
    for (args, code, says) in [
        (&["--include", "gone", "main.lua", "-o", "x"][..], 1, "--include gone: there is no such"),
        (&["--runtime", "main.lua", "main.lua", "-o", "x"], 1, "main.lua: it is no `luka`"),
        (&["--runtime", "gone", "main.lua", "-o", "x"], 1, "cannot open gone: "),
        (&["--runtime", "app", "main.lua", "-o", "x"], 1, "app: there is a program in it already"),
        (&["-", "-o", "x"], 2, "--exe needs a FILE and a file to write"),
        (&["gone.lua", "-o", "x"], 1, "cannot open gone.lua"),
    ] {
        let ended = build(&folder, args);
        assert_eq!(ended.code, Some(code), "{args:?}: {}", ended.err);
        assert!(ended.err.contains(says), "{args:?}: {}", ended.err);
        assert!(!Path::new(&folder.0.join("x")).exists());
    }
    let ended = folder.run(&["build", "--include", "extra", "main.lua", "-o", "x"]);
    assert_eq!((ended.code, ended.err.contains("--include needs --exe")), (Some(2), true));
    std::fs::write(folder.0.join("extra.lua"), "return {").expect("written");
    let ended = build(&folder, &["--include", "extra", "main.lua", "-o", "x"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("extra.lua:1"), "{}", ended.err);
}

#[test]
fn the_runtime_may_be_another() {
    let folder = Folder::new(&[("main.lua", "print(...)"), ("empty/keep", ""), ("bin/keep", "")]);
    let luka = binary::luka().to_str().expect("a path");
    let built = build(&folder, &["--runtime", luka, "main.lua", "-o", "large"]);
    assert!(built.err.ends_with(&format!("MB: main.lua, behind {luka}\n")), "{}", built.err);
    build(&folder, &["main.lua", "-o", "small"]);
    assert!(bytes(&folder, "small").len() < bytes(&folder, "large").len());
    for name in ["small", "large"] {
        assert_eq!(run(&folder, name, &["a"]).out, "a\n");
    }
    // A `luka` that stands alone copies itself.
    let alone = folder.0.join("bin/luka");
    std::fs::copy(luka, &alone).expect("copied");
    let args = ["build", "--exe", "main.lua", "-o", "own"];
    let built = run_program(&alone, &folder.0, &args, "", &[]);
    assert!(built.err.contains("behind luka with its tools"), "{}", built.err);
    assert_eq!(run(&folder, "own", &["b"]).out, "b\n");
    let ended = run_program(binary::runtime(), &folder.0, &["main.lua"], "", &[]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
    assert!(ended.err.starts_with("luka-runtime: there is no program in it"), "{}", ended.err);
}

#[test]
fn plain_lua_stays_plain() {
    let folder = Folder::new(&[("main.lua", "print(load 'return `x`')"), ("empty/keep", "")]);
    build(&folder, &["main.lua", "-o", "luka"]);
    build(&folder, &["--std=5.4", "main.lua", "-o", "plain"]);
    assert!(run(&folder, "luka", &[]).out.starts_with("function: "));
    assert!(run(&folder, "plain", &[]).out.starts_with("nil\t"));
}
