//! Tree walker: a function that matches on the kind of a node and calls itself for the nodes below. Nothing
//! is prepared. Each node costs a call, a jump by its kind, and a load for each link.

use super::tree::{Expr, Program, State};
use crate::technique::{Refused, Run};

/// Keeps a copy of the tree.
pub fn make<const CHECK: bool>(program: &Program) -> Result<Run, Refused> {
    let program = program.clone();
    Ok(Box::new(move |steps| {
        let mut state = State::new(program.arguments, steps);
        let value = walk::<CHECK>(program.tree(), &mut state);
        state.result(value)
    }))
}

fn walk<const CHECK: bool>(expr: &Expr, state: &mut State) -> i64 {
    match expr {
        Expr::Number(n) => *n,
        Expr::Argument(at) => *at.of(&mut state.arguments),
        Expr::Variable(at) => *at.of(&mut state.variables),
        Expr::Add(a, b) => walk::<CHECK>(a, state).wrapping_add(walk::<CHECK>(b, state)),
        Expr::Set(at, value) => {
            let value = walk::<CHECK>(value, state);
            *at.of(&mut state.variables) = value;
            0
        }
        Expr::While(condition, body) => {
            while walk::<CHECK>(condition, state) > 0 && state.pay::<CHECK>() {
                walk::<CHECK>(body, state);
            }
            0
        }
        Expr::Then(a, b) => {
            walk::<CHECK>(a, state);
            walk::<CHECK>(b, state)
        }
    }
}
