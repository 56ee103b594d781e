//! Fields, indices and calls: what follows a value.

use luka_compiler::ast::{Expr, ExprId, List};
use luka_compiler::lex::TokenKind as T;

use super::Printer;
use crate::doc::Group;

/// From so many calls on, a chain that does not fit has a line for each.
const CHAIN: usize = 3;

#[derive(Clone, Copy)]
enum Suffix {
    /// `?.`
    Link,
    /// `.name`
    Field,
    /// `[key]`
    Index(ExprId),
    /// `(args)`
    Call(List<ExprId>),
    /// `:name(args)`
    Method(List<ExprId>),
}

impl Printer<'_> {
    /// A value with all that follows it.
    pub(super) fn suffixed(&mut self, id: ExprId) {
        let (base, suffixes) = self.suffixes(id);
        let starts = self.call_starts(&suffixes);
        let is_chain = starts.len() >= CHAIN;
        // The first call stays with a name.
        let keep = usize::from(matches!(self.chunk.expr(base), Expr::Name(_)));
        let mut breaks = if is_chain { &starts[keep..] } else { &[] }.iter().peekable();
        if is_chain {
            self.open(Group::Plain);
            self.indent();
        }
        self.expr(base);
        for (n, &suffix) in suffixes.iter().enumerate() {
            if breaks.next_if(|&&start| start == n).is_some() {
                self.soft();
            }
            self.suffix(suffix, n > 0 && matches!(suffixes[n - 1], Suffix::Link));
        }
        if is_chain {
            self.dedent();
            self.close();
        }
    }

    /// The value at the start, and what follows it in order.
    fn suffixes(&self, id: ExprId) -> (ExprId, Vec<Suffix>) {
        let mut suffixes = Vec::new();
        let mut id = id;
        loop {
            id = match self.chunk.expr(id) {
                Expr::Optional(inner) => inner,
                Expr::OptionalLink(object) => {
                    suffixes.push(Suffix::Link);
                    object
                }
                Expr::Field { object, .. } => {
                    suffixes.push(Suffix::Field);
                    object
                }
                Expr::Index { object, key } => {
                    suffixes.push(Suffix::Index(key));
                    object
                }
                Expr::Call { callee, args, .. } => {
                    suffixes.push(Suffix::Call(args));
                    callee
                }
                Expr::MethodCall(call) => {
                    let call = self.chunk.method_call(call);
                    suffixes.push(Suffix::Method(call.args));
                    call.object
                }
                _ => break,
            };
        }
        suffixes.reverse();
        (id, suffixes)
    }

    /// Where calls by name start among the suffixes.
    fn call_starts(&self, suffixes: &[Suffix]) -> Vec<usize> {
        let is_call = |n: usize| match suffixes[n] {
            Suffix::Method(_) => true,
            Suffix::Field => matches!(suffixes.get(n + 1), Some(Suffix::Call(_))),
            _ => false,
        };
        let start = |n: usize| match n.checked_sub(1).map(|before| suffixes[before]) {
            Some(Suffix::Link) => n - 1,
            _ => n,
        };
        (0..suffixes.len()).filter(|&n| is_call(n)).map(start).collect()
    }

    fn suffix(&mut self, suffix: Suffix, after_link: bool) {
        match suffix {
            Suffix::Link => self.tok(T::QuestionDot),
            Suffix::Field => {
                if !after_link {
                    self.tok(T::Dot);
                }
                self.tok(T::Name);
            }
            Suffix::Index(key) => {
                self.tok(T::LBracket);
                let spaced = self.bytes(self.span()).starts_with(b"[");
                self.expr(key);
                if spaced {
                    self.space();
                }
                self.tok(T::RBracket);
            }
            Suffix::Call(args) => self.arguments(args),
            Suffix::Method(args) => {
                self.tok(T::Colon);
                self.tok(T::Name);
                self.arguments(args);
            }
        }
    }

    /// The arguments of a call: in parentheses, or one string or table without them.
    fn arguments(&mut self, args: List<ExprId>) {
        let args_list = args;
        let args: Vec<ExprId> = self.chunk.list(args).collect();
        if self.kind() != T::LParen {
            self.space();
            return match args.as_slice() {
                [only] => self.expr(*only),
                _ => self.fail("an argument"),
            };
        }
        self.open(if self.args_hug(args_list) { Group::Hug } else { Group::Plain });
        self.tok(T::LParen);
        if !args.is_empty() || self.has_comments() {
            self.indent();
            self.soft();
            self.first = true;
            for (n, &arg) in args.iter().enumerate() {
                if n > 0 {
                    self.line();
                }
                self.expr(arg);
                if self.kind() == T::Comma {
                    self.token();
                }
            }
            self.comments_before_closer();
            self.dedent();
            self.soft();
        }
        self.tok(T::RParen);
        self.close();
    }

    /// Whether the lines of a function or table among the arguments may follow the parenthesis: of
    /// any function with a block, of a table at the end, or at the start before simple values.
    pub(super) fn args_hug(&self, args: List<ExprId>) -> bool {
        let is_function = |id| match self.chunk.expr(id) {
            Expr::Function(func) => !self.is_short_value(func),
            _ => false,
        };
        let is_table = |id| matches!(self.chunk.expr(id), Expr::Table(table) if !self.chunk.table(table).fields.is_empty());
        let Some(last) = self.chunk.list_last(args) else { return false };
        let mut all = self.chunk.list(args);
        if is_table(last) || self.chunk.list(args).any(is_function) {
            return true;
        }
        let first_is_table = all.next().is_some_and(is_table);
        if first_is_table && all.all(|id| self.is_path_or_literal(id) || is_table(id)) {
            return true;
        }
        matches!(self.chunk.expr(last), Expr::Call { .. } | Expr::MethodCall(_)) && self.hugs(last)
    }
}
