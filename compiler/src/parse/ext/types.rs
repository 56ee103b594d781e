//! Type annotations: Luau's grammar.

use super::hint::Hint;
use super::soft::word;
use crate::ast::types::{Generic, Generics, Type, TypeField, TypeId, TypeKey, TypeParam};
use crate::ast::{Binding, BindingId, FuncId, Stmt};
use crate::lex::TokenKind as T;
use crate::parse::error::SyntaxError;
use crate::parse::expr::expr;
use crate::parse::func::bind;
use crate::parse::state::*;
use crate::parse::stmt::{equals, numeric_for};
use crate::{Span, Sym};

/// `[':' type]` after a variable.
#[cold]
pub(in crate::parse) fn annotation<M: Mode>(inp: &mut In<'_, '_, M>, binding: BindingId) -> R<()> {
    if inp.state().luka && eat(inp, T::Colon) {
        let ty = ty(inp)?;
        inp.state().chunk.ext_mut().binding_types.push((binding, ty));
    }
    Ok(())
}

/// `':' type`, after the first variable of a `for`.
#[cold]
pub(in crate::parse) fn typed_for<M: Mode>(
    inp: &mut In<'_, '_, M>,
    from: u32,
    first: Binding,
) -> R<Stmt> {
    let base = inp.state().scratch.len();
    let var = bind(inp, first);
    annotation(inp, var)?;
    match kind(inp) {
        T::Comma | T::In => super::generic_for(inp, from, base, false),
        T::Eq => {
            inp.state().scratch.truncate(base);
            // The variable gets a new binding, to which its type is transferred.
            let next = BindingId::new(inp.state().chunk.bindings.len() as u32);
            if let Some(last) = inp.state().chunk.ext_mut().binding_types.last_mut() {
                last.0 = next;
            }
            numeric_for(inp, from, first)
        }
        _ => {
            fail(inp, SyntaxError::ForExpected)?;
            inp.state().scratch.truncate(base);
            Ok(Stmt::Error)
        }
    }
}

/// `':' type` after a function's parameters.
#[cold]
pub(in crate::parse) fn return_annotation<M: Mode>(inp: &mut In<'_, '_, M>, func: FuncId) -> R<()> {
    if inp.state().luka && eat(inp, T::Colon) {
        let ty = results(inp)?;
        inp.state().chunk.ext_mut().return_types.push((func, ty));
    }
    Ok(())
}

/// `'<' names '>'` after a function's name.
#[cold]
pub(in crate::parse) fn function_generics<M: Mode>(inp: &mut In<'_, '_, M>, func: FuncId) -> R<()> {
    if inp.state().luka {
        let generics = generics(inp)?;
        inp.state().chunk.ext_mut().generics.push((func, generics));
    }
    Ok(())
}

/// `'=' value`, if a `=` is here.
pub(super) fn parameter_default<M: Mode>(
    inp: &mut In<'_, '_, M>,
    value: impl FnOnce(&mut In<'_, '_, M>) -> R<()>,
) -> R<()> {
    if equals(inp) { value(inp) } else { Ok(()) }
}

/// The bytes of the current token a type has not taken, if it has taken some.
fn rest<M: Mode>(inp: &mut In<'_, '_, M>) -> Option<&'static str> {
    let (at, taken) = inp.state().soft.split;
    (taken > 0 && at == index(inp)).then(|| &kind(inp).text()[taken as usize..])
}

/// Has a type taken only the first bytes of the current token?
pub(super) fn is_split<M: Mode>(inp: &mut In<'_, '_, M>) -> bool {
    rest(inp).is_some()
}

/// Takes the rest of a token that is a `=`.
#[cold]
pub(in crate::parse) fn rest_is_equals<M: Mode>(inp: &mut In<'_, '_, M>) -> bool {
    let found = rest(inp) == Some("=");
    if found {
        inp.skip();
    }
    found
}

/// Takes one `>`, which may be the first of a longer token.
fn close_angle<M: Mode>(inp: &mut In<'_, '_, M>) -> R<()> {
    let text = match rest(inp) {
        Some(text) => text,
        None => kind(inp).text(),
    };
    if text == ">" {
        inp.skip();
    } else if matches!(text, ">>" | ">=" | ">>=") {
        let at = index(inp);
        let taken = kind(inp).text().len() - text.len() + 1;
        inp.state().soft.split = (at, taken as u8);
    } else {
        fail(inp, SyntaxError::Expected(T::Greater))?;
    }
    Ok(())
}

fn add_type<M: Mode>(inp: &mut In<'_, '_, M>, ty: Type, from: u32) -> TypeId {
    let span: Span = span_from(inp, from);
    inp.state().chunk.ext_mut().add_type(ty, span)
}

/// A type.
pub(super) fn ty<M: Mode>(inp: &mut In<'_, '_, M>) -> R<TypeId> {
    enter(inp)?;
    let from = start(inp);
    if failed(inp) {
        return Ok(add_type(inp, Type::Error, from));
    }
    let leading = kind(inp);
    if matches!(leading, T::Pipe | T::Amp) {
        inp.skip();
    }
    let first = optional_type(inp)?;
    let mut all = vec![first];
    let operator = kind(inp);
    if matches!(operator, T::Pipe | T::Amp) && !is_split(inp) {
        while kind(inp) == operator {
            inp.skip();
            let next = optional_type(inp)?;
            all.push(next);
        }
        if matches!(kind(inp), T::Pipe | T::Amp) {
            fail(inp, SyntaxError::Extension(Hint::MixedType))?;
        }
    }
    leave(inp, 1);
    Ok(match (all.as_slice(), operator) {
        ([_], _) => first,
        (_, T::Pipe) => add_type(inp, Type::Union(all), from),
        _ => add_type(inp, Type::Intersection(all), from),
    })
}

/// A simple type and the `?` after it.
fn optional_type<M: Mode>(inp: &mut In<'_, '_, M>) -> R<TypeId> {
    let from = start(inp);
    let mut id = simple_type(inp)?;
    while !is_split(inp) && eat(inp, T::Question) {
        id = add_type(inp, Type::Optional(id), from);
    }
    Ok(id)
}

fn simple_type<M: Mode>(inp: &mut In<'_, '_, M>) -> R<TypeId> {
    let from = start(inp);
    let token = peek(inp);
    let ty = match token.kind {
        T::Nil => Type::Nil,
        T::True => Type::Bool(true),
        T::False => Type::Bool(false),
        T::Str => Type::Str(token.sym()),
        T::Name => return named_type(inp),
        T::LBrace => return table_type(inp),
        T::LParen | T::Less => return function_type(inp),
        _ => {
            fail(inp, SyntaxError::Extension(Hint::Type))?;
            return Ok(add_type(inp, Type::Error, from));
        }
    };
    inp.skip();
    Ok(add_type(inp, ty, from))
}

/// `Name ['.' Name] ['<' types '>'] | typeof '(' exp ')'`
fn named_type<M: Mode>(inp: &mut In<'_, '_, M>) -> R<TypeId> {
    let from = start(inp);
    let is_typeof = word(inp, 0) == b"typeof" && kind_ahead(inp, 1) == T::LParen;
    let mut name = peek(inp).sym();
    inp.skip();
    if is_typeof {
        let open = start(inp);
        inp.skip();
        let value = expr(inp)?;
        expect_closer(inp, T::RParen, T::LParen, open, open)?;
        return Ok(add_type(inp, Type::Typeof(value), from));
    }
    let mut prefix = None;
    if eat(inp, T::Dot) {
        let Some((last, _)) = crate::parse::state::name(inp)? else {
            return Ok(add_type(inp, Type::Error, from));
        };
        prefix = Some(std::mem::replace(&mut name, last));
    }
    let mut args = None;
    if eat(inp, T::Less) {
        let mut list = Vec::new();
        while rest(inp).is_none() && !starts_with_angle(kind(inp)) {
            let arg = results(inp)?;
            list.push(arg);
            if !eat(inp, T::Comma) {
                break;
            }
        }
        close_angle(inp)?;
        args = Some(list);
    }
    Ok(add_type(inp, Type::Named { prefix, name, args }, from))
}

fn starts_with_angle(kind: T) -> bool {
    matches!(kind, T::Greater | T::GreaterGreater | T::GreaterEq | T::GreaterGreaterEq)
}

/// A type, or several: `(T, U)`, `...T`, `T...`.
fn results<M: Mode>(inp: &mut In<'_, '_, M>) -> R<TypeId> {
    let from = start(inp);
    match kind(inp) {
        T::Dots => variadic(inp),
        T::Name if kind_ahead(inp, 1) == T::Dots => {
            let name = peek(inp).sym();
            inp.skip();
            inp.skip();
            Ok(add_type(inp, Type::GenericPack(name), from))
        }
        T::LParen => {
            let id = function_type(inp)?;
            let ty = &inp.state().chunk.ext_mut().types[id.index()];
            // `(T)?`, `(T) | U`: the parenthesis was only the start.
            if !matches!(ty, Type::Pack(_)) && !is_split(inp) {
                return rest_of_type(inp, id, from);
            }
            Ok(id)
        }
        _ => ty(inp),
    }
}

/// `?`, `|` and `&` after a type that has been read.
fn rest_of_type<M: Mode>(inp: &mut In<'_, '_, M>, first: TypeId, from: u32) -> R<TypeId> {
    let mut id = first;
    while eat(inp, T::Question) {
        id = add_type(inp, Type::Optional(id), from);
    }
    let operator = kind(inp);
    if !matches!(operator, T::Pipe | T::Amp) {
        return Ok(id);
    }
    let mut all = vec![id];
    while eat(inp, operator) {
        let next = optional_type(inp)?;
        all.push(next);
    }
    let ty = if operator == T::Pipe { Type::Union(all) } else { Type::Intersection(all) };
    Ok(add_type(inp, ty, from))
}

/// `'...' type`
fn variadic<M: Mode>(inp: &mut In<'_, '_, M>) -> R<TypeId> {
    let from = start(inp);
    inp.skip();
    let inner = ty(inp)?;
    Ok(add_type(inp, Type::Variadic(inner), from))
}

/// `[generics] '(' types ')' ['->' results]`; without the arrow a parenthesis.
fn function_type<M: Mode>(inp: &mut In<'_, '_, M>) -> R<TypeId> {
    enter(inp)?;
    let from = start(inp);
    if failed(inp) {
        return Ok(add_type(inp, Type::Error, from));
    }
    let is_generic = kind(inp) == T::Less;
    let generics = if is_generic { generics(inp)? } else { Generics::default() };
    let open = start(inp);
    expect(inp, T::LParen)?;
    let mut params: Vec<TypeParam> = Vec::new();
    while kind(inp) != T::RParen {
        let mut name = None;
        if kind(inp) == T::Name && kind_ahead(inp, 1) == T::Colon {
            name = Some(peek(inp).sym());
            inp.skip();
            inp.skip();
        }
        let ty = results(inp)?;
        params.push(TypeParam { name, ty });
        if !eat(inp, T::Comma) {
            break;
        }
    }
    expect_closer(inp, T::RParen, T::LParen, open, open)?;
    let ty = if eat(inp, T::Arrow) {
        let result = results(inp)?;
        Type::Function { generics, params, result }
    } else if is_generic || params.iter().any(|p| p.name.is_some()) {
        fail(inp, SyntaxError::Expected(T::Arrow))?;
        Type::Error
    } else {
        match params.as_slice() {
            [only] if is_single(inp, only.ty) => Type::Paren(only.ty),
            _ => Type::Pack(params.iter().map(|p| p.ty).collect()),
        }
    };
    leave(inp, 1);
    Ok(add_type(inp, ty, from))
}

fn is_single<M: Mode>(inp: &mut In<'_, '_, M>, id: TypeId) -> bool {
    let ty = &inp.state().chunk.ext_mut().types[id.index()];
    !matches!(ty, Type::Variadic(_) | Type::GenericPack(_) | Type::Pack(_))
}

/// `'{' type '}' | '{' {field (',' | ';')} '}'`
fn table_type<M: Mode>(inp: &mut In<'_, '_, M>) -> R<TypeId> {
    let from = start(inp);
    inp.skip();
    let mut fields = Vec::new();
    while kind(inp) != T::RBrace {
        let is_field = match kind(inp) {
            T::LBracket => true,
            T::Name => kind_ahead(inp, 1) == T::Colon || is_access(inp),
            _ => false,
        };
        if !is_field && fields.is_empty() {
            let item = ty(inp)?;
            expect_closer(inp, T::RBrace, T::LBrace, from, from)?;
            return Ok(add_type(inp, Type::Array(item), from));
        }
        let Some(field) = type_field(inp)? else { break };
        fields.push(field);
        if !eat(inp, T::Comma) && !eat(inp, T::Semi) {
            break;
        }
    }
    expect_closer(inp, T::RBrace, T::LBrace, from, from)?;
    Ok(add_type(inp, Type::Table(fields), from))
}

/// `read` or `write` before a field?
fn is_access<M: Mode>(inp: &mut In<'_, '_, M>) -> bool {
    matches!(word(inp, 0), b"read" | b"write")
        && matches!(kind_ahead(inp, 1), T::Name | T::LBracket)
}

fn type_field<M: Mode>(inp: &mut In<'_, '_, M>) -> R<Option<TypeField>> {
    let mut access: Option<Sym> = None;
    if is_access(inp) {
        access = Some(peek(inp).sym());
        inp.skip();
    }
    let key = if eat(inp, T::LBracket) {
        let token = peek(inp);
        let key = if token.kind == T::Str && kind_ahead(inp, 1) == T::RBracket {
            inp.skip();
            TypeKey::Str(token.sym())
        } else {
            TypeKey::Index(ty(inp)?)
        };
        expect(inp, T::RBracket)?;
        key
    } else {
        let Some((name, _)) = name(inp)? else { return Ok(None) };
        TypeKey::Name(name)
    };
    expect(inp, T::Colon)?;
    let value = ty(inp)?;
    Ok(Some(TypeField { access, key, value }))
}

/// `'<' {Name ['...'] ['=' type]} '>'`
pub(super) fn generics<M: Mode>(inp: &mut In<'_, '_, M>) -> R<Generics> {
    inp.skip();
    let mut list = Vec::new();
    while let Some((name, _)) = name(inp)? {
        let is_pack = eat(inp, T::Dots);
        let default = if equals(inp) { Some(results(inp)?) } else { None };
        list.push(Generic { name, is_pack, default });
        if !eat(inp, T::Comma) {
            break;
        }
    }
    close_angle(inp)?;
    Ok(Generics(list))
}

/// The type of a function's `...`, after it.
pub(super) fn vararg_type<M: Mode>(inp: &mut In<'_, '_, M>, func: FuncId) -> R<()> {
    if eat(inp, T::Colon) {
        let ty = results(inp)?;
        inp.state().chunk.ext_mut().vararg_types.push((func, ty));
    }
    Ok(())
}
