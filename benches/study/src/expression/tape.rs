//! Tape continuations: functions and their operands one behind another in one piece of memory. Each function
//! ends with a jump to the next one on the tape, values go on in a register. Against closures: no pointers
//! from one to the next, no allocation each. (Forth calls it direct threading.)

use super::tree::{Expr, Program, State};
use crate::technique::{Refused, Run};

type Function = fn(&[Word], usize, &mut State, i64) -> i64;

#[derive(Clone, Copy)]
struct Word {
    function: Function,
    /// A number, or that of a variable or argument.
    operand: i64,
    /// Where the tape goes on: behind the parts that the word itself runs.
    next: u32,
    /// Where the second of its parts begins.
    part: u32,
}

/// Writes the tape.
pub fn make<const CHECK: bool>(program: &Program) -> Result<Run, Refused> {
    let mut tape = Vec::new();
    write::<CHECK>(program.tree(), &mut tape);
    word(&mut tape, end, 0);
    let arguments = program.arguments;
    Ok(Box::new(move |steps| {
        let mut state = State::new(arguments, steps);
        let value = go::<CHECK>(&tape, 0, &mut state, 0);
        state.result(value)
    }))
}

/// Appends a word, after which the tape goes on. Returns where it is.
fn word(tape: &mut Vec<Word>, function: Function, operand: i64) -> usize {
    let at = tape.len();
    tape.push(Word { function, operand, next: at as u32 + 1, part: 0 });
    at
}

fn write<const CHECK: bool>(expr: &Expr, tape: &mut Vec<Word>) {
    match expr {
        Expr::Number(n) => drop(word(tape, number::<CHECK>, *n)),
        Expr::Argument(at) => drop(word(tape, argument::<CHECK>, at.number().into())),
        Expr::Variable(at) => drop(word(tape, variable::<CHECK>, at.number().into())),
        Expr::Add(a, b) => {
            write::<CHECK>(a, tape);
            match **b {
                Expr::Number(n) => drop(word(tape, add_number::<CHECK>, n)),
                Expr::Argument(at) => drop(word(tape, add_argument::<CHECK>, at.number().into())),
                _ => {
                    let add = word(tape, add::<CHECK>, 0);
                    write::<CHECK>(b, tape);
                    word(tape, end, 0);
                    tape[add].next = tape.len() as u32;
                }
            }
        }
        Expr::Set(at, value) => {
            write::<CHECK>(value, tape);
            word(tape, set::<CHECK>, at.number().into());
        }
        Expr::While(condition, body) => {
            let head = word(tape, repeat::<CHECK>, 0);
            write::<CHECK>(condition, tape);
            word(tape, end, 0);
            tape[head].part = tape.len() as u32;
            write::<CHECK>(body, tape);
            word(tape, end, 0);
            tape[head].next = tape.len() as u32;
        }
        Expr::Then(a, b) => {
            write::<CHECK>(a, tape);
            write::<CHECK>(b, tape);
        }
    }
}

#[inline(always)]
fn at<const CHECK: bool>(tape: &[Word], at: usize) -> &Word {
    if CHECK {
        return &tape[at];
    }
    // SAFETY: `write` gives each word a place to go on at, the last of all being an `end`.
    unsafe { tape.get_unchecked(at) }
}

#[inline(always)]
fn go<const CHECK: bool>(tape: &[Word], to: usize, state: &mut State, value: i64) -> i64 {
    (at::<CHECK>(tape, to).function)(tape, to, state, value)
}

fn end(_: &[Word], _: usize, _: &mut State, value: i64) -> i64 {
    value
}

fn number<const CHECK: bool>(tape: &[Word], ip: usize, state: &mut State, _: i64) -> i64 {
    go::<CHECK>(tape, ip + 1, state, at::<CHECK>(tape, ip).operand)
}

fn argument<const CHECK: bool>(tape: &[Word], ip: usize, state: &mut State, _: i64) -> i64 {
    let value = state.arguments[at::<CHECK>(tape, ip).operand as usize & 1];
    go::<CHECK>(tape, ip + 1, state, value)
}

fn variable<const CHECK: bool>(tape: &[Word], ip: usize, state: &mut State, _: i64) -> i64 {
    let value = state.variables[at::<CHECK>(tape, ip).operand as usize & 7];
    go::<CHECK>(tape, ip + 1, state, value)
}

fn add<const CHECK: bool>(tape: &[Word], ip: usize, state: &mut State, value: i64) -> i64 {
    let more = go::<CHECK>(tape, ip + 1, state, 0);
    let next = at::<CHECK>(tape, ip).next as usize;
    go::<CHECK>(tape, next, state, value.wrapping_add(more))
}

fn add_number<const CHECK: bool>(tape: &[Word], ip: usize, state: &mut State, value: i64) -> i64 {
    let more = at::<CHECK>(tape, ip).operand;
    go::<CHECK>(tape, ip + 1, state, value.wrapping_add(more))
}

fn add_argument<const CHECK: bool>(tape: &[Word], ip: usize, state: &mut State, value: i64) -> i64 {
    let more = state.arguments[at::<CHECK>(tape, ip).operand as usize & 1];
    go::<CHECK>(tape, ip + 1, state, value.wrapping_add(more))
}

fn set<const CHECK: bool>(tape: &[Word], ip: usize, state: &mut State, value: i64) -> i64 {
    state.variables[at::<CHECK>(tape, ip).operand as usize & 7] = value;
    go::<CHECK>(tape, ip + 1, state, 0)
}

fn repeat<const CHECK: bool>(tape: &[Word], ip: usize, state: &mut State, _: i64) -> i64 {
    let head = *at::<CHECK>(tape, ip);
    while go::<CHECK>(tape, ip + 1, state, 0) > 0 && state.pay::<CHECK>() {
        go::<CHECK>(tape, head.part as usize, state, 0);
    }
    go::<CHECK>(tape, head.next as usize, state, 0)
}
