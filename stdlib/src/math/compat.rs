//! Functions of Lua 5.2 that a stock PUC Lua 5.4 still has (`LUA_COMPAT_MATHLIB`, set by its own
//! makefile).

use luka_vm::libm;
use luka_vm::value::number::float_pow;
use luka_vm::{NativeResult, Value, Vm, natives};

natives! { pub static COMPAT = "math";
    atan2: "math.atan2(y [, x]) -> float" "The arc tangent of `y/x`. From Lua 5.2; use `math.atan`." = super::atan,
    cosh: "math.cosh(x) -> float" "The hyperbolic cosine. From Lua 5.2." = |vm| super::by(vm, libm::cosh),
    frexp: "math.frexp(x) -> float, integer"
        "Returns `m` and `e` with `x == m * 2^e`, `m` in [0.5, 1) or zero. From Lua 5.2."
        = frexp,
    ldexp: "math.ldexp(m, e) -> float" "`m * 2^e`. From Lua 5.2." = ldexp,
    log10: "math.log10(x) -> float" "The logarithm to base 10. From Lua 5.2; use `math.log(x, 10)`." = log10,
    pow: "math.pow(x, y) -> float" "`x` to the power of `y`. From Lua 5.2; use `x ^ y`." = pow,
    sinh: "math.sinh(x) -> float" "The hyperbolic sine. From Lua 5.2." = |vm| super::by(vm, libm::sinh),
    tanh: "math.tanh(x) -> float" "The hyperbolic tangent. From Lua 5.2." = |vm| super::by(vm, libm::tanh),
}

fn pow(vm: &mut Vm) -> NativeResult {
    let x = vm.check_num(1)?;
    let y = vm.check_num(2)?;
    vm.ret1(float_pow(x, y))
}

fn log10(vm: &mut Vm) -> NativeResult {
    let x = vm.check_num(1)?;
    vm.ret1(super::apply(libm::log10, x, super::POSITIVE_NAN))
}

fn frexp(vm: &mut Vm) -> NativeResult {
    let x = vm.check_num(1)?;
    let (m, e) = split(x);
    vm.ret2(m, Value::int(e))
}

fn ldexp(vm: &mut Vm) -> NativeResult {
    let m = vm.check_num(1)?;
    let e = vm.check_int(2)? as i32; // as C's `int`
    vm.ret1(scale(m, e))
}

/// Mantissa and exponent of a float.
fn split(x: f64) -> (f64, i64) {
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    // Subnormal numbers are scaled up first.
    let (x, below) = if x.abs() < f64::MIN_POSITIVE { (x * 2f64.powi(54), 54) } else { (x, 0) };
    let bits = x.to_bits();
    let e = (bits >> 52 & 0x7ff) as i64 - 1022;
    (f64::from_bits(bits & !(0x7ff << 52) | 1022 << 52), e - below)
}

/// `m * 2^e`, rounded once.
fn scale(m: f64, e: i32) -> f64 {
    let (m, own) = split(m);
    if m == 0.0 || !m.is_finite() {
        return m;
    }
    let e = own + e as i64;
    if e > 1024 {
        return m * f64::INFINITY;
    }
    if e > -1021 {
        // A normal number: neither factor rounds.
        return m * 2.0 * power_of_two(e - 1);
    }
    // The first product is exact, the second rounds to a subnormal number.
    m * power_of_two(-1000) * power_of_two((e + 1000).max(-1000))
}

/// `2^e`, `e` from -1022 to 1023.
fn power_of_two(e: i64) -> f64 {
    f64::from_bits(((e + 1023) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_and_scale_are_inverse() {
        for x in [1.0, 0.75, -3.5, 1e300, 5e-324, 2.2e-308, f64::MAX, f64::MIN_POSITIVE] {
            let (m, e) = split(x);
            assert!((0.5..1.0).contains(&m.abs()));
            assert_eq!(scale(m, e as i32), x);
        }
        assert_eq!(scale(1.0, 2000), f64::INFINITY);
        assert_eq!(scale(-1.0, -2000), -0.0);
        assert_eq!(scale(1.5, -1074), 1e-323);
        assert_eq!(scale(3.0, -1076), 5e-324);
        assert_eq!(scale(1.0, -1075), 0.0);
        assert_eq!(scale(1.0, i32::MIN), 0.0);
        assert_eq!(scale(f64::MAX, i32::MAX), f64::INFINITY);
    }
}
