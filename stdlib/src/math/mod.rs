//! The `math` library (manual §6.7).
//!
//! Transcendental functions come from one pure-Rust library that rounds correctly, so that every
//! machine gives the same digits, and those of a good C library. What IEEE 754 calls an invalid
//! operation gives the NaN that x86-64 makes.

mod compat;
mod random;

pub use compat::COMPAT;
pub use random::RANDOM;

use crate::access::{self, Step};
use crate::prim;
use luka_vm::libm;
use luka_vm::value::number::float_to_int;
use luka_vm::{Action, Native, NativeResult, Type, Value, Vm, natives};

natives! { pub static MATH = "math";
    abs: "math.abs(x) -> number" "The absolute value; the one of the least integer wraps around to itself." = abs => Abs,
    acos: "math.acos(x) -> float" "The arc cosine in radians." = acos,
    asin: "math.asin(x) -> float" "The arc sine in radians." = asin,
    atan: "math.atan(y [, x]) -> float"
        "The arc tangent of `y/x` in radians, in the quadrant that both signs say; `x` is 1 by default."
        = atan,
    ceil: "math.ceil(x) -> integer|float" "The least integral value not below `x`." = ceil => Ceil,
    cos: "math.cos(x) -> float" "The cosine of an angle in radians." = |vm| by(vm, libm::cos),
    deg: "math.deg(x) -> float" "An angle in radians as degrees." = |vm| by(vm, |x| x * (180.0 / PI)),
    exp: "math.exp(x) -> float" "e to the power of `x`." = |vm| by(vm, pxfm::f_exp),
    floor: "math.floor(x) -> integer|float" "The largest integral value not above `x`." = floor => Floor,
    fmod: "math.fmod(x, y) -> number" "The remainder of `x / y` with the quotient rounded towards zero." = fmod,
    log: "math.log(x [, base]) -> float" "The logarithm to a base, by default e." = log,
    max: "math.max(x, ...) -> value" "The largest argument by the operator `<`." = max => Max,
    min: "math.min(x, ...) -> value" "The least argument by the operator `<`." = min => Min,
    modf: "math.modf(x) -> integer|float, float" "The integral part, rounded towards zero, and the fraction." = modf,
    rad: "math.rad(x) -> float" "An angle in degrees as radians." = |vm| by(vm, |x| x * (PI / 180.0)),
    sin: "math.sin(x) -> float" "The sine of an angle in radians." = |vm| by(vm, libm::sin),
    sqrt: "math.sqrt(x) -> float" "The square root." = |vm| by(vm, f64::sqrt) => Sqrt,
    tan: "math.tan(x) -> float" "The tangent of an angle in radians." = |vm| by(vm, pxfm::f_tan),
    tointeger: "math.tointeger(x) -> integer | nil" "The integer that `x` equals, if there is one." = tointeger,
    type: "math.type(x) -> \"integer\" | \"float\" | nil" "What kind of number `x` is; nil if none." = type_,
    ult: "math.ult(m, n) -> boolean" "Whether `m` is below `n` as unsigned integers." = ult,
}

const PI: f64 = std::f64::consts::PI;

/// Makes the library.
pub fn open(vm: &mut Vm) {
    let lib = crate::register(vm, "math", MATH);
    let constants = [
        ("pi", Value::float(PI)),
        ("huge", Value::float(f64::INFINITY)),
        ("maxinteger", Value::int(i64::MAX)),
        ("mininteger", Value::int(i64::MIN)),
    ];
    for (name, v) in constants {
        // A memory limit too small for this is noticed when all libraries are open.
        let _ = prim::set_field(vm, lib, name, v);
    }
    let _ = prim::register(vm, lib, COMPAT);
    random::open(vm, lib);
}

/// The NaN of invalid operations with the sign that glibc on x86-64 gives it: set, except for a
/// few functions.
const INVALID: f64 = f64::from_bits(0xfff8 << 48);
const POSITIVE_NAN: f64 = f64::from_bits(0x7ff8 << 48);

/// `f(x)`; NaN goes through as it is, an invalid operation gives `invalid`.
#[inline]
fn apply(f: fn(f64) -> f64, x: f64, invalid: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    let r = f(x);
    if r.is_nan() { invalid } else { r }
}

/// A function of one float.
#[inline]
fn by(vm: &mut Vm, f: fn(f64) -> f64) -> NativeResult {
    let x = vm.check_num(1)?;
    vm.ret1(apply(f, x, INVALID))
}

fn asin(vm: &mut Vm) -> NativeResult {
    let x = vm.check_num(1)?;
    vm.ret1(apply(pxfm::f_asin, x, POSITIVE_NAN))
}

fn acos(vm: &mut Vm) -> NativeResult {
    let x = vm.check_num(1)?;
    vm.ret1(apply(pxfm::f_acos, x, POSITIVE_NAN))
}

fn atan(vm: &mut Vm) -> NativeResult {
    let y = vm.check_num(1)?;
    let x = vm.opt_num(2)?.unwrap_or(1.0);
    vm.ret1(if x.is_nan() || y.is_nan() { y + x } else { pxfm::f_atan2(y, x) })
}

fn abs(vm: &mut Vm) -> NativeResult {
    match vm.arg(1).as_int() {
        Some(i) => vm.ret1(i.wrapping_abs()),
        None => {
            let x = vm.check_num(1)?;
            vm.ret1(x.abs())
        }
    }
}

/// Continuations.
pub static THEN: &[&Native] = &[&MIN_AFTER, &MAX_AFTER];

/// An integer if it fits.
#[inline]
fn integral(f: f64) -> Value {
    float_to_int(f).map_or(Value::float(f), Value::int)
}

fn floor(vm: &mut Vm) -> NativeResult {
    let v = vm.arg(1);
    if v.as_int().is_some() {
        return vm.ret1(v);
    }
    let x = vm.check_num(1)?;
    // The common case without a call to the C library.
    let i = x as i64;
    if x.abs() < 4503599627370496.0 {
        return vm.ret1(i - (i as f64 > x) as i64);
    }
    vm.ret1(integral(x.floor()))
}

fn ceil(vm: &mut Vm) -> NativeResult {
    let v = vm.arg(1);
    if v.as_int().is_some() {
        return vm.ret1(v);
    }
    let x = vm.check_num(1)?;
    let i = x as i64;
    if x.abs() < 4503599627370496.0 {
        return vm.ret1(i + ((i as f64) < x) as i64);
    }
    vm.ret1(integral(x.ceil()))
}

fn fmod(vm: &mut Vm) -> NativeResult {
    if let (Some(a), Some(b)) = (vm.arg(1).as_int(), vm.arg(2).as_int()) {
        if b == 0 {
            return Err(vm.arg_error(2, "zero"));
        }
        return vm.ret1(a.wrapping_rem(b));
    }
    let y = vm.check_num(2)?; // in the order of PUC compiled by gcc
    let x = vm.check_num(1)?;
    let r = x % y;
    vm.ret1(if r.is_nan() && !x.is_nan() && !y.is_nan() { INVALID } else { r })
}

fn modf(vm: &mut Vm) -> NativeResult {
    let v = vm.arg(1);
    if v.as_int().is_some() {
        return vm.ret2(v, 0.0);
    }
    let x = vm.check_num(1)?;
    let whole = x.trunc();
    let fraction = if x == whole { 0.0 } else { x - whole };
    vm.ret2(integral(whole), fraction)
}

fn log(vm: &mut Vm) -> NativeResult {
    let x = vm.check_num(1)?;
    let base = vm.opt_num(2)?;
    vm.ret1(match base {
        None => apply(pxfm::f_log, x, INVALID),
        Some(2.0) => apply(pxfm::f_log2, x, INVALID),
        Some(10.0) => apply(pxfm::f_log10, x, POSITIVE_NAN),
        Some(base) => apply(pxfm::f_log, x, INVALID) / apply(pxfm::f_log, base, INVALID),
    })
}

fn tointeger(vm: &mut Vm) -> NativeResult {
    match vm.arg(1).to_number().and_then(Value::to_int_exact) {
        Some(i) => vm.ret1(i),
        None => {
            vm.check_any(1)?;
            vm.ret1(Value::NIL)
        }
    }
}

fn type_(vm: &mut Vm) -> NativeResult {
    let v = vm.check_any(1)?;
    if v.type_of() != Type::Number {
        return vm.ret1(Value::NIL);
    }
    let name = vm.small_str(if v.as_int().is_some() { "integer" } else { "float" });
    vm.ret1(name)
}

fn ult(vm: &mut Vm) -> NativeResult {
    let a = vm.check_int(1)?;
    let b = vm.check_int(2)?;
    vm.ret1((a as u64) < b as u64)
}

static MIN_AFTER: Native = Native::then("math.min:after", |vm| after(vm, false));
static MAX_AFTER: Native = Native::then("math.max:after", |vm| after(vm, true));

fn min(vm: &mut Vm) -> NativeResult {
    extreme(vm, false)
}

fn max(vm: &mut Vm) -> NativeResult {
    extreme(vm, true)
}

fn extreme(vm: &mut Vm, want_max: bool) -> NativeResult {
    let n = vm.nargs();
    if n == 0 {
        return Err(vm.arg_error(1, "value expected"));
    }
    vm.push(Value::int(1));
    vm.push(Value::int(2));
    run_extreme(vm, n, want_max)
}

/// The frame: the `n` arguments, the number of the best so far, the number of the next.
fn run_extreme(vm: &mut Vm, n: usize, want_max: bool) -> NativeResult {
    let slot = |v: Value| v.as_int().map_or(1, |i| i.clamp(1, n as i64 + 1) as usize);
    let mut best = slot(vm.arg(n + 1)).min(n);
    let mut next = slot(vm.arg(n + 2));
    while next <= n {
        let (a, b) = (vm.arg(next), vm.arg(best));
        let (a, b) = if want_max { (b, a) } else { (a, b) };
        let less = match access::raw_less(a, b) {
            Some(less) => less,
            None => {
                vm.set_arg(n + 1, Value::int(best as i64));
                vm.set_arg(n + 2, Value::int(next as i64));
                if let Step::Call { nargs, nres } = access::less(vm, a, b)? {
                    let then = if want_max { &MAX_AFTER } else { &MIN_AFTER };
                    return Ok(Action::Call { nargs, nres, then });
                }
                !vm.pop().is_falsy()
            }
        };
        if less {
            best = next;
        }
        next += 1;
    }
    let v = vm.arg(best);
    vm.ret1(v)
}

fn after(vm: &mut Vm, want_max: bool) -> NativeResult {
    let less = !vm.pop().is_falsy();
    let n = vm.nargs().saturating_sub(2);
    let next = vm.arg(n + 2).as_int().unwrap_or(1);
    if less {
        vm.set_arg(n + 1, Value::int(next));
    }
    vm.set_arg(n + 2, Value::int(next.saturating_add(1)));
    run_extreme(vm, n, want_max)
}
