//! Diagnostics as text for people, drawn by ariadne.
//!
//! ariadne wants UTF-8, counts more characters as line ends than Lua does, prints long lines
//! whole and takes all of a file. So each report gets a small source of its own: the lines it
//! points at, cut to a window, with every byte mapped to something printable, behind and between
//! empty lines that keep the numbering (ariadne's own line offset reaches the heading only).

use std::collections::BTreeMap;

use ariadne::{Color, Config, IndexType, Label, Report, ReportKind};
use unicode_width::UnicodeWidthChar;

use luka_compiler::Span;
use luka_compiler::diag::{Diagnostic, Severity};
use luka_compiler::source::Source;

use crate::Style;

/// Bytes on each side of a label that are looked at to fill the window.
const NEAR: usize = 2048;
/// Columns of a tab.
const TAB: usize = 4;
/// Most reports drawn at once.
const MOST: usize = 50;
/// Reports about lines beyond this one are given without a picture of the source.
const LAST_LINE: u32 = 4_000_000;

/// One report, with a newline at the end.
pub fn render(diagnostic: &Diagnostic, source: &Source, style: Style) -> String {
    let name = String::from_utf8_lossy(&source.display_name()).into_owned();
    let spans = diagnostic.labels.iter().map(|label| label.span).chain([diagnostic.span]);
    let last = spans.map(|span| source.line(span.start)).max().unwrap_or(1);
    if last > LAST_LINE {
        let line = source.line(diagnostic.span.start);
        return format!("[{}] {name}:{line}: {}\n", diagnostic.code, diagnostic.message);
    }
    let page = Page::new(diagnostic, source, style);
    let (kind, main_color) = match diagnostic.severity {
        Severity::Error => (ReportKind::Error, Color::Red),
        Severity::Warning => (ReportKind::Warning, Color::Yellow),
        Severity::Note => (ReportKind::Advice, Color::Cyan),
    };
    let config = Config::default()
        .with_color(style.color)
        .with_index_type(IndexType::Char)
        .with_tab_width(TAB);
    let mut report = Report::build(kind, (name.clone(), page.main.clone()))
        .with_config(config)
        .with_code(diagnostic.code)
        .with_message(&diagnostic.message);
    for (order, mark) in page.marks.iter().enumerate() {
        let color = if mark.primary { main_color } else { Color::Blue };
        let mut label = Label::new((name.clone(), mark.range.clone()))
            .with_color(color)
            .with_order(order as i32);
        // Without words nothing would be underlined.
        if !mark.text.is_empty() {
            label = label.with_message(mark.text);
        } else if mark.primary {
            label = label.with_message("here");
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

/// A rendered report without its first line, for places where the message is above it already.
pub fn without_heading(report: &str) -> &str {
    report.split_once('\n').map_or("", |(_, rest)| rest)
}

/// Several reports, one after the other; of very many the first [`MOST`] and a count.
pub fn render_all(diagnostics: &[Diagnostic], source: &Source, style: Style) -> String {
    let mut text: String =
        diagnostics.iter().take(MOST).map(|diagnostic| render(diagnostic, source, style)).collect();
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
    style: Style,
}

impl<'a> Page<'a> {
    fn new(diagnostic: &'a Diagnostic, source: &Source, style: Style) -> Page<'a> {
        let mut labels: Vec<(Span, &str, bool)> =
            vec![(diagnostic.span, diagnostic.label.as_str(), true)];
        labels.extend(diagnostic.labels.iter().map(|l| (l.span, l.text.as_str(), false)));
        let mut lines: BTreeMap<u32, Vec<(Span, &str, bool)>> = BTreeMap::new();
        for label in labels {
            lines.entry(source.line(label.0.start)).or_default().push(label);
        }
        let mut page = Page {
            text: String::new(),
            len: 0,
            marks: Vec::new(),
            main: 0..0,
            heading: (1, 1, 1),
            style,
        };
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
        let line_start = source.lines().start_of(line).unwrap_or(source.start()) as usize;
        let rest = bytes.get(line_start..).unwrap_or(&[]);
        let line_len = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let offset = |pos: u32| (pos as usize).saturating_sub(line_start).min(line_len);
        let first = labels.first().map_or(0, |(span, ..)| offset(span.start));
        let main = labels.iter().find(|(.., primary)| *primary);
        let main = main.map_or(first, |(span, ..)| offset(span.start));
        // Show the first label, too, if both fit.
        let anchor =
            if main - first < self.style.columns() - self.style.lead() { first } else { main };
        let view = View::new(&rest[..line_len], anchor, self.style);
        // Display position of each cell of the window, and of its end.
        let (from, to) = view.window;
        let mut places = Vec::with_capacity(to - from + 1);
        if view.cut_before {
            self.push('…');
        }
        for cell in &view.cells[from..to] {
            places.push(self.len);
            self.push(cell.shown);
        }
        places.push(self.len);
        self.push(if view.cut_after { '…' } else { ' ' });
        self.push('\n');
        for &(span, text, primary) in labels {
            let (start, stop) = (offset(span.start), offset(span.end.max(span.start)));
            let place = |at: usize| places[view.cell_at(at).clamp(from, to) - from];
            let low = place(start);
            // An empty label is shown as one column; behind every line there is a spare one.
            let range = low..place(stop).max(low + 1);
            if primary {
                self.main = range.clone();
                let shown = view.cell_at(start).clamp(from, to) - from;
                let real = view.before + view.cell_at(start);
                self.heading = (line, shown + usize::from(view.cut_before) + 1, real + 1);
            }
            self.marks.push(Mark { range, text, primary });
        }
    }
}

/// The part of a line that is shown.
struct View {
    /// The characters near the anchor.
    cells: Vec<Cell>,
    /// Characters of the line before them.
    before: usize,
    /// The cells to show.
    window: (usize, usize),
    cut_before: bool,
    cut_after: bool,
}

impl View {
    /// A window of a line around the byte `anchor`. Only what is near it is looked at closely, so
    /// that the length of a line costs next to nothing.
    fn new(line: &[u8], anchor: usize, style: Style) -> View {
        let columns = style.columns();
        let from = char_start(line, anchor.saturating_sub(NEAR));
        let to = char_start(line, line.len().min(anchor + NEAR));
        let cells = cells(&line[from..to], from);
        let before = line[..from].utf8_chunks();
        let before =
            before.map(|chunk| chunk.valid().chars().count() + chunk.invalid().len()).sum();
        let at = cells.partition_point(|cell| cell.at < anchor);
        let mut window = (0, cells.len());
        let whole = from == 0 && to == line.len();
        if !whole || width(&cells) > columns {
            let lead = cells[..at].iter().rev().scan(0, |sum, cell| {
                *sum += cell.width;
                (*sum <= style.lead()).then_some(())
            });
            window.0 = at - lead.count();
            let shown = cells[window.0..].iter().scan(0, |sum, cell| {
                *sum += cell.width;
                (*sum <= columns).then_some(())
            });
            window.1 = window.0 + shown.count();
            // Near the end of the line there is room for more of what stands before.
            let mut room = columns.saturating_sub(width(&cells[window.0..window.1]));
            while window.1 == cells.len() && window.0 > 0 && cells[window.0 - 1].width <= room {
                window.0 -= 1;
                room -= cells[window.0].width;
            }
        }
        let cut_before = from > 0 || window.0 > 0;
        let cut_after = to < line.len() || window.1 < cells.len();
        View { cells, before, window, cut_before, cut_after }
    }

    /// The cell of a byte of the line: the nearest one, if it is not near.
    fn cell_at(&self, at: usize) -> usize {
        self.cells.partition_point(|cell| cell.at < at)
    }
}

/// The first byte at `at` or after it that does not continue a character.
fn char_start(line: &[u8], at: usize) -> usize {
    let continues = line[at..].iter().take(3).take_while(|&&b| b & 0xC0 == 0x80);
    at + continues.count()
}

/// One column: where its bytes start in the line, what to show, and how wide that is.
struct Cell {
    at: usize,
    shown: char,
    width: usize,
}

fn width(cells: &[Cell]) -> usize {
    cells.iter().map(|cell| cell.width).sum()
}

/// The columns of part of a line that begins at `start`: its characters, with what is not
/// printable text replaced.
fn cells(part: &[u8], start: usize) -> Vec<Cell> {
    let mut cells = Vec::with_capacity(part.len());
    let mut at = start;
    for chunk in part.utf8_chunks() {
        for c in chunk.valid().chars() {
            let shown = match c {
                '\t' => '\t',
                '\u{85}' | '\u{2028}' | '\u{2029}' => char::REPLACEMENT_CHARACTER,
                c if c.is_control() || is_direction(c) => char::REPLACEMENT_CHARACTER,
                c => c,
            };
            let width = if c == '\t' { TAB } else { shown.width().unwrap_or(1) };
            cells.push(Cell { at, shown, width });
            at += c.len_utf8();
        }
        for _ in chunk.invalid() {
            cells.push(Cell { at, shown: char::REPLACEMENT_CHARACTER, width: 1 });
            at += 1;
        }
    }
    cells
}

/// Characters that turn the direction of the text around them: they can make a line look like
/// another one.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
