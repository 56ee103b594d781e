//! What the resolver and the emitter refuse, in PUC Lua 5.4.8's words and at its lines; and that
//! nothing PUC takes is refused for its size.

use luka_compiler::{Options, load};

fn message(text: &str) -> String {
    match load(text.as_bytes(), b"=m", &Options::default()) {
        Ok(_) => "OK".into(),
        Err(message) => String::from_utf8_lossy(&message[2..]).into_owned(),
    }
}

#[test]
fn messages() {
    const CASES: &[(&str, &str)] = &[
        ("local x <const> = 1; x = 2", "1: attempt to assign to const variable 'x'"),
        ("local x <const> = f(); x\n= 2", "2: attempt to assign to const variable 'x'"),
        ("local x <close> = nil; a, x = 2", "1: attempt to assign to const variable 'x'"),
        (
            "local x <const> = f(); return function() return function() x = 1 end end",
            "1: attempt to assign to const variable 'x'",
        ),
        ("local x <const> = 1; function x() break\nend\n;", "3: break outside loop at line 1"),
        ("local x <const> = 1; function x()\nend\n;", "3: attempt to assign to const variable 'x'"),
        ("local x <const> = {}; function x.y() end", "OK"),
        ("break\n\n", "3: break outside loop at line 1"),
        ("while 1 do local function f() break end end", "1: break outside loop at line 1"),
        ("goto x\n", "2: no visible label 'x' for <goto> at line 1"),
        ("goto x do ::x:: end", "1: no visible label 'x' for <goto> at line 1"),
        ("::x:: do goto x end goto y ::y::", "OK"),
        (
            "do local function f() goto x end end ::x::",
            "1: no visible label 'x' for <goto> at line 1",
        ),
        ("::x::\n::x::", "2: label 'x' already defined on line 2"),
        ("::x::\ny=1 do ::x:: end", "2: label 'x' already defined on line 1"),
        ("do ::x:: end ::x::", "OK"),
        ("goto x local a ::x:: f()", "1: <goto x> at line 1 jumps into the scope of local 'a'"),
        ("goto x local a ::x:: ; ::y::", "OK"),
        (
            "repeat if x then goto c end local a ::c:: until a",
            "1: <goto c> at line 1 jumps into the scope of local 'a'",
        ),
        // Whatever PUC meets first.
        ("goto x; y = = 1", "1: unexpected symbol near '='"),
        ("local x <const> = 1; x = = 1", "1: attempt to assign to const variable 'x'"),
    ];
    let mut faults = Vec::new();
    for (text, expected) in CASES {
        let found = message(text);
        if found != *expected {
            faults.push(format!("{text}\n  {found}\n  {expected}"));
        }
    }
    assert!(faults.is_empty(), "ours, then what is expected:\n{}", faults.join("\n"));
}

fn repeat(n: usize, separator: &str, item: impl Fn(usize) -> String) -> String {
    (0..n).map(item).collect::<Vec<_>>().join(separator)
}

#[test]
fn limits() {
    let locals = |n| repeat(n, "\n", |i| format!("local a{i}"));
    assert_eq!(message(&locals(200)), "OK");
    let text = "too many local variables (limit is 200) in main function near <eof>";
    assert_eq!(message(&locals(201)), format!("201: {text}"));
    let inner = format!("\nlocal function f()\n{} end", locals(201));
    let text = "too many local variables (limit is 200) in function at line 2 near 'end'";
    assert_eq!(message(&inner), format!("203: {text}"));

    let upvalues = |n: usize| {
        let outer = |j: usize| repeat(100, ",", |i| format!("v{j}_{i}"));
        let head = repeat(3, "\n", |j| format!("local {} local function f{j}()", outer(j)));
        let uses = repeat(n, " ", |i| format!("v{}_{} = 1", i / 100, i % 100));
        format!("{head}\n{uses}\nend end end")
    };
    assert_eq!(message(&upvalues(255)), "OK");
    let text = "too many upvalues (limit is 255) in function at line 3 near '='";
    assert_eq!(message(&upvalues(256)), format!("4: {text}"));

    let call = |n| format!("f({})", repeat(n, ",", |_| "1".into()));
    assert_eq!(message(&call(253)), "OK");
    let text = "1: function or expression needs too many registers near ";
    assert_eq!(message(&call(254)), format!("{text}<eof>"));
    assert_eq!(message(&call(255)), format!("{text}'1'"));
    // Nested calls take one slot more each than in PUC Lua, and are not refused for it.
    let nested = format!("return {}1{}", "f(".repeat(190), ")".repeat(190));
    assert_eq!(message(&nested), "OK");
    for (open, close) in [
        ("do ", "end "),
        ("while f(function() return x end) do ", "end "),
        ("if a then else ", "end "),
        ("repeat ", "until a "),
    ] {
        let nested = format!("{}{}", open.repeat(190), close.repeat(190));
        assert_eq!(message(&nested), "OK", "{open}");
    }
    for (open, close) in [("(", ")"), ("{", "}"), ("a[", "]"), ("-", ""), ("a^", ""), ("a..", "")] {
        let nested = format!("return {}1{}", open.repeat(190), close.repeat(190));
        assert_eq!(message(&nested), "OK", "{open}");
    }
    let nested = format!("return {}{}", "function() return ".repeat(95), "end ".repeat(95));
    assert_eq!(message(&nested), "OK");
    // An error is reported once, however often it is repeated.
    let found = message(&locals(100_000));
    assert!(found.starts_with("202: too many local variables"), "{found}");
}

#[test]
fn sizes() {
    let many = |n, item: fn(usize) -> String| repeat(n, "\n", item);
    assert_eq!(message(&many(70_000, |i| format!("t.a{i} = 'b{i}'"))), "OK");
    assert_eq!(message(&format!("return {{{}}}", many(70_000, |i| format!("{i}.5,")))), "OK");
    assert_eq!(message(&many(70_000, |_| "t = function() end".into())), "OK");
    let body = many(100_000, |_| "x = x + 1".into());
    assert_eq!(message(&format!("while x < y do {body} end")), "OK");
    assert_eq!(message(&format!("for i = 1, 2 do if i == a then break end {body} end")), "OK");
    assert_eq!(message(&format!("x = a and b or {{ {} }}", "f(), ".repeat(40_000))), "OK");
    assert_eq!(message(&format!("return a{}", " + a".repeat(500_000))), "OK");
    assert_eq!(message(&format!("return a{}", ".b".repeat(500_000))), "OK");
    assert_eq!(message(&format!("return a{}", " and a".repeat(100_000))), "OK");
    assert_eq!(message(&format!("if a then {} end", "elseif b then ".repeat(100_000))), "OK");
}
