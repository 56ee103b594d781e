//! The messages programs see: text, line and chunk name, exactly as PUC Lua 5.4.8 gives them.
//! Where `lua5.4` is installed it is asked for the same.

#![allow(clippy::disallowed_methods, reason = "lua5.4 is asked for its messages")]

use std::io::Write;
use std::process::{Command, Stdio};

use luka_compiler::diag::first_error;
use luka_compiler::parse::{Options, Std, parse};
use luka_compiler::source::{Source, SourceKind};

/// Texts and their messages, without the chunk name.
const CASES: &[(&[u8], &str)] = &[
    (b"", "OK"),
    (b"return", "OK"),
    (b"return;", "OK"),
    (b"return return", "1: unexpected symbol near 'return'"),
    (b"return 1 return", "1: <eof> expected near 'return'"),
    (b"end", "1: <eof> expected near 'end'"),
    (b"x", "1: syntax error near <eof>"),
    (b"x y", "1: syntax error near 'y'"),
    (b"x\n\n", "3: syntax error near <eof>"),
    (b"x,", "1: unexpected symbol near <eof>"),
    (b"x, y", "1: '=' expected near <eof>"),
    (b"f() = 1", "1: syntax error near '='"),
    (b"(a) = 1", "1: syntax error near '='"),
    (b"(a)", "1: syntax error near <eof>"),
    (b"(a).b = 1", "OK"),
    (b"a, f() = 1", "1: syntax error near '='"),
    (b"a.1 = 1", "1: syntax error near '.1'"),
    (b"a. = 1", "1: <name> expected near '='"),
    (b"a:b = 1", "1: function arguments expected near '='"),
    (b"a:b", "1: function arguments expected near <eof>"),
    (b"x = = 1", "1: unexpected symbol near '='"),
    (b"x = 1 +", "1: unexpected symbol near <eof>"),
    (b"x = (1", "1: ')' expected near <eof>"),
    (b"x = (1\n2", "2: ')' expected (to close '(' at line 1) near '2'"),
    (b"x = {1\n2", "2: '}' expected (to close '{' at line 1) near '2'"),
    (b"x = {1 2", "1: '}' expected near '2'"),
    (b"x = {[1] 2}", "1: '=' expected near '2'"),
    (b"x = {[1 = 2}", "1: ']' expected near '='"),
    (b"f(1", "1: ')' expected near <eof>"),
    (b"f(1,\n", "2: unexpected symbol near <eof>"),
    (b"a[1", "1: ']' expected near <eof>"),
    (b"if x then", "1: 'end' expected near <eof>"),
    (b"if x then\n", "2: 'end' expected (to close 'if' at line 1) near <eof>"),
    (b"if x", "1: 'then' expected near <eof>"),
    (b"while x\nend", "2: 'do' expected near 'end'"),
    (b"while x do\nuntil", "2: 'end' expected (to close 'while' at line 1) near 'until'"),
    (b"repeat\nend", "2: 'until' expected (to close 'repeat' at line 1) near 'end'"),
    (b"for", "1: <name> expected near <eof>"),
    (b"for x", "1: '=' or 'in' expected near <eof>"),
    (b"for x = 1", "1: ',' expected near <eof>"),
    (b"for x, y = 1", "1: 'in' expected near '='"),
    (b"for x in y", "1: 'do' expected near <eof>"),
    (b"for a.b in y do end", "1: '=' or 'in' expected near '.'"),
    (b"for x = 1, 2 do\n\n", "3: 'end' expected (to close 'for' at line 1) near <eof>"),
    (b"function", "1: <name> expected near <eof>"),
    (b"function f", "1: '(' expected near <eof>"),
    (b"function f(", "1: <name> or '...' expected near <eof>"),
    (b"function f(a,)", "1: <name> or '...' expected near ')'"),
    (b"function f(..., a)", "1: ')' expected near ','"),
    (b"function f.g:h.i() end", "1: '(' expected near '.'"),
    (b"function f() return ... end", "1: cannot use '...' outside a vararg function near '...'"),
    (b"local function f\n(\n)\nx", "4: syntax error near <eof>"),
    (b"local function f\n(\n)\n", "4: 'end' expected (to close 'function' at line 2) near <eof>"),
    (b"function f\n(\n)\n", "4: 'end' expected (to close 'function' at line 1) near <eof>"),
    (b"x = function\n(\n)\n", "4: 'end' expected (to close 'function' at line 2) near <eof>"),
    (b"local", "1: <name> expected near <eof>"),
    (b"local 1", "1: <name> expected near '1'"),
    (b"local x <", "1: <name> expected near <eof>"),
    (b"local x <const", "1: '>' expected near <eof>"),
    (b"local x <cons>", "1: unknown attribute 'cons'"),
    (b"local x <cons>\n\n= 1", "3: unknown attribute 'cons'"),
    (b"local x <const>= 1", "1: '>' expected near '>='"),
    (b"local x <close>, y <close>", "1: multiple to-be-closed variables in local list"),
    (b"goto", "1: <name> expected near <eof>"),
    (b"::a", "1: '::' expected near <eof>"),
    (b"x = }", "1: unexpected symbol near '}'"),
    (b"x = @", "1: unexpected symbol near '@'"),
    (b"x = \x01", "1: unexpected symbol near '<\\1>'"),
    (b"x = \xe9", "1: unexpected symbol near '<\\233>'"),
    (b"x = \0", "1: unexpected symbol"),
    (b"x \"a\0b\" y", "1: syntax error near <eof>"),
    (b"x = 1 \"a\0b\"", "1: unexpected symbol near '\"a'"),
    (b"x = 1 \"a\\65\\nb\"", "1: unexpected symbol near '\"aA\nb\"'"),
    (b"x = 1 [==[\na\r\nb]==]", "3: unexpected symbol near '[==[a\nb]==]'"),
    (b"x = 1 0x1p4", "1: unexpected symbol near '0x1p4'"),
    (b"x = 1e", "1: malformed number near '1e'"),
    (b"x = 3in", "1: malformed number near '3i'"),
    (b"x = 1..2", "1: malformed number near '1..2'"),
    (b"x = 0xep1", "OK"),
    (b"x = 0x", "1: malformed number near '0x'"),
    (b"x = .0x5", "1: malformed number near '.0x5'"),
    (b"x = 08e+1.5", "1: malformed number near '08e+1.5'"),
    (b"x = 1_000", "1: malformed number near '1_'"),
    (b"x = \"abc", "1: unfinished string near <eof>"),
    (b"x = \"abc\nd\"", "1: unfinished string near '\"abc'"),
    (b"x = \"a\\\nbc\n\"", "2: unfinished string near '\"a\nbc'"),
    (b"x = 'a\\", "1: unfinished string near <eof>"),
    (b"x = 'a\\q'", "1: invalid escape sequence near ''a\\q'"),
    (b"x = 'a\\x1g'", "1: hexadecimal digit expected near ''a\\x1g'"),
    (b"x = 'a\\300b'", "1: decimal escape too large near ''a\\300b'"),
    (b"x = 'a\\300'", "1: decimal escape too large near ''a\\300''"),
    (b"x = '\\u11'", "1: missing '{' near ''\\u1'"),
    (b"x = '\\u{}'", "1: hexadecimal digit expected near ''\\u{}'"),
    (b"x = '\\u{11'", "1: missing '}' near ''\\u{11''"),
    (b"x = '\\u{80000000}'", "1: UTF-8 value too large near ''\\u{80000000'"),
    (b"x = '\\u{7FFFFFFF}'", "OK"),
    (b"x = '\\z  \n\n \\q'", "3: invalid escape sequence near ''\\q'"),
    (b"x = [[\n\n", "3: unfinished long string (starting at line 1) near <eof>"),
    (b"\n--[==[ ]] ]=]\n\n", "4: unfinished long comment (starting at line 2) near <eof>"),
    (b"x = [=", "1: invalid long string delimiter near '[='"),
    (b"x = [=a", "1: invalid long string delimiter near '[='"),
    (b"--[==\nx", "2: syntax error near <eof>"),
    (b"a = 1\r\nb = 2\n\rc = 3\rd d", "4: syntax error near 'd'"),
    (b"x = ~", "1: unexpected symbol near <eof>"),
    (b"a != b", "1: syntax error near '!'"),
    (b"x = a || b", "1: unexpected symbol near '|'"),
    (b"::a:: ::b:: x", "1: syntax error near <eof>"),
    (b"#!/bin/lua", "1: unexpected symbol near '#'"),
    (b"return 1,", "1: unexpected symbol near <eof>"),
    (b"if x then else elseif y then end", "1: 'end' expected near 'elseif'"),
    (b"x = {a=1, [2]=3; 4,,}", "1: unexpected symbol near ','"),
    (b"break 1", "1: unexpected symbol near '1'"),
    (b"local a, b, = 1", "1: <name> expected near '='"),
    (b"x = function() end()", "1: unexpected symbol near ')'"),
    (b"x = 'a'.b", "1: unexpected symbol near '.'"),
];

fn ours(text: &[u8]) -> String {
    let source = Source::new("=m", text, SourceKind::Chunk);
    let parsed = parse(&source, &Options { std: Std::Lua54, ..Options::default() });
    match first_error(&parsed.diagnostics) {
        Some(found) => String::from_utf8_lossy(&found.load_message(&source)[2..]).into_owned(),
        None => "OK".into(),
    }
}

#[test]
fn texts_and_lines() {
    let mut faults = Vec::new();
    for (text, expected) in CASES {
        let found = ours(text);
        if found != *expected {
            faults.push(format!("{}\n  {found}\n  {expected}", text.escape_ascii()));
        }
    }
    assert!(faults.is_empty(), "ours, then what is expected:\n{}", faults.join("\n"));
}

/// The table above against the real thing. (5.4.4 and 5.4.8 agree on all of it.)
#[test]
fn oracle_agrees() {
    let script = "while true do local h = io.read(4); if not h then break end \
        local n = string.unpack('<I4', h); local s = n == 0 and '' or io.read(n) \
        local ok, e = load(s, '=m', 't'); \
        e = ok and 'OK' or e:sub(3); io.write(string.pack('<s4', e)) end";
    let child = Command::new("lua5.4")
        .args(["-e", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        eprintln!("SKIPPED: lua5.4 is not installed");
        return;
    };
    let mut packed = Vec::new();
    for (text, _) in CASES {
        packed.extend_from_slice(&(text.len() as u32).to_le_bytes());
        packed.extend_from_slice(text);
    }
    child.stdin.take().unwrap().write_all(&packed).unwrap();
    let output = child.wait_with_output().unwrap().stdout;
    let mut rest = &output[..];
    let mut faults = Vec::new();
    for (text, expected) in CASES {
        let (len, tail) = rest.split_first_chunk::<4>().expect("one answer for each text");
        let (answer, tail) = tail.split_at(u32::from_le_bytes(*len) as usize);
        rest = tail;
        if answer != expected.as_bytes() {
            let answer = String::from_utf8_lossy(answer);
            faults.push(format!("{}\n  {answer}\n  {expected}", text.escape_ascii()));
        }
    }
    assert!(faults.is_empty(), "lua5.4, then what is expected:\n{}", faults.join("\n"));
}

#[test]
fn files_skip_their_first_line() {
    let check = |text: &[u8]| {
        let source = Source::new("@f.lua", text, SourceKind::File);
        let parsed = parse(&source, &Options { std: Std::Lua54, ..Options::default() });
        parsed.diagnostics.first().map(|d| String::from_utf8(d.load_message(&source)).unwrap())
    };
    assert_eq!(check(b"#!/usr/bin/lua"), None);
    assert_eq!(check(b"\xef\xbb\xbf# x\nx = 1"), None);
    assert_eq!(check(b"#\nx"), Some("f.lua:2: syntax error near <eof>".into()));
    assert_eq!(check(b"\n#"), Some("f.lua:2: unexpected symbol near '#'".into()));
}
