//! Elementary functions: fast first attempts, correctly rounded or given up.
//!
//! Every function here computes its result as the sum of two doubles with a known bound of the
//! error (Ziv's method): if all values within the bound round to the same double, that is the
//! result, else the slower functions of pxfm decide. Both round correctly, so that the result does
//! not depend on who computed it, and every machine gives the same digits. There is no fused
//! multiplication: products that must be exact are products of short numbers.
//!
//! The shape of the algorithms (reciprocals from a table so short that reductions are exact,
//! Cody and Waite's reductions, short tables of values) is P. T. P. Tang's.

mod power;
#[allow(clippy::approx_constant)]
mod tables;
mod trigonometric;

pub(crate) use power::pow;
pub use trigonometric::{cos, sin};

/// The double nearest to `hi + lo`, if every number that is not farther than `error` from it has
/// the same one.
#[inline(always)]
fn settled(hi: f64, lo: f64, error: f64) -> Option<f64> {
    let (below, above) = (hi + (lo - error), hi + (lo + error));
    (below == above).then_some(below)
}

/// The first 26 bits of a number; the rest has 27.
#[inline(always)]
fn short(x: f64) -> f64 {
    f64::from_bits(x.to_bits() & !0x7ff_ffff)
}

/// 2^`n`, a normal number.
#[inline(always)]
const fn exp2i(n: i64) -> f64 {
    f64::from_bits(((n + 1023) as u64) << 52)
}

#[cfg(test)]
mod tests {
    /// A small deterministic generator.
    pub struct Random(pub u64);

    impl Random {
        pub fn bits(&mut self) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15)
        }
        pub fn unit(&mut self) -> f64 {
            (self.bits() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
        }
    }
}
