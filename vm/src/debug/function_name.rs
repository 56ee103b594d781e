//! Names of library functions.

use crate::heap::Gc;
use crate::table::Table;
use crate::value::Value;
use crate::vm::Vm;

impl Vm {
    /// The name a function has in a loaded module: `string.rep`, `print`
    /// (`pushglobalfuncname`).
    pub(crate) fn global_function_name(&self, func: Value) -> Option<Vec<u8>> {
        let loaded = self.registry.get_str_bytes(b"_LOADED").as_table()?;
        let name = find_field(loaded, func, true)?;
        Some(name.strip_prefix(b"_G.").map_or(name.clone(), <[u8]>::to_vec))
    }
}

/// A string key under which a table, or a table in it if `deeper`, has the function.
fn find_field(table: Gc<Table>, func: Value, deeper: bool) -> Option<Vec<u8>> {
    for (key, value) in table.entries() {
        let Some(key) = key.as_str() else { continue };
        if value.raw_eq(func) {
            return Some(key.bytes().to_vec());
        }
        if deeper
            && let Some(inner) = value.as_table()
            && let Some(name) = find_field(inner, func, false)
        {
            return Some([key.bytes(), b".", &name].concat());
        }
    }
    None
}
