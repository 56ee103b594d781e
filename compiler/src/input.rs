//! Inputs of an interactive session: chunks whose outermost local variables outlive them, and
//! expressions that stand alone.

use luka_bytecode::{Module, Verified};

use crate::Sym;
use crate::compile::{diagnose, stages, verified};
use crate::diag::{Code, Diagnostic, first_error};
use crate::emit::emit;
use crate::lower::lower;
use crate::parse::{Options, Parsed, parse_input};
use crate::resolve::resolve_input;
use crate::source::Source;

pub use crate::parse::{Completeness, Form, completeness, input_completeness};
pub use crate::resolve::{InputUpvalue, Variable};

/// A compiled input.
#[derive(Debug)]
pub struct Input {
    /// The bytecode.
    pub module: Verified<Module>,
    /// Whether the input is expressions or statements.
    pub form: Form,
    /// What the upvalues of the main function represent, from the second on; the first is `_ENV`.
    /// A box for each new variable must exist before the input runs. A box that still holds its
    /// initial value afterwards belongs to a declaration that was not reached.
    pub upvalues: Vec<InputUpvalue>,
    /// Names the input declares `global` at its outermost level: they hide variables of the
    /// session from now on.
    pub globals: Vec<Box<[u8]>>,
    /// Variables of the outermost level that end with the input: those to be closed, and what is
    /// declared together with one.
    pub closed: Vec<Box<[u8]>>,
}

/// Whether `lua -i` asks for another line after this text, which does not compile: its
/// first error is at the end. Unlike [`completeness`], it does so for unfinished short strings, and
/// for limits that are exceeded there.
pub fn lua_needs_more(source: &Source, options: &Options) -> bool {
    match completeness(source, options) {
        Completeness::Incomplete | Completeness::UnfinishedString => true,
        Completeness::Invalid => false,
        Completeness::Complete(_) => {
            let stages = stages(source, options);
            let end = stages.tokens.spans.last().map_or(0, |eof| eof.start);
            first_error(&stages.diagnostics).is_some_and(|first| {
                let limit = matches!(
                    first.code,
                    Code::TooManyLocals | Code::TooManyUpvalues | Code::TooManyRegisters
                );
                limit && first.puc_order.is_some_and(|puc_order| puc_order.token_at == end)
            })
        }
    }
}

/// Compiles an input of a session that has these variables, the latest last: of several with the same
/// name, the latest is used.
///
/// # Errors
/// The errors, in the order of the text, for display.
pub fn compile_input(
    source: &Source,
    options: &Options,
    variables: &[Variable],
) -> Result<Input, Vec<Diagnostic>> {
    let (parsed, form) = parse_input(source, options);
    let Parsed { mut tokens, mut chunk, mut diagnostics } = parsed;
    if !diagnostics.is_empty() {
        // Error recovery, which reads statements only, gives better reports.
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
        crate::diag::in_order(&mut diagnostics);
        return Err(diagnostics);
    }
    let module = verified(module)?;
    let names = |list: &[Sym]| list.iter().map(|&name| tokens.names.bytes(name).into()).collect();
    let (globals, closed) = (names(&resolved.globals), names(&resolved.closed));
    Ok(Input { module, form, upvalues: resolved.upvalues, globals, closed })
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

    fn new(name: &str) -> InputUpvalue {
        InputUpvalue::New(variable(name, false))
    }

    #[test]
    fn outermost_locals_are_links() {
        let input = compiled("local a, b <const> = 1, 2 do local c = a end", &[]).unwrap();
        assert_eq!(input.upvalues, [new("a"), InputUpvalue::New(variable("b", true))]);
        let input = compiled("local function f() return f, x, y end", &[variable("x", false)]);
        assert_eq!(input.unwrap().upvalues, [new("f"), InputUpvalue::Existing(0)]);
    }

    #[test]
    fn the_latest_of_a_name_counts() {
        let twice = [variable("x", false), variable("x", false)];
        assert_eq!(compiled("x", &twice).unwrap().upvalues, [InputUpvalue::Existing(1)]);
        let redefined = compiled("local x = x + 1; print(x)", &twice).unwrap();
        assert_eq!(redefined.upvalues, [InputUpvalue::Existing(1), new("x")]);
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
        assert_eq!((input.upvalues, &*input.closed), (vec![new("y")], &[(*b"x").into()][..]));
    }

    #[test]
    fn declared_globals_are_listed() {
        let input = compiled("global x; x = 1", &[variable("x", false)]).unwrap();
        assert_eq!((input.upvalues, &*input.globals), (vec![], &[(*b"x").into()][..]));
    }

    #[test]
    fn the_interpretation_that_parses_further_is_reported() {
        let errors = compiled("1 + * 2", &[]).unwrap_err();
        assert_eq!((errors.len(), errors[0].span.start), (1, 4));
        let errors = compiled("x = 1 2", &[]).unwrap_err();
        assert_eq!(errors[0].span.start, 6);
    }
}
