//! Closure continuations: a closure ends with a call of what comes next, with its value as the argument. The
//! call is its last act, so it becomes a jump, and values go from one closure to the next in a register;
//! nothing returns until a loop's body is over.

use super::tree::Expr::{Add, Argument, Number, Set, Then, Variable, While};
use super::tree::{Expr, Program, State};
use crate::technique::{Refused, Run};

/// What comes next, given the last value.
type Next = Box<dyn Fn(&mut State, i64) -> i64>;

/// Makes the closures, from the last one backwards.
pub fn make<const CHECK: bool>(program: &Program) -> Result<Run, Refused> {
    let arguments = program.arguments;
    let first = before::<CHECK>(program.tree(), end());
    Ok(Box::new(move |steps| {
        let mut state = State::new(arguments, steps);
        let value = first(&mut state, 0);
        state.result(value)
    }))
}

fn end() -> Next {
    Box::new(|_, value| value)
}

/// The closure that does what the tree says and goes on with `next`.
fn before<const CHECK: bool>(expr: &Expr, next: Next) -> Next {
    match expr {
        &Number(n) => Box::new(move |state, _| next(state, n)),
        &Argument(at) => Box::new(move |state, _| {
            let value = *at.of(&mut state.arguments);
            next(state, value)
        }),
        &Variable(at) => Box::new(move |state, _| {
            let value = *at.of(&mut state.variables);
            next(state, value)
        }),
        Add(a, b) => before::<CHECK>(a, plus::<CHECK>(b, next)),
        Set(at, value) => {
            let at = *at;
            let store = move |state: &mut State, value| {
                *at.of(&mut state.variables) = value;
                next(state, 0)
            };
            before::<CHECK>(value, Box::new(store))
        }
        While(condition, body) => {
            let condition = before::<CHECK>(condition, end());
            let body = before::<CHECK>(body, end());
            Box::new(move |state, _| {
                while condition(state, 0) > 0 && state.pay::<CHECK>() {
                    body(state, 0);
                }
                next(state, 0)
            })
        }
        Then(a, b) => before::<CHECK>(a, before::<CHECK>(b, next)),
    }
}

/// Adds the tree's value to the last one. Only a tree that is not a leaf needs a call that returns.
fn plus<const CHECK: bool>(expr: &Expr, next: Next) -> Next {
    match *expr {
        Number(n) => Box::new(move |state, value| next(state, value.wrapping_add(n))),
        Argument(at) => Box::new(move |state, value| {
            let more = *at.of(&mut state.arguments);
            next(state, value.wrapping_add(more))
        }),
        Variable(at) => Box::new(move |state, value| {
            let more = *at.of(&mut state.variables);
            next(state, value.wrapping_add(more))
        }),
        _ => {
            let more = before::<CHECK>(expr, end());
            Box::new(move |state, value| {
                let more = more(state, 0);
                next(state, value.wrapping_add(more))
            })
        }
    }
}
