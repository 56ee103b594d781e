//! The module `bit32`: operations on 32 bits without sign, as Lua 5.2 has them (manual of Lua 5.2, §6.7).

use crate::prim;
use luka_vm::{Native, NativeResult, Raise, Vm, inner_natives, natives};

natives! { pub static FUNCTIONS = "bit32";
    arshift: "bit32.arshift(x, disp) -> integer"
        "Shifts right by `disp` bits, with copies of the highest one; left if `disp` is negative." [pure] = arshift,
    band: "bit32.band(...) -> integer" "Returns the bits set in all arguments." [pure] = |vm| fold(vm, u32::MAX, |a, b| a & b),
    bnot: "bit32.bnot(x) -> integer" "Returns the bits inverted." [pure] = |vm| {
        let x = bits(vm, 1)?;
        vm.ret1(i64::from(!x))
    },
    bor: "bit32.bor(...) -> integer" "Returns the bits set in any argument." [pure] = |vm| fold(vm, 0, |a, b| a | b),
    btest: "bit32.btest(...) -> boolean" "Whether any bit is set in all arguments." [pure] = btest,
    bxor: "bit32.bxor(...) -> integer" "Returns the bits set in an odd number of arguments." [pure] = |vm| fold(vm, 0, |a, b| a ^ b),
    extract: "bit32.extract(n, field [, width]) -> integer"
        "Returns `width` (by default 1) bits of `n` from bit `field` on, counted from 0." [pure] = extract,
    replace: "bit32.replace(n, v, field [, width]) -> integer"
        "Returns `n` with `v` in the place of `width` (by default 1) bits from bit `field` on." [pure] = replace,
    lrotate: "bit32.lrotate(x, disp) -> integer" "Rotates left by `disp` bits." [pure] = |vm| rotate(vm, 1),
    lshift: "bit32.lshift(x, disp) -> integer"
        "Shifts left by `disp` bits, or right if it is negative." [pure] = |vm| shift_by(vm, 1),
    rrotate: "bit32.rrotate(x, disp) -> integer" "Rotates right by `disp` bits." [pure] = |vm| rotate(vm, -1),
    rshift: "bit32.rshift(x, disp) -> integer"
        "Shifts right by `disp` bits, with zeros, or left if it is negative." [pure] = |vm| shift_by(vm, -1),
}

inner_natives! { pub static INNER;
    OPEN: "bit32.open" "" "Makes the module bit32." = |vm| {
        let module = prim::library(vm, FUNCTIONS)?;
        vm.ret1(module)
    };
}

/// What opens the module.
pub static OPENERS: &[(&str, &Native)] = &[("bit32", &OPEN)];

/// Argument `i` modulo 2^32; floats must be integers.
fn bits(vm: &mut Vm, i: usize) -> Result<u32, Raise> {
    let v = vm.check_number(i)?;
    match v.as_float() {
        Some(f) if f.is_finite() && f.floor() == f => {
            Ok(f.rem_euclid(4_294_967_296.0) as u64 as u32)
        }
        _ => vm.check_int(i).map(|n| n as u32),
    }
}

fn fold(vm: &mut Vm, start: u32, op: fn(u32, u32) -> u32) -> NativeResult {
    let result = folded(vm, start, op)?;
    vm.ret1(i64::from(result))
}

fn folded(vm: &mut Vm, start: u32, op: fn(u32, u32) -> u32) -> Result<u32, Raise> {
    let n = vm.nargs();
    vm.charge(n as u64 / 8);
    let mut result = start;
    for i in 1..=n {
        result = op(result, bits(vm, i)?);
    }
    Ok(result)
}

fn btest(vm: &mut Vm) -> NativeResult {
    let result = folded(vm, u32::MAX, |a, b| a & b)?;
    vm.ret1(result != 0)
}

/// Shifts left, or right by a negative number; 32 and more bits leave nothing.
fn shifted(x: u32, left: i64) -> u32 {
    match left {
        0..32 => x << left,
        -31..0 => x >> -left,
        _ => 0,
    }
}

fn shift_by(vm: &mut Vm, direction: i64) -> NativeResult {
    let (x, n) = (bits(vm, 1)?, vm.check_int(2)?);
    vm.ret1(i64::from(shifted(x, n.saturating_mul(direction))))
}

fn arshift(vm: &mut Vm) -> NativeResult {
    let (x, n) = (bits(vm, 1)?, vm.check_int(2)?);
    let result = match n {
        0.. if x >> 31 == 1 => (i64::from(x as i32) >> n.min(63)) as u32,
        _ => shifted(x, n.saturating_neg()),
    };
    vm.ret1(i64::from(result))
}

fn rotate(vm: &mut Vm, direction: i64) -> NativeResult {
    let (x, n) = (bits(vm, 1)?, vm.check_int(2)?);
    vm.ret1(i64::from(x.rotate_left(n.wrapping_mul(direction).rem_euclid(32) as u32)))
}

/// The lowest bit and the mask of a field given by arguments `i` and `i + 1`.
fn field(vm: &mut Vm, i: usize) -> Result<(u32, u32), Raise> {
    let at = vm.check_int(i)?;
    let width = vm.opt_int(i + 1)?.unwrap_or(1);
    if at < 0 {
        return Err(vm.arg_error(i, "field cannot be negative"));
    }
    if width < 1 {
        return Err(vm.arg_error(i + 1, "width must be positive"));
    }
    if at.saturating_add(width) > 32 {
        return Err(vm.error("trying to access non-existent bits"));
    }
    Ok((at as u32, u32::MAX >> (32 - width)))
}

fn extract(vm: &mut Vm) -> NativeResult {
    let n = bits(vm, 1)?;
    let (at, mask) = field(vm, 2)?;
    vm.ret1(i64::from(n >> at & mask))
}

fn replace(vm: &mut Vm) -> NativeResult {
    let (n, v) = (bits(vm, 1)?, bits(vm, 2)?);
    let (at, mask) = field(vm, 3)?;
    vm.ret1(i64::from(n & !(mask << at) | (v & mask) << at))
}
