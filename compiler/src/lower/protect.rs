//! `try` and `defer`.
//!
//! A `catch` is a `pcall` of the body; exits from the body are numbers that it returns. `finally` and
//! `defer` are to-be-closed variables, so that they run whenever the scope is left, including by
//! `coroutine.close` and errors.

use super::flow::{Exit, Frame};
use super::{Builtin, Lower};
use crate::Sym;
use crate::ast::ext::Try;
use crate::ast::{Attrib, BinOp, BlockId, Expr, ExprId, Field, Stmt, StmtId, Table};

impl Lower<'_> {
    pub(super) fn try_statement(&mut self, node: Try, out: &mut Vec<StmtId>) {
        let span = self.at;
        let mut inner = Vec::new();
        if let Some(finally) = node.finally {
            self.frames.push(Frame::closed("finally"));
            self.block(finally);
            self.frames.pop();
            self.at = span;
            self.at_exit("finally", finally, node.finally_vararg, &mut inner);
        }
        match node.catch {
            None => {
                self.block(node.body);
                self.at = span;
                inner.push(self.stmt(Stmt::Do(node.body)));
            }
            Some((name, handler)) => {
                self.frames.push(Frame::body_of_try());
                self.block(node.body);
                let exits = self.frames.pop().map_or(Vec::new(), Frame::exits);
                self.at = span;
                let status = self.protected_call(node, &exits, &mut inner);
                let error = self.name(status[1]);
                let values = self.chunk.add_list_of_one(error);
                let caught = self.local_of(&[name], values);
                self.block_with(handler, vec![caught]);
                self.at = span;
                self.decide(&status, handler, &exits, &mut inner);
            }
        }
        self.at = span;
        out.push(self.do_block(&inner));
    }

    /// `local ok, result, values… = pcall(body, ...)`; returns the names.
    fn protected_call(&mut self, node: Try, exits: &[Exit], out: &mut Vec<StmtId>) -> Vec<Sym> {
        let values = exits.iter().map(|exit| match exit {
            Exit::Return(count) => *count,
            Exit::ReturnPacked => 1,
            _ => 0,
        });
        let values = values.max().unwrap_or(0);
        let mut names = vec![self.hidden("ok"), self.hidden("result")];
        for _ in 0..values {
            names.push(self.hidden("value"));
        }
        let mut args = vec![self.closure(node.body, node.body_vararg)];
        if node.body_vararg {
            args.push(self.add(Expr::Vararg));
        }
        let call = self.call(Builtin::Pcall, &args);
        out.push(self.local(&names, &[call]));
        names
    }

    /// Runs the handler after an error, or performs the exit that the body has returned.
    fn decide(&mut self, status: &[Sym], handler: BlockId, exits: &[Exit], out: &mut Vec<StmtId>) {
        let ok = self.name(status[0]);
        let failed = self.not(ok);
        let mut arms = vec![self.arm(failed, handler)];
        for (n, &exit) in exits.iter().enumerate() {
            let (result, number) = (self.name(status[1]), self.int(n + 1));
            let cond = self.binary(BinOp::Eq, result, number);
            let mut stmts = Vec::new();
            self.take_exit(exit, &status[2..], &mut stmts);
            let body = self.new_block(&stmts);
            arms.push(self.arm(cond, body));
        }
        out.push(self.if_arms(&arms, None));
    }

    /// `defer do body end`
    pub(super) fn defer_block(&mut self, body: BlockId, vararg: bool, out: &mut Vec<StmtId>) {
        let span = self.at;
        self.frames.push(Frame::closed("defer"));
        self.block(body);
        self.frames.pop();
        self.at = span;
        self.at_exit("defer", body, vararg, out);
    }

    /// `defer call`
    pub(super) fn defer_call(&mut self, call: ExprId, vararg: bool, out: &mut Vec<StmtId>) {
        let call = self.stmt(Stmt::Call(call));
        let body = self.new_block(&[call]);
        self.at_exit("defer", body, vararg, out);
    }

    /// `local name <close> = setmetatable({}, {__close = function() body end})`
    fn at_exit(&mut self, what: &str, body: BlockId, vararg: bool, out: &mut Vec<StmtId>) {
        let mut body = body;
        if vararg {
            let packed = self.hidden("values");
            let all = self.add(Expr::Vararg);
            let pack = self.call(Builtin::Pack, &[all]);
            out.push(self.local(&[packed], &[pack]));
            let callee = self.closure(body, true);
            let callee = self.add(Expr::Paren(callee));
            let all = self.unpack(packed);
            let args = self.chunk.add_list_of_one(all);
            let call = self.add(Expr::Call { callee, args, line_at: self.at.start });
            let call = self.stmt(Stmt::Call(call));
            body = self.new_block(&[call]);
        }
        let function = self.closure(body, false);
        let name = self.names.intern_str("__close");
        let field = Field::Named { name, name_at: self.at.start, value: function };
        let field = self.chunk.add_field(field);
        let fields = self.chunk.add_list_of_one(field);
        let table = self.chunk.add_table(Table { fields });
        let metatable = self.add(Expr::Table(table));
        let object = self.empty_table();
        let value = self.call(Builtin::SetMetatable, &[object, metatable]);
        let values = self.chunk.add_list_of_one(value);
        let name = self.hidden(what);
        let binding = self.binding(name, Attrib::Close);
        out.push(self.local_of(&[binding], values));
    }
}
