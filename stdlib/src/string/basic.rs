//! `string.len`, `sub`, `upper`, `lower`, `rep`, `reverse`, `byte`, `char`, `dump`.

use super::{end_pos, start_pos};
use luka_vm::function::dump::size_to_dump;
use luka_vm::{Gc, LuaFn, NativeResult, Raise, Type, Value, Vm};

/// PUC's limit on sizes that must fit C's `int`.
const MAX_SIZE: i64 = i32::MAX as i64;

pub fn len(vm: &mut Vm) -> NativeResult {
    let s = vm.check_str(1)?;
    vm.ret1(s.len() as i64)
}

pub fn sub(vm: &mut Vm) -> NativeResult {
    let s = vm.check_str(1)?;
    let start = start_pos(vm.check_int(2)?, s.len());
    let end = match vm.arg(3) {
        v if v.is_nil() => s.len(),
        _ => end_pos(vm.check_int(3)?, s.len()),
    };
    if start == 1 && end == s.len() {
        return vm.ret1(s);
    }
    let part = if start <= end { &s.bytes()[start - 1..end] } else { b"" };
    vm.charge(part.len() as u64 / 16);
    let v = vm.str(part)?;
    vm.ret1(v)
}

pub fn upper(vm: &mut Vm) -> NativeResult {
    map(vm, <[u8]>::make_ascii_uppercase)
}

pub fn lower(vm: &mut Vm) -> NativeResult {
    map(vm, <[u8]>::make_ascii_lowercase)
}

pub fn reverse(vm: &mut Vm) -> NativeResult {
    map(vm, <[u8]>::reverse)
}

/// A copy of argument 1 that `f` changed.
fn map(vm: &mut Vm, f: fn(&mut [u8])) -> NativeResult {
    let len = vm.check_str(1)?.len();
    vm.make_room(len)?;
    let s = vm.check_str(1)?.bytes();
    vm.charge(s.len() as u64 / 16);
    let copy = vm.heap.new_str_with(s.len(), |buf| {
        buf.copy_from_slice(s);
        f(buf);
    })?;
    vm.ret1(copy)
}

pub fn rep(vm: &mut Vm) -> NativeResult {
    let s = vm.check_str(1)?.bytes();
    let n = vm.check_int(2)?;
    let sep: &[u8] = vm.opt_str(3)?.map_or(b"", |sep| sep.bytes());
    if n <= 0 {
        let empty = vm.str(b"")?;
        return vm.ret1(empty);
    }
    if (s.len() + sep.len()) as i64 > MAX_SIZE / n {
        return Err(vm.error("resulting string too large"));
    }
    let total = s.len() * n as usize + sep.len() * (n as usize - 1);
    vm.make_room(total)?;
    // (The string of a number is not in the argument's slot, so it is made again.)
    let s = vm.check_str(1)?.bytes();
    let sep: &[u8] = vm.opt_str(3)?.map_or(b"", |sep| sep.bytes());
    vm.charge(total as u64 / 16);
    let copies = vm.heap.new_str_with(total, |buf| {
        if let ([c], []) = (s, sep) {
            buf.fill(*c);
            return;
        }
        // One piece, then doubling what is there.
        let piece = s.len() + sep.len();
        let mut done = piece.min(total);
        buf[..s.len()].copy_from_slice(s);
        buf[s.len()..done].copy_from_slice(&sep[..done - s.len()]);
        while done < total {
            let more = done.min(total - done);
            buf.copy_within(..more, done);
            done += more;
        }
    })?;
    vm.ret1(copies)
}

pub fn byte(vm: &mut Vm) -> NativeResult {
    let s = vm.check_str(1)?.bytes();
    let i = vm.opt_int(2)?.unwrap_or(1);
    let start = start_pos(i, s.len());
    let end = end_pos(vm.opt_int(3)?.unwrap_or(i), s.len());
    if start > end {
        return vm.ret0();
    }
    let codes = &s[start - 1..end];
    if let [c] = codes {
        return vm.ret1(*c as i64);
    }
    if codes.len() as i64 >= MAX_SIZE {
        return Err(vm.error("string slice too long"));
    }
    vm.ensure_stack(codes.len(), "string slice too long")?;
    vm.charge(codes.len() as u64);
    for &c in codes {
        vm.push(Value::int(c as i64));
    }
    Ok(luka_vm::Action::Return(codes.len() as u32))
}

pub fn char(vm: &mut Vm) -> NativeResult {
    let n = vm.nargs();
    if n == 1
        && let Some(c @ 0..=255) = vm.arg(1).as_int()
    {
        let v = vm.str(&[c as u8])?;
        return vm.ret1(v);
    }
    vm.charge(n as u64);
    let mut bytes = Vec::new();
    vm.heap.grow(&mut bytes, n)?;
    for i in 1..=n {
        match u8::try_from(vm.check_int(i)?) {
            Ok(c) => bytes.push(c),
            Err(_) => return Err(vm.arg_error(i, "value out of range")),
        }
    }
    let v = vm.str(&bytes)?;
    vm.ret1(v)
}

/// The image of a function, charged, if the memory limit allows for making it.
pub(crate) fn dump_within_limit(vm: &mut Vm, f: Gc<LuaFn>, strip: bool) -> Result<Vec<u8>, Raise> {
    let size = size_to_dump(f);
    vm.charge(size as u64 / 4);
    vm.make_room(3 * size)?;
    Ok(luka_vm::function::dump::dump(f, strip))
}

pub fn dump(vm: &mut Vm) -> NativeResult {
    let strip = !vm.arg(2).is_falsy();
    vm.check_type(1, Type::Function)?;
    let Some(f) = vm.arg(1).as_lua_fn() else {
        return Err(vm.error("unable to dump given function"));
    };
    let image = dump_within_limit(vm, f, strip)?;
    let v = vm.str(&image)?;
    vm.ret1(v)
}
