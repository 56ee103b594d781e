//! `luka -i` without a terminal. (At one: the tests in `prompt/`.)

use luka_tests::oracle;
use std::path::Path;

use crate::program::*;

#[test]
fn interactive_without_a_terminal() {
    let ended = piped(&["-i"], "1 + 1\nx =\n5\nprint(x)\n=x, nil\nerror('e', 0)\nlocal\n");
    let banner = "Lua 5.4.8  Copyright (C) 1994-2025 Lua.org, PUC-Rio\n";
    let expected = "> 1 + 1\n2\n> x =\n>> 5\n> print(x)\n5\n> =x, nil\n5\tnil\n> error('e', 0)\n> local\n>> \n";
    // At the end of the input the second prompt stands, then a line ends.
    assert_eq!(ended.out, format!("{banner}{}", expected.replace(">> \n", ">> > \n")));
    let complaint = "e\nstack traceback:\n\t[C]: in function 'error'\n\tstdin:1: in main chunk\n\
        \t[C]: in ?\nstdin:1: <name> expected near <eof>\n";
    assert_eq!(ended.err, complaint);
}

/// The same input to `lua5.4 -i`, whose first line names another version.
#[test]
fn interactive_as_puc() {
    let Some(puc) = oracle::find() else {
        eprintln!("lua5.4 is not installed: not compared");
        return;
    };
    let input = "a = 1\na\nfor i = 1, 2 do\nprint(i)\nend\nfunction f()\n  return 1,\n  2\nend\nf()\n\
        _PROMPT = 'p '\n_PROMPT2 = setmetatable({}, {__tostring = function() return 'q ' end})\n\
        if a then\na = 2 end\n\n  \n-- comment\nx = [[\nlong]]\n#x\nerror({})\nnil .. 'x'\n\
        print = nil\n5\nreturn\nreturn 1, 2\ngoto nowhere\n'unfinished\n(1\n";
    let folder = Folder::new(&[]);
    let ours = folder.run_with(&["-i"], input, &[]);
    let theirs = run_program(Path::new(&puc.program), &folder.0, &["-i"], input, &[]);
    let body = |text: &str| text.split_once('\n').map(|(_, rest)| rest.to_string());
    // A build without readline does not echo: nothing to compare with.
    if theirs.out.contains("> a = 1\n") {
        assert_eq!(body(&ours.out), body(&theirs.out));
    }
    assert_eq!(ours.err, theirs.err);
}
