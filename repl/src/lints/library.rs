//! The names programs find when they start, read off a machine with the standard library.

use luka_compiler::Std;
use luka_compiler::check::{Definition, Environment, Signature};
use luka_vm::{Config, Gc, Table, Value, Vm};

use crate::loader::SourceLoader;
use luka::host::Null;

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
        known.add(name.as_bytes(), thing(value));
        if let Some(inner) = value.as_table()
            && deeper
            && key != "_G"
        {
            add(known, inner, &format!("{name}."), false);
        }
    }
}

fn thing(value: Value) -> Definition {
    let native = value.as_native().map(|n| n.native()).filter(|n| !n.sig.is_empty());
    match native {
        Some(native) => Definition::Function(Signature::parse(native.sig, native.pure)),
        None if value.as_table().is_some() => Definition::Table,
        None => Definition::Value,
    }
}

#[cfg(test)]
mod tests {
    use super::library;

    #[test]
    fn the_library_is_known() {
        let known = library();
        for name in ["print", "string", "math.pi", "_VERSION", "arg"] {
            assert!(known.get(name.as_bytes()).is_some(), "{name}");
        }
        let purity = [("string.rep", true), ("next", true), ("print", false), ("load", false)];
        for (name, pure) in purity {
            let signature = known.signature(name.as_bytes());
            assert_eq!(signature.map(|s| s.pure), Some(pure), "{name}");
        }
    }

    /// The text of a signature says how many arguments a call may have.
    #[test]
    fn numbers_of_arguments_are_the_signatures() {
        let known = library();
        for (name, least, most) in [
            ("table.insert", 2, Some(3)),
            ("assert", 1, None),
            ("collectgarbage", 0, None),
            ("error", 0, Some(2)),
            ("debug.sethook", 0, Some(4)),
        ] {
            let signature = known.signature(name.as_bytes()).expect("a function");
            assert_eq!((signature.min_args, signature.max_args), (least, most), "{name}");
        }
    }
}
