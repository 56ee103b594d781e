//! `string.pack`, `string.packsize`, `string.unpack`.

use super::pack_format::{Format, FormatError, Kind, Opt, get, get_int, put, put_int};
use super::start_pos;
use luka_vm::{Action, NativeResult, Raise, Value, Vm};

/// PUC's limit on sizes that must fit C's `int`.
const MAX_SIZE: usize = i32::MAX as usize;

fn next(vm: &mut Vm, f: &mut Format<'_>, total: usize) -> Result<Option<Opt>, Raise> {
    f.next(total).map_err(|e| match e {
        FormatError::Error(message) => vm.error(message),
        FormatError::Arg(message) => vm.arg_error(1, message),
    })
}

/// The format in argument 1; all of it is charged.
fn format(vm: &mut Vm) -> Result<Format<'static>, Raise> {
    let text = vm.check_str(1)?.bytes();
    vm.charge(text.len() as u64);
    Ok(Format::new(text))
}

fn arg_check(vm: &mut Vm, ok: bool, arg: usize, message: &str) -> Result<(), Raise> {
    if ok { Ok(()) } else { Err(vm.arg_error(arg, message)) }
}

pub fn pack(vm: &mut Vm) -> NativeResult {
    let mut f = format(vm)?;
    vm.push(Value::NIL); // PUC's: messages take the first missing argument for nil
    let mut out = Vec::with_capacity(64);
    let mut arg = 1;
    while let Some(opt) = next(vm, &mut f, out.len())? {
        let size = opt.size;
        vm.heap.grow(&mut out, opt.align + size)?;
        out.resize(out.len() + opt.align, 0);
        if !matches!(opt.kind, Kind::Padding | Kind::Align | Kind::Nop) {
            arg += 1;
        }
        match opt.kind {
            Kind::Int => {
                let n = vm.check_int(arg)?;
                if size < 8 {
                    let limit = 1i64 << (8 * size - 1);
                    arg_check(vm, (-limit..limit).contains(&n), arg, "integer overflow")?;
                }
                put_int(&mut out, n, size, f.little, true);
            }
            Kind::Uint => {
                let n = vm.check_int(arg)?;
                if size < 8 {
                    let fits = (n as u64) < 1 << (8 * size);
                    arg_check(vm, fits, arg, "unsigned overflow")?;
                }
                put_int(&mut out, n, size, f.little, false);
            }
            Kind::Float => {
                let n = vm.check_num(arg)? as f32;
                put(&mut out, &n.to_le_bytes(), f.little);
            }
            Kind::Double => {
                let n = vm.check_num(arg)?;
                put(&mut out, &n.to_le_bytes(), f.little);
            }
            Kind::Char => {
                let s = vm.check_str(arg)?.bytes();
                arg_check(vm, s.len() <= size, arg, "string longer than given size")?;
                out.extend_from_slice(s);
                out.resize(out.len() + size - s.len(), 0);
            }
            Kind::Str => {
                let s = vm.check_str(arg)?.bytes();
                let fits = size >= 8 || (s.len() as u64) < 1 << (8 * size);
                arg_check(vm, fits, arg, "string length does not fit in given size")?;
                vm.charge(s.len() as u64 / 8);
                vm.heap.grow(&mut out, size + s.len())?;
                put_int(&mut out, s.len() as i64, size, f.little, false);
                out.extend_from_slice(s);
            }
            Kind::Zstr => {
                let s = vm.check_str(arg)?.bytes();
                vm.charge(s.len() as u64 / 8);
                arg_check(vm, !s.contains(&0), arg, "string contains zeros")?;
                vm.heap.grow(&mut out, s.len() + 1)?;
                out.extend_from_slice(s);
                out.push(0);
            }
            Kind::Padding => {
                vm.heap.grow(&mut out, 1)?;
                out.push(0);
            }
            Kind::Align | Kind::Nop => {}
        }
    }
    vm.charge(out.len() as u64 / 16);
    let v = vm.str(&out)?;
    vm.ret1(v)
}

pub fn packsize(vm: &mut Vm) -> NativeResult {
    let mut f = format(vm)?;
    let mut total = 0usize;
    while let Some(opt) = next(vm, &mut f, total)? {
        let fixed = !matches!(opt.kind, Kind::Str | Kind::Zstr);
        arg_check(vm, fixed, 1, "variable-length format")?;
        let size = opt.size + opt.align;
        let fits = size <= MAX_SIZE && total <= MAX_SIZE - size;
        arg_check(vm, fits, 1, "format result too large")?;
        total += size;
    }
    vm.ret1(total as i64)
}

pub fn unpack(vm: &mut Vm) -> NativeResult {
    let mut f = format(vm)?;
    let data = vm.check_str(2)?.bytes();
    let start = vm.opt_int(3)?.unwrap_or(1);
    let mut pos = start_pos(start, data.len()) - 1;
    arg_check(vm, pos <= data.len(), 3, "initial position out of string")?;
    let from = pos;
    let mut n = 0u32;
    while let Some(opt) = next(vm, &mut f, pos)? {
        let enough = opt.align + opt.size <= data.len() - pos;
        arg_check(vm, enough, 2, "data string too short")?;
        pos += opt.align;
        let item = &data[pos..pos + opt.size];
        pos += opt.size;
        let v = match opt.kind {
            Kind::Int | Kind::Uint => Value::int(integer(vm, item, &f, opt.kind)?),
            Kind::Float => {
                let [a, b, c, d, ..] = get(item, f.little);
                Value::float(f32::from_le_bytes([a, b, c, d]) as f64)
            }
            Kind::Double => {
                let mut bytes = [0; 8];
                bytes.copy_from_slice(&get(item, f.little)[..8]);
                Value::float(f64::from_le_bytes(bytes))
            }
            Kind::Char => vm.str(item)?,
            Kind::Str => {
                let len = integer(vm, item, &f, Kind::Uint)? as u64;
                let rest = &data[pos..];
                let enough = len <= rest.len() as u64;
                arg_check(vm, enough, 2, "data string too short")?;
                pos += len as usize;
                vm.str(&rest[..len as usize])?
            }
            Kind::Zstr => {
                let rest = &data[pos..];
                match memchr::memchr(0, rest) {
                    Some(len) => {
                        pos += len + 1;
                        vm.str(&rest[..len])?
                    }
                    None => return Err(vm.arg_error(2, "unfinished string for format 'z'")),
                }
            }
            Kind::Padding | Kind::Align | Kind::Nop => continue,
        };
        vm.ensure_stack(2, "too many results")?;
        vm.push(v);
        n += 1;
    }
    vm.charge((pos - from) as u64 / 8);
    vm.push(Value::int(pos as i64 + 1));
    Ok(Action::Return(n + 1))
}

fn integer(vm: &mut Vm, item: &[u8], f: &Format<'_>, kind: Kind) -> Result<i64, Raise> {
    match get_int(item, f.little, kind == Kind::Int) {
        Some(n) => Ok(n),
        None => {
            let size = item.len();
            Err(vm.error(format!("{size}-byte integer does not fit into Lua Integer")))
        }
    }
}
