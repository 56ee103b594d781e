//! Types that annotations declare, and values that are none of them.
//!
//! Nothing is inferred: a value counts if it is a literal or a variable that is one for good, and a type if all of
//! it is known. An annotation that is unclear says nothing.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use super::facts::Kind;
use super::values::{Known, Values};
use super::{Context, lint, similar};
use crate::annotation::{
    Annotated, Annotations, Basic, DeclaredKind, Literal, Mention, Origin, Signature, Type,
};
use crate::ast::{Expr, ExprId, Field, FuncId, Id, Stmt};
use crate::diag::Code;
use crate::{Span, Sym};

/// How many names are followed from an alias to what it stands for.
const STEPS: u32 = 8;
/// How many types are compared with a value.
const LOOKS: u32 = 1000;

/// What a program declares by a name.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Meaning {
    /// A class, with its parents.
    Class(Vec<Type>),
    /// Another type.
    Alias(Type),
    /// Something that is not looked into, or several things.
    Unclear,
}

/// The types of a program.
#[derive(Clone, Debug, Default)]
pub(super) struct TypeNames {
    declared: HashMap<Box<str>, Meaning>,
    /// How often other names are written.
    uses: HashMap<Box<str>, u32>,
}

impl TypeNames {
    /// Adds what a file declares and names.
    pub(super) fn add(&mut self, annotations: &Annotations) {
        for declared in &annotations.declared {
            let meaning = match declared.kind {
                DeclaredKind::Class => Meaning::Class(declared.parents.clone()),
                DeclaredKind::Alias => Meaning::Alias(declared.ty.clone()),
                DeclaredKind::Enum => Meaning::Unclear,
            };
            let known = self.declared.entry(declared.name.clone());
            known
                .and_modify(|known| {
                    match (&mut *known, &meaning) {
                        // A class may be declared in parts.
                        (Meaning::Class(parents), Meaning::Class(more)) => {
                            parents.extend(more.iter().cloned());
                        }
                        (known, meaning) if *known == *meaning => {}
                        (known, _) => *known = Meaning::Unclear,
                    }
                })
                .or_insert(meaning);
        }
        for mention in &annotations.mentions {
            *self.uses.entry(mention.name.clone()).or_default() += 1;
        }
    }
}

pub(super) fn check(cx: &mut Context, values: &Values) {
    if cx.annotations.is_empty() && cx.annotations.mentions.is_empty() {
        return;
    }
    names(cx);
    parameters(cx);
    let functions = Functions::new(cx);
    for (id, expr) in cx.exprs() {
        if values.expects_error(cx.chunk.expr_span(id)) {
            continue;
        }
        let (function, args, shift) = match expr {
            Expr::Call { callee, args, .. } => match functions.called(cx, values, callee) {
                Some(function) => (function, args, 0),
                None => continue,
            },
            Expr::MethodCall(call) => {
                let call = cx.chunk.method_call(call);
                match functions.field(cx, call.object, call.name) {
                    Some(function) => (function, call.args, 1),
                    None => continue,
                }
            }
            _ => continue,
        };
        let args: Vec<ExprId> = cx.chunk.list(args).collect();
        call(cx, values, id, function, &args, shift);
    }
    let params = cx.facts.variables.iter().filter(|variable| variable.kind == Kind::Param);
    let params: HashSet<Span> = params.map(|variable| variable.span).collect();
    for (_, stmt) in cx.stmts() {
        match stmt {
            Stmt::Local { bindings, values: list } => {
                let names = cx.chunk.list(bindings).map(|b| cx.chunk.binding(b).name_span);
                let names: Vec<Span> = names.collect();
                let list: Vec<ExprId> = cx.chunk.list(list).collect();
                for (name, value) in names.into_iter().zip(list) {
                    given(cx, values, name, value);
                }
            }
            Stmt::Assign { targets, values: list } => {
                let targets: Vec<ExprId> = cx.chunk.list(targets).collect();
                let list: Vec<ExprId> = cx.chunk.list(list).collect();
                for (target, value) in targets.into_iter().zip(list) {
                    let Some(name) = cx.facts.variable(target).map(|variable| variable.span) else {
                        continue;
                    };
                    // What a comment says of a parameter is what it begins with.
                    let annotation = cx.annotations.types.get(&name.start);
                    let is_native = annotation.is_some_and(|known| known.origin == Origin::Native);
                    if is_native || !params.contains(&name) {
                        given(cx, values, name, value);
                    }
                }
            }
            _ => {}
        }
    }
}

// -------------------------------------------------------------------- names

/// Type names that nobody declares.
fn names(cx: &mut Context) {
    let annotations = cx.annotations;
    for mention in &annotations.mentions {
        let types = &cx.program.types;
        if types.declared.contains_key(&mention.name) {
            continue;
        }
        // `---@type Window local Window = …`: the class is made by a function, and its variable is its name.
        if mention.origin != Origin::Native && is_variable(cx, &mention.name) {
            continue;
        }
        let near = near(types, mention);
        // In comments, others may declare it: libraries, whose files are not among these.
        let is_certain = near.is_some()
            || mention.origin == Origin::Native
                && types.uses.get(&mention.name).is_none_or(|&uses| uses <= 2);
        if !is_certain {
            continue;
        }
        let message = format!("no type is called `{}`", mention.name);
        let found = lint(Code::UnknownType, mention.span, message);
        cx.report(match near {
            Some(near) => found.with_help(format!("did you mean `{near}`?")).with_fix(
                format!("write `{near}`"),
                false,
                mention.span,
                near,
            ),
            None => found.with_help(
                "types are declared by `type Name = …`, `---@class Name` and `---@alias Name`",
            ),
        });
    }
}

/// Whether a variable has this name.
fn is_variable(cx: &Context, name: &str) -> bool {
    let facts = cx.facts;
    let mut names =
        facts.variables.iter().map(|v| v.name).chain(facts.globals.iter().map(|g| g.name));
    names.any(|variable| cx.bytes(variable) == name.as_bytes())
}

/// The declared type with a similar name.
fn near(types: &TypeNames, mention: &Mention) -> Option<String> {
    let name = &*mention.name;
    if name.len() < 4 {
        return None;
    }
    let plain = |text: &str| {
        let text = text.trim_end_matches(|c: char| c.is_ascii_digit());
        text.strip_suffix('s').unwrap_or(text).to_string()
    };
    // Part of a name says where to look for it.
    let parts = |text: &str| text.matches('.').count();
    let own = types.declared.keys().map(|known| &**known);
    let mut known: Vec<&str> = Basic::ALL.iter().map(|basic| basic.name()).chain(own).collect();
    known.retain(|known| plain(known) != plain(name) && parts(known) == parts(name));
    // `DiagnosticTag` is no misspelt `Diagnostic`.
    known.retain(|known| {
        let is_part = known.starts_with(name) || name.starts_with(known);
        !is_part || known.len().abs_diff(name.len()) < 3
    });
    if mention.origin == Origin::LDoc {
        // Other names are of modules, of libraries, or prose, which spells names of types otherwise.
        known.retain(|known| Basic::of_name(known).is_some() && !known.eq_ignore_ascii_case(name));
    }
    known.sort_unstable();
    // A name that is written often is meant so.
    let times = types.uses.get(name).copied().unwrap_or(0);
    if times > 3 {
        return None;
    }
    let near = similar(name.as_bytes(), known.iter().map(|known| known.as_bytes()))?;
    Some(String::from_utf8_lossy(near).into_owned())
}

/// Described parameters that the function does not have.
fn parameters(cx: &mut Context) {
    let annotations = cx.annotations;
    for described in &annotations.described {
        let func = FuncId::from_index(described.func);
        let node = cx.chunk.func(func);
        let own: Vec<String> = cx
            .chunk
            .list(node.params)
            .map(|binding| cx.text(cx.chunk.binding(binding).name))
            .collect();
        // Arguments without a name may be called anything, and so may `self`.
        let has_self = own.iter().any(|own| own == "self")
            && !described.names.iter().any(|(name, _)| **name == *"self");
        if node.is_vararg || has_self || own.iter().any(|name| name.starts_with(['_', '('])) {
            continue;
        }
        for (name, span) in &described.names {
            let is_name =
                !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            if !is_name || **name == *"self" || own.iter().any(|own| **own == **name) {
                continue;
            }
            let rest = own.iter().filter(|own| !described.names.iter().any(|(n, _)| **n == ***own));
            let rest: Vec<&str> = rest.map(String::as_str).collect();
            let message = format!("the function has no parameter `{name}`");
            let found = lint(Code::UnknownParameter, *span, message);
            let near = similar(name.as_bytes(), rest.iter().map(|name| name.as_bytes()));
            let near = near.map(|near| String::from_utf8_lossy(near).into_owned());
            let near = near.or_else(|| match rest.as_slice() {
                [only] if described.names.len() == own.len() => Some(only.to_string()),
                _ => None,
            });
            let at = Span::new(node.span.start, node.span.start + "function".len() as u32);
            let found = found.with_secondary(
                at,
                match own.as_slice() {
                    [] => "it has none".to_string(),
                    own => format!("its parameters: {}", own.join(", ")),
                },
            );
            cx.report(match near {
                Some(near) => found.with_fix(format!("write `{near}`"), false, *span, near),
                None => found,
            });
        }
    }
}

// -------------------------------------------------------------------- values

/// Functions that are fields of a variable, each given once.
struct Functions {
    fields: HashMap<(u32, Sym), Option<FuncId>>,
}

impl Functions {
    fn new(cx: &Context) -> Functions {
        let mut fields: HashMap<(u32, Sym), Option<FuncId>> = HashMap::new();
        let mut add = |owner: Option<u32>, name: Sym, func: Option<FuncId>| {
            let Some(owner) = owner else { return };
            // What is given twice is either.
            fields.entry((owner, name)).and_modify(|known| *known = None).or_insert(func);
        };
        let function = |id: Option<ExprId>| match id.map(|id| cx.chunk.expr(id)) {
            Some(Expr::Function(func)) => Some(func),
            _ => None,
        };
        for (number, variable) in cx.facts.variables.iter().enumerate() {
            let Some(Expr::Table(table)) = variable.value.map(|value| cx.chunk.expr(value)) else {
                continue;
            };
            for field in cx.chunk.list(cx.chunk.table(table).fields) {
                if let Field::Named { name, value, .. } = cx.chunk.field(field) {
                    add(Some(number as u32), name, function(Some(value)));
                }
            }
        }
        let place = |target: ExprId| match cx.chunk.expr(target) {
            Expr::Field { object, name } => Some((cx.facts.variable_index(object), name)),
            _ => None,
        };
        for stmt in &cx.chunk.stmts {
            match *stmt {
                Stmt::Function { target, func } => {
                    if let Some((owner, name)) = place(target) {
                        add(owner, name, Some(func));
                    }
                }
                Stmt::Assign { targets, values } => {
                    for (number, target) in cx.chunk.list(targets).enumerate() {
                        if let Some((owner, name)) = place(target) {
                            let value = cx.chunk.list_get(values, number);
                            add(owner, name, function(value));
                        }
                    }
                }
                _ => {}
            }
        }
        Functions { fields }
    }

    /// The function that a callee is.
    fn called(&self, cx: &Context, values: &Values, callee: ExprId) -> Option<FuncId> {
        match cx.chunk.expr(callee) {
            Expr::Field { object, name } => self.field(cx, object, name),
            _ => values.function(cx, callee).map(|declared| declared.func),
        }
    }

    fn field(&self, cx: &Context, object: ExprId, name: Sym) -> Option<FuncId> {
        let Expr::Name(_) = cx.chunk.expr(object) else { return None };
        let owner = cx.facts.variable_index(object)?;
        let variable = &cx.facts.variables[owner as usize];
        // Of a parameter, others may give it the field.
        let is_own = variable.kind == Kind::Local && variable.writes == 0;
        let is_table =
            variable.value.is_some_and(|value| matches!(cx.chunk.expr(value), Expr::Table(_)));
        if !is_own || !is_table {
            return None;
        }
        self.fields.get(&(owner, name)).copied().flatten()
    }
}

/// A call of a function that is annotated. `shift`: the object of a method is its first argument.
fn call(
    cx: &mut Context,
    values: &Values,
    id: ExprId,
    function: FuncId,
    args: &[ExprId],
    shift: usize,
) {
    let annotations = cx.annotations;
    let Some(signature) = annotations.functions.get(&(function.index() as u32)) else { return };
    let node = cx.chunk.func(function);
    // `function t:m(a)` and `function t.m(t, a)`, called as `t:m(1)` or `t.m(t, 1)`.
    let own = usize::from(node.is_method);
    if signature.has_overloads || own < shift && signature.parameters.is_empty() {
        return;
    }
    for (number, &arg) in args.iter().enumerate() {
        let Some(at) = (number + shift).checked_sub(own) else { continue };
        let Some(parameter) = signature.parameters.get(at) else { break };
        let is_open = number + 1 == args.len()
            && matches!(cx.chunk.expr(arg), Expr::Call { .. } | Expr::MethodCall(_) | Expr::Vararg);
        if is_open || parameter.is_optional && matches!(cx.chunk.expr(arg), Expr::Nil) {
            continue;
        }
        let Some(binding) = cx.chunk.list_get(node.params, at) else { break };
        let name = cx.chunk.binding(binding);
        let Some(known) = annotations.types.get(&name.name_span.start) else { continue };
        if is_other(cx, values, &known.ty, arg, known.origin, name.name) {
            let what = format!("parameter `{}`", cx.text(name.name));
            mismatch(cx, values, &what, known, arg);
        }
    }
    missing(cx, id, function, signature, args, shift);
}

/// Fewer arguments than parameters that have to have one.
fn missing(
    cx: &mut Context,
    id: ExprId,
    function: FuncId,
    signature: &Signature,
    args: &[ExprId],
    shift: usize,
) {
    let node = cx.chunk.func(function);
    let own = usize::from(node.is_method);
    let Some(given) = (args.len() + shift).checked_sub(own) else { return };
    let is_open = args.last().is_some_and(|&last| {
        matches!(cx.chunk.expr(last), Expr::Call { .. } | Expr::MethodCall(_) | Expr::Vararg)
    });
    if is_open {
        return;
    }
    let bindings = cx.chunk.list(node.params).map(|binding| cx.chunk.binding(binding));
    let mut rest = bindings.zip(&signature.parameters).skip(given);
    // Whatever the program tests may be left out.
    let needed = rest.find(|(binding, parameter)| {
        !parameter.is_optional
            && !accepts_nil(cx, &parameter.ty)
            && !cx.facts.tested.contains(&binding.name)
    });
    let Some((name, _)) = needed else { return };
    let Some(known) = cx.annotations.types.get(&name.name_span.start) else { return };
    let span = cx.chunk.expr_span(id);
    let at = Span::new(span.end.saturating_sub(1), span.end);
    let text = cx.text(name.name);
    let message = format!("the argument for `{text}` is missing");
    let found = lint(Code::ArgumentCount, at, message);
    let declared = format!("`{text}` is annotated as `{}`", known.ty);
    cx.report(found.with_label("missing argument").with_secondary(known.span, declared));
}

/// A variable that is declared at a place is given a value.
fn given(cx: &mut Context, values: &Values, name: Span, value: ExprId) {
    let annotations = cx.annotations;
    let Some(known) = annotations.types.get(&name.start) else { return };
    let text = String::from_utf8_lossy(cx.source_text(name)).into_owned();
    let Some(sym) = cx.tokens.names.lookup(text.as_bytes()) else { return };
    if annotations.casts.contains(&*text) {
        return;
    }
    // What a comment says of a variable is often what it will be.
    let is_nil = matches!(cx.chunk.expr(value), Expr::Nil);
    if is_nil && known.origin != Origin::Native {
        return;
    }
    if is_other(cx, values, &known.ty, value, known.origin, sym) {
        mismatch(cx, values, &format!("`{text}`"), known, value);
    }
}

fn mismatch(cx: &mut Context, values: &Values, what: &str, known: &Annotated, value: ExprId) {
    let Some(is) = values.known(cx, value) else { return };
    let text = match cx.chunk.expr(value) {
        Expr::Str(_) => cx.quoted(value),
        _ => is.text().to_string(),
    };
    let message = format!("{what} is annotated as `{}`, but this is {text}", known.ty);
    let found = lint(Code::TypeMismatch, cx.chunk.expr_span(value), message);
    cx.report(found.with_secondary(known.span, "annotated here"));
}

/// Whether a value is certainly not of a type. `name`: what it is given to.
fn is_other(
    cx: &Context,
    values: &Values,
    ty: &Type,
    id: ExprId,
    origin: Origin,
    name: Sym,
) -> bool {
    let Some(known) = values.known(cx, id) else { return false };
    let is_literal = match cx.chunk.expr(id) {
        Expr::Name(_) | Expr::Field { .. } | Expr::Call { .. } => false,
        Expr::Nil => origin == Origin::Native || !cx.facts.tested.contains(&name),
        _ => true,
    };
    // Of what is not written here, only numbers, strings and booleans are certain.
    if !is_literal && !matches!(known, Known::Number | Known::String | Known::Boolean) {
        return false;
    }
    let text = match cx.chunk.expr(id) {
        Expr::Str(text) => Some(cx.bytes(text)),
        _ => None,
    };
    Value { cx, known, text, origin, looks: Cell::new(LOOKS) }.is_none_of(ty, STEPS)
}

/// Whether nil may be of a type: what is not known may be anything.
fn accepts_nil(cx: &Context, ty: &Type) -> bool {
    let (known, origin, looks) = (Known::Nil, Origin::Native, Cell::new(LOOKS));
    !Value { cx, known, text: None, origin, looks }.is_none_of(ty, STEPS)
}

/// A value of which something is known.
struct Value<'a> {
    cx: &'a Context<'a>,
    known: Known,
    /// A string literal.
    text: Option<&'a [u8]>,
    origin: Origin,
    /// How many more types are looked at: aliases may name each other any number of times.
    looks: Cell<u32>,
}

impl Value<'_> {
    /// Whether it is certainly not of a type.
    fn is_none_of(&self, ty: &Type, steps: u32) -> bool {
        let (Some(steps), Some(looks)) = (steps.checked_sub(1), self.looks.get().checked_sub(1))
        else {
            return false;
        };
        self.looks.set(looks);
        match ty {
            Type::Unknown | Type::Other(_) => false,
            Type::Basic(basic) => self.is_not(*basic),
            Type::Literal(Literal::String(wanted)) => match (self.known, self.text) {
                (Known::String, Some(text)) => text != wanted.as_bytes(),
                (Known::String, None) => false,
                _ => true,
            },
            Type::Literal(Literal::Boolean(_)) => self.known != Known::Boolean,
            Type::Literal(Literal::Number(_)) => self.known != Known::Number,
            Type::Array(_) | Type::Map(_) | Type::Table(_) => self.is_not(Basic::Table),
            Type::Function(_) => self.is_not(Basic::Function),
            Type::Union(types) => {
                !types.is_empty() && types.iter().all(|ty| self.is_none_of(ty, steps))
            }
            Type::Named(name, _) => match self.cx.program.types.declared.get(name) {
                Some(Meaning::Alias(ty)) => self.is_none_of(ty, steps),
                Some(Meaning::Class(parents)) => {
                    // (A class may be a function or a table.)
                    matches!(
                        self.known,
                        Known::Nil | Known::Number | Known::String | Known::Boolean
                    ) && parents.iter().all(|parent| match parent {
                        Type::Named(..) | Type::Basic(Basic::Table) => {
                            self.is_none_of(parent, steps)
                        }
                        Type::Table(_) | Type::Map(_) | Type::Array(_) => true,
                        _ => false,
                    })
                }
                Some(Meaning::Unclear) | None => false,
            },
        }
    }

    fn is_not(&self, basic: Basic) -> bool {
        let is_native = self.origin == Origin::Native;
        match basic {
            Basic::Nil => self.known != Known::Nil,
            Basic::Boolean => self.known != Known::Boolean,
            // (The machine converts strings that spell numbers.)
            Basic::Number | Basic::Integer => match (self.known, self.text) {
                (Known::String, Some(text)) if !is_native => {
                    std::str::from_utf8(text).is_ok_and(|text| text.trim().parse::<f64>().is_err())
                }
                (Known::String, None) => is_native,
                (known, _) => known != Known::Number,
            },
            Basic::String => match self.known {
                Known::Number => is_native,
                known => known != Known::String,
            },
            Basic::Table => self.known != Known::Table,
            // (A table may be callable.)
            Basic::Function => !matches!(self.known, Known::Function | Known::Table),
            Basic::Thread | Basic::Userdata => {
                matches!(self.known, Known::Nil | Known::Boolean | Known::Number | Known::String)
            }
        }
    }
}
