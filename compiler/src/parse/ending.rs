//! Whether a text is whole or only ends too early: what a prompt asks before it runs an input.

use super::fault::{Fault, Found};
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

/// What the parser thinks of the end of a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// Nothing is missing.
    Whole(Form),
    /// The first fault is the end itself: more lines may complete the text.
    Open,
    /// The text ends in a short string, which no further line can complete. (`lua -i` asks for one
    /// all the same.)
    Cut,
    /// The first fault stands before the end.
    Faulty,
}

/// Judges a chunk.
pub fn ending(source: &Source, options: &Options) -> Ending {
    let tokens = lex(source, options.std);
    ending_as(&tokens, source, options, Form::Statements)
}

/// Judges an input of an interactive session, which may be expressions or statements.
pub fn ending_of_input(source: &Source, options: &Options) -> Ending {
    let tokens = lex(source, options.std);
    let expressions = ending_as(&tokens, source, options, Form::Expressions);
    if matches!(expressions, Ending::Whole(_)) {
        return expressions;
    }
    match ending_as(&tokens, source, options, Form::Statements) {
        Ending::Faulty => expressions,
        statements => statements,
    }
}

fn ending_as(tokens: &Tokens, source: &Source, options: &Options, form: Form) -> Ending {
    if tokens.errors.is_empty() && run_as::<Fast>(tokens, options, None, form).chunk().is_some() {
        return Ending::Whole(form);
    }
    match run_as::<Explain>(tokens, options, None, form).explained().1 {
        Some(found) => found.ending(tokens, source),
        None => Ending::Whole(form),
    }
}

impl Found {
    fn ending(&self, tokens: &Tokens, source: &Source) -> Ending {
        match tokens.tokens[self.index].kind {
            // Checks of what was read before happen to be made at the end.
            TokenKind::Eof => match self.fault {
                Fault::TooDeep | Fault::UnknownAttribute { .. } | Fault::SeveralToClose { .. } => {
                    Ending::Faulty
                }
                _ => Ending::Open,
            },
            TokenKind::Error => self.lexical_ending(tokens, source),
            _ => Ending::Faulty,
        }
    }

    fn lexical_ending(&self, tokens: &Tokens, source: &Source) -> Ending {
        let error = tokens.errors.get(tokens.tokens[self.index].payload as usize);
        let text = source.bytes();
        match error.map(|error| error.code) {
            Some(Code::UnfinishedLongBracket) => Ending::Open,
            Some(Code::UnfinishedString) if tokens.spans[self.index].end as usize >= text.len() => {
                if goes_on(text) {
                    Ending::Open
                } else {
                    Ending::Cut
                }
            }
            _ => Ending::Faulty,
        }
    }
}

/// Whether a short string that has not ended goes on in the next line: its last escape is `\\`, which
/// takes the line's end into the string, or `\\z`, which skips it.
fn goes_on(text: &[u8]) -> bool {
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

    fn judged(text: &str) -> Ending {
        let source = Source::new(b"=test", text.as_bytes(), SourceKind::Chunk);
        ending_of_input(&source, &Options::default())
    }

    #[test]
    fn whole_inputs() {
        for text in ["1", "f(x)", "a, b, c;", "x.y", "x -> x + 1", "`a {b}`", "match(x)", "nil"] {
            assert_eq!(judged(text), Ending::Whole(Form::Expressions), "{text}");
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
            assert_eq!(judged(text), Ending::Whole(Form::Statements), "{text}");
        }
    }

    #[test]
    fn inputs_that_go_on() {
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
            assert_eq!(judged(text), Ending::Open, "{text}");
        }
    }

    #[test]
    fn inputs_with_a_fault() {
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
            assert_eq!(judged(text), Ending::Faulty, "{text}");
        }
        for text in ["x = 'a", "f(\"a", "`a", "'a\\\\"] {
            assert_eq!(judged(text), Ending::Cut, "{text}");
        }
    }

    #[test]
    fn plain_lua_knows_no_extensions() {
        let source = Source::new(b"=test", *b"x ??", SourceKind::Chunk);
        let options = Options { std: Std::Lua54, ..Options::default() };
        assert_eq!(ending_of_input(&source, &options), Ending::Faulty);
    }
}
