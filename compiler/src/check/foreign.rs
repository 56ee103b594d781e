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
    ("enumerate", "write `for i, x in ipairs(t) do … end`"),
    ("input", "write `io.read()`"),
    ("gets", "write `io.read()`"),
    ("scanf", "write `io.read()`"),
    ("cout", "write `print(…)`"),
    ("System", "write `print(…)`"),
    ("fmt", "write `print(…)` or `string.format(…)`"),
    ("alert", "write `print(…)`"),
    ("Math", "the library is called `math`"),
    ("JSON", "the standard library has no JSON; load a module with `require`"),
    ("isinstance", "compare `type(x)` with the name of a type, or `getmetatable(x)` with a class"),
    ("sorted", "`table.sort(t)` sorts a list in place"),
    ("Array", "a list is written in braces: `{1, 2, 3}`"),
    ("list", "a list is written in braces: `{1, 2, 3}`"),
    ("dict", "a table is written in braces: `{name = value}`"),
    ("Object", "a table is written in braces: `{name = value}`"),
    ("toString", "write `tostring(x)`"),
    ("String", "write `tostring(x)`"),
    ("Number", "write `tonumber(s)`"),
    ("atoi", "write `tonumber(s)`"),
    ("sizeof", "the length of a list or string is `#x`"),
    ("strlen", "the length of a string is `#s`"),
    ("strcmp", "strings are compared with `==` and `<`"),
    ("append", "write `table.insert(t, x)`"),
    ("push", "write `table.insert(t, x)`"),
    ("join", "write `table.concat(t, separator)`"),
    ("round", "write `math.floor(x + 0.5)`"),
    ("pow", "write `x ^ y`"),
    ("try", "errors are caught with `try do … catch e then … end`, a statement without a value"),
    ("except", "errors are caught with `try do … catch e then … end`"),
    ("bit32", "since Lua 5.3 bits have operators: `a & b`, `a | b`, `a ~ b`, `~a`, `a << n`"),
    ("bit", "since Lua 5.3 bits have operators: `a & b`, `a | b`, `a ~ b`, `~a`, `a << n`"),
    ("isset", "write `x ~= nil`"),
    ("empty", "write `next(t) == nil` for a table, `s == \"\"` for a string"),
    ("count", "the length of a list is `#t`"),
    ("array", "a list is written in braces: `{1, 2, 3}`"),
    ("import", "modules are loaded with `require`"),
    ("include", "modules are loaded with `require`"),
    ("using", "modules are loaded with `require`"),
    ("await", "a coroutine waits with `coroutine.yield`"),
    ("setTimeout", "the standard library has no timers"),
    ("Date", "write `os.date()` or `os.time()`"),
    ("Promise", "use a coroutine: `coroutine.create(f)`"),
    ("Vec", "a list is written in braces: `{1, 2, 3}`"),
    ("make", "a table is written in braces: `{}`"),
    ("malloc", "memory is managed for you; a table is written `{}`"),
    ("free", "memory is managed for you"),
    ("strcat", "strings are joined with `..`"),
    ("substr", "write `string.sub(s, from, to)`"),
    ("ord", "write `string.byte(s)`"),
    ("chr", "write `string.char(n)`"),
    ("assertEquals", "write `assert(a == b)`"),
    ("table.length", "the length of a list is `#t`"),
    ("table.size", "the length of a list is `#t`"),
    ("table.len", "the length of a list is `#t`"),
    ("table.count", "the length of a list is `#t`"),
    ("table.push", "write `table.insert(t, x)`"),
    ("table.push_back", "write `table.insert(t, x)`"),
    ("table.append", "write `table.insert(t, x)`"),
    ("table.add", "write `table.insert(t, x)`"),
    ("table.pop", "write `table.remove(t)`"),
    ("table.shift", "write `table.remove(t, 1)`"),
    ("table.unshift", "write `table.insert(t, 1, x)`"),
    ("table.join", "write `table.concat(t, separator)`"),
    ("table.forEach", "write `for i, x in ipairs(t) do … end`"),
    ("table.each", "write `for i, x in ipairs(t) do … end`"),
    ("table.map", "build the list in a loop: `for i, x in ipairs(t) do … end`"),
    ("table.filter", "build the list in a loop: `for i, x in ipairs(t) do … end`"),
    ("table.reduce", "add the items up in a loop: `for i, x in ipairs(t) do … end`"),
    ("table.indexOf", "search the list in a loop: `for i, x in ipairs(t) do … end`"),
    ("table.index", "search the list in a loop: `for i, x in ipairs(t) do … end`"),
    ("table.includes", "search the list in a loop, or test a key: `t[key] ~= nil`"),
    ("table.contains", "search the list in a loop, or test a key: `t[key] ~= nil`"),
    ("table.has", "test a key with `t[key] ~= nil`"),
    ("table.has_key", "test a key with `t[key] ~= nil`"),
    ("table.containsKey", "test a key with `t[key] ~= nil`"),
    ("table.hasOwnProperty", "test a key with `t[key] ~= nil`"),
    ("table.keys", "write `for key in pairs(t) do … end`"),
    ("table.values", "write `for _, value in pairs(t) do … end`"),
    ("table.items", "write `for key, value in pairs(t) do … end`"),
    ("table.entries", "write `for key, value in pairs(t) do … end`"),
    ("table.get", "a field is read with `t[key]`, and `t[key] or default` has a default"),
    ("table.set", "a field is written with `t[key] = value`"),
    ("table.put", "a field is written with `t[key] = value`"),
    ("table.slice", "write `{table.unpack(t, from, to)}`"),
    ("table.extend", "write `table.move(other, 1, #other, #t + 1, t)`"),
    ("table.isEmpty", "write `next(t) == nil`"),
    ("string.length", "the length of a string is `#s`"),
    ("string.size", "the length of a string is `#s`"),
    ("string.replace", "write `string.gsub(s, pattern, replacement)`"),
    ("string.replaceAll", "write `string.gsub(s, pattern, replacement)`"),
    ("string.split", "write a loop over `string.gmatch(s, \"[^,]+\")`"),
    ("string.trim", "write `s:match(\"^%s*(.-)%s*$\")`"),
    ("string.strip", "write `s:match(\"^%s*(.-)%s*$\")`"),
    ("string.substring", "write `string.sub(s, from, to)`"),
    ("string.substr", "write `string.sub(s, from, to)`"),
    ("string.slice", "write `string.sub(s, from, to)`"),
    ("string.contains", "write `string.find(s, text, 1, true)`"),
    ("string.includes", "write `string.find(s, text, 1, true)`"),
    ("string.indexOf", "write `string.find(s, text, 1, true)`"),
    ("string.index", "write `string.find(s, text, 1, true)`"),
    ("string.startswith", "write `s:sub(1, #prefix) == prefix`"),
    ("string.startsWith", "write `s:sub(1, #prefix) == prefix`"),
    ("string.starts_with", "write `s:sub(1, #prefix) == prefix`"),
    ("string.endswith", "write `s:sub(-#suffix) == suffix`"),
    ("string.endsWith", "write `s:sub(-#suffix) == suffix`"),
    ("string.ends_with", "write `s:sub(-#suffix) == suffix`"),
    ("string.equals", "strings are compared with `==`"),
    ("string.concat", "strings are joined with `..`"),
    ("string.append", "strings are joined with `..`"),
    ("string.join", "write `table.concat(t, separator)`"),
    ("string.charAt", "write `s:sub(i, i)`"),
    ("string.charCodeAt", "write `s:byte(i)`"),
    ("string.toUpperCase", "write `s:upper()`"),
    ("string.toLowerCase", "write `s:lower()`"),
    ("string.upcase", "write `s:upper()`"),
    ("string.downcase", "write `s:lower()`"),
    ("string.capitalize", "write `s:sub(1, 1):upper() .. s:sub(2)`"),
    ("string.isdigit", "write `s:match(\"^%d+$\")`"),
    ("string.isEmpty", "write `s == \"\"`"),
    ("string.count", "write `select(2, s:gsub(pattern, \"\"))`"),
    ("string.to_s", "it is a string; `tostring(x)` makes one of any value"),
    ("math.round", "write `math.floor(x + 0.5)`"),
    ("math.pow", "write `x ^ y`"),
    ("io.readline", "write `io.read()`"),
    ("io.readLine", "write `io.read()`"),
    ("io.print", "write `print(…)` or `io.write(…)`"),
    ("io.println", "write `print(…)`"),
    ("io.printf", "write `io.write(string.format(…))`"),
    ("io.readfile", "write `io.open(path):read(\"a\")`"),
    ("os.now", "write `os.time()`"),
    ("os.exists", "a file that `io.open(path)` opens exists"),
    ("math.sign", "write `x > 0 and 1 or x < 0 and -1 or 0`"),
    ("math.clamp", "write `math.max(low, math.min(high, x))`"),
    ("math.trunc", "write `math.modf(x)`"),
    ("math.rand", "write `math.random(…)`"),
    ("string.isalpha", "write `s:match(\"^%a+$\")`"),
    ("string.reversed", "write `s:reverse()`"),
    ("string.tostring", "it is a string; `tostring(x)` makes one of any value"),
    ("string.chars", "write `for c in s:gmatch(\".\") do … end`"),
    ("string.each_char", "write `for c in s:gmatch(\".\") do … end`"),
    ("string.padStart", "write `string.format(\"%5s\", s)`"),
    ("string.ljust", "write `string.format(\"%-5s\", s)`"),
    ("string.rjust", "write `string.format(\"%5s\", s)`"),
    ("string.toInt", "write `tonumber(s)`"),
    ("string.to_i", "write `tonumber(s)`"),
    ("os.sleep", "the standard library cannot sleep"),
];

/// Functions of the libraries that other languages have as functions or methods.
const MEMBERS: &[(&str, &[&str])] = &[
    ("math", &["abs", "ceil", "floor", "max", "min", "sqrt", "sin", "cos", "tan", "pi", "random"]),
    (
        "string",
        &["format", "sub", "gsub", "gmatch", "match", "upper", "lower", "reverse", "rep", "char"],
    ),
    ("table", &["insert", "remove", "concat", "sort"]),
    ("os", &["time", "clock", "getenv", "date"]),
    ("io", &["read", "open", "lines"]),
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

/// Whether a name of another language is one that programs give functions of their own, too.
pub(super) fn is_common(name: &[u8]) -> bool {
    matches!(
        name,
        b"import"
            | b"include"
            | b"using"
            | b"count"
            | b"empty"
            | b"make"
            | b"free"
            | b"array"
            | b"bit"
            | b"bit32"
    )
}

/// The library that has a function of this name: `math` for `floor`.
pub fn library_of(name: &[u8]) -> Option<&'static str> {
    let found = MEMBERS.iter().find(|(_, names)| names.iter().any(|n| n.as_bytes() == name));
    found.map(|(library, _)| *library)
}

/// The advice for a method that strings (`string`) or lists (`table`) have in other languages.
pub fn foreign_method(library: &str, name: &[u8]) -> Option<String> {
    if let Some(advice) = foreign_name(&[library.as_bytes(), b".", name].concat()) {
        return Some(advice.to_string());
    }
    let known = library == "table" && library_of(name) == Some("table");
    known.then(|| format!("write `table.{}(t, …)`", String::from_utf8_lossy(name)))
}

fn find(table: &[(&str, &'static str)], name: &[u8]) -> Option<&'static str> {
    let found = table.iter().find(|(known, _)| known.as_bytes() == name);
    found.map(|(_, advice)| *advice)
}
