//! The Test Anything Protocol, version 13 (testanything.org).

use std::fmt::Write as _;

use super::{FileResult, Report, Sum, plain_text};
use crate::test::job::Status;

#[derive(Default)]
pub struct Tap {
    number: usize,
}

impl Report for Tap {
    fn file(&mut self, path: &str, result: &FileResult) -> String {
        let mut out = String::new();
        if self.number == 0 {
            out.push_str("TAP version 13\n");
        }
        for ended in &result.ended {
            self.number += 1;
            let word = if ended.status.is_bad() { "not ok" } else { "ok" };
            let name = if ended.name == path { "" } else { &ended.name };
            // `#` begins a directive.
            let name = format!("{path} {name}").replace('#', "\\#").replace('\n', " ");
            let _ = write!(out, "{word} {} - {}", self.number, name.trim_end());
            if ended.status == Status::Pending {
                let reason = ended.caught.first().and_then(|caught| caught.message.as_deref());
                let _ = write!(out, " # SKIP {}", reason.unwrap_or_default().replace('\n', " "));
            }
            out.truncate(out.trim_end().len());
            out.push('\n');
            if ended.status.is_bad() {
                out.push_str("  ---\n  message: |\n");
                for line in plain_text(ended).lines() {
                    let _ = writeln!(out, "    {line}");
                }
                out.push_str("  ...\n");
            }
        }
        out
    }

    fn end(&mut self, _: Sum) -> String {
        match self.number {
            0 => "TAP version 13\n1..0\n".into(),
            n => format!("1..{n}\n"),
        }
    }
}
