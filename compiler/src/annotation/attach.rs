//! What annotations are about: the statement, field or function directly below a comment, or on its line.

use super::tags::{Line, Tag, Typed, tag};
use super::types::{Parameter, Result, Signature, Type};
use super::{Annotated, Annotations, Declared, DeclaredKind, Described, Origin, native};
use crate::Span;
use crate::ast::ext::ExtStmt;
use crate::ast::{BindingId, Chunk, Expr, ExprId, Field, FuncId, Id, List, Stmt};
use crate::lex::Tokens;
use crate::lex::trivia::{self, Comment};
use crate::source::Source;
use std::collections::HashMap;

impl Annotations {
    /// The annotations of a file.
    pub fn new(source: &Source, tokens: &Tokens, chunk: &Chunk) -> Annotations {
        let mut reader = Reader { source, tokens, chunk, found: Annotations::default() };
        if memchr::memchr(b'@', source.bytes()).is_some() {
            reader.comments();
        }
        if chunk.ext.is_some() {
            reader.native();
        }
        let found = &mut reader.found;
        let generics = &found.generics;
        found.mentions.retain(|mention| !generics.contains(&mention.name));
        reader.found
    }
}

struct Reader<'a> {
    source: &'a Source<'a>,
    tokens: &'a Tokens,
    chunk: &'a Chunk,
    found: Annotations,
}

/// What stands below a comment.
#[derive(Default, Clone)]
struct Below {
    /// Where the names begin of the variables or fields that are given something.
    names: Vec<u32>,
    /// The function that is the first value.
    func: Option<FuncId>,
}

/// The tags of a comment, put together.
#[derive(Default)]
struct Block<'a> {
    params: Vec<Typed<'a>>,
    results: Vec<Typed<'a>>,
    types: Vec<(Type, Span)>,
    vararg: Option<Type>,
    has_overloads: bool,
    is_elsewhere: bool,
    /// The type that was declared last in it.
    declared: Option<usize>,
    /// It begins as documentation does.
    is_document: bool,
}

impl<'a> Reader<'a> {
    // ---------------------------------------------------------------- comments

    fn comments(&mut self) {
        let comments = trivia::comments(self.source, self.tokens);
        let has_tag = |comment: &Comment| {
            let bytes = self.source.bytes();
            let text = &bytes[comment.span.start as usize..comment.span.end as usize];
            memchr::memchr(b'@', text).is_some()
        };
        if !comments.iter().any(has_tag) {
            return;
        }
        let (below, on_line) = self.statements();
        let mut from = 0;
        while from < comments.len() {
            let first = comments[from];
            let mut to = from + 1;
            if first.own_line {
                let follows = |comment: &Comment| {
                    comment.own_line && !comment.blank_before && comment.token == first.token
                };
                to += comments[to..].iter().take_while(|comment| follows(comment)).count();
            }
            let last = comments[to - 1];
            let token = self.tokens.spans[first.token as usize];
            let is_adjacent = self.source.line(token.start) <= self.source.line(last.span.end) + 1;
            let below = below.get(&token.start).filter(|_| is_adjacent);
            let target = match first.own_line {
                true => below,
                // Behind `f(`, it is about the function below.
                false => {
                    let on_line = on_line.get(&self.source.line(first.span.start));
                    on_line.or(below.filter(|below| below.names.is_empty()))
                }
            };
            self.block(&comments[from..to], target.cloned().unwrap_or_default());
            from = to;
        }
    }

    /// What statements, fields and functions are about, by where they begin; and by their line those that are on
    /// one line.
    fn statements(&self) -> (HashMap<u32, Below>, HashMap<u32, Below>) {
        let chunk = self.chunk;
        let (mut below, mut on_line) = (HashMap::new(), HashMap::new());
        let function = |id: Option<ExprId>| match id.map(|id| chunk.expr(id)) {
            Some(Expr::Function(func)) => Some(func),
            _ => None,
        };
        for func in 1..chunk.funcs.len() {
            let func = FuncId::from_index(func as u32);
            let span = chunk.func(func).span;
            below.insert(span.start, Below { names: Vec::new(), func: Some(func) });
        }
        let mut add = |span: Span, what: Below| {
            let line = self.source.line(span.start);
            if self.source.line(span.end.max(span.start + 1) - 1) == line {
                on_line.insert(line, what.clone());
            }
            below.insert(span.start, what);
        };
        for field in &chunk.fields {
            if let Field::Named { name_at, value, .. } = *field {
                let span = Span::new(name_at, chunk.expr_span(value).end);
                add(span, Below { names: vec![name_at], func: function(Some(value)) });
            }
        }
        for (number, stmt) in chunk.stmts.iter().enumerate() {
            let span = chunk.stmt_spans[number];
            match *stmt {
                Stmt::Local { bindings, values } => {
                    add(
                        span,
                        Below {
                            names: self.starts(bindings),
                            func: function(chunk.list_get(values, 0)),
                        },
                    );
                }
                Stmt::LocalFunction { binding, func } => {
                    let names = vec![chunk.binding(binding).name_span.start];
                    add(span, Below { names, func: Some(func) });
                }
                Stmt::Function { target, func } => {
                    let names = self.end_of(target).into_iter().collect();
                    add(span, Below { names, func: Some(func) });
                }
                Stmt::Assign { targets, values } => {
                    let names =
                        chunk.list(targets).filter_map(|target| self.end_of(target)).collect();
                    add(span, Below { names, func: function(chunk.list_get(values, 0)) });
                }
                Stmt::Return(values) => {
                    let func = function(chunk.list_get(values, 0));
                    add(span, Below { names: Vec::new(), func });
                }
                _ => {}
            }
        }
        (below, on_line)
    }

    fn starts(&self, bindings: List<BindingId>) -> Vec<u32> {
        self.chunk.list(bindings).map(|b| self.chunk.binding(b).name_span.start).collect()
    }

    /// Where the last name of a target begins.
    fn end_of(&self, target: ExprId) -> Option<u32> {
        let span = self.chunk.expr_span(target);
        match self.chunk.expr(target) {
            Expr::Name(_) => Some(span.start),
            Expr::Field { name, .. } => {
                Some(span.end.saturating_sub(self.tokens.names.bytes(name).len() as u32))
            }
            _ => None,
        }
    }

    /// The lines of comments.
    fn lines(&self, comments: &[Comment]) -> Vec<Line<'a>> {
        let bytes: &'a [u8] = self.source.bytes();
        let mut lines = Vec::new();
        for comment in comments {
            let (from, to) = (comment.span.start as usize, comment.span.end as usize);
            let Ok(text) = std::str::from_utf8(&bytes[from..to]) else { continue };
            let rest = text.trim_start_matches('-');
            let dashes = text.len() - rest.len();
            if dashes == 2 && rest.starts_with("[") && rest.contains('\n') {
                let mut at = from;
                for line in text.split_inclusive('\n') {
                    let plain = line.trim_end();
                    lines.push(Line { text: plain, at: at as u32, is_document: false });
                    at += line.len();
                }
                continue;
            }
            let at = (from + dashes) as u32;
            lines.push(Line { text: rest, at, is_document: dashes == 3 });
        }
        lines
    }

    fn block(&mut self, comments: &[Comment], target: Below) {
        let lines = self.lines(comments);
        let mut block = Block::default();
        let first = comments[0].span.start as usize;
        block.is_document = self.source.bytes()[first..].starts_with(b"---")
            || self.source.bytes()[first..].starts_with(b"--[");
        for line in &lines {
            let Some(tag) = tag(line, &mut self.found.mentions) else { continue };
            self.tag(tag, &mut block, &target);
        }
        for (name, (ty, span)) in target.names.iter().zip(block.types) {
            self.annotate(*name, ty, span, Origin::Cats);
        }
        if let Some(func) = target.func
            && !block.is_elsewhere
            && block.is_document
            && (!block.params.is_empty() || !block.results.is_empty() || block.vararg.is_some())
        {
            self.signature(func, block.params, block.results, block.vararg, block.has_overloads);
        }
    }

    fn tag(&mut self, tag: Tag<'a>, block: &mut Block<'a>, target: &Below) {
        let declare = |found: &mut Annotations, name: &str, span, kind, parents, ty| {
            let owner = target.names.first().copied();
            let (name, fields) = (name.into(), Vec::new());
            found.declared.push(Declared { name, span, kind, parents, fields, ty, owner });
            Some(found.declared.len() - 1)
        };
        match tag {
            Tag::Param(param) => block.params.push(param),
            Tag::Return(result) => block.results.push(result),
            Tag::Field(field) => {
                if let Some(class) = block.declared {
                    self.found.declared[class].fields.push(field.record());
                }
            }
            Tag::Type(types) => block.types = types,
            Tag::Class { name, span, parents } => {
                let kind = DeclaredKind::Class;
                block.declared = declare(&mut self.found, name, span, kind, parents, Type::Unknown);
            }
            Tag::Alias { name, span, ty } => {
                let kind = DeclaredKind::Alias;
                block.declared = declare(&mut self.found, name, span, kind, Vec::new(), ty);
            }
            Tag::Enum { name, span } => {
                let kind = DeclaredKind::Enum;
                block.declared =
                    declare(&mut self.found, name, span, kind, Vec::new(), Type::Unknown);
            }
            Tag::Generic(names) => {
                self.found.generics.extend(names.into_iter().map(Box::from));
            }
            Tag::Vararg(ty) => block.vararg = Some(ty),
            Tag::Overload => block.has_overloads = true,
            Tag::Cast(name) => drop(self.found.casts.insert(name.into())),
            Tag::Elsewhere => block.is_elsewhere = true,
            Tag::Alternative(ty) => {
                if let Some(alias) = block.declared
                    && self.found.declared[alias].kind == DeclaredKind::Alias
                {
                    let known = &mut self.found.declared[alias].ty;
                    let before = std::mem::take(known);
                    *known = match (before, ty) {
                        (Type::Unknown, _) | (_, Type::Unknown) => Type::Unknown,
                        (Type::Union(mut types), ty) => {
                            types.push(ty);
                            Type::Union(types)
                        }
                        (before, ty) => Type::Union(vec![before, ty]),
                    };
                } else {
                    // Values of a parameter or a result.
                    if let Some(last) = block.params.last_mut() {
                        last.ty = Type::Unknown;
                    }
                }
            }
        }
    }

    fn annotate(&mut self, at: u32, ty: Type, span: Span, origin: Origin) {
        self.found.types.entry(at).or_insert(Annotated { ty, span, origin });
    }

    /// What a comment says of a function.
    fn signature(
        &mut self,
        func: FuncId,
        params: Vec<Typed>,
        results: Vec<Typed>,
        vararg: Option<Type>,
        has_overloads: bool,
    ) {
        let number = func.index() as u32;
        let node = self.chunk.func(func);
        let mut signature = Signature { vararg, has_overloads, ..Signature::default() };
        if node.is_vararg && signature.vararg.is_none() {
            let rest = params.iter().find(|param| param.name == "...");
            signature.vararg = Some(rest.map(|rest| rest.ty.clone()).unwrap_or_default());
        }
        for binding in self.chunk.list(node.params) {
            let binding = self.chunk.binding(binding);
            let name = self.tokens.names.text(binding.name);
            let said = params.iter().find(|param| param.name == name);
            let (ty, is_optional) = said.map_or((Type::Unknown, true), |param| {
                let optional = param.is_optional;
                (param.ty.clone(), optional)
            });
            if let Some(param) = said
                && param.ty != Type::Unknown
            {
                let ty = if is_optional { ty.clone().or_nil() } else { ty.clone() };
                self.annotate(binding.name_span.start, ty, param.span, param.origin);
            }
            signature.parameters.push(Parameter { name: name.into(), ty, is_optional });
        }
        let results = results.into_iter().map(|result| Result { name: "".into(), ty: result.ty });
        signature.results = results.collect();
        let names = params.iter().map(|param| (param.name.into(), param.name_span)).collect();
        self.found.described.push(Described { func: number, names });
        self.found.functions.insert(number, signature);
    }

    // ---------------------------------------------------------------- the language's own

    fn native(&mut self) {
        let chunk = self.chunk;
        let Some(ext) = &chunk.ext else { return };
        let names = &self.tokens.names;
        for &(binding, ty) in &ext.binding_types {
            let span = ext.type_spans[ty.index()];
            let ty = native::read(chunk, names, ty, &mut self.found.mentions);
            let at = chunk.binding(binding).name_span.start;
            // They count more than comments.
            self.found.types.insert(at, Annotated { ty, span, origin: Origin::Native });
        }
        let mut results: HashMap<FuncId, Vec<Result>> = HashMap::new();
        for &(func, ty) in &ext.return_types {
            results.insert(func, native::results(chunk, names, ty, &mut self.found.mentions));
        }
        for (_, generics) in &ext.generics {
            let texts = generics.0.iter().map(|generic| names.text(generic.name).into());
            self.found.generics.extend(texts);
        }
        for statement in &ext.stmts {
            if let ExtStmt::Type { name, generics, ty, .. } = statement {
                let texts = generics.0.iter().map(|generic| names.text(generic.name).into());
                self.found.generics.extend(texts);
                let at = ext.type_spans[ty.index()];
                let ty = native::read(chunk, names, *ty, &mut self.found.mentions);
                self.found.declared.push(Declared {
                    name: names.text(*name).into(),
                    span: at,
                    kind: DeclaredKind::Alias,
                    parents: Vec::new(),
                    fields: Vec::new(),
                    ty,
                    owner: None,
                });
            }
        }
        let defaults: Vec<BindingId> = ext.defaults.iter().map(|(binding, _)| *binding).collect();
        for number in 1..chunk.funcs.len() {
            let func = FuncId::from_index(number as u32);
            self.native_signature(func, results.remove(&func), &defaults);
        }
    }

    /// Joins what the language says of a function to what a comment says.
    fn native_signature(
        &mut self,
        func: FuncId,
        results: Option<Vec<Result>>,
        defaults: &[BindingId],
    ) {
        let chunk = self.chunk;
        let node = chunk.func(func);
        let bindings: Vec<BindingId> = chunk.list(node.params).collect();
        let native =
            |at: u32| self.found.types.get(&at).filter(|known| known.origin == Origin::Native);
        let types: Vec<Option<Type>> = bindings
            .iter()
            .map(|binding| native(chunk.binding(*binding).name_span.start).map(|n| n.ty.clone()))
            .collect();
        if results.is_none() && types.iter().all(Option::is_none) {
            return;
        }
        let known = self.found.functions.entry(func.index() as u32).or_default();
        if known.parameters.is_empty() {
            known.parameters = bindings
                .iter()
                .map(|binding| {
                    let name = self.tokens.names.text(chunk.binding(*binding).name).into();
                    Parameter { name, ty: Type::Unknown, is_optional: true }
                })
                .collect();
            known.vararg = known.vararg.take().or(node.is_vararg.then_some(Type::Unknown));
        }
        for ((parameter, ty), binding) in known.parameters.iter_mut().zip(types).zip(&bindings) {
            if let Some(ty) = ty {
                parameter.is_optional =
                    ty.accepts_nil() || ty == Type::Unknown || defaults.contains(binding);
                parameter.ty = ty;
            }
        }
        if let Some(results) = results {
            known.results = results;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::{Options, parse};

    fn read(text: &str) -> (Annotations, String) {
        let source = Source::from_text(text);
        let parsed = parse(&source, &Options::default());
        assert!(parsed.diagnostics.is_empty(), "{text}");
        (Annotations::new(&source, &parsed.tokens, &parsed.chunk), text.to_string())
    }

    /// The types of names, in the order of the text.
    fn types(text: &str) -> Vec<String> {
        let (found, text) = read(text);
        let mut types: Vec<_> = found.types.iter().collect();
        types.sort_by_key(|(at, _)| **at);
        let name = |at: u32| {
            let rest = &text[at as usize..];
            rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
        };
        types.into_iter().map(|(at, known)| format!("{}: {}", name(*at), known.ty)).collect()
    }

    #[test]
    fn all_three_kinds_say_the_same() {
        for text in [
            "local function f(a: number, b: string?): boolean return a end",
            "---@param a number\n---@param b? string\n---@return boolean\nlocal function f(a, b) return a end",
            "--- Text.\n-- @tparam number a\n-- @tparam[opt] string b\n-- @treturn boolean\nlocal function f(a, b) return a end",
            "--- Text.\n--- @param a number the first\n--- @param b string? the second\n--- @return boolean\nlocal function f(a, b) return a end",
            "--[[--\nText.\n@tparam number a\n@tparam ?string b\n@treturn boolean\n]]\nlocal function f(a, b) return a end",
        ] {
            assert_eq!(types(text), ["a: number", "b: string?"], "{text}");
            let (found, _) = read(text);
            let signature = found.functions.values().next().expect("a signature");
            assert!(signature.parameters[1].is_optional && !signature.parameters[0].is_optional);
            assert_eq!(signature.results.len(), 1, "{text}");
            assert_eq!(signature.results[0].ty.to_string(), "boolean");
        }
    }

    #[test]
    fn what_is_below_is_meant() {
        assert_eq!(types("---@type number, string\nlocal a, b = 1, 2"), ["a: number", "b: string"]);
        assert_eq!(
            types("local t = {\n ---@type number\n a = 1,\n b = 2, ---@type string\n}"),
            ["a: number", "b: string"]
        );
        assert_eq!(types("local a = 1 ---@type number"), ["a: number"]);
        assert_eq!(types("---@type number\n\nlocal a = 1"), [""; 0]);
        assert_eq!(types("---@param a number\nreturn function(a) end"), ["a: number"]);
        assert_eq!(types("f(---@param a number\nfunction(a) end)"), ["a: number"]);
        assert_eq!(types("local M = {}\n---@param a number\nfunction M.f(a) end"), ["a: number"]);
        // No documentation: prose with a tag in it.
        assert_eq!(types("-- @param a number\nlocal function f(a) end"), [""; 0]);
        assert_eq!(types("---@param a string or table\nlocal function f(a) end"), [""; 0]);
    }

    #[test]
    fn classes_and_aliases() {
        let (found, _) = read(
            "---@class (exact) Cart : Base, Other\n---@field private n number how many\n---@field items? Item[]\n\
             local Cart = {}\n---@alias Mode\n---| \"r\" # read\n---| \"w\"\n\n---@alias Id string|number\n\
             ---@enum Kind\nlocal kinds = {}\n---@generic T\n---@param a T\nlocal function f(a) end\n\
             type Point = {x: number}",
        );
        let names: Vec<_> = found.declared.iter().map(|d| format!("{} {}", d.name, d.ty)).collect();
        assert_eq!(
            names,
            [
                "Cart any",
                "Mode \"r\" | \"w\"",
                "Id string | number",
                "Kind any",
                "Point { x: number }"
            ]
        );
        let cart = &found.declared[0];
        assert_eq!(cart.parents.len(), 2);
        let fields: Vec<_> =
            cart.fields.iter().map(|f| format!("{} {} {}", f.name, f.ty, f.text)).collect();
        assert_eq!(fields, ["n number how many", "items Item[] "]);
        assert!(cart.owner.is_some());
        let names: Vec<_> = found.mentions.iter().map(|mention| &*mention.name).collect();
        assert_eq!(names, ["Base", "Other", "Item"]);
    }

    #[test]
    fn whatever_stands_in_comments_is_read() {
        const PARTS: [&str; 36] = [
            "@param ",
            "@tparam",
            "@type ",
            "@class ",
            "@alias ",
            "@field ",
            "@return ",
            "@generic ",
            "@cast ",
            "| ",
            "a ",
            "number",
            "string",
            "|",
            "?",
            "fun(",
            ")",
            ":",
            "{",
            "}",
            "[",
            "]",
            "[opt]",
            "<",
            ">",
            "é",
            "'\"x\"'",
            "`",
            ",",
            "...",
            "-",
            "1",
            "@",
            "table<",
            "self",
            " or ",
        ];
        let mut state = 7u32;
        let mut next = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % below
        };
        for _ in 0..3000 {
            let mut text = String::new();
            for _ in 0..next(5) + 1 {
                text.push_str(["---", "--- ", "-- ", "--"][next(4) as usize]);
                for _ in 0..next(12) {
                    text.push_str(PARTS[next(PARTS.len() as u32) as usize]);
                }
                text.push('\n');
            }
            text.push_str("local function f(a, b) end");
            let source = Source::from_text(&text);
            let parsed = parse(&source, &Options::default());
            Annotations::new(&source, &parsed.tokens, &parsed.chunk);
        }
    }
}
