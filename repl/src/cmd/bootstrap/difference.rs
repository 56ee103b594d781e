//! Describes how two outcomes differ: the first function whose code differs, line by line.

use luka_bytecode::image;
use luka_bytecode::text::{Options, disassemble};
use std::fmt::Write;

use super::outcome::Outcome;

/// Unchanged lines shown around a difference.
const CONTEXT: usize = 3;

/// Lines of a difference shown at most.
const MOST: usize = 60;

/// Functions of more lines than this are compared line by line, without looking for insertions.
const LARGE: usize = 4_000;

/// What differs between two outcomes; `ours` and `theirs` say who made them.
pub fn describe(ours: &str, a: &Outcome, theirs: &str, b: &Outcome) -> String {
    match (a, b) {
        (Outcome::Image(a), Outcome::Image(b)) => images(ours, a, theirs, b),
        _ => format!("  {ours}: {}\n  {theirs}: {}\n", brief(a), brief(b)),
    }
}

fn brief(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Image(image) => format!("an image of {} bytes", image.len()),
        Outcome::Fault(fault) => format!(
            "{} at {}..{}: {}",
            fault.code,
            fault.start,
            fault.stop,
            fault.text.escape_ascii()
        ),
        Outcome::Broken(why) => format!("the compiler failed: {why}"),
    }
}

fn images(ours: &str, a: &[u8], theirs: &str, b: &[u8]) -> String {
    let texts = [a, b]
        .map(|bytes| image::decode(bytes).map(|module| disassemble(&module, Options::default())));
    let [Ok(left), Ok(right)] = &texts else {
        let mut out = String::new();
        for (who, text) in [ours, theirs].iter().zip(&texts) {
            if let Err(error) = text {
                let _ = writeln!(out, "  the image {who} made is refused: {error}");
            }
        }
        return out;
    };
    let mut right_functions = functions(right);
    for function in functions(left) {
        let other = right_functions.next().unwrap_or_default();
        if function != other {
            return listing(ours, function, theirs, other);
        }
    }
    if let Some(more) = right_functions.next() {
        return listing(ours, "", theirs, more);
    }
    let at = a.iter().zip(b).position(|(a, b)| a != b).unwrap_or(a.len().min(b.len()));
    format!("  the listings are equal, the images differ from byte {at} on\n")
}

/// The parts of a listing, the head first.
fn functions(listing: &str) -> impl Iterator<Item = &str> {
    listing.split("\n\n")
}

/// An instruction without its number, which every insertion shifts.
fn content(line: &str) -> &str {
    line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit())
}

fn listing(ours: &str, a: &str, theirs: &str, b: &str) -> String {
    let (a, b): (Vec<&str>, Vec<&str>) = (a.lines().collect(), b.lines().collect());
    let mut out = format!("  - {ours}\n  + {theirs}\n");
    let mut shown = 0;
    // The function's own line says where we are.
    if a.first() == b.first() && !a.is_empty() {
        let _ = writeln!(out, "    {}", a[0]);
    }
    let steps = align(&a, &b);
    let near = |n: usize| {
        let from = n.saturating_sub(CONTEXT);
        let to = (n + CONTEXT + 1).min(steps.len());
        steps[from..to].iter().any(|(sign, _)| *sign != ' ')
    };
    let mut gap = false;
    for (n, (sign, line)) in steps.iter().enumerate() {
        if n == 0 && *sign == ' ' {
            continue;
        }
        if !near(n) {
            gap = true;
            continue;
        }
        if shown == MOST {
            let more = steps[n..].iter().filter(|(sign, _)| *sign != ' ').count();
            let _ = writeln!(out, "    … and {more} more lines that differ");
            break;
        }
        if gap {
            let _ = writeln!(out, "    …");
            gap = false;
        }
        let _ = writeln!(out, "  {sign} {line}");
        shown += 1;
    }
    out
}

/// The lines of both, in an order that keeps as many as possible together (a longest common
/// subsequence; Hunt and McIlroy, 1976, say how it is used): `' '` in both, `'-'` and `'+'` in one.
fn align<'t>(a: &[&'t str], b: &[&'t str]) -> Vec<(char, &'t str)> {
    let same = |i: usize, j: usize| content(a[i]) == content(b[j]);
    let mut start = 0;
    while start < a.len().min(b.len()) && same(start, start) {
        start += 1;
    }
    let mut steps: Vec<(char, &str)> = a[..start].iter().map(|line| (' ', *line)).collect();
    let (mut i, mut j) = (start, start);
    if a.len().max(b.len()) <= LARGE {
        // `longest[i][j]`: of what the ends from i and j on have in common.
        let width = b.len() - start + 1;
        let mut longest = vec![0u16; (a.len() - start + 1) * width];
        let at = |i: usize, j: usize| (i - start) * width + (j - start);
        for i in (start..a.len()).rev() {
            for j in (start..b.len()).rev() {
                longest[at(i, j)] = match same(i, j) {
                    true => longest[at(i + 1, j + 1)] + 1,
                    false => longest[at(i + 1, j)].max(longest[at(i, j + 1)]),
                };
            }
        }
        while i < a.len() && j < b.len() {
            if same(i, j) {
                steps.push((' ', a[i]));
                (i, j) = (i + 1, j + 1);
            } else if longest[at(i + 1, j)] >= longest[at(i, j + 1)] {
                steps.push(('-', a[i]));
                i += 1;
            } else {
                steps.push(('+', b[j]));
                j += 1;
            }
        }
    }
    steps.extend(a[i..].iter().map(|line| ('-', *line)));
    steps.extend(b[j..].iter().map(|line| ('+', *line)));
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use luka_compiler::{Options, load};

    fn compiled(text: &str) -> Outcome {
        let module = load(text.as_bytes(), b"=t", &Options::default()).unwrap();
        Outcome::Image(image::encode(module.get()))
    }

    #[test]
    fn the_first_function_that_differs() {
        let same = "local function f() return 1 end\n";
        let a = compiled(&format!("{same}local function g(x) return x + 1 end\nreturn f, g"));
        let b = compiled(&format!("{same}local function g(x) return x + 2 end\nreturn f, g"));
        let text = describe("one", &a, "other", &b);
        assert!(text.starts_with("  - one\n  + other\n    .function g "), "{text}");
        let signs = |sign: &str| text.lines().filter(|line| line.starts_with(sign)).count();
        assert_eq!((signs("  - "), signs("  + ")), (2, 2), "{text}");
        assert!(text.lines().any(|line| line.starts_with("  + ") && line.contains("ADDI")));
    }

    #[test]
    fn faults_and_images() {
        let a = compiled("return 1");
        let text = describe("one", &a, "other", &Outcome::Broken("it fell".to_string()));
        assert!(text.contains("other: the compiler failed: it fell"));
    }
}
