//! Products with their rounding errors: by fused multiplication where the processor has it, else by
//! splitting the factors. What is computed from them is checked by [`super::settled`], so the results
//! are the same either way; only how often the slower functions must decide differs.

use super::short;

/// How products are computed.
pub(super) trait Products {
    /// `a * b`: a number near it, and the rest, with a relative error below 2^-100 in all.
    fn product(a: f64, b: f64) -> (f64, f64);
    /// `a * b - 1`, which is exact, for a `b` of 26 bits at most.
    fn times_less_one(a: f64, b: f64) -> f64;
    /// `a * b + c`, rounded once or twice.
    fn fma(a: f64, b: f64, c: f64) -> f64;
}

/// Factors are split into their first 26 bits and the rest.
pub(super) struct Split;

impl Products for Split {
    #[inline(always)]
    fn product(a: f64, b: f64) -> (f64, f64) {
        let (first, second) = (short(a), short(b));
        (first * second, (b - second) * first + b * (a - first))
    }
    #[inline(always)]
    fn times_less_one(a: f64, b: f64) -> f64 {
        let first = short(a);
        (first * b - 1.0) + (a - first) * b
    }
    #[inline(always)]
    fn fma(a: f64, b: f64, c: f64) -> f64 {
        a * b + c
    }
}

/// With fused multiplication; slow where the processor has none.
#[cfg(all(target_arch = "x86_64", not(miri)))]
pub(super) struct Fused;

#[cfg(all(target_arch = "x86_64", not(miri)))]
impl Products for Fused {
    #[inline(always)]
    fn product(a: f64, b: f64) -> (f64, f64) {
        let product = a * b;
        (product, a.mul_add(b, -product))
    }
    #[inline(always)]
    fn times_less_one(a: f64, b: f64) -> f64 {
        a.mul_add(b, -1.0)
    }
    #[inline(always)]
    fn fma(a: f64, b: f64, c: f64) -> f64 {
        a.mul_add(b, c)
    }
}

/// `choose!(f(x, y))` is `f::<P>(x, y)` of two numbers, with the products `P` that this processor
/// computes best.
macro_rules! choose {
    ($f:ident($x:expr, $y:expr)) => {{
        #[cfg(all(target_arch = "x86_64", not(miri)))]
        {
            #[target_feature(enable = "fma")]
            fn with_fma(x: f64, y: f64) -> Option<f64> {
                $f::<$crate::libm::fused::Fused>(x, y)
            }
            if std::arch::is_x86_feature_detected!("fma") {
                // SAFETY: the processor has the instructions.
                #[allow(unsafe_code)]
                unsafe {
                    with_fma($x, $y)
                }
            } else {
                $f::<$crate::libm::fused::Split>($x, $y)
            }
        }
        #[cfg(not(all(target_arch = "x86_64", not(miri))))]
        {
            $f::<$crate::libm::fused::Split>($x, $y)
        }
    }};
}
pub(super) use choose;
