//! Functions as text: signature and place.

use luka::Look;

/// Name and parameters; of a native what its declaration says. Without a name if none is known.
pub fn signature(function: Look, name: Option<&str>) -> String {
    if let Some(native) = function.declaration() {
        return if native.signature.is_empty() { native.name } else { native.signature }
            .to_string();
    }
    let Some(info) = function.function() else { return String::new() };
    let mut params: Vec<String> = Vec::new();
    for name in info.parameters {
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
pub fn place(function: Look) -> Option<String> {
    let info = function.function()?;
    let source = String::from_utf8_lossy(&info.source).into_owned();
    match info.line {
        Some(line) => Some(format!("{source}:{line}")),
        // The library's own have no place.
        None if info.chunk == b"=[C]" => None,
        None => Some(source),
    }
}
