//! Types, which mean nothing to a program.

use super::{KEYS, Program};

impl Program<'_> {
    pub(super) fn ty(&mut self) {
        if self.room == 0 {
            return self.pick(&["number", "string", "T", "any"]);
        }
        self.room -= 1;
        match self.random.below(14) {
            0..=4 => self.pick(&["number", "string", "boolean", "any", "T", "a.Type"]),
            5 => self.pick(&["nil", "true", "false", "'text'"]),
            6 => {
                self.put("Map <");
                self.ty();
                self.put(",");
                self.ty();
                self.put(">");
            }
            7 => {
                self.put("{");
                self.ty();
                self.put("}");
            }
            8 => self.table_type(),
            9 => {
                self.put("(");
                self.ty();
                self.put(", ... any ) ->");
                self.ty();
            }
            10 => {
                self.put("(");
                self.ty();
                self.put(")");
                self.put("?");
            }
            11 => {
                self.put("typeof (");
                self.expr();
                self.put(")");
            }
            12 => {
                self.pick(&["number", "T"]);
                self.pick(&["|", "&"]);
                self.pick(&["string", "nil"]);
            }
            _ => self.put("() -> ( number , string )"),
        }
        self.room += 1;
    }

    fn table_type(&mut self) {
        self.put("{");
        for _ in 0..self.random.below(3) {
            match self.random.below(3) {
                0 => {
                    self.put("[ string ] :");
                }
                1 => {
                    self.put("read");
                    self.pick(KEYS);
                    self.put(":");
                }
                _ => {
                    self.pick(KEYS);
                    self.put(":");
                }
            }
            self.ty();
            self.pick(&[",", ";"]);
        }
        self.put("}");
    }

    pub(super) fn generics(&mut self) {
        if self.once_in(8) {
            self.pick(&["< T >", "< T , U >", "< T , P ... >"]);
        }
    }

    pub(super) fn type_statement(&mut self) {
        if self.once_in(3) {
            self.put("export");
        }
        let name = self.fresh("Type");
        self.put("type");
        self.put(&name);
        if self.once_in(3) {
            self.pick(&["< T >", "< T , U = number >"]);
        }
        self.put("=");
        self.ty();
    }
}
