//! Register code: three addresses an instruction. Variables are registers, and sums are made where they are
//! wanted, so that the program's loop is four instructions where stack code has ten.

use super::tree::{Expr, Program, VARIABLES};

/// An instruction; letters are registers.
#[derive(Clone, Copy, Debug)]
pub enum Op {
    /// `a = n`
    Number { a: u8, n: i64 },
    /// `a = argument i`
    Argument { a: u8, i: u8 },
    /// `a = b`
    Move { a: u8, b: u8 },
    /// `a = b + c`
    Add { a: u8, b: u8, c: u8 },
    /// `a = b + n`
    AddNumber { a: u8, b: u8, n: i64 },
    /// `a = b + argument i`
    AddArgument { a: u8, b: u8, i: u8 },
    /// Jumps if `a` is not above 0.
    Exit { a: u8, to: u32 },
    /// Jumps back, for a step.
    Jump { to: u32 },
    /// Ends with `a`.
    Return { a: u8 },
}

struct Compiler {
    code: Vec<Op>,
}

/// Compiles a program. The code ends with a return, and jumps lead into it.
pub fn compile(program: &Program) -> Vec<Op> {
    let mut compiler = Compiler { code: Vec::new() };
    let result = VARIABLES as u8;
    compiler.value(program.tree(), result, result + 1);
    compiler.code.push(Op::Return { a: result });
    compiler.code
}

impl Compiler {
    /// Makes the value in register `a`; those from `free` on hold nothing. Trees are not so deep that
    /// there could be none.
    fn value(&mut self, expr: &Expr, a: u8, free: u8) {
        match expr {
            Expr::Number(n) => self.code.push(Op::Number { a, n: *n }),
            Expr::Argument(i) => self.code.push(Op::Argument { a, i: i.number() }),
            Expr::Variable(v) => self.code.push(Op::Move { a, b: v.number() }),
            Expr::Add(x, y) => self.sum(x, y, a, free),
            Expr::Set(..) | Expr::While(..) => {
                self.statement(expr, free);
                self.code.push(Op::Number { a, n: 0 });
            }
            Expr::Then(x, y) => {
                self.statement(x, free);
                self.value(y, a, free);
            }
        }
    }

    fn sum(&mut self, x: &Expr, y: &Expr, a: u8, free: u8) {
        match y {
            Expr::Number(n) => {
                let b = self.operand(x, free);
                self.code.push(Op::AddNumber { a, b, n: *n });
            }
            Expr::Argument(i) => {
                let b = self.operand(x, free);
                self.code.push(Op::AddArgument { a, b, i: i.number() });
            }
            Expr::Variable(v) => {
                let b = self.operand(x, free);
                self.code.push(Op::Add { a, b, c: v.number() });
            }
            _ => {
                // What is on the right may set a variable that is on the left.
                self.value(x, free, free + 1);
                self.value(y, free + 1, free + 2);
                self.code.push(Op::Add { a, b: free, c: free + 1 });
            }
        }
    }

    /// A register that holds the value: a variable's own, or `free`.
    fn operand(&mut self, expr: &Expr, free: u8) -> u8 {
        if let Expr::Variable(v) = expr {
            return v.number();
        }
        self.value(expr, free, free + 1);
        free
    }

    fn statement(&mut self, expr: &Expr, free: u8) {
        match expr {
            Expr::Set(v, value) => self.value(value, v.number(), free),
            Expr::While(condition, body) => {
                let to = self.code.len() as u32;
                let a = self.operand(condition, free);
                let exit = self.code.len();
                self.code.push(Op::Exit { a, to });
                self.statement(body, free);
                self.code.push(Op::Jump { to });
                self.code[exit] = Op::Exit { a, to: self.code.len() as u32 };
            }
            Expr::Then(x, y) => {
                self.statement(x, free);
                self.statement(y, free);
            }
            Expr::Number(_) | Expr::Argument(_) | Expr::Variable(_) => {}
            Expr::Add(..) => self.value(expr, free, free + 1),
        }
    }
}
