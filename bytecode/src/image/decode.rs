//! Bytes → module. On the start-up path: everything is read once, front to back.

use super::debug::DebugReader;
use super::error::ImageError;
use super::format::{DEBUG, FALSE, FLOAT, INT, LUA54, NAMED, NATIVE, NIL, STRING, TRUE};
use super::places::moved;
use super::reader::Reader;
use super::strings::Seen;
use super::{code, header};
use crate::instr::Instr;
use crate::proto::{Constant, Module, Proto, UpvalueDesc, UpvalueKind};
use crate::upvalue_list::UpvalueList;

/// Fewest bytes a function takes in an image; other items take one.
const MIN_PROTO: usize = 8;

/// Reads an image; bytes after its end are ignored, as PUC Lua ignores them.
///
/// Total on any bytes. The result has the shape of a module and nothing more: it still has to pass
/// [`crate::verify::verify`].
pub fn decode(bytes: &[u8]) -> Result<Module, ImageError> {
    decode_within(bytes, usize::MAX)
}

/// As [`decode()`], but refuses a module that would take more than `memory` bytes.
pub fn decode_within(bytes: &[u8], memory: usize) -> Result<Module, ImageError> {
    let payload = header::read(bytes)?;
    // The header has vouched for the payload's length, so running out of bytes in it means that
    // its contents are wrong, not that it was cut.
    read_payload(payload, memory)
        .map_err(|error| if error == ImageError::Truncated { ImageError::Corrupted } else { error })
}

fn read_payload(payload: &[u8], memory: usize) -> Result<Module, ImageError> {
    let mut input = Reader::new(payload);
    // Strings and packed debug information are copies of what the image holds.
    let memory = memory.checked_sub(payload.len()).ok_or(ImageError::TooLarge)?;
    let mut strings = Seen::new(payload, memory);
    let flags = input.byte()?;
    if flags & !(NATIVE | NAMED | DEBUG | LUA54) != 0 {
        return Err(ImageError::Corrupted);
    }
    let mut source_name = None;
    if flags & NAMED != 0 {
        source_name = Some(strings.read(&mut input)?.as_slice().into());
    }
    let mut line = 0;
    let count = input.count(MIN_PROTO)?;
    strings.take::<Proto>(count)?;
    let mut protos = Vec::with_capacity(count);
    for index in 0..count {
        line = moved(line, input.sint()?)?;
        let proto = protos.push_mut(Proto { line_defined: line, ..Proto::default() });
        read_proto(&mut input, &mut strings, index as u32, proto)?;
    }
    if flags & DEBUG != 0 {
        let mut debug = DebugReader::new();
        for proto in &mut protos {
            debug.read(&mut input, &mut strings, proto)?;
        }
    }
    if !input.is_empty() {
        return Err(ImageError::Corrupted);
    }
    let (native, lua54) = (flags & NATIVE != 0, flags & LUA54 != 0);
    Ok(Module { source_name, native, lua54, protos })
}

/// Reads what follows the first line of a function. Each list is made where it stays.
#[inline(never)]
fn read_proto<'a>(
    input: &mut Reader<'a>,
    strings: &mut Seen<'a>,
    index: u32,
    proto: &mut Proto,
) -> Result<(), ImageError> {
    let mut here = *input;
    proto.last_line_defined = moved(proto.line_defined, here.sint()?)?;
    let params = here.uint()?;
    proto.num_params = u8::try_from(params >> 1).map_err(|_| ImageError::Corrupted)?;
    proto.is_vararg = params & 1 != 0;
    proto.max_stack = u16::try_from(here.uint()?).map_err(|_| ImageError::Corrupted)?;
    let size = here.count(1)?;
    strings.take::<Instr>(size)?;
    *input = here;
    code::read(input, size, &mut proto.code)?;
    read_constants(input, strings, &mut proto.constants)?;
    let mut here = *input;
    let count = here.count(1)?;
    if count > UpvalueList::INLINE {
        proto.upvalues = UpvalueList::with_capacity(count);
    }
    for _ in 0..count {
        proto.upvalues.push(read_upvalue(&mut here)?);
    }
    let count = here.count(1)?;
    if count > 0 {
        proto.protos = Vec::with_capacity(count);
        let mut last = index;
        for _ in 0..count {
            last = moved(last, here.sint()?)?;
            proto.protos.push(last);
        }
    }
    *input = here;
    Ok(())
}

#[inline(never)]
fn read_constants<'a>(
    input: &mut Reader<'a>,
    strings: &mut Seen<'a>,
    list: &mut Vec<Constant>,
) -> Result<(), ImageError> {
    // A copy, which lives in registers.
    let mut here = *input;
    let count = here.count(1)?;
    strings.take::<Constant>(count)?;
    *list = Vec::with_capacity(count);
    for _ in 0..count {
        match here.uint()? {
            NIL => list.push(Constant::Nil),
            FALSE => list.push(Constant::False),
            TRUE => list.push(Constant::True),
            INT => list.push(Constant::Int(here.sint()?)),
            FLOAT => list.push(Constant::Float(f64::from_bits(here.u64()?))),
            code => match strings.read_coded(&mut here, code - STRING)? {
                // Two kinds of strings, one way each: so they are made where they stay.
                text if let Some(short) = text.short() => list.push(Constant::Str(short)),
                text => list.push(Constant::Str(text.as_slice().into())),
            },
        }
    }
    *input = here;
    Ok(())
}

#[inline(always)]
fn read_upvalue(input: &mut Reader<'_>) -> Result<UpvalueDesc, ImageError> {
    let code = input.uint()?;
    let kind = match code & 6 {
        0 => UpvalueKind::Regular,
        2 => UpvalueKind::Const,
        _ => UpvalueKind::ToClose,
    };
    if code & 6 == 6 || code > u8::MAX as u64 * 8 + 7 {
        return Err(ImageError::Corrupted);
    }
    Ok(UpvalueDesc { in_stack: code & 1 != 0, index: (code >> 3) as u8, kind })
}
