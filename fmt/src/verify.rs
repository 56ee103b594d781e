//! The output is read again: it must have the tokens of the source, but for the edits a formatter
//! may make, and the same comments in the same order.

use luka_compiler::Std;
use luka_compiler::ast::dump_ast;
use luka_compiler::lex::{Token, TokenKind as T, Tokens, lex};
use luka_compiler::parse::{self, Parsed};
use luka_compiler::source::{Source, SourceKind};

use crate::Options;
use luka_compiler::lex::trivia::{self, Comment};

/// Compares `out` with the source.
///
/// # Errors
/// Where they differ.
pub fn same_program(
    source: &Source,
    parsed: &Parsed,
    comments: &[Comment],
    out: &[u8],
    dropped: bool,
    options: &Options,
) -> Result<(), String> {
    let kind = if source.start() > 0 { SourceKind::File } else { SourceKind::Chunk };
    let output = Source::new(source.name(), out, kind);
    let tokens = lex(&output, options.std);
    same_tokens(source, &parsed.tokens, &output, &tokens)?;
    let written = trivia::comments(&output, &tokens);
    if written.len() != comments.len() {
        return Err(format!("{} comments became {}", comments.len(), written.len()));
    }
    for (before, after) in comments.iter().zip(&written) {
        let text = |source: &Source, comment: &Comment| {
            let span = comment.span;
            source.bytes()[span.start as usize..span.end as usize].to_vec()
        };
        if text(source, before) != text(&output, after) {
            return Err(format!("line {}: a comment changed", source.line(before.span.start)));
        }
    }
    if dropped && !same_tree(source, parsed, &output, options.std) {
        return Err("a `;` that was left out separated something".to_string());
    }
    Ok(())
}

/// Compares the trees of both texts, positions aside.
fn same_tree(source: &Source, parsed: &Parsed, output: &Source, std: Std) -> bool {
    let options = parse::Options { std, ..Default::default() };
    let after = parse::parse(output, &options);
    if parsed.chunk.has_nodes_of(&after.chunk) {
        return true;
    }
    // Nodes of extensions are compared as text.
    let dump = |parsed: &Parsed| dump_ast(&parsed.chunk, &parsed.tokens.names);
    let (before, after) = (dump(&parse::parse(source, &options)), dump(&after));
    before.lines().map(without_position).eq(after.lines().map(without_position))
}

/// A line of a printed tree without ` at N` and ` @N..M` at its end.
fn without_position(line: &str) -> &str {
    let line = line.rfind(" @").map_or(line, |at| &line[..at]);
    line.trim_end_matches(|c: char| c.is_ascii_digit()).strip_suffix(" at ").unwrap_or(line)
}

fn same_tokens(
    source: &Source,
    before: &Tokens,
    output: &Source,
    after: &Tokens,
) -> Result<(), String> {
    let (mut i, mut j) = (0, 0);
    let kind = |tokens: &Tokens, n: usize| tokens.tokens.get(n).map_or(T::Eof, |token| token.kind);
    let closes = |kind: T| matches!(kind, T::RBrace);
    while i < before.len() || j < after.len() {
        let (left, right) = (kind(before, i), kind(after, j));
        let is_same = i < before.len()
            && j < after.len()
            && same_token(before, before.tokens[i], after, after.tokens[j]);
        if is_same || (left == T::Semi && right == T::Comma) {
            i += 1;
            j += 1;
        } else if left == T::Semi || (left == T::Comma && closes(right)) {
            i += 1;
        } else if right == T::Comma && closes(left) {
            j += 1;
        } else {
            let at = |source: &Source, tokens: &Tokens, n: usize| {
                let span = tokens.spans[n.min(tokens.len() - 1)];
                let text = &source.bytes()[span.start as usize..span.end as usize];
                let text = String::from_utf8_lossy(text).into_owned();
                format!("`{text}` on line {}", source.line(span.start))
            };
            let (was, is) = (at(source, before, i), at(output, after, j));
            return Err(format!("{was} became {is}"));
        }
    }
    Ok(())
}

fn same_token(before: &Tokens, left: Token, after: &Tokens, right: Token) -> bool {
    if left.kind != right.kind {
        return false;
    }
    let (l, r) = (left.payload as usize, right.payload as usize);
    match left.kind {
        T::Name | T::Str | T::InterpWhole | T::InterpBegin | T::InterpMid | T::InterpEnd => {
            before.names.bytes(left.sym()) == after.names.bytes(right.sym())
        }
        T::Int => before.ints[l] == after.ints[r],
        T::Float => before.floats[l].to_bits() == after.floats[r].to_bits(),
        T::Other => left.payload == right.payload,
        _ => true,
    }
}
