//! The resolved tree as text: indented, one statement a line, expressions in prefix form.
//!
//! `L3:x` is local variable number 3 with its name, `U0:_ENV` upvalue 0, `K` a folded constant.

use std::fmt::Write;

use super::hir::{
    BlockId, Expr, ExprId, FuncId, Hir, LabelId, List, LocalId, LocalKind, NO_KEY, Stat, StatId,
};
use crate::{Names, Sym};

/// All functions of `hir`, the main function first.
pub fn dump_hir(hir: &Hir, names: &Names) -> String {
    let mut dump = Dump { hir, names, func: FuncId(0), depth: 0, out: String::new() };
    for id in 0..hir.functions.len() as u32 {
        dump.function(FuncId(id));
    }
    dump.out
}

struct Dump<'a> {
    hir: &'a Hir,
    names: &'a Names,
    func: FuncId,
    depth: usize,
    out: String,
}

/// A part of an expression that remains to be printed.
enum Todo {
    Expr(ExprId),
    Text(&'static str),
    Name(Sym),
}

impl Dump<'_> {
    fn name(&self, name: Sym) -> String {
        self.names.bytes(name).escape_ascii().to_string()
    }

    fn line(&mut self, text: &str) {
        let indent = self.depth * 2;
        let _ = writeln!(self.out, "{:indent$}{text}", "");
    }

    fn function(&mut self, id: FuncId) {
        self.func = id;
        let hir = self.hir;
        let function = &hir.functions[id.index()];
        let params: Vec<String> = (0..function.num_params as u32)
            .map(|n| self.local(LocalId(function.first_param.0 + n)))
            .chain(function.is_vararg.then(|| "...".to_string()))
            .collect();
        self.line(&format!("function F{} ({})", id.0, params.join(", ")));
        for (index, up) in function.upvalues.iter().enumerate() {
            let from = if up.in_stack { "register" } else { "upvalue" };
            let text = format!("  upvalue U{index}:{} = {from} {}", self.name(up.name), up.index);
            self.line(&text);
        }
        self.block(function.body);
    }

    fn block(&mut self, id: BlockId) {
        self.depth += 1;
        let hir = self.hir;
        for &stat in hir.list(hir.block(id).stats) {
            self.statement(StatId(stat));
        }
        self.depth -= 1;
    }

    fn local(&self, id: LocalId) -> String {
        let local = self.hir.local(id);
        let kind = match local.kind {
            LocalKind::Regular => "",
            LocalKind::Const => "<const>",
            LocalKind::ToClose => "<close>",
            LocalKind::Folded => "<folded>",
        };
        let captured = if local.captured { "^" } else { "" };
        format!("L{}:{}{captured}{kind}", id.0, self.name(local.name))
    }

    fn locals(&self, first: LocalId, count: u32) -> String {
        let all: Vec<_> = (0..count).map(|n| self.local(LocalId(first.0 + n))).collect();
        all.join(", ")
    }

    fn label(&self, id: LabelId) -> String {
        let close = if self.hir.labels[id.index()].needs_close { " (closes)" } else { "" };
        format!("J{}{close}", id.0)
    }

    fn exprs(&self, list: List) -> String {
        let all: Vec<_> = self.hir.list(list).iter().map(|&e| self.expr(ExprId(e))).collect();
        all.join(", ")
    }

    fn statement(&mut self, id: StatId) {
        let hir = self.hir;
        match hir.stat(id) {
            Stat::Error => self.line("error"),
            Stat::Local { first, count, values } => {
                let text = format!("local {} = {}", self.locals(first, count), self.exprs(values));
                self.line(&text);
            }
            Stat::LocalFunction { local, func } => {
                self.line(&format!("local function {} = F{}", self.local(local), func.0));
            }
            Stat::Function { target, func } => {
                self.line(&format!("function {} = F{}", self.expr(target), func.0));
            }
            Stat::Assign { targets, values } => {
                self.line(&format!("assign {} = {}", self.exprs(targets), self.exprs(values)));
            }
            Stat::Call(call) => self.line(&self.expr(call)),
            Stat::Do(body) => {
                self.line("do");
                self.block(body);
            }
            Stat::While { cond, body, exit } => {
                self.line(&format!("while {} exit {}", self.expr(cond), self.label(exit)));
                self.block(body);
            }
            Stat::Repeat { body, cond, exit } => {
                self.line(&format!("repeat exit {}", self.label(exit)));
                self.block(body);
                self.line(&format!("until {}", self.expr(cond)));
            }
            Stat::If { arms, otherwise } => {
                for arm in hir.list(arms).chunks_exact(2) {
                    self.line(&format!("if {}", self.expr(ExprId(arm[0]))));
                    self.block(BlockId(arm[1]));
                }
                if let Some(body) = otherwise {
                    self.line("else");
                    self.block(body);
                }
            }
            Stat::NumericFor(node) => {
                let node = hir.numeric_fors[node.index()];
                let var = self.local(LocalId(node.first.0 + 3));
                let (start, limit) = (self.expr(node.start), self.expr(node.limit));
                let step = node.step.map_or("1".to_string(), |step| self.expr(step));
                let exit = self.label(node.exit);
                self.line(&format!("for {var} = {start}, {limit}, {step} exit {exit}"));
                self.block(node.body);
            }
            Stat::GenericFor(node) => {
                let node = hir.generic_fors[node.index()];
                let vars = self.locals(LocalId(node.first.0 + 4), node.count);
                let (values, exit) = (self.exprs(node.values), self.label(node.exit));
                self.line(&format!("for {vars} in {values} exit {exit}"));
                self.block(node.body);
            }
            Stat::Return(values) => self.line(&format!("return {}", self.exprs(values))),
            Stat::Break(label) => self.line(&format!("break {}", self.label(label))),
            Stat::Forward(label) => self.line(&format!("goto {}", self.label(label))),
            Stat::Backward(label) => self.line(&format!("goto back {}", self.label(label))),
            Stat::Nothing => self.line("nothing"),
            Stat::Compound { target, op, value } => {
                let (target, value) = (self.expr(target), self.expr(value));
                self.line(&format!("compound {target} {}= {value}", op.text()));
            }
            Stat::Label(label) => self.line(&format!("label {}", self.label(label))),
        }
    }

    /// An expression, without recursion: chains may be millions of nodes deep.
    fn expr(&self, id: ExprId) -> String {
        let mut out = String::new();
        let mut todo = vec![Todo::Expr(id)];
        while let Some(next) = todo.pop() {
            match next {
                Todo::Text(text) => out.push_str(text),
                Todo::Name(name) => out.push_str(&self.name(name)),
                Todo::Expr(id) => self.node(id, &mut out, &mut todo),
            }
        }
        out
    }

    fn node(&self, id: ExprId, out: &mut String, todo: &mut Vec<Todo>) {
        let hir = self.hir;
        let base = todo.len();
        let _ = match hir.expr(id) {
            Expr::Error => write!(out, "error"),
            Expr::Nil => write!(out, "nil"),
            Expr::True => write!(out, "true"),
            Expr::False => write!(out, "false"),
            Expr::Int(n) => write!(out, "{n}"),
            Expr::Float(x) => write!(out, "{x:?}"),
            Expr::Str(s) => write!(out, "\"{}\"", self.name(s)),
            Expr::Vararg => write!(out, "..."),
            Expr::Local(local) => {
                write!(out, "L{}:{}", local.0, self.name(hir.local(local).name))
            }
            Expr::Upvalue(index) => {
                let name = hir.functions[self.func.index()].upvalues[index as usize].name;
                write!(out, "U{index}:{}", self.name(name))
            }
            Expr::Global { env, name } => {
                todo.extend([Todo::Expr(env), Todo::Text("."), Todo::Name(name)]);
                Ok(())
            }
            Expr::Field { object, name } => {
                todo.extend([Todo::Expr(object), Todo::Text("."), Todo::Name(name)]);
                Ok(())
            }
            Expr::Index { object, key } => {
                todo.extend([Todo::Expr(object), Todo::Text("["), Todo::Expr(key)]);
                todo.push(Todo::Text("]"));
                Ok(())
            }
            Expr::Call { callee, args, .. } => {
                todo.push(Todo::Expr(callee));
                self.args(args, todo);
                Ok(())
            }
            Expr::Method(call) => {
                let call = hir.methods[call.index()];
                todo.extend([Todo::Expr(call.object), Todo::Text(":"), Todo::Name(call.name)]);
                self.args(call.args, todo);
                Ok(())
            }
            Expr::Function(func) => write!(out, "F{}", func.0),
            Expr::Binary { op, left, right, .. } => {
                todo.extend([Todo::Text("("), Todo::Text(op.text()), Todo::Text(" ")]);
                todo.extend([Todo::Expr(left), Todo::Text(" "), Todo::Expr(right)]);
                todo.push(Todo::Text(")"));
                Ok(())
            }
            Expr::Unary { op, operand } => {
                todo.extend([Todo::Text("("), Todo::Text(op.text()), Todo::Text(" ")]);
                todo.extend([Todo::Expr(operand), Todo::Text(")")]);
                Ok(())
            }
            Expr::Paren(inner) => {
                todo.extend([Todo::Text("(one "), Todo::Expr(inner), Todo::Text(")")]);
                Ok(())
            }
            Expr::If(parts) => {
                todo.push(Todo::Text("(if"));
                for &part in hir.list(parts) {
                    todo.extend([Todo::Text(" "), Todo::Expr(ExprId(part))]);
                }
                todo.push(Todo::Text(")"));
                Ok(())
            }
            Expr::Optional(inner) => {
                todo.extend([Todo::Text("(optional "), Todo::Expr(inner), Todo::Text(")")]);
                Ok(())
            }
            Expr::Built(register) => write!(out, "R{register}"),
            Expr::OptionalLink(inner) => {
                todo.extend([Todo::Expr(inner), Todo::Text("?")]);
                Ok(())
            }
            Expr::Table(items) => {
                todo.push(Todo::Text("{"));
                for (n, item) in hir.list(items).chunks_exact(2).enumerate() {
                    if n > 0 {
                        todo.push(Todo::Text(", "));
                    }
                    if item[0] != NO_KEY {
                        todo.extend([Todo::Expr(ExprId(item[0])), Todo::Text(" = ")]);
                    }
                    todo.push(Todo::Expr(ExprId(item[1])));
                }
                todo.push(Todo::Text("}"));
                Ok(())
            }
        };
        todo[base..].reverse();
    }

    fn args(&self, args: List, todo: &mut Vec<Todo>) {
        todo.push(Todo::Text("("));
        for (n, &arg) in self.hir.list(args).iter().enumerate() {
            if n > 0 {
                todo.push(Todo::Text(", "));
            }
            todo.push(Todo::Expr(ExprId(arg)));
        }
        todo.push(Todo::Text(")"));
    }
}
