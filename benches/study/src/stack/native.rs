//! The program in Rust, to compare with.

use super::programs::Program;
use crate::technique::{Refused, Run};
use std::hint::black_box;

/// Runs the program's equivalent.
pub fn make(program: &Program) -> Result<Run, Refused> {
    let (native, n) = (program.native, program.n);
    Ok(Box::new(move |_| Ok(native(black_box(n)))))
}
