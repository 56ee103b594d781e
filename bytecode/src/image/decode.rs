//! Bytes → module. On the start-up path: everything is read once, front to back.

use super::debug::DebugReader;
use super::encode::{DEBUG, FALSE, FLOAT, INT, NAMED, NATIVE, NIL, STRING, TRUE};
use super::error::ImageError;
use super::places::moved;
use super::reader::Reader;
use super::strings::Seen;
use super::{code, header};
use crate::lazy_debug::LazyDebug;
use crate::proto::{Constant, Module, Proto, UpvalueDesc, UpvalueKind};

/// Fewest bytes a function takes in an image; other items take one.
const MIN_PROTO: usize = 8;

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
    let mut strings = Seen::default();
    let flags = input.byte()?;
    if flags & !(NATIVE | NAMED | DEBUG) != 0 {
        return Err(ImageError::Corrupted);
    }
    let mut source_name = None;
    if flags & NAMED != 0 {
        source_name = Some(strings.read(&mut input)?.into());
    }
    let (mut index, mut line) = (0, 0);
    let mut protos = read_list(&mut input, MIN_PROTO, |input| {
        line = moved(line, input.sint()?)?;
        let proto = read_proto(input, &mut strings, index, line)?;
        index += 1;
        Ok(proto)
    })?;
    if flags & DEBUG != 0 {
        let mut debug = DebugReader::default();
        for proto in &mut protos {
            debug.read(&mut input, &mut strings, proto)?;
        }
    }
    if !input.is_empty() {
        return Err(ImageError::Corrupted);
    }
    Ok(Module { source_name, native: flags & NATIVE != 0, protos })
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

fn read_proto<'a>(
    input: &mut Reader<'a>,
    strings: &mut Seen<'a>,
    index: u32,
    line_defined: u32,
) -> Result<Proto, ImageError> {
    let last_line_defined = moved(line_defined, input.sint()?)?;
    let params = input.uint()?;
    let max_stack = u16::try_from(input.uint()?).map_err(|_| ImageError::Corrupted)?;
    let size = input.count(1)?;
    let code = code::read(input, size)?;
    let constants = read_list(input, 1, |input| read_constant(input, strings))?;
    let upvalues = read_list(input, 1, read_upvalue)?;
    let mut last = index;
    let protos = read_list(input, 1, |input| {
        last = moved(last, input.sint()?)?;
        Ok(last)
    })?;
    Ok(Proto {
        line_defined,
        last_line_defined,
        num_params: u8::try_from(params >> 1).map_err(|_| ImageError::Corrupted)?,
        is_vararg: params & 1 != 0,
        max_stack,
        code,
        constants,
        upvalues,
        protos,
        debug: LazyDebug::default(),
    })
}

fn read_constant<'a>(
    input: &mut Reader<'a>,
    strings: &mut Seen<'a>,
) -> Result<Constant, ImageError> {
    Ok(match input.uint()? {
        NIL => Constant::Nil,
        FALSE => Constant::False,
        TRUE => Constant::True,
        INT => Constant::Int(input.sint()?),
        FLOAT => Constant::Float(f64::from_bits(input.u64()?)),
        code => Constant::Str(strings.read_coded(input, code - STRING)?.into()),
    })
}

fn read_upvalue(input: &mut Reader<'_>) -> Result<UpvalueDesc, ImageError> {
    let code = input.uint()?;
    let kind = match code >> 1 & 3 {
        0 => UpvalueKind::Regular,
        1 => UpvalueKind::Const,
        2 => UpvalueKind::ToClose,
        _ => return Err(ImageError::Corrupted),
    };
    let index = u8::try_from(code >> 3).map_err(|_| ImageError::Corrupted)?;
    Ok(UpvalueDesc { in_stack: code & 1 != 0, index, kind })
}
