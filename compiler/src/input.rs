//! Inputs of an interactive session: chunks whose outermost local variables outlive them, and
//! expressions that stand alone.

use luka_bytecode::verify::verify;
use luka_bytecode::{Module, Span, Verified};

use crate::Sym;
use crate::compile::{diagnose, stages};
use crate::diag::{Code, Diagnostic, first_error};
use crate::emit::emit;
use crate::lower::lower;
use crate::parse::{Options, Parsed, parse_input};
use crate::resolve::resolve_input;
use crate::source::Source;

pub use crate::parse::{Ending, Form, ending, ending_of_input};
pub use crate::resolve::{Link, Variable};

/// A compiled input.
#[derive(Debug)]
pub struct Input {
    pub module: Verified<Module>,
    pub form: Form,
    /// What the upvalues of the main function stand for, from the second on; the first is `_ENV`.
    /// A box for each new variable must be there before the input runs. One that still holds what
    /// it held before the run belongs to a declaration that was not reached.
    pub links: Vec<Link>,
    /// Names the input declares `global` at its outermost level: they hide variables of the
    /// session from now on.
    pub globals: Vec<Box<[u8]>>,
    /// Variables of the outermost level that end with the input: those to be closed, and what is
    /// declared together with one.
    pub closed: Vec<Box<[u8]>>,
}

/// Whether `lua -i` asks for another line when it has read this text, which does not compile: its
/// first fault is at the end. Other than [`ending`] it does so for unfinished short strings, and
/// for limits that happen to be passed there.
pub fn lua_goes_on(source: &Source, options: &Options) -> bool {
    match ending(source, options) {
        Ending::Open | Ending::Cut => true,
        Ending::Faulty => false,
        Ending::Whole(_) => {
            let stages = stages(source, options);
            let end = stages.tokens.spans.last().map_or(0, |eof| eof.start);
            first_error(&stages.diagnostics).is_some_and(|first| {
                let limit = matches!(
                    first.code,
                    Code::TooManyLocals | Code::TooManyUpvalues | Code::TooManyRegisters
                );
                limit && first.moment.is_some_and(|moment| moment.token_at == end)
            })
        }
    }
}

/// Compiles an input of a session that has these variables, the latest last: of several with one
/// name, that one counts.
///
/// # Errors
/// What is wrong, for people, in the order of the text.
pub fn compile_input(
    source: &Source,
    options: &Options,
    variables: &[Variable],
) -> Result<Input, Vec<Diagnostic>> {
    let (parsed, form) = parse_input(source, options);
    let Parsed { mut tokens, mut chunk, mut diagnostics } = parsed;
    if !diagnostics.is_empty() {
        // The recovering parser reads statements: it has more to say about them.
        if form == Form::Statements {
            diagnostics = diagnose(source, options);
        }
        return Err(diagnostics);
    }
    diagnostics.extend(lower(source, &mut tokens, &mut chunk));
    let mut resolved = resolve_input(source, &mut tokens, &chunk, variables);
    diagnostics.append(&mut resolved.diagnostics);
    resolved.hir.has_errors = !diagnostics.is_empty();
    let (module, found) = emit(source, &tokens, &resolved.hir);
    diagnostics.extend(found);
    if !diagnostics.is_empty() {
        diagnostics.sort_by_key(|d| (d.moment.is_none(), d.moment));
        return Err(diagnostics);
    }
    let module = verify(module).map_err(|error| {
        let message = format!("the compiler has made a module that is not valid: {error:?}");
        vec![Diagnostic::new(Code::TooLarge, Span::NONE, message)]
    })?;
    let names = |list: &[Sym]| list.iter().map(|&name| tokens.names.bytes(name).into()).collect();
    let (globals, closed) = (names(&resolved.globals), names(&resolved.closed));
    Ok(Input { module, form, links: resolved.links, globals, closed })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceKind;

    fn compiled(text: &str, variables: &[Variable]) -> Result<Input, Vec<Diagnostic>> {
        let source = Source::new(b"=test", text.as_bytes(), SourceKind::Chunk);
        compile_input(&source, &Options::default(), variables)
    }

    fn variable(name: &str, is_const: bool) -> Variable {
        Variable { name: name.as_bytes().into(), is_const }
    }

    fn new(name: &str) -> Link {
        Link::New(variable(name, false))
    }

    #[test]
    fn outermost_locals_are_links() {
        let input = compiled("local a, b <const> = 1, 2 do local c = a end", &[]).unwrap();
        assert_eq!(input.links, [new("a"), Link::New(variable("b", true))]);
        let input = compiled("local function f() return f, x, y end", &[variable("x", false)]);
        assert_eq!(input.unwrap().links, [new("f"), Link::Old(0)]);
    }

    #[test]
    fn the_latest_of_a_name_counts() {
        let twice = [variable("x", false), variable("x", false)];
        assert_eq!(compiled("x", &twice).unwrap().links, [Link::Old(1)]);
        let redefined = compiled("local x = x + 1; print(x)", &twice).unwrap();
        assert_eq!(redefined.links, [Link::Old(1), new("x")]);
    }

    #[test]
    fn constants_stay_constant() {
        let constant = [variable("x", true)];
        let errors = compiled("x = 1", &constant).unwrap_err();
        assert_eq!(errors[0].code, Code::AssignToConst);
        assert!(compiled("x = 1", &[constant[0].clone(), variable("x", false)]).is_ok());
    }

    #[test]
    fn variables_to_be_closed_end_with_the_input() {
        let input = compiled("local x <close> = nil; local y = x", &[]).unwrap();
        assert_eq!((input.links, &*input.closed), (vec![new("y")], &[(*b"x").into()][..]));
    }

    #[test]
    fn declared_globals_are_told() {
        let input = compiled("global x; x = 1", &[variable("x", false)]).unwrap();
        assert_eq!((input.links, &*input.globals), (vec![], &[(*b"x").into()][..]));
    }

    #[test]
    fn the_reading_that_leads_further_has_the_word() {
        let errors = compiled("1 + * 2", &[]).unwrap_err();
        assert_eq!((errors.len(), errors[0].span.start), (1, 4));
        let errors = compiled("x = 1 2", &[]).unwrap_err();
        assert_eq!(errors[0].span.start, 6);
    }
}
