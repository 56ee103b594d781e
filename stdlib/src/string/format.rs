//! `string.format`.
//!
//! One pass over the format. When `%s` meets a value with `__tostring`, the result so far and the
//! place reached are put on the frame, the metamethod is called, and [`after`] goes on with its
//! result.

use super::quote::{quoted_more, write_literal};
use crate::tostring::{self, Text};
use luka_vm::api::frame::slot::{Buffer, Count};
use luka_vm::native::contract::BUFFER;
use luka_vm::value::printf::{self, Spec};
use luka_vm::{Gc, NativeResult, Raise, Str, Value, Vm, continuations, frame};

/// A conversion's flags, width and precision take at most this many bytes (PUC's `MAX_FORMAT`).
const MAX_SPEC: usize = 22;

continuations! { pub static THEN;
    /// A `__tostring` has converted an argument.
    AFTER: "string.format:after" (at, 1) = after;
}

frame! {
    /// Slots of `format`: the arguments, then the state of the pass.
    mod at { FORMAT: Gc<Str>, }
    rest: Value;
    last {
        /// The result so far.
        OUT: Buffer,
        /// Offset of the conversion.
        OFFSET: Count,
        /// Number of the argument being converted.
        ARGUMENT: Count,
    }
}

/// What a conversion costs, and the digits of a float beyond that.
const CONVERSION: u64 = 4;
const FLOAT_CONVERSION: u64 = 30;

/// Widest field.
const MAX_WIDTH: usize = 99;
/// Most bytes of a number: 309 digits before the point, 99 behind it.
const MAX_NUMBER: usize = 512;

/// Where the pass is.
struct Pass {
    format: &'static [u8],
    /// Offset of the next byte of the format.
    at: usize,
    /// Number of the argument used last.
    arg: usize,
    /// Number of arguments.
    nargs: usize,
    out: Vec<u8>,
}

pub fn format(vm: &mut Vm) -> NativeResult {
    let format = vm.check_str(1)?.bytes();
    let nargs = vm.nargs();
    let mut out = Vec::new();
    vm.heap.grow(&mut out, format.len() + 16)?;
    run(vm, Pass { format, at: 0, arg: 1, nargs, out })
}

fn after(vm: &mut Vm) -> NativeResult {
    let result = vm.pop();
    let format = at::FORMAT.get(vm).bytes();
    let (offset, arg) = (at::OFFSET.get(vm) as usize, at::ARGUMENT.get(vm) as usize);
    let out = at::OUT.get(vm).take_buffer(&mut vm.heap);
    at::FRAME.drop_last(vm);
    let nargs = vm.nargs();
    let (offset, arg) = (offset.min(format.len()), arg.min(nargs));
    let text = tostring::check_result(vm, result)?;
    let mut pass = Pass { format, at: offset, arg, nargs, out };
    if let Some(conversion) = Conversion::read(&format[offset..]) {
        pass.at += conversion.len;
        pass.add_text(vm, &conversion, text.bytes())?;
    }
    run(vm, pass)
}

fn run(vm: &mut Vm, mut pass: Pass) -> NativeResult {
    loop {
        let rest = &pass.format[pass.at..];
        let Some(percent) = memchr::memchr(b'%', rest) else {
            vm.heap.grow(&mut pass.out, rest.len())?;
            pass.out.extend_from_slice(rest);
            break;
        };
        vm.heap.grow(&mut pass.out, percent + 1)?;
        pass.out.extend_from_slice(&rest[..percent]);
        pass.at += percent + 1;
        if rest.get(percent + 1) == Some(&b'%') {
            pass.out.push(b'%');
            pass.at += 1;
            vm.charge(1);
            continue;
        }
        pass.arg += 1;
        if pass.arg > pass.nargs {
            return Err(vm.arg_error(pass.arg, "no value"));
        }
        let rest = &pass.format[pass.at..];
        let Some(conversion) = Conversion::read(rest) else {
            return Err(vm.error("invalid format (too long)"));
        };
        if conversion.letter == b's' {
            let v = vm.arg(pass.arg);
            match tostring::start(vm, v)? {
                Text::Done(text) => {
                    pass.at += conversion.len;
                    pass.add_text(vm, &conversion, text.bytes())?;
                }
                Text::Call(metamethod) => {
                    let buffer = vm.heap.new_userdata(BUFFER, 0);
                    buffer.with_buffer(&mut vm.heap, |b| *b = pass.out);
                    at::OUT.push(vm, buffer);
                    at::OFFSET.push(vm, pass.at as i64);
                    at::ARGUMENT.push(vm, pass.arg as i64);
                    vm.push_call(metamethod, [v]);
                    return vm.call(1, 1, &AFTER);
                }
            }
        } else {
            pass.at += conversion.len;
            pass.convert(vm, &conversion)?;
        }
    }
    vm.charge(pass.out.len() as u64 / 16);
    let v = vm.str(&pass.out)?;
    vm.ret1(v)
}

/// What digits beyond the usual ones cost: those after the point, and with `%f` those before it.
fn digits(letter: u8, precision: Option<usize>, f: f64) -> u64 {
    let after = precision.filter(|&p| p > 20).unwrap_or(0) as u64;
    let before =
        if letter == b'f' && f.is_finite() && f.abs() >= 1e20 { f.abs().log10() as u64 } else { 0 };
    2 * (after + before)
}

impl Pass {
    /// Appends a `%s` conversion of `text`.
    fn add_text(&mut self, vm: &mut Vm, c: &Conversion<'_>, text: &[u8]) -> Result<(), Raise> {
        if c.modifiers().is_empty() {
            vm.heap.grow(&mut self.out, text.len())?;
            self.out.extend_from_slice(text);
            return Ok(());
        }
        vm.charge_bytes(text.len());
        if text.contains(&0) {
            return Err(vm.arg_error(self.arg, "string contains zeros"));
        }
        let spec = c.check(vm, b"-", true)?;
        let shown = spec.precision.map_or(text.len(), |most| most.min(text.len()));
        vm.heap.grow(&mut self.out, shown + MAX_WIDTH)?;
        if spec.precision.is_none() && text.len() >= 100 {
            self.out.extend_from_slice(text);
        } else {
            printf::write_bytes(&mut self.out, &spec, text);
        }
        Ok(())
    }

    /// Appends any conversion but `%s`.
    fn convert(&mut self, vm: &mut Vm, c: &Conversion<'_>) -> Result<(), Raise> {
        let arg = self.arg;
        vm.charge(CONVERSION);
        let plain = c.modifiers().is_empty() && matches!(c.letter, b'd' | b'i');
        vm.heap.grow(&mut self.out, if plain { 20 } else { MAX_NUMBER })?;
        match c.letter {
            b'c' => {
                let spec = c.check(vm, b"-", false)?;
                let code = vm.check_int(arg)? as u8;
                printf::write_bytes(&mut self.out, &spec, &[code]);
            }
            b'd' | b'i' | b'u' | b'o' | b'x' | b'X' => {
                let n = vm.check_int(arg)?;
                let flags: &[u8] = match c.letter {
                    b'd' | b'i' => b"-+0 ",
                    b'u' => b"-0",
                    _ => b"-#0",
                };
                if plain {
                    luka_vm::value::format::write_int(n, &mut self.out);
                } else {
                    let spec = c.check(vm, flags, true)?;
                    printf::write_int(&mut self.out, &spec, c.letter, n);
                }
            }
            b'a' | b'A' => {
                let spec = c.check(vm, b"-+#0 ", true)?;
                let f = vm.check_num(arg)?;
                vm.charge(FLOAT_CONVERSION);
                printf::write_float(&mut self.out, &spec, c.letter, f);
            }
            b'e' | b'E' | b'f' | b'g' | b'G' => {
                let f = vm.check_num(arg)?;
                let spec = c.check(vm, b"-+#0 ", true)?;
                vm.charge(FLOAT_CONVERSION + digits(c.letter, spec.precision, f));
                printf::write_float(&mut self.out, &spec, c.letter, f);
            }
            b'p' => {
                let spec = c.check(vm, b"-", false)?;
                vm.heap.reserve_serial()?;
                let text = match tostring::pointer(vm, vm.arg(arg)) {
                    Some(text) => text,
                    None => "(null)".to_string(),
                };
                printf::write_bytes(&mut self.out, &spec, text.as_bytes());
            }
            b'q' => {
                if !c.modifiers().is_empty() {
                    return Err(vm.error("specifier '%q' cannot have modifiers"));
                }
                let text = vm.arg(arg).as_str().map_or(&b""[..], |s| s.bytes());
                let len = text.len();
                vm.charge(FLOAT_CONVERSION + len as u64 / 4);
                let more = quoted_more(text);
                vm.charge(more as u64 / 4);
                vm.heap.grow(&mut self.out, len + more)?;
                if !write_literal(vm.arg(arg), &mut self.out) {
                    return Err(vm.arg_error(arg, "value has no literal form"));
                }
            }
            _ => {
                let shown = c.shown();
                return Err(
                    vm.error([b"invalid conversion '", &shown[..], b"' to 'format'"].concat())
                );
            }
        }
        Ok(())
    }
}

/// What follows a `%`: modifiers and a letter.
struct Conversion<'a> {
    /// Modifiers and letter.
    text: &'a [u8],
    /// The letter; 0 at the end of the format.
    letter: u8,
    /// Bytes of the format taken.
    len: usize,
}

impl<'a> Conversion<'a> {
    /// `None` when there are too many modifiers.
    fn read(format: &'a [u8]) -> Option<Conversion<'a>> {
        let modifiers = format
            .iter()
            .position(|c| !matches!(c, b'-' | b'+' | b'#' | b'0'..=b'9' | b' ' | b'.'))
            .unwrap_or(format.len());
        if modifiers + 1 >= MAX_SPEC {
            return None;
        }
        let len = (modifiers + 1).min(format.len());
        let letter = format.get(modifiers).copied().unwrap_or(0);
        Some(Conversion { text: &format[..len], letter, len })
    }

    fn modifiers(&self) -> &'a [u8] {
        match self.letter {
            0 => self.text,
            _ => &self.text[..self.text.len() - 1],
        }
    }

    /// The conversion as messages show it.
    fn shown(&self) -> Vec<u8> {
        let text = self.text.split(|c| *c == 0).next().unwrap_or(b"");
        [b"%", text].concat()
    }

    /// Reads flags (of those allowed), width and, if allowed, precision.
    fn check(&self, vm: &mut Vm, flags: &[u8], precision: bool) -> Result<Spec, Raise> {
        match parse(self.modifiers(), flags, precision) {
            Some(spec) => Ok(spec),
            None => {
                let shown = self.shown();
                Err(vm.error([b"invalid conversion specification: '", &shown[..], b"'"].concat()))
            }
        }
    }
}

fn parse(modifiers: &[u8], flags: &[u8], precision: bool) -> Option<Spec> {
    let mut spec = Spec::default();
    let mut rest = modifiers;
    while let [flag, more @ ..] = rest
        && flags.contains(flag)
    {
        match flag {
            b'-' => spec.minus = true,
            b'+' => spec.plus = true,
            b' ' => spec.space = true,
            b'#' => spec.alt = true,
            _ => spec.zero = true,
        }
        rest = more;
    }
    if rest.first() != Some(&b'0') {
        (spec.width, rest) = two_digits(rest);
        if let [b'.', more @ ..] = rest
            && precision
        {
            let (n, more) = two_digits(more);
            spec.precision = Some(n);
            rest = more;
        }
    }
    rest.is_empty().then_some(spec)
}

/// A number of at most two digits; 0 if there is none.
fn two_digits(s: &[u8]) -> (usize, &[u8]) {
    let n = s.iter().take(2).take_while(|c| c.is_ascii_digit()).count();
    (s[..n].iter().fold(0, |sum, c| sum * 10 + (c - b'0') as usize), &s[n..])
}
