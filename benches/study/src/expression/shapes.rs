//! Closures for shapes: as closures, but groups of nodes that programs have often become one closure: adding
//! something to a variable, a loop over a variable, sums with a leaf on the right. Fewer calls for the same
//! tree; the cost is a case for each shape, and that somebody has to choose them.

use super::closures::{Node, runs};
use super::tree::Expr::{Add, Argument, Number, Set, Then, Variable, While};
use super::tree::{Expr, Index, Program, VARIABLES};
use crate::technique::{Refused, Run};

/// Makes the closures.
pub fn make<const CHECK: bool>(program: &Program) -> Result<Run, Refused> {
    Ok(runs(program, closure::<CHECK>(program.tree())))
}

fn closure<const CHECK: bool>(expr: &Expr) -> Node {
    match expr {
        &Number(n) => Box::new(move |_| n),
        &Argument(at) => Box::new(move |state| *at.of(&mut state.arguments)),
        &Variable(at) => Box::new(move |state| *at.of(&mut state.variables)),
        Add(a, b) => add::<CHECK>(a, b),
        Set(at, value) => set::<CHECK>(*at, value),
        While(condition, body) => {
            let body = closure::<CHECK>(body);
            if let &Variable(at) = &**condition {
                return Box::new(move |state| {
                    while *at.of(&mut state.variables) > 0 && state.pay::<CHECK>() {
                        body(state);
                    }
                    0
                });
            }
            let condition = closure::<CHECK>(condition);
            Box::new(move |state| {
                while condition(state) > 0 && state.pay::<CHECK>() {
                    body(state);
                }
                0
            })
        }
        Then(a, b) => {
            let (a, b) = (closure::<CHECK>(a), closure::<CHECK>(b));
            Box::new(move |state| {
                a(state);
                b(state)
            })
        }
    }
}

fn add<const CHECK: bool>(a: &Expr, b: &Expr) -> Node {
    let left = closure::<CHECK>(a);
    match *b {
        Number(n) => Box::new(move |state| left(state).wrapping_add(n)),
        Argument(at) => {
            Box::new(move |state| left(state).wrapping_add(*at.of(&mut state.arguments)))
        }
        _ => {
            let right = closure::<CHECK>(b);
            Box::new(move |state| left(state).wrapping_add(right(state)))
        }
    }
}

fn set<const CHECK: bool>(at: Index<VARIABLES>, value: &Expr) -> Node {
    if let Add(a, b) = value
        && let Variable(same) = **a
        && same == at
    {
        match **b {
            Number(n) => {
                return Box::new(move |state| {
                    let variable = at.of(&mut state.variables);
                    *variable = variable.wrapping_add(n);
                    0
                });
            }
            Argument(from) => {
                return Box::new(move |state| {
                    let variable = at.of(&mut state.variables);
                    *variable = variable.wrapping_add(*from.of(&mut state.arguments));
                    0
                });
            }
            _ => {}
        }
    }
    let value = closure::<CHECK>(value);
    Box::new(move |state| {
        let value = value(state);
        *at.of(&mut state.variables) = value;
        0
    })
}
