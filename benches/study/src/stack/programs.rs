//! The programs, and the same in Rust.

use super::code::{Words, assemble};
use crate::technique::Refused;
use std::hint::black_box;

/// Words to run, and what is known about them from elsewhere.
#[derive(Clone)]
pub struct Program {
    /// The words.
    pub words: Words,
    /// The same in Rust, where it has been written.
    pub native: fn(u32) -> i64,
    /// Its argument.
    pub n: u32,
}

/// The sum of all primes below `n`, by trial division: almost all branches go as they went before.
///
/// # Errors
/// None: the text is right.
pub fn primes(n: u32) -> Result<Program, Refused> {
    let words = assemble(&format!(
        "           push {n} push 2                     ; n c
         candidate: over over sub jz done
                    push 2                             ; n c d
         divisor:   over over swap sub jz prime        ; d has come to c
                    over over swap mod jz composite
                    inc jump divisor
         prime:     over print
         composite: drop inc jump candidate
         done:      halt"
    ))?;
    Ok(Program { words, native: native_primes, n })
}

fn native_primes(n: u32) -> i64 {
    let mut sum = 0;
    let mut c = 2;
    while c != n {
        let mut d = 2;
        while d != c && !c.is_multiple_of(d) {
            d += 1;
        }
        sum += i64::from(if d == c { c } else { 0 });
        c += 1;
    }
    sum
}

/// The divided number of [`remainders`].
pub const DIVIDED: u32 = 1_999_999_973;

/// The sum of the numbers below `n` that leave an even remainder of a large number: a branch that goes
/// either way, and no pattern says which.
///
/// # Errors
/// None: the text is right.
pub fn remainders(n: u32) -> Result<Program, Refused> {
    let words = assemble(&format!(
        "      push {n} push 2                          ; n c
         next: over over sub jz done
               push 2 over push {DIVIDED} mod mod      ; n c (parity)
               jz even
               inc jump next
         even: push 0 over print drop
               inc jump next
         done: halt"
    ))?;
    Ok(Program { words, native: native_remainders, n })
}

fn native_remainders(n: u32) -> i64 {
    let divided = black_box(DIVIDED);
    let mut sum = 0;
    let mut c = 2;
    while c != n {
        if (divided % c).is_multiple_of(2) {
            sum += i64::from(c);
        }
        c += 1;
    }
    sum
}
