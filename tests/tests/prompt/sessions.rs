//! What commands show and save, and what the first inputs of a session are.

use crate::screen::*;

/// `:vars` knew local variables only, so what was assigned or defined was missing.
#[test]
fn variables_are_listed() {
    let home = Home::new("vars");
    let t = Terminal::at_prompt(&home);
    assert_eq!(t.line(":vars"), "no variables yet");
    t.line("local n, word = 20, 'a'");
    t.line("function twice(x) return x * 2 end");
    t.line("text = 'b'");
    let listed = "local n = 20\nlocal word = \"a\"\ntext = \"b\"\n\
                  twice = function twice(x) at (input 2):1";
    assert_eq!(t.line(":vars "), listed);
    t.line(":reset");
    assert_eq!(t.line(":vars  "), "no variables yet");
}

/// A session kept the endless loop that Ctrl-C had stopped, and was no program: its lines began with
/// prompts.
#[test]
fn a_saved_session_is_a_program() {
    let home = Home::new("save");
    let t = Terminal::at_prompt(&home);
    t.line("local n = 20");
    t.line("n + 1");
    t.keys("print('running') while true do end\r");
    t.wait("the program", |screen| screen.lines().any(|line| line.trim_end() == "running"));
    t.keys(CTRL_C);
    t.wait("its end", |screen| screen.contains("interrupted!") && last_line(screen) == ">");
    t.line("m = n error('failed')");
    t.line("x = = 1");
    t.line("print(n)");
    assert_eq!(t.line(":export s.lua"), "4 inputs written to s.lua");
    let saved = std::fs::read_to_string(below_home(&home, "s.lua")).expect("saved");
    let (_, inputs) = saved.split_once('\n').expect("a title");
    assert_eq!(
        inputs,
        "-- (input 1)\nlocal n = 20\n-- (input 2)\n--> n + 1\n\
         -- (input 3)\n--> m = n error('failed')\n-- (input 4)\nprint(n)\n"
    );
    let ran = std::process::Command::new(luka_tests::binary::luka())
        .arg(below_home(&home, "s.lua"))
        .output()
        .expect("it runs");
    assert_eq!(String::from_utf8_lossy(&ran.stdout), "20\n");
    t.line(":reset");
    let shown = t.line(":load-session s.lua");
    assert!(shown.contains("> n + 1\n21\n") && shown.ends_with("> print(n)\n20"), "{shown}");
    std::fs::write(below_home(&home, "t.lua"), "x = 1\n").expect("written");
    assert!(t.line(":load-session t.lua").contains("t.lua is not a saved session"));
}

/// `help` said less than `:doc`, and a comment that was typed before a function was an input of its
/// own.
#[test]
fn a_typed_comment_is_documentation() {
    let home = Home::new("comment");
    let t = Terminal::at_prompt(&home);
    t.keys("-- Adds two numbers.\r");
    t.keys("function add(one, other) return one + other end\r");
    t.prompt_after("function add(one, other) return one + other end");
    let doc = "add(one, other)  -- (input 1):2\n\nAdds two numbers.";
    assert_eq!(t.line(":doc add"), doc);
    assert_eq!(t.line("help(add)"), doc);
    assert_eq!(t.line("help 'string.rep'"), t.line(":doc string.rep"));
    assert_eq!(t.line("help(utf8)"), t.line(":doc utf8"));
    assert!(t.line(":doc utf8 ").contains("\n  utf8.char(...)"));
    // An empty line ends the input.
    t.clear();
    t.keys("-- nothing else\r\r");
    t.wait("the next prompt", |screen| {
        last_line(screen) == ">" && screen.trim_end().lines().count() == 3
    });
    assert_eq!(t.line("1 + 1"), "2");
}

/// `:bench` and `:explain` ran or looked for nothing.
#[test]
fn commands_say_what_they_take() {
    let home = Home::new("arguments");
    let t = Terminal::at_prompt(&home);
    for (command, usage) in [
        (":bench", "usage: :bench EXPR\n"),
        (":explain", "usage: :explain CODE|NAME\n"),
        (":time", "usage: :time EXPR\n"),
        (":load", "usage: :load FILE\n"),
        (":doc", "usage: :doc NAME\n"),
    ] {
        let said = t.line(command);
        assert!(said.starts_with(usage), "{command}: {said}");
    }
    assert!(t.line(":explain unused-local").contains("L0201"));
    assert!(t.line(":explain unused-locl").contains("did you mean unused-local?"));
}

/// Records in a list were broken into lines at 60 columns of 100.
#[test]
fn lists_of_records_use_the_width() {
    let home = Home::new("width");
    let t = Terminal::at_prompt(&home);
    t.line(
        "r = {} for i = 1, 20 do r[i] = {id = i + 100, name = ('x'):rep(40), tags = {1, 2}} end",
    );
    let shown = t.line("r");
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines.len(), 22, "{shown}");
    let row = format!("  {{ id = 101, name = \"{}\", tags = {{ 1, 2 }} }},", "x".repeat(40));
    assert_eq!(lines[1], row);
    assert!(lines.iter().all(|line| line.chars().count() <= 100), "{shown}");
}

/// The local variables of a script were gone when its prompt came.
#[test]
fn a_script_shares_its_variables_with_the_prompt() {
    let home = Home::new("script");
    let script = "#!luka\nlocal n <const>, args = 20, {...}\nlocal function f() return n end\n\
                  print(arg[0], #args)\n";
    std::fs::write(below_home(&home, "f.lua"), script).expect("written");
    let t = Terminal::start(&home, &["-i", "f.lua", "a", "b"], &[]);
    t.wait("the first prompt", |screen| last_line(screen) == ">");
    assert!(t.raw().contains("f.lua\t2"), "{}", t.raw());
    assert_eq!(t.line("n, f(), args"), "20, 20, { \"a\", \"b\" }");
    assert!(t.line("f").contains("at f.lua:3"));
    t.keys(CTRL_D);
    assert_eq!(t.end(), Some(0));
    // One that fails ends the program, as `lua -i` does.
    std::fs::write(below_home(&home, "f.lua"), "local x = nil\nx.y = 1\n").expect("written");
    let t = Terminal::start(&home, &["-i", "f.lua"], &[]);
    assert_eq!(t.end(), Some(1));
}
