//! The XML that continuous integration reads, as JUnit's Ant task writes it: a `testsuite` a file.

use std::fmt::Write as _;

use super::{FileResult, Report, Sum, plain_text};
use crate::markup::escaped;
use crate::test::job::Status;

#[derive(Default)]
pub struct Junit {
    suites: String,
}

fn seconds(microseconds: u64) -> String {
    format!("{:.6}", microseconds as f64 / 1e6)
}

impl Report for Junit {
    fn file(&mut self, path: &str, result: &FileResult) -> String {
        let count = |status: Status| result.ended.iter().filter(|e| e.status == status).count();
        let time: u64 = result.ended.iter().map(|ended| ended.microseconds).sum();
        let out = &mut self.suites;
        let _ = writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{}\">",
            escaped(path),
            result.ended.len(),
            count(Status::Failure),
            count(Status::Error),
            count(Status::Pending),
            seconds(time),
        );
        for ended in &result.ended {
            let line = ended.line.map_or(String::new(), |line| format!(" line=\"{line}\""));
            let _ = write!(
                out,
                "    <testcase classname=\"{}\" name=\"{}\" file=\"{}\"{line} time=\"{}\"",
                escaped(path.rsplit_once('.').map_or(path, |(stem, _)| stem)),
                escaped(&ended.name),
                escaped(path),
                seconds(ended.microseconds),
            );
            let element = match ended.status {
                Status::Success => "",
                Status::Failure => "failure",
                Status::Error => "error",
                Status::Pending => "skipped",
            };
            if element.is_empty() && ended.output.is_empty() {
                out.push_str("/>\n");
                continue;
            }
            out.push_str(">\n");
            if !element.is_empty() {
                let message = ended.caught.first().and_then(|caught| caught.message.as_deref());
                let first = message.unwrap_or_default().lines().next().unwrap_or_default();
                let _ = write!(out, "      <{element} message=\"{}\"", escaped(first));
                match ended.status.is_bad() {
                    true => {
                        let _ = writeln!(out, ">{}</{element}>", escaped(&plain_text(ended)));
                    }
                    false => out.push_str("/>\n"),
                }
            }
            if !ended.output.is_empty() {
                let _ = writeln!(out, "      <system-out>{}</system-out>", escaped(&ended.output));
            }
            out.push_str("    </testcase>\n");
        }
        out.push_str("  </testsuite>\n");
        String::new()
    }

    fn end(&mut self, sum: Sum) -> String {
        let suites = std::mem::take(&mut self.suites);
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"{}\" failures=\"{}\" \
             skipped=\"{}\">\n{suites}</testsuites>\n",
            sum.all(),
            sum.failed,
            sum.skipped
        )
    }
}
