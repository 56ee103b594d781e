//! The place of an error: the function that was running, its source as a tree, and what its
//! expressions stand for. Looks only; no code of the program runs.

use luka_compiler::Span;
use luka_compiler::ast::{BinOp, Chunk, Expr, ExprId, Stmt, UnOp};
use luka_compiler::parse::{Options, Parsed, parse_input};
use luka_compiler::source::Source;
use luka_vm::debug::fault::FaultOperand;
use luka_vm::debug::{Activation, Fault};
use luka_vm::{Event, Gc, Table, Thread, Value, Vm};
use std::rc::Rc;

use super::missing_module::Modules;
use super::show;

/// Steps along a chain of `__index` tables.
const CHAIN: usize = 20;
/// Columns of an expression quoted in a sentence.
const QUOTED: usize = 40;

/// A place, its source as a tree and the values there.
pub struct ErrorSite<'a> {
    pub vm: &'a Vm,
    /// The level in question, unless its stack is gone.
    pub level: Option<(Gc<Thread>, Activation)>,
    pub span: Span,
    pub source: Rc<Source<'static>>,
    /// The values the failed instruction or native worked on.
    pub operands: &'a [FaultOperand],
    /// Where the function was called.
    pub caller: Option<(Span, Rc<Source<'static>>)>,
    /// Gives names of modules, where packages can be added.
    pub modules: Option<Modules<'a>>,
    /// The error value.
    pub error: Option<Value>,
    parsed: Parsed,
}

impl<'a> ErrorSite<'a> {
    pub fn new(
        vm: &'a Vm,
        level: Option<(Gc<Thread>, Activation)>,
        span: Span,
        source: Rc<Source<'static>>,
        fault: Option<&'a Fault>,
        caller: Option<(Span, Rc<Source<'static>>)>,
    ) -> ErrorSite<'a> {
        // Inputs of a session may be expressions alone.
        let (parsed, _) = parse_input(&source, &Options::default());
        let operands = fault.map_or(&[][..], |fault| &fault.operands);
        ErrorSite { vm, level, span, source, operands, caller, modules: None, error: None, parsed }
    }

    pub fn chunk(&self) -> &Chunk {
        &self.parsed.chunk
    }

    /// The expression the instruction at fault was made of.
    pub fn node(&self) -> Option<ExprId> {
        let chunk = self.chunk();
        (0..chunk.exprs.len() as u32)
            .map(expr_id)
            .find(|&id| chunk.expr_span(id) == self.span && !matches!(chunk.expr(id), Expr::Error))
    }

    /// Target and value of the compound assignment at fault.
    pub fn compound(&self) -> Option<(ExprId, ExprId)> {
        let chunk = self.chunk();
        chunk.stmts.iter().enumerate().find_map(|(i, stmt)| match stmt {
            Stmt::Compound { target, value, .. } if chunk.stmt_spans[i] == self.span => {
                Some((*target, *value))
            }
            _ => None,
        })
    }

    /// The method call whose receiver and name have this span.
    pub fn method_at(&self) -> Option<ExprId> {
        let chunk = self.chunk();
        (0..chunk.exprs.len() as u32).map(expr_id).find(|&id| match chunk.expr(id) {
            Expr::MethodCall(call) => {
                let end = chunk.method_call(call).name_span.end;
                Span::new(chunk.expr_span(id).start, end) == self.span
            }
            _ => false,
        })
    }

    pub fn name_text(&self, sym: luka_compiler::Sym) -> String {
        show::text(self.name_bytes(sym))
    }

    pub fn name_bytes(&self, sym: luka_compiler::Sym) -> &[u8] {
        self.parsed.tokens.names.bytes(sym)
    }

    /// An expression as it is written, if that is short.
    pub fn written(&self, id: ExprId) -> Option<String> {
        let span = self.chunk().expr_span(id);
        let bytes = self.source.bytes().get(span.start as usize..span.end as usize)?;
        let short = bytes.len() <= QUOTED && !bytes.iter().any(|c| c.is_ascii_control());
        short.then(|| format!("`{}`", String::from_utf8_lossy(bytes)))
    }

    /// What a name, a field or a constant stands for now. Calls and operators are not evaluated.
    pub fn value(&self, id: ExprId) -> Option<Value> {
        // Chains of fields may be as long as the text: no recursion over them.
        let chunk = self.chunk();
        let mut links = Vec::new();
        let mut at = id;
        loop {
            match chunk.expr(at) {
                Expr::Field { object, .. } | Expr::Index { object, .. } => {
                    links.push(at);
                    at = object;
                }
                Expr::Paren(inner) | Expr::Optional(inner) | Expr::OptionalLink(inner) => {
                    at = inner
                }
                _ => break,
            }
        }
        let mut value = self.simple_value(at)?;
        for &link in links.iter().rev() {
            value = match chunk.expr(link) {
                Expr::Field { name, .. } => self.field(value, self.name_bytes(name))?,
                Expr::Index { key, .. } => self.element(value, key)?,
                _ => return None,
            };
        }
        Some(value)
    }

    /// The element of `object` under a key, which brackets enclose: those nest 200 deep at most.
    fn element(&self, object: Value, key: ExprId) -> Option<Value> {
        if let Expr::Str(name) = self.chunk().expr(key) {
            return self.field(object, self.name_bytes(name));
        }
        let key = self.value(key)?;
        match key.as_str() {
            Some(name) => self.field(object, name.bytes()),
            None => Some(object.as_table()?.get(key)),
        }
    }

    /// The value of a key, if it is a name, a constant, or one with a number added: `i`, `#t + 1`.
    pub fn key(&self, id: ExprId) -> Option<Value> {
        let chunk = self.chunk();
        match chunk.expr(id) {
            Expr::Binary { op: op @ (BinOp::Add | BinOp::Sub), lhs, rhs, .. } => {
                let (a, b) = (self.operand(lhs)?, self.operand(rhs)?);
                Some(Value::int(if op == BinOp::Add {
                    a.wrapping_add(b)
                } else {
                    a.wrapping_sub(b)
                }))
            }
            _ => self.operand(id).map(Value::int),
        }
    }

    fn operand(&self, id: ExprId) -> Option<i64> {
        match self.chunk().expr(id) {
            Expr::Unary { op: UnOp::Len, operand } => {
                let table = self.value(operand)?.as_table()?;
                let plain = self.vm.metamethod(table.into(), Event::Len).is_nil();
                plain.then(|| table.len())
            }
            _ => self.value(id)?.as_int(),
        }
    }

    /// [`ErrorSite::value`] of what is no chain.
    fn simple_value(&self, id: ExprId) -> Option<Value> {
        let chunk = self.chunk();
        match chunk.expr(id) {
            Expr::Name(name) => self.variable(self.name_bytes(name)).map(|(_, value)| value),
            Expr::Nil => Some(Value::NIL),
            Expr::True => Some(Value::TRUE),
            Expr::False => Some(Value::FALSE),
            Expr::Int(n) => Some(Value::int(n)),
            Expr::Float(x) => Some(Value::float(x)),
            Expr::Unary { op: UnOp::Neg, operand } => match chunk.expr(operand) {
                Expr::Int(n) => Some(Value::int(n.wrapping_neg())),
                Expr::Float(x) => Some(Value::float(-x)),
                _ => None,
            },
            _ => None,
        }
    }

    /// `local`, `upvalue` or `global`, and the value.
    pub fn variable(&self, name: &[u8]) -> Option<(&'static str, Value)> {
        let (thread, level) = self.level.as_ref()?;
        if let Some(found) = self.vm.visible_variable(*thread, level, name) {
            return Some(found);
        }
        let globals = self.globals()?;
        Some(("global", globals.get_str_bytes(name)))
    }

    /// The table of global variables the code at fault sees.
    pub fn globals(&self) -> Option<Gc<Table>> {
        let (thread, level) = self.level.as_ref()?;
        match self.vm.visible_variable(*thread, level, b"_ENV") {
            Some((_, env)) => env.as_table(),
            None => Some(self.vm.globals()),
        }
    }

    /// A field of a value, found without running code; `None` if a metamethod would decide.
    fn field(&self, object: Value, name: &[u8]) -> Option<Value> {
        let mut object = object;
        for _ in 0..CHAIN {
            if let Some(table) = object.as_table() {
                let value = table.get_str_bytes(name);
                if !value.is_nil() {
                    return Some(value);
                }
            }
            let index = self.vm.metamethod(object, Event::Index);
            if index.is_nil() {
                return object.as_table().map(|_| Value::NIL);
            }
            if index.is_function() {
                return None;
            }
            object = index;
        }
        None
    }

    /// The names of the fields a value has, those found through `__index` tables included.
    pub fn fields(&self, object: Value) -> Vec<Vec<u8>> {
        let mut names = Vec::new();
        let mut object = object;
        for _ in 0..CHAIN {
            if let Some(table) = object.as_table() {
                let strings = table.entries().take(10_000).filter_map(|(key, _)| key.as_str());
                names.extend(strings.map(|name| name.bytes().to_vec()));
            }
            object = self.vm.metamethod(object, Event::Index);
            if object.is_nil() || object.is_function() {
                break;
            }
        }
        names
    }

    /// How a report calls the variable an expression is: ``local `x` ``, ``field `y` of `x` ``.
    pub fn origin(&self, id: ExprId) -> Option<String> {
        let chunk = self.chunk();
        match chunk.expr(id) {
            Expr::Name(name) => {
                let kind = match self.variable(self.name_bytes(name)) {
                    Some(("global", _)) => "global",
                    Some(_) => "local",
                    None => return None,
                };
                Some(format!("{kind} `{}`", self.name_text(name)))
            }
            Expr::Field { object, name } => {
                let name = self.name_text(name);
                Some(match self.whose(object) {
                    Some(owner) => format!("field `{name}` of {owner}"),
                    None => format!("field `{name}`"),
                })
            }
            Expr::Index { object, key } => {
                let what = match chunk.expr(key) {
                    Expr::Str(name) => format!("field `{}`", self.name_text(name)),
                    Expr::Int(n) => format!("item {n}"),
                    _ => match self.key(key).or_else(|| self.value(key)) {
                        Some(key) if key.as_int().is_some() => {
                            format!("item {}", show::shown(self.vm, key))
                        }
                        Some(key) => {
                            format!("the field with the key {}", show::shown(self.vm, key))
                        }
                        None => "a field".to_string(),
                    },
                };
                Some(match self.whose(object) {
                    Some(owner) => format!("{what} of {owner}"),
                    None => what,
                })
            }
            Expr::Paren(inner) => self.origin(inner),
            _ => None,
        }
    }

    fn whose(&self, object: ExprId) -> Option<String> {
        match self.chunk().expr(object) {
            Expr::Name(_) => self.origin(object).or_else(|| self.written(object)),
            Expr::OptionalLink(inner) => self.whose(inner),
            _ => self.written(object),
        }
    }
}

fn expr_id(index: u32) -> ExprId {
    luka_compiler::ast::Id::from_index(index)
}
