//! Commands to lines: decides for each group whether it fits on its line.
//!
//! A group is tried by looking ahead from its start until the line is full or certainly ends, so
//! each group costs no more than a line, and the whole time is linear in the text.

use luka_compiler::source::Source;

use crate::align::{Align, Trailing};
use crate::doc::{Cmd, Doc, Group, Width, chars};
use crate::{Indent, Options};

/// Renders a document, indented by `level` levels from its first line on.
pub fn render(source: &Source, doc: &Doc, options: &Options, level: usize, eol: &[u8]) -> Vec<u8> {
    let (unit, unit_width) = match options.indent {
        Indent::Spaces(n) => (vec![b' '; n as usize], n as usize),
        Indent::Tab(columns) => (vec![b'\t'], columns as usize),
    };
    let mut render = Render {
        source,
        doc,
        width: options.width,
        unit,
        unit_width,
        eol,
        out: Vec::with_capacity(source.bytes().len() + source.bytes().len() / 8),
        line: 0,
        column: 0,
        level,
        indents: Vec::new(),
        modes: vec![Mode::Broken],
        pending: Pending::Line(0),
        next_level: level,
        align: Align::new(source),
    };
    if level > 0 {
        // The first line is indented like the others.
        render.indent(level);
        render.pending = Pending::None;
    }
    for at in 0..doc.cmds.len() {
        render.cmd(at);
    }
    if !render.out.is_empty() {
        render.out.extend(eol);
    }
    render.align.apply(render.out)
}

/// How a group is laid out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// On one line, with all groups in it.
    Flat,
    /// Its lines are line breaks.
    Broken,
    /// Its own lines are not broken, those of groups in it may be.
    Hug,
}

/// What goes before the next text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pending {
    None,
    Space,
    /// A line break and so many blank lines.
    Line(usize),
}

struct Render<'a> {
    source: &'a Source<'a>,
    doc: &'a Doc,
    width: usize,
    unit: Vec<u8>,
    unit_width: usize,
    eol: &'a [u8],
    out: Vec<u8>,
    /// The number of the current output line, from 0.
    line: usize,
    column: usize,
    level: usize,
    /// What each open `Indent` added.
    indents: Vec<usize>,
    modes: Vec<Mode>,
    pending: Pending,
    /// The level of indentation behind the pending line break.
    next_level: usize,
    align: Align,
}

impl Render<'_> {
    fn mode(&self) -> Mode {
        self.modes.last().copied().unwrap_or(Mode::Broken)
    }

    fn cmd(&mut self, at: usize) {
        match self.doc.cmds[at] {
            Cmd::Text(span, width) => {
                let source = self.source;
                let text = &source.bytes()[span.start as usize..span.end as usize];
                self.text(text, width);
            }
            Cmd::Fixed(text) => self.text(text.as_bytes(), Width::of(text.as_bytes())),
            Cmd::Owned(index, width) => {
                let doc = self.doc;
                self.text(&doc.owned[index as usize], width);
            }
            Cmd::Comment { span, ends_line, trailing } => {
                let source = self.source;
                let text = &source.bytes()[span.start as usize..span.end as usize];
                // What a comment alone breaks off goes on one level further in.
                let level = match self.pending {
                    Pending::Line(_) => self.next_level,
                    _ => self.level + 1,
                };
                self.before_text();
                if trailing && !self.out.is_empty() && self.column > 0 {
                    let (at, line, column) = (self.out.len(), self.line, self.column);
                    self.align.add(source, Trailing { at, line, column, start: span.start });
                }
                self.text(text, Width::of(text));
                if ends_line {
                    (self.pending, self.next_level) = (Pending::Line(0), level);
                }
            }
            Cmd::Space => self.space(),
            Cmd::Line => match self.mode() {
                Mode::Broken => self.newline(0),
                _ => self.space(),
            },
            Cmd::Soft => {
                if self.mode() == Mode::Broken {
                    self.newline(0);
                }
            }
            Cmd::Fill => match self.mode() {
                Mode::Broken if self.breaks_before_fill(at) => self.newline(0),
                _ => self.space(),
            },
            Cmd::Hard(blank) => self.newline(usize::from(blank)),
            Cmd::Fresh(blank) => match self.pending {
                Pending::Line(before) => {
                    self.pending = Pending::Line(before.max(usize::from(blank)));
                }
                _ => {
                    self.newline(usize::from(blank));
                    self.next_level += 1;
                }
            },
            Cmd::IfBroken(text) => {
                if self.mode() == Mode::Broken {
                    self.text(text.as_bytes(), Width::of(text.as_bytes()));
                }
            }
            Cmd::Indent => {
                let by = usize::from(self.mode() != Mode::Hug);
                self.indents.push(by);
                self.level += by;
            }
            Cmd::Dedent => self.level -= self.indents.pop().unwrap_or(0),
            Cmd::Open(group) => {
                let mode = match (self.mode(), group) {
                    (Mode::Flat, _) | (_, Group::Flat) => Mode::Flat,
                    _ if self.fits(at, false) => Mode::Flat,
                    (_, Group::Hug) if self.fits(at, true) => Mode::Hug,
                    _ => Mode::Broken,
                };
                self.modes.push(mode);
            }
            Cmd::Close => {
                self.modes.pop();
            }
            Cmd::HugPoint => {}
        }
    }

    fn space(&mut self) {
        if self.pending == Pending::None {
            self.pending = Pending::Space;
        }
    }

    fn newline(&mut self, blank: usize) {
        self.next_level = self.level;
        let before = match self.pending {
            Pending::Line(before) => before,
            _ => 0,
        };
        self.pending = Pending::Line(before.max(blank));
    }

    fn before_text(&mut self) {
        match std::mem::replace(&mut self.pending, Pending::None) {
            Pending::None => {}
            Pending::Space => {
                self.out.push(b' ');
                self.column += 1;
            }
            Pending::Line(blank) => {
                if !self.out.is_empty() {
                    for _ in 0..=blank {
                        self.out.extend(self.eol);
                        self.line += 1;
                    }
                }
                self.indent(self.next_level);
            }
        }
    }

    fn indent(&mut self, level: usize) {
        for _ in 0..level {
            self.out.extend(&self.unit);
        }
        self.column = level * self.unit_width;
    }

    fn text(&mut self, text: &[u8], width: Width) {
        self.before_text();
        self.out.extend(text);
        if width.multiline {
            let last = text.iter().rposition(|&b| b == b'\n' || b == b'\r').map_or(0, |n| n + 1);
            self.column = chars(&text[last..]);
            self.line += luka_compiler::lex::trivia::newlines(text);
        } else {
            self.column += width.first as usize;
        }
    }

    /// The column at which the next text starts.
    fn next_column(&self) -> usize {
        match self.pending {
            Pending::None => self.column,
            Pending::Space => self.column + 1,
            Pending::Line(_) => self.next_level * self.unit_width,
        }
    }

    /// Does the group that opens at `open` fit on the line, together with what follows it up to the
    /// next place where a line can end? With `hug`, only the part up to the first hug point is asked.
    fn fits(&self, open: usize, hug: bool) -> bool {
        let mut column = self.next_column();
        // Groups open inside the one asked about; 0: the group itself.
        let mut depth = 0;
        // How many of the open groups are left, once the group has ended.
        let mut after: Option<usize> = None;
        for cmd in &self.doc.cmds[open + 1..] {
            let mode = match after {
                None => Mode::Flat,
                Some(_) if depth > 0 => Mode::Broken,
                Some(0) => Mode::Broken,
                Some(left) => self.modes[left - 1],
            };
            match *cmd {
                Cmd::Text(_, width) | Cmd::Owned(_, width) => {
                    column += width.first as usize;
                    if width.multiline {
                        return column <= self.width;
                    }
                }
                Cmd::Fixed(text) => column += text.len(),
                Cmd::Comment { span, ends_line, .. } => {
                    if ends_line {
                        return after.is_some();
                    }
                    column += (span.end - span.start) as usize;
                }
                Cmd::Space => column += 1,
                Cmd::Line | Cmd::Soft | Cmd::Fill if mode == Mode::Broken => return true,
                Cmd::Line | Cmd::Fill => column += 1,
                Cmd::Soft | Cmd::Indent | Cmd::Dedent => {}
                Cmd::Hard(_) | Cmd::Fresh(_) => return after.is_some(),
                Cmd::IfBroken(text) => {
                    if mode == Mode::Broken {
                        column += text.len();
                    }
                }
                Cmd::Open(_) => depth += 1,
                Cmd::Close if depth > 0 => depth -= 1,
                Cmd::Close => {
                    after = Some(match after {
                        None => self.modes.len(),
                        Some(left) => left.saturating_sub(1),
                    });
                }
                Cmd::HugPoint if hug && after.is_none() => return true,
                Cmd::HugPoint => {}
            }
            if column > self.width {
                return false;
            }
        }
        true
    }

    /// Does the line end at the `Fill` at `at`: after a comment, or because what follows, up to the
    /// next place where it may end, does not fit?
    fn breaks_before_fill(&self, at: usize) -> bool {
        if matches!(self.pending, Pending::Line(_)) {
            return true;
        }
        let mut column = self.next_column() + 1;
        for cmd in &self.doc.cmds[at + 1..] {
            match *cmd {
                Cmd::Text(_, width) | Cmd::Owned(_, width) => column += width.first as usize,
                Cmd::Fixed(text) | Cmd::IfBroken(text) => column += text.len(),
                Cmd::Space => column += 1,
                Cmd::Comment { ends_line: false, span, .. } => {
                    column += (span.end - span.start) as usize
                }
                Cmd::Indent | Cmd::Dedent | Cmd::Open(_) | Cmd::HugPoint => {}
                // A comment on a line of its own.
                Cmd::Fresh(_) => return true,
                _ => break,
            }
        }
        column > self.width
    }
}
