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

/// Ctrl-C is part of a recording: it happens again at the same instruction.
#[test]
fn interrupts_are_recorded() {
    let home = Home::new("recorded");
    let text = "local n = 0\nlocal ok, why = pcall(function()\n  print('running')\n  while true do n = n + 1 end\nend)\n\
                print('caught', why, n)\nprint('end')\n";
    std::fs::write(home.0.join("p.lua"), text).expect("written");
    let t = Terminal::start(&home, &["run", "--record", "i.rec", "p.lua"], &[]);
    t.wait("the program", |screen| screen.contains("running"));
    t.keys(CTRL_C);
    let screen = t.wait("the end", |screen| screen.lines().any(|line| line.trim_end() == "end"));
    assert_eq!(t.end(), Some(0));
    let caught = screen.lines().find(|line| line.contains("caught")).expect("it was caught");
    assert!(caught.contains("interrupted!"), "{caught}");
    let n = caught.split_whitespace().last().expect("a number");
    let t = Terminal::start(&home, &["debug", "i.rec"], &[]);
    let screen = type_commands(&t, &["b 7", "c", "p n, ok", "bc", "c", "p n, why"]);
    assert!(screen.contains(&format!("\n{n}, false")), "{n}: {screen}");
    let again = screen.lines().find(|line| line.starts_with(&format!("{n}, \"")));
    assert!(again.is_some_and(|line| line.contains("interrupted!")), "{n}: {screen}");
    t.keys("q\r");
    assert_eq!(t.end(), Some(0));
}

const BANK: &str = "\
local account = { balance = 100 }
local function withdraw(account, amount)
  local left = account.balance - amount
  account.balance = left
end
for _, amount in ipairs { 30, 50, 40 } do
  withdraw(account, amount)
end
if account.balance < 0 then
  error('overdrawn: ' .. account.balance)
end
";

/// Types commands, each when the prompt is there, and waits for the last one.
fn type_commands(t: &Terminal, commands: &[&str]) -> String {
    let mut screen = t.wait("the first line", at_prompt);
    for command in commands {
        t.keys(&format!("{command}\r"));
        let typed = format!("(luka) {command}");
        screen = t.wait(command, |screen| {
            let line = screen.lines().any(|line| line.trim_end() == typed.trim_end());
            line && at_prompt(screen)
        });
    }
    screen
}

/// The picture of docs/debugging.md is the screen of a terminal.
#[test]
fn the_picture_of_the_documentation() {
    let home = Home::new("picture");
    std::fs::write(home.0.join("bank.lua"), BANK).expect("written");
    let t = Terminal::start(&home, &["debug", "bank.lua"], &[]);
    type_commands(&t, &["c", "why account.balance", "locals", "bo"]);
    let picture = luka_tests::picture::svg(&t.painted());
    t.keys("q\r");
    assert_eq!(t.end(), Some(0));
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/debugging.svg");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &picture).expect("written");
    }
    assert_eq!(std::fs::read_to_string(&path).expect("the picture"), picture);
}

/// Every command that `help` lists does something at a terminal.
#[test]
fn every_command_is_typed() {
    let home = Home::new("commands");
    std::fs::write(home.0.join("bank.lua"), BANK).expect("written");
    let t = Terminal::start(&home, &["debug", "bank.lua"], &[]);
    for (command, shown) in [
        ("b 4 if amount == 50", "breakpoint 1 at bank.lua:4"),
        ("b withdraw", "breakpoint 2 at function withdraw"),
        ("b", "1  bank.lua:4 if amount == 50"),
        ("c", "breakpoint 2"),
        ("locals", "amount = 30"),
        ("bt", "main chunk"),
        ("up", "7"),
        ("down", "3"),
        ("p account.balance, amount * 2", "100, 60"),
        ("del 2", "(luka)"),
        ("c", "breakpoint 1"),
        ("locals", "* amount = 50"),
        ("w account.balance", "watchpoint 3: account.balance = 70"),
        ("rw account.balance", "watchpoint 4"),
        ("n", "account.balance: 70"),
        ("del", "(luka)"),
        ("bn", "→    4"),
        ("mark here", "here = "),
        ("s", "→    5"),
        ("i", "→    "),
        ("bi", "→    5"),
        ("o", "→    "),
        ("bo", "→    "),
        ("goto here", "→    4"),
        ("why amount", "for"),
        ("goto here", "→    4"),
        ("bs", "→    3"),
        ("disas", "SUB"),
        ("set amount = { account, n = amount }", "is forgotten"),
        ("p amount[1] == account, amount.n", "true, 50"),
        ("set amount = 5", "amount = 5"),
        ("jump 3", "→    3"),
        ("restart", "begins again"),
        ("co", "main"),
        ("list 1", "local account"),
        ("time", "states kept"),
        ("catch all", "(luka)"),
        ("bc", "the recording begins here"),
        ("goto 0", "→    1"),
        ("help", "b LINE [if COND]"),
        ("nothing", "'nothing' is no command"),
        ("c", "(luka)"),
    ] {
        t.keys("\x0c");
        t.wait("an empty screen", |screen| screen.trim() == "(luka)");
        let screen = type_commands(&t, &[command]);
        assert!(screen.contains(shown), "{command}: {screen}");
    }
    t.keys("q\r");
    assert_eq!(t.end(), Some(0));
}
