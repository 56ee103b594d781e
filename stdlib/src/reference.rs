//! The reference of the standard library (`docs/stdlib.md`) as text, made from the declarations of
//! the natives and the comments of the modules written in the language.

use crate::{help, *};

/// A library: its title, a few words, its functions, its other fields.
struct Section {
    title: &'static str,
    intro: &'static str,
    functions: &'static [&'static [Entry]],
    fields: &'static [(&'static str, &'static str)],
}

static SECTIONS: &[Section] = &[
    Section {
        title: "Basic functions",
        intro: "Globals.",
        functions: &[base::BASE, package::GLOBALS],
        fields: &[("_G", "The table of globals."), ("_VERSION", "`\"Lua 5.4\"`.")],
    },
    Section {
        title: "Coroutines",
        intro: "In the global `coroutine`.",
        functions: &[luka_vm::interp::natives::COROUTINE],
        fields: &[],
    },
    Section {
        title: "Modules",
        intro: "In the global `package`.",
        functions: &[package::PACKAGE],
        fields: &[
            ("package.config", "The separators used in paths, one per line."),
            ("package.cpath", "The search path for C modules, which are never loaded."),
            ("package.loaded", "The loaded modules by name."),
            ("package.path", "The search path of `require`."),
            ("package.preload", "Loader functions by module name."),
            ("package.searchers", "The functions that `require` calls to find a loader."),
        ],
    },
    Section {
        title: "Strings",
        intro: "In the global `string`, and methods of every string: `s:rep(3)`.",
        functions: &[string::STRING],
        fields: &[],
    },
    Section {
        title: "UTF-8",
        intro: "In the global `utf8`.",
        functions: &[utf8::UTF8],
        fields: &[(
            "utf8.charpattern",
            "A pattern that matches one character of a valid UTF-8 string.",
        )],
    },
    Section {
        title: "Tables",
        intro: "In the global `table`.",
        functions: &[table::TABLE],
        fields: &[],
    },
    Section {
        title: "Mathematics",
        intro: "In the global `math`. Results are the same on every platform.",
        functions: &[math::MATH, math::RANDOM, math::COMPAT],
        fields: &[
            ("math.huge", "Infinity, a float."),
            ("math.maxinteger", "The largest integer, 2^63 - 1."),
            ("math.mininteger", "The smallest integer, -2^63."),
            ("math.pi", "The float nearest to π."),
        ],
    },
    Section {
        title: "Input and output",
        intro: "In the global `io`; methods of files are called as `file:read()`.",
        functions: &[io::IO, io::METHODS],
        fields: &[
            ("io.stderr", "The standard error stream, a file."),
            ("io.stdin", "The standard input, a file."),
            ("io.stdout", "The standard output, a file."),
        ],
    },
    Section {
        title: "Operating system",
        intro: "In the global `os`.",
        functions: &[os::OS],
        fields: &[],
    },
    Section {
        title: "Debugging",
        intro: "In the global `debug`.",
        functions: &[debug::DEBUG],
        fields: &[],
    },
    Section {
        title: "Help",
        intro: "`require \"luka.help\"` returns a function; at the prompt it is the global `help`.",
        functions: &[&[("help", &help::HELP)]],
        fields: &[],
    },
    Section {
        title: "Module `bit`",
        intro: "`require \"bit\"`. Operations on 32 bits with signed results, as LuaJIT has them.",
        functions: &[modules::bit::FUNCTIONS],
        fields: &[],
    },
    Section {
        title: "Module `bit32`",
        intro: "`require \"bit32\"`. Operations on 32 bits without sign, as Lua 5.2 has them.",
        functions: &[modules::bit32::FUNCTIONS],
        fields: &[],
    },
    Section {
        title: "Module `cjson`",
        intro: "`require \"cjson\"`. JSON, with the functions and settings of lua-cjson as OpenResty has it. \
            `require \"cjson.safe\"` has the same functions; `encode` and `decode` return nil and a message \
            instead of raising errors. An integer without room is a float.",
        functions: &[modules::json::FUNCTIONS],
        fields: &[
            ("cjson.array_mt", "Tables with this metatable are written as arrays."),
            ("cjson.empty_array", "A value that is written as `[]`."),
            ("cjson.empty_array_mt", "Empty tables with this metatable are written as arrays."),
            ("cjson.null", "The value of `null`."),
        ],
    },
    Section {
        title: "Module `lfs`",
        intro: "`require \"lfs\"`. Files and folders, with the functions of LuaFileSystem 1.8. The names in a \
            folder come in the order of their bytes.",
        functions: &[
            modules::lfs::FUNCTIONS,
            modules::lfs::DIRECTORY_METHODS,
            modules::lfs::LOCK_METHODS,
        ],
        fields: &[],
    },
    Section {
        title: "Module `lpeg`",
        intro: "`require \"lpeg\"`. Parsing expression grammars, with the functions and operators of LPeg 1.1, \
            whose [manual](https://www.inf.puc-rio.br/~roberto/lpeg/) has every detail. Functions that take \
            a pattern also take what `lpeg.P` takes.",
        functions: &[modules::lpeg::FUNCTIONS, modules::lpeg::OPERATORS],
        fields: &[("lpeg.version", "`\"LPeg 1.1.0\"`.")],
    },
];

const HEAD: &str = "\
# The standard library

*Reference · [documentation index](README.md)*

<!-- Made from the declarations in stdlib/src by stdlib/src/reference.rs; do not edit. -->
<!-- `BLESS=1 cargo test -p luka-stdlib` rewrites it. -->

The functions of the Lua 5.4 library, as `help` shows them. They behave as section 6 of the Lua 5.4 manual
describes, which has every detail. In a signature, brackets enclose optional arguments, and the results
follow `->`.

Further modules are built in and available through `require`: those named `luka.…`, and some that stand
in for libraries that other Lua implementations load from C: `bit`, `bit32`, `cjson`, `lfs`, `lpeg`, `re`,
`socket`, `mime`, `ltn12`, `ssl`, `system`, `term` and `compat53`, which is the identity. They are described below; [batteries.md](batteries.md)
shows how they are used, `luka.bytecode` has a guide of its own ([bytecode-api.md](bytecode-api.md)), and
`luka.compiler` is the self-hosted compiler ([bootstrap.md](bootstrap.md)).

`require` finds the modules `luka.…` right after `package.preload`, the others after the files in
`package.path`: a copy of `lpeg.lua` or `cjson.lua` in a project is what its programs get.
";

/// The whole document, ending with a line feed.
pub fn reference() -> String {
    let mut out = HEAD.to_string();
    for section in SECTIONS {
        out += &format!("\n## {}\n\n{}\n", section.title, section.intro);
        let mut natives: Vec<&Native> =
            section.functions.iter().flat_map(|table| table.iter()).map(|(_, n)| *n).collect();
        natives.sort_by_key(|native| native.name);
        for native in natives {
            out += &entry(native.sig, native.doc);
        }
        for (name, doc) in section.fields {
            out += &entry(name, doc);
        }
    }
    for (module, functions) in help::modules() {
        out += &format!("\n## Module `{module}`\n\n`require \"{module}\"`\n");
        for (usage, doc) in functions {
            out += &entry(usage, doc);
        }
    }
    out
}

fn entry(usage: &str, doc: &str) -> String {
    format!("\n#### `{usage}`\n\n{doc}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever a program can call says how, and what it does; and the reference has it.
    #[test]
    fn every_function_is_documented() {
        let text = reference();
        let hidden = [
            package::SEARCHERS,
            io::METAMETHODS,
            bytecode::CORE,
            modules::json::CORE,
            modules::fs::CORE,
            modules::hash::CORE,
            modules::net::CORE,
            modules::process::CORE,
            #[cfg(not(without_regex))]
            modules::regex::CORE,
        ];
        let hidden: Vec<&str> =
            hidden.iter().flat_map(|table| table.iter()).map(|(_, native)| native.name).collect();
        let mut seen = 0;
        let all = LIBRARIES.iter().chain(modules::FUNCTIONS);
        for (_, native) in all.flat_map(|table| table.iter()) {
            assert!(!native.sig.is_empty(), "{}: no usage", native.name);
            assert!(native.doc.ends_with('.'), "{}: {:?}", native.name, native.doc);
            if !hidden.contains(&native.name) {
                assert!(text.contains(&entry(native.sig, native.doc)), "{}", native.name);
                seen += 1;
            }
        }
        assert!(seen > 130, "{seen}");
    }
}
