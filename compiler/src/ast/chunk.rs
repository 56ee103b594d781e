//! Building and reading a chunk's arena.

use super::*;

impl Chunk {
    /// The main function: vararg, no parameters.
    pub const MAIN: FuncId = FuncId::new(0);

    /// An empty arena with capacity for the nodes of this many tokens.
    pub fn with_capacity(tokens: usize) -> Chunk {
        // Real programs have 0.55 expressions, 0.1 statements and 0.45 list entries a token; 0.03
        // blocks, 0.04 variables.
        let (exprs, stmts) = (tokens * 5 / 8 + 8, tokens / 8 + 8);
        let mut lists = Vec::with_capacity(tokens / 2 + 8);
        lists.push(0);
        Chunk {
            exprs: Vec::with_capacity(exprs),
            expr_spans: Vec::with_capacity(exprs),
            stmts: Vec::with_capacity(stmts),
            stmt_spans: Vec::with_capacity(stmts),
            blocks: Vec::with_capacity(tokens / 32 + 1),
            funcs: Vec::with_capacity(tokens / 64 + 1),
            tables: Vec::new(),
            method_calls: Vec::new(),
            numeric_fors: Vec::new(),
            generic_fors: Vec::new(),
            bindings: Vec::with_capacity(tokens / 24 + 1),
            arms: Vec::new(),
            fields: Vec::new(),
            ext: None,
            lists,
        }
    }

    /// Clears the arena and keeps its memory.
    pub(crate) fn clear(&mut self) {
        let Chunk {
            exprs,
            expr_spans,
            stmts,
            stmt_spans,
            blocks,
            funcs,
            tables,
            method_calls,
            numeric_fors,
            generic_fors,
            bindings,
            arms,
            fields,
            ext,
            lists,
        } = self;
        exprs.clear();
        expr_spans.clear();
        stmts.clear();
        stmt_spans.clear();
        blocks.clear();
        funcs.clear();
        tables.clear();
        method_calls.clear();
        numeric_fors.clear();
        generic_fors.clear();
        bindings.clear();
        arms.clear();
        fields.clear();
        *ext = None;
        lists.truncate(1);
    }

    /// Adds an expression.
    #[inline]
    pub fn add_expr(&mut self, expr: Expr, span: Span) -> ExprId {
        let id = ExprId::new(self.exprs.len() as u32);
        self.exprs.push(expr);
        self.expr_spans.push(span);
        id
    }

    /// Adds a statement.
    #[inline]
    pub fn add_stmt(&mut self, stmt: Stmt, span: Span) -> StmtId {
        let id = StmtId::new(self.stmts.len() as u32);
        self.stmts.push(stmt);
        self.stmt_spans.push(span);
        id
    }

    /// Adds a block.
    pub fn add_block(&mut self, block: Block) -> BlockId {
        push(&mut self.blocks, block)
    }

    /// Adds a function.
    pub fn add_func(&mut self, func: Func) -> FuncId {
        push(&mut self.funcs, func)
    }

    /// Adds a table constructor.
    pub fn add_table(&mut self, table: Table) -> TableId {
        push(&mut self.tables, table)
    }

    /// Adds a method call.
    pub fn add_method_call(&mut self, call: MethodCall) -> MethodCallId {
        push(&mut self.method_calls, call)
    }

    /// Adds a numeric `for`.
    pub fn add_numeric_for(&mut self, node: NumericFor) -> NumericForId {
        push(&mut self.numeric_fors, node)
    }

    /// Adds a generic `for`.
    pub fn add_generic_for(&mut self, node: GenericFor) -> GenericForId {
        push(&mut self.generic_fors, node)
    }

    /// Adds a variable.
    pub fn add_binding(&mut self, binding: Binding) -> BindingId {
        push(&mut self.bindings, binding)
    }

    /// Adds an arm of an `if`.
    pub fn add_arm(&mut self, arm: IfArm) -> ArmId {
        push(&mut self.arms, arm)
    }

    /// Adds a field.
    pub fn add_field(&mut self, field: Field) -> FieldId {
        push(&mut self.fields, field)
    }

    /// Stores a list of raw ids.
    #[inline]
    pub fn add_list<T: Id>(&mut self, raw_ids: &[u32]) -> List<T> {
        if raw_ids.is_empty() {
            return List::EMPTY;
        }
        let at = self.lists.len() as u32;
        self.lists.push(raw_ids.len() as u32);
        self.lists.extend_from_slice(raw_ids);
        List::new(at)
    }

    /// Stores a list of one id.
    #[inline]
    pub fn add_list_of_one<T: Id>(&mut self, id: T) -> List<T> {
        let at = self.lists.len() as u32;
        self.lists.push(1);
        self.lists.push(id.index() as u32);
        List::new(at)
    }

    #[inline]
    fn raw_list<T>(&self, list: List<T>) -> &[u32] {
        let at = list.at as usize;
        let len = self.lists[at] as usize;
        &self.lists[at + 1..at + 1 + len]
    }

    /// The ids of a list, in order.
    #[inline]
    pub fn list<T: Id>(
        &self,
        list: List<T>,
    ) -> impl ExactSizeIterator<Item = T> + DoubleEndedIterator + Clone + '_ {
        self.raw_list(list).iter().map(|&raw| T::from_index(raw))
    }

    /// The number of ids in a list.
    #[inline]
    pub fn list_len<T: Id>(&self, list: List<T>) -> usize {
        self.raw_list(list).len()
    }

    /// The `index`-th id of a list.
    #[inline]
    pub fn list_get<T: Id>(&self, list: List<T>, index: usize) -> Option<T> {
        self.raw_list(list).get(index).map(|&raw| T::from_index(raw))
    }

    /// The last id of a list.
    #[inline]
    pub fn list_last<T: Id>(&self, list: List<T>) -> Option<T> {
        self.raw_list(list).last().map(|&raw| T::from_index(raw))
    }

    /// An expression.
    #[inline]
    pub fn expr(&self, id: ExprId) -> Expr {
        self.exprs[id.index()]
    }

    /// The span of an expression.
    #[inline]
    pub fn expr_span(&self, id: ExprId) -> Span {
        self.expr_spans[id.index()]
    }

    /// A statement.
    #[inline]
    pub fn stmt(&self, id: StmtId) -> Stmt {
        self.stmts[id.index()]
    }

    /// The span of a statement.
    #[inline]
    pub fn stmt_span(&self, id: StmtId) -> Span {
        self.stmt_spans[id.index()]
    }

    /// A block.
    pub fn block(&self, id: BlockId) -> Block {
        self.blocks[id.index()]
    }

    /// A function.
    pub fn func(&self, id: FuncId) -> Func {
        self.funcs[id.index()]
    }

    /// The main function.
    pub fn main(&self) -> Func {
        self.func(Chunk::MAIN)
    }

    /// A table constructor.
    pub fn table(&self, id: TableId) -> Table {
        self.tables[id.index()]
    }

    /// A method call.
    pub fn method_call(&self, id: MethodCallId) -> MethodCall {
        self.method_calls[id.index()]
    }

    /// A numeric `for`.
    pub fn numeric_for(&self, id: NumericForId) -> NumericFor {
        self.numeric_fors[id.index()]
    }

    /// A generic `for`.
    pub fn generic_for(&self, id: GenericForId) -> GenericFor {
        self.generic_fors[id.index()]
    }

    /// A variable.
    pub fn binding(&self, id: BindingId) -> Binding {
        self.bindings[id.index()]
    }

    /// An arm of an `if`.
    pub fn arm(&self, id: ArmId) -> IfArm {
        self.arms[id.index()]
    }

    /// The tables of the extensions.
    pub fn ext_mut(&mut self) -> &mut Ext {
        self.ext.get_or_insert_default()
    }

    /// A field.
    pub fn field(&self, id: FieldId) -> Field {
        self.fields[id.index()]
    }
}

fn push<T, I: Id>(nodes: &mut Vec<T>, node: T) -> I {
    let id = I::from_index(nodes.len() as u32);
    nodes.push(node);
    id
}
