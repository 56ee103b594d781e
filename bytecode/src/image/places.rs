//! Source positions of instructions in an image: their lines and spans.
//!
//! Lines come in runs, which take a byte if they are short and near the line before. A span is a
//! step from the start of the one before, and a length.

use super::error::ImageError;
use super::reader::Reader;
use super::sink::Sink;
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
#[inline(never)]
pub(super) fn walk_lines<S: Sink>(
    input: &mut Reader<'_>,
    mut line: u32,
    mut count: usize,
    sink: &mut S,
) -> Result<(), ImageError> {
    let mut here = *input;
    while count > 0 {
        if !S::PLACES
            && let Some((some, to, rest)) = pass_runs(here.rest(), count, line)
        {
            (line, here) = (to, Reader::new(rest));
            count -= some;
            continue;
        }
        let byte = here.byte()?;
        let code = byte >> 3;
        let near = code != STEPS as u8;
        let step = if near { code as i64 + FIRST_STEP } else { here.sint()? };
        line = moved(line, step)?;
        let run = (byte & 7) as usize + 1;
        count = count.checked_sub(run).ok_or(ImageError::Corrupted)?;
        sink.line(line, run);
    }
    *input = here;
    Ok(())
}

/// Passes over some runs at once, one to eight, of which the last does not end behind the code: how
/// many of `count` instructions they are, the line of the last of them, and what follows. That is for
/// runs of a byte, where the line is neither near zero nor near the end of 32 bits.
#[inline(always)]
fn pass_runs(bytes: &[u8], count: usize, line: u32) -> Option<(usize, u32, &[u8])> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    /// More instructions than eight runs have.
    const MANY: usize = 8 * LONGEST_RUN + 1;
    /// No eight steps lead further back …
    const BACK: u32 = 8 * -FIRST_STEP as u32;
    /// … or further on.
    const ON: u32 = 8 * (STEPS + FIRST_STEP) as u32;
    let bytes8 = u64::from_le_bytes(*bytes.first_chunk()?);
    // Instructions of each run and all before it.
    let ends = ((bytes8 & (7 * ONES)) + ONES).wrapping_mul(ONES);
    // The high bit of each run with which the code ends, or would have ended before.
    let last = (ends + (0x80 - count.min(MANY) as u64) * ONES) & (0x80 * ONES);
    let codes = (bytes8 >> 3) & (0x1f * ONES);
    // The high bit of the first run whose step follows (and perhaps of some behind it).
    let far = codes ^ (0x1f * ONES);
    let far = far.wrapping_sub(ONES) & !far & (0x80 * ONES);
    // The run with which the code ends is still one of them.
    let some = (last.trailing_zeros() / 8 + 1).min(far.trailing_zeros() / 8).min(8);
    if some == 0 || !(BACK..=u32::MAX - ON).contains(&line) {
        return None;
    }
    let run = (ends >> (8 * some - 8)) as usize & 0xff;
    let sum = ((codes << (64 - 8 * some)).wrapping_mul(ONES) >> 56) as u32;
    let to = line.wrapping_add(sum).wrapping_add_signed(FIRST_STEP as i32 * some as i32);
    (run <= count).then_some((run, to, bytes.get(some as usize..)?))
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
#[inline(never)]
pub(super) fn walk_spans<S: Sink>(
    input: &mut Reader<'_>,
    mut count: usize,
    sink: &mut S,
) -> Result<(), ImageError> {
    let mut here = *input;
    let mut start = 0;
    while count > 0 {
        if !S::PLACES
            && let Some((some, to, rest)) = pass_spans(here.rest(), count, start)
        {
            (start, here) = (to, Reader::new(rest));
            count -= some;
            if some == 4 || count == 0 {
                continue;
            }
            // The next has a number of two bytes.
        }
        start = moved(start, here.sint()?)?;
        let end = start.checked_add(here.u32()?).ok_or(ImageError::Corrupted)?;
        sink.span(Span { start, end });
        count -= 1;
    }
    *input = here;
    Ok(())
}

/// Passes over some spans at once, one to four of `count`: how many, where the last of them starts,
/// and what follows. That is for spans with which nothing can be wrong: their numbers are a byte
/// long, and wherever such steps lead from `start`, nothing begins below zero or ends beyond 32 bits.
#[inline(always)]
fn pass_spans(bytes: &[u8], count: usize, start: u32) -> Option<(usize, u32, &[u8])> {
    /// No four steps of a byte lead further back …
    const BACK: u32 = 4 * 64;
    /// … or further on, a length behind them included.
    const ON: u32 = 4 * 64 + 0x80;
    /// The lowest bit of each step.
    const LOW: u64 = 0x0001_0001_0001_0001;
    let spans = u64::from_le_bytes(*bytes.first_chunk()?);
    // Odd ones lead back.
    let odd = spans & LOW;
    if start < BACK && odd != 0 || start > u32::MAX - ON {
        return None;
    }
    // Each step plus 64: 64 plus its half if it is even, 63 less its half if it is odd.
    let half = (spans >> 1) & (0x3f * LOW);
    let steps = half ^ (0x40 * LOW) ^ (odd * 0x7f);
    // Of those that count, the sum comes to stand in the highest place.
    let to = |some: usize| {
        let sum = ((steps << (64 - 16 * some)).wrapping_mul(LOW) >> 48) as u32;
        start.wrapping_add(sum).wrapping_sub(64 * some as u32)
    };
    let long = spans & 0x8080_8080_8080_8080;
    if long == 0 && count >= 4 {
        return Some((4, to(4), bytes.get(8..)?));
    }
    // Two bytes a span before the first number of two bytes.
    let some = count.min(long.trailing_zeros() as usize / 16);
    if some == 0 { None } else { Some((some, to(some), bytes.get(2 * some..)?)) }
}

/// The number `step` away, if it is one.
#[inline(always)]
pub(super) fn moved(from: u32, step: i64) -> Result<u32, ImageError> {
    // Too far for 64 bits is a negative number, whose highest bits are set.
    let to = (from as i64).wrapping_add(step) as u64;
    if to >> 32 == 0 { Ok(to as u32) } else { Err(ImageError::Corrupted) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::strings::Text;
    use crate::proto::DebugInfo;
    use crate::verify::Scope;

    /// A sink that wants nothing.
    struct Nothing;

    impl Sink for Nothing {
        const PLACES: bool = false;
        fn line(&mut self, _: u32, _: usize) {}
        fn span(&mut self, _: Span) {}
        fn local(&mut self, _: Text<'_>, _: Scope) {}
        fn upvalue_name(&mut self, _: Text<'_>) {}
    }

    /// The lines; passing over them must come to the same.
    fn read_lines(bytes: &[u8], from: u32, count: usize) -> Result<Vec<u32>, ImageError> {
        let mut info = DebugInfo::default();
        let (mut input, mut passed) = (Reader::new(bytes), Reader::new(bytes));
        let read = walk_lines(&mut input, from, count, &mut info);
        assert_eq!(walk_lines(&mut passed, from, count, &mut Nothing).is_ok(), read.is_ok());
        read.map(|()| {
            assert_eq!(input.rest(), passed.rest());
            info.lines
        })
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
    fn random() -> impl FnMut() -> u64 {
        let mut seed = 0x1234_5678_9abc_def1u64;
        move || {
            seed ^= seed >> 12;
            seed ^= seed << 25;
            seed ^= seed >> 27;
            seed.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32
        }
    }

    /// Eight at a time: all steps of a byte, near both ends of the numbers, and what ends a group.
    #[test]
    fn passing_over_lines_checks_as_reading_does() {
        let mut random = random();
        let (mut read, mut refused) = (0, 0);
        for round in 0..40_000 {
            let near = random() % 600;
            let from = if round % 2 == 0 { near } else { u32::MAX as u64 - near } as u32;
            // Mostly down, mostly up, or anywhere.
            let codes = [1..4, 20..31, 0..31][round / 2 % 3].clone();
            let mut out = Writer::default();
            let mut count = 0;
            for _ in 0..1 + random() % 30 {
                let step = codes.start + random() % (codes.end - codes.start);
                let run = random() % 8;
                count += run as usize + 1;
                match random() % 16 {
                    0 => {
                        out.byte((STEPS as u8) << 3 | run as u8);
                        out.sint((random() % 300) as i64 - 150);
                    }
                    _ => out.byte((step << 3 | run) as u8),
                }
            }
            let bytes = out.finish();
            for count in [count, count - 1, count - 1 - count.min(9) / 2, count + 1] {
                match read_lines(&bytes, from, count) {
                    Ok(_) => read += 1,
                    Err(_) => refused += 1,
                }
                let mut padded = bytes.clone();
                padded.extend([random() as u8; 8]);
                drop(read_lines(&padded, from, count));
            }
        }
        assert!(read > 30_000 && refused > 30_000, "{read} read, {refused} refused");
    }

    /// Four at a time: all steps of a byte, near both ends of the numbers, and what ends a group.
    #[test]
    fn passing_over_spans_checks_as_reading_does() {
        let mut random = random();
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
