//! Elementary functions, the same on every machine: no function of the C library, and all results are
//! correctly rounded, so that it does not matter whether the processor has fused multiplication
//! (`fused`).
//!
//! Powers, sine and cosine are first computed as the sum of two doubles with a known bound of the
//! error (Ziv's method): if all values within the bound round to the same double, that is the result,
//! else the slower functions of pxfm decide. Products that must be exact are products of short
//! numbers. The shape of these algorithms (reciprocals from a table so short that reductions are
//! exact, Cody and Waite's reductions, short tables of values) is P. T. P. Tang's. Where pxfm does not
//! round correctly (ties, subnormal powers, zeros and poles of the trigonometric functions), numbers
//! with 320 binary digits do (`wide`). `tests/tests/elementary.rs` compares all with a library of
//! arbitrary precision.

mod fixed;
mod fused;
mod power;
#[allow(clippy::approx_constant)]
mod tables;
mod trigonometric;
mod wide;

pub(crate) use power::pow;
pub use pxfm::{
    f_acos as acos, f_asin as asin, f_atan2 as atan2, f_cosh as cosh, f_exp as exp, f_log as log,
    f_log2 as log2, f_log10 as log10, f_tanh as tanh,
};
pub use trigonometric::{cos, sin, tan};

/// The hyperbolic sine, odd at zero too.
pub fn sinh(x: f64) -> f64 {
    if x == 0.0 { x } else { pxfm::f_sinh(x) }
}

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
