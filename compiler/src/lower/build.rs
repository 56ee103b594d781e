//! Creating plain nodes. Their span is [`Lower::at`].

use super::{Builtin, Lower};
use crate::ast::{
    Attrib, BinOp, Binding, BindingId, Block, BlockId, Expr, ExprId, Func, FuncId, IfArm, List,
    Stmt, StmtId, UnOp,
};
use crate::{Span, Sym};

impl Lower<'_> {
    pub(super) fn add(&mut self, expr: Expr) -> ExprId {
        self.chunk.add_expr(expr, self.at)
    }

    pub(super) fn stmt(&mut self, stmt: Stmt) -> StmtId {
        self.chunk.add_stmt(stmt, self.at)
    }

    pub(super) fn name(&mut self, name: Sym) -> ExprId {
        self.add(Expr::Name(name))
    }

    pub(super) fn int(&mut self, n: usize) -> ExprId {
        self.add(Expr::Int(n as i64))
    }

    pub(super) fn text(&mut self, text: &str) -> ExprId {
        let text = self.names.intern_str(text);
        self.add(Expr::Str(text))
    }

    pub(super) fn field(&mut self, object: ExprId, name: Sym) -> ExprId {
        self.add(Expr::Field { object, name })
    }

    pub(super) fn item(&mut self, table: Sym, key: usize) -> ExprId {
        let object = self.name(table);
        let key = self.int(key);
        self.add(Expr::Index { object, key })
    }

    pub(super) fn binary(&mut self, op: BinOp, lhs: ExprId, rhs: ExprId) -> ExprId {
        let op_at = self.at.start;
        self.add(Expr::Binary { op, lhs, rhs, op_at })
    }

    pub(super) fn not(&mut self, operand: ExprId) -> ExprId {
        self.add(Expr::Unary { op: UnOp::Not, operand })
    }

    /// `value == nil`
    pub(super) fn is_nil(&mut self, value: ExprId) -> ExprId {
        let nil = self.add(Expr::Nil);
        self.binary(BinOp::Eq, value, nil)
    }

    pub(super) fn exprs(&mut self, ids: &[ExprId]) -> List<ExprId> {
        let raw: Vec<u32> = ids.iter().map(|id| id.index() as u32).collect();
        self.chunk.add_list(&raw)
    }

    /// A call of a function of the standard library.
    pub(super) fn call(&mut self, builtin: Builtin, args: &[ExprId]) -> ExprId {
        let callee = self.builtin(builtin);
        let callee = self.name(callee);
        let args = self.exprs(args);
        self.add(Expr::Call { callee, args, line_at: self.at.start })
    }

    pub(super) fn binding(&mut self, name: Sym, attrib: Attrib) -> BindingId {
        self.chunk.add_binding(Binding { name, name_span: self.at, attrib })
    }

    /// `local names = values`
    pub(super) fn local(&mut self, names: &[Sym], values: &[ExprId]) -> StmtId {
        let bindings: Vec<BindingId> =
            names.iter().map(|&name| self.binding(name, Attrib::None)).collect();
        let values = self.exprs(values);
        self.local_of(&bindings, values)
    }

    /// `local bindings = values`
    pub(super) fn local_of(&mut self, bindings: &[BindingId], values: List<ExprId>) -> StmtId {
        let raw: Vec<u32> = bindings.iter().map(|id| id.index() as u32).collect();
        let bindings = self.chunk.add_list(&raw);
        self.stmt(Stmt::Local { bindings, values })
    }

    /// `target = value`
    pub(super) fn assign(&mut self, target: ExprId, value: ExprId) -> StmtId {
        let targets = self.chunk.add_list_of_one(target);
        let values = self.chunk.add_list_of_one(value);
        self.stmt(Stmt::Assign { targets, values })
    }

    pub(super) fn goto(&mut self, label: Sym) -> StmtId {
        self.stmt(Stmt::Goto(label))
    }

    pub(super) fn label(&mut self, name: Sym) -> StmtId {
        let name_at = self.at.start;
        self.stmt(Stmt::Label { name, name_at })
    }

    pub(super) fn new_block(&mut self, stmts: &[StmtId]) -> BlockId {
        let Span { start, end } = self.at;
        let raw: Vec<u32> = stmts.iter().map(|id| id.index() as u32).collect();
        let stmts = self.chunk.add_list(&raw);
        self.chunk.add_block(Block { stmts, open_at: start, close_at: end })
    }

    /// Gives a block other statements.
    pub(super) fn set_block(&mut self, id: BlockId, stmts: &[StmtId]) {
        let raw: Vec<u32> = stmts.iter().map(|id| id.index() as u32).collect();
        self.chunk.blocks[id.index()].stmts = self.chunk.add_list(&raw);
    }

    /// `do stmts end`
    pub(super) fn do_block(&mut self, stmts: &[StmtId]) -> StmtId {
        let block = self.new_block(stmts);
        self.stmt(Stmt::Do(block))
    }

    pub(super) fn arm(&mut self, cond: ExprId, body: BlockId) -> IfArm {
        IfArm { cond, body, at: self.at.start }
    }

    pub(super) fn if_arms(&mut self, arms: &[IfArm], otherwise: Option<BlockId>) -> StmtId {
        let raw: Vec<u32> =
            arms.iter().map(|&arm| self.chunk.add_arm(arm).index() as u32).collect();
        let arms = self.chunk.add_list(&raw);
        self.stmt(Stmt::If { arms, otherwise })
    }

    /// `if cond then stmts end`
    pub(super) fn if_then(&mut self, cond: ExprId, stmts: &[StmtId]) -> StmtId {
        let body = self.new_block(stmts);
        let arm = self.arm(cond, body);
        self.if_arms(&[arm], None)
    }

    /// A function without parameters.
    pub(super) fn closure(&mut self, body: BlockId, is_vararg: bool) -> ExprId {
        let func: FuncId = self.chunk.add_func(Func {
            params: List::EMPTY,
            is_vararg,
            is_method: false,
            complete: true,
            body,
            span: self.at,
            line_at: self.at.start,
            end_at: self.at.end.max(self.at.start + 1) - 1,
        });
        self.add(Expr::Function(func))
    }
}
