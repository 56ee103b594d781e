//! What people type.

use luka_debug::{Access, Back, Step};

/// A command.
#[derive(Clone, PartialEq, Debug)]
pub enum Command {
    Break { at: Option<String>, condition: Option<String> },
    Watch(String, Access),
    Delete(Option<u32>),
    List(Option<u32>),
    Continue,
    Step(Step),
    Back(Back),
    Reverse,
    Why(String),
    Jump(u32),
    Restart,
    Instructions,
    Set(String, String),
    Mark(Option<String>),
    Goto(String),
    Print(String),
    Locals,
    Stack,
    Up,
    Down,
    Coroutines,
    Catch(Option<String>),
    Time,
    Help,
    Quit,
}

/// What `help` prints.
pub const HELP: &str = "\
forward            backward            looking
c  continue        bc  continue        p EXPR   evaluate in a copy of the program
n  next line       bn  line before     locals   variables, changed ones marked
s  step into       bs  step back into  bt       stack    up, down   other frames
o  step out        bo  to the call     list N   source   co         coroutines
i  instruction     bi  instruction     time     moments and what is kept of the past

b LINE [if COND]   breakpoint in this file; b FILE:LINE, b FUNCTION; b alone lists them
w EXPR             stop when a local, an upvalue or a field changes; rw EXPR: when it is read
del [N]            remove breakpoint N, or all
catch all|uncaught|none   which errors stop the program
why EXPR           follow a value from store to store, and go to the last one
disas              instructions of the function
set EXPR = VALUE   change a variable or field; what came after is forgotten
jump LINE          go on in another line of the function; what came after is forgotten
restart            begin the function again; what came after is forgotten
mark NAME          give this moment a name; goto NAME or goto TIME goes there
q                  quit
";

/// Reads a command.
///
/// # Errors
/// What is wrong with it.
pub fn parse(text: &str) -> Result<Command, String> {
    let text = text.trim();
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim();
    let some = || (!rest.is_empty()).then(|| rest.to_string());
    let needed = |what: &str| some().ok_or_else(|| format!("{word} needs {what}"));
    let number = || -> Result<Option<u32>, String> {
        let parsed = some().map(|n| n.parse().map_err(|_| format!("'{n}' is no number")));
        parsed.transpose()
    };
    Ok(match word {
        "b" | "break" => {
            let (at, condition) = match rest.split_once(" if ") {
                Some((at, condition)) => (at.trim(), Some(condition.trim().to_string())),
                None => (rest, None),
            };
            Command::Break { at: (!at.is_empty()).then(|| at.to_string()), condition }
        }
        "w" | "watch" => Command::Watch(needed("a variable or field")?, Access::Change),
        "rw" => Command::Watch(needed("a variable or field")?, Access::Read),
        "del" | "delete" => Command::Delete(number()?),
        "l" | "list" => Command::List(number()?),
        "c" | "continue" => Command::Continue,
        "n" | "next" => Command::Step(Step::Over),
        "s" | "step" => Command::Step(Step::In),
        "o" | "out" => Command::Step(Step::Out),
        "i" => Command::Step(Step::Instruction),
        "bc" => Command::Reverse,
        "bn" => Command::Back(Back::Over),
        "bs" => Command::Back(Back::In),
        "bo" => Command::Back(Back::Out),
        "bi" => Command::Back(Back::Instruction),
        "set" => match needed("EXPR = VALUE")?.split_once('=') {
            Some((name, value)) if !value.trim().is_empty() => {
                Command::Set(name.trim().to_string(), value.trim().to_string())
            }
            _ => return Err("set needs EXPR = VALUE".to_string()),
        },
        "jump" => Command::Jump(number()?.ok_or("jump needs a line")?),
        "restart" => Command::Restart,
        "disas" => Command::Instructions,
        "why" => Command::Why(needed("a variable or field")?),
        "mark" => Command::Mark(some()),
        "goto" => Command::Goto(needed("a mark or a time")?),
        "p" | "print" => Command::Print(needed("an expression")?),
        "locals" => Command::Locals,
        "bt" | "stack" => Command::Stack,
        "up" => Command::Up,
        "down" => Command::Down,
        "co" => Command::Coroutines,
        "catch" => Command::Catch(some()),
        "time" => Command::Time,
        "help" | "h" | "?" => Command::Help,
        "q" | "quit" | "exit" => Command::Quit,
        _ => return Err(format!("'{word}' is no command; help lists them")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read() {
        let at = |at: &str, condition: Option<&str>| Command::Break {
            at: Some(at.to_string()),
            condition: condition.map(str::to_string),
        };
        assert_eq!(parse("b 12"), Ok(at("12", None)));
        assert_eq!(parse(" b a.lua:3 if x == 1 "), Ok(at("a.lua:3", Some("x == 1"))));
        assert_eq!(parse("b"), Ok(Command::Break { at: None, condition: None }));
        assert_eq!(parse("bn"), Ok(Command::Back(Back::Over)));
        assert_eq!(parse("p"), Err("p needs an expression".to_string()));
        assert_eq!(parse("del x"), Err("'x' is no number".to_string()));
        assert_eq!(parse("set a.b = 1"), Ok(Command::Set("a.b".into(), "1".into())));
        assert!(parse("set a").is_err());
        assert!(parse("xyz").is_err());
    }
}
