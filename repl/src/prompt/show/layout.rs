//! Lays trees of texts out in lines: on one line if it fits; else lists with as many elements per line
//! as fit, and records with one line per field.

use super::Style;
use super::build::{Entry, Text, Tree};

/// Columns of a level.
const INDENT: usize = 2;
/// Columns up to which a table in a field of another one is shown on one line.
const SHORT: usize = 60;

/// Lays out a value.
pub fn lay_out(tree: &Tree, style: &Style) -> String {
    let mut out = String::new();
    let by_line = match tree {
        // A record has one line per field even if it would fit on one.
        Tree::Table { entries, .. } => entries.iter().filter(|e| e.key.is_some()).count() > 1,
        Tree::Leaf(_) => false,
    };
    lay(tree, 0, 0, by_line, style, &mut out);
    out
}

/// `column`: where the text begins; `indent`: of its first line; `by_line`: never on one line.
fn lay(tree: &Tree, indent: usize, column: usize, by_line: bool, style: &Style, out: &mut String) {
    let (head, entries) = match tree {
        Tree::Leaf(text) => return out.push_str(&text.text),
        Tree::Table { head, entries } => (head, entries),
    };
    let rest = style.width.saturating_sub(column + 1);
    // Elements of a list begin at its indentation; fields have their key before them.
    let room = if column > indent { rest.min(SHORT) } else { rest };
    if entries.is_empty() || (!by_line && flat_width(tree, room).is_some()) {
        return flat(tree, out);
    }
    out.push_str(&head.text);
    out.push_str("{\n");
    let inner = indent + INDENT;
    let pad = " ".repeat(inner);
    let mut at = 0;
    for (i, entry) in entries.iter().enumerate() {
        let last = i + 1 == entries.len();
        let width = element_width(entry);
        // Elements of a list share lines.
        let goes_on = at > 0 && width.is_some_and(|w| at + 1 + w < style.width);
        if goes_on {
            out.push(' ');
            at += 1;
        } else {
            if i > 0 {
                out.push('\n');
            }
            out.push_str(&pad);
            at = inner;
        }
        if let Some(key) = &entry.key {
            out.push_str(&key.text);
        }
        let key = entry.key.as_ref().map_or(0, |key| key.width);
        lay(&entry.value, inner, inner + key, false, style, out);
        if !last {
            out.push(',');
        }
        at = width.map_or(0, |w| at + w + 1);
    }
    out.push('\n');
    out.push_str(&" ".repeat(indent));
    out.push('}');
}

/// The columns of a plain element of a list; `None` for everything else, which has its own line.
fn element_width(entry: &Entry) -> Option<usize> {
    match (&entry.key, &entry.value) {
        (None, Tree::Leaf(text)) => Some(text.width),
        _ => None,
    }
}

/// The columns of a tree on one line, if they are no more than `most`.
fn flat_width(tree: &Tree, most: usize) -> Option<usize> {
    let width = match tree {
        Tree::Leaf(Text { text, .. }) if text.contains('\n') => return None,
        Tree::Leaf(text) => text.width,
        Tree::Table { head, entries } => {
            let mut width = head.width + if entries.is_empty() { 2 } else { 4 };
            for (i, entry) in entries.iter().enumerate() {
                width += entry.key.as_ref().map_or(0, |key| key.width) + if i > 0 { 2 } else { 0 };
                width += flat_width(&entry.value, most.checked_sub(width)?)?;
            }
            width
        }
    };
    (width <= most).then_some(width)
}

fn flat(tree: &Tree, out: &mut String) {
    match tree {
        Tree::Leaf(text) => out.push_str(&text.text),
        Tree::Table { head, entries } => {
            out.push_str(&head.text);
            out.push_str(if entries.is_empty() { "{" } else { "{ " });
            for (i, entry) in entries.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                if let Some(key) = &entry.key {
                    out.push_str(&key.text);
                }
                flat(&entry.value, out);
            }
            out.push_str(if entries.is_empty() { "}" } else { " }" });
        }
    }
}
