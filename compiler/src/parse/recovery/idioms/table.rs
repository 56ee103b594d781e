//! The table of idioms: lines as they are written in other languages.

/// What follows the line of an idiom.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum After {
    /// Nothing that belongs to it.
    Nothing,
    /// A block, whose end becomes `end`: in braces if the line ends with `{`, indented if it ends
    /// with `:`, and ending with `end` otherwise.
    Block,
    /// The same, but the block is skipped.
    Skip,
}

/// A line of another language.
pub(super) struct Idiom {
    /// See [`super::pattern`].
    pub(super) pattern: &'static str,
    /// The tokens that replace the line for the rest of the parse.
    pub(super) head: &'static str,
    pub(super) after: After,
    /// The message.
    pub(super) message: &'static str,
    /// What to write instead.
    pub(super) help: &'static str,
    /// The same in plain Lua 5.4, if it differs.
    pub(super) lua54: &'static str,
}

const fn row(
    pattern: &'static str,
    head: &'static str,
    after: After,
    message: &'static str,
    help: &'static str,
) -> Idiom {
    Idiom { pattern, head, after, message, help, lua54: "" }
}

const MODULES: &str = "modules are loaded with `require`";
const PRINT: &str = "`print` is a function";
const CLASSES: &str = "Lua has no classes";
const CLASS_HELP: &str = "use a table with a metatable: `local {1} = {}` and `{1}.__index = {1}`";
const COUNTING: &str = "a numeric loop is written with `=` and its bounds";
const ITERATION: &str = "a loop over a table uses an iterator";
const ERRORS: &str = "errors are raised with `error`";
const SWITCH: &str = "Lua has no `switch`";
const SWITCH_HELP: &str = "write `match {1} do case 1 then … else … end`";
const SWITCH_54: &str = "write `if {1} == 1 then … elseif … else … end`";
const CATCH: &str = "errors are caught with `catch`";
const CATCH_HELP: &str = "write `try do … catch e then … end`";
const CATCH_54: &str = "write `local ok, e = pcall(function() … end)`";
const TYPE_FUNCTIONS: &str = "type functions of Luau are not supported";
const TYPE_FUNCTIONS_HELP: &str = "write a type alias, `type Name = …`, or an ordinary function";
const FUNCTION: &str = "a function is written with `function` and `end`";
const INTERFACE_HELP: &str = "leave it out: a method is found by its name, whatever the object";
const STRUCTS: &str = "Lua has no structs";
const STRUCT_HELP: &str = "use a table: `local p = {x = 1, y = 2}`";
const TYPED: &str = "variables have no types";
const ENDS: &str = "every block ends with `end` alone";
const ENDS_HELP: &str = "write `end`";
const PARENTHESES: &str = "the head of a loop takes no parentheses";
const LISTS: &str = "a list of variables takes no parentheses";
const PACKAGES: &str = "a module is a file that returns a table";

use After::{Block, Nothing, Skip};

/// In order: the first one that matches is used.
pub(super) const IDIOMS: &[Idiom] = &[
    // Modules.
    row("import NAME", "", Nothing, MODULES, "write `local {1} = require \"{1}\"`"),
    row("import NAME as NAME", "", Nothing, MODULES, "write `local {2} = require \"{1}\"`"),
    row("import NAME from EXPR", "", Nothing, MODULES, "write `local {1} = require {2}`"),
    row("import (", "", Skip, MODULES, "write `local name = require \"module\"` for each"),
    row("import REST", "", Skip, MODULES, "write `local name = require \"module\"`"),
    row("from NAME import REST", "", Nothing, MODULES, "write `local {1} = require \"{1}\"`"),
    row("require NAME", "", Nothing, MODULES, "write `local {1} = require \"{1}\"`"),
    row("# include REST", "", Nothing, MODULES, "write `local name = require \"module\"`"),
    row(
        "# define NAME EXPR",
        "",
        Nothing,
        "a constant is a local variable",
        "write `local {1} <const> = {2}`",
    ),
    row("package NAME", "", Nothing, PACKAGES, "remove the line"),
    row("module NAME", "do", Block, PACKAGES, "write `local {1} = {}` and `return {1}`"),
    row(
        "export function REST",
        "function {1}",
        Nothing,
        "a module exports by returning a table",
        "remove `export`, and return a table with the function at the end of the file",
    ),
    row(
        "export default EXPR",
        "",
        Nothing,
        "a module exports by returning a table",
        "write `return {1}` at the end of the file",
    ),
    row("export type function REST", "function {1}", Nothing, TYPE_FUNCTIONS, TYPE_FUNCTIONS_HELP),
    row("REM REST", "", Nothing, "a comment begins with `--`", "write `-- {1}`"),
    row("rem REST", "", Nothing, "a comment begins with `--`", "write `-- {1}`"),
    // Calls without parentheses.
    row("print VALUE", "print ( {1} )", Nothing, PRINT, "write `print({1})`"),
    row("puts VALUE", "print ( {1} )", Nothing, "`puts` is written `print`", "write `print({1})`"),
    row("echo VALUE", "print ( {1} )", Nothing, "`echo` is written `print`", "write `print({1})`"),
    row("assert VALUE", "assert ( {1} )", Nothing, "`assert` is a function", "write `assert({1})`"),
    row(
        "del VALUE",
        "{1} = nil",
        Nothing,
        "a field is removed by assigning nil",
        "write `{1} = nil`",
    ),
    row(
        "delete VALUE",
        "{1} = nil",
        Nothing,
        "a field is removed by assigning nil",
        "write `{1} = nil`",
    ),
    row("raise NAME ( EXPR )", "", Nothing, ERRORS, "write `error({2})`"),
    row("raise VALUE", "", Nothing, ERRORS, "write `error({1})`"),
    row("throw new NAME ( EXPR )", "", Nothing, ERRORS, "write `error({2})`"),
    row("throw VALUE", "", Nothing, ERRORS, "write `error({1})`"),
    row(
        "go VALUE",
        "",
        Nothing,
        "Lua has no goroutines",
        "use a coroutine: `coroutine.wrap(function() … end)()`",
    ),
    row(
        "NAME < - EXPR",
        "",
        Nothing,
        "Lua has no channels",
        "pass values with `coroutine.yield` and `coroutine.resume`",
    ),
    row(
        "nonlocal REST",
        "",
        Nothing,
        "variables of enclosing functions need no declaration",
        "remove the line",
    ),
    row("pass", "", Nothing, "an empty block needs no statement", "remove `pass`"),
    // Classes and structures.
    row("class NAME REST {", "", Skip, CLASSES, CLASS_HELP),
    row(
        "NAME class NAME REST {",
        "",
        Skip,
        CLASSES,
        "use a table with a metatable: `local {2} = {}` and `{2}.__index = {2}`",
    ),
    row("class NAME REST :", "", Skip, CLASSES, CLASS_HELP),
    row("class NAME REST", "do", Block, CLASSES, CLASS_HELP),
    row(
        "enum NAME { REST }",
        "",
        Nothing,
        "Lua has no enumerations",
        "use a table: `local {1} = {RED = 1, GREEN = 2}`",
    ),
    row(
        "enum NAME {",
        "",
        Skip,
        "Lua has no enumerations",
        "use a table: `local {1} = {RED = 1, GREEN = 2}`",
    ),
    row("interface NAME REST {", "", Skip, "Lua has no interfaces", INTERFACE_HELP),
    row("trait NAME REST {", "", Skip, "Lua has no traits", INTERFACE_HELP),
    row(
        "impl REST {",
        "",
        Skip,
        "methods are declared one by one",
        "write `function {1}:name() … end` for each",
    ),
    row("struct NAME { REST }", "", Nothing, STRUCTS, STRUCT_HELP),
    row("struct NAME {", "", Skip, STRUCTS, STRUCT_HELP),
    row("type NAME struct {", "", Skip, STRUCTS, STRUCT_HELP),
    row("typedef REST", "", Nothing, "Lua has no `typedef`", "remove the line"),
    // Functions.
    row("type function REST", "function {1}", Nothing, TYPE_FUNCTIONS, TYPE_FUNCTIONS_HELP),
    row(
        "async function NAME ( REST ) {",
        "function {1} ( )",
        Block,
        "Lua has no `async` functions",
        "write `function {1}({2}) … end` and call it in a coroutine",
    ),
    row(
        "async function REST",
        "function {1}",
        Nothing,
        "Lua has no `async` functions",
        "write `function {1}` and call it in a coroutine",
    ),
    row("def NAME", "function {1} ( )", Nothing, FUNCTION, "write `function {1}() … end`"),
    row(
        "func ( NAME NAME ) NAME ( REST ) REST {",
        "function {3} ( )",
        Block,
        FUNCTION,
        "write `function {2}:{3}({4}) … end`",
    ),
    row(
        "func NAME ( REST ) REST {",
        "function {1} ( )",
        Block,
        FUNCTION,
        "write `function {1}(…) … end`",
    ),
    row(
        "fn NAME ( REST ) REST {",
        "function {1} ( )",
        Block,
        FUNCTION,
        "write `function {1}(…) … end`",
    ),
    row(
        "TYPE NAME ( REST ) { REST }",
        "function {2} ( ) end",
        Nothing,
        FUNCTION,
        "write `function {2}(…) … end`",
    ),
    row(
        "NAME NAME NAME ( REST ) {",
        "function {3} ( )",
        Block,
        FUNCTION,
        "write `function {3}(…) … end`",
    ),
    row(
        "NAME NAME NAME NAME ( REST ) {",
        "function {4} ( )",
        Block,
        FUNCTION,
        "write `function {4}(…) … end`",
    ),
    row(
        "NAME NAME ( REST ) {",
        "function {2} ( )",
        Block,
        FUNCTION,
        "write `function {2}(…) … end`",
    ),
    row("NAME main ( REST ) {", "do", Block, FUNCTION, "write `local function main() … end`"),
    // Loops.
    row(
        "for ( NAME = EXPR , EXPR ) do REST",
        "for {1} = {2} , {3} do {4}",
        Nothing,
        PARENTHESES,
        "write `for {1} = {2}, {3} do`",
    ),
    row(
        "for ( REST in EXPR ) do REST",
        "for {1} in {2} do {3}",
        Nothing,
        PARENTHESES,
        "write `for {1} in {2} do`",
    ),
    row(
        "for ( REST ; REST ; REST ) VALUE",
        "",
        Nothing,
        COUNTING,
        "write `for i = first, last do … end`",
    ),
    row(
        "for NAME in range ( EXPR ) :",
        "for {1} = 0 , 0 do",
        Block,
        COUNTING,
        "write `for {1} = 0, {2} - 1 do … end`",
    ),
    row(
        "for NAME in EXPR . . EXPR do",
        "for {1} = 0 , 0 do",
        Nothing,
        COUNTING,
        "write `for {1} = {2}, {3} do`",
    ),
    row(
        "for NAME in EXPR :",
        "for {1} in {2} do",
        Block,
        ITERATION,
        "write `for _, {1} in ipairs({2}) do … end`",
    ),
    row(
        "for ( ; ; ) {",
        "while true do",
        Block,
        "an endless loop is a `while`",
        "write `while true do … end`",
    ),
    row(
        "for {",
        "while true do",
        Block,
        "an endless loop is a `while`",
        "write `while true do … end`",
    ),
    row(
        "for ( NAME NAME of EXPR ) {",
        "for {2} in {3} do",
        Block,
        ITERATION,
        "write `for _, {2} in ipairs({3}) do … end`",
    ),
    row(
        "for ( NAME NAME : EXPR ) {",
        "for {2} in {3} do",
        Block,
        ITERATION,
        "write `for _, {2} in ipairs({3}) do … end`",
    ),
    row(
        "for ( NAME NAME in EXPR ) {",
        "for {2} in {3} do",
        Block,
        ITERATION,
        "write `for {2} in pairs({3}) do … end`",
    ),
    row(
        "for ( NAME NAME = EXPR ; NAME < EXPR ; REST ) {",
        "for {2} = {3} , 0 do",
        Block,
        COUNTING,
        "write `for {2} = {3}, {5} - 1 do … end`",
    ),
    row(
        "for ( NAME = EXPR ; NAME < EXPR ; REST ) {",
        "for {1} = {2} , 0 do",
        Block,
        COUNTING,
        "write `for {1} = {2}, {4} - 1 do … end`",
    ),
    row(
        "for NAME : = EXPR ; NAME < EXPR ; REST {",
        "for {1} = {2} , 0 do",
        Block,
        COUNTING,
        "write `for {1} = {2}, {4} - 1 do … end`",
    ),
    row(
        "for ( REST ; REST ; REST ) {",
        "while true do",
        Block,
        COUNTING,
        "write `for i = first, last do … end`",
    ),
    row(
        "for NAME , NAME : = range EXPR {",
        "for {1} , {2} in {3} do",
        Block,
        ITERATION,
        "write `for {1}, {2} in ipairs({3}) do … end`",
    ),
    row(
        "for EXPR {",
        "while {1} do",
        Block,
        "a loop with a condition is a `while`",
        "write `while {1} do … end`",
    ),
    row(
        "loop {",
        "while true do",
        Block,
        "an endless loop is a `while`",
        "write `while true do … end`",
    ),
    row(
        "while let REST = EXPR {",
        "while {2} do",
        Block,
        "Lua has no `while let`",
        "write `while local x = {2} do … end`",
    )
    .with_lua54("declare the variable before the loop, and assign to it at its end"),
    row(
        "for each NAME in EXPR do REST",
        "for {1} in {2} do {3}",
        Nothing,
        ITERATION,
        "write `for _, {1} in ipairs({2}) do`",
    ),
    row(
        "foreach NAME in EXPR do REST",
        "for {1} in {2} do {3}",
        Nothing,
        ITERATION,
        "write `for _, {1} in ipairs({2}) do`",
    ),
    row(
        "loop do",
        "while true do",
        Nothing,
        "an endless loop is a `while`",
        "write `while true do … end`",
    ),
    row(
        "EXPR . each do REST",
        "do",
        Nothing,
        ITERATION,
        "write `for _, x in ipairs({1}) do … end`",
    ),
    row("EXPR . each { REST }", "", Nothing, ITERATION, "write `for _, x in ipairs({1}) do … end`"),
    row(
        "unless EXPR then REST",
        "if {1} then {2}",
        Nothing,
        "Lua has no `unless`",
        "write `if not ({1}) then`",
    ),
    row(
        "until EXPR do",
        "while {1} do",
        Nothing,
        "`until` ends a `repeat`",
        "write `while not ({1}) do … end`",
    ),
    row(
        "until EXPR",
        "while {1} do",
        Nothing,
        "`until` ends a `repeat`",
        "write `while not ({1}) do … end`",
    ),
    // Conditions.
    row(
        "unless EXPR",
        "if {1} then",
        Nothing,
        "Lua has no `unless`",
        "write `if not ({1}) then … end`",
    ),
    row(
        "if NAME : = EXPR ; EXPR {",
        "if {2} then",
        Block,
        "an `if` has no initial statement",
        "write `if local {1} = {2} then … end`",
    )
    .with_lua54("declare {1} before the `if`"),
    row("switch ( EXPR ) {", "", Skip, SWITCH, SWITCH_HELP).with_lua54(SWITCH_54),
    row("switch EXPR {", "", Skip, SWITCH, SWITCH_HELP).with_lua54(SWITCH_54),
    row("case NAME", "do", Skip, SWITCH, SWITCH_HELP).with_lua54(SWITCH_54),
    row(
        "return EXPR if EXPR",
        "",
        Nothing,
        "a condition precedes its statement",
        "write `if {2} then return {1} end`",
    ),
    row(
        "EXPR if EXPR",
        "",
        Nothing,
        "a condition precedes its statement",
        "write `if {2} then {1} end`",
    ),
    row(
        "EXPR unless EXPR",
        "",
        Nothing,
        "Lua has no `unless`",
        "write `if not ({2}) then {1} end`",
    ),
    row(
        "if let REST = EXPR {",
        "if {2} then",
        Block,
        "Lua has no `if let`",
        "write `if local x = {2} then … end`",
    )
    .with_lua54("declare the variable before the `if`: `local x = {2}`"),
    // Errors.
    row("try {", "", Skip, CATCH, CATCH_HELP).with_lua54(CATCH_54),
    row("try :", "do", Block, CATCH, CATCH_HELP).with_lua54(CATCH_54),
    row(
        "begin",
        "do",
        Block,
        "a block begins with `do`",
        "write `do … end`; errors are caught with `try do … catch e then … end`",
    )
    .with_lua54("write `do … end`; errors are caught with `pcall`"),
    row(
        "with EXPR as NAME :",
        "do",
        Block,
        "Lua has no `with`",
        "write `local {2} <close> = assert(io.open(…))` in a block of its own",
    ),
    row("try", "try do", Nothing, "`try` is followed by `do`", CATCH_HELP).with_lua54(CATCH_54),
    row("catch NAME", "catch {1} then", Nothing, "`catch` takes `then`", "write `catch {1} then`")
        .with_lua54(CATCH_54),
    row(
        "catch ( NAME )",
        "catch {1} then",
        Nothing,
        "`catch` takes `then`",
        "write `catch {1} then`",
    )
    .with_lua54(CATCH_54),
    // Declarations.
    row("local ( REST ) = ( REST )", "local {1} = {2}", Nothing, LISTS, "write `local {1} = {2}`"),
    row("local ( REST ) = EXPR", "local {1} = {2}", Nothing, LISTS, "write `local {1} = {2}`"),
    row("( NAME , REST ) = ( REST )", "{1} , {2} = {3}", Nothing, LISTS, "write `{1}, {2} = {3}`"),
    row("( NAME , REST ) = EXPR", "{1} , {2} = {3}", Nothing, LISTS, "write `{1}, {2} = {3}`"),
    row(
        "let mut NAME = EXPR",
        "local {1} = {2}",
        Nothing,
        "variables need no `mut`",
        "write `local {1} = {2}`",
    ),
    row("dim NAME as NAME", "local {1}", Nothing, TYPED, "write `local {1}`"),
    row("Dim NAME As NAME", "local {1}", Nothing, TYPED, "write `local {1}`"),
    row("DIM NAME AS NAME", "local {1}", Nothing, TYPED, "write `local {1}`"),
    row(
        "var NAME NAME = EXPR",
        "local {1} = {3}",
        Nothing,
        "types do not follow a name",
        "write `local {1} = {3}`",
    ),
    row("var NAME NAME", "local {1}", Nothing, "types do not follow a name", "write `local {1}`"),
    row(
        "NAME * NAME = EXPR",
        "local {2} = {3}",
        Nothing,
        "Lua has no pointers",
        "write `local {2} = {3}`",
    ),
    row("TYPE NAME = EXPR", "local {2} = {3}", Nothing, TYPED, "write `local {2} = {3}`"),
    row("TYPE NAME", "local {2}", Nothing, TYPED, "write `local {2}`"),
    row("NAME TYPE NAME = EXPR", "local {3} = {4}", Nothing, TYPED, "write `local {3} = {4}`"),
    row("TYPE < REST > NAME = EXPR", "local {3} = nil", Nothing, TYPED, "write `local {3} = {}`"),
    row("TYPE [ REST ] NAME = EXPR", "local {3} = nil", Nothing, TYPED, "write `local {3} = {}`"),
    row("TYPE [ REST ] NAME", "local {3}", Nothing, TYPED, "write `local {3} = {}`"),
    row("NAME NAME [ REST ] = EXPR", "local {2} = {4}", Nothing, TYPED, "write `local {2} = {4}`"),
    row("NAME NAME [ REST ]", "local {2}", Nothing, TYPED, "write `local {2} = {}`"),
    row(
        "@ NAME = EXPR",
        "",
        Nothing,
        "Lua has no instance variables",
        "use a field: `self.{1} = {2}`",
    ),
    row("std :: cout REST", "", Nothing, "Lua has no streams", "write `print(…)` or `io.write(…)`"),
    row("@ REST", "", Nothing, "Lua has no decorators", "call the function: `f = {1}(f)`"),
    row("+ + EXPR", "", Nothing, "there is no operator `++`", "write `{1} += 1`")
        .with_lua54("write `{1} = {1} + 1`"),
    row("NAME | | = EXPR", "", Nothing, "there is no operator `||=`", "write `{1} = {1} or {2}`"),
    row("NAME | |= EXPR", "", Nothing, "there is no operator `||=`", "write `{1} = {1} or {2}`"),
    row(
        "NAME -> NAME ( REST )",
        "",
        Nothing,
        "a method is called with a colon",
        "write `{1}:{2}({3})`",
    ),
    row(
        "NAME - > NAME ( REST )",
        "",
        Nothing,
        "a method is called with a colon",
        "write `{1}:{2}({3})`",
    ),
    row(
        "NAME -> NAME = EXPR",
        "",
        Nothing,
        "a field is written with a dot",
        "write `{1}.{2} = {3}`",
    ),
    row(
        "NAME - > NAME = EXPR",
        "",
        Nothing,
        "a field is written with a dot",
        "write `{1}.{2} = {3}`",
    ),
    // Luka's own.
    row(
        "match EXPR {",
        "",
        Skip,
        "the arms of a `match` are written with `case`",
        "write `match {1} do case … then … else … end`",
    ),
    row(
        "match ( EXPR ) do REST",
        "match {1} do {2}",
        Nothing,
        "`match` takes no parentheses",
        "write `match {1} do`",
    ),
    row(
        "match { REST } do REST",
        "match nil do {2}",
        Nothing,
        "`match` followed by `{` is a call",
        "put the table in a variable: `local value = {{1}}` and `match value do`",
    ),
    row(
        "try do REST catch { REST } then REST",
        "try do {1} catch _ then {3}",
        Nothing,
        "`catch` takes a name",
        "write `catch e then`, and destructure in the block: `local {{2}} = e`",
    ),
    row(
        "catch { REST } then",
        "catch _ then",
        Nothing,
        "`catch` takes a name",
        "write `catch e then`, and destructure in the block: `local {{1}} = e`",
    ),
    row(
        "const { REST } = EXPR",
        "",
        Nothing,
        "`const` takes names, not patterns",
        "write `local {{1}} = {2}`",
    ),
    row(
        "const [ REST ] = EXPR",
        "",
        Nothing,
        "`const` takes names, not patterns",
        "write `local [{1}] = {2}`",
    ),
    row(
        "continue EXPR",
        "",
        Nothing,
        "`continue` must be the last statement of its block",
        "the statements after it are never executed; remove them, or write `if … then continue end`",
    ),
    row("end if", "end", Nothing, ENDS, ENDS_HELP),
    row("end for", "end", Nothing, ENDS, ENDS_HELP),
    row("end while", "end", Nothing, ENDS, ENDS_HELP),
    row("end function", "end", Nothing, ENDS, ENDS_HELP),
    row("end sub", "end", Nothing, ENDS, ENDS_HELP),
    row("end def", "end", Nothing, ENDS, ENDS_HELP),
    row("end class", "end", Nothing, ENDS, ENDS_HELP),
    row("end procedure", "end", Nothing, ENDS, ENDS_HELP),
    row("end select", "end", Nothing, ENDS, ENDS_HELP),
    row("NAME :", "", Nothing, "a label is written between colons", "write `::{1}::`"),
];

impl Idiom {
    const fn with_lua54(self, lua54: &'static str) -> Idiom {
        Idiom { lua54, ..self }
    }
}
