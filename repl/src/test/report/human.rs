//! The report for people: what is wrong, and where to look.

use std::fmt::Write as _;
use std::io::IsTerminal;

use super::{FileResult, Report, Settings, Sum};
use crate::report::colour_on;
use crate::test::job::{Caught, Ended, Status};

/// The most lines of a message or a trace that are shown.
const LINES: usize = 40;
const LEVELS: usize = 8;

pub struct Human {
    verbose: bool,
    show_output: bool,
    color: bool,
}

const RED: &str = "1;31";
const GREEN: &str = "32";
const YELLOW: &str = "33";
const DIM: &str = "2";

impl Human {
    pub fn new(settings: &Settings, on_terminal: bool) -> Human {
        let color = on_terminal && colour_on(std::io::stdout().is_terminal());
        Human { verbose: settings.verbose, show_output: settings.show_output, color }
    }

    fn paint(&self, style: &str, text: &str) -> String {
        if self.color { format!("\x1b[{style}m{text}\x1b[0m") } else { text.to_string() }
    }

    fn ended(&self, path: &str, ended: &Ended, out: &mut String) {
        let (word, style) = match ended.status {
            Status::Success => ("ok", GREEN),
            Status::Failure => ("FAILED", RED),
            Status::Error => ("ERROR", RED),
            Status::Pending => ("skipped", YELLOW),
        };
        let shown = ended.status.is_bad() || self.verbose;
        if shown {
            let line = ended.line.map_or(String::new(), |line| format!(":{line}"));
            let name = if ended.name == path { "" } else { &ended.name };
            let head = format!("{}  {path}{line}  {name}", self.paint(style, word));
            let _ = writeln!(out, "{}", head.trim_end());
        }
        if ended.status.is_bad() {
            ended.caught.iter().for_each(|caught| self.caught(caught, out));
        } else if shown && let Some(reason) = ended.caught.first().and_then(|c| c.message.as_ref())
        {
            let _ = writeln!(out, "  {reason}");
        }
        if !ended.output.is_empty() && (ended.status.is_bad() || self.show_output) {
            if !shown {
                let _ = writeln!(out, "{}  {path}  {}", self.paint(style, word), ended.name);
            }
            let _ = writeln!(out, "  {}", self.paint(DIM, "output:"));
            for line in ended.output.lines() {
                let _ = writeln!(out, "  {} {line}", self.paint(DIM, "|"));
            }
        }
        if ended.status.is_bad() {
            out.push('\n');
        }
    }

    fn caught(&self, caught: &Caught, out: &mut String) {
        if let (Some(source), Some(line)) = (&caught.source, caught.line) {
            let place = format!("{source}:{line}");
            let _ = writeln!(out, "  {}", self.paint(DIM, &place));
            if let Some(code) = &caught.code {
                let number = line.to_string();
                let bar = self.paint(DIM, "│");
                let _ = writeln!(out, "  {number} {bar} {}", code.trim());
                let indent = " ".repeat(number.len());
                for (name, value) in &caught.values {
                    let _ = writeln!(out, "  {indent} {bar}   {name} = {value}");
                }
            }
        }
        let message = message(caught);
        for line in message.lines().take(LINES) {
            let _ = writeln!(out, "  {line}");
        }
        if message.lines().count() > LINES {
            let _ = writeln!(out, "  ...");
        }
        for line in &caught.differences {
            let _ = writeln!(out, "  {}", self.difference(line));
        }
        // The first level is the place.
        for level in caught.trace.iter().skip(1).take(LEVELS) {
            let _ = writeln!(out, "  {}", self.paint(DIM, &format!("called from {level}")));
        }
    }

    fn difference(&self, line: &str) -> String {
        match line.trim_start().chars().next() {
            Some('-') => self.paint("31", line),
            Some('+') => self.paint(GREEN, line),
            _ => line.to_string(),
        }
    }
}

/// What is said of an error: without the place, which is shown above, and without whole values where
/// only what differs is shown.
fn message(caught: &Caught) -> &str {
    let message = caught.text.as_deref().or(caught.message.as_deref()).unwrap_or_default();
    let prefix = match (&caught.source, caught.line) {
        (Some(source), Some(line)) => format!("{source}:{line}: "),
        _ => String::new(),
    };
    let message = message.strip_prefix(&prefix).unwrap_or(message);
    match message.split_once("\nPassed in:\n") {
        Some((head, _)) if !caught.differences.is_empty() => head,
        _ => message,
    }
}

impl Report for Human {
    fn file(&mut self, path: &str, result: &FileResult) -> String {
        let mut out = String::new();
        result.ended.iter().for_each(|ended| self.ended(path, ended, &mut out));
        for name in &result.unused {
            let _ = writeln!(out, "{path}.snap: no test uses the snapshot '{name}'");
        }
        out
    }

    fn end(&mut self, sum: Sum) -> String {
        let Sum { passed, failed, skipped } = sum;
        let paint = |n: usize, style: &str, text: String| match n {
            0 => text,
            _ => self.paint(style, &text),
        };
        format!(
            "{}, {}, {}\n",
            paint(passed, GREEN, format!("{passed} passed")),
            paint(failed, RED, format!("{failed} failed")),
            paint(skipped, YELLOW, format!("{skipped} skipped")),
        )
    }
}
