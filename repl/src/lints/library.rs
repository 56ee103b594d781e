//! The names programs find when they start, read off a machine with the standard library.

use luka_compiler::Std;
use luka_compiler::check::{Definition, Environment, Signature};
use luka_vm::{Config, Gc, Table, Value, Vm};

use crate::loader::SourceLoader;
use luka::host::Null;

/// Functions that do nothing but return a value, whatever they are given.
const PURE: &[&str] = &[
    "type",
    "rawequal",
    "rawget",
    "rawlen",
    "select",
    "ipairs",
    "next",
    "tonumber",
    "string.byte",
    "string.char",
    "string.find",
    "string.gmatch",
    "string.len",
    "string.lower",
    "string.match",
    "string.rep",
    "string.reverse",
    "string.sub",
    "string.upper",
    "string.pack",
    "string.packsize",
    "string.unpack",
    "table.concat",
    "table.pack",
    "table.unpack",
    "math.abs",
    "math.acos",
    "math.asin",
    "math.atan",
    "math.ceil",
    "math.cos",
    "math.deg",
    "math.exp",
    "math.floor",
    "math.fmod",
    "math.log",
    "math.max",
    "math.min",
    "math.modf",
    "math.rad",
    "math.sin",
    "math.sqrt",
    "math.tan",
    "math.tointeger",
    "math.type",
    "math.ult",
    "utf8.char",
    "utf8.codepoint",
    "utf8.codes",
    "utf8.len",
    "utf8.offset",
    "os.clock",
    "os.date",
    "os.difftime",
    "os.getenv",
    "os.time",
    "coroutine.create",
    "coroutine.isyieldable",
    "coroutine.running",
    "coroutine.status",
    "coroutine.wrap",
];

/// The globals of a new machine and the fields of its libraries.
pub fn library() -> Environment {
    let mut known = Environment::new();
    let host = Box::new(Null);
    let loader = Box::new(SourceLoader::new(Std::default()));
    let Ok(mut vm) = Vm::new(Config::default(), host, loader) else { return known };
    if luka_stdlib::open_libs(&mut vm).is_err() {
        return known;
    }
    add(&mut known, vm.globals(), "", true);
    // The command line makes it.
    known.add("arg", Definition::Value);
    known
}

fn add(known: &mut Environment, table: Gc<Table>, prefix: &str, deeper: bool) {
    for (key, value) in table.entries() {
        let Some(key) = key.as_str() else { continue };
        let Ok(key) = std::str::from_utf8(key.bytes()) else { continue };
        let name = format!("{prefix}{key}");
        known.add(name.as_bytes(), thing(&name, value));
        if let Some(inner) = value.as_table()
            && deeper
            && key != "_G"
        {
            add(known, inner, &format!("{name}."), false);
        }
    }
}

fn thing(name: &str, value: Value) -> Definition {
    let native = value.as_native().map(|n| n.native()).filter(|n| !n.sig.is_empty());
    match native {
        Some(native) => {
            let mut signature = Signature::parse(native.sig, PURE.contains(&name));
            // What these take beyond what is written about them.
            match name {
                "error" | "debug.sethook" => signature.min_args = 0,
                "assert" | "collectgarbage" => signature.max_args = None,
                _ => {}
            }
            Definition::Function(signature)
        }
        None if value.as_table().is_some() => Definition::Table,
        None => Definition::Value,
    }
}

#[cfg(test)]
mod tests {
    use super::{PURE, library};

    #[test]
    fn the_library_is_known() {
        let known = library();
        for name in PURE.iter().chain(&["print", "string", "math.pi", "_VERSION", "table.insert"]) {
            assert!(known.get(name.as_bytes()).is_some(), "{name}");
        }
        for name in PURE {
            assert!(known.signature(name.as_bytes()).is_some_and(|s| s.pure), "{name}");
        }
        let insert = known.signature(b"table.insert").expect("a function");
        assert_eq!((insert.min_args, insert.max_args), (2, Some(3)));
    }
}
