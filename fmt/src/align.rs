//! Comments at the ends of consecutive lines that start in one column keep doing so.

use luka_compiler::source::Source;

use crate::doc::chars;

/// A comment at the end of an output line.
#[derive(Clone, Copy)]
pub struct Trailing {
    /// Where it starts in the output.
    pub at: usize,
    /// The output line.
    pub line: usize,
    /// The column in the output.
    pub column: usize,
    /// Where it starts in the source.
    pub start: u32,
}

/// Comments of consecutive lines, in the source and in the output, that are in one column in the
/// source.
struct Run {
    first: usize,
    last: usize,
}

/// The comments that may need blanks before them.
pub struct Align {
    comments: Vec<Trailing>,
    runs: Vec<Run>,
    source_line: u32,
    source_column: usize,
    hint: u32,
}

impl Align {
    /// None yet.
    pub fn new(source: &Source) -> Align {
        let _ = source.lines();
        Align { comments: Vec::new(), runs: Vec::new(), source_line: 0, source_column: 0, hint: 0 }
    }

    /// The next comment.
    pub fn add(&mut self, source: &Source, comment: Trailing) {
        let line = source.lines().line_near(comment.start, &mut self.hint);
        let from = source.lines().start_of(line).unwrap_or(source.start()) as usize;
        let column = columns(&source.bytes()[from..comment.start as usize]);
        let goes_on = self.comments.last().is_some_and(|before| {
            before.line + 1 == comment.line
                && self.source_line + 1 == line
                && self.source_column == column
        });
        let index = self.comments.len();
        match self.runs.last_mut() {
            Some(run) if goes_on => run.last = index,
            _ => self.runs.push(Run { first: index, last: index }),
        }
        (self.source_line, self.source_column) = (line, column);
        self.comments.push(comment);
    }

    /// The output, with the comments of each run in the column of the rightmost.
    pub fn apply(self, out: Vec<u8>) -> Vec<u8> {
        if self.runs.iter().all(|run| run.first == run.last) {
            return out;
        }
        let mut aligned = Vec::with_capacity(out.len() + out.len() / 16);
        let mut from = 0;
        for run in self.runs.iter().filter(|run| run.first < run.last) {
            let comments = &self.comments[run.first..=run.last];
            let column = comments.iter().map(|comment| comment.column).max().unwrap_or(0);
            for comment in comments {
                aligned.extend(&out[from..comment.at]);
                aligned.resize(aligned.len() + column - comment.column, b' ');
                from = comment.at;
            }
        }
        aligned.extend(&out[from..]);
        aligned
    }
}

/// The columns of a text; a tab goes to the next multiple of 4.
fn columns(text: &[u8]) -> usize {
    text.split_inclusive(|&b| b == b'\t').fold(0, |column, part| match part.strip_suffix(b"\t") {
        Some(part) => (column + chars(part)) / 4 * 4 + 4,
        None => column + chars(part),
    })
}
