//! Whether a text is complete or only ends too early, which a prompt decides before it runs an input.

use super::error::{LocatedError, SyntaxError};
use super::state::{Explain, Fast};
use super::{Options, run_as};
use crate::diag::Code;
use crate::lex::{TokenKind, Tokens, lex};
use crate::source::Source;

/// How a text is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// Expressions, whose values an interactive session shows: `explist [';']`.
    Expressions,
    /// A block of statements, as every chunk is.
    Statements,
}

/// Whether a text is complete.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Completeness {
    /// A complete text.
    Complete(Form),
    /// The first error is the end itself: more lines may complete the text.
    Incomplete,
    /// The text ends in a short string, which no further line can complete. (`lua -i` asks for one
    /// all the same.)
    UnfinishedString,
    /// The first error precedes the end.
    Invalid,
}

/// The completeness of a chunk.
pub fn completeness(source: &Source, options: &Options) -> Completeness {
    let tokens = lex(source, options.std);
    completeness_as(&tokens, source, options, Form::Statements)
}

/// The completeness of an input of an interactive session: expressions or statements.
pub fn input_completeness(source: &Source, options: &Options) -> Completeness {
    let tokens = lex(source, options.std);
    let expressions = completeness_as(&tokens, source, options, Form::Expressions);
    if matches!(expressions, Completeness::Complete(_)) {
        return expressions;
    }
    match completeness_as(&tokens, source, options, Form::Statements) {
        Completeness::Invalid => expressions,
        statements => statements,
    }
}

fn completeness_as(
    tokens: &Tokens,
    source: &Source,
    options: &Options,
    form: Form,
) -> Completeness {
    if tokens.errors.is_empty() && run_as::<Fast>(tokens, options, None, form).chunk().is_some() {
        return Completeness::Complete(form);
    }
    match run_as::<Explain>(tokens, options, None, form).explained().1 {
        Some(found) => found.completeness(tokens, source),
        None => Completeness::Complete(form),
    }
}

impl LocatedError {
    fn completeness(&self, tokens: &Tokens, source: &Source) -> Completeness {
        match tokens.tokens[self.index].kind {
            // These checks of earlier tokens are made at the end.
            TokenKind::Eof => match self.error {
                SyntaxError::TooDeep
                | SyntaxError::UnknownAttribute { .. }
                | SyntaxError::MultipleToClose { .. } => Completeness::Invalid,
                _ => Completeness::Incomplete,
            },
            TokenKind::Error => self.lexical_completeness(tokens, source),
            _ => Completeness::Invalid,
        }
    }

    fn lexical_completeness(&self, tokens: &Tokens, source: &Source) -> Completeness {
        let error = tokens.errors.get(tokens.tokens[self.index].payload as usize);
        let text = source.bytes();
        match error.map(|error| error.code) {
            Some(Code::UnfinishedLongBracket) => Completeness::Incomplete,
            Some(Code::UnfinishedString) if tokens.spans[self.index].end as usize >= text.len() => {
                if continues(text) {
                    Completeness::Incomplete
                } else {
                    Completeness::UnfinishedString
                }
            }
            _ => Completeness::Invalid,
        }
    }
}

/// Whether a short string that has not ended continues in the next line: its last escape is `\\`, which
/// takes the line's end into the string, or `\\z`, which skips it.
fn continues(text: &[u8]) -> bool {
    let escaped = |text: &[u8]| {
        let backslashes = text.iter().rev().take_while(|&&c| c == b'\\').count();
        backslashes % 2 == 1
    };
    escaped(text) || text.trim_ascii_end().strip_suffix(b"z").is_some_and(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Std;
    use crate::source::SourceKind;

    fn judge(text: &str) -> Completeness {
        let source = Source::new(b"=test", text.as_bytes(), SourceKind::Chunk);
        input_completeness(&source, &Options::default())
    }

    #[test]
    fn complete_inputs() {
        for text in ["1", "f(x)", "a, b, c;", "x.y", "x -> x + 1", "`a {b}`", "match(x)", "nil"] {
            assert_eq!(judge(text), Completeness::Complete(Form::Expressions), "{text}");
        }
        for text in [
            "",
            "-- a comment",
            "--[[ one ]]",
            "x = 1",
            "local function f() end",
            "::top::",
            "return 1",
            "goto nowhere",
            "x += 1",
            "match x do case 1 then f() end",
            "x = \"a\\\nb\"",
        ] {
            assert_eq!(judge(text), Completeness::Complete(Form::Statements), "{text}");
        }
    }

    #[test]
    fn incomplete_inputs() {
        for text in [
            "1 +",
            "f(",
            "{1,",
            "x =",
            "a.",
            "a:b",
            "not",
            "local",
            "local x =",
            "local x <",
            "local {a, b",
            "function f()",
            "function f(a,",
            "if x then",
            "if x then y = 1 else",
            "if x then 1",
            "while true do",
            "repeat f()",
            "for i = 1, 2",
            "for",
            "goto",
            "return f(",
            "--[[ one",
            "x = [==[ one ]=]",
            "x = 'one\\",
            "x = 'one\\z  ",
            "`a {",
            "`a {f(",
            "x -> do",
            "|a, b| ->",
            "x ??",
            "a?.",
            "match x do",
            "match x do case 1 then",
            "match x do case {a,",
            "try do f()",
            "try do f() catch",
            "defer do",
            "if local x = f() then",
            "const x =",
            "type T =",
            "x +=",
            "local x:",
            "global function",
            "const function f()",
        ] {
            assert_eq!(judge(text), Completeness::Incomplete, "{text}");
        }
    }

    #[test]
    fn invalid_inputs() {
        for text in [
            "x y",
            "1 + * 2",
            "f)",
            "x = }",
            "end",
            "local x <foo> = 1",
            "x = 'a\nb",
            "x = [=a",
            "\"\\q\"",
            "x = 1e",
            "f(1 2",
        ] {
            assert_eq!(judge(text), Completeness::Invalid, "{text}");
        }
        for text in ["x = 'a", "f(\"a", "`a", "'a\\\\"] {
            assert_eq!(judge(text), Completeness::UnfinishedString, "{text}");
        }
    }

    #[test]
    fn plain_lua_has_no_extensions() {
        let source = Source::new(b"=test", *b"x ??", SourceKind::Chunk);
        let options = Options { std: Std::Lua54, ..Options::default() };
        assert_eq!(input_completeness(&source, &options), Completeness::Invalid);
    }
}
