//! The names programs find when they start, read off a machine with the standard library.

use luka::{Libs, Registry, Table, Value, Vm};
use luka_compiler::check::{Definition, Environment, Signature};

use super::modules::FileModules;

/// The globals of a new machine and the fields of its libraries.
pub fn library() -> Environment {
    let mut known = Environment::new();
    let registry = Registry::builder().libs(Libs::ALL).build();
    if let Ok(vm) = Vm::builder(&registry).build() {
        add(&mut known, &vm, &vm.globals(), "", true);
    }
    // The command line makes it.
    known.add("arg", Definition::Value);
    known
}

/// The modules that programs can load: those of the library, and the places that are searched.
pub fn modules() -> FileModules {
    let mut found = FileModules { paths: Vec::new(), loaded: Vec::new() };
    let registry = Registry::builder().libs(Libs::ALL).build();
    let Ok(vm) = Vm::builder(&registry).build() else { return found };
    let Ok(package) = vm.globals().get::<Table>(&vm, "package") else { return found };
    for (field, variables) in [
        ("path", ["LUA_PATH_5_4", "LUA_PATH", "LUKA_PATH"].as_slice()),
        ("cpath", ["LUA_CPATH_5_4", "LUA_CPATH"].as_slice()),
    ] {
        let default: String = package.get(&vm, field).unwrap_or_default();
        let set = variables.iter().find_map(|name| std::env::var(name).ok());
        found.paths.push(match set {
            Some(path) => path.replace(";;", &format!(";{default};")),
            None => default,
        });
    }
    if let Ok(loaded) = package.get::<Table>(&vm, "loaded") {
        let names = loaded.entries::<String, Value>(&vm).unwrap_or_default();
        found.loaded.extend(names.into_iter().map(|(name, _)| name));
    }
    found
}

fn add(known: &mut Environment, vm: &Vm, table: &Table, prefix: &str, deeper: bool) {
    for (key, value) in table.entries::<Value, Value>(vm).unwrap_or_default() {
        let Value::String(key) = key else { continue };
        let Ok(key) = key.text(vm) else { continue };
        let name = format!("{prefix}{key}");
        known.add(name.as_bytes(), thing(vm, &value));
        if let Value::Table(inner) = &value
            && deeper
            && key != "_G"
        {
            add(known, vm, inner, &format!("{name}."), false);
        }
    }
}

fn thing(vm: &Vm, value: &Value) -> Definition {
    match value {
        Value::Function(f) => match f.declaration(vm) {
            Ok(Some(known)) => {
                Definition::Function(Signature::parse(known.signature, known.is_pure))
            }
            _ => Definition::Value,
        },
        Value::Table(_) => Definition::Table,
        _ => Definition::Value,
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
