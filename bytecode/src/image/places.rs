//! Where instructions stand in the source: their lines and spans, in an image.
//!
//! Lines come in runs, which take a byte if they are short and near the line before. A span is a
//! step from the start of the one before, and a length.

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

/// Reads the lines of `count` instructions.
pub(super) fn read_lines(
    input: &mut Reader<'_>,
    mut line: u32,
    count: usize,
) -> Result<Vec<u32>, ImageError> {
    let mut lines = vec![0; count];
    let mut rest = &mut lines[..];
    while !rest.is_empty() {
        let byte = input.byte()?;
        let code = (byte >> 3) as i64;
        let step = if code == STEPS { input.sint()? } else { code + FIRST_STEP };
        line = moved(line, step)?;
        let run = (byte & 7) as usize + 1;
        let (now, later) = rest.split_at_mut_checked(run).ok_or(ImageError::Corrupted)?;
        now.fill(line);
        rest = later;
    }
    Ok(lines)
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

/// Reads the spans of `count` instructions. None of them ends before it starts.
pub(super) fn read_spans(input: &mut Reader<'_>, count: usize) -> Result<Vec<Span>, ImageError> {
    // Each takes two bytes.
    if count > input.rest().len() / 2 {
        return Err(ImageError::Truncated);
    }
    let mut spans = vec![Span::NONE; count];
    let mut start = 0;
    for span in &mut spans {
        let (step, len) = match input.rest() {
            [step, len, rest @ ..] if *step | *len < 0x80 => {
                *input = Reader::new(rest);
                ((step >> 1) as i64 ^ -((step & 1) as i64), *len as u32)
            }
            _ => (input.sint()?, input.u32()?),
        };
        start = moved(start, step)?;
        let end = start.checked_add(len).ok_or(ImageError::Corrupted)?;
        *span = Span { start, end };
    }
    Ok(spans)
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

    fn there_and_back(from: u32, lines: &[u32]) -> usize {
        let mut out = Writer::default();
        write_lines(&mut out, from, lines);
        let bytes = out.finish();
        let read = read_lines(&mut Reader::new(&bytes), from, lines.len()).unwrap();
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
        assert_eq!(read_lines(&mut Reader::new(&bytes), 1, 8).unwrap(), [1; 8]);
        assert_eq!(read_lines(&mut Reader::new(&bytes), 1, 7), Err(ImageError::Corrupted));
        assert_eq!(read_lines(&mut Reader::new(&bytes), 1, 9), Err(ImageError::Truncated));
        assert_eq!(read_lines(&mut Reader::new(&[2 << 3]), 0, 1), Err(ImageError::Corrupted));
    }

    #[test]
    fn spans_there_and_back() {
        let spans = [Span::new(5, 9), Span::new(0, u32::MAX), Span::new(u32::MAX, u32::MAX)];
        let mut out = Writer::default();
        write_spans(&mut out, &spans);
        let bytes = out.finish();
        assert_eq!(read_spans(&mut Reader::new(&bytes), 3).unwrap(), spans);
        let over = [0xfe, 0xff, 0xff, 0xff, 0x1f, 1];
        assert_eq!(read_spans(&mut Reader::new(&over), 1), Err(ImageError::Corrupted));
    }
}
