//! Translation to source: the tree as a Lua program, for a compiler that exists already to compile. It gets
//! the arguments as `...` and returns the value.

use super::tree::{DEPTH, Expr, Program, VARIABLES};
use std::fmt::Write;

struct Writer {
    text: String,
    /// Temporary variables in use: at most one for each level of the tree.
    temporaries: usize,
}

/// The program's text.
pub fn lua(program: &Program) -> String {
    let mut writer = Writer { text: String::from("local a0, a1 = ...\nlocal "), temporaries: 0 };
    let list =
        |item: &dyn Fn(usize) -> String| (0..VARIABLES).map(item).collect::<Vec<_>>().join(", ");
    let names = list(&|i| format!("v{i}"));
    writer.line(&format!("{names} = {}", list(&|_| "0".to_string())));
    let temporaries: Vec<String> = (0..DEPTH).map(|i| format!("t{i}")).collect();
    writer.line(&format!("local {}", temporaries.join(", ")));
    let value = writer.value(program.tree());
    writer.line(&format!("return {value}"));
    writer.text
}

impl Writer {
    fn line(&mut self, line: &str) {
        writeln!(self.text, "{line}").expect("a string takes any text");
    }

    /// Writes what has to be done before, and returns an expression for the value.
    fn value(&mut self, expr: &Expr) -> String {
        match expr {
            Expr::Number(n) => format!("({n})"),
            Expr::Argument(at) => format!("a{}", at.number()),
            Expr::Variable(at) => format!("v{}", at.number()),
            Expr::Add(a, b) => {
                let left = self.value(a);
                if matches!(**b, Expr::Number(_) | Expr::Argument(_) | Expr::Variable(_)) {
                    return format!("({left} + {})", self.value(b));
                }
                // What is written for the right side may set a variable of the left one.
                let name = format!("t{}", self.temporaries);
                self.line(&format!("{name} = {left}"));
                self.temporaries += 1;
                let right = self.value(b);
                self.temporaries -= 1;
                format!("({name} + {right})")
            }
            Expr::Set(..) | Expr::While(..) => {
                self.statement(expr);
                "0".to_string()
            }
            Expr::Then(a, b) => {
                self.statement(a);
                self.value(b)
            }
        }
    }

    fn statement(&mut self, expr: &Expr) {
        match expr {
            Expr::Set(at, value) => {
                let value = self.value(value);
                self.line(&format!("v{} = {value}", at.number()));
            }
            Expr::While(condition, body) => {
                self.line("while true do");
                let condition = self.value(condition);
                self.line(&format!("if not ({condition} > 0) then break end"));
                self.statement(body);
                self.line("end");
            }
            Expr::Then(a, b) => {
                self.statement(a);
                self.statement(b);
            }
            _ => {
                self.value(expr);
            }
        }
    }
}
