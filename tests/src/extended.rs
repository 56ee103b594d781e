//! Programs of the whole language, made by its grammar: what the extensions add in every place they
//! are allowed, mixed with what they are made of in plain Lua.
//!
//! The programs compile, with few exceptions; they are not meant to be run.

mod bind;
mod expr;
mod types;

use crate::random::Random;

/// Variables that anything may be assigned to; soft keywords among them.
const NAMES: &[&str] =
    &["a", "b", "c", "t", "u", "self", "type", "match", "try", "defer", "const", "global", "_x"];
const KEYS: &[&str] = &["x", "y", "z", "n", "name", "case", "catch", "finally", "continue", "type"];
const SEPARATORS: &[&str] = &["\n", "\n", " ;\n", "\n-- a line\n", " --[[ words ]] ;\n"];
const COMPOUND: &[&str] =
    &["+=", "-=", "*=", "/=", "//=", "%=", "^=", "..=", "&=", "|=", "<<=", ">>=", "??="];

/// A text under construction, and what may be said where it ends.
struct Program<'r> {
    random: &'r mut Random,
    text: String,
    /// How deep the next construct may nest.
    room: u32,
    /// Numbers names that are used once.
    fresh: u32,
    /// Constants in scope.
    constants: Vec<String>,
    /// `global *` is in scope.
    all_global: bool,
    at: Place,
}

/// What the function and the blocks around a place allow there.
#[derive(Clone)]
struct Place {
    vararg: bool,
    in_loop: bool,
    can_return: bool,
    /// Labels at the end of a block around.
    labels: Vec<String>,
    /// A `continue` of the innermost loop was said.
    continued: bool,
}

impl Place {
    fn function(vararg: bool) -> Place {
        Place { vararg, in_loop: false, can_return: true, labels: Vec::new(), continued: false }
    }

    /// In a block that nothing leaves.
    fn closed(vararg: bool) -> Place {
        Place { can_return: false, ..Place::function(vararg) }
    }
}

/// A program that Luka accepts, nearly always.
pub fn extended_program(random: &mut Random) -> String {
    let mut program = Program {
        random,
        text: String::new(),
        room: 6,
        fresh: 0,
        constants: Vec::new(),
        all_global: false,
        at: Place::function(true),
    };
    program.block(9);
    program.text
}

/// A made program with some of its words elsewhere, doubled or lost. Mostly it is none any more.
pub fn damaged(program: &str, random: &mut Random) -> String {
    let mut words: Vec<&str> = program.split(' ').collect();
    for _ in 0..1 + random.below(2) {
        let (at, from) = (random.below(words.len()), random.below(words.len()));
        match random.below(5) {
            0 => drop(words.drain(at..(at + 1 + random.below(4)).min(words.len()))),
            1 => words[at] = words[from],
            2 => words.insert(at, words[from]),
            3 => {
                let run = words[from..(from + 8).min(words.len())].to_vec();
                words.splice(at..at, run);
            }
            _ => words.truncate(at + 1),
        }
        if words.is_empty() {
            break;
        }
    }
    words.join(" ")
}

impl Program<'_> {
    fn put(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push(' ');
    }

    fn once_in(&mut self, n: usize) -> bool {
        self.random.once_in(n)
    }

    fn pick(&mut self, of: &[&str]) {
        let text = self.random.pick(of).to_string();
        self.put(&text);
    }

    fn name(&mut self) {
        self.pick(NAMES);
    }

    fn names(&mut self) {
        self.name();
        while self.once_in(3) {
            self.put(",");
            self.name();
        }
    }

    /// A name that is used once.
    fn fresh(&mut self, prefix: &str) -> String {
        self.fresh += 1;
        format!("{prefix}{}", self.fresh)
    }

    fn typed(&mut self) {
        if self.once_in(5) {
            self.put(":");
            self.ty();
        }
    }

    /// Statements in a scope of their own, at most so many before the last one.
    fn block(&mut self, most: usize) {
        let constants = self.constants.len();
        let all_global = self.all_global;
        for _ in 0..self.random.below(most + 1) {
            self.statement();
            self.separator();
        }
        match self.random.below(9) {
            0 if self.at.can_return => {
                self.put("return");
                if self.once_in(2) {
                    self.exprs();
                }
                if self.once_in(3) {
                    self.put(";");
                }
            }
            1 | 2 if self.at.in_loop => {
                self.put("continue");
                self.at.continued = true;
            }
            _ => {}
        }
        self.constants.truncate(constants);
        self.all_global = all_global;
    }

    fn separator(&mut self) {
        let separator = self.random.pick(SEPARATORS);
        self.text.push_str(separator);
    }

    /// A block one level further in, and what ends it.
    fn inner(&mut self, end: &str) {
        self.separator();
        let room = self.room;
        self.room = room.saturating_sub(1);
        self.block(if self.room > 0 { 3 } else { 0 });
        self.room = room;
        self.put(end);
    }

    /// A block somewhere else.
    fn inner_at(&mut self, at: Place, end: &str) {
        let outer = std::mem::replace(&mut self.at, at);
        self.inner(end);
        self.at = outer;
    }

    /// The body of a loop; whether it says `continue`.
    fn body(&mut self, end: &str) -> bool {
        let at = Place { in_loop: true, continued: false, ..self.at.clone() };
        let outer = std::mem::replace(&mut self.at, at);
        self.inner(end);
        std::mem::replace(&mut self.at, outer).continued
    }

    fn statement(&mut self) {
        match self.random.below(30) {
            0..=2 => self.local(),
            3 => self.constant(),
            4 | 5 => self.assignment(),
            6 | 7 => {
                self.place(true);
                self.pick(COMPOUND);
                self.expr();
            }
            8 | 9 => self.call(true),
            10 | 11 => self.if_statement(),
            12 => {
                self.put("while");
                self.condition();
                self.put("do");
                self.body("end");
            }
            13 => {
                self.put("for");
                self.name();
                self.put("=");
                self.expr();
                self.put(",");
                self.expr();
                if self.once_in(3) {
                    self.put(",");
                    self.expr();
                }
                self.put("do");
                self.body("end");
            }
            14 => {
                self.put("for");
                self.targets();
                self.put("in");
                self.exprs();
                self.put("do");
                self.body("end");
            }
            15 => {
                self.put("repeat");
                // The condition reads no variable that a `continue` leaves undeclared.
                if self.body("until") {
                    self.put("done ()");
                } else {
                    self.expr();
                }
            }
            16 => {
                self.put("function");
                self.name();
                while self.once_in(3) {
                    self.put(".");
                    self.pick(KEYS);
                }
                if self.once_in(3) {
                    self.put(":");
                    self.pick(KEYS);
                }
                self.function();
            }
            17 => {
                if self.once_in(3) {
                    let name = self.fresh("k");
                    self.put("const function");
                    self.put(&name);
                    self.constants.push(name);
                } else {
                    self.put("local function");
                    self.name();
                }
                self.function();
            }
            18 => self.jumps(),
            19 if self.at.in_loop => self.put("break"),
            20 if !self.at.labels.is_empty() => {
                let label = self.random.below(self.at.labels.len());
                let label = self.at.labels[label].clone();
                self.put("goto");
                self.put(&label);
            }
            21 | 22 => self.match_statement(),
            23 => self.try_statement(),
            24 => self.defer(),
            25 => self.global(),
            26 => self.type_statement(),
            27 | 28 => self.destructuring(),
            _ => {
                self.put("do");
                self.inner("end");
            }
        }
    }

    fn local(&mut self) {
        self.put("local");
        if self.once_in(8) {
            let name = self.fresh("k");
            self.put(&name);
            self.constants.push(name);
            return self.put("<close> = nil");
        }
        self.name();
        match self.random.below(6) {
            0 => {
                // A constant among others.
                let name = self.fresh("k");
                self.put(",");
                self.put(&name);
                self.put("<const>");
                self.typed();
                self.put("= 1 ,");
                self.expr();
                self.constants.push(name);
                return;
            }
            _ => self.typed(),
        }
        while self.once_in(3) {
            self.put(",");
            self.name();
            self.typed();
        }
        if self.once_in(2) {
            self.put("=");
            self.exprs();
        }
    }

    fn constant(&mut self) {
        let name = self.fresh("k");
        self.put("const");
        self.put(&name);
        self.typed();
        self.put("=");
        self.expr();
        self.constants.push(name);
    }

    fn assignment(&mut self) {
        if self.once_in(3) {
            self.place(true);
        } else {
            self.place(false);
            while self.once_in(3) {
                self.put(",");
                self.place(false);
            }
        }
        self.put("=");
        self.exprs();
    }

    /// An expression, or variables and their values.
    fn condition(&mut self) {
        if !self.once_in(3) {
            return self.expr();
        }
        self.put("local");
        self.names();
        self.put("=");
        self.exprs();
    }

    fn if_statement(&mut self) {
        self.put("if");
        self.condition();
        self.put("then");
        self.inner("");
        while self.once_in(3) {
            self.put("elseif");
            self.condition();
            self.put("then");
            self.inner("");
        }
        if self.once_in(2) {
            self.put("else");
            self.inner("");
        }
        self.put("end");
    }

    /// A block with a label at its end, to which what is in it may jump, or one that jumps back.
    fn jumps(&mut self) {
        let label = self.fresh("label");
        let (constants, all_global) = (self.constants.len(), self.all_global);
        self.put("do");
        self.labelled(label);
        self.constants.truncate(constants);
        self.all_global = all_global;
    }

    fn labelled(&mut self, label: String) {
        if self.once_in(3) {
            self.put(&format!(":: {label} ::"));
            self.statement();
            self.put("\nif");
            self.expr();
            self.put(&format!("then goto {label} end end"));
            return;
        }
        self.at.labels.push(label.clone());
        self.put("if");
        self.expr();
        self.put(&format!("then goto {label} end"));
        for _ in 0..self.random.below(3) {
            self.separator();
            self.statement();
        }
        self.at.labels.pop();
        self.put(&format!("; :: {label} :: end"));
    }

    fn match_statement(&mut self) {
        self.put("match");
        match self.random.below(8) {
            0 => self.pick(&["1", "nil", "`text`", "true"]),
            1 => {
                self.pick(&["not", "-", "#", "~"]);
                self.expr();
            }
            2 => {
                self.put("if");
                self.expr();
                self.put("then");
                self.expr();
                self.put("else");
                self.expr();
            }
            _ => {
                self.pick(&["a", "b", "t"]);
                if self.once_in(2) {
                    self.suffix(true);
                }
            }
        }
        self.put("do");
        // Arms that are compared with literals only are another thing.
        let plain = self.once_in(3);
        for _ in 0..self.random.below(4) {
            self.put("case");
            if plain {
                self.literals()
            } else {
                self.case()
            }
            if self.once_in(4) {
                self.put("if");
                self.expr();
            }
            self.put("then");
            self.inner("");
        }
        if self.once_in(2) {
            self.put("else");
            self.inner("");
        }
        self.put("end");
    }

    fn try_statement(&mut self) {
        self.put("try do");
        let catches = self.once_in(2);
        let finally = !catches || self.once_in(3);
        self.inner("");
        if catches {
            self.put("catch e then");
            self.inner("");
        }
        if finally {
            self.put("finally do");
            self.inner_at(Place::closed(self.at.vararg), "");
        }
        self.put("end");
    }

    fn defer(&mut self) {
        self.put("defer");
        if self.once_in(2) {
            self.put("do");
            self.inner_at(Place::closed(self.at.vararg), "end");
        } else {
            self.pick(&["a", "b", "print"]);
            while self.once_in(3) {
                self.put(".");
                self.pick(KEYS);
            }
            self.arguments();
        }
    }

    fn global(&mut self) {
        if !self.all_global {
            self.put("global *\n");
            self.all_global = true;
        }
        match self.random.below(4) {
            0 => {
                self.put("global function");
                self.name();
                self.function();
            }
            1 => {
                let name = self.fresh("k");
                self.put("global");
                self.put(&name);
                self.put("<const>");
                self.typed();
                if self.once_in(2) {
                    self.put("=");
                    self.exprs();
                }
                self.constants.push(name);
            }
            _ => {
                self.put("global");
                self.names();
                self.typed();
                if self.once_in(2) {
                    self.put("=");
                    self.exprs();
                }
            }
        }
    }

    /// What follows the name of a function: parameters, body and `end`.
    fn function(&mut self) {
        self.generics();
        let vararg = self.parameters("(", ")");
        let outer = std::mem::replace(&mut self.at, Place::function(vararg));
        if self.once_in(5) {
            self.put(":");
            self.ty();
        }
        self.inner("end");
        self.at = outer;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use luka_compiler::source::Source;
    use luka_compiler::{Options, compile};

    #[test]
    fn the_programs_compile() {
        let mut refused = 0;
        for seed in 0..400 {
            let text = extended_program(&mut Random::new(seed));
            let compiled = compile(&Source::from_text(&text), &Options::default());
            refused += u32::from(compiled.is_err());
        }
        assert!(refused < 3, "{refused} of 400 are refused");
    }
}
