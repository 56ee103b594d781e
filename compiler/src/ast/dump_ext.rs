//! The statements of the extensions as text.

use super::dump::{Dump, Task};
use super::ext::{Condition, ExtId, ExtStmt};
use super::types::{generics_text, type_text};
use super::{ExprId, List};
use crate::Span;

impl Dump<'_> {
    fn condition(&mut self, cond: Condition) {
        match cond {
            Condition::Expr(cond) => self.next.push(Task::Expr(cond)),
            Condition::Local { values, .. } => self.values(values),
        }
    }

    fn values(&mut self, values: List<ExprId>) {
        self.next.extend(self.chunk.list(values).map(Task::Expr));
    }

    pub(super) fn extension(&mut self, id: ExtId, span: Option<Span>) {
        let Some(ext) = &self.chunk.ext else { return };
        let name = match &ext.stmts[id.index()] {
            ExtStmt::Local { values, .. } => {
                self.values(*values);
                "local with patterns".to_string()
            }
            ExtStmt::If { arms, otherwise } => {
                for arm in arms {
                    self.condition(arm.cond);
                    self.next.push(Task::Block("then", arm.body));
                }
                self.next.extend(otherwise.map(|body| Task::Block("else", body)));
                "if local".to_string()
            }
            ExtStmt::While { cond, body } => {
                self.condition(*cond);
                self.next.push(Task::Block("body", *body));
                "while local".to_string()
            }
            ExtStmt::Global { values, .. } => {
                self.values(*values);
                "global".to_string()
            }
            ExtStmt::GlobalFunction { func, .. } => {
                self.next.push(Task::Func(*func));
                "global function".to_string()
            }
            ExtStmt::Type { name, generics, ty, .. } => {
                let name = self.names.bytes(*name).escape_ascii();
                let generics = generics_text(self.chunk, self.names, generics);
                format!("type {name}{generics} = {}", type_text(self.chunk, self.names, *ty))
            }
            ExtStmt::Match(node) => {
                self.next.push(Task::Expr(node.subject));
                for arm in &node.arms {
                    self.next.extend(arm.guard.map(Task::Expr));
                    self.next.push(Task::Block("case", arm.body));
                }
                self.next.extend(node.otherwise.map(|body| Task::Block("else", body)));
                "match".to_string()
            }
            ExtStmt::DeferCall { call, .. } => {
                self.next.push(Task::Expr(*call));
                "defer".to_string()
            }
            ExtStmt::DeferBlock { body, .. } => {
                self.next.push(Task::Block("body", *body));
                "defer".to_string()
            }
            ExtStmt::Try(node) => {
                self.next.push(Task::Block("body", node.body));
                self.next.extend(node.catch.map(|(_, body)| Task::Block("catch", body)));
                self.next.extend(node.finally.map(|body| Task::Block("finally", body)));
                "try".to_string()
            }
        };
        self.line(format_args!("{name}"), span);
    }
}
