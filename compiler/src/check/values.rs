//! What is certainly known of values: those of literals, of variables that are declared with one
//! and never assigned to, of fields that a table of the file never gets, of functions without
//! results.

use std::collections::{HashMap, HashSet};

use super::facts::Use;
use super::methods::Methods;
use super::operators::is_numeral;
use super::{Context, Definition};
use crate::ast::{BinOp, Expr, ExprId, Field, FuncId, Id, Stmt, UnOp};
use crate::{Span, Sym};

/// A type, where it is certain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Known {
    Nil,
    Boolean,
    Number,
    String,
    Table,
    Function,
}

impl Known {
    /// The type with its article.
    pub(super) fn text(self) -> &'static str {
        match self {
            Known::Nil => "nil",
            Known::Boolean => "a boolean",
            Known::Number => "a number",
            Known::String => "a string",
            Known::Table => "a table",
            Known::Function => "a function",
        }
    }
}

/// A table that is only used in ways that give it no fields but those written in the file.
#[derive(Clone, Debug, Default)]
pub(super) struct OwnTable {
    /// Its fields: those of the constructor and those assigned.
    pub fields: HashSet<Sym>,
    /// It has items, or may get some.
    pub items: bool,
    /// It may have an item 0.
    pub zero: bool,
}

/// A function that a name stands for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Declared {
    pub func: FuncId,
    /// The name at its declaration.
    pub span: Span,
}

/// What is known of the values of a file.
#[derive(Default)]
pub(super) struct Values {
    tables: HashMap<u32, OwnTable>,
    /// These, and tables that the file returns or calls functions of with `:`: the fields that they get in the
    /// file by name.
    shapes: HashMap<u32, HashSet<Sym>>,
    /// Globals that are functions, each declared once.
    functions: HashMap<Sym, Declared>,
    /// Arguments of calls that expect an error, such as `pcall`: the outermost ones, in order.
    expecting: Vec<Span>,
    /// Functions declared as fields.
    pub methods: Methods,
    /// Simple values may have metatables.
    pub unusual: bool,
}

impl Values {
    pub(super) fn new(cx: &Context) -> Values {
        let mut values = Values { methods: Methods::new(cx), ..Values::default() };
        values.collect_functions(cx);
        values.collect_calls(cx);
        luka_bytecode::order::sort_by_key(&mut values.expecting, |s| {
            (s.start, std::cmp::Reverse(s.end))
        });
        values.expecting.dedup_by(|inner, outer| inner.end <= outer.end);
        values.collect_tables(cx);
        values
    }

    fn collect_functions(&mut self, cx: &Context) {
        if !cx.program.is_single_file() || cx.facts.dynamic {
            return;
        }
        let mut uses: HashMap<Sym, (u32, u32)> = HashMap::new();
        for global in &cx.facts.globals {
            let count = uses.entry(global.name).or_default();
            count.0 += u32::from(global.how == Use::Define);
            count.1 += u32::from(global.how == Use::Write);
        }
        for (_, stmt) in cx.stmts() {
            if let Stmt::Function { target, func } = stmt
                && let Expr::Name(name) = cx.chunk.expr(target)
                && cx.facts.is_global(target)
                && uses.get(&name) == Some(&(1, 0))
            {
                self.functions.insert(name, Declared { func, span: cx.chunk.expr_span(target) });
            }
        }
    }

    fn collect_calls(&mut self, cx: &Context) {
        for (_, expr) in cx.exprs() {
            let (name, args) = match expr {
                Expr::Call { callee, args, .. } => match cx.chunk.expr(callee) {
                    Expr::Name(name) | Expr::Field { name, .. } => (name, args),
                    _ => continue,
                },
                Expr::MethodCall(call) => {
                    let call = cx.chunk.method_call(call);
                    (call.name, call.args)
                }
                _ => continue,
            };
            let name = cx.bytes(name).to_ascii_lowercase();
            let has = |part: &[u8]| memchr::memmem::find(&name, part).is_some();
            if has(b"pcall") || has(b"err") || has(b"fail") || has(b"raise") || has(b"throw") {
                let spans = cx.chunk.list(args).map(|arg| cx.chunk.expr_span(arg));
                self.expecting.extend(spans);
            }
            let string = |id: ExprId| matches!(cx.chunk.expr(id), Expr::Str(_));
            self.unusual |= name == b"getmetatable" && cx.chunk.list(args).any(string)
                || name == b"setmetatable"
                    && matches!(expr, Expr::Call { callee, .. }
                    if matches!(cx.chunk.expr(callee), Expr::Field { .. }))
                || has(b"import");
        }
    }

    /// Tables whose every use is known.
    fn collect_tables(&mut self, cx: &Context) {
        let mut found: HashMap<u32, OwnTable> = HashMap::new();
        for (index, variable) in cx.facts.variables.iter().enumerate() {
            if let Some(value) = variable.value
                && variable.writes == 0
                && let Expr::Table(_) = cx.chunk.expr(value)
                && let Some(table) = constructed(cx, value)
            {
                found.insert(index as u32, table);
            }
        }
        if found.is_empty() {
            return;
        }
        // Uses that leave the table as it is, against all uses.
        let mut uses: HashMap<u32, (u32, u32)> = HashMap::new();
        // Uses that leave it to others.
        let mut shared: HashMap<u32, u32> = HashMap::new();
        let all = (0..cx.chunk.exprs.len() as u32).map(ExprId::from_index);
        let variable = |id: ExprId| match cx.chunk.expr(id) {
            Expr::Name(_) => cx.facts.variable_index(id),
            _ => None,
        };
        for id in all {
            if let Some(index) = variable(id) {
                uses.entry(index).or_default().1 += 1;
            }
            if let Expr::MethodCall(call) = cx.chunk.expr(id)
                && let Some(index) = variable(cx.chunk.method_call(call).object)
            {
                *shared.entry(index).or_default() += 1;
            }
            let mut harmless = |id: ExprId| {
                if let Some(index) = variable(id) {
                    uses.entry(index).or_default().0 += 1;
                }
            };
            if let Expr::Call { callee, .. } = cx.chunk.expr(id) {
                harmless(callee);
            }
            match cx.chunk.expr(id) {
                Expr::Field { object, .. } | Expr::Index { object, .. } => harmless(object),
                Expr::Unary { operand, .. } => harmless(operand),
                Expr::Binary { op, lhs, rhs, .. } if !matches!(op, BinOp::And | BinOp::Or) => {
                    harmless(lhs);
                    harmless(rhs);
                }
                Expr::Call { callee, args, .. } if keeps_fields(cx, callee) => {
                    cx.chunk.list(args).for_each(harmless);
                }
                _ => {}
            }
            if let Expr::Call { callee, args, .. } = cx.chunk.expr(id)
                && let Some(list) = cx.chunk.list_get(args, 0)
                && matches!(cx.library_name(callee).as_deref(), Some(b"table.insert"))
                && let Some(table) = variable(list).and_then(|index| found.get_mut(&index))
            {
                table.items = true;
            }
        }
        let firsts = cx.chunk.generic_fors.iter().map(|node| cx.chunk.list_get(node.values, 0));
        let bounds = cx.chunk.numeric_fors.iter().flat_map(|n| [Some(n.start), Some(n.limit)]);
        for index in firsts.chain(bounds).flatten().filter_map(variable) {
            uses.entry(index).or_default().0 += 1;
        }
        let body = cx.chunk.block(cx.chunk.main().body);
        let last = cx.chunk.list(body.stmts).last().map(|last| cx.chunk.stmt(last));
        if let Some(Stmt::Return(results)) = last {
            for index in cx.chunk.list(results).filter_map(variable) {
                *shared.entry(index).or_default() += 1;
            }
        }
        let with_others = |index: &u32| shared.get(index).copied().unwrap_or(0);
        found.retain(|index, _| {
            uses.get(index).is_some_and(|(known, all)| known + with_others(index) == *all)
        });
        for stmt in &cx.chunk.stmts {
            let targets: Vec<ExprId> = match *stmt {
                Stmt::Assign { targets, .. } => cx.chunk.list(targets).collect(),
                Stmt::Compound { target, .. } | Stmt::Function { target, .. } => vec![target],
                _ => continue,
            };
            for target in targets {
                let (Expr::Field { object, .. } | Expr::Index { object, .. }) =
                    cx.chunk.expr(target)
                else {
                    continue;
                };
                let Some(index) = variable(object) else { continue };
                let known = match (cx.chunk.expr(target), found.get_mut(&index)) {
                    (Expr::Field { name, .. }, Some(table)) => {
                        table.fields.insert(name);
                        true
                    }
                    (Expr::Index { key, .. }, Some(table)) => add_key(cx, table, key),
                    _ => true,
                };
                if !known {
                    found.remove(&index);
                }
            }
        }
        let fields = |(index, table): (&u32, &OwnTable)| (*index, table.fields.clone());
        self.shapes = found.iter().map(fields).collect();
        // A method that the table never gets is not called with it.
        let mut absent: HashMap<u32, u32> = HashMap::new();
        for (_, expr) in cx.exprs() {
            let Expr::MethodCall(call) = expr else { continue };
            let call = cx.chunk.method_call(call);
            let Some(index) = variable(call.object) else { continue };
            let gets = |table: &OwnTable| {
                table.fields.contains(&call.name) || cx.facts.tested.contains(&call.name)
            };
            if found.get(&index).is_some_and(|table| !gets(table)) {
                *absent.entry(index).or_default() += 1;
            }
        }
        found.retain(|index, _| with_others(index) == absent.get(index).copied().unwrap_or(0));
        self.tables = found;
    }

    /// The fields that a variable's table gets in the file.
    pub(super) fn shape(&self, cx: &Context, id: ExprId) -> Option<&HashSet<Sym>> {
        match cx.chunk.expr(id) {
            Expr::Name(_) => self.shapes.get(&cx.facts.variable_index(id)?),
            _ => None,
        }
    }

    /// The table that a variable is.
    pub(super) fn table(&self, cx: &Context, id: ExprId) -> Option<&OwnTable> {
        match cx.chunk.expr(id) {
            Expr::Name(_) => self.tables.get(&cx.facts.variable_index(id)?),
            _ => None,
        }
    }

    /// The function that a callee is.
    pub(super) fn function(&self, cx: &Context, callee: ExprId) -> Option<Declared> {
        let Expr::Name(name) = cx.chunk.expr(callee) else { return None };
        if cx.facts.is_global(callee) {
            return self.functions.get(&name).copied();
        }
        let variable = cx.facts.variable(callee)?;
        let func = variable.func.filter(|_| variable.writes == 0)?;
        Some(Declared { func, span: variable.span })
    }

    /// Whether a call runs a function of the file that never gives a result.
    pub(super) fn gives_nothing(&self, cx: &Context, call: ExprId) -> bool {
        let Expr::Call { callee, .. } = cx.chunk.expr(call) else { return false };
        let member = || match cx.chunk.expr(callee) {
            Expr::Field { object, name } => self.methods.declared(cx, object, name),
            _ => None,
        };
        let Some(declared) = self.function(cx, callee).or_else(member) else { return false };
        let body = cx.chunk.func(declared.func).body;
        // An empty function is a stub.
        cx.facts.with_end.contains(&declared.func)
            && !cx.facts.with_results.contains(&declared.func)
            && !cx.chunk.block(body).stmts.is_empty()
    }

    /// Whether an error is expected at a place.
    pub(super) fn expects_error(&self, span: Span) -> bool {
        let after = self.expecting.partition_point(|around| around.start <= span.start);
        after.checked_sub(1).is_some_and(|at| span.end <= self.expecting[at].end)
    }

    /// The type of an expression, where it is certain.
    pub(super) fn known(&self, cx: &Context, id: ExprId) -> Option<Known> {
        self.known_within(cx, id, 8)
    }

    fn known_within(&self, cx: &Context, id: ExprId, depth: u32) -> Option<Known> {
        let depth = depth.checked_sub(1)?;
        Some(match cx.chunk.expr(id) {
            Expr::Nil => Known::Nil,
            Expr::True | Expr::False | Expr::Unary { op: UnOp::Not, .. } => Known::Boolean,
            Expr::Int(_) | Expr::Float(_) => Known::Number,
            Expr::Unary { op: UnOp::Neg, operand } => {
                self.known_within(cx, operand, depth).filter(|&k| k == Known::Number)?
            }
            Expr::Unary { op: UnOp::Len, operand } => {
                let known = self.known_within(cx, operand, depth)?;
                let plain = known == Known::String || self.table(cx, operand).is_some();
                plain.then_some(Known::Number)?
            }
            Expr::Str(_) => Known::String,
            Expr::Table(_) => Known::Table,
            Expr::Function(_) => Known::Function,
            Expr::Paren(inner) => self.known_within(cx, inner, depth)?,
            Expr::Binary { op, lhs, rhs, .. } => match op {
                BinOp::Eq | BinOp::Ne => Known::Boolean,
                BinOp::Or => {
                    let (a, b) =
                        (self.known_within(cx, lhs, depth)?, self.known_within(cx, rhs, depth)?);
                    (a == b && a == Known::String).then_some(a)?
                }
                BinOp::Concat => {
                    // `..` of other values may be a metamethod.
                    let simple = |id| {
                        let known = self.known_within(cx, id, depth);
                        matches!(known, Some(Known::String | Known::Number))
                    };
                    (simple(lhs) && simple(rhs)).then_some(Known::String)?
                }
                _ => return None,
            },
            Expr::Call { callee, args, .. } => match cx.library_name(callee).as_deref() {
                Some(b"tostring" | b"string.format" | b"type" | b"string.rep") => Known::String,
                // Or nil, of which the same is true.
                Some(b"io.read") if cx.chunk.list_len(args) == 0 => Known::String,
                Some(b"print" | b"table.insert" | b"table.sort") => Known::Nil,
                Some(b"tonumber") if cx.chunk.list_len(args) == 1 => {
                    let text = cx.chunk.list_get(args, 0)?;
                    let literal = matches!(cx.chunk.expr(text), Expr::Str(_));
                    (literal && !is_numeral(cx, text)).then_some(Known::Nil)?
                }
                _ if self.gives_nothing(cx, id) => Known::Nil,
                _ => return None,
            },
            Expr::Index { object, key } => {
                let Expr::Str(name) = cx.chunk.expr(key) else { return None };
                let table = self.table(cx, object)?;
                let absent = !table.fields.contains(&name) && !cx.facts.tested.contains(&name);
                absent.then_some(Known::Nil)?
            }
            Expr::Field { object, name } => {
                let table = self.table(cx, object)?;
                let absent = !table.fields.contains(&name) && !cx.facts.tested.contains(&name);
                absent.then_some(Known::Nil)?
            }
            Expr::Name(name) => {
                let variable = cx.facts.variable(id)?;
                if variable.writes > 0 {
                    return None;
                }
                if variable.func.is_some() {
                    return Some(Known::Function);
                }
                let known = match variable.value {
                    Some(value) => self.known_within(cx, value, depth)?,
                    None if variable.is_nil => Known::Nil,
                    None => return None,
                };
                // What the program tests may be meant to change.
                let tested = cx.facts.tested.contains(&name);
                (!tested || known == Known::String || known == Known::Number).then_some(known)?
            }
            _ => return None,
        })
    }

    /// Whether a variable begins as a number: it most likely stays one.
    pub(super) fn begins_as_number(&self, cx: &Context, id: ExprId) -> bool {
        self.first_value(cx, id) == Some(Known::Number)
    }

    /// The same of a string.
    pub(super) fn begins_as_string(&self, cx: &Context, id: ExprId) -> bool {
        self.first_value(cx, id) == Some(Known::String)
    }

    fn first_value(&self, cx: &Context, id: ExprId) -> Option<Known> {
        self.known(cx, cx.facts.variable(id)?.value?)
    }
}

/// A library function that gives its arguments no fields.
fn keeps_fields(cx: &Context, callee: ExprId) -> bool {
    let Some(name) = cx.library_name(callee) else { return false };
    let global = matches!(
        name.as_slice(),
        b"ipairs" | b"pairs" | b"next" | b"print" | b"type" | b"tostring" | b"assert"
    );
    let of_table = name.starts_with(b"table.") && name != b"table.move";
    // `assert(t)` returns it, and so does `table.pack(t)` in a list.
    let returns = matches!(name.as_slice(), b"assert" | b"table.pack");
    (global || of_table)
        && !returns
        && matches!(cx.environment.get(&name), Some(Definition::Function(_)))
}

/// The table that a constructor makes; `None` if a key is not known.
fn constructed(cx: &Context, id: ExprId) -> Option<OwnTable> {
    let Expr::Table(table) = cx.chunk.expr(id) else { return None };
    let mut own = OwnTable::default();
    for field in cx.chunk.list(cx.chunk.table(table).fields) {
        match cx.chunk.field(field) {
            Field::Item(_) => own.items = true,
            Field::Named { name, .. } => drop(own.fields.insert(name)),
            Field::Keyed { key, .. } => {
                if !add_key(cx, &mut own, key) {
                    return None;
                }
            }
        }
    }
    Some(own)
}

/// Adds a key to a table; false if it is not known what it is.
fn add_key(cx: &Context, table: &mut OwnTable, key: ExprId) -> bool {
    match cx.chunk.expr(key) {
        Expr::Str(name) => drop(table.fields.insert(name)),
        // An error, and no field.
        Expr::Nil => {}
        Expr::Int(n) => {
            table.items |= n > 0;
            table.zero |= n == 0;
        }
        Expr::Binary { op: BinOp::Add, lhs, rhs, .. } => {
            let length = matches!(cx.chunk.expr(lhs), Expr::Unary { op: UnOp::Len, .. });
            if !length || !matches!(cx.chunk.expr(rhs), Expr::Int(1)) {
                return false;
            }
            table.items = true;
        }
        _ => return false,
    }
    true
}
