//! Codes of the lints: programs that are legal and probably not what was meant. `compiler::check`
//! finds them; levels are set by name, `UnusedLocal` being `unused-local`.

super::codes! {
    201 UnusedLocal Warning "a local variable nobody uses"
    "The variable is declared, perhaps assigned, and its value is never read: a leftover, or a slip \
     in the name where it was to be used. Variables whose names begin with `_` are left alone."
    { "local width, height = 3, 4\nprint(width * width)\n"
      => "local width, height = 3, 4\nprint(width * height)\n" }

    202 UnusedParameter Warning "a parameter nobody uses"
    "The function does not look at this argument. Where the shape of a function is given, as of a \
     callback, begin the name with `_`. Off unless asked for."
    { "return function(event, data) print(data) end\n"
      => "return function(_event, data) print(data) end\n" }

    203 UnusedFunction Warning "a local function nobody calls"
    "The function is declared, and nothing but itself uses it."
    { "local function double(x) return 2 * x end\nprint(21)\n"
      => "local function double(x) return 2 * x end\nprint(double(21))\n" }

    204 UnusedLabel Warning "a label nobody jumps to"
    "No `goto` of the function names this label."
    { "for i = 1, 3 do\n  print(i)\n  ::continue::\nend\n"
      => "for i = 1, 3 do\n  if i == 2 then goto continue end\n  print(i)\n  ::continue::\nend\n" }

    205 UnusedLoopVariable Warning "a loop variable nobody uses"
    "The body of the loop does not look at the variable. Call it `_` if that is meant. Off unless \
     asked for."
    { "for i, name in ipairs({ \"a\" }) do print(name) end\n"
      => "for _, name in ipairs({ \"a\" }) do print(name) end\n" }

    206 Shadowing Warning "a variable hides another one of its name"
    "From here on the name means the new variable; the old one cannot be reached. Off unless asked \
     for."
    { "local total = 1\ndo local total = 2 print(total) end\nprint(total)\n"
      => "local total = 1\ndo local part = 2 print(part) end\nprint(total)\n" }

    207 DuplicateName Warning "a name twice in one list of variables"
    "Two parameters, or two variables of one declaration, have the same name: only the last one can \
     be used."
    { "return function(x, x) return x end\n" => "return function(x, y) return x + y end\n" }

    208 Unreachable Warning "code that is never reached"
    "What stands before it does not go on: a `return`, `break` or `goto`, a call of `error` or \
     `os.exit`, a loop without end, or an `if` whose branches all end so."
    { "while true do print(1) end\nprint(2)\n" => "while true do print(1) break end\nprint(2)\n" }

    209 UndefinedGlobal Warning "a global nobody defines"
    "The name is no local variable here, the standard library does not have it, and none of the \
     files checked assigns to it. Globals that come from elsewhere are named in `luka.toml`: \
     `globals = [\"love\"]`. A global the program asks for before it uses it, as in `if jit then`, \
     is left alone."
    { "print(null)\n" => "print(nil)\n" }

    210 MisspeltGlobal Warning "a global nobody defines, with a name much like a known one"
    "As a global nobody defines; and there is a variable whose name differs in a letter or two."
    { "pritn(\"hello\")\n" => "print(\"hello\")\n" }

    211 UndefinedField Warning "a field the standard library does not have"
    "The table is the standard library's, no file checked adds this field to it, and it is nil."
    { "print(string.uper(\"x\"))\n" => "print(string.upper(\"x\"))\n" }

    212 ForgottenLocal Warning "a global only one function uses"
    "The function assigns to a variable that is declared nowhere, so it is global, and nobody else \
     uses it: the word `local` was probably forgotten. Globals are slow, and calls of the same \
     function that overlap spoil each other's."
    { "function area(w, h)\n  result = w * h\n  return result\nend\n"
      => "function area(w, h)\n  local result = w * h\n  return result\nend\n" }

    213 ArgumentCount Warning "a wrong number of arguments"
    "A function of the standard library is given fewer arguments than it needs, or a function more \
     than it looks at."
    { "print(string.rep(\"x\"))\n" => "print(string.rep(\"x\", 3))\n" }

    214 FormatArguments Warning "a format that does not fit its arguments"
    "`string.format` takes one argument for each `%` directive of the format."
    { "print(string.format(\"%s is %d\", \"x\"))\n"
      => "print(string.format(\"%s is %d\", \"x\", 3))\n" }

    215 UnusedResult Warning "the result of a function that does nothing else is not used"
    "The function changes nothing; all it does is to return a value, which is thrown away. Strings \
     in particular never change."
    { "local s = \"x\"\nstring.upper(s)\nprint(s)\n"
      => "local s = \"x\"\ns = string.upper(s)\nprint(s)\n" }

    216 ImpossibleComparison Warning "a comparison that always comes out the same"
    "Values of different types are never equal, a new table equals nothing else, `type` returns one \
     of eight names, and no length is below 0."
    { "local x = ...\nif type(x) == \"strng\" then print(x) end\n"
      => "local x = ...\nif type(x) == \"string\" then print(x) end\n" }

    217 ComparisonPrecedence Warning "a comparison of something else than it looks"
    "`not a == b` is `(not a) == b`, and `a < b < c` compares the truth value of `a < b` with `c`. \
     Write `a ~= b`, join comparisons with `and`, or show with parentheses that it is meant."
    { "local a, b = ...\nif not a == b then print(a) end\n"
      => "local a, b = ...\nif a ~= b then print(a) end\n" }

    218 DuplicateKey Warning "a key twice in one table"
    "The table is given two values for one key; only one of them stays."
    { "return { name = \"a\", size = 1, name = \"b\" }\n"
      => "return { name = \"a\", size = 1, title = \"b\" }\n" }

    219 ListWithHole Warning "the length of a list with a nil in it"
    "Where a list has a nil in the middle its length may be that of the part before it or more; both \
     are right."
    { "print(#{ 1, nil, 3 })\n" => "print(table.pack(1, nil, 3).n)\n" }

    220 SameCondition Warning "a condition that was false already"
    "An earlier branch of the same `if` has the same condition, so this branch never runs."
    { "local n = ...\nif n == 1 then print(1) elseif n == 1 then print(2) end\n"
      => "local n = ...\nif n == 1 then print(1) elseif n == 2 then print(2) end\n" }

    221 EmptyBlock Warning "an `if` that does nothing"
    "The branch is empty, and there is no other. A comment in it says why, and keeps this silent. \
     Off unless asked for."
    { "local x = ...\nif x then end\n"
      => "local x = ...\nif x then print(x) end\n" }

    222 SelfAssignment Warning "a variable assigned to itself"
    "Both sides are the same; one of them was probably meant to be something else."
    { "local t = { x = 1 }\nt.x = t.x\n" => "local t, u = { x = 1 }, {}\nt.x = u.x\n" }

    223 ExtraValue Warning "more values than variables"
    "The values beyond the last variable are thrown away."
    { "local x = 1, 2\nprint(x)\n" => "local x, y = 1, 2\nprint(x, y)\n" }

    224 LoopNeverRuns Warning "a loop that counts up from more to less"
    "Without a step a loop counts up by 1, and does not run at all if the start is beyond the limit."
    { "local t = { 1, 2 }\nfor i = #t, 1 do print(t[i]) end\n"
      => "local t = { 1, 2 }\nfor i = #t, 1, -1 do print(t[i]) end\n" }

    225 UnknownLint Warning "a comment that speaks of no lint"
    "The name in a `-- luka: allow(…)` comment is none of a lint."
    { "local x = 1 -- luka: allow(unused-lokal, unused-local)\n"
      => "local x = 1 -- luka: allow(unused-local)\n" }

    226 Configuration Error "`luka.toml` says something that is not understood"
    "The file in which a project says which lints it wants: `[lints]` with names of lints and \
     `\"allow\"`, `\"warn\"` or `\"deny\"`, and above it `globals`, a list of names the program finds, \
     and `std`, `\"5.4\"` or `\"luka\"`."
    {}
}
