//! Expressions.

use super::{KEYS, Place, Program};

const OPERATORS: &[&str] = &[
    "+", "-", "*", "/", "//", "%", "^", "..", "==", "~=", "<", "<=", ">", ">=", "and", "or", "&",
    "|", "~", "<<", ">>", "??", "??", "??",
];
const LITERALS: &[&str] = &[
    "1",
    "2.5",
    "0x1F",
    "1e3",
    "1_000",
    "0b1010_01",
    "0xFF_FF",
    "0",
    "-1",
    "'s'",
    "\"q\\n\"",
    "[[long]]",
    "nil",
    "true",
    "false",
    "`plain`",
];

impl Program<'_> {
    pub(super) fn exprs(&mut self) {
        self.expr();
        while self.once_in(4) {
            self.put(",");
            self.expr();
        }
    }

    pub(super) fn expr(&mut self) {
        if self.room == 0 {
            return self.leaf();
        }
        self.room -= 1;
        match self.random.below(24) {
            0..=3 => self.leaf(),
            4 | 5 => self.pick(LITERALS),
            6..=8 => {
                // A short function takes all that follows into its body, where `...` is another.
                if self.at.vararg {
                    self.parenthesised()
                } else {
                    self.expr()
                }
                self.pick(OPERATORS);
                self.expr();
            }
            9 => {
                self.pick(&["-", "not", "#", "~"]);
                self.expr();
            }
            10 => self.parenthesised(),
            11 => {
                self.put("function");
                self.function();
            }
            12 => self.table(),
            13 if self.at.vararg => self.put("..."),
            14 | 15 => self.interpolated(),
            16 | 17 => self.if_expression(),
            18 | 19 => self.short_function(),
            20 => self.place(true),
            _ => self.call(true),
        }
        self.room += 1;
    }

    /// A variable, some of them constants.
    fn leaf(&mut self) {
        match self.random.below(3) {
            0 if !self.constants.is_empty() => {
                let constant = self.random.below(self.constants.len());
                let constant = self.constants[constant].clone();
                self.put(&constant);
            }
            _ => self.name(),
        }
    }

    fn parenthesised(&mut self) {
        self.put("(");
        if self.once_in(3) {
            // The type belongs to the last operand.
            if self.once_in(2) {
                self.leaf()
            } else {
                self.parenthesised()
            }
            self.put("::");
            self.ty();
        } else {
            self.expr();
        }
        self.put(")");
    }

    fn interpolated(&mut self) {
        self.text.push('`');
        for _ in 0..self.random.below(4) {
            let text = self.random.pick(&["text ", "100% ", "\\n", "\\{", "", "%s"]);
            self.text.push_str(text);
            self.put("{");
            self.expr();
            self.text.push('}');
        }
        let text = self.random.pick(&["", "end", "\\`", "%"]);
        self.text.push_str(text);
        self.put("`");
    }

    fn if_expression(&mut self) {
        self.put("if");
        self.expr();
        self.put("then");
        self.expr();
        while self.once_in(4) {
            self.put("elseif");
            self.expr();
            self.put("then");
            self.expr();
        }
        self.put("else");
        self.expr();
    }

    fn short_function(&mut self) {
        let vararg = match self.random.below(4) {
            0 => {
                self.name();
                false
            }
            1 => {
                self.put("||");
                false
            }
            _ => self.parameters("|", "|"),
        };
        self.put("->");
        if self.once_in(3) {
            self.put("do");
            self.inner_at(Place::function(vararg), "end");
        } else {
            let outer = std::mem::replace(&mut self.at, Place::function(vararg));
            self.expr();
            self.at = outer;
        }
    }

    fn table(&mut self) {
        self.put("{");
        for _ in 0..self.random.below(4) {
            match self.random.below(3) {
                0 => {
                    self.pick(KEYS);
                    self.put("=");
                }
                1 => {
                    self.put("[");
                    self.expr();
                    self.put("] =");
                }
                _ => {}
            }
            self.expr();
            self.pick(&[",", ";"]);
        }
        self.put("}");
    }

    /// A variable, field or item; perhaps with a `?.`.
    pub(super) fn place(&mut self, optional: bool) {
        self.pick(&["a", "b", "t", "u"]);
        let parts = self.random.below(3);
        for _ in 0..parts {
            self.suffix(optional);
            if self.once_in(4) {
                self.arguments();
                self.suffix(optional);
            }
        }
    }

    pub(super) fn suffix(&mut self, optional: bool) {
        let optional = optional && self.once_in(3);
        if optional {
            self.put("?.");
        }
        if self.once_in(2) {
            if !optional {
                self.put(".");
            }
            self.pick(KEYS);
        } else {
            self.put("[");
            self.expr();
            self.put("]");
        }
    }

    pub(super) fn call(&mut self, optional: bool) {
        self.pick(&["a", "f", "print", "t"]);
        for _ in 0..self.random.below(3) {
            self.suffix(optional);
        }
        match self.random.below(6) {
            0 => {
                self.put(":");
                self.pick(KEYS);
            }
            1 if optional => {
                self.put("?. :");
                self.pick(KEYS);
            }
            2 if optional => {
                self.put("?. (");
                self.exprs();
                return self.put(")");
            }
            _ => {}
        }
        self.arguments();
    }

    pub(super) fn arguments(&mut self) {
        match self.random.below(6) {
            0 => self.pick(&["'s'", "[[u]]"]),
            1 => self.table(),
            2 => self.put("( )"),
            _ => {
                self.put("(");
                self.exprs();
                if self.once_in(6) {
                    self.put(",");
                }
                self.put(")");
            }
        }
    }
}
