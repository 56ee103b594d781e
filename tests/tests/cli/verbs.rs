//! Help, misspelled words, and the verbs but `check`.

use luka_tests::binary;
use std::process::Command;

use crate::program::*;

/// The verbs as `--help` lists them.
fn verbs() -> Vec<String> {
    let help = luka(&["--help"]).out;
    let lines = help.split("Verbs:\n").nth(1).expect("verbs").lines();
    let names =
        lines.take_while(|line| !line.is_empty()).map(|line| line.split_whitespace().next());
    names.map(|name| name.expect("a name").to_string()).collect()
}

#[test]
fn every_verb_has_help() {
    let verbs = verbs();
    assert!(verbs.len() >= 8, "{verbs:?}");
    for verb in verbs {
        let (asked, flag) = (luka(&["help", &verb]), luka(&[&verb, "--help"]));
        assert_eq!((asked.code, flag.code), (Some(0), Some(0)), "{verb}");
        assert_eq!(asked.out, flag.out, "{verb}");
        assert!(asked.out.contains(&verb) && asked.out.contains("Usage: luka"), "{verb}");
        assert!(asked.out.lines().all(|line| line.len() <= 100), "{}", asked.out);
    }
    // `luka man` spoke as `luka help`.
    for verb in ["help", "man"] {
        let ended = luka(&[verb, "chekc"]);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
        let says = format!(
            "luka {verb}: there is no verb 'chekc'; did you mean check?\n\
             For more information, try 'luka help {verb}'.\n"
        );
        assert_eq!(ended.err, says);
    }
}

#[test]
fn mistyped_words_suggest_the_near_one() {
    for (args, says) in [
        (&["chekc"][..], "there is no verb or file 'chekc'; did you mean `luka check`?\n"),
        (&["versoin"], "there is no verb or file 'versoin'; did you mean `luka --version`?\n"),
        (&["frob"], "there is no verb or file 'frob'\nFor more information, try 'luka --help'.\n"),
        (&["check", "--fixx", "a.lua"], "luka check: unexpected argument '--fixx' found\n"),
        (&["check", "--fixx", "a.lua"], "'--fix'"),
        (&["explain", "unused-locl"], "did you mean unused-local?"),
        (&["dis", "--stage", "hri", "a.lua"], "[possible values:"),
    ] {
        let ended = luka(args);
        assert!(ended.err.contains(says), "{args:?}: {}", ended.err);
        assert_eq!(ended.code, Some(2));
    }
    // A name that is a file's gets no advice.
    assert!(!luka(&["program.lua"]).err.contains("did you mean"));
}

#[test]
fn completions_and_the_manual_page() {
    let verbs = verbs();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ended = luka(&["completions", shell]);
        assert_eq!(ended.code, Some(0), "{shell}");
        for word in verbs.iter().map(String::as_str).chain(["profile-ops", "error-format"]) {
            assert!(ended.out.contains(word), "{shell}: {word}");
        }
    }
    let page = luka(&["man"]).out;
    assert!(page.starts_with(".ie") || page.contains(".TH luka 1"), "{page}");
    assert!(page.contains("Exit codes"));
    assert!(luka(&["man", "check"]).out.contains("error\\-format"));
    assert_eq!(luka(&["man", "chekc"]).code, Some(2));
}

#[test]
fn build_and_run_an_image() {
    let folder = Folder::new(&[("p.lua", "local function f() error('here') end\nprint(...)\nf()")]);
    assert_eq!(folder.run(&["build", "p.lua", "-o", "p.img"]).code, Some(0));
    for args in [&["p.img", "a"][..], &["run", "p.img", "a"]] {
        let ended = folder.run(args);
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), "a\n"));
        assert!(ended.err.contains("p.lua:1: here"), "{}", ended.err);
    }
    assert_eq!(folder.run(&["build", "p.lua", "-o", "s.img", "--strip"]).code, Some(0));
    let ended = folder.run(&["s.img"]);
    assert!(ended.err.contains("luka: here\n"), "{}", ended.err);
    assert!(folder.run(&["dis", "p.img"]).out.contains(".function"));
    // The same source gives the same bytes.
    folder.run(&["build", "p.lua", "-o", "again.img"]);
    let read = |name: &str| std::fs::read(folder.0.join(name)).expect("built");
    assert_eq!(read("p.img"), read("again.img"));
    // A damaged image is refused.
    let mut bytes = read("p.img");
    bytes.truncate(bytes.len() - 5);
    std::fs::write(folder.0.join("cut.img"), bytes).expect("written");
    let ended = folder.run(&["cut.img"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("truncated"), "{}", ended.err);
}

#[test]
fn dis() {
    let folder = Folder::new(&[("d.lua", "local x = 1\nprint(x + 2)")]);
    for (stage, mark) in [
        ("tokens", "print"),
        ("ast", "x"),
        ("lowered", "x"),
        ("lua54", "print(x + 2)\n"),
        ("hir", "x"),
        ("bytecode", ".function"),
    ] {
        let ended = folder.run(&["dis", "--stage", stage, "d.lua"]);
        assert_eq!(ended.code, Some(0), "{stage}: {}", ended.err);
        assert!(ended.out.contains(mark), "{stage}: {}", ended.out);
    }
    let ended = folder.run(&["dis", "--stage", "bytcode", "d.lua"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("lowered") && ended.err.contains("'bytecode'"), "{}", ended.err);
    assert!(folder.run(&["dis", "--source", "d.lua"]).out.contains("\n;    2 | print(x + 2)\n"));
    // Of images there is the listing only.
    folder.run(&["build", "d.lua", "-o", "d.img"]);
    assert_eq!(folder.run(&["dis", "--stage", "ast", "d.img"]).code, Some(1));
    let ended = folder.run(&["dis", "--source", "d.img"]);
    assert!(ended.out.contains("\n;    2 | print(x + 2)\n"), "{}", ended.out);
    folder.run(&["build", "d.lua", "-o", "s.img", "--strip"]);
    let ended = folder.run(&["dis", "--source", "s.img"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("s.img is stripped"), "{}", ended.err);
}

#[test]
fn asm() {
    let folder = Folder::new(&[
        ("p.lua", "local function f(x) return x * 2 end\nprint(f(21))"),
        ("bad.luasm", ".function main stack 2\n  MOVE R0 K1\n  JMP out\n  RETURN0\n"),
    ]);
    let read = |name: &str| std::fs::read(folder.0.join(name)).expect("built");
    for (strip, image) in [(&[][..], "p.img"), (&["--strip"], "s.img")] {
        folder.run(&[&["build", "p.lua", "-o", image], strip].concat());
        // From the image, from the source, to be edited: the same image comes back.
        for listing in [&["dis", image][..], &["dis", "p.lua"], &["dis", "--edit", "p.lua"]] {
            let text = folder.run(&[listing, strip].concat()).out;
            let ended = folder.run_with(&["asm", "-", "-o", "q.img"], &text, &[]);
            assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{listing:?}");
            assert_eq!(read("q.img"), read(image), "{listing:?}");
        }
        assert_eq!(folder.run(&["q.img"]).out, "42\n");
    }
    let text = folder.run(&["dis", "p.lua"]).out;
    std::fs::write(folder.0.join("p.luasm"), text).expect("written");
    assert_eq!(folder.run(&["asm", "p.luasm", "--strip", "-o", "q.img"]).code, Some(0));
    assert_eq!(read("q.img"), read("s.img"));
    let ended = folder.run(&["asm", "bad.luasm", "-o", "bad.img"]);
    assert_eq!(ended.code, Some(1));
    for part in ["[L0704]", "bad.luasm:2:11", "[L0706]", "bad.luasm:3:7"] {
        assert!(ended.err.contains(part), "{part}: {}", ended.err);
    }
    assert!(!folder.0.join("bad.img").exists());
    assert_eq!(folder.run(&["asm", "p.luasm"]).code, Some(2));
    assert_eq!(folder.run(&["asm", "none.luasm", "-o", "x"]).code, Some(1));
}

/// It took codes only, where `luka check -A` and `luka.toml` take names.
#[test]
fn explain_takes_codes_and_names() {
    let by_code = luka(&["explain", "L0201"]);
    assert_eq!(by_code.code, Some(0));
    assert!(by_code.out.contains("L0201"), "{}", by_code.out);
    assert_eq!(luka(&["explain", "unused-local"]).out, by_code.out);
    let both = luka(&["explain", "unused-local", "L0202"]).out;
    assert!(both.starts_with(&by_code.out) && both.contains("L0202"), "{both}");
    let all = luka(&["explain"]).out;
    assert!(all.lines().any(|l| l.starts_with("L0201") && l.ends_with("(unused-local)")), "{all}");
}

/// The image did not know the mode, and what it loaded could use the extensions.
#[test]
fn an_image_keeps_its_mode() {
    let folder = Folder::new(&[("p.lua", "print(load('return 1_0'))")]);
    assert_eq!(folder.run(&["build", "p.lua", "-o", "luka.img"]).code, Some(0));
    assert!(folder.run(&["luka.img"]).out.starts_with("function: "));
    for strip in [&[][..], &["--strip"]] {
        let build = &["build", "--std=5.4", "p.lua", "-o", "54.img"][..];
        assert_eq!(folder.run(&[build, strip].concat()).code, Some(0));
        let refused = "nil\t[string \"return 1_0\"]:1: malformed number near '1_'\n";
        assert_eq!(folder.run(&["54.img"]).out, refused);
        assert_eq!(folder.run(&["run", "--", "54.img"]).out, refused);
        // The text form has it, too.
        let text = folder.run(&["dis", "54.img"]).out;
        folder.run_with(&["asm", "-", "-o", "again.img"], &text, &[]);
        assert_eq!(folder.run(&["again.img"]).out, refused);
    }
    // Standard input is read after the machine is made.
    let input = std::fs::File::open(folder.0.join("54.img")).expect("built");
    let ended = Command::new(binary::luka()).arg("-").stdin(input).output().expect("it runs");
    assert_eq!(ended.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&ended.stderr).contains("run it with --std=5.4"));
}

/// A header that promised more bytes than any machine has ended the process.
#[test]
fn messages_nobody_sends_are_refused_by_the_language_server() {
    for (input, says) in [
        ("Content-Length: 99999999999999\r\n\r\n{}", "is longer than 268435456"),
        ("Content-Length: x\r\n\r\n{}", "the Content-Length is no number"),
        ("Content-Length: 5\r\n\r\nhello", "a message is invalid: "),
        ("X: 1\r\n\r\n{}", "a message has no Content-Length"),
        ("hello\r\n\r\n", "the header of a message has no colon"),
    ] {
        let ended = piped(&["lsp"], input);
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{input:?}");
        assert!(ended.err.contains(says), "{input:?}: {}", ended.err);
    }
}
