//! Names from other languages, and their equivalents.

/// `(name, what to write instead)`; a name with a dot is a field of a library.
const FOREIGN: &[(&str, &str)] = &[
    ("null", "Lua's word for no value is `nil`"),
    ("NULL", "Lua's word for no value is `nil`"),
    ("None", "Lua's word for no value is `nil`"),
    ("undefined", "Lua's word for no value is `nil`"),
    ("True", "the truth values are written `true` and `false`"),
    ("False", "the truth values are written `true` and `false`"),
    ("TRUE", "the truth values are written `true` and `false`"),
    ("FALSE", "the truth values are written `true` and `false`"),
    ("this", "inside a method, `function t:m()`, the object is called `self`"),
    ("self", "functions defined with a colon have it: `function t:m()`"),
    ("len", "the length of a string or list is `#x`"),
    ("printf", "write `print(string.format(…))` or `io.write(string.format(…))`"),
    ("sprintf", "write `string.format(…)`"),
    ("println", "`print` ends the line"),
    ("puts", "write `print(…)`"),
    ("echo", "write `print(…)`"),
    ("console", "write `print(…)`"),
    ("str", "write `tostring(x)`"),
    ("int", "write `math.tointeger(x)`, `math.floor(x)` or `tonumber(s)`"),
    ("float", "write `tonumber(s)`"),
    ("parseInt", "write `tonumber(s)`"),
    ("parseFloat", "write `tonumber(s)`"),
    ("typeof", "write `type(x)`"),
    ("throw", "write `error(…)`"),
    ("raise", "write `error(…)`"),
    ("new", "an object is made by a function: `Point.new(…)`, without the word `new`"),
    ("exit", "write `os.exit(code)`"),
    ("sleep", "the standard library cannot sleep"),
    ("range", "count with `for i = 1, n do … end`"),
    ("foreach", "write `for k, v in pairs(t) do … end`"),
    ("table.length", "the length of a list is `#t`"),
    ("table.size", "the length of a list is `#t`"),
    ("table.push", "write `table.insert(t, x)`"),
    ("table.pop", "write `table.remove(t)`"),
    ("table.join", "write `table.concat(t, separator)`"),
    ("string.length", "the length of a string is `#s`"),
    ("string.replace", "write `string.gsub(s, pattern, replacement)`"),
    ("string.split", "write a loop over `string.gmatch(s, \"[^,]+\")`"),
    ("string.trim", "write `s:match(\"^%s*(.-)%s*$\")`"),
    ("string.substring", "write `string.sub(s, from, to)`"),
    ("string.contains", "write `string.find(s, text, 1, true)`"),
    ("string.startswith", "write `s:sub(1, #prefix) == prefix`"),
    ("string.endswith", "write `s:sub(-#suffix) == suffix`"),
    ("math.round", "write `math.floor(x + 0.5)`"),
    ("math.pow", "write `x ^ y`"),
    ("os.sleep", "the standard library cannot sleep"),
];

/// Names of older versions of Lua.
const REMOVED: &[(&str, &str)] = &[
    ("unpack", "since Lua 5.2 it is `table.unpack`"),
    ("loadstring", "since Lua 5.2 `load` takes strings"),
    ("setfenv", "gone since Lua 5.2: give `load` an environment"),
    ("getfenv", "gone since Lua 5.2: use `_ENV`"),
    ("table.getn", "the length of a list is `#t`"),
    ("table.foreach", "write `for k, v in pairs(t) do … end`"),
    ("table.foreachi", "write `for i, v in ipairs(t) do … end`"),
    ("string.gfind", "since Lua 5.1 it is `string.gmatch`"),
    ("table.maxn", "gone since Lua 5.2; the length of a list is `#t`"),
    ("package.seeall", "gone since Lua 5.2, with `module`"),
    ("math.mod", "since Lua 5.1 it is `math.fmod`; or write `a % b`"),
    ("table.setn", "gone since Lua 5.1: a list is as long as its items"),
    ("package.loaders", "since Lua 5.2 it is `package.searchers`"),
];

/// The advice for a name of an older Lua; fields as `table.getn`.
pub fn removed_name(name: &[u8]) -> Option<&'static str> {
    find(REMOVED, name)
}

/// The advice for a name of another language or of an older Lua; fields as `string.split`.
pub fn foreign_name(name: &[u8]) -> Option<&'static str> {
    find(FOREIGN, name).or_else(|| removed_name(name))
}

fn find(table: &[(&str, &'static str)], name: &[u8]) -> Option<&'static str> {
    let found = table.iter().find(|(known, _)| known.as_bytes() == name);
    found.map(|(_, advice)| *advice)
}
