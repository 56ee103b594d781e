//! Short functions with branches that call one another: what a compiler builds in place.

use super::{Kind, Maker, Variable};

impl Maker<'_> {
    /// Some functions, each of which may call those before it.
    pub(super) fn short_functions(&mut self) {
        for _ in 0..2 + self.r.below(5) {
            let name = format!("s{}", self.short.len() + 1);
            self.line(&format!("local function {name}(a, o)"));
            let variables = self.variables.len();
            self.variables.push(Variable { name: "a".into(), kind: Kind::Number, changes: true });
            self.variables.push(Variable { name: "o".into(), kind: Kind::Object, changes: false });
            for _ in 0..self.r.below(4) {
                self.short_statement();
            }
            let result = self.short_result();
            self.line(&format!("return {result}\nend"));
            self.variables.truncate(variables);
            self.short.push(name);
        }
    }

    fn short_statement(&mut self) {
        match self.r.below(8) {
            0..3 => {
                let (condition, result) = (self.condition(1), self.short_result());
                self.line(&format!("if {condition} then return {result} end"));
            }
            3 => {
                let (condition, a, b) = (self.condition(0), self.number(1), self.number(0));
                self.line(&format!("if {condition} then a = {a} else a = {b} end"));
            }
            4 => {
                let value = self.number(1);
                let name = self.declare(Kind::Number, true);
                self.line(&format!("local {name} = {value}"));
            }
            5 => {
                let (field, value) = (self.choose(&["x", "n"]), self.number(1));
                self.line(&format!("o.{field} = {value}"));
            }
            6 => self.line("if o.next then o = o.next end"),
            _ => {
                let call = self.short_result();
                let also = self.name();
                self.line(&format!("local {also} a, {also} = {call}"));
            }
        }
    }

    fn short_result(&mut self) -> String {
        match self.r.below(7) {
            // (For more results than one.)
            5 => format!("{}, {}", self.number(0), self.number(1)),
            6 => format!("{}, {}, {}", self.number(0), self.number(0), self.number(0)),
            0 => format!("math.floor({} * 0.5)", self.number(0)),
            1 if !self.short.is_empty() => self.short_call(1),
            2 => {
                let condition = self.condition(0);
                format!("({condition} and {} or {})", self.number(0), self.number(1))
            }
            _ => self.number(1),
        }
    }

    /// A call of one, for as many results as there are, or one.
    pub(super) fn short_call(&mut self, room: usize) -> String {
        let name = self.short[self.r.below(self.short.len())].clone();
        let (number, object) = (self.number(room.min(1)), self.place(0));
        match self.r.below(3) {
            0 => format!("({name}({number}, {object}))"),
            _ => format!("{name}({number}, {object})"),
        }
    }
}
