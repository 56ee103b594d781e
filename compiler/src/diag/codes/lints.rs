//! Codes of the lints: valid programs that are probably not what was meant. `compiler::check`
//! finds them; levels are set by name, `UnusedLocal` being `unused-local`.

super::codes! {
    201 UnusedLocal Warning "unused local variable"
    "The variable is declared, and perhaps assigned, but its value is never read: it may be left \
     over from an edit, or its name may be misspelled where it is used. Names that begin with `_` \
     are exempt."
    { "local width, height = 3, 4\nprint(width * width)\n"
      => "local width, height = 3, 4\nprint(width * height)\n" }

    202 UnusedParameter Warning off "unused parameter"
    "The function does not use this parameter. If the parameter list is prescribed, as in a \
     callback, begin the name with `_`."
    { "return function(event, data) print(data) end\n"
      => "return function(_event, data) print(data) end\n" }

    203 UnusedFunction Warning "unused local function"
    "The function is declared, but used nowhere except in itself."
    { "local function double(x) return 2 * x end\nprint(21)\n"
      => "local function double(x) return 2 * x end\nprint(double(21))\n" }

    204 UnusedLabel Warning "unused label"
    "No `goto` in the function refers to this label."
    { "for i = 1, 3 do\n  print(i)\n  ::continue::\nend\n"
      => "for i = 1, 3 do\n  if i == 2 then goto continue end\n  print(i)\n  ::continue::\nend\n" }

    205 UnusedLoopVariable Warning off "unused loop variable"
    "The body of the loop does not use the variable. If that is intended, name it `_`."
    { "for i, name in ipairs({ \"a\" }) do print(name) end\n"
      => "for _, name in ipairs({ \"a\" }) do print(name) end\n" }

    206 Shadowing Warning off "shadowed variable"
    "The new variable hides another one with the same name, which cannot be accessed in its scope."
    { "local total = 1\ndo local total = 2 print(total) end\nprint(total)\n"
      => "local total = 1\ndo local part = 2 print(part) end\nprint(total)\n" }

    207 DuplicateName Warning "duplicate name in a list of variables"
    "Two parameters, or two variables of one declaration, have the same name: only the last one can \
     be used."
    { "return function(x, x) return x end\n" => "return function(x, y) return x + y end\n" }

    208 Unreachable Warning "unreachable code"
    "The statement before it never completes normally: it is a `return`, `break` or `goto`, a call \
     of `error` or `os.exit`, an infinite loop, or an `if` all of whose branches leave the block."
    { "while true do print(1) end\nprint(2)\n" => "while true do print(1) break end\nprint(2)\n" }

    209 UndefinedGlobal Warning "undefined global"
    "The name is not a local variable here, the standard library does not define it, and none of \
     the checked files assigns to it. Globals that are defined elsewhere can be listed in \
     `luka.toml`: `globals = [\"love\"]`. Globals that the program tests before using them, as in \
     `if jit then`, are exempt."
    { "print(null)\n" => "print(nil)\n" }

    210 MisspelledGlobal Warning "misspelled global"
    "The global is not defined, and its name differs by a letter or two from that of a defined \
     variable."
    { "pritn(\"hello\")\n" => "print(\"hello\")\n" }

    211 UndefinedField Warning "undefined field of the standard library"
    "The table belongs to the standard library, and neither the library nor any of the checked \
     files defines this field: its value is nil."
    { "print(string.uper(\"x\"))\n" => "print(string.upper(\"x\"))\n" }

    212 ForgottenLocal Warning "missing `local`"
    "The function assigns to a variable that is not declared, so it is global, but no other \
     function uses it: `local` was probably forgotten. Global variables are slower, and recursive \
     or concurrent calls overwrite each other's values."
    { "function area(w, h)\n  result = w * h\n  return result\nend\n"
      => "function area(w, h)\n  local result = w * h\n  return result\nend\n" }

    213 ArgumentCount Warning "wrong number of arguments"
    "A function of the standard library is called with fewer arguments than it requires, or a \
     function with more arguments than it has parameters."
    { "print(string.rep(\"x\"))\n" => "print(string.rep(\"x\", 3))\n" }

    214 FormatArguments Warning "format string does not match its arguments"
    "`string.format` requires one argument for each `%` directive of the format."
    { "print(string.format(\"%s is %d\", \"x\"))\n"
      => "print(string.format(\"%s is %d\", \"x\", 3))\n" }

    215 UnusedResult Warning "unused result of a pure function"
    "The function has no effect other than returning a value, and the value is discarded. Strings, \
     in particular, are immutable."
    { "local s = \"x\"\nstring.upper(s)\nprint(s)\n"
      => "local s = \"x\"\ns = string.upper(s)\nprint(s)\n" }

    216 ImpossibleComparison Warning "comparison with a constant result"
    "Values of different types are never equal, a new table is equal to no other value, `type` \
     returns one of eight names, and a length is never negative."
    { "local x = ...\nif type(x) == \"strng\" then print(x) end\n"
      => "local x = ...\nif type(x) == \"string\" then print(x) end\n" }

    217 ComparisonPrecedence Warning "comparison with unexpected precedence"
    "`not a == b` means `(not a) == b`, and `a < b < c` compares the boolean result of `a < b` with \
     `c`. Write `a ~= b`, join comparisons with `and`, or add parentheses if this is intended."
    { "local a, b = ...\nif not a == b then print(a) end\n"
      => "local a, b = ...\nif a ~= b then print(a) end\n" }

    218 DuplicateKey Warning "duplicate key in a table constructor"
    "Two values are given for the same key; only one of them is kept."
    { "return { name = \"a\", size = 1, name = \"b\" }\n"
      => "return { name = \"a\", size = 1, title = \"b\" }\n" }

    219 ListWithHole Warning "length of a list that contains nil"
    "If a list contains nil before its last element, its length may be that of the part before the \
     nil, or more; both are valid."
    { "print(#{ 1, nil, 3 })\n" => "print(table.pack(1, nil, 3).n)\n" }

    220 SameCondition Warning "duplicate condition"
    "An earlier branch of the same `if` has the same condition, so this branch is never executed."
    { "local n = ...\nif n == 1 then print(1) elseif n == 1 then print(2) end\n"
      => "local n = ...\nif n == 1 then print(1) elseif n == 2 then print(2) end\n" }

    221 EmptyBlock Warning off "an `if` with an empty body"
    "The branch is empty, and there is no other. A comment inside it that explains why suppresses \
     this lint."
    { "local x = ...\nif x then end\n"
      => "local x = ...\nif x then print(x) end\n" }

    222 SelfAssignment Warning "assignment of a variable to itself"
    "Both sides are the same; one of them was probably meant to be something else. Assignments to \
     fields are exempt, because they may call metamethods."
    { "local x, y = ...\nx = x\nprint(x, y)\n" => "local x, y = ...\nx = y\nprint(x, y)\n" }

    223 ExtraValue Warning "more values than variables"
    "The values beyond the last variable are discarded."
    { "local x = 1, 2\nprint(x)\n" => "local x, y = 1, 2\nprint(x, y)\n" }

    224 LoopNeverRuns Warning "a loop that never runs"
    "Without a step, a loop counts up by 1, and does not run at all if the start is greater than \
     the limit."
    { "local t = { 1, 2 }\nfor i = #t, 1 do print(t[i]) end\n"
      => "local t = { 1, 2 }\nfor i = #t, 1, -1 do print(t[i]) end\n" }

    225 UnknownLint Warning "unknown lint in a comment"
    "A `-- luka: allow(…)` comment names a lint that does not exist."
    { "local x = 1 -- luka: allow(unused-lokal, unused-local)\n"
      => "local x = 1 -- luka: allow(unused-local)\n" }

    226 Configuration Error "invalid `luka.toml`"
    "`luka.toml` configures the lints of a project: `[lints]` maps names of lints to `\"allow\"`, \
     `\"warn\"` or `\"deny\"`; before it, `globals` lists names that are defined elsewhere, and \
     `std` is `\"5.4\"` or `\"luka\"`."
    {}

    227 IdenticalBranches Warning "an `if` whose branches are all the same"
    "All branches, `else` included, consist of the same statements, so the condition makes no \
     difference. One of them was probably meant to be something else."
    { "local x = ...\nif x then print(1) else print(1) end\n"
      => "local x = ...\nif x then print(1) else print(2) end\n" }

    228 CertainError Warning "an operation that always fails"
    "The value has a type on which the operation raises an error: arithmetic on text, joining a table \
     with a string, indexing or calling nil. Values are known if the variable is declared with them \
     and never assigned to."
    { "local count = 3\nprint(\"count: \" + count)\n"
      => "local count = 3\nprint(\"count: \" .. count)\n" }

    229 MissingModule Warning "a module that is not found"
    "`require` searches the places in `package.path`, and neither they nor the folders above the file \
     have the module."
    { "local names = require(\"./names.lua\")\nprint(names)\n"
      => "local names = require(\"string\")\nprint(names)\n" }

    230 MethodSeparator Warning "`.` and `:` confused in a call"
    "A function declared with a colon, `function t:f()`, takes the object before its arguments, and \
     `t:f()` passes it. One declared with a dot is called with a dot."
    { "local t = { n = 1 }\nfunction t:add(k) self.n = self.n + k end\nt.add(2)\n"
      => "local t = { n = 1 }\nfunction t:add(k) self.n = self.n + k end\nt:add(2)\n" }

    231 PlainInterpolation Warning "an interpolated value in a plain string"
    "`${name}` and `#{name}` have no meaning in a quoted string. Strings with values in them are \
     written in backquotes, or joined with `..`."
    { "local name = \"x\"\nprint(\"hello ${name}\", name)\n"
      => "local name = \"x\"\nprint(`hello {name}`, name)\n" }

    232 ListIndex Warning "an index that the list does not have"
    "The items of a list are numbered from 1. `#t` counts them; the fields of a table that is not a list \
     are not counted."
    { "local days = { \"Mon\", \"Tue\" }\nprint(days[0])\n"
      => "local days = { \"Mon\", \"Tue\" }\nprint(days[1])\n" }

    233 MissingResult Warning "the result of a function that returns nothing"
    "The function has no `return` with a value, so that its result is always nil."
    { "local function add(a, b)\n  print(a + b)\nend\nlocal x = add(1, 2)\nprint(x)\n"
      => "local function add(a, b)\n  return a + b\nend\nlocal x = add(1, 2)\nprint(x)\n" }

    234 MisspelledField Warning "a field that the table does not have"
    "The variable is a table that gets its fields in the file, and none has this name, but one has a \
     similar name. Reading the field gives nil."
    { "local size = { width = 1, height = 2 }\nprint(size.widht, size.height)\n"
      => "local size = { width = 1, height = 2 }\nprint(size.width, size.height)\n" }

    235 UnknownType Warning "a type that nobody declares"
    "No file of the program declares a type of this name. In comments, names that are like no other are not \
     reported: libraries may declare them."
    { "local n: nubmer = 1\nprint(n)\n" => "local n: number = 1\nprint(n)\n" }

    236 UnknownParameter Warning "a comment about a parameter that does not exist"
    "The comment above a function describes a parameter of a name that none of its parameters has."
    { "---@param naem string\nlocal function greet(name) print(name) end\ngreet(\"x\")\n"
      => "---@param name string\nlocal function greet(name) print(name) end\ngreet(\"x\")\n" }

    237 TypeMismatch Warning "a value of another type than its annotation"
    "The annotation of a variable or parameter names types to which the value does not belong. Only literals and \
     variables that are one for good are looked at; annotations do not change what the program does."
    { "local n: number = \"str\"\nprint(n)\n" => "local n: number = 1\nprint(n)\n" }
}
