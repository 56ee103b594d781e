//! Bytes → module. On the start-up path: everything is read once, front to back.

use super::error::ImageError;
use super::header;
use super::reader::Reader;
use crate::MAX_SHORT_STRING;
use crate::bytes::Bytes;
use crate::instr::Instr;
use crate::proto::{Constant, DebugInfo, LocalVar, Module, Proto, Span, UpvalueDesc, UpvalueKind};

/// Fewest bytes a function, a constant, an upvalue, a local variable take in an image.
const MIN_PROTO: usize = 13;
const MIN_CONSTANT: usize = 1;
const MIN_UPVALUE: usize = 2;
const MIN_LOCAL: usize = 4;

/// Reads an image; bytes after its end are ignored, as PUC Lua ignores them.
///
/// Total on any bytes. The result has the shape of a module and nothing more: it still has to pass
/// [`crate::verify::verify`].
pub fn decode(bytes: &[u8]) -> Result<Module, ImageError> {
    let payload = header::read(bytes)?;
    // The header has vouched for the payload's length, so running out of bytes in it means that
    // its contents are wrong, not that it was cut.
    read_payload(payload).map_err(|error| match error {
        ImageError::Truncated => ImageError::Corrupted,
        other => other,
    })
}

fn read_payload(payload: &[u8]) -> Result<Module, ImageError> {
    let mut input = Reader::new(payload);
    let strings = read_strings(&mut input)?;
    let flags = input.byte()?;
    if flags > 3 {
        return Err(ImageError::Corrupted);
    }
    let source_name =
        if flags & 2 != 0 { Some((*read_string(&mut input, &strings)?).into()) } else { None };
    let protos = read_list(&mut input, MIN_PROTO, |input| read_proto(input, &strings))?;
    if !input.is_empty() {
        return Err(ImageError::Corrupted);
    }
    Ok(Module { source_name, native: flags & 1 != 0, protos })
}

/// A count, then that many items of at least `min_size` bytes each.
#[inline]
fn read_list<'a, T>(
    input: &mut Reader<'a>,
    min_size: usize,
    mut read: impl FnMut(&mut Reader<'a>) -> Result<T, ImageError>,
) -> Result<Vec<T>, ImageError> {
    let count = input.count(min_size)?;
    let mut list = Vec::with_capacity(count);
    for _ in 0..count {
        list.push(read(input)?);
    }
    Ok(list)
}

fn read_strings<'a>(input: &mut Reader<'a>) -> Result<Vec<&'a [u8]>, ImageError> {
    read_list(input, 1, |input| {
        let string = input.string()?;
        if string.len() > MAX_SHORT_STRING { Err(ImageError::Corrupted) } else { Ok(string) }
    })
}

/// A reference to a string as the encoder's `Strings::write` writes it.
#[inline]
fn read_string(input: &mut Reader<'_>, strings: &[&[u8]]) -> Result<Bytes, ImageError> {
    match input.uint()? {
        0 => Ok(input.string()?.into()),
        number => {
            let index = usize::try_from(number - 1).map_err(|_| ImageError::Corrupted)?;
            strings.get(index).map(|&s| s.into()).ok_or(ImageError::Corrupted)
        }
    }
}

fn read_bool(input: &mut Reader<'_>) -> Result<bool, ImageError> {
    match input.byte()? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(ImageError::Corrupted),
    }
}

fn read_u16(input: &mut Reader<'_>) -> Result<u16, ImageError> {
    u16::try_from(input.uint()?).map_err(|_| ImageError::Corrupted)
}

fn read_proto(input: &mut Reader<'_>, strings: &[&[u8]]) -> Result<Proto, ImageError> {
    let line_defined = input.u32()?;
    Ok(Proto {
        line_defined,
        last_line_defined: input.u32()?,
        num_params: input.byte()?,
        is_vararg: read_bool(input)?,
        max_stack: read_u16(input)?,
        code: read_code(input)?,
        constants: read_list(input, MIN_CONSTANT, |input| read_constant(input, strings))?,
        upvalues: read_list(input, MIN_UPVALUE, read_upvalue)?,
        protos: read_list(input, 1, Reader::u32)?,
        debug: read_debug(input, strings, line_defined)?,
    })
}

fn read_code(input: &mut Reader<'_>) -> Result<Vec<Instr>, ImageError> {
    let count = input.count(8)?;
    let (words, _) = input.raw(8 * count)?.as_chunks::<8>();
    Ok(words.iter().map(|word| Instr::from_bytes(*word)).collect())
}

fn read_constant(input: &mut Reader<'_>, strings: &[&[u8]]) -> Result<Constant, ImageError> {
    Ok(match input.byte()? {
        0 => Constant::Nil,
        1 => Constant::False,
        2 => Constant::True,
        3 => Constant::Int(input.sint()?),
        4 => Constant::Float(f64::from_bits(input.u64()?)),
        5 => Constant::Str(read_string(input, strings)?),
        _ => return Err(ImageError::Corrupted),
    })
}

fn read_upvalue(input: &mut Reader<'_>) -> Result<UpvalueDesc, ImageError> {
    let flags = input.byte()?;
    let kind = match flags >> 1 {
        0 => UpvalueKind::Regular,
        1 => UpvalueKind::Const,
        2 => UpvalueKind::ToClose,
        _ => return Err(ImageError::Corrupted),
    };
    Ok(UpvalueDesc { in_stack: flags & 1 != 0, index: input.byte()?, kind })
}

fn read_debug(
    input: &mut Reader<'_>,
    strings: &[&[u8]],
    line_defined: u32,
) -> Result<DebugInfo, ImageError> {
    let mut line = line_defined;
    let lines = read_list(input, 1, |input| {
        line = step(line, input.sint()?)?;
        Ok(line)
    })?;
    let mut start = 0;
    let spans = read_list(input, 2, |input| {
        start = step(start, input.sint()?)?;
        Ok(Span { start, end: step(start, input.sint()?)? })
    })?;
    let locals = read_list(input, MIN_LOCAL, |input| {
        Ok(LocalVar {
            name: read_string(input, strings)?,
            start_pc: input.u32()?,
            end_pc: input.u32()?,
            register: input.byte()?,
        })
    })?;
    let upvalue_names = read_list(input, 1, |input| read_string(input, strings))?;
    Ok(DebugInfo { lines, spans, locals, upvalue_names })
}

/// The number `delta` away, if it is one.
#[inline]
fn step(from: u32, delta: i64) -> Result<u32, ImageError> {
    let to = (from as i64).checked_add(delta).ok_or(ImageError::Corrupted)?;
    u32::try_from(to).map_err(|_| ImageError::Corrupted)
}
