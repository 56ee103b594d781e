//! Declared globals, as Lua 5.5 has them: in the scope of a `global` declaration every name that
//! is not a local variable must be declared, by its name or by `global *`.

use std::collections::HashSet;

use luka_bytecode::Span;

use super::Resolver;
use super::error;
use super::hir::{Expr, ExprId, LocalId};
use super::scope::Var;
use crate::Sym;
use crate::ast::{self, Attrib};

/// A declaration in scope.
struct Declared {
    /// Its index among the variables in scope.
    var: u32,
    /// `None` declares all names.
    name: Option<Sym>,
    is_const: bool,
}

/// The declarations in scope, and what came of them.
#[derive(Default)]
pub(super) struct Globals {
    declared: Vec<Declared>,
    /// Expressions that read a constant global.
    consts: HashSet<u32>,
    /// The last name that was looked up is a global that hides a local variable.
    hides_local: bool,
}

impl Globals {
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.declared.is_empty()
    }

    /// Ends the scope of the declarations from variable `first` on.
    pub(super) fn remove(&mut self, first: usize) {
        while self.declared.last().is_some_and(|d| d.var as usize >= first) {
            self.declared.pop();
        }
    }

    /// How many declarations are in scope from variable `first` on.
    pub(super) fn count_from(&self, first: usize) -> usize {
        self.declared.len() - self.declared.partition_point(|d| (d.var as usize) < first)
    }

    pub(super) fn is_const(&self, target: ExprId) -> bool {
        !self.is_empty() && self.consts.contains(&target.0)
    }

    /// Was the last name a global that hides a local variable?
    pub(super) fn has_hidden_local(&self) -> bool {
        !self.is_empty() && self.hides_local
    }

    /// The names that are declared.
    pub(super) fn names(&self) -> impl Iterator<Item = Sym> + '_ {
        self.declared.iter().filter_map(|declared| declared.name)
    }

    fn find(&self, var: u32) -> Option<&Declared> {
        let at = self.declared.binary_search_by_key(&var, |d| d.var).ok()?;
        self.declared.get(at)
    }

    /// The innermost variable from `index` outwards that is local.
    pub(super) fn local_behind(&self, vars: &[Var], index: u32) -> u32 {
        let mut index = index;
        while !self.is_empty() && self.find(index).is_some() {
            index = vars[index as usize].hidden;
        }
        index
    }
}

impl Resolver<'_> {
    /// From here on `names` are global, or all names if there are none.
    pub(super) fn declare_globals(&mut self, names: ast::List<ast::BindingId>, is_const: bool) {
        let chunk = self.chunk;
        let func = self.scopes.funcs.len() as u32 - 1;
        let none = LocalId(u32::MAX);
        for binding in chunk.list(names) {
            let binding = chunk.binding(binding);
            let var = self.push_var(binding.name, none, func);
            let is_const = binding.attrib == Attrib::Const;
            let name = Some(binding.name);
            self.scopes.globals.declared.push(Declared { var, name, is_const });
        }
        if names.is_empty() {
            let var = self.push_var(self.predefined.all, none, func);
            self.scopes.globals.declared.push(Declared { var, name: None, is_const });
        }
    }

    /// What a name means where globals are declared; `None` if it is a local variable. `index` is
    /// the innermost variable or declaration of that name.
    pub(super) fn declared_global(&mut self, name: Sym, index: u32, span: Span) -> Option<ExprId> {
        self.scopes.globals.hides_local = false;
        let own = self.scopes.globals.find(index);
        if own.is_none()
            && ((index as usize) < self.scopes.vars.len() || name == self.predefined.env)
        {
            return None;
        }
        let all = self.scopes.globals.declared.iter().rev().find(|d| d.name.is_none());
        let Some(found) = own.or(all) else {
            let error = error::not_declared(self, name, span);
            self.report(error);
            return Some(self.hir.add_expr(Expr::Error, span));
        };
        let is_const = found.is_const;
        let environment = self.scopes.innermost(self.predefined.env);
        if self.scopes.globals.find(environment).is_some() {
            let error = error::global_environment(self, name, span);
            self.report(error);
            return Some(self.hir.add_expr(Expr::Error, span));
        }
        let behind = self.scopes.globals.local_behind(&self.scopes.vars, index);
        self.scopes.globals.hides_local = (behind as usize) < self.scopes.vars.len();
        let env = self.env(span);
        let e = self.hir.add_expr(Expr::Global { env, name }, span);
        // Ids of nodes of resolved functions are reused.
        match is_const {
            true => self.scopes.globals.consts.insert(e.0),
            false => self.scopes.globals.consts.remove(&e.0),
        };
        Some(e)
    }
}
