//! The walk over a chunk that collects its facts: scopes as in the resolver, with the spans
//! of names and their uses.

use super::SourceNodes;
use super::facts::{Facts, GLOBAL, GlobalUse, Kind, Label, NONE, Use, Variable};
use crate::ast::{Attrib, BinOp, BlockId, Chunk, Expr, ExprId, Field, FuncId, Stmt, StmtId, UnOp};
use crate::{Names, Span, Sym};

/// Walks a chunk.
pub(crate) fn facts(chunk: &Chunk, names: &Names, written: SourceNodes) -> Facts {
    let mut walker = Walker {
        chunk,
        names,
        facts: Facts::new(chunk),
        by_name: vec![NONE; names.text_len()],
        scope: Vec::new(),
        block_start: 0,
        funcs: Vec::new(),
        loops: Vec::new(),
        env: names.lookup(b"_ENV"),
        written,
    };
    walker.function(Chunk::MAIN, None);
    walker.facts
}

struct Walker<'a> {
    chunk: &'a Chunk,
    names: &'a Names,
    facts: Facts,
    /// By symbol: the variable in scope.
    by_name: Vec<u32>,
    scope: Vec<u32>,
    /// Where the scope of the innermost block begins.
    block_start: usize,
    /// Open functions, and the variable each was declared as.
    funcs: Vec<(FuncId, u32)>,
    /// Open loops of the function: whether a `break` or `goto` leaves them.
    loops: Vec<bool>,
    env: Option<Sym>,
    written: SourceNodes,
}

/// Whether control reaches the end of a statement.
type Ends = bool;

impl Walker<'_> {
    fn here(&self) -> u32 {
        self.funcs.last().map_or(0, |(id, _)| id.index() as u32)
    }

    // ------------------------------------------------------------------ scopes

    fn declare(&mut self, name: Sym, span: Span, kind: Kind, attrib: Attrib) -> u32 {
        let index = self.facts.variables.len() as u32;
        self.facts.variables.push(Variable {
            name,
            span,
            kind,
            attrib,
            reads: 0,
            self_reads: 0,
            writes: 0,
            func: None,
            value: None,
            is_nil: false,
            extra: false,
            next: None,
            hides: None,
            same_block: false,
        });
        index
    }

    fn activate(&mut self, index: u32) {
        let name = self.facts.variables[index as usize].name;
        if let Some(slot) = self.by_name.get_mut(name.raw() as usize) {
            let hides = Some(std::mem::replace(slot, index)).filter(|&v| v != NONE);
            let same_block = hides.is_some_and(|v| self.scope[self.block_start..].contains(&v));
            let variable = &mut self.facts.variables[index as usize];
            (variable.hides, variable.same_block) = (hides, same_block);
            self.scope.push(index);
        }
    }

    /// Opens a block; the result closes it again.
    fn open(&mut self) -> (usize, usize) {
        let before = (self.scope.len(), self.block_start);
        self.block_start = self.scope.len();
        before
    }

    fn close(&mut self, (len, block_start): (usize, usize)) {
        while self.scope.len() > len
            && let Some(index) = self.scope.pop()
        {
            let variable = self.facts.variables[index as usize];
            self.by_name[variable.name.raw() as usize] = variable.hides.unwrap_or(NONE);
        }
        self.block_start = block_start;
    }

    fn lookup(&self, name: Sym) -> u32 {
        self.by_name.get(name.raw() as usize).copied().unwrap_or(NONE)
    }

    fn name(&mut self, id: ExprId, name: Sym, how: Use) {
        let index = self.lookup(name);
        if index == NONE {
            if self.env.is_some_and(|env| name == env) {
                self.facts.dynamic |= how == Use::Write;
                return;
            }
            // Under an `_ENV` of the program's written, names are fields of something else.
            if self.env.is_some_and(|env| self.lookup(env) != NONE) {
                return;
            }
            self.facts.set_meaning(id, GLOBAL);
            let (span, func) = (self.chunk.expr_span(id), self.here());
            self.facts.globals.push(GlobalUse { name, span, how, func });
            return;
        }
        self.facts.set_meaning(id, index);
        let inside = self.funcs.iter().any(|&(_, owner)| owner == index);
        let variable = &mut self.facts.variables[index as usize];
        match how {
            Use::Read if inside => variable.self_reads += 1,
            Use::Read => variable.reads += 1,
            _ => variable.writes += 1,
        }
    }

    // ------------------------------------------------------------------ functions and blocks

    /// `owner` is the variable the function is declared as.
    fn function(&mut self, id: FuncId, owner: Option<u32>) {
        let func = self.chunk.func(id);
        self.funcs.push((id, owner.unwrap_or(NONE)));
        let loops = std::mem::take(&mut self.loops);
        let scope = self.open();
        if func.is_method
            && let Some(name) = self.names.lookup(b"self")
        {
            let at = Span::new(func.line_at, func.line_at);
            let index = self.declare(name, at, Kind::SelfParam, Attrib::None);
            self.activate(index);
        }
        for binding in self.chunk.list(func.params) {
            let binding = self.chunk.binding(binding);
            let index = self.declare(binding.name, binding.name_span, Kind::Param, binding.attrib);
            self.activate(index);
        }
        if self.statements(func.body) {
            self.facts.with_end.insert(id);
        }
        self.close(scope);
        self.loops = loops;
        self.funcs.pop();
    }

    fn block(&mut self, id: BlockId) -> Ends {
        let scope = self.open();
        let ends = self.statements(id);
        self.close(scope);
        ends
    }

    /// The statements of a block, in a scope that is open; whether control gets to its end.
    fn statements(&mut self, id: BlockId) -> Ends {
        let block = self.chunk.block(id);
        let mut reached = true;
        for stmt in self.chunk.list(block.stmts) {
            if !reached {
                match self.chunk.stmt(stmt) {
                    // A `goto` may jump here.
                    Stmt::Label { .. } => reached = true,
                    // A `return` or `error` after an infinite loop is defensive.
                    Stmt::Return(_) => {}
                    Stmt::Call(call) if self.never_returns_written(call) => {}
                    _ if stmt.index() >= self.written.stmts => {}
                    _ => {
                        self.facts.unreachable.push(self.chunk.stmt_span(stmt));
                        // Report only once per block.
                        reached = true;
                    }
                }
            }
            reached &= self.statement(stmt);
        }
        reached
    }

    fn body(&mut self, id: BlockId) -> bool {
        self.loops.push(false);
        self.block(id);
        self.loops.pop().unwrap_or(false)
    }

    fn statement(&mut self, id: StmtId) -> Ends {
        let chunk = self.chunk;
        match chunk.stmt(id) {
            Stmt::Local { bindings, values } => {
                self.local(bindings, values);
                true
            }
            Stmt::LocalFunction { binding, func } => {
                let binding = chunk.binding(binding);
                let index =
                    self.declare(binding.name, binding.name_span, Kind::Function, Attrib::None);
                self.facts.variables[index as usize].func = Some(func);
                self.activate(index);
                self.function(func, Some(index));
                true
            }
            Stmt::Function { target, func } => {
                self.target(target, Use::Define);
                let owner = match chunk.expr(target) {
                    Expr::Name(name) => Some(self.lookup(name)).filter(|&v| v != NONE),
                    _ => None,
                };
                self.function(func, owner);
                true
            }
            Stmt::Assign { targets, values } => {
                for value in chunk.list(values) {
                    self.expr(value);
                }
                for target in chunk.list(targets) {
                    self.target(target, Use::Write);
                }
                true
            }
            Stmt::Compound { target, value, .. } => {
                self.expr(value);
                if let Expr::Name(name) = chunk.expr(target) {
                    self.name(target, name, Use::Read);
                }
                self.target(target, Use::Write);
                true
            }
            Stmt::Global { names, .. } => {
                for binding in chunk.list(names) {
                    let binding = chunk.binding(binding);
                    let (name, span, func) = (binding.name, binding.name_span, self.here());
                    self.facts.globals.push(GlobalUse { name, span, how: Use::Define, func });
                }
                true
            }
            Stmt::Call(call) => {
                self.expr(call);
                !self.never_returns(call)
            }
            Stmt::Do(body) => self.block(body),
            Stmt::While { cond, body } => {
                self.condition(cond);
                let left = self.body(body);
                left || chunk.expr(cond) != Expr::True
            }
            Stmt::Repeat { body, cond } => {
                self.loops.push(false);
                let scope = self.open();
                let ends = self.statements(body);
                self.condition(cond);
                self.close(scope);
                let left = self.loops.pop().unwrap_or(false);
                left || (ends && chunk.expr(cond) != Expr::False)
            }
            Stmt::If { arms, otherwise } => {
                let mut ends = false;
                for arm in chunk.list(arms) {
                    let arm = chunk.arm(arm);
                    self.condition(arm.cond);
                    ends |= self.block(arm.body);
                }
                if chunk.list_len(arms) == 1
                    && id.index() < self.written.stmts
                    && otherwise.is_none()
                    && let Some(arm) = chunk.list_get(arms, 0)
                    && chunk.block(chunk.arm(arm).body).stmts.is_empty()
                {
                    self.facts.empty.push(chunk.arm(arm).body);
                }
                match otherwise {
                    Some(block) => ends | self.block(block),
                    None => true,
                }
            }
            Stmt::NumericFor(node) => {
                let node = chunk.numeric_for(node);
                for value in [Some(node.start), Some(node.limit), node.step].into_iter().flatten() {
                    self.expr(value);
                }
                let scope = self.open();
                self.loop_variable(node.var);
                self.body(node.body);
                self.close(scope);
                true
            }
            Stmt::GenericFor(node) => {
                let node = chunk.generic_for(node);
                for value in chunk.list(node.values) {
                    self.expr(value);
                }
                let scope = self.open();
                for var in chunk.list(node.vars) {
                    self.loop_variable(var);
                }
                self.body(node.body);
                self.close(scope);
                true
            }
            Stmt::Return(values) => {
                if let Some(&(func, _)) = self.funcs.last()
                    && chunk.list_len(values) > 0
                {
                    self.facts.with_results.insert(func);
                }
                for value in chunk.list(values) {
                    self.expr(value);
                }
                false
            }
            Stmt::Break => {
                if let Some(left) = self.loops.last_mut() {
                    *left = true;
                }
                false
            }
            Stmt::Goto(name) => {
                self.loops.fill(true);
                let func = self.here();
                // The label may come later: it is marked at the end of the walk of names.
                self.facts.labels.push(Label { name, span: Span::NONE, func, used: true });
                false
            }
            Stmt::Label { name, name_at } => {
                let len = self.names.bytes(name).len() as u32;
                let (span, func) = (Span::new(name_at, name_at + len), self.here());
                self.facts.labels.push(Label { name, span, func, used: false });
                true
            }
            _ => {
                self.facts.incomplete = true;
                true
            }
        }
    }

    fn loop_variable(&mut self, binding: crate::ast::BindingId) {
        let binding = self.chunk.binding(binding);
        let index = self.declare(binding.name, binding.name_span, Kind::Loop, Attrib::None);
        self.activate(index);
    }

    fn local(
        &mut self,
        bindings: crate::ast::List<crate::ast::BindingId>,
        values: crate::ast::List<ExprId>,
    ) {
        let chunk = self.chunk;
        let first = self.facts.variables.len() as u32;
        let count = chunk.list_len(bindings) as u32;
        let given = chunk.list_len(values);
        let open = chunk.list_last(values).is_some_and(|last| {
            matches!(chunk.expr(last), Expr::Call { .. } | Expr::MethodCall(_) | Expr::Vararg)
        });
        for (i, binding) in chunk.list(bindings).enumerate() {
            let binding = chunk.binding(binding);
            let index = self.declare(binding.name, binding.name_span, Kind::Local, binding.attrib);
            let variable = &mut self.facts.variables[index as usize];
            variable.next = (i as u32 + 1 < count).then_some(index + 1);
            variable.extra = i > 0 && open && i + 1 >= given;
            variable.is_nil = i >= given && !open && binding.attrib == Attrib::None;
            variable.value = chunk.list_get(values, i);
        }
        for (i, value) in chunk.list(values).enumerate() {
            let owner = first + i as u32;
            match chunk.expr(value) {
                // `local f = function … end` is the function, though not by that name inside.
                Expr::Function(func) if (i as u32) < count => {
                    self.facts.variables[owner as usize].func = Some(func);
                    self.expr(value);
                }
                // `local print = print`
                Expr::Name(name) if (i as u32) < count => {
                    let variable = &mut self.facts.variables[owner as usize];
                    variable.extra |= variable.name == name;
                    self.expr(value);
                }
                _ => self.expr(value),
            }
        }
        for index in first..first + count {
            self.activate(index);
        }
    }

    /// As `never_returns`, but before the names in the call have been resolved.
    fn never_returns_written(&self, call: ExprId) -> bool {
        let Expr::Call { callee, .. } = self.chunk.expr(call) else { return false };
        matches!(self.chunk.expr(callee), Expr::Name(name)
            if matches!(self.names.bytes(name), b"error" | b"assert"))
    }

    /// `error(…)` and `os.exit(…)` do not return.
    fn never_returns(&self, call: ExprId) -> bool {
        let Expr::Call { callee, .. } = self.chunk.expr(call) else { return false };
        let is = |id: ExprId, name: &[u8]| match self.chunk.expr(id) {
            Expr::Name(n) => self.names.bytes(n) == name && self.facts.is_global(id),
            _ => false,
        };
        match self.chunk.expr(callee) {
            Expr::Name(_) => is(callee, b"error"),
            Expr::Field { object, name } => self.names.bytes(name) == b"exit" && is(object, b"os"),
            _ => false,
        }
    }

    // ------------------------------------------------------------------ expressions

    fn target(&mut self, id: ExprId, how: Use) {
        match self.chunk.expr(id) {
            Expr::Name(name) => self.name(id, name, how),
            Expr::Field { object, .. } => self.expr(object),
            Expr::Index { object, key } => {
                self.expr(object);
                self.expr(key);
                let globals = matches!(self.chunk.expr(object), Expr::Name(n)
                    if self.names.bytes(n) == b"_G" && self.facts.is_global(object));
                if globals && !matches!(self.chunk.expr(key), Expr::Str(_)) {
                    self.facts.dynamic = true;
                }
            }
            _ => self.facts.incomplete = true,
        }
    }

    fn expr(&mut self, id: ExprId) {
        self.walk(id, false);
    }

    /// An expression whose truth value is used.
    fn condition(&mut self, id: ExprId) {
        self.walk(id, true);
    }

    /// Visits every node of an expression. Chains may be millions of nodes deep, hence the explicit stack.
    fn walk(&mut self, id: ExprId, tested: bool) {
        let chunk = self.chunk;
        let mut stack = vec![(id, tested)];
        while let Some((id, tested)) = stack.pop() {
            match chunk.expr(id) {
                Expr::Nil
                | Expr::True
                | Expr::False
                | Expr::Int(_)
                | Expr::Float(_)
                | Expr::Str(_)
                | Expr::Vararg => {}
                Expr::Name(name) => {
                    self.name(id, name, Use::Read);
                    if tested {
                        self.facts.tested.insert(name);
                    }
                }
                Expr::Function(func) => self.function(func, None),
                Expr::Table(table) => {
                    for field in chunk.list(chunk.table(table).fields) {
                        match chunk.field(field) {
                            Field::Item(value) | Field::Named { value, .. } => {
                                stack.push((value, false));
                            }
                            Field::Keyed { key, value } => {
                                stack.extend([(key, false), (value, false)]);
                            }
                        }
                    }
                }
                Expr::Field { object, name } => {
                    if tested {
                        self.facts.tested.insert(name);
                    }
                    stack.push((object, false));
                }
                Expr::Index { object, key } => stack.extend([(object, false), (key, false)]),
                Expr::Call { callee, args, .. } => {
                    self.dynamic_definitions(callee, args);
                    let accepts_nil = self.accepts_nil(callee);
                    stack.extend(chunk.list(args).map(|arg| (arg, accepts_nil)));
                    stack.push((callee, false));
                }
                Expr::MethodCall(call) => {
                    let call = chunk.method_call(call);
                    stack.extend(chunk.list(call.args).map(|arg| (arg, false)));
                    stack.push((call.object, false));
                }
                Expr::Unary { op, operand } => stack.push((operand, op == UnOp::Not)),
                Expr::Binary { op, lhs, rhs, .. } => {
                    let (left, right) = match op {
                        BinOp::And | BinOp::Or | BinOp::Coalesce => (true, tested),
                        BinOp::Eq | BinOp::Ne => {
                            let nil = |id| matches!(chunk.expr(id), Expr::Nil);
                            (nil(rhs), nil(lhs))
                        }
                        _ => (false, false),
                    };
                    stack.extend([(lhs, left), (rhs, right)]);
                }
                Expr::Paren(inner) => stack.push((inner, tested)),
                Expr::If(parts) => stack.extend(chunk.list(parts).map(|part| (part, true))),
                Expr::Optional(inner) => stack.push((inner, false)),
                Expr::OptionalLink(inner) => stack.push((inner, true)),
                _ => self.facts.incomplete = true,
            }
        }
    }

    /// Whether a function accepts nil as an argument.
    fn accepts_nil(&self, callee: ExprId) -> bool {
        matches!(self.chunk.expr(callee), Expr::Name(name)
            if matches!(self.names.bytes(name), b"type" | b"rawequal"))
    }

    /// Calls that define names at run time.
    fn dynamic_definitions(&mut self, callee: ExprId, args: crate::ast::List<ExprId>) {
        let name = match self.chunk.expr(callee) {
            Expr::Name(name) => self.names.bytes(name),
            Expr::Field { name, .. } => self.names.bytes(name),
            _ => return,
        };
        let on_globals = self.chunk.list_get(args, 0).is_some_and(|first| {
            matches!(self.chunk.expr(first), Expr::Name(n)
                if matches!(self.names.bytes(n), b"_G" | b"_ENV"))
        });
        self.facts.dynamic |= match name {
            b"setmetatable" | b"rawset" => on_globals,
            b"setfenv" | b"module" => true,
            _ => false,
        };
    }
}
