//! Stack code: the tree flattened into instructions that take their operands from a stack and leave their
//! result there, and a `match` in a loop. The easiest bytecode to generate: one pass, no registers to choose.

use super::tree::{Expr, Program, State};
use crate::technique::{Refused, Run, Stop};

#[derive(Clone, Copy)]
enum Op {
    Number(i64),
    Argument(u8),
    Variable(u8),
    Add,
    Set(u8),
    Drop,
    /// Jumps if the value is not above 0.
    Exit(u32),
    Jump(u32),
    Return,
}

/// Flattens the tree.
pub fn make<const CHECK: bool>(program: &Program) -> Result<Run, Refused> {
    let mut code = Vec::new();
    flatten(program.tree(), &mut code);
    code.push(Op::Return);
    let arguments = program.arguments;
    Ok(Box::new(move |steps| run::<CHECK>(&code, State::new(arguments, steps))))
}

/// Code that leaves the tree's value on the stack.
fn flatten(expr: &Expr, code: &mut Vec<Op>) {
    match expr {
        Expr::Number(n) => code.push(Op::Number(*n)),
        Expr::Argument(at) => code.push(Op::Argument(at.number())),
        Expr::Variable(at) => code.push(Op::Variable(at.number())),
        Expr::Add(a, b) => {
            flatten(a, code);
            flatten(b, code);
            code.push(Op::Add);
        }
        Expr::Set(..) | Expr::While(..) => {
            statement(expr, code);
            code.push(Op::Number(0));
        }
        Expr::Then(a, b) => {
            statement(a, code);
            flatten(b, code);
        }
    }
}

/// Code that leaves nothing.
fn statement(expr: &Expr, code: &mut Vec<Op>) {
    match expr {
        Expr::Set(at, value) => {
            flatten(value, code);
            code.push(Op::Set(at.number()));
        }
        Expr::While(condition, body) => {
            let start = code.len() as u32;
            flatten(condition, code);
            let exit = code.len();
            code.push(Op::Return);
            statement(body, code);
            code.push(Op::Jump(start));
            code[exit] = Op::Exit(code.len() as u32);
        }
        Expr::Then(a, b) => {
            statement(a, code);
            statement(b, code);
        }
        _ => {
            flatten(expr, code);
            code.push(Op::Drop);
        }
    }
}

fn run<const CHECK: bool>(code: &[Op], mut state: State) -> Result<i64, Stop> {
    // No tree needs more than its depth, so that a pointer of 8 bits stays inside.
    let mut stack = [0i64; 256];
    let mut sp = 0u8;
    let mut ip = 0;
    loop {
        let op = if CHECK {
            *code.get(ip).ok_or(Stop::Code)?
        } else {
            // SAFETY: `make` ends the code with a return, and jumps lead into it.
            unsafe { *code.get_unchecked(ip) }
        };
        ip += 1;
        match op {
            Op::Number(n) => push(&mut stack, &mut sp, n),
            Op::Argument(at) => push(&mut stack, &mut sp, state.arguments[at as usize & 1]),
            Op::Variable(at) => push(&mut stack, &mut sp, state.variables[at as usize & 7]),
            Op::Add => {
                let more = pop(&stack, &mut sp);
                let value = pop(&stack, &mut sp);
                push(&mut stack, &mut sp, value.wrapping_add(more));
            }
            Op::Set(at) => state.variables[at as usize & 7] = pop(&stack, &mut sp),
            Op::Drop => drop(pop(&stack, &mut sp)),
            Op::Exit(to) => {
                if pop(&stack, &mut sp) <= 0 {
                    ip = to as usize;
                }
            }
            Op::Jump(to) => {
                if !state.pay::<CHECK>() {
                    return Err(Stop::Steps);
                }
                ip = to as usize;
            }
            Op::Return => return Ok(pop(&stack, &mut sp)),
        }
    }
}

#[inline(always)]
fn push(stack: &mut [i64; 256], sp: &mut u8, value: i64) {
    stack[*sp as usize] = value;
    *sp = sp.wrapping_add(1);
}

#[inline(always)]
fn pop(stack: &[i64; 256], sp: &mut u8) -> i64 {
    *sp = sp.wrapping_sub(1);
    stack[*sp as usize]
}
