//! "bad argument" errors, with the native's name as its caller knows it.

use crate::error::Raise;
use crate::heap::Gc;
use crate::table::Table;
use crate::value::Value;
use crate::vm::Vm;

impl Vm {
    /// The error of a native about its argument `i` (`luaL_argerror`): "bad argument #1 to
    /// 'insert' (table expected, got nil)". Of a method, arguments are counted without `self`.
    #[cold]
    pub fn arg_error(&mut self, i: usize, message: impl AsRef<[u8]>) -> Raise {
        let message = message.as_ref();
        let Some(running) = self.activation(self.thread, 0) else {
            return self.error([format!("bad argument #{i} (").as_bytes(), message, b")"].concat());
        };
        let mut i = i;
        let name = match running.name() {
            Some(n) if n.what == "method" && i == 1 => {
                let parts: [&[u8]; 5] = [b"calling '", &n.name, b"' on bad self (", message, b")"];
                return self.error(parts.concat());
            }
            Some(n) => {
                if n.what == "method" {
                    i -= 1;
                }
                n.name
            }
            None => self.global_function_name(running.func()).unwrap_or(b"?".to_vec()),
        };
        let number = format!("bad argument #{i} to '");
        self.error([number.as_bytes(), &name, b"' (", message, b")"].concat())
    }

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
