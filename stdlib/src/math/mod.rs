//! The `math` library (manual §6.7).
//!
//! Elementary functions are those of `luka_vm::libm`, which round correctly, so that every machine
//! gives the same digits. What IEEE 754 calls an invalid operation gives the NaN that x86-64 makes.

mod compat;
pub(crate) mod random;

pub use compat::COMPAT;
pub use random::RANDOM;

use crate::access::{self, step};
use crate::prim;
use luka_vm::api::frame::slot::Count;
use luka_vm::libm;
use luka_vm::value::number::float_to_int;
use luka_vm::{NativeResult, Type, Value, Vm, continuations, frame, natives};

natives! { pub static MATH = "math";
    abs: "math.abs(x) -> number" "The absolute value; that of `math.mininteger` wraps around to itself." [pure] = abs => Abs,
    acos: "math.acos(x) -> float" "The arc cosine in radians." [pure] = acos,
    asin: "math.asin(x) -> float" "The arc sine in radians." [pure] = asin,
    atan: "math.atan(y [, x]) -> float"
        "The arc tangent of `y/x` in radians, in the quadrant given by both signs; `x` is 1 by default."
        [pure] = atan,
    ceil: "math.ceil(x) -> integer|float" "The least integral value not below `x`." [pure] = ceil => Ceil,
    cos: "math.cos(x) -> float" "The cosine of an angle in radians." [pure] = |vm| by(vm, libm::cos),
    deg: "math.deg(x) -> float" "An angle in radians as degrees." [pure] = |vm| by(vm, |x| x * (180.0 / PI)),
    exp: "math.exp(x) -> float" "e to the power of `x`." [pure] = |vm| by(vm, libm::exp),
    floor: "math.floor(x) -> integer|float" "The largest integral value not above `x`." [pure] = floor => Floor,
    fmod: "math.fmod(x, y) -> number" "The remainder of `x / y` with the quotient rounded towards zero." [pure] = fmod,
    log: "math.log(x [, base]) -> float" "The logarithm to a base, by default e." [pure] = log,
    max: "math.max(x, ...) -> value" "The greatest argument, compared by `<`." [pure] = max => Max,
    min: "math.min(x, ...) -> value" "The least argument, compared by `<`." [pure] = min => Min,
    modf: "math.modf(x) -> integer|float, float" "The integral part of `x`, rounded towards zero, and the fractional part." [pure] = modf,
    rad: "math.rad(x) -> float" "An angle in degrees as radians." [pure] = |vm| by(vm, |x| x * (PI / 180.0)),
    sin: "math.sin(x) -> float" "The sine of an angle in radians." [pure] = |vm| by(vm, libm::sin),
    sqrt: "math.sqrt(x) -> float" "The square root." [pure] = |vm| by(vm, f64::sqrt) => Sqrt,
    tan: "math.tan(x) -> float" "The tangent of an angle in radians." [pure] = |vm| by(vm, libm::tan),
    tointeger: "math.tointeger(x) -> integer | nil" "The integer equal to `x`, or nil if there is none." [pure] = tointeger,
    type: "math.type(x) -> \"integer\" | \"float\" | nil" "Whether `x` is an integer or a float; nil if it is not a number." [pure] = type_,
    ult: "math.ult(m, n) -> boolean" "Whether `m` is less than `n` as unsigned integers." [pure] = ult,
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
    vm.ret1(apply(libm::asin, x, POSITIVE_NAN))
}

fn acos(vm: &mut Vm) -> NativeResult {
    let x = vm.check_num(1)?;
    vm.ret1(apply(libm::acos, x, POSITIVE_NAN))
}

fn atan(vm: &mut Vm) -> NativeResult {
    let y = vm.check_num(1)?;
    let x = vm.opt_num(2)?.unwrap_or(1.0);
    vm.ret1(if x.is_nan() || y.is_nan() { y + x } else { libm::atan2(y, x) })
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
        None => apply(libm::log, x, INVALID),
        Some(2.0) => apply(libm::log2, x, INVALID),
        Some(10.0) => apply(libm::log10, x, POSITIVE_NAN),
        Some(base) => apply(libm::log, x, INVALID) / apply(libm::log, base, INVALID),
    })
}

fn tointeger(vm: &mut Vm) -> NativeResult {
    match vm.to_number(vm.arg(1)).and_then(Value::to_int_exact) {
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

continuations! { pub static THEN;
    MIN_AFTER: "math.min:after" (extreme_frame, 1) = |vm| after(vm, false);
    MAX_AFTER: "math.max:after" (extreme_frame, 1) = |vm| after(vm, true);
}

frame! {
    /// Slots of `min` and `max` while two arguments are compared: all arguments, then these.
    mod extreme_frame {}
    rest: Value;
    last {
        /// The number of the best argument so far, and of the one it is compared with.
        BEST: Count,
        NEXT: Count,
    }
}

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
    // (Many are compared more slowly than they are moved.)
    if n > 64 {
        vm.charge(n as u64 / 2);
    } else {
        vm.charge_values(n);
    }
    run_extreme(vm, 1, 2, want_max)
}

/// Goes on with the number of the best argument so far, and of the next.
fn run_extreme(vm: &mut Vm, mut best: usize, mut next: usize, want_max: bool) -> NativeResult {
    let n = vm.nargs();
    let then = if want_max { &MAX_AFTER } else { &MIN_AFTER };
    while next <= n {
        let (a, b) = (vm.arg(next), vm.arg(best));
        let (a, b) = if want_max { (b, a) } else { (a, b) };
        if let (Some(a), Some(b)) = (a.as_str(), b.as_str()) {
            vm.charge_bytes(a.len().min(b.len()));
        }
        let less = match access::raw_less(a, b) {
            Some(less) => less,
            None => {
                extreme_frame::BEST.push(vm, best as i64);
                extreme_frame::NEXT.push(vm, next as i64);
                let less = step!(access::less(vm, a, b), then);
                extreme_frame::FRAME.drop_last(vm);
                !less.is_falsy()
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
    let (best, next) = (extreme_frame::BEST.get(vm), extreme_frame::NEXT.get(vm));
    extreme_frame::FRAME.drop_last(vm);
    let best = if less { next } else { best };
    run_extreme(vm, best.max(1) as usize, (next as usize).saturating_add(1), want_max)
}
