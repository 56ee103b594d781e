//! What binds names: patterns, parameters and destructuring.

use super::{KEYS, Program};

const LITERALS: &[&str] = &["0", "1_0", "-2.5", "'s'", "\"t\"", "nil", "true", "false"];

impl Program<'_> {
    /// `local` with a pattern.
    pub(super) fn destructuring(&mut self) {
        self.put("local");
        self.targets();
        self.put("=");
        self.exprs();
    }

    /// Names and patterns.
    pub(super) fn targets(&mut self) {
        loop {
            if self.once_in(2) {
                self.name();
                self.typed();
            } else {
                self.pattern();
            }
            if !self.once_in(3) {
                break;
            }
            self.put(",");
        }
    }

    /// A pattern of a destructuring.
    fn pattern(&mut self) {
        let room = self.room;
        self.room = room.saturating_sub(2);
        if self.once_in(2) {
            self.put("{");
            for n in 0..1 + self.random.below(3) {
                if n > 0 {
                    self.put(",");
                }
                if self.once_in(2) {
                    self.pick(KEYS);
                    self.put("=");
                    self.target();
                } else {
                    self.name();
                }
                self.otherwise();
            }
            self.put("}");
        } else {
            self.put("[");
            for n in 0..1 + self.random.below(3) {
                if n > 0 {
                    self.put(",");
                }
                self.target();
                self.otherwise();
            }
            self.rest();
            self.put("]");
        }
        self.room = room;
    }

    fn target(&mut self) {
        if self.room > 0 && self.once_in(3) { self.pattern() } else { self.name() }
    }

    fn otherwise(&mut self) {
        if self.once_in(4) {
            self.put("??");
            self.expr();
        }
    }

    fn rest(&mut self) {
        match self.random.below(6) {
            0 => {
                self.put(", ...");
                self.name();
            }
            1 => self.put(", ..."),
            _ => {}
        }
    }

    /// The pattern of a `case`.
    pub(super) fn case(&mut self) {
        let room = self.room;
        self.room = room.saturating_sub(2);
        match self.random.below(if room > 0 { 7 } else { 3 }) {
            0 => self.pick(&["a", "b", "n"]),
            1 => self.put("_"),
            2 => self.literals(),
            3 => {
                self.case();
                self.put("|");
                self.case();
            }
            4 | 5 => {
                self.put("{");
                for _ in 0..1 + self.random.below(2) {
                    self.pick(KEYS);
                    if self.once_in(2) {
                        self.put("=");
                        self.case();
                    }
                    self.put(",");
                }
                self.put("}");
            }
            _ => {
                self.put("[");
                for n in 0..self.random.below(3) {
                    if n > 0 {
                        self.put(",");
                    }
                    self.case();
                    if n == 1 {
                        self.rest();
                    }
                }
                self.put("]");
            }
        }
        self.room = room;
    }

    pub(super) fn literals(&mut self) {
        self.pick(LITERALS);
        while self.once_in(3) {
            self.put("|");
            self.pick(LITERALS);
        }
    }

    /// Parameters between two marks; whether there is a `...`.
    pub(super) fn parameters(&mut self, open: &str, close: &str) -> bool {
        let bars = open == "|";
        // Their defaults know no `...`.
        let outer = std::mem::replace(&mut self.at.vararg, false);
        self.put(open);
        let count = self.random.below(3);
        for n in 0..count {
            if n > 0 {
                self.put(",");
            }
            match self.random.below(6) {
                0 => self.pattern(),
                1 | 2 => {
                    // Between bars a type or a default stands in parentheses.
                    if bars {
                        self.put("(");
                    }
                    self.name();
                    self.typed();
                    if self.once_in(2) {
                        self.put("=");
                        self.expr();
                    }
                    if bars {
                        self.put(")");
                    }
                }
                _ => self.name(),
            }
        }
        let vararg = self.once_in(3);
        if vararg {
            if count > 0 {
                self.put(",");
            }
            self.put("...");
            if !bars && self.once_in(3) {
                self.put("rest");
            }
        } else if count > 0 && !bars && self.once_in(6) {
            self.put(",");
        }
        self.put(close);
        self.at.vararg = outer;
        vararg
    }
}
