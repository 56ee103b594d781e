//! `luka debug` at a terminal.

use crate::screen::*;

fn at_prompt(screen: &str) -> bool {
    last_line(screen) == "(luka)"
}

#[test]
fn programs_are_debugged() {
    let home = Home::new("debugger");
    let text = "local n = 0\nprint('begun')\nlocal m = 1 print('running')\nwhile true do\n  n = n + m\nend\n";
    std::fs::write(home.0.join("p.lua"), text).expect("written");
    let t = Terminal::start(&home, &["debug", "p.lua"], &[]);
    t.wait("the first line", |screen| screen.contains("→    1") && at_prompt(screen));
    t.keys("n\r");
    t.wait("line 2", |screen| screen.contains("→    2") && at_prompt(screen));
    // The last movement again.
    t.keys(ENTER);
    t.wait("line 3", |screen| screen.contains("→    3") && at_prompt(screen));
    assert!(t.wait_for("begun").contains("begun"));
    t.keys("bn\r");
    t.wait("line 2 again", |screen| screen.matches("→    2").count() == 2 && at_prompt(screen));
    // It runs until it is stopped. (A key pressed before it runs is not Ctrl-C to the terminal yet.)
    t.keys("c\r");
    t.wait("the program", |screen| screen.lines().any(|line| line.trim_end() == "running"));
    t.keys(CTRL_C);
    t.wait("the place", |screen| {
        (screen.contains("→    4") || screen.contains("→    5")) && at_prompt(screen)
    });
    t.keys("p n > 100, m\r");
    let prompts = |screen: &str| screen.matches("(luka)").count();
    let screen = t.wait("the value", |screen| screen.contains("true, 1") && at_prompt(screen));
    // At the prompt, Ctrl-C begins a new line.
    let before = prompts(&screen);
    t.keys(CTRL_C);
    t.wait("a new prompt", |screen| prompts(screen) > before && at_prompt(screen));
    t.keys("q\r");
    assert_eq!(t.end(), Some(0));
}
