//! Closures: each node becomes a closure that has captured those of the nodes below. What kind a node is
//! was decided when it was made, so a call through a pointer replaces call, match and jump.

use super::tree::{Expr, Program, State};
use crate::technique::{Refused, Run};

/// A node that can be called for its value.
pub type Node = Box<dyn Fn(&mut State) -> i64>;

/// Makes the closures.
pub fn make<const CHECK: bool>(program: &Program) -> Result<Run, Refused> {
    Ok(runs(program, closure::<CHECK>(program.tree())))
}

/// Runs the tree's closure.
pub fn runs(program: &Program, node: Node) -> Run {
    let arguments = program.arguments;
    Box::new(move |steps| {
        let mut state = State::new(arguments, steps);
        let value = node(&mut state);
        state.result(value)
    })
}

fn closure<const CHECK: bool>(expr: &Expr) -> Node {
    match expr {
        &Expr::Number(n) => Box::new(move |_| n),
        &Expr::Argument(at) => Box::new(move |state| *at.of(&mut state.arguments)),
        &Expr::Variable(at) => Box::new(move |state| *at.of(&mut state.variables)),
        Expr::Add(a, b) => {
            let (a, b) = (closure::<CHECK>(a), closure::<CHECK>(b));
            Box::new(move |state| a(state).wrapping_add(b(state)))
        }
        Expr::Set(at, value) => {
            let (at, value) = (*at, closure::<CHECK>(value));
            Box::new(move |state| {
                let value = value(state);
                *at.of(&mut state.variables) = value;
                0
            })
        }
        Expr::While(condition, body) => {
            let (condition, body) = (closure::<CHECK>(condition), closure::<CHECK>(body));
            Box::new(move |state| {
                while condition(state) > 0 && state.pay::<CHECK>() {
                    body(state);
                }
                0
            })
        }
        Expr::Then(a, b) => {
            let (a, b) = (closure::<CHECK>(a), closure::<CHECK>(b));
            Box::new(move |state| {
                a(state);
                b(state)
            })
        }
    }
}
