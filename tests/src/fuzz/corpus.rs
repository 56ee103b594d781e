//! What mutations start from: the sections of the conformance suite and `tests/fuzz/corpus`.

use std::path::Path;

use luka_bytecode::Module;
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, compile};

use crate::mutate::lua_files;
use crate::script::Script;

/// Modules of all sections of the suite and all programs of the corpus.
pub fn modules() -> Vec<Module> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut modules = Vec::new();
    for path in lua_files(&root.join("suite")) {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        for section in Script::parse("t.lua", &text).sections {
            modules.extend(compiled(&section.program));
        }
    }
    for path in lua_files(&root.join("fuzz/corpus")) {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        // Often enough to matter beside the suite.
        let module = compiled(&text).unwrap_or_else(|| panic!("{}: a fault", path.display()));
        modules.extend(std::iter::repeat_n(module, 10));
    }
    modules
}

fn compiled(text: &str) -> Option<Module> {
    let source = Source::new("=t", text.as_bytes(), SourceKind::File);
    Some(compile(&source, &Options::default()).ok()?.into_inner())
}
