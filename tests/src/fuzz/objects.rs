//! Programs of objects, lists, closures and loops, as text: what native code makes guesses about, with
//! code in between that makes the guesses wrong. They end, and their errors are caught or end them.

mod expressions;
mod short;
mod statements;

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
