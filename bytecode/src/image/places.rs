//! Where instructions stand in the source: their lines and spans, in an image.
//!
//! Lines come in runs, which take a byte if they are short and near the line before. A span is a
//! step from the start of the one before, and a length.

use super::debug::Sink;
use super::error::ImageError;
use super::reader::Reader;
use super::writer::Writer;
use crate::proto::Span;

/// A byte of a run: the step in the high five bits, the length less one in the low three.
const LONGEST_RUN: usize = 8;
/// The steps that a byte has room for begin here …
const FIRST_STEP: i64 = -3;
/// … and there are so many. A step code of this value says that the step follows.
const STEPS: i64 = 31;

/// Writes the line of each instruction; the first is a step from `line`.
pub(super) fn write_lines(out: &mut Writer, mut line: u32, lines: &[u32]) {
    for run in lines.chunk_by(|a, b| a == b) {
        for part in run.chunks(LONGEST_RUN) {
            let step = part[0] as i64 - line as i64;
            line = part[0];
            let code = step - FIRST_STEP;
            let near = (0..STEPS).contains(&code);
            let code = if near { code } else { STEPS };
            out.byte((code as u8) << 3 | (part.len() - 1) as u8);
            if !near {
                out.sint(step);
            }
        }
    }
}

/// Walks over the lines of `count` instructions.
#[inline(always)]
pub(super) fn walk_lines(
    input: &mut Reader<'_>,
    mut line: u32,
    mut count: usize,
    sink: &mut impl Sink,
) -> Result<(), ImageError> {
    while count > 0 {
        let byte = input.byte()?;
        let code = (byte >> 3) as i64;
        let step = if code == STEPS { input.sint()? } else { code + FIRST_STEP };
        line = moved(line, step)?;
        let run = (byte & 7) as usize + 1;
        count = count.checked_sub(run).ok_or(ImageError::Corrupted)?;
        sink.line(line, run);
    }
    Ok(())
}

/// Writes the span of each instruction.
pub(super) fn write_spans(out: &mut Writer, spans: &[Span]) {
    let mut last = 0;
    for span in spans {
        out.sint(span.start as i64 - last as i64);
        out.uint(span.end.saturating_sub(span.start) as u64);
        last = span.start;
    }
}

/// Walks over the spans of `count` instructions. None of them ends before it starts.
#[inline(always)]
pub(super) fn walk_spans<S: Sink>(
    input: &mut Reader<'_>,
    mut count: usize,
    sink: &mut S,
) -> Result<(), ImageError> {
    let mut start = 0;
    while count > 0 {
        if !S::PLACES
            && count >= 4
            && let Some((steps, rest)) = four_steps(input.rest(), start)
        {
            (start, *input) = (steps, Reader::new(rest));
            count -= 4;
            continue;
        }
        let (step, len) = match input.rest() {
            [step, len, rest @ ..] if *step | *len < 0x80 => {
                *input = Reader::new(rest);
                ((step >> 1) as i64 ^ -((step & 1) as i64), *len as u32)
            }
            _ => (input.sint()?, input.u32()?),
        };
        start = moved(start, step)?;
        let end = start.checked_add(len).ok_or(ImageError::Corrupted)?;
        sink.span(Span { start, end });
        count -= 1;
    }
    Ok(())
}

/// The start four spans on and what follows them, if it can be said at once that nothing is wrong
/// with them: all their numbers are a byte long, and wherever such steps lead from `start`, nothing
/// begins below zero or ends beyond 32 bits.
#[inline(always)]
fn four_steps(bytes: &[u8], start: u32) -> Option<(u32, &[u8])> {
    /// No sum of four steps of a byte is further from zero, nor is it with a length behind it.
    const FARTHEST: u32 = 4 * 64 + 0x80;
    /// The lowest bit of each step.
    const LOW: u64 = 0x0001_0001_0001_0001;
    let (bytes, rest) = bytes.split_first_chunk::<8>()?;
    let spans = u64::from_le_bytes(*bytes);
    if spans & 0x8080_8080_8080_8080 != 0 || start.wrapping_sub(FARTHEST) > u32::MAX - 2 * FARTHEST
    {
        return None;
    }
    // Each step plus 64: 64 plus its half if it is even, 63 less its half if it is odd.
    let odd = spans & LOW;
    let half = (spans >> 1) & (0x3f * LOW);
    let steps = half ^ (0x40 * LOW) ^ (odd * 0x7f);
    let sum = (steps.wrapping_mul(LOW) >> 48) as u32;
    Some((start.wrapping_add(sum).wrapping_sub(4 * 64), rest))
}

/// The number `step` away, if it is one.
#[inline(always)]
pub(super) fn moved(from: u32, step: i64) -> Result<u32, ImageError> {
    let to = (from as i64).checked_add(step).ok_or(ImageError::Corrupted)?;
    u32::try_from(to).map_err(|_| ImageError::Corrupted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::DebugInfo;

    /// A sink that wants nothing.
    struct Nothing;

    impl Sink for Nothing {
        const PLACES: bool = false;
        fn line(&mut self, _: u32, _: usize) {}
        fn span(&mut self, _: Span) {}
        fn local(&mut self, _: &[u8], _: u32, _: u32, _: u8) {}
        fn upvalue_name(&mut self, _: &[u8]) {}
    }

    fn read_lines(bytes: &[u8], from: u32, count: usize) -> Result<Vec<u32>, ImageError> {
        let mut info = DebugInfo::default();
        walk_lines(&mut Reader::new(bytes), from, count, &mut info).map(|()| info.lines)
    }

    /// The spans; passing over them must come to the same.
    fn read_spans(bytes: &[u8], count: usize) -> Result<Vec<Span>, ImageError> {
        let mut info = DebugInfo::default();
        let (mut input, mut passed) = (Reader::new(bytes), Reader::new(bytes));
        let read = walk_spans(&mut input, count, &mut info);
        assert_eq!(walk_spans(&mut passed, count, &mut Nothing).is_ok(), read.is_ok());
        read.map(|()| {
            assert_eq!(input.rest(), passed.rest());
            info.spans
        })
    }

    fn there_and_back(from: u32, lines: &[u32]) -> usize {
        let mut out = Writer::default();
        write_lines(&mut out, from, lines);
        let bytes = out.finish();
        let read = read_lines(&bytes, from, lines.len()).unwrap();
        assert_eq!(read, lines);
        bytes.len()
    }

    #[test]
    fn lines_there_and_back() {
        assert_eq!(there_and_back(7, &[]), 0);
        assert_eq!(there_and_back(7, &[7, 7, 7, 7, 7, 7, 7, 7]), 1);
        assert_eq!(there_and_back(7, &[7, 7, 7, 7, 7, 7, 7, 7, 7]), 2);
        assert_eq!(there_and_back(7, &[4, 31, 28]), 3);
        assert_eq!(there_and_back(7, &[3, 31]), 4);
        there_and_back(0, &[u32::MAX, 0, 1, u32::MAX - 1]);
    }

    #[test]
    fn runs_end_with_the_code() {
        let bytes = [3 << 3 | 7];
        assert_eq!(read_lines(&bytes, 1, 8).unwrap(), [1; 8]);
        assert_eq!(read_lines(&bytes, 1, 7), Err(ImageError::Corrupted));
        assert_eq!(read_lines(&bytes, 1, 9), Err(ImageError::Truncated));
        assert_eq!(read_lines(&[2 << 3], 0, 1), Err(ImageError::Corrupted));
    }

    #[test]
    fn spans_there_and_back() {
        let spans = [Span::new(5, 9), Span::new(0, u32::MAX), Span::new(u32::MAX, u32::MAX)];
        let mut out = Writer::default();
        write_spans(&mut out, &spans);
        let bytes = out.finish();
        assert_eq!(read_spans(&bytes, 3).unwrap(), spans);
        let over = [0xfe, 0xff, 0xff, 0xff, 0x1f, 1];
        assert_eq!(read_spans(&over, 1), Err(ImageError::Corrupted));
    }
    /// Four at a time: all steps of a byte, near both ends of the numbers, and what ends a group.
    #[test]
    fn passing_over_spans_checks_as_reading_does() {
        let mut seed = 0x1234_5678_9abc_def1u64;
        let mut random = move || {
            seed ^= seed >> 12;
            seed ^= seed << 25;
            seed ^= seed >> 27;
            seed.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32
        };
        let (mut read, mut refused) = (0, 0);
        for round in 0..20_000 {
            let near = random() % 700;
            let start = if round % 2 == 0 { near } else { u32::MAX as u64 - near };
            let mut out = Writer::default();
            out.sint(start as i64);
            out.uint(0);
            let count = 1 + random() as usize % 24;
            // Up, down or anywhere; seldom a number of two bytes.
            let direction = random() % 3;
            for _ in 0..count {
                let (step, len) = (random() % 64, random() % 128);
                out.byte(match direction {
                    0 => step << 1,
                    1 => step << 1 | 1,
                    _ => random() % 128,
                } as u8);
                match random() % 32 {
                    0 => out.uint(128 + len),
                    _ => out.byte(len as u8),
                }
            }
            let bytes = out.finish();
            match read_spans(&bytes, count + 1) {
                Ok(_) => read += 1,
                Err(error) => {
                    assert_eq!(error, ImageError::Corrupted);
                    refused += 1;
                }
            }
            assert!(read_spans(&bytes[..bytes.len() - 1], count + 1).is_err());
        }
        assert!(read > 4000 && refused > 4000, "{read} read, {refused} refused");
    }
}
