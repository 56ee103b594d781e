//! The tree as text: one node a line, children indented. Tests compare it; people read it.

use std::fmt::Write;

use super::types::type_text;
use super::*;
use crate::{Names, Sym};

/// A pending task of the printer; an explicit stack, because chains may be very deep.
pub(super) enum Task {
    Expr(ExprId),
    Stmt(StmtId),
    Block(&'static str, BlockId),
    Func(FuncId),
    Field(FieldId),
    Arm(ArmId),
    Out,
}

pub(super) struct Dump<'a> {
    pub(super) chunk: &'a Chunk,
    pub(super) names: &'a Names,
    out: String,
    depth: usize,
    /// Tasks of the node being printed, in order; reversed onto the stack after it.
    pub(super) next: Vec<Task>,
}

/// The whole tree as text.
///
/// Indentation stops growing at 40 levels so that deep chains print in linear space.
pub fn dump_ast(chunk: &Chunk, names: &Names) -> String {
    let mut dump = Dump { chunk, names, out: String::new(), depth: 0, next: Vec::new() };
    let mut stack = vec![Task::Func(Chunk::MAIN)];
    while let Some(task) = stack.pop() {
        if let Task::Out = task {
            dump.depth -= 1;
            continue;
        }
        dump.node(task);
        if !dump.next.is_empty() {
            dump.depth += 1;
            stack.push(Task::Out);
            stack.extend(dump.next.drain(..).rev());
        }
    }
    dump.out
}

impl Dump<'_> {
    pub(super) fn line(&mut self, text: std::fmt::Arguments<'_>, span: Option<Span>) {
        let indent = self.depth.min(40) * 2;
        let _ = write!(self.out, "{:indent$}{text}", "");
        if let Some(span) = span {
            let _ = write!(self.out, " @{}..{}", span.start, span.end);
        }
        self.out.push('\n');
    }

    fn sym(&self, sym: Sym) -> String {
        self.names.bytes(sym).escape_ascii().to_string()
    }

    fn exprs(&mut self, list: List<ExprId>) {
        self.next.extend(self.chunk.list(list).map(Task::Expr));
    }

    fn bindings(&self, list: List<BindingId>) -> String {
        let mut text = String::new();
        for id in self.chunk.list(list) {
            let b = self.chunk.binding(id);
            let sep = if text.is_empty() { "" } else { ", " };
            let attrib = match b.attrib {
                Attrib::None => "",
                Attrib::Const => " <const>",
                Attrib::Close => " <close>",
            };
            // A pattern's binding has no name of its own yet.
            let name = if self.is_pattern(id) { "(pattern)".to_string() } else { self.sym(b.name) };
            let _ = write!(text, "{sep}{name}{attrib}");
        }
        text
    }

    fn is_pattern(&self, id: BindingId) -> bool {
        let ext = self.chunk.ext.as_ref();
        ext.is_some_and(|ext| {
            ext.destructured.binary_search_by_key(&id.index(), |(b, _)| b.index()).is_ok()
        })
    }

    fn node(&mut self, task: Task) {
        match task {
            Task::Expr(id) => self.expr(id),
            Task::Stmt(id) => self.stmt(id),
            Task::Block(role, id) => {
                let block = self.chunk.block(id);
                self.line(format_args!("{role} @{}..{}", block.open_at, block.close_at), None);
                self.next.extend(self.chunk.list(block.stmts).map(Task::Stmt));
            }
            Task::Func(id) => {
                let func = self.chunk.func(id);
                let mut params = self.bindings(func.params);
                if func.is_vararg {
                    params.push_str(if params.is_empty() { "..." } else { ", ..." });
                }
                let method = if func.is_method { " method" } else { "" };
                let partial = if func.complete { "" } else { " incomplete" };
                let index = id.index();
                self.line(
                    format_args!("function#{index}({params}){method}{partial}"),
                    Some(func.span),
                );
                self.next.push(Task::Block("body", func.body));
            }
            Task::Field(id) => match self.chunk.field(id) {
                Field::Item(value) => self.expr(value),
                Field::Named { name, value, .. } => {
                    let name = self.sym(name);
                    self.line(format_args!(".{name} ="), None);
                    self.next.push(Task::Expr(value));
                }
                Field::Keyed { key, value } => {
                    self.line(format_args!("[] ="), None);
                    self.next.extend([Task::Expr(key), Task::Expr(value)]);
                }
            },
            Task::Arm(id) => {
                let arm = self.chunk.arm(id);
                self.line(format_args!("arm @{}", arm.at), None);
                self.next.extend([Task::Expr(arm.cond), Task::Block("then", arm.body)]);
            }
            Task::Out => {}
        }
    }

    fn expr(&mut self, id: ExprId) {
        let span = Some(self.chunk.expr_span(id));
        match self.chunk.expr(id) {
            Expr::Error => self.line(format_args!("error"), span),
            Expr::If(parts) => {
                self.line(format_args!("if expression"), span);
                self.exprs(parts);
            }
            Expr::Optional(inner) => {
                self.line(format_args!("optional"), span);
                self.next.push(Task::Expr(inner));
            }
            Expr::OptionalLink(inner) => {
                self.line(format_args!("?."), span);
                self.next.push(Task::Expr(inner));
            }
            Expr::Cast { expr, ty } => {
                let ty = type_text(self.chunk, self.names, ty);
                self.line(format_args!("cast to {ty}"), span);
                self.next.push(Task::Expr(expr));
            }
            Expr::Interpolated(parts) => {
                self.line(format_args!("interpolated string"), span);
                self.exprs(parts);
            }
            Expr::Nil => self.line(format_args!("nil"), span),
            Expr::True => self.line(format_args!("true"), span),
            Expr::False => self.line(format_args!("false"), span),
            Expr::Int(value) => self.line(format_args!("int {value}"), span),
            Expr::Float(value) => self.line(format_args!("float {value:?}"), span),
            Expr::Str(sym) => {
                let text = self.sym(sym);
                self.line(format_args!("string \"{text}\""), span);
            }
            Expr::Vararg | Expr::NamedVararg(_) => self.line(format_args!("..."), span),
            Expr::Name(sym) => {
                let text = self.sym(sym);
                self.line(format_args!("name {text}"), span);
            }
            Expr::Function(func) => {
                self.line(format_args!("closure"), span);
                self.next.push(Task::Func(func));
            }
            Expr::Table(table) => {
                self.line(format_args!("table"), span);
                let fields = self.chunk.table(table).fields;
                self.next.extend(self.chunk.list(fields).map(Task::Field));
            }
            Expr::Index { object, key } => {
                self.line(format_args!("index"), span);
                self.next.extend([Task::Expr(object), Task::Expr(key)]);
            }
            Expr::Field { object, name } => {
                let name = self.sym(name);
                self.line(format_args!("field {name}"), span);
                self.next.push(Task::Expr(object));
            }
            Expr::Call { callee, args, line_at } => {
                self.line(format_args!("call at {line_at}"), span);
                self.next.push(Task::Expr(callee));
                self.exprs(args);
            }
            Expr::MethodCall(call) => {
                let call = self.chunk.method_call(call);
                let name = self.sym(call.name);
                self.line(format_args!("method {name} at {}", call.line_at), span);
                self.next.push(Task::Expr(call.object));
                self.exprs(call.args);
            }
            Expr::Unary { op, operand } => {
                self.line(format_args!("unary {}", op.text()), span);
                self.next.push(Task::Expr(operand));
            }
            Expr::Binary { op, lhs, rhs, op_at } => {
                self.line(format_args!("binary {} at {op_at}", op.text()), span);
                self.next.extend([Task::Expr(lhs), Task::Expr(rhs)]);
            }
            Expr::Paren(inner) => {
                self.line(format_args!("paren"), span);
                self.next.push(Task::Expr(inner));
            }
        }
    }

    fn stmt(&mut self, id: StmtId) {
        let span = Some(self.chunk.stmt_span(id));
        match self.chunk.stmt(id) {
            Stmt::Error => self.line(format_args!("error"), span),
            Stmt::Local { bindings, values } => {
                let text = self.bindings(bindings);
                self.line(format_args!("local {text}"), span);
                self.exprs(values);
            }
            Stmt::LocalFunction { binding, func } => {
                let name = self.sym(self.chunk.binding(binding).name);
                self.line(format_args!("local function {name}"), span);
                self.next.push(Task::Func(func));
            }
            Stmt::Assign { targets, values } => {
                let count = self.chunk.list_len(targets);
                self.line(format_args!("assign {count}"), span);
                self.exprs(targets);
                self.exprs(values);
            }
            Stmt::Call(call) => {
                self.line(format_args!("do call"), span);
                self.next.push(Task::Expr(call));
            }
            Stmt::Do(body) => {
                self.line(format_args!("do"), span);
                self.next.push(Task::Block("body", body));
            }
            Stmt::While { cond, body } => {
                self.line(format_args!("while"), span);
                self.next.extend([Task::Expr(cond), Task::Block("body", body)]);
            }
            Stmt::Repeat { body, cond } => {
                self.line(format_args!("repeat"), span);
                self.next.extend([Task::Block("body", body), Task::Expr(cond)]);
            }
            Stmt::If { arms, otherwise } => {
                self.line(format_args!("if"), span);
                self.next.extend(self.chunk.list(arms).map(Task::Arm));
                self.next.extend(otherwise.map(|block| Task::Block("else", block)));
            }
            Stmt::NumericFor(node) => {
                let node = self.chunk.numeric_for(node);
                let name = self.sym(self.chunk.binding(node.var).name);
                self.line(format_args!("for {name} ="), span);
                self.next.extend([Task::Expr(node.start), Task::Expr(node.limit)]);
                self.next.extend(node.step.map(Task::Expr));
                self.next.push(Task::Block("body", node.body));
            }
            Stmt::GenericFor(node) => {
                let node = self.chunk.generic_for(node);
                let vars = self.bindings(node.vars);
                self.line(format_args!("for {vars} in, call at {}", node.line_at), span);
                self.exprs(node.values);
                self.next.push(Task::Block("body", node.body));
            }
            Stmt::Function { target, func } => {
                self.line(format_args!("function"), span);
                self.next.extend([Task::Expr(target), Task::Func(func)]);
            }
            Stmt::Return(values) => {
                self.line(format_args!("return"), span);
                self.exprs(values);
            }
            Stmt::Continue => self.line(format_args!("continue"), span),
            Stmt::Compound { target, op, value } => {
                self.line(format_args!("compound {}=", op.text()), span);
                self.next.extend([Task::Expr(target), Task::Expr(value)]);
            }
            Stmt::Global { names, is_const } => {
                let names = self.bindings(names);
                let attrib = if is_const { " <const>" } else { "" };
                self.line(format_args!("global{attrib} {names}"), span);
            }
            Stmt::Ext(id) => self.extension(id, span),
            Stmt::Break => self.line(format_args!("break"), span),
            Stmt::Goto(name) => {
                let name = self.sym(name);
                self.line(format_args!("goto {name}"), span);
            }
            Stmt::Label { name, .. } => {
                let name = self.sym(name);
                self.line(format_args!("label {name}"), span);
            }
        }
    }
}
