//! The expression machine, after zesterer's vm-perf: a tree of numbers, arguments, variables, additions
//! and loops, and the program `total = 0; count = a0; while count > 0 { total += a1; count -= 1 }; total`.
//!
//! Rules. Values are integers of 64 bits that wrap around. `Set` and `While` have the value 0. A loop runs
//! while its condition is above 0, and each time around costs a step. Variables are 0 at first.

mod closures;
mod continuations;
mod native;
mod register_code;
mod register_match;
mod register_tail;
mod shapes;
mod stack_match;
mod tape;
pub mod translate;
pub mod tree;
mod walker;

use crate::technique::{Guard, Technique, technique};
use tree::Program;

/// All techniques, native code first.
pub fn techniques() -> Vec<Technique<Program>> {
    vec![
        technique!("native code, each step kept", Native, ["native.rs"], native::kept),
        technique!("tree walker", Checked, ["walker.rs"], walker::make::<true>),
        technique!("tree walker", Bare, ["walker.rs"], walker::make::<false>),
        technique!("closures", Checked, ["closures.rs"], closures::make::<true>),
        technique!("closures", Bare, ["closures.rs"], closures::make::<false>),
        technique!("closures for shapes", Checked, ["shapes.rs"], shapes::make::<true>),
        technique!("closures for shapes", Bare, ["shapes.rs"], shapes::make::<false>),
        technique!(
            "closure continuations",
            Checked,
            ["continuations.rs"],
            continuations::make::<true>
        ),
        technique!(
            "closure continuations",
            Bare,
            ["continuations.rs"],
            continuations::make::<false>
        ),
        technique!("tape continuations", Checked, ["tape.rs"], tape::make::<true>),
        technique!("tape continuations", Bare, ["tape.rs"], tape::make::<false>),
        technique!("stack code, match", Checked, ["stack_match.rs"], stack_match::make::<true>),
        technique!("stack code, match", Bare, ["stack_match.rs"], stack_match::make::<false>),
        technique!(
            "register code, match",
            Checked,
            ["register_code.rs", "register_match.rs"],
            register_match::make::<true>
        ),
        technique!(
            "register code, match",
            Bare,
            ["register_code.rs", "register_match.rs"],
            register_match::make::<false>
        ),
        technique!(
            "register code, tail calls",
            Checked,
            ["register_code.rs", "register_tail.rs"],
            register_tail::make::<true>
        ),
        technique!(
            "register code, tail calls",
            Bare,
            ["register_code.rs", "register_tail.rs"],
            register_tail::make::<false>
        ),
    ]
}
