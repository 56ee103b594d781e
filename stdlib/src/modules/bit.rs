//! The module `bit`: operations on 32 bits with signed results, as LuaJIT and Lua BitOp have them
//! (<https://bitop.luajit.org/api.html>).

use crate::prim::{self};
use luka_vm::{Native, NativeResult, Raise, Value, Vm, inner_natives, natives};

natives! { pub static FUNCTIONS = "bit";
    tobit: "bit.tobit(x) -> integer"
        "Returns a number cut to 32 bits, from -2^31 to 2^31 - 1; all functions of the module do that with their arguments." [pure] = tobit,
    tohex: "bit.tohex(x [, n]) -> string"
        "Returns the last `n` (by default 8) hexadecimal digits, in capitals if `n` is negative." [pure] = tohex,
    bnot: "bit.bnot(x) -> integer" "Returns the bits inverted." [pure] = |vm| {
        let x = bits(vm, 1)?;
        vm.ret1(i64::from(!x))
    },
    bor: "bit.bor(x, ...) -> integer" "Returns the bits set in any argument." [pure] = |vm| fold(vm, |a, b| a | b),
    band: "bit.band(x, ...) -> integer" "Returns the bits set in all arguments." [pure] = |vm| fold(vm, |a, b| a & b),
    bxor: "bit.bxor(x, ...) -> integer" "Returns the bits set in an odd number of arguments." [pure] = |vm| fold(vm, |a, b| a ^ b),
    lshift: "bit.lshift(x, n) -> integer" "Shifts left by the last five bits of `n`." [pure] = |vm| shift(vm, |x, n| x << n),
    rshift: "bit.rshift(x, n) -> integer" "Shifts right by the last five bits of `n`, with zeros." [pure] = |vm| shift(vm, |x, n| (x as u32 >> n) as i32),
    arshift: "bit.arshift(x, n) -> integer" "Shifts right by the last five bits of `n`, with copies of the sign." [pure] = |vm| shift(vm, |x, n| x >> n),
    rol: "bit.rol(x, n) -> integer" "Rotates left by the last five bits of `n`." [pure] = |vm| shift(vm, i32::rotate_left),
    ror: "bit.ror(x, n) -> integer" "Rotates right by the last five bits of `n`." [pure] = |vm| shift(vm, i32::rotate_right),
    bswap: "bit.bswap(x) -> integer" "Returns the four bytes in reverse order." [pure] = |vm| {
        let x = bits(vm, 1)?;
        vm.ret1(i64::from(x.swap_bytes()))
    },
}

inner_natives! { pub static INNER;
    OPEN: "bit.open" "" "Makes the module bit." = |vm| {
        let module = prim::library(vm, FUNCTIONS)?;
        vm.ret1(module)
    };
}

/// What opens the module.
pub static OPENERS: &[(&str, &Native)] = &[("bit", &OPEN)];

/// Argument `i` cut to 32 bits; floats are rounded to the nearest integer.
fn bits(vm: &mut Vm, i: usize) -> Result<i32, Raise> {
    let v = vm.check_number(i)?;
    Ok(match (v.as_int(), v.as_float()) {
        (Some(n), _) => n as i32,
        (None, Some(f)) if f.abs() < 9e15 => f.round_ties_even() as i64 as i32,
        // Beyond the integers that floats have, what is left of the lowest bits.
        (None, Some(f)) if f.is_finite() => (f % 4_294_967_296.0) as i64 as i32,
        _ => 0,
    })
}

fn tobit(vm: &mut Vm) -> NativeResult {
    let x = bits(vm, 1)?;
    vm.ret1(i64::from(x))
}

fn fold(vm: &mut Vm, op: fn(i32, i32) -> i32) -> NativeResult {
    let n = vm.nargs();
    vm.charge(n as u64 / 8);
    let mut result = bits(vm, 1)?;
    for i in 2..=n {
        result = op(result, bits(vm, i)?);
    }
    vm.ret1(i64::from(result))
}

fn shift(vm: &mut Vm, op: fn(i32, u32) -> i32) -> NativeResult {
    let (x, n) = (bits(vm, 1)?, bits(vm, 2)?);
    vm.ret1(i64::from(op(x, n as u32 & 31)))
}

fn tohex(vm: &mut Vm) -> NativeResult {
    let x = bits(vm, 1)? as u32;
    let digits = if vm.arg(2).is_nil() { 8 } else { bits(vm, 2)? };
    let width = digits.unsigned_abs().min(8) as usize;
    let text = if digits < 0 { format!("{x:08X}") } else { format!("{x:08x}") };
    let text: Value = vm.small_str(&text[8 - width..]);
    vm.ret1(text)
}
