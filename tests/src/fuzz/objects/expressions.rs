//! Expressions, by what they are meant to be.

use super::{CLASSES, FIELDS, Kind, Maker, NUMBERS};

impl Maker<'_> {
    pub(super) fn value(&mut self, kind: Kind, room: usize) -> String {
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

    pub(super) fn constant(&mut self) -> String {
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

    pub(super) fn number(&mut self, room: usize) -> String {
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
    pub(super) fn of_text(&mut self) -> String {
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
    pub(super) fn maybe(&mut self, room: usize) -> String {
        match self.r.below(5) {
            3 => format!("{}[{}]", self.place(room), self.key()),
            4 => format!("{}[{}]", self.list_place(room), self.key()),
            0 => format!("{}.{}", self.place(room), self.choose(&FIELDS)),
            1 => format!("{}[{}]", self.list_place(room), self.index()),
            _ => format!("{}.next", self.place(room)),
        }
    }

    pub(super) fn string(&mut self, room: usize) -> String {
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

    pub(super) fn object(&mut self, room: usize) -> String {
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
    pub(super) fn place(&mut self, room: usize) -> String {
        if self.method && self.once_in(2) {
            return "self".into();
        }
        let name = self.variable(Kind::Object, false).unwrap_or_else(|| "root".into());
        match self.r.below(8) {
            0 if room > 0 => format!("({name}.next or {name})"),
            _ => name,
        }
    }

    pub(super) fn list(&mut self, room: usize) -> String {
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

    pub(super) fn list_place(&mut self, room: usize) -> String {
        match self.r.below(6) {
            0 if room > 0 => format!("({}.items or list)", self.place(0)),
            _ => self.variable(Kind::List, false).unwrap_or_else(|| "list".into()),
        }
    }

    pub(super) fn text_place(&mut self, _room: usize) -> String {
        self.variable(Kind::Text, false).unwrap_or_else(|| "text".into())
    }

    pub(super) fn index(&mut self) -> String {
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
    pub(super) fn key(&mut self) -> String {
        match self.r.below(5) {
            0 => self.string(1),
            1 => format!("({{ 'x', 'n', 'y', 'zz', 'name' }})[{} % 5 + 1]", self.whole()),
            2 => format!("{} * 1000", self.whole()),
            3 => format!("-{}", self.whole()),
            _ => self.variable(Kind::Text, false).unwrap_or_else(|| "'x'".into()),
        }
    }

    pub(super) fn whole(&mut self) -> String {
        self.variable(Kind::Number, false).unwrap_or_else(|| "3".into())
    }

    pub(super) fn condition(&mut self, room: usize) -> String {
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

    pub(super) fn closure(&mut self) -> String {
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
}
