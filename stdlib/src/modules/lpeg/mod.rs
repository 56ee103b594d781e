//! The module `lpeg`: parsing expression grammars, with the functions of LPeg 1.1
//! (<https://www.inf.puc-rio.br/~roberto/lpeg/>).
//!
//! A pattern is a userdata with three values: its tree and its code as strings, and a table of the
//! values that its captures name, so that it is saved as it is.

mod charset;
mod compile;
mod facts;
mod grammar;
mod machine;
mod matching;
mod tree;
mod values;

use self::charset::Charset;
use self::facts::{Arena, Unreadable, utf_length};
use self::tree::{Kind, OPEN, Tree, tag};
use crate::prim;
use luka_vm::{Gc, Native, NativeResult, Raise, Str, Table, Type, Userdata, Value, Vm};
use luka_vm::{inner_natives, natives};

/// Registered name of the userdata, and the registry field of the patterns' metatable.
pub const TYPE_NAME: &str = "lpeg-pattern";
/// Registry field with the most choices and calls that a match may remember.
const MAX_STACK: &str = "lpeg-maxstack";

natives! { pub static FUNCTIONS = "lpeg";
    match: "lpeg.match(pattern, subject [, init, ...]) -> values | nil"
        "Matches a pattern at a position, by default 1. Returns its captures or, if it has none, the position behind the match." = match_pattern,
    type: "lpeg.type(value) -> \"pattern\" | nil" "Whether a value is a pattern." [pure] = type_of,
    setmaxstack: "lpeg.setmaxstack(max)"
        "Sets how many choices and calls a match may remember, at first 400." = set_max_stack,
    P: "lpeg.P(value) -> pattern"
        "Makes a pattern: of a string, that text; of a number n, n bytes, or for -n no n bytes; of a boolean, one that always matches or fails; of a table, a grammar; of a function, one that the function decides." = |vm| {
            vm.check_any(1)?;
            let pattern = pattern(vm, 1)?;
            push(vm, pattern)
        },
    S: "lpeg.S(set) -> pattern" "Any byte of a string." = set,
    R: "lpeg.R(range, ...) -> pattern" "Any byte of ranges such as \"az\"." = range,
    utfR: "lpeg.utfR(from, to) -> pattern" "A character in UTF-8 whose code is in a range." = utf_range,
    V: "lpeg.V(name) -> pattern" "A rule of the grammar that the pattern is in." = variable,
    B: "lpeg.B(pattern) -> pattern" "Matches nothing, behind a match of the pattern." = behind,
    C: "lpeg.C(pattern) -> pattern" "Captures the match, then what the pattern captures." = |vm| wrap(vm, Kind::Simple),
    Cs: "lpeg.Cs(pattern) -> pattern"
        "Captures the match with what is captured in it in the place of what it matches." = |vm| wrap(vm, Kind::Subst),
    Ct: "lpeg.Ct(pattern) -> pattern"
        "Captures a table of all values; those of named groups are its fields." = |vm| wrap(vm, Kind::Table),
    Cg: "lpeg.Cg(pattern [, name]) -> pattern" "Groups captures; with a name they are for back references and tables only." = group,
    Cf: "lpeg.Cf(pattern, function) -> pattern"
        "Folds captures by a function, from the first value on. New programs use accumulators, `pattern % function`." = |vm| {
            vm.check_type(2, Type::Function)?;
            constant_capture(vm, Kind::Fold)
        },
    Cmt: "lpeg.Cmt(pattern, function) -> pattern"
        "Calls the function at once with the subject, the position and the captures; it says whether, where and with which values the match goes on." = runtime,
    Cc: "lpeg.Cc(...) -> pattern" "Captures these values and matches nothing." = constants,
    Cp: "lpeg.Cp() -> pattern" "Captures the position." = |vm| {
        let tree = Tree::leaf(tag::TRUE, &[]).capture(Kind::Position, 0);
        new(vm, &tree, None)
    },
    Cb: "lpeg.Cb(name) -> pattern" "Captures again what the last group of a name has captured." = |vm| {
        let name = vm.check_any(1)?;
        let (key, table) = add_constant(vm, None, name)?;
        new(vm, &Tree::leaf(tag::TRUE, &[]).capture(Kind::Backref, key), table)
    },
    Carg: "lpeg.Carg(n) -> pattern" "Captures the n-th further argument of `lpeg.match`." = argument,
    locale: "lpeg.locale([table]) -> table" "Fills a table with patterns of classes of bytes: alpha, digit, space and so on." = locale,
    pcode: "lpeg.pcode(pattern)" "Not there: an error, as in LPeg that was not built for debugging." = no_debugging,
    ptree: "lpeg.ptree(pattern)" "Not there: an error, as in LPeg that was not built for debugging." = no_debugging,
}

natives! { pub static OPERATORS = "lpeg.operator";
    __mul: "pattern * pattern -> pattern" "One after the other." = seq,
    __add: "pattern + pattern -> pattern" "The first that matches." = choice,
    __sub: "pattern - pattern -> pattern" "The first, where the second does not match." = sub,
    __pow: "pattern ^ n -> pattern" "At least n times, or at most -n times." = power,
    __len: "#pattern -> pattern" "Matches nothing, before a match of the pattern." = |vm| prefix(vm, tag::AND),
    __unm: "-pattern -> pattern" "Matches nothing, where the pattern does not match." = |vm| prefix(vm, tag::NOT),
    __div: "pattern / value -> pattern"
        "Captures what a function returns, what a table has, a text filled in, or the value with a number." = div,
    __mod: "pattern % function -> pattern" "Lets a function change the value captured before." = |vm| constant_capture(vm, Kind::Acc),
}

inner_natives! { pub static INNER;
    OPEN_MODULE: "lpeg.open" "" "Makes the module lpeg." = open;
}

/// What opens the module.
pub static OPENERS: &[(&str, &Native)] = &[("lpeg", &OPEN_MODULE)];
pub use matching::THEN;

fn open(vm: &mut Vm) -> NativeResult {
    let meta = prim::registry_table(vm, TYPE_NAME)?;
    prim::register(vm, meta, OPERATORS)?;
    let module = prim::library(vm, FUNCTIONS)?;
    if let Some(table) = module.as_table() {
        let version = vm.small_str("LPeg 1.1.0");
        prim::set_field(vm, table, "version", version)?;
    }
    prim::set_field(vm, meta, "__index", module)?;
    let name = vm.small_str(TYPE_NAME);
    prim::set_field(vm, meta, "__name", name)?;
    vm.ret1(module)
}

fn no_debugging(vm: &mut Vm) -> NativeResult {
    Err(vm.error("function only implemented in debug mode"))
}

// ------------------------------------------------------------------ patterns

/// A pattern as it is worked with.
pub struct Pattern {
    pub tree: Tree,
    /// The values that its captures name.
    pub constants: Option<Gc<Table>>,
    /// The userdata, if there is one yet.
    object: Option<Gc<Userdata>>,
}

fn as_object(v: Value) -> Option<Gc<Userdata>> {
    v.as_userdata().filter(|u| u.type_name == TYPE_NAME)
}

impl Pattern {
    fn of(tree: Tree, constants: Option<Gc<Table>>) -> Pattern {
        Pattern { tree, constants, object: None }
    }

    /// Reads a userdata.
    fn of_object(vm: &mut Vm, object: Gc<Userdata>) -> Pattern {
        let bytes = object.user_value(1).and_then(Value::as_str).map_or(&b""[..], |s| s.bytes());
        vm.charge_bytes(bytes.len());
        let root = (object.data() as usize).min(bytes.len());
        let tree = Tree { bytes: bytes.to_vec(), root };
        let constants = object.user_value(2).and_then(Value::as_table);
        Pattern { tree, constants, object: Some(object) }
    }
}

/// Argument `i` as a pattern.
fn pattern(vm: &mut Vm, i: usize) -> Result<Pattern, Raise> {
    let v = vm.arg(i);
    if let Some(object) = as_object(v) {
        return Ok(Pattern::of_object(vm, object));
    }
    if let Some(s) = v.as_str() {
        vm.charge_bytes(s.len());
        vm.heap.reserve(s.len())?;
        return Ok(Pattern::of(Tree::text(s.bytes()), None));
    }
    if v.is_number() {
        let n = vm.check_int(i)?;
        return Ok(Pattern::of(number(n), None));
    }
    if let Some(b) = v.as_bool() {
        return Ok(Pattern::of(Tree::leaf(if b { tag::TRUE } else { tag::FALSE }, &[]), None));
    }
    if let Some(table) = v.as_table() {
        return grammar::grammar(vm, table);
    }
    if v.is_function() {
        let (key, constants) = add_constant(vm, None, v)?;
        let tree = Tree::leaf(tag::TRUE, &[]).with(tag::RUNTIME, &key.to_le_bytes());
        return Ok(Pattern::of(tree, constants));
    }
    Err(vm.type_error(i, TYPE_NAME))
}

fn number(n: i64) -> Tree {
    let count = u32::try_from(n.unsigned_abs()).unwrap_or(u32::MAX);
    match n {
        0 => Tree::leaf(tag::TRUE, &[]),
        1.. => Tree::leaf(tag::ANY, &count.to_le_bytes()),
        _ => Tree::leaf(tag::ANY, &count.to_le_bytes()).with(tag::NOT, &[]),
    }
}

/// Returns a pattern as a value.
fn push(vm: &mut Vm, pattern: Pattern) -> NativeResult {
    match pattern.object {
        Some(object) => vm.ret1(object),
        None => new(vm, &pattern.tree, pattern.constants),
    }
}

/// Returns a new pattern.
fn new(vm: &mut Vm, tree: &Tree, constants: Option<Gc<Table>>) -> NativeResult {
    let object = object(vm, tree, constants)?;
    vm.ret1(object)
}

fn object(vm: &mut Vm, tree: &Tree, constants: Option<Gc<Table>>) -> Result<Gc<Userdata>, Raise> {
    vm.charge_bytes(tree.bytes.len());
    let bytes = vm.str(&tree.bytes)?;
    let object = prim::new_userdata(vm, TYPE_NAME, tree.root as u64);
    object.init_user_values(&mut vm.heap, 3);
    object.set_user_value(&mut vm.heap, 1, bytes);
    object.set_user_value(&mut vm.heap, 2, constants.map_or(Value::NIL, Value::from));
    let meta = prim::registry_field(vm, TYPE_NAME).as_table();
    object.set_metatable(&mut vm.heap, meta);
    Ok(object)
}

/// The most values that the captures of a pattern may name.
const MAX_CONSTANTS: i64 = 65_535;

/// A new table with the constants of a pattern and one more, and its place; nil has place 0.
fn add_constant(
    vm: &mut Vm,
    constants: Option<Gc<Table>>,
    v: Value,
) -> Result<(u32, Option<Gc<Table>>), Raise> {
    if v.is_nil() {
        return Ok((0, constants));
    }
    let table = prim::new_table(vm, constants.map_or(0, |t| t.len() as u32) + 1, 0)?;
    let n = append_constants(vm, table, 0, constants)?;
    if n >= MAX_CONSTANTS {
        return Err(vm.error("too many Lua values in pattern"));
    }
    prim::set_int(vm, table, n + 1, v)?;
    Ok((n as u32 + 1, Some(table)))
}

/// Adds constants behind the `n` that a table has; how many it has then.
fn append_constants(
    vm: &mut Vm,
    table: Gc<Table>,
    n: i64,
    constants: Option<Gc<Table>>,
) -> Result<i64, Raise> {
    let Some(from) = constants else { return Ok(n) };
    let count = from.len();
    if n + count > MAX_CONSTANTS {
        return Err(vm.error("too many Lua values in pattern"));
    }
    vm.charge(count as u64 / 4);
    for i in 1..=count {
        prim::set_int(vm, table, n + i, from.get_int(i))?;
    }
    Ok(n + count)
}

/// The constants of two patterns together; those of the second get other places.
fn join_constants(
    vm: &mut Vm,
    a: Option<Gc<Table>>,
    b: &mut Pattern,
) -> Result<Option<Gc<Table>>, Raise> {
    let (Some(first), Some(second)) = (a, b.constants) else { return Ok(a.or(b.constants)) };
    if first == second {
        return Ok(a);
    }
    let table = prim::new_table(vm, (first.len() + second.len()) as u32, 0)?;
    let n = append_constants(vm, table, 0, a)?;
    append_constants(vm, table, n, b.constants)?;
    vm.charge_bytes(b.tree.bytes.len());
    b.tree.shift_keys(n as u32);
    Ok(Some(table))
}

/// Reads a pattern and finds out about it.
fn arena(vm: &mut Vm, tree: &Tree) -> Result<Arena, Raise> {
    vm.heap.reserve(tree.bytes.len().saturating_mul(64))?;
    match Arena::read(&tree.bytes) {
        Ok(arena) => {
            vm.charge(arena.work);
            Ok(arena)
        }
        Err(Unreadable::Deep) => Err(vm.error("pattern is nested too deeply")),
        Err(Unreadable::Damaged) => Err(vm.error("attempt to use a damaged pattern")),
    }
}

/// A value as messages show it.
pub fn shown(vm: &mut Vm, v: Value) -> String {
    if let Some(s) = v.as_str() {
        return String::from_utf8_lossy(&s.bytes()[..s.len().min(100)]).into_owned();
    }
    if v.is_number() {
        return String::from_utf8_lossy(vm.number_to_str(v).bytes()).into_owned();
    }
    format!("(a {})", v.type_of().name())
}

// ------------------------------------------------------------------ making patterns

fn seq(vm: &mut Vm) -> NativeResult {
    let a = pattern(vm, 1)?;
    let mut b = pattern(vm, 2)?;
    match (a.tree.root_tag(), b.tree.root_tag()) {
        (tag::FALSE, _) | (_, tag::TRUE) => return push(vm, a),
        (tag::TRUE, _) => return push(vm, b),
        _ => {}
    }
    let constants = join_constants(vm, a.constants, &mut b)?;
    new(vm, &a.tree.joined(&b.tree, tag::SEQ), constants)
}

fn choice(vm: &mut Vm) -> NativeResult {
    let a = pattern(vm, 1)?;
    let mut b = pattern(vm, 2)?;
    if let (Some(a), Some(b)) = (a.tree.as_charset(), b.tree.as_charset()) {
        return new(vm, &Tree::charset(a.union(b)), None);
    }
    if a.tree.root_tag() == tag::FALSE {
        return push(vm, b);
    }
    if b.tree.root_tag() == tag::FALSE {
        return push(vm, a);
    }
    let known = arena(vm, &a.tree)?;
    if known.facts[known.root].nofail {
        return push(vm, a);
    }
    let constants = join_constants(vm, a.constants, &mut b)?;
    new(vm, &a.tree.joined(&b.tree, tag::CHOICE), constants)
}

fn sub(vm: &mut Vm) -> NativeResult {
    let mut a = pattern(vm, 1)?;
    let b = pattern(vm, 2)?;
    if let (Some(a), Some(b)) = (a.tree.as_charset(), b.tree.as_charset()) {
        return new(vm, &Tree::charset(a.without(b)), None);
    }
    let constants = join_constants(vm, b.constants, &mut a)?;
    new(vm, &b.tree.with(tag::NOT, &[]).joined(&a.tree, tag::SEQ), constants)
}

fn power(vm: &mut Vm) -> NativeResult {
    let n = vm.check_int(2)?;
    let p = pattern(vm, 1)?;
    let times = n.unsigned_abs();
    let size = usize::try_from(times)
        .ok()
        .and_then(|n| n.checked_add(1)?.checked_mul(p.tree.bytes.len() + 3));
    vm.heap.reserve(size.unwrap_or(usize::MAX))?;
    let mut tree = Tree::default();
    if n >= 0 {
        let known = arena(vm, &p.tree)?;
        if known.facts[known.root].nullable {
            return Err(vm.error("loop body may accept empty string"));
        }
        for _ in 0..times {
            tree.append(&p.tree);
        }
        tree.append(&p.tree);
        tree.push(tag::REP, &[]);
        for _ in 0..times {
            tree.push(tag::SEQ, &[]);
        }
    } else {
        for _ in 0..times {
            tree.append(&p.tree);
        }
        // (So many have memory: the number fits.)
        tree.push(tag::MOST, &(times as u32).to_le_bytes());
    }
    new(vm, &tree, p.constants)
}

fn prefix(vm: &mut Vm, tag: u8) -> NativeResult {
    let p = pattern(vm, 1)?;
    new(vm, &p.tree.with(tag, &[]), p.constants)
}

fn set(vm: &mut Vm) -> NativeResult {
    let bytes = vm.check_str(1)?.bytes();
    vm.charge_bytes(bytes.len());
    let mut set = Charset::EMPTY;
    bytes.iter().for_each(|c| set.insert(*c));
    new(vm, &Tree::charset(set), None)
}

fn range(vm: &mut Vm) -> NativeResult {
    let mut set = Charset::EMPTY;
    for i in 1..=vm.nargs() {
        match vm.check_str(i)?.bytes() {
            [from, to] => set = set.union(Charset::where_(|c| *from <= c && c <= *to)),
            _ => return Err(vm.arg_error(i, "range must have two characters")),
        }
        vm.charge(8);
    }
    new(vm, &Tree::charset(set), None)
}

fn utf_range(vm: &mut Vm) -> NativeResult {
    let (from, to) = (vm.check_int(1)? as u64, vm.check_int(2)? as u64);
    if from > to {
        return Err(vm.arg_error(2, "empty range"));
    }
    for (i, code) in [(1, from), (2, to)] {
        if code > 0x10_ffff {
            return Err(vm.arg_error(i, "invalid code point"));
        }
    }
    let (from, to) = (from as u32, to as u32);
    if utf_length(to) == 1 {
        let set = Charset::where_(|c| (from..=to).contains(&c.into()));
        return new(vm, &Tree::charset(set), None);
    }
    let mut payload = from.to_le_bytes().to_vec();
    payload.extend_from_slice(&to.to_le_bytes());
    new(vm, &Tree::leaf(tag::UTF, &payload), None)
}

fn variable(vm: &mut Vm) -> NativeResult {
    let name = vm.arg(1);
    if name.is_nil() {
        return Err(vm.arg_error(1, "non-nil value expected"));
    }
    let (key, constants) = add_constant(vm, None, name)?;
    let mut payload = OPEN.to_le_bytes().to_vec();
    payload.extend_from_slice(&key.to_le_bytes());
    new(vm, &Tree::leaf(tag::CALL, &payload), constants)
}

fn behind(vm: &mut Vm) -> NativeResult {
    let p = pattern(vm, 1)?;
    let known = arena(vm, &p.tree)?;
    let fact = known.facts[known.root];
    let Some(n) = fact.fixed else {
        return Err(vm.arg_error(1, "pattern may not have fixed length"));
    };
    if fact.captures {
        return Err(vm.arg_error(1, "pattern have captures"));
    }
    match u8::try_from(n) {
        Ok(n) => new(vm, &p.tree.with(tag::BEHIND, &[n]), p.constants),
        Err(_) => Err(vm.arg_error(1, "pattern too long to look behind")),
    }
}

// ------------------------------------------------------------------ captures

fn wrap(vm: &mut Vm, kind: Kind) -> NativeResult {
    let p = pattern(vm, 1)?;
    new(vm, &p.tree.capture(kind, 0), p.constants)
}

/// A capture with argument 2 as its constant.
fn constant_capture(vm: &mut Vm, kind: Kind) -> NativeResult {
    let p = pattern(vm, 1)?;
    let v = vm.arg(2);
    let (key, constants) = add_constant(vm, p.constants, v)?;
    new(vm, &p.tree.capture(kind, key), constants)
}

fn group(vm: &mut Vm) -> NativeResult {
    if vm.arg(2).is_nil() { wrap(vm, Kind::Group) } else { constant_capture(vm, Kind::Group) }
}

fn div(vm: &mut Vm) -> NativeResult {
    match vm.arg(2).type_of() {
        Type::Function => constant_capture(vm, Kind::Function),
        Type::Table => constant_capture(vm, Kind::Query),
        Type::String => constant_capture(vm, Kind::String),
        Type::Number => {
            let n = vm.check_int(2)?;
            match u32::try_from(n).ok().filter(|n| *n <= 0x7fff) {
                Some(n) => {
                    let p = pattern(vm, 1)?;
                    new(vm, &p.tree.capture(Kind::Num, n), p.constants)
                }
                None => Err(vm.arg_error(1, "invalid number")),
            }
        }
        other => {
            let name = other.name();
            Err(vm.error(format!("unexpected {name} as 2nd operand to LPeg '/'")))
        }
    }
}

fn runtime(vm: &mut Vm) -> NativeResult {
    vm.check_type(2, Type::Function)?;
    let p = pattern(vm, 1)?;
    let f = vm.arg(2);
    let (key, constants) = add_constant(vm, p.constants, f)?;
    new(vm, &p.tree.with(tag::RUNTIME, &key.to_le_bytes()), constants)
}

fn constants(vm: &mut Vm) -> NativeResult {
    let n = vm.nargs();
    vm.charge(n as u64);
    if n == 0 {
        return new(vm, &Tree::leaf(tag::TRUE, &[]), None);
    }
    let table = prim::new_table(vm, n.min(1 << 16) as u32, 0)?;
    let mut tree = Tree::default();
    let mut count = 0;
    for i in 1..=n {
        let v = vm.arg(i);
        let mut key = 0;
        if !v.is_nil() {
            count += 1;
            if count > MAX_CONSTANTS {
                return Err(vm.error("too many Lua values in pattern"));
            }
            prim::set_int(vm, table, count, v)?;
            key = count as u32;
        }
        tree.append(&Tree::leaf(tag::TRUE, &[]).capture(Kind::Const, key));
        if i > 1 {
            tree.push(tag::SEQ, &[]);
        }
    }
    if n > 1 {
        tree = tree.capture(Kind::Group, 0);
    }
    new(vm, &tree, Some(table))
}

fn argument(vm: &mut Vm) -> NativeResult {
    let n = vm.check_int(1)?;
    match u32::try_from(n).ok().filter(|n| (1..=0x7fff).contains(n)) {
        Some(n) => new(vm, &Tree::leaf(tag::TRUE, &[]).capture(Kind::Arg, n), None),
        None => Err(vm.arg_error(1, "invalid argument index")),
    }
}

// ------------------------------------------------------------------ other functions

fn type_of(vm: &mut Vm) -> NativeResult {
    match as_object(vm.arg(1)) {
        Some(_) => {
            let name = vm.small_str("pattern");
            vm.ret1(name)
        }
        None => vm.ret1(Value::NIL),
    }
}

fn set_max_stack(vm: &mut Vm) -> NativeResult {
    let n = vm.check_int(1)?;
    if !(1..=i64::from(i32::MAX) / 100).contains(&n) {
        return Err(vm.arg_error(1, "out of range"));
    }
    prim::set_registry_field(vm, MAX_STACK, Value::int(n))?;
    vm.ret0()
}

fn locale(vm: &mut Vm) -> NativeResult {
    let table = match vm.arg(1).is_nil() {
        true => prim::new_table(vm, 0, 12)?,
        false => vm.check_table(1)?,
    };
    type Class = fn(&u8) -> bool;
    let classes: [(&str, Class); 11] = [
        ("alnum", u8::is_ascii_alphanumeric),
        ("alpha", u8::is_ascii_alphabetic),
        ("cntrl", u8::is_ascii_control),
        ("digit", u8::is_ascii_digit),
        ("graph", u8::is_ascii_graphic),
        ("lower", u8::is_ascii_lowercase),
        ("print", |c| (32..127).contains(c)),
        ("punct", u8::is_ascii_punctuation),
        ("space", |c| matches!(c, 9..=13 | 32)),
        ("upper", u8::is_ascii_uppercase),
        ("xdigit", u8::is_ascii_hexdigit),
    ];
    for (name, class) in classes {
        let set = Charset::where_(|c| class(&c));
        let pattern = object(vm, &Tree::charset(set), None)?;
        prim::set_field(vm, table, name, pattern.into())?;
    }
    vm.ret1(table)
}

/// The code of a pattern, made when it is first needed.
fn code(vm: &mut Vm, pattern: &Pattern) -> Result<Gc<Str>, Raise> {
    if let Some(code) = pattern.object.and_then(|o| o.user_value(3)).and_then(Value::as_str) {
        return Ok(code);
    }
    let known = arena(vm, &pattern.tree)?;
    vm.charge(known.nodes.len() as u64 * 2);
    let bytes = match compile::compile(&known) {
        Ok(bytes) => bytes,
        Err(key) => {
            let name = pattern.constants.map_or(Value::NIL, |t| t.get_int(key.into()));
            let name = shown(vm, name);
            return Err(vm.error(format!("rule '{name}' used outside a grammar")));
        }
    };
    let code = vm.heap.new_str(&bytes)?;
    if let Some(object) = pattern.object {
        object.set_user_value(&mut vm.heap, 3, code.into());
    }
    Ok(code)
}

fn match_pattern(vm: &mut Vm) -> NativeResult {
    // (Of a pattern that has its code already the tree is not looked at.)
    let p = match as_object(vm.arg(1)) {
        Some(object) if object.user_value(3).is_some_and(Value::is_string) => Pattern {
            tree: Tree::default(),
            constants: object.user_value(2).and_then(Value::as_table),
            object: Some(object),
        },
        _ => pattern(vm, 1)?,
    };
    let code = code(vm, &p)?;
    let subject = vm.check_str(2)?;
    if u32::try_from(subject.len()).is_err() {
        return Err(vm.arg_error(2, "subject too long"));
    }
    let len = subject.len();
    let from = match vm.opt_int(3)?.unwrap_or(1) {
        n @ 1.. => (n as u64 - 1).min(len as u64) as usize,
        n => len.saturating_sub(n.unsigned_abs().min(len as u64) as usize),
    };
    let count = vm.nargs().saturating_sub(3);
    let mut arguments = None;
    if count > 0 {
        let table = prim::new_table(vm, count as u32, 1)?;
        for i in 1..=count {
            let v = vm.arg(3 + i);
            prim::set_int(vm, table, i as i64, v)?;
        }
        prim::set_field(vm, table, "n", Value::int(count as i64))?;
        vm.charge_values(count);
        arguments = Some(table);
    }
    matching::start(vm, &p, code, subject, from, arguments)
}
