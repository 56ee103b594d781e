//! Every list of the grammar with its separators, and texts in which a separator is missing, doubled,
//! leading or trailing.

use luka_compiler::Std;

/// A list of the grammar, and what its grammar allows besides one separator between two items.
pub struct List {
    /// What it is a list of.
    pub name: &'static str,
    /// The text before and after it.
    pub around: (&'static str, &'static str),
    /// Three items.
    pub items: [&'static str; 3],
    /// The separators.
    pub separators: &'static [&'static str],
    /// The irregularities it allows in each language; `None` if the language does not have the list.
    pub lua54: Option<&'static [Irregularity]>,
    /// The same with the extensions.
    pub luka: &'static [Irregularity],
}

/// A difference from a list with one separator between two items.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Irregularity {
    /// None.
    Regular,
    /// No separator between two items.
    Missing,
    /// Two separators between two items.
    Doubled,
    /// A separator before the first item.
    Leading,
    /// A separator after the last item.
    Trailing,
}

use Irregularity::{Doubled, Leading, Missing, Regular, Trailing};

const NONE: &[Irregularity] = &[];
const TRAILING: &[Irregularity] = &[Trailing];

/// A list in both languages.
const fn plain(
    name: &'static str,
    around: (&'static str, &'static str),
    items: [&'static str; 3],
    separators: &'static [&'static str],
    allowed: &'static [Irregularity],
) -> List {
    List { name, around, items, separators, lua54: Some(allowed), luka: allowed }
}

/// A list of the extensions.
const fn extension(
    name: &'static str,
    around: (&'static str, &'static str),
    items: [&'static str; 3],
    separators: &'static [&'static str],
    allowed: &'static [Irregularity],
) -> List {
    List { name, around, items, separators, lua54: None, luka: allowed }
}

const NAMES: [&str; 3] = ["a", "b", "c"];
const COMMA: &[&str] = &[","];
const FIELD: &[&str] = &[",", ";"];

/// Every list of the grammar. `Missing` is allowed where the rest is a statement of its own.
pub const LISTS: &[List] = &[
    plain("returned values", ("return ", ""), NAMES, COMMA, NONE),
    plain("local variables", ("local ", " = 1"), NAMES, COMMA, &[Missing]),
    plain("initial values", ("local x = ", ""), NAMES, COMMA, NONE),
    plain("targets", ("", " = 1"), NAMES, COMMA, NONE),
    plain("assigned values", ("x = ", ""), NAMES, COMMA, NONE),
    plain("fields", ("return {", "}"), ["a", "b = 1", "[c] = 2"], FIELD, TRAILING),
    plain("loop variables", ("for ", " in f do end"), NAMES, COMMA, NONE),
    plain("iterator values", ("for k in ", " do end"), NAMES, COMMA, NONE),
    plain("loop bounds", ("for i = ", " do end"), ["1", "2", "3"], COMMA, NONE),
    plain("function path", ("function ", "() end"), NAMES, &["."], NONE),
    List { luka: TRAILING, ..plain("arguments", ("f(", ")"), NAMES, COMMA, NONE) },
    List { luka: TRAILING, ..plain("method arguments", ("x:f(", ")"), NAMES, COMMA, NONE) },
    List {
        luka: TRAILING,
        ..plain("parameters", ("return function(", ") end"), NAMES, COMMA, NONE)
    },
    List {
        luka: TRAILING,
        ..plain("variadic parameters", ("function f(", ") end"), ["a", "b", "..."], COMMA, NONE)
    },
    extension(
        "extended parameters",
        ("function f(", ") end"),
        ["{a}", "b: T = 1", "...c: T"],
        COMMA,
        TRAILING,
    ),
    extension("short parameters", ("f = |", "| -> 1"), ["a", "[b]", "(c: T)"], COMMA, TRAILING),
    extension("loop patterns", ("for ", " in f do end"), ["{a}", "b", "[c]"], COMMA, NONE),
    extension("later loop patterns", ("for ", " in f do end"), ["a", "[b]", "c"], COMMA, NONE),
    extension("typed loop variables", ("for ", " in f do end"), ["a: T", "b", "c: T"], COMMA, NONE),
    extension("local patterns", ("local ", " = 1"), ["{a}", "b", "[c]"], COMMA, NONE),
    extension("later local patterns", ("local ", " = 1"), ["a", "{b}", "c"], COMMA, &[]),
    extension("locals with one attribute", ("local <const> ", " = 1"), NAMES, COMMA, &[Missing]),
    // With a comma before it, `const` is a variable that is assigned to.
    extension("constants", ("const ", " = 1"), NAMES, COMMA, &[Missing, Leading]),
    extension("global variables", ("global ", ""), NAMES, COMMA, NONE),
    extension("variables of a condition", ("if local ", " = f() then end"), NAMES, COMMA, NONE),
    extension("variables of a loop", ("while local ", " = f() do end"), NAMES, COMMA, NONE),
    extension("table pattern", ("local {", "} = t"), ["a", "b = x", "c ?? 1"], FIELD, TRAILING),
    extension("array pattern", ("local [", "] = t"), ["a", "{b}", "c ?? 1"], FIELD, TRAILING),
    extension("array pattern with rest", ("local [", "] = t"), ["a", "b", "...c"], FIELD, TRAILING),
    extension(
        "fields of a case",
        ("match x do case {", "} then end"),
        ["a", "b = 1", "c = _"],
        FIELD,
        TRAILING,
    ),
    extension(
        "items of a case",
        ("match x do case [", "] then end"),
        ["a", "1", "..."],
        FIELD,
        TRAILING,
    ),
    extension("alternatives", ("match x do case ", " then end"), ["1", "'b'", "nil"], &["|"], NONE),
    extension("type arguments", ("local x: T<", "> = 1"), ["A", "B", "C"], COMMA, TRAILING),
    extension("type parameters", ("function f<", ">() end"), ["A", "B", "C..."], COMMA, NONE),
    extension(
        "parameters of a function type",
        ("local x: (", ") -> T = 1"),
        ["A", "b: B", "...C"],
        COMMA,
        TRAILING,
    ),
    extension("result types", ("function f(): (", ") end"), ["A", "B", "C"], COMMA, TRAILING),
    extension(
        "fields of a table type",
        ("local x: {", "} = 1"),
        ["a: A", "[B]: C", "read c: A"],
        FIELD,
        TRAILING,
    ),
    extension("union", ("local x: ", " = 1"), ["A", "B", "{C}"], &["|"], &[Leading]),
    extension("intersection", ("local x: ", " = 1"), ["A", "B", "{C}"], &["&"], &[Leading]),
];

impl List {
    /// What the list allows in a language; `None` if the language does not have it.
    pub fn allowed(&self, std: Std) -> Option<&'static [Irregularity]> {
        match std {
            Std::Lua54 => self.lua54,
            Std::Luka => Some(self.luka),
        }
    }

    /// The list with each irregularity at each place.
    pub fn texts(&self) -> Vec<(Irregularity, String)> {
        let mut texts = Vec::new();
        for separator in self.separators {
            let mut add = |kind: Irregularity, parts: [&str; 4]| {
                let [a, b, c] = self.items;
                let text = format!(
                    "{}{} {a} {} {b} {} {c} {}{}",
                    self.around.0, parts[0], parts[1], parts[2], parts[3], self.around.1
                );
                texts.push((kind, text));
            };
            let twice = format!("{separator} {separator}");
            add(Regular, ["", separator, separator, ""]);
            add(Missing, ["", "", separator, ""]);
            add(Missing, ["", separator, "", ""]);
            add(Doubled, ["", &twice, separator, ""]);
            add(Doubled, ["", separator, &twice, ""]);
            add(Leading, [separator, separator, separator, ""]);
            add(Trailing, ["", separator, separator, separator]);
            add(Doubled, ["", separator, separator, &twice]);
            add(Doubled, [&twice, separator, separator, ""]);
        }
        texts
    }
}
