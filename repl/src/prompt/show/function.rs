//! Functions as text: signature and place.

use luka_vm::Value;
use luka_vm::debug::FuncInfo;
use luka_vm::debug::locals::param_name;

/// Name and parameters; of a native what its declaration says. Without a name if none is known.
pub fn signature(function: Value, name: Option<&str>) -> String {
    if let Some(native) = function.as_native() {
        let native = native.native();
        return if native.sig.is_empty() { native.name } else { native.sig }.to_string();
    }
    let info = FuncInfo::of(function);
    let mut params: Vec<String> = Vec::new();
    for n in 1..=i32::from(info.params) {
        let name = param_name(function, n).unwrap_or_else(|| b"?".to_vec());
        // Patterns have no name.
        let hidden = name.starts_with(b"(");
        params.push(if hidden { "{…}".into() } else { String::from_utf8_lossy(&name).into() });
    }
    if info.is_vararg {
        params.push("...".to_string());
    }
    format!("{}({})", name.unwrap_or_default(), params.join(", "))
}

/// Where a function of the language is defined: `file.lua:12`.
pub fn place(function: Value) -> Option<String> {
    function.as_lua_fn()?;
    let info = FuncInfo::of(function);
    let source = String::from_utf8_lossy(&info.short_src).into_owned();
    match info.line_defined {
        0 => Some(source),
        line if line > 0 => Some(format!("{source}:{line}")),
        _ => None,
    }
}
