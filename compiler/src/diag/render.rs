//! Diagnostics as text for people, drawn by ariadne.
//!
//! ariadne wants UTF-8, counts more characters as line ends than Lua does, prints long lines
//! whole and takes all of a file. So each report gets a small source of its own: the lines it
//! points at, cut to a window, with every byte mapped to something printable, behind and between
//! empty lines that keep the numbering (ariadne's own line offset reaches the heading only).

use std::collections::BTreeMap;

use ariadne::{Color, Config, IndexType, Label, Report, ReportKind};

use super::{Diagnostic, Severity};
use crate::Span;
use crate::source::Source;

/// Lines longer than this many columns are cut to a window of this width.
const WINDOW: usize = 120;
/// Columns shown before the first label of a cut line.
const LEAD: usize = 40;
/// Most reports drawn at once.
const MOST: usize = 50;
/// Reports about lines beyond this one are given without a picture of the source.
const LAST_LINE: u32 = 4_000_000;

/// One report, with a newline at the end.
pub fn render(diagnostic: &Diagnostic, source: &Source, color: bool) -> String {
    let name = String::from_utf8_lossy(&source.display_name()).into_owned();
    let spans = diagnostic.labels.iter().map(|label| label.span).chain([diagnostic.span]);
    let last = spans.map(|span| source.line(span.start)).max().unwrap_or(1);
    if last > LAST_LINE {
        let line = source.line(diagnostic.span.start);
        return format!("[{}] {name}:{line}: {}\n", diagnostic.code, diagnostic.message);
    }
    let page = Page::new(diagnostic, source);
    let (kind, main_color) = match diagnostic.severity {
        Severity::Error => (ReportKind::Error, Color::Red),
        Severity::Warning => (ReportKind::Warning, Color::Yellow),
        Severity::Note => (ReportKind::Advice, Color::Cyan),
    };
    let config =
        Config::default().with_color(color).with_index_type(IndexType::Char).with_tab_width(4);
    let mut report = Report::build(kind, (name.clone(), page.main.clone()))
        .with_config(config)
        .with_code(diagnostic.code)
        .with_message(&diagnostic.message);
    for (order, mark) in page.marks.iter().enumerate() {
        let color = if mark.primary { main_color } else { Color::Blue };
        let mut label = Label::new((name.clone(), mark.range.clone()))
            .with_color(color)
            .with_order(order as i32);
        if !mark.text.is_empty() {
            label = label.with_message(mark.text);
        }
        report.add_label(label);
    }
    for note in &diagnostic.notes {
        report.add_note(note);
    }
    for help in &diagnostic.help {
        report.add_help(help);
    }
    for fix in diagnostic.fixes.iter().filter(|fix| !fix.title.is_empty()) {
        report.add_help(&fix.title);
    }
    let drawn = ariadne::Source::from(page.text.as_str());
    let mut out = Vec::new();
    // Writing to a vector does not fail.
    let _ = report.finish().write((name.clone(), drawn), &mut out);
    let out = String::from_utf8_lossy(&out).into_owned();
    // A cut line has lost columns that the heading must count.
    let (line, shown, real) = page.heading;
    if shown == real {
        return out;
    }
    out.replacen(&format!("{name}:{line}:{shown} "), &format!("{name}:{line}:{real} "), 1)
}

/// Several reports, one after the other; of very many the first [`MOST`] and a count.
pub fn render_all(diagnostics: &[Diagnostic], source: &Source, color: bool) -> String {
    let mut text: String =
        diagnostics.iter().take(MOST).map(|diagnostic| render(diagnostic, source, color)).collect();
    if diagnostics.len() > MOST {
        text.push_str(&format!("… and {} more\n", diagnostics.len() - MOST));
    }
    text
}

/// A label in the small source.
struct Mark<'a> {
    range: std::ops::Range<usize>,
    text: &'a str,
    primary: bool,
}

/// The small source and the labels in it; positions count characters.
struct Page<'a> {
    text: String,
    /// Characters in `text`.
    len: usize,
    marks: Vec<Mark<'a>>,
    main: std::ops::Range<usize>,
    /// The primary label's line, its column in the small source and its real column.
    heading: (u32, usize, usize),
}

impl<'a> Page<'a> {
    fn new(diagnostic: &'a Diagnostic, source: &Source) -> Page<'a> {
        let mut labels: Vec<(Span, &str, bool)> =
            vec![(diagnostic.span, diagnostic.label.as_str(), true)];
        labels.extend(diagnostic.labels.iter().map(|l| (l.span, l.text.as_str(), false)));
        let mut lines: BTreeMap<u32, Vec<(Span, &str, bool)>> = BTreeMap::new();
        for label in labels {
            lines.entry(source.line(label.0.start)).or_default().push(label);
        }
        let mut page =
            Page { text: String::new(), len: 0, marks: Vec::new(), main: 0..0, heading: (1, 1, 1) };
        let mut next = 1;
        for (line, mut labels) in lines {
            for _ in next..line {
                page.push('\n');
            }
            labels.sort_by_key(|(span, ..)| span.start);
            page.add_line(source, line, &labels);
            next = line + 1;
        }
        page
    }

    fn push(&mut self, shown: char) {
        self.text.push(shown);
        self.len += 1;
    }

    /// Draws line `line` with its labels.
    fn add_line(&mut self, source: &Source, line: u32, labels: &[(Span, &'a str, bool)]) {
        let bytes = source.bytes();
        let line_start = match source.lines().start_of(line) {
            Some(start) => start as usize,
            None => 0,
        };
        let rest = bytes.get(line_start..).unwrap_or(&[]);
        let line_len = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let cells = cells(&rest[..line_len]);
        let column_of = |pos: u32| {
            let at = (pos as usize).saturating_sub(line_start).min(line_len);
            cells.partition_point(|cell| cell.at < at)
        };
        let first = labels.first().map_or(0, |(span, ..)| column_of(span.start));
        let main = labels.iter().find(|(.., primary)| *primary);
        let main = main.map_or(first, |(span, ..)| column_of(span.start));
        // Show the first label, too, if both fit.
        let anchor = if main - first < WINDOW - LEAD { first } else { main };
        let (from, to) = window(cells.len(), anchor);
        // Display position of each cell of the window, and of its end.
        let mut places = Vec::with_capacity(to - from + 1);
        if from > 0 {
            self.push('…');
        }
        for cell in &cells[from..to] {
            places.push(self.len);
            self.push(cell.shown);
        }
        places.push(self.len);
        self.push(if to < cells.len() { '…' } else { ' ' });
        self.push('\n');
        for &(span, text, primary) in labels {
            let (start, stop) = (column_of(span.start), column_of(span.end.max(span.start)));
            let place = |column: usize| places[column.clamp(from, to) - from];
            let low = place(start);
            // An empty label is shown as one column; behind every line there is a spare one.
            let range = low..place(stop).max(low + 1);
            if primary {
                self.main = range.clone();
                let ellipsis = usize::from(from > 0);
                let shown = start.clamp(from, to) - from + ellipsis;
                self.heading = (line, shown + 1, start + 1);
            }
            self.marks.push(Mark { range, text, primary });
        }
    }
}

/// The columns to show of a line of `len` columns with a label at `label`.
fn window(len: usize, label: usize) -> (usize, usize) {
    if len <= WINDOW {
        return (0, len);
    }
    let from = label.saturating_sub(LEAD).min(len - WINDOW);
    (from, from + WINDOW)
}

/// One column: where its bytes start in the line, and what to show.
struct Cell {
    at: usize,
    shown: char,
}

/// The columns of a line: its characters, with what is not printable text replaced.
fn cells(line: &[u8]) -> Vec<Cell> {
    let mut cells = Vec::with_capacity(line.len());
    let mut at = 0;
    for chunk in line.utf8_chunks() {
        for c in chunk.valid().chars() {
            let shown = match c {
                '\t' => '\t',
                '\u{85}' | '\u{2028}' | '\u{2029}' => char::REPLACEMENT_CHARACTER,
                c if c.is_control() => char::REPLACEMENT_CHARACTER,
                c => c,
            };
            cells.push(Cell { at, shown });
            at += c.len_utf8();
        }
        for _ in chunk.invalid() {
            cells.push(Cell { at, shown: char::REPLACEMENT_CHARACTER });
            at += 1;
        }
    }
    cells
}
