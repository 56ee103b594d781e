//! `-- luka: allow(unused-local)`: comments that silence lints. At the end of a line they apply to
//! that line, on a line of their own to the next one; `allow-file(…)` of the whole file.

use super::levels::Levels;
use crate::Span;
use crate::diag::{Code, Diagnostic};
use crate::lex::Tokens;
use crate::source::Source;

/// The lints that comments of a file allow.
#[derive(Default)]
pub(super) struct Allowed {
    /// Line (none: the whole file) and lint.
    rules: Vec<(Option<u32>, Code)>,
}

const MARK: &[u8] = b"luka:";

impl Allowed {
    /// Reads the comments; reports unknown names.
    pub fn read(source: &Source, tokens: &Tokens, found: &mut Vec<Diagnostic>) -> Allowed {
        let mut allowed = Allowed::default();
        let bytes = source.bytes();
        let mut from = source.start() as usize;
        while let Some(at) = find(&bytes[from.min(bytes.len())..], MARK) {
            let at = from + at;
            from = at + MARK.len();
            if !is_comment(bytes, tokens, at) {
                continue;
            }
            let rest = &bytes[from..];
            let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            let text = String::from_utf8_lossy(&rest[..end]);
            let text = text.trim_start();
            let indent = rest[..end].len() - text.len();
            let Some((verb, list)) = text.split_once('(') else { continue };
            let Some((list, _)) = list.split_once(')') else { continue };
            let line = match verb.trim() {
                "allow" => Some(line_of(source, tokens, at as u32)),
                "allow-file" => None,
                _ => continue,
            };
            let mut start = from + indent + verb.len() + 1;
            for item in list.split(',') {
                let name = item.trim();
                let lints = Levels::lints(name);
                if lints.is_empty() && !name.is_empty() {
                    let at = start + item.len() - item.trim_start().len();
                    found.push(unknown(name, Span::new(at as u32, (at + name.len()) as u32)));
                }
                allowed.rules.extend(lints.into_iter().map(|lint| (line, lint)));
                start += item.len() + 1;
            }
        }
        allowed
    }

    pub fn allows(&self, source: &Source, diagnostic: &Diagnostic) -> bool {
        let line = source.line(diagnostic.span.start);
        self.rules
            .iter()
            .any(|&(at, lint)| lint == diagnostic.code && at.is_none_or(|at| at == line))
    }
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, part)
}

/// Whether a byte stands between tokens, right after `--` and blanks.
fn is_comment(bytes: &[u8], tokens: &Tokens, at: usize) -> bool {
    let next = tokens.index_at_or_after(at as u32);
    let before = next.checked_sub(1).map_or(0, |i| tokens.spans[i].end as usize);
    // The end of the text is a token that may lie at `at` or before it.
    let gap = bytes.get(before.min(at)..at).unwrap_or(&[]);
    before <= at && gap.trim_ascii_end().ends_with(b"--")
}

/// The line a comment applies to.
fn line_of(source: &Source, tokens: &Tokens, at: u32) -> u32 {
    let here = source.line(at);
    let next = tokens.index_at_or_after(at);
    let own_line = match next.checked_sub(1) {
        Some(before) => source.line(tokens.line_at(before)) < here,
        None => true,
    };
    if own_line { source.line(tokens.spans[next].start) } else { here }
}

fn unknown(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::UnknownLint, span, format!("there is no lint `{name}`"))
        .with_help("`luka explain` lists them all, L02xx")
}
