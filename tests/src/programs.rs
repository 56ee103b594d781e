//! Programs of plain Lua 5.4 made by its grammar, with the extensions' soft keywords as names.

use crate::random::Random;

const NAMES: &[&str] = &[
    "a", "b", "t", "continue", "const", "match", "try", "defer", "type", "global", "case", "catch",
    "finally", "export", "_", "x1",
];
const LITERALS: &[&str] = &[
    "1",
    "0x1F",
    "2.5",
    "1e3",
    "0xA.8p1",
    ".5",
    "3.",
    "'s'",
    "\"q\\n\"",
    "[[long]]",
    "[==[l]]]==]",
    "nil",
    "true",
    "false",
];
const OPERATORS: &[&str] = &[
    "+", "-", "*", "/", "//", "%", "^", "..", "==", "~=", "<", "<=", ">", ">=", "and", "or", "&",
    "|", "~", "<<", ">>",
];
const SEPARATORS: &[&str] = &[" ", "\n", ";", " ; ", "\n\n", " -- comment\n", "--[[c]]"];

/// Text under construction.
pub struct Program<'r> {
    random: &'r mut Random,
    text: String,
    /// How deep the next construct may nest.
    room: u32,
    loops: u32,
    labels: u32,
}

/// A program that Lua 5.4 accepts.
pub fn plain_program(random: &mut Random) -> String {
    let mut program = Program { random, text: String::new(), room: 5, loops: 0, labels: 0 };
    program.block(6, true);
    program.text
}

impl Program<'_> {
    fn put(&mut self, text: &str) {
        // Words and numerals must not run together.
        let words =
            |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.');
        if words(self.text.chars().last()) && words(text.chars().next()) {
            self.text.push(' ');
        }
        // Neither must these become other tokens.
        let glued = matches!(
            (self.text.chars().last(), text.chars().next()),
            (Some('-'), Some('-'))
                | (Some('['), Some('[' | '='))
                | (Some('<'), Some('<' | '='))
                | (Some('>'), Some('>' | '='))
                | (Some('='), Some('='))
                | (Some('~'), Some('='))
                | (Some('/'), Some('/'))
                | (Some(':'), Some(':'))
                | (Some('.'), Some('.'))
        );
        if glued || self.random.once_in(3) {
            self.text.push(' ');
        }
        self.text.push_str(text);
    }

    fn name(&mut self) {
        let name = self.random.pick(NAMES);
        self.put(name);
    }

    fn names(&mut self) {
        self.name();
        while self.random.once_in(3) {
            self.put(",");
            self.name();
        }
    }

    fn block(&mut self, most: usize, vararg: bool) {
        for _ in 0..self.random.below(most + 1) {
            self.statement(vararg);
            let separator = self.random.pick(SEPARATORS);
            self.text.push_str(separator);
        }
        if self.random.once_in(6) {
            self.put("return");
            if self.random.once_in(2) {
                self.exprs(vararg);
            }
            if self.random.once_in(3) {
                self.put(";");
            }
        }
    }

    fn inner(&mut self, vararg: bool) {
        self.room = self.room.saturating_sub(1);
        let most = if self.room > 0 { 3 } else { 0 };
        self.block(most, vararg);
        self.room += 1;
    }

    fn body(&mut self, vararg: bool) {
        self.loops += 1;
        self.inner(vararg);
        self.loops -= 1;
    }

    fn statement(&mut self, vararg: bool) {
        match self.random.below(16) {
            0 | 1 => {
                self.put("local");
                self.name();
                if self.random.once_in(5) {
                    self.put("<const>");
                    // Never assigned to: the name is no one else's.
                    self.text.push_str(" , unused");
                }
                if self.random.once_in(2) {
                    self.put("=");
                    self.exprs(vararg);
                }
            }
            2..=4 => {
                self.place(vararg);
                while self.random.once_in(4) {
                    self.put(",");
                    self.place(vararg);
                }
                self.put("=");
                self.exprs(vararg);
            }
            5..=7 => self.call(vararg),
            8 => {
                self.put("if");
                self.expr(vararg);
                self.put("then");
                self.inner(vararg);
                if self.random.once_in(3) {
                    self.put("elseif");
                    self.expr(vararg);
                    self.put("then");
                    self.inner(vararg);
                }
                if self.random.once_in(2) {
                    self.put("else");
                    self.inner(vararg);
                }
                self.put("end");
            }
            9 => {
                self.put("while");
                self.expr(vararg);
                self.put("do");
                self.body(vararg);
                self.put("end");
            }
            10 => {
                self.put("for");
                if self.random.once_in(2) {
                    self.name();
                    self.put("=");
                    self.expr(vararg);
                    self.put(",");
                    self.expr(vararg);
                } else {
                    self.names();
                    self.put("in");
                    self.exprs(vararg);
                }
                self.put("do");
                self.body(vararg);
                self.put("end");
            }
            11 => {
                self.put("repeat");
                self.body(vararg);
                self.put("until");
                self.expr(vararg);
            }
            12 => {
                self.put("function");
                self.name();
                while self.random.once_in(3) {
                    self.put(".");
                    self.name();
                }
                if self.random.once_in(3) {
                    self.put(":");
                    self.name();
                }
                self.function();
            }
            13 => {
                self.put("local");
                self.put("function");
                self.name();
                self.function();
            }
            14 if self.loops > 0 => self.put("break"),
            15 => {
                // A label of its own, which a soft keyword names.
                self.labels += 1;
                let name = self.random.pick(NAMES);
                let name = format!("{name}{}", self.labels);
                if self.random.once_in(2) {
                    self.put("goto");
                    self.put(&name);
                    self.put(";");
                }
                self.put("::");
                self.put(&name);
                self.put("::");
            }
            _ => {
                self.put("do");
                self.inner(vararg);
                self.put("end");
            }
        }
    }

    fn function(&mut self) {
        self.put("(");
        let vararg = self.random.once_in(3);
        if self.random.once_in(2) {
            self.names();
            if vararg {
                self.put(",");
            }
        }
        if vararg {
            self.put("...");
        }
        self.put(")");
        let loops = std::mem::take(&mut self.loops);
        self.inner(vararg);
        self.loops = loops;
        self.put("end");
    }

    /// A variable, field or item.
    fn place(&mut self, vararg: bool) {
        self.name();
        for _ in 0..self.random.below(3) {
            self.suffix(vararg);
            if self.random.once_in(2) {
                self.arguments(vararg);
            }
        }
        if self.random.once_in(2) {
            self.suffix(vararg);
        } else if !self.text.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ']') {
            self.put(".");
            self.name();
        }
        if self.text.ends_with(']') && !self.text.ends_with(" ]") {
            self.put(".");
            self.name();
        }
    }

    fn suffix(&mut self, vararg: bool) {
        if self.random.once_in(2) {
            self.put(".");
            self.name();
        } else {
            self.put("[");
            self.expr(vararg);
            self.text.push_str(" ]");
        }
    }

    fn call(&mut self, vararg: bool) {
        self.name();
        for _ in 0..self.random.below(3) {
            self.suffix(vararg);
        }
        if self.random.once_in(3) {
            self.put(":");
            self.name();
        }
        self.arguments(vararg);
    }

    fn arguments(&mut self, vararg: bool) {
        match self.random.below(4) {
            0 => {
                let text = self.random.pick(&["'s'", "\"t\"", "[[u]]"]);
                self.put(text);
            }
            1 => self.table(vararg),
            2 => self.put("()"),
            _ => {
                self.put("(");
                self.exprs(vararg);
                self.put(")");
            }
        }
    }

    fn table(&mut self, vararg: bool) {
        self.put("{");
        for _ in 0..self.random.below(3) {
            match self.random.below(3) {
                0 => {
                    self.name();
                    self.put("=");
                }
                1 => {
                    self.put("[");
                    self.expr(vararg);
                    self.text.push_str(" ]");
                    self.put("=");
                }
                _ => {}
            }
            self.expr(vararg);
            let separator = self.random.pick(&[",", ";"]);
            self.put(separator);
        }
        self.put("}");
    }

    fn exprs(&mut self, vararg: bool) {
        self.expr(vararg);
        while self.random.once_in(4) {
            self.put(",");
            self.expr(vararg);
        }
    }

    fn expr(&mut self, vararg: bool) {
        if self.room == 0 {
            return self.name();
        }
        self.room -= 1;
        match self.random.below(14) {
            0..=3 => self.name(),
            4 | 5 => {
                let literal = self.random.pick(LITERALS);
                self.put(literal);
            }
            6 | 7 => {
                self.expr(vararg);
                let operator = self.random.pick(OPERATORS);
                self.put(operator);
                self.expr(vararg);
            }
            8 => {
                let operator = self.random.pick(&["-", "not", "#", "~"]);
                self.put(operator);
                self.expr(vararg);
            }
            9 => {
                self.put("(");
                self.expr(vararg);
                self.put(")");
            }
            10 => {
                self.put("function");
                self.function();
            }
            11 => self.table(vararg),
            12 if vararg => self.put("..."),
            _ => self.call(vararg),
        }
        self.room += 1;
    }
}

/// Tokens in no order, many of them where a soft keyword might be one.
pub fn token_soup(random: &mut Random) -> String {
    const TOKENS: &[&str] = &[
        "=", ",", "(", ")", "{", "}", "[", "]", ".", ":", "::", ";", "...", "..", "1", "'s'",
        "[[l]]", "do", "end", "then", "if", "else", "elseif", "function", "local", "return", "for",
        "in", "while", "repeat", "until", "goto", "break", "not", "nil", "true", "-", "#", "~",
        "<", ">", ">=", "<<", ">>", "|", "+", "*", "<const>", "and", "or", "\n",
    ];
    // Beginnings that leave little to chance.
    const STARTS: &[&str] = &[
        "",
        "",
        "local x =",
        "for i = 1, 2 do",
        "while x do",
        "repeat",
        "if x then",
        "do",
        "f(",
        "t = {",
        "return",
        "x =",
        "local",
        "function f(",
        "function f()",
        "goto",
        "::",
        "x = a",
        "print(x)",
        "local x = y",
        "x.y = a >> b",
        "local a <const>",
    ];
    let mut text = random.pick(STARTS).to_string();
    for _ in 0..1 + random.below(9) {
        text.push(' ');
        let token = if random.once_in(2) { random.pick(NAMES) } else { random.pick(TOKENS) };
        text.push_str(token);
    }
    for (start, end) in [
        ("for", "end"),
        ("while", "end"),
        ("do", "end"),
        ("if", "end"),
        ("function", "end"),
        ("f(", ")"),
        ("t = {", "}"),
        ("repeat", "until x"),
    ] {
        if text.starts_with(start) {
            text.push(' ');
            text.push_str(end);
        }
    }
    text
}
