//! `--watch` at a terminal.

use crate::screen::*;

#[test]
fn the_screen_is_cleared_before_a_program_runs_again() {
    let home = Home::new("watching");
    std::fs::write(home.0.join("p.lua"), "print('first time')\n").expect("written");
    let t = Terminal::start(&home, &["run", "--watch", "p.lua"], &[]);
    t.wait("the first run", |screen| {
        screen.contains("first time") && screen.contains("waiting for changes, Ctrl-C ends")
    });
    std::fs::write(home.0.join("p.lua"), "print('and another')\n").expect("written");
    t.wait("the second run", |screen| {
        screen.starts_with("p.lua has changed")
            && screen.contains("and another")
            && !screen.contains("first time")
            && screen.contains("waiting for changes")
    });
    t.keys(CTRL_C);
    assert_eq!(t.end(), Some(130));
}
