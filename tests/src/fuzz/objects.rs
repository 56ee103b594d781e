//! Programs of objects, lists, closures and loops, as text: what native code makes guesses about, with
//! code in between that makes the guesses wrong. They end, and their errors are caught or end them.

mod short;

use crate::random::Random;
use std::fmt::Write;

/// What a variable is meant to hold; one in twenty holds something else.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Text,
    Object,
    List,
    Function,
}

const KINDS: [Kind; 5] = [Kind::Number, Kind::Text, Kind::Object, Kind::List, Kind::Function];
const CLASSES: [&str; 3] = ["A", "B", "C"];
const NUMBERS: [&str; 4] = ["x", "n", "y", "z"];
const FIELDS: [&str; 7] = ["x", "n", "y", "z", "next", "items", "name"];
const METHODS: [&str; 6] = ["get", "set", "add", "link", "walk", "make"];
/// Rounds of loops, by how many are around them.
const ROUNDS: [usize; 4] = [60, 12, 4, 2];

struct Variable {
    name: String,
    kind: Kind,
    /// May it be assigned to?
    changes: bool,
}

struct Maker<'r> {
    r: &'r mut Random,
    text: String,
    variables: Vec<Variable>,
    /// Short functions of a number and an object.
    short: Vec<String>,
    names: usize,
    loops: usize,
    /// How deep the next construct may nest.
    room: usize,
    /// Statements that may still be made.
    left: usize,
    /// Is there a `self`, and are there varargs?
    method: bool,
    vararg: bool,
    /// Labels at the end of the loops around, if they have one.
    labels: Vec<Option<usize>>,
}

/// A program.
pub fn program(r: &mut Random) -> String {
    let mut maker = Maker {
        r,
        text: String::new(),
        variables: Vec::new(),
        short: Vec::new(),
        names: 0,
        loops: 0,
        room: 4,
        left: 150,
        method: false,
        vararg: false,
        labels: Vec::new(),
    };
    maker.classes();
    maker.short_functions();
    for _ in 0..2 + maker.r.below(3) {
        maker.function();
    }
    maker.main();
    maker.text
}

impl Maker<'_> {
    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn once_in(&mut self, n: usize) -> bool {
        self.r.once_in(n)
    }

    fn choose<'a>(&mut self, of: &[&'a str]) -> &'a str {
        self.r.pick(of)
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("v{}", self.names)
    }

    fn declare(&mut self, kind: Kind, changes: bool) -> String {
        let name = self.name();
        self.variables.push(Variable { name: name.clone(), kind, changes });
        name
    }

    /// A variable of a kind, or now and then of another.
    fn variable(&mut self, kind: Kind, changes: bool) -> Option<String> {
        let wild = self.once_in(40);
        let fits: Vec<usize> = (0..self.variables.len())
            .filter(|&i| {
                let v = &self.variables[i];
                (wild || v.kind == kind) && (!changes || v.changes)
            })
            .collect();
        // Later ones are nearer.
        let i = *fits.get(self.r.below(fits.len()).max(self.r.below(fits.len())))?;
        Some(self.variables[i].name.clone())
    }

    fn kind(&mut self) -> Kind {
        match self.r.below(10) {
            0..4 => Kind::Number,
            n => KINDS[n % KINDS.len()],
        }
    }

    // Expressions.

    fn value(&mut self, kind: Kind, room: usize) -> String {
        if self.once_in(60) {
            return self.choose(&["nil", "true", "'12'", "1e15", "{}", "A"]).into();
        }
        match kind {
            Kind::Number => self.number(room),
            Kind::Text => self.string(room),
            Kind::Object => self.object(room),
            Kind::List => self.list(room),
            Kind::Function => self.closure(),
        }
    }

    fn constant(&mut self) -> String {
        self.choose(&[
            "0",
            "1",
            "2",
            "-1",
            "3",
            "7",
            "0.5",
            "1.0",
            "2.25",
            "100",
            "-3",
            "math.maxinteger",
            "math.huge",
            "16",
            "255",
        ])
        .into()
    }

    fn number(&mut self, room: usize) -> String {
        if room == 0 || self.once_in(4) {
            return match self.variable(Kind::Number, false) {
                Some(name) if !self.once_in(3) => name,
                _ => self.constant(),
            };
        }
        let room = room - 1;
        match self.r.below(28) {
            0..8 => {
                let op = self.choose(&["+", "-", "*", "+", "-", "*", "/", "//", "%"]);
                format!("({} {op} {})", self.number(room), self.number(room))
            }
            8 => {
                let op = self.choose(&["&", "|", "~", "<<", ">>"]);
                format!("({} {op} {})", self.number(room), self.number(room))
            }
            9 => format!("-({})", self.number(room)),
            10..14 => {
                let field = self.choose(&NUMBERS);
                format!("{}.{field}", self.place(room))
            }
            14..16 => format!("#{}", self.list_place(room)),
            16..18 => format!("{}[{}]", self.list_place(room), self.index()),
            18 => format!("({} or {})", self.maybe(room), self.constant()),
            19 => format!("{}:get()", self.place(room)),
            20 => {
                let f = self.choose(&["math.floor", "math.abs", "math.max", "math.min"]);
                format!("{f}({}, {})", self.number(room), self.number(room))
            }
            21 => format!("#{}", self.text_place(room)),
            23 => self.of_text(),
            24 => {
                let op = self.choose(&["+", "+", "<", "=="]);
                let (a, b) = (self.place(room), self.value(Kind::Object, 0));
                match op {
                    "+" => format!("({a} + {b})"),
                    op => format!("({a} {op} {b} and 1 or 2)"),
                }
            }
            25 => format!("({} + {})", self.place(room), self.number(0)),
            26 if !self.short.is_empty() => self.short_call(room),
            22 => match self.variable(Kind::Function, false) {
                Some(f) => format!("{f}({})", self.number(room)),
                None => self.constant(),
            },
            _ => {
                let condition = self.condition(room);
                format!("({condition} and {} or {})", self.number(room), self.number(room))
            }
        }
    }

    /// What a text's methods say of it.
    fn of_text(&mut self) -> String {
        let text = self.text_place(0);
        match self.r.below(5) {
            0 => format!("({text}:byte() or 0)"),
            1 => format!("({text}:byte({}) or 0)", self.index()),
            2 => format!("{text}:len()"),
            3 => format!("(string.byte({text}, {}) or -1)", self.index()),
            _ => format!("#{text}:sub({}, {})", self.index(), self.index()),
        }
    }

    /// What may be nil.
    fn maybe(&mut self, room: usize) -> String {
        match self.r.below(5) {
            3 => format!("{}[{}]", self.place(room), self.key()),
            4 => format!("{}[{}]", self.list_place(room), self.key()),
            0 => format!("{}.{}", self.place(room), self.choose(&FIELDS)),
            1 => format!("{}[{}]", self.list_place(room), self.index()),
            _ => format!("{}.next", self.place(room)),
        }
    }

    fn string(&mut self, room: usize) -> String {
        if room == 0 || self.once_in(3) {
            return match self.variable(Kind::Text, false) {
                Some(name) if !self.once_in(3) => name,
                _ => self.choose(&["'a'", "'bc'", "''", "'x'", "'name'"]).into(),
            };
        }
        match self.r.below(6) {
            // (Never itself doubled: strings stay short.)
            0..2 => format!("({}):sub(1, 20) .. {}", self.string(room - 1), self.number(room - 1)),
            2 => format!("{}.name", self.place(room - 1)),
            3 => format!("({}):sub({}, 9)", self.string(room - 1), self.index()),
            4 => format!("tostring({})", self.number(room - 1)),
            _ => format!("string.format('%s|%d', {}, {})", self.string(0), self.index()),
        }
    }

    fn object(&mut self, room: usize) -> String {
        if room == 0 || !self.once_in(4) {
            return self.place(room);
        }
        let class = self.choose(&CLASSES);
        match self.r.below(4) {
            0 => format!("{{ x = {}, n = {} }}", self.number(room - 1), self.number(room - 1)),
            1 => format!(
                "setmetatable({{ n = 1, x = {}, name = 'o' }}, {class})",
                self.number(room - 1)
            ),
            _ => format!("{class}.new({})", self.number(room - 1)),
        }
    }

    /// A variable with an object.
    fn place(&mut self, room: usize) -> String {
        if self.method && self.once_in(2) {
            return "self".into();
        }
        let name = self.variable(Kind::Object, false).unwrap_or_else(|| "root".into());
        match self.r.below(8) {
            0 if room > 0 => format!("({name}.next or {name})"),
            _ => name,
        }
    }

    fn list(&mut self, room: usize) -> String {
        if room == 0 || !self.once_in(3) {
            return self.list_place(room);
        }
        let items: Vec<String> = (0..self.r.below(5)).map(|_| self.number(room - 1)).collect();
        match self.r.below(4) {
            0 if self.vararg => "{ ... }".into(),
            1 => format!("table.pack({})", items.join(", ")),
            _ => format!("{{ {} }}", items.join(", ")),
        }
    }

    fn list_place(&mut self, room: usize) -> String {
        match self.r.below(6) {
            0 if room > 0 => format!("({}.items or list)", self.place(0)),
            _ => self.variable(Kind::List, false).unwrap_or_else(|| "list".into()),
        }
    }

    fn text_place(&mut self, _room: usize) -> String {
        self.variable(Kind::Text, false).unwrap_or_else(|| "text".into())
    }

    fn index(&mut self) -> String {
        match self.r.below(4) {
            0 => self.choose(&["1", "2", "3", "4", "5", "0", "-1", "10", "1.0"]).into(),
            1 => match self.variable(Kind::Number, false) {
                Some(name) => format!("{name} % 7 + 1"),
                None => "1".into(),
            },
            _ => self.variable(Kind::Number, false).unwrap_or_else(|| "2".into()),
        }
    }

    /// A key that is no index: a string, or an integer outside of lists.
    fn key(&mut self) -> String {
        match self.r.below(5) {
            0 => self.string(1),
            1 => format!("({{ 'x', 'n', 'y', 'zz', 'name' }})[{} % 5 + 1]", self.whole()),
            2 => format!("{} * 1000", self.whole()),
            3 => format!("-{}", self.whole()),
            _ => self.variable(Kind::Text, false).unwrap_or_else(|| "'x'".into()),
        }
    }

    fn whole(&mut self) -> String {
        self.variable(Kind::Number, false).unwrap_or_else(|| "3".into())
    }

    fn condition(&mut self, room: usize) -> String {
        match self.r.below(9) {
            0..4 => {
                let op = self.choose(&["<", "<=", ">", ">=", "==", "~="]);
                format!("{} {op} {}", self.number(room.min(1)), self.number(room.min(1)))
            }
            4 => format!("{} == {}", self.place(room), self.place(room)),
            5 => self.maybe(room),
            6 => format!("not {}", self.maybe(room)),
            7 => format!("{} == {}", self.string(0), self.string(0)),
            _ => format!("{} % {} == 0", self.number(0), self.choose(&["2", "3", "5", "17"])),
        }
    }

    fn closure(&mut self) -> String {
        if self.room == 0 || self.left < 5 {
            return self.variable(Kind::Function, false).unwrap_or_else(|| "id".into());
        }
        let (variables, text) = (self.variables.len(), std::mem::take(&mut self.text));
        let around = (self.method, self.vararg, self.loops, std::mem::take(&mut self.labels));
        let (method, loops, vararg) = (around.0, around.2, self.once_in(5));
        (self.method, self.vararg, self.loops) = (method, vararg, (loops + 1).min(3));
        let parameter = self.declare(Kind::Number, true);
        let dots = if vararg { ", ..." } else { "" };
        self.room -= 1;
        self.left = self.left.min(60);
        let count = 1 + self.r.below(3);
        self.statements(count);
        let result = self.number(1);
        self.room += 1;
        let body = std::mem::replace(&mut self.text, text);
        self.variables.truncate(variables);
        (self.method, self.vararg, self.loops, self.labels) = around;
        format!("function({parameter}{dots})\n{body}return {result} end")
    }

    // Statements.

    fn statements(&mut self, count: usize) {
        let variables = self.variables.len();
        for _ in 0..count {
            if self.left == 0 {
                break;
            }
            self.left -= 1;
            self.statement();
        }
        self.variables.truncate(variables);
    }

    fn statement(&mut self) {
        match self.r.below(40) {
            0..5 => self.local(),
            5..9 => {
                let kind = self.kind();
                if let Some(name) = self.variable(kind, true) {
                    let value = self.value(kind, 2);
                    self.line(&format!("{name} = {value}"));
                }
            }
            9..14 => self.store_field(),
            14..18 => self.store_item(),
            18..21 => self.call(),
            21..24 if self.room > 0 => self.branch(),
            24..30 if self.room > 0 && self.loops < ROUNDS.len() => self.any_loop(),
            30 => self.surprise(),
            31 => {
                let (a, b) = (self.variable(Kind::Number, true), self.variable(Kind::Number, true));
                if let (Some(a), Some(b)) = (a, b) {
                    let value = self.number(1);
                    self.line(&format!("{a}, {b} = {b}, {value}"));
                }
            }
            32 => self.leave_loop(),
            33 if self.room > 0 => {
                let name = self.name();
                let body = self.closure();
                let argument = self.number(1);
                self.line(&format!("local {name}, r = pcall({body}, {argument})"));
                self.line("sum = sum + (math.tointeger(r) or 1)");
            }
            34 if self.room > 0 && self.loops < 2 => self.coroutine(),
            36 if self.room > 0 => self.called_back(),
            35 => {
                let value = self.number(2);
                self.line(&format!("total = {value}"));
            }
            _ => {
                let value = self.number(2);
                self.line(&format!("sum = sum + {value}"));
            }
        }
    }

    fn local(&mut self) {
        let kind = self.kind();
        let value = self.value(kind, 2);
        match self.r.below(8) {
            0 => {
                let (n, other) = (self.number(1), self.name());
                let name = self.declare(kind, true);
                self.line(&format!("local {name}, {other} = {value}, {n}"));
                self.variables.push(Variable { name: other, kind: Kind::Number, changes: true });
            }
            1 if self.vararg => {
                let name = self.declare(Kind::Number, true);
                self.line(&format!("local {name} = select('#', ...) + (... or 0)"));
            }
            2 => {
                let name = self.declare(kind, false);
                self.line(&format!("local {name} <const> = {value}"));
            }
            _ => {
                let name = self.declare(kind, true);
                self.line(&format!("local {name} = {value}"));
            }
        }
    }

    fn store_field(&mut self) {
        let place = self.place(0);
        let text = match self.r.below(10) {
            0 => format!("{place}.next = {}", self.object(1)),
            1 => format!("{place}.items = {}", self.list(2)),
            2 => format!("{place}.name = {}", self.string(1)),
            3 => format!("{place}.{} = nil", self.choose(&FIELDS)),
            4 => {
                let new = self.choose(&["p", "q", "r1", "r2"]);
                format!("{place}.{new} = {}", self.number(1))
            }
            5..8 => {
                let (field, op) = (self.choose(&NUMBERS), self.choose(&["+", "-", "*"]));
                format!("{place}.{field} = {place}.{field} {op} {}", self.number(1))
            }
            _ => format!("{place}.{} = {}", self.choose(&NUMBERS), self.number(2)),
        };
        self.line(&text);
    }

    fn store_item(&mut self) {
        let list = self.list_place(0);
        let text = match self.r.below(10) {
            8 => format!("{list}[{}] = {}", self.key(), self.number(1)),
            9 => {
                let (place, key) = (self.place(0), self.key());
                format!("local k = {key} {place}[k] = ({place}[k] or 0) + {}", self.number(1))
            }
            0 => format!("if #{list} < 40 then {list}[#{list} + 1] = {} end", self.number(1)),
            1 => format!("if #{list} < 40 then table.insert({list}, {}) end", self.number(1)),
            2 => format!("table.remove({list})"),
            3 => format!("{list}[{}] = nil", self.index()),
            _ => format!("{list}[{}] = {}", self.index(), self.number(2)),
        };
        self.line(&text);
    }

    fn call(&mut self) {
        let (place, method) = (self.place(0), self.choose(&METHODS));
        let argument = match method {
            "link" => self.object(1),
            _ => self.number(1),
        };
        let text = match self.r.below(6) {
            0 => match self.variable(Kind::Function, false) {
                Some(f) => format!("{f}({argument}, {})", self.number(1)),
                None => format!("id({argument})"),
            },
            1 => format!("local _ = {place}:{method}({argument})"),
            2 => format!("{}.{method}({place}, {argument})", self.choose(&CLASSES)),
            _ => format!("{place}:{method}({argument})"),
        };
        self.line(&text);
    }

    fn branch(&mut self) {
        self.room -= 1;
        let condition = self.condition(1);
        self.line(&format!("if {condition} then"));
        let count = 1 + self.r.below(2);
        self.statements(count);
        if self.once_in(3) {
            let condition = self.condition(1);
            self.line(&format!("elseif {condition} then"));
            self.statements(1);
        }
        if self.once_in(2) {
            self.line("else");
            self.statements(1);
        }
        self.line("end");
        self.room += 1;
    }

    fn any_loop(&mut self) {
        let rounds = 1 + self.r.below(ROUNDS[self.loops]);
        let variables = self.variables.len();
        let mut close = "end".to_string();
        match self.r.below(11) {
            0..4 => {
                let (i, from) = (self.declare(Kind::Number, false), self.r.below(3));
                self.line(&format!("for {i} = {from}, {rounds} do"));
            }
            4 => {
                let i = self.declare(Kind::Number, false);
                let step = self.choose(&["-1", "2", "-3", "0.5", "1.0", "math.maxinteger"]);
                let (from, to) = match step.starts_with('-') {
                    true => (rounds, 0),
                    false => (0, rounds),
                };
                self.line(&format!("for {i} = {from}, {to}, {step} do"));
            }
            5 => {
                let i = self.declare(Kind::Number, false);
                let list = self.list_place(0);
                self.line(&format!("for {i} = 1, #{list} do"));
                self.line(&format!("if {i} > {rounds} then break end"));
            }
            6..8 => {
                let list = self.list_place(0);
                let f = self.choose(&["ipairs", "pairs"]);
                let k = self.declare(Kind::Number, false);
                let v = self.declare(Kind::Number, true);
                let seen = self.name();
                self.line(&format!("local {seen} = 0"));
                self.line(&format!("for {k}, {v} in {f}({list}) do"));
                self.line(&format!("{seen} = {seen} + 1 if {seen} > {rounds} then break end"));
            }
            8 => {
                let object = self.place(0);
                let seen = self.name();
                self.line(&format!("local {seen} = 0"));
                self.line(&format!("for k, v in next, {object} do"));
                self.line(&format!("{seen} = {seen} + 1 if {seen} > {rounds} then break end"));
                self.line("if math.type(v) then sum = sum + v end");
            }
            9 => {
                let i = self.declare(Kind::Number, false);
                self.line(&format!("local {i} = 0 while {i} < {rounds} do {i} = {i} + 1"));
            }
            _ => {
                let i = self.declare(Kind::Number, false);
                self.line(&format!("local {i} = 0 repeat {i} = {i} + 1"));
                close = format!("until {i} >= {rounds}");
            }
        }
        self.loops += 1;
        self.room -= 1;
        let label = if self.once_in(3) { Some(self.names) } else { None };
        self.names += 1;
        self.labels.push(label);
        let count = 1 + self.r.below(4);
        self.line("do");
        self.statements(count);
        self.line("end");
        if let Some(label) = label {
            self.line(&format!("::l{label}::"));
        }
        self.labels.pop();
        self.room += 1;
        self.loops -= 1;
        self.variables.truncate(variables);
        self.line(&close);
    }

    fn leave_loop(&mut self) {
        let Some(label) = self.labels.last().copied() else { return };
        let condition = self.condition(1);
        let leave = match label {
            Some(label) if self.once_in(2) => format!("goto l{label}"),
            _ if self.once_in(3) => "break".into(),
            _ => return,
        };
        self.line(&format!("if {condition} then {leave} end"));
    }

    fn coroutine(&mut self) {
        let count = 2 + self.r.below(8);
        self.line("do local co = coroutine.wrap(function(p)");
        let variables = self.variables.len();
        let around = (std::mem::take(&mut self.labels), self.vararg);
        self.vararg = false;
        self.variables.push(Variable { name: "p".into(), kind: Kind::Number, changes: true });
        self.line(&format!("for i = 1, {count} do"));
        self.room -= 1;
        self.loops += 1;
        self.statements(2);
        self.line("p = coroutine.yield(p) or i");
        self.loops -= 1;
        self.room += 1;
        self.line("end end)");
        self.variables.truncate(variables);
        (self.labels, self.vararg) = around;
        self.line(&format!("for i = 1, {count} do local v = co(i) sum = sum + (v or 1) end end"));
    }

    /// A function that a native function calls.
    fn called_back(&mut self) {
        let (list, text) = (self.list_place(0), self.text_place(0));
        self.loops += 1;
        let body = self.closure();
        self.loops -= 1;
        match self.r.below(4) {
            0 => {
                self.line(&format!(
                    "do local f, copy = {body}, table.move({list}, 1, #{list}, 1, {{}})"
                ));
                let less = self.choose(&["a < b", "f(a) < f(b)", "b < a"]);
                self.line(&format!("table.sort(copy, function(a, b) return {less} end)"));
                self.line("sum = sum + #copy + (math.tointeger(copy[1]) or 1) end");
            }
            1 => {
                self.line(&format!("do local f = {body}"));
                self.line(&format!(
                    "local s, n = ({text}):sub(1, 12):gsub('.', function(c) return f(#c) .. c end)"
                ));
                self.line("sum = sum + n + #s end");
            }
            2 => {
                self.line(&format!("do local f, n = {body}, 0"));
                self.line("for v in function() n = n + 1 if n < 9 then return f(n) end end do sum = sum + (math.tointeger(v) or 3) end end");
            }
            _ => self.line(&format!("sum = sum + (select('#', xpcall({body}, id, {list})))")),
        }
    }

    /// Something that what was seen before does not hold for.
    fn surprise(&mut self) {
        let (class, other) = (self.choose(&CLASSES), self.choose(&CLASSES));
        let (place, method) = (self.place(0), self.choose(&METHODS));
        let text = match self.r.below(18) {
            0 => format!("function {class}:{method}(o) return self.{} end", self.choose(&NUMBERS)),
            1 => format!("{class}.{method} = {other}.{method}"),
            2 => format!("{class}.{} = {}", self.choose(&NUMBERS), self.number(1)),
            3 => format!("setmetatable({place}, {other})"),
            4 => format!("{class}.__index = {class}"),
            5 => format!("{class}.__index = function(t, k) return rawget({class}, k) or 0 end"),
            6 => format!("rawset({place}, '{method}', id)"),
            7 => format!("setmetatable({}, {class})", self.list_place(0)),
            8 => "setmetatable(list, nil)".into(),
            9 => {
                let condition = self.condition(1);
                format!("if {condition} then {class}.{method} = nil end")
            }
            10 => "id = function(...) return ... end".into(),
            11 => {
                format!("{class}.__newindex = function(t, k, v) rawset(t, k, v) sum = sum + 1 end")
            }
            12 => format!("{class}.__newindex = nil"),
            13 => "string.len, string_len = string_len, string.len".into(),
            14 => "string.byte, string_byte = string_byte, string.byte".into(),
            15 => {
                let index = self.choose(&["string", "setmetatable({}, { __index = string })"]);
                format!("getmetatable('').__index = {index}")
            }
            16 => {
                let f = self.choose(&["function(a, b) return 7 end", "id", "nil"]);
                let event = self.choose(&["__add", "__lt", "__eq", "__len"]);
                format!("{class}.{event} = {f}")
            }
            _ => format!("{place}.get = {class}.get"),
        };
        match self.r.below(3) {
            0 => self.line(&text),
            // Some time after the code has run often.
            1 => {
                let at = [5, 20, 40, 200, 1_000][self.r.below(5)];
                self.line(&format!("ticks = ticks + 1 if ticks == {at} then {text} end"));
            }
            _ => {
                let every = [3, 10, 50][self.r.below(3)];
                self.line(&format!("ticks = ticks + 1 if ticks % {every} == 0 then {text} end"));
            }
        }
    }

    // The parts of a program.

    fn classes(&mut self) {
        self.line(
            "local ticks, sum, text = 0, 0, 'text' total = 0\n\
             local string_len, string_byte = function(s) return #s + 1 end, function(s, i) return i or 2 end\n\
             local list = { 1, 2, 3, 4.5, 5 }\n\
             local function id(...) return ... end\n\
             local A = { z = 26 } A.__index = A\n\
             local B = setmetatable({ y = 25 }, { __index = A }) B.__index = B\n\
             local C = setmetatable({}, B) C.__index = C\n\
             function A.new(x) return setmetatable({ x = x, n = 0, name = 'a' }, A) end\n\
             function B.new(x) local o = A.new(x) o.y = x return setmetatable(o, B) end\n\
             function C.new(x) return setmetatable({ x = x, n = x, items = {} }, C) end\n\
             function A:get() return self.x end\n\
             function A:set(v) self.x = v end\n\
             function A:add(v) self.n = self.n + v return self end\n\
             function B:add(v) A.add(self, v) self.y = (self.y or 0) + 1 return self end\n\
             function A:link(o) self.next = o end\n\
             function A:walk(n) local s, o = 0, self while o and n > 0 do s, o, n = s + o.x, o.next, n - 1 \
             end return s end\n\
             function A:make(v) return { v, self.x, x = v } end\n\
             A.__add = function(a, b) return (math.type(a) and a or a.x) + (math.type(b) and b or b.x) end\n\
             A.__lt = function(a, b) return (math.type(a) and a or a.x) < (math.type(b) and b or b.x) end\n\
             B.__eq = function(a, b) return a.x == b.x end\n\
             B.__len = function(a) return a.n end\n\
             C.__call = function(self, v) return self.x + v end\n\
             local root = A.new(1) root.next = B.new(2) root.next.next = C.new(3)",
        );
        for name in ["sum", "ticks"] {
            self.variables.push(Variable { name: name.into(), kind: Kind::Number, changes: false });
        }
        for (name, kind) in [
            ("text", Kind::Text),
            ("list", Kind::List),
            ("id", Kind::Function),
            ("root", Kind::Object),
        ] {
            self.variables.push(Variable { name: name.into(), kind, changes: false });
        }
        for _ in 0..1 + self.r.below(4) {
            let (class, method) = (self.choose(&CLASSES), self.choose(&METHODS));
            let kind = if method == "link" { Kind::Object } else { Kind::Number };
            self.line(&format!("function {class}:{method}(p)"));
            let variables = self.variables.len();
            self.variables.push(Variable { name: "p".into(), kind, changes: true });
            (self.method, self.loops, self.room) = (true, 1, 2);
            let count = 1 + self.r.below(3);
            self.statements(count);
            let result = self.number(2);
            self.line(&format!("return {result} end"));
            (self.method, self.loops, self.room) = (false, 0, 4);
            self.variables.truncate(variables);
        }
    }

    fn function(&mut self) {
        let (vararg, variables) = (self.once_in(4), self.variables.len());
        let name = format!("f{variables}");
        let kinds: Vec<Kind> = (0..1 + self.r.below(3)).map(|_| self.kind()).collect();
        let parameters: Vec<String> = kinds.iter().map(|&kind| self.declare(kind, true)).collect();
        let dots = if vararg { ", ..." } else { "" };
        self.line(&format!("local function {name}({}{dots})", parameters.join(", ")));
        (self.vararg, self.room, self.left) = (vararg, 4, self.left.max(40));
        let count = 2 + self.r.below(5);
        self.statements(count);
        let result = self.number(2);
        let end = match self.r.below(4) {
            0 => format!("return id({result})"),
            1 => format!("return {result}, {}", self.number(1)),
            _ => format!("return {result}"),
        };
        self.line(&format!("do {end} end\nend"));
        self.vararg = false;
        self.variables.truncate(variables);
        self.variables.push(Variable { name, kind: Kind::Function, changes: false });
    }

    fn main(&mut self) {
        self.left = 120;
        let functions: Vec<String> = (self.variables.iter())
            .filter(|v| v.name.starts_with('f'))
            .map(|v| v.name.clone())
            .collect();
        let rounds = 5 + self.r.below(80);
        self.line(&format!("for i = 1, {rounds} do"));
        self.variables.push(Variable { name: "i".into(), kind: Kind::Number, changes: false });
        self.loops = 1;
        for name in &functions {
            let argument = |maker: &mut Self| {
                let kind = maker.kind();
                maker.value(kind, 1)
            };
            let arguments: Vec<String> = (0..1 + self.r.below(3)).map(|_| argument(self)).collect();
            let call = format!("{name}, {}", arguments.join(", "));
            self.line(&format!("do local ok, r = pcall({call})"));
            self.line("if math.type(r) == 'integer' then sum = sum + r end");
            let mut shown = String::new();
            let _ = write!(
                shown,
                "if i % {} == 1 then print(i, ok, r, sum) end end",
                1 + self.r.below(7)
            );
            self.line(&shown);
        }
        for _ in 0..2 {
            self.line("do local ok, e = pcall(function()");
            self.statements(3);
            self.line("end) if not ok and i % 9 == 0 then print(e) end end");
        }
        self.line("end\nprint(sum, ticks, total, root.x, root.n, #list)");
    }
}
