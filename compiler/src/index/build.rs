//! Making the facts of a file from its tree.

use super::{
    Access, Function, Index, NameId, Occurrence, Place, PlaceId, Value, Variable, VariableKind,
};
use crate::annotation::{Annotations, Origin};
use crate::ast::{Attrib, BinOp, Chunk, Expr, ExprId, Field, FuncId, GenericFor, Id, List, Stmt};
use crate::check::Prepared;
use crate::check::facts::{Facts, Kind};
use crate::check::walk;
use crate::parse::Options;
use crate::source::Source;
use crate::{Span, Sym};
use std::collections::{HashMap, HashSet};

/// How deep table constructors are looked into.
const DEPTH: usize = 8;

impl Index {
    /// The facts of a text. If it has errors, of what could be read.
    pub fn new(source: &Source, options: &Options) -> Index {
        let (prepared, has_errors) = Prepared::repaired(source, options);
        let chunk = &prepared.parsed.chunk;
        let names = &prepared.parsed.tokens.names;
        let facts = walk::facts(chunk, names, prepared.written);
        let annotations = Annotations::new(source, &prepared.parsed.tokens, chunk);
        let mut builder = Builder {
            source,
            annotations: &annotations,
            chunk,
            facts: &facts,
            texts: names,
            index: Index { is_incomplete: facts.incomplete || has_errors, ..Index::default() },
            names: HashMap::new(),
            places: HashMap::new(),
            of_expr: vec![None; chunk.exprs.len()],
            function_of: HashMap::new(),
            by_end: HashMap::new(),
            selves: HashMap::new(),
            loops: HashMap::new(),
        };
        builder.variables();
        builder.functions();
        builder.expressions();
        builder.statements();
        builder.folds();
        let mut index = builder.index;
        index.numbers = builder.places;
        index.occurrences.sort_by_key(|o| (o.span.start, o.access == Access::Read));
        // (Lowering may name a place twice.)
        index.occurrences.dedup_by_key(|o| o.span.start);
        index.find_definitions();
        index.declared = annotations.declared;
        index.mentions = annotations.mentions;
        index
    }
}

struct Builder<'a> {
    source: &'a Source<'a>,
    annotations: &'a Annotations,
    chunk: &'a Chunk,
    facts: &'a Facts,
    texts: &'a crate::Names,
    index: Index,
    names: HashMap<Sym, NameId>,
    places: HashMap<Place, PlaceId>,
    /// The place of each expression that has one.
    of_expr: Vec<Option<PlaceId>>,
    /// The number of each function among those of the index.
    function_of: HashMap<FuncId, u32>,
    /// The `self` of each method, by the position where the method begins.
    selves: HashMap<u32, u32>,
    /// The variables of loops, by the position where their names begin.
    loops: HashMap<u32, u32>,
    /// The occurrences by where they end.
    by_end: HashMap<u32, usize>,
}

impl Builder<'_> {
    fn name(&mut self, name: Sym) -> NameId {
        if let Some(&known) = self.names.get(&name) {
            return known;
        }
        let id = self.index.names.len() as NameId;
        self.index.names.push(self.texts.text(name).into());
        self.names.insert(name, id);
        id
    }

    fn place(&mut self, place: Place) -> PlaceId {
        if let Some(&known) = self.places.get(&place) {
            return known;
        }
        let id = self.index.places.len() as PlaceId;
        self.index.places.push(place);
        self.places.insert(place, id);
        id
    }

    /// Whether a name is written at a span: lowering adds some that are not.
    fn is_written(&self, name: Sym, span: Span) -> bool {
        let text = self.source.bytes().get(span.start as usize..span.end as usize);
        text == Some(self.texts.bytes(name))
    }

    fn occurs(&mut self, name: Sym, span: Span, place: PlaceId, access: Access, is_method: bool) {
        if self.is_written(name, span) {
            self.annotated(span.start, place);
            self.by_end.insert(span.end, self.index.occurrences.len());
            self.index.occurrences.push(Occurrence { span, place, access, is_method });
        }
    }

    /// What annotations say of a name that begins somewhere.
    fn annotated(&mut self, at: u32, place: PlaceId) {
        if let Some(known) = self.annotations.types.get(&at) {
            self.index.types.entry(place).or_insert_with(|| known.ty.clone());
        }
        let mut classes = self.annotations.declared.iter();
        if let Some(class) = classes.position(|declared| declared.owner == Some(at)) {
            self.index.owners.insert(place, class);
        }
    }

    // ---------------------------------------------------------------- variables

    fn variables(&mut self) {
        let mut blocks: Vec<Span> =
            self.chunk.blocks.iter().map(|b| Span::new(b.open_at, b.close_at)).collect();
        blocks.sort_by_key(|block| (block.start, std::cmp::Reverse(block.end)));
        for (id, variable) in self.facts.variables.iter().enumerate() {
            let name = self.name(variable.name);
            let kind = match variable.kind {
                Kind::Local => VariableKind::Local,
                Kind::Function => VariableKind::Function,
                Kind::Param => VariableKind::Parameter,
                Kind::Loop => VariableKind::Loop,
                Kind::SelfParam => VariableKind::SelfParameter,
            };
            if kind == VariableKind::SelfParameter {
                self.selves.insert(variable.span.start, id as u32);
            }
            if kind == VariableKind::Loop {
                self.loops.insert(variable.span.start, id as u32);
            }
            let end = match kind {
                // The block behind the declaration.
                VariableKind::Parameter | VariableKind::Loop | VariableKind::SelfParameter => {
                    let next = blocks.partition_point(|block| block.start < variable.span.end);
                    blocks.get(next).map_or(variable.span.end, |block| block.end)
                }
                // The innermost block around it.
                VariableKind::Local | VariableKind::Function => {
                    let before = blocks.partition_point(|block| block.start <= variable.span.start);
                    let around = blocks[..before].iter().rev();
                    let mut around = around.filter(|block| variable.span.start <= block.end);
                    around.next().map_or(self.source.bytes().len() as u32, |block| block.end)
                }
            };
            self.index.variables.push(Variable {
                name,
                span: variable.span,
                scope: Span::new(variable.span.end, end),
                kind,
                is_const: variable.attrib != Attrib::None,
            });
            let place = self.place(Place::Variable(id as u32));
            self.occurs(variable.name, variable.span, place, Access::Define, false);
        }
    }

    fn functions(&mut self) {
        let ext = self.chunk.ext.iter();
        let with_results: HashSet<FuncId> =
            ext.flat_map(|ext| ext.return_types.iter().map(|(func, _)| *func)).collect();
        for (number, func) in self.chunk.funcs.iter().enumerate().skip(1) {
            let mut parameters: Vec<Box<str>> = Vec::new();
            for binding in self.chunk.list(func.params) {
                let binding = self.chunk.binding(binding);
                let written = self.is_written(binding.name, binding.name_span);
                let text = self.texts.text(binding.name);
                parameters.push(if written { text.into() } else { "…".into() });
            }
            if func.is_vararg {
                parameters.push("...".into());
            }
            let has_types = self.chunk.list(func.params).any(|binding| {
                let at = self.chunk.binding(binding).name_span.start;
                self.annotations.types.get(&at).is_some_and(|known| known.origin == Origin::Native)
            });
            let has_types = has_types || with_results.contains(&FuncId::from_index(number as u32));
            let open_at = self.chunk.block(func.body).open_at;
            let is_list = self.source.bytes().get(open_at as usize) == Some(&b')');
            self.function_of
                .insert(FuncId::from_index(number as u32), self.index.functions.len() as u32);
            self.index.functions.push(Function {
                span: func.span,
                head_end: open_at + u32::from(is_list),
                parameters,
                is_method: func.is_method,
                signature: self.annotations.functions.get(&(number as u32)).cloned(),
                has_types,
                place: None,
            });
        }
    }

    // ---------------------------------------------------------------- expressions

    /// Gives expressions their places. The parts of an expression come before it in the list.
    fn expressions(&mut self) {
        for number in 0..self.chunk.exprs.len() {
            let id = ExprId::from_index(number as u32);
            let span = self.chunk.expr_span(id);
            match self.chunk.expr(id) {
                Expr::Name(name) => {
                    let place = match self.facts.variable_index(id) {
                        Some(variable) => Place::Variable(variable),
                        None if self.facts.is_global(id) => Place::Global(self.name(name)),
                        None => continue,
                    };
                    let place = self.place(place);
                    self.of_expr[number] = Some(place);
                    self.occurs(name, span, place, Access::Read, false);
                }
                Expr::Field { object, name } => {
                    let length = self.texts.bytes(name).len() as u32;
                    let at = Span::new(span.end.saturating_sub(length), span.end);
                    let place = self.field(object, name);
                    self.of_expr[number] = Some(place);
                    self.occurs(name, at, place, Access::Read, false);
                }
                Expr::MethodCall(call) => {
                    let call = self.chunk.method_call(call);
                    let place = self.field(call.object, call.name);
                    self.occurs(call.name, call.name_span, place, Access::Read, true);
                }
                Expr::Index { object, .. } => {
                    let object = self.of_expr[object.index()];
                    self.of_expr[number] = object.map(|object| self.place(Place::Element(object)));
                }
                Expr::Paren(inner) | Expr::Optional(inner) | Expr::OptionalLink(inner) => {
                    self.of_expr[number] = self.of_expr[inner.index()];
                }
                Expr::Call { callee, args, .. } => self.require(callee, args),
                _ => {}
            }
        }
    }

    fn field(&mut self, object: ExprId, name: Sym) -> PlaceId {
        let name = self.name(name);
        match self.of_expr.get(object.index()).copied().flatten() {
            Some(parent) => self.place(Place::Field(parent, name)),
            None => self.place(Place::Unknown(name)),
        }
    }

    fn is_global_named(&self, id: ExprId, text: &[u8]) -> bool {
        matches!(self.chunk.expr(id), Expr::Name(name)
            if self.facts.is_global(id) && self.texts.bytes(name) == text)
    }

    /// The module that a call of `require` names.
    fn required(&self, callee: ExprId, args: List<ExprId>) -> Option<(Box<str>, Span)> {
        let is_require = self.is_global_named(callee, b"require");
        is_require.then(|| self.text_of(args, 0)).flatten()
    }

    /// An argument that is a string.
    fn text_of(&self, args: List<ExprId>, number: usize) -> Option<(Box<str>, Span)> {
        let argument = self.chunk.list_get(args, number)?;
        match self.chunk.expr(argument) {
            Expr::Str(name) => Some((self.texts.text(name).into(), self.chunk.expr_span(argument))),
            _ => None,
        }
    }

    /// Notes the module of `require "m"` and of `pcall(require, "m")`.
    fn require(&mut self, callee: ExprId, args: List<ExprId>) {
        let first = self.chunk.list_get(args, 0);
        let is_protected = self.is_global_named(callee, b"pcall")
            && first.is_some_and(|first| self.is_global_named(first, b"require"));
        let module = match is_protected {
            true => self.text_of(args, 1),
            false => self.required(callee, args),
        };
        self.index.requires.extend(module);
    }

    /// What is known of an expression's value.
    fn value(&mut self, id: ExprId) -> Option<Value> {
        match self.chunk.expr(id) {
            Expr::Name(_) | Expr::Field { .. } | Expr::Index { .. } => {
                self.of_expr[id.index()].map(Value::Alias)
            }
            Expr::Paren(inner) => self.value(inner),
            Expr::Table(_) => Some(Value::Table),
            Expr::Function(func) => self.function_of.get(&func).map(|&n| Value::Function(n)),
            Expr::Nil => Some(Value::Plain("nil")),
            Expr::True | Expr::False => Some(Value::Plain("boolean")),
            Expr::Int(_) | Expr::Float(_) => Some(Value::Plain("number")),
            Expr::Str(_) | Expr::Interpolated(_) => Some(Value::Plain("string")),
            // `local M = M or {}`
            Expr::Binary { op: BinOp::Or | BinOp::Coalesce, rhs, .. } => {
                matches!(self.chunk.expr(rhs), Expr::Table(_)).then_some(Value::Table)
            }
            Expr::Binary { op: BinOp::Concat, .. } => Some(Value::Plain("string")),
            Expr::Call { callee, args, .. } => {
                if let Some((module, _)) = self.required(callee, args) {
                    return Some(Value::Module(module));
                }
                if self.is_global_named(callee, b"setmetatable") {
                    let class = self.chunk.list_get(args, 1)?;
                    return self.of_expr[class.index()].map(Value::Instance);
                }
                match self.chunk.expr(callee) {
                    Expr::Field { object, name } if self.texts.bytes(name) == b"new" => {
                        self.of_expr[object.index()].map(Value::Instance)
                    }
                    Expr::Name(_) | Expr::Field { .. } => {
                        self.of_expr[callee.index()].map(Value::Result)
                    }
                    _ => None,
                }
            }
            Expr::MethodCall(call) => {
                let call = self.chunk.method_call(call);
                if self.texts.bytes(call.name) == b"new" {
                    return self.of_expr[call.object.index()].map(Value::Instance);
                }
                let method = self.field(call.object, call.name);
                Some(Value::Result(method))
            }
            _ => None,
        }
    }

    /// A place is given the value of an expression.
    fn give(&mut self, place: PlaceId, id: ExprId, depth: usize) {
        if let Some(value) = self.value(id)
            && value != Value::Alias(place)
        {
            if let Value::Function(number) = value {
                self.index.functions[number as usize].place.get_or_insert(place);
            }
            self.index.values.entry(place).or_insert(value);
        }
        let table = match self.chunk.expr(id) {
            Expr::Table(table) => table,
            Expr::Binary { op: BinOp::Or | BinOp::Coalesce, rhs, .. } => {
                match self.chunk.expr(rhs) {
                    Expr::Table(table) => table,
                    _ => return,
                }
            }
            _ => return,
        };
        if depth < DEPTH {
            self.constructor(place, table, depth);
        }
    }

    /// `setmetatable({…}, class)`: the fields of the new table are the instance's.
    fn instance(&mut self, callee: ExprId, args: List<ExprId>) {
        if !self.is_global_named(callee, b"setmetatable") {
            return;
        }
        let class = self.chunk.list_get(args, 1);
        let class = class.and_then(|class| self.of_expr[class.index()]);
        let first = self.chunk.list_get(args, 0).map(|first| self.chunk.expr(first));
        if let (Some(Expr::Table(table)), Some(class)) = (first, class) {
            self.constructor(class, table, 0);
        }
    }

    fn constructor(&mut self, place: PlaceId, table: crate::ast::TableId, depth: usize) {
        for field in self.chunk.list(self.chunk.table(table).fields) {
            match self.chunk.field(field) {
                Field::Named { name, name_at, value } => {
                    let length = self.texts.bytes(name).len() as u32;
                    let id = self.name(name);
                    let inner = self.place(Place::Field(place, id));
                    let span = Span::new(name_at, name_at + length);
                    self.occurs(name, span, inner, Access::Define, false);
                    self.give(inner, value, depth + 1);
                }
                Field::Item(value) | Field::Keyed { value, .. } => {
                    let element = self.place(Place::Element(place));
                    self.give(element, value, depth + 1);
                }
            }
        }
    }

    // ---------------------------------------------------------------- statements

    fn statements(&mut self) {
        for number in 0..self.facts.variables.len() {
            let variable = &self.facts.variables[number];
            let place = self.place(Place::Variable(number as u32));
            if let Some(func) = variable.func
                && let Some(&function) = self.function_of.get(&func)
            {
                self.index.functions[function as usize].place.get_or_insert(place);
                self.index.values.entry(place).or_insert(Value::Function(function));
            }
            if let Some(value) = variable.value {
                self.give(place, value, 0);
            }
        }
        for number in 0..self.chunk.exprs.len() {
            if let Expr::Call { callee, args, .. } = self.chunk.exprs[number] {
                self.instance(callee, args);
            }
        }
        for number in 0..self.chunk.stmts.len() {
            match self.chunk.stmts[number] {
                Stmt::Function { target, func } => self.function(target, func),
                Stmt::Assign { targets, values } => {
                    let targets: Vec<ExprId> = self.chunk.list(targets).collect();
                    let values: Vec<ExprId> = self.chunk.list(values).collect();
                    for (at, target) in targets.iter().enumerate() {
                        self.written(*target, Access::Write);
                        if let (Some(place), Some(value)) =
                            (self.of_expr[target.index()], values.get(at))
                        {
                            self.give(place, *value, 0);
                        }
                    }
                }
                Stmt::Compound { target, .. } => self.written(target, Access::Write),
                Stmt::GenericFor(node) => self.elements(self.chunk.generic_for(node)),
                _ => {}
            }
        }
        self.exports();
    }

    /// The second variable of a loop over `ipairs(t)` or `pairs(t)` is an element of `t`.
    fn elements(&mut self, node: GenericFor) {
        let values = self.chunk.list_get(node.values, 0).map(|id| self.chunk.expr(id));
        let Some(Expr::Call { callee, args, .. }) = values else { return };
        let walks = |name: &[u8]| self.is_global_named(callee, name);
        if !walks(b"ipairs") && !walks(b"pairs") {
            return;
        }
        let list = self.chunk.list_get(args, 0).and_then(|list| self.of_expr[list.index()]);
        let element = self.chunk.list_get(node.vars, 1);
        let element = element.map(|variable| self.chunk.binding(variable).name_span.start);
        let element = element.and_then(|at| self.loops.get(&at).copied());
        if let (Some(list), Some(element)) = (list, element) {
            let variable = self.place(Place::Variable(element));
            let element = self.place(Place::Element(list));
            self.index.values.entry(variable).or_insert(Value::Alias(element));
        }
    }

    /// The last name of a target is written to.
    fn written(&mut self, target: ExprId, access: Access) {
        let end = self.chunk.expr_span(target).end;
        let Some(place) = self.of_expr[target.index()] else { return };
        if let Some(&number) = self.by_end.get(&end)
            && let Some(occurrence) = self.index.occurrences.get_mut(number)
            && occurrence.place == place
        {
            occurrence.access = access;
        }
    }

    fn function(&mut self, target: ExprId, func: FuncId) {
        self.written(target, Access::Define);
        let Some(place) = self.of_expr[target.index()] else { return };
        let Some(&function) = self.function_of.get(&func) else { return };
        self.index.functions[function as usize].place = Some(place);
        self.index.values.entry(place).or_insert(Value::Function(function));
        let node = self.chunk.func(func);
        if node.is_method
            && let Place::Field(class, _) = self.index.places[place as usize]
            && let Some(&own) = self.selves.get(&node.line_at)
        {
            let own = self.place(Place::Variable(own));
            self.index.values.insert(own, Value::Instance(class));
        }
    }

    /// What the file returns.
    fn exports(&mut self) {
        let body = self.chunk.block(self.chunk.main().body);
        let last = self.chunk.list(body.stmts).last();
        let Some(Stmt::Return(values)) = last.map(|last| self.chunk.stmt(last)) else { return };
        if let Some(value) = self.chunk.list_get(values, 0) {
            let export = self.place(Place::Export);
            self.index.export = Some(export);
            let value = self.with_metatable(value).unwrap_or(value);
            self.give(export, value, 0);
        }
    }

    /// The variable in `setmetatable(M, …)`, which is what that returns.
    fn with_metatable(&self, id: ExprId) -> Option<ExprId> {
        let Expr::Call { callee, args, .. } = self.chunk.expr(id) else { return None };
        let first = self.chunk.list_get(args, 0)?;
        let is_variable = matches!(self.chunk.expr(first), Expr::Name(_));
        (is_variable && self.is_global_named(callee, b"setmetatable")).then_some(first)
    }

    fn folds(&mut self) {
        let main = self.chunk.main().body.index();
        let blocks = self.chunk.blocks.iter().enumerate().filter(|(number, _)| *number != main);
        self.index.folds.extend(blocks.map(|(_, b)| Span::new(b.open_at, b.close_at)));
        for (number, expr) in self.chunk.exprs.iter().enumerate() {
            let span = self.chunk.expr_span(ExprId::from_index(number as u32));
            if matches!(expr, Expr::Table(_)) {
                self.index.folds.push(Span::new(span.start, span.end.saturating_sub(1)));
            }
            self.index.nodes.push(span);
        }
        self.index.nodes.extend(self.chunk.stmt_spans.iter().copied());
    }
}
