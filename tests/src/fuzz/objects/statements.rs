//! Statements, and what makes guesses wrong.

use super::{CLASSES, FIELDS, Kind, METHODS, Maker, NUMBERS, ROUNDS, Variable};

impl Maker<'_> {
    pub(super) fn statements(&mut self, count: usize) {
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

    pub(super) fn statement(&mut self) {
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

    pub(super) fn local(&mut self) {
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

    pub(super) fn store_field(&mut self) {
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

    pub(super) fn store_item(&mut self) {
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

    pub(super) fn call(&mut self) {
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

    pub(super) fn branch(&mut self) {
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

    pub(super) fn any_loop(&mut self) {
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

    pub(super) fn leave_loop(&mut self) {
        let Some(label) = self.labels.last().copied() else { return };
        let condition = self.condition(1);
        let leave = match label {
            Some(label) if self.once_in(2) => format!("goto l{label}"),
            _ if self.once_in(3) => "break".into(),
            _ => return,
        };
        self.line(&format!("if {condition} then {leave} end"));
    }

    pub(super) fn coroutine(&mut self) {
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
    pub(super) fn called_back(&mut self) {
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
    pub(super) fn surprise(&mut self) {
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
}
