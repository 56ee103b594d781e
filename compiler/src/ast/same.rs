//! Whether two chunks are the same tree.

use super::*;

impl Chunk {
    /// Whether both chunks, whose texts have the same names in the same order, have the same nodes, positions aside.
    /// Of chunks with nodes of the extensions it is not known: false.
    pub fn has_nodes_of(&self, other: &Chunk) -> bool {
        self.ext.is_none()
            && other.ext.is_none()
            && self.lists == other.lists
            && self.tables == other.tables
            && equal(&self.exprs, &other.exprs, expr)
            && equal(&self.stmts, &other.stmts, stmt)
            && equal(&self.blocks, &other.blocks, |block| block.stmts)
            && equal(&self.funcs, &other.funcs, |func| {
                (func.params, func.is_vararg, func.is_method, func.complete, func.body)
            })
            && equal(&self.method_calls, &other.method_calls, |call| {
                (call.object, call.name, call.args)
            })
            && self.numeric_fors == other.numeric_fors
            && equal(&self.generic_fors, &other.generic_fors, |node| {
                (node.vars, node.values, node.body)
            })
            && equal(&self.bindings, &other.bindings, |binding| (binding.name, binding.attrib))
            && equal(&self.arms, &other.arms, |arm| (arm.cond, arm.body))
            && equal(&self.fields, &other.fields, field)
    }
}

fn equal<T: Copy, U: PartialEq>(left: &[T], right: &[T], of: impl Fn(T) -> U) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(a, b)| of(*a) == of(*b))
}

/// An expression without positions.
fn expr(expr: Expr) -> Expr {
    match expr {
        Expr::Call { callee, args, .. } => Expr::Call { callee, args, line_at: 0 },
        Expr::Binary { op, lhs, rhs, .. } => Expr::Binary { op, lhs, rhs, op_at: 0 },
        expr => expr,
    }
}

fn stmt(stmt: Stmt) -> Stmt {
    match stmt {
        Stmt::Label { name, .. } => Stmt::Label { name, name_at: 0 },
        stmt => stmt,
    }
}

fn field(field: Field) -> Field {
    match field {
        Field::Named { name, value, .. } => Field::Named { name, name_at: 0, value },
        field => field,
    }
}

#[cfg(test)]
mod tests {
    use crate::parse::{Options, parse};
    use crate::source::Source;

    fn same(left: &str, right: &str) -> bool {
        let chunk = |text| parse(&Source::from_text(text), &Options::default()).chunk;
        chunk(left).has_nodes_of(&chunk(right))
    }

    #[test]
    fn positions_and_semicolons_do_not_count() {
        let text =
            "local t = {a = 1; 2}; goto x; f(t):g() ::x:: for i = 1, 2 do end return t, -1 + 2;";
        assert!(same(text, &text.replace(';', " \n ").replace("1 \n  2", "1, 2")));
        for (from, to) in [
            ("= 1", "= 3"),
            ("goto x", "goto y"),
            (":g()", ".g()"),
            ("-1 +", "-1 -"),
            ("t, -1", "t -1"),
        ] {
            assert!(!same(text, &text.replacen(from, to, 1)), "{from}");
        }
        assert!(!same("f();(g)()", "f()\n(g)()"));
        assert!(!same("local {a} = b", "local {a} = b"));
    }
}
