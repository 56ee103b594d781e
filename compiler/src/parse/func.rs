//! Functions and blocks.

use super::error::SyntaxError;
use super::expr::expr_list;
use super::ext::{self, Closers};
use super::state::*;
use super::stmt::statement;
use crate::Span;
use crate::ast::{Attrib, Binding, BindingId, Block, BlockId, Chunk, Func, FuncId, List, Stmt};
use crate::lex::TokenKind as T;

/// The whole text: the body of a vararg function.
pub(super) fn main_function<M: Mode>(inp: &mut In<'_, '_, M>) -> R<()> {
    let from = start(inp);
    let func = reserve(inp);
    debug_assert_eq!(func, Chunk::MAIN);
    inp.state().varargs = Varargs::Unnamed;
    let body = block(inp, from)?;
    end_main(inp, func, body, from)
}

/// Expressions alone, as an interactive session takes them: `explist [';']`. The tree is that of
/// `return explist`.
pub(super) fn main_expressions<M: Mode>(inp: &mut In<'_, '_, M>) -> R<()> {
    let from = start(inp);
    let func = reserve(inp);
    inp.state().varargs = Varargs::Unnamed;
    let base = inp.state().scratch.len();
    enter(inp)?;
    let values = expr_list(inp)?;
    let stmt = add_stmt(inp, Stmt::Return(values), from);
    leave(inp, 1);
    eat(inp, T::Semi);
    inp.state().scratch.push(stmt.index() as u32);
    let close_at = start(inp);
    let stmts = inp.state().end_list(base);
    let body = inp.state().chunk.add_block(Block { stmts, open_at: from, close_at });
    end_main(inp, func, body, from)
}

/// The end of the text.
fn end_main<M: Mode>(inp: &mut In<'_, '_, M>, func: FuncId, body: BlockId, from: u32) -> R<()> {
    if kind(inp) != T::Eof {
        fail(inp, SyntaxError::Expected(T::Eof))?;
    }
    let end_at = start(inp);
    let complete = !failed(inp);
    // The input ends after the `Eof` token.
    inp.skip();
    inp.state().chunk.funcs[func.index()] = Func {
        params: List::EMPTY,
        is_vararg: true,
        is_method: false,
        complete,
        body,
        span: Span::new(from, end_at),
        line_at: from,
        end_at,
    };
    Ok(())
}

/// Allocates the id of a function, before those of the functions inside it.
pub(super) fn reserve<M: Mode>(inp: &mut In<'_, '_, M>) -> FuncId {
    inp.state().chunk.add_func(Func {
        params: List::EMPTY,
        is_vararg: false,
        is_method: false,
        complete: false,
        body: BlockId::new(0),
        span: Span::NONE,
        line_at: 0,
        end_at: 0,
    })
}

/// `'(' [parlist] ')' block end`, after the `function` at `from`; `line_at`: on the line of the
/// definition.
pub(super) fn function_body<M: Mode>(
    inp: &mut In<'_, '_, M>,
    from: u32,
    line_at: u32,
    is_method: bool,
) -> R<FuncId> {
    let func = reserve(inp);
    if kind(inp) == T::Less {
        ext::function_generics(inp, func)?;
    }
    expect(inp, T::LParen)?;
    let (params, is_vararg) = parameters(inp, func)?;
    let outer_varargs = enter_varargs(inp, func, is_vararg);
    let outer_uses = inp.state().vararg_uses;
    let close_paren = start(inp);
    expect(inp, T::RParen)?;
    if kind(inp) == T::Colon {
        ext::return_annotation(inp, func)?;
    }
    let body = block(inp, close_paren)?;
    let end_at = start(inp);
    expect_closer(inp, T::End, T::Function, from, line_at)?;
    let complete = !failed(inp);
    let span = span_from(inp, from);
    let state = inp.state();
    state.varargs = outer_varargs;
    state.vararg_uses = outer_uses;
    state.chunk.funcs[func.index()] =
        Func { params, is_vararg, is_method, complete, body, span, line_at, end_at };
    Ok(func)
}

/// Sets what `...` is in `func`; returns what it is in the enclosing function.
pub(super) fn enter_varargs<M: Mode>(
    inp: &mut In<'_, '_, M>,
    func: FuncId,
    is_vararg: bool,
) -> Varargs {
    let varargs = match &inp.state().chunk.ext {
        _ if !is_vararg => Varargs::None,
        Some(ext) if ext.named_varargs.last().is_some_and(|&(named, _)| named == func) => {
            Varargs::Named(func)
        }
        _ => Varargs::Unnamed,
    };
    std::mem::replace(&mut inp.state().varargs, varargs)
}

/// `[{Name ','} (Name | '...')]`
fn parameters<M: Mode>(inp: &mut In<'_, '_, M>, func: FuncId) -> R<(List<BindingId>, bool)> {
    if kind(inp) == T::RParen {
        return Ok((List::EMPTY, false));
    }
    let base = inp.state().scratch.len();
    let mut is_vararg = false;
    loop {
        match kind(inp) {
            T::Name => {
                if let Some((name, name_span)) = name(inp)? {
                    let param = bind(inp, Binding { name, name_span, attrib: Attrib::None });
                    if matches!(kind(inp), T::Colon | T::Eq) {
                        ext::parameter_extras(inp, param)?;
                    }
                }
            }
            T::Dots => {
                inp.skip();
                is_vararg = true;
                if matches!(kind(inp), T::Name | T::Colon | T::Comma) {
                    ext::vararg_extras(inp, func)?;
                }
            }
            T::LBrace | T::LBracket if inp.state().luka => ext::pattern_parameter(inp)?,
            T::RParen if inp.state().luka => break,
            _ => fail(inp, SyntaxError::ParameterExpected)?,
        }
        if is_vararg || !eat(inp, T::Comma) {
            break;
        }
    }
    Ok((inp.state().end_list(base), is_vararg))
}

/// Adds a binding to the tree and to the list being collected.
pub(super) fn bind<M: Mode>(inp: &mut In<'_, '_, M>, binding: Binding) -> BindingId {
    let state = inp.state();
    let id = state.chunk.add_binding(binding);
    state.scratch.push(id.index() as u32);
    id
}

/// `{stat} [retstat]` after the token at `open_at`.
pub(super) fn block<M: Mode>(inp: &mut In<'_, '_, M>, open_at: u32) -> R<BlockId> {
    statements::<M, false>(inp, open_at, Closers::NONE)
}

/// The same; with `SOFT` a soft keyword of `closers` ends it, too.
pub(super) fn statements<M: Mode, const SOFT: bool>(
    inp: &mut In<'_, '_, M>,
    open_at: u32,
    closers: Closers,
) -> R<BlockId> {
    let outer = std::mem::replace(&mut inp.state().soft.closers, closers);
    let base = inp.state().scratch.len();
    // PUC reads the labels and semicolons after a label inside that label's statement, one level
    // deeper each: a run of labels counts as nesting, and no label of the run exists before its
    // end.
    let (mut run, mut run_base) = (0, base);
    loop {
        let first = kind(inp);
        match first {
            T::Eof | T::End | T::Else | T::ElseIf | T::Until => break,
            T::Semi => {
                enter(inp)?;
                leave(inp, 1);
                // An error has moved to the end of the text.
                eat(inp, T::Semi);
            }
            T::Name if SOFT && ext::closes(inp, 0, closers) => break,
            _ => {
                if run != 0 && first != T::ColonColon {
                    leave(inp, run);
                    run = 0;
                }
                if run == 0 {
                    run_base = inp.state().scratch.len();
                }
                enter(inp)?;
                if failed(inp) {
                    break;
                }
                let id = statement(inp, first)?;
                inp.state().scratch.push(id.index() as u32);
                if first == T::ColonColon {
                    run += 1;
                } else {
                    leave(inp, 1);
                }
                if first == T::Return {
                    break;
                }
            }
        }
        if run != 0 && failed(inp) {
            break;
        }
    }
    if run != 0 && failed(inp) {
        inp.state().scratch.truncate(run_base);
    }
    leave(inp, run);
    inp.state().soft.closers = outer;
    let close_at = start(inp);
    let stmts = inp.state().end_list(base);
    Ok(inp.state().chunk.add_block(Block { stmts, open_at, close_at }))
}
