//! The program in Rust, to compare with. Left alone, the optimizer replaces the loop by a multiplication;
//! `black_box` keeps each addition, as an interpreter must.

use super::tree::Program;
use crate::technique::{Refused, Run};
use std::hint::black_box;

/// Sums, whatever the tree says.
pub fn kept(program: &Program) -> Result<Run, Refused> {
    let [times, step] = program.arguments;
    Ok(Box::new(move |_| {
        let (mut total, mut count) = (black_box(0i64), black_box(times));
        while black_box(count) > 0 {
            total = black_box(total).wrapping_add(black_box(step));
            count = black_box(count).wrapping_add(black_box(-1));
        }
        Ok(total)
    }))
}
