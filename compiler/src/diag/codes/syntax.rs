//! Codes of the grammar: tokens that cannot stand where they stand.

super::codes! {
    101 UnexpectedToken Error "a token that cannot stand here"
    "The text up to here is fine, and this token cannot follow. Often it is left over from an \
     edit, or something in front of it is missing."
    { "local x = = 2\n" => "local x = 2\n" }

    102 Expected Error "a certain token must stand here"
    "The construct that has begun needs this token next."
    { "for i 1, 3 do print(i) end\n" => "for i = 1, 3 do print(i) end\n" }

    103 Unclosed Error "a construct without its closing token"
    "Each `function`, `if`, `for`, `while` and `do` has its `end`, each `repeat` its `until`, each \
     bracket its partner. The report points at the opening one; where the closing one belongs is \
     taken from the indentation."
    { "function f(x)\n  if x then\n    print(x)\nend\n"
      => "function f(x)\n  if x then\n    print(x)\n  end\nend\n" }

    104 NotAStatement Error "an expression that is neither a call nor assigned to"
    "A statement that is only an expression would compute a value and drop it; Lua allows it for \
     calls only. Assign the value, return it, or call it."
    { "local x = 1\nx + 1\n" => "local x = 1\nx = x + 1\n" }

    105 VarargOutside Error "`...` in a function that takes no varargs"
    "`...` stands for the extra arguments of the *innermost* function, whose parameter list must \
     end with `...`. A function inside a vararg function does not see them: keep them in a local \
     first."
    { "function f(a)\n  return ...\nend\n" => "function f(a, ...)\n  return ...\nend\n" }

    106 UnknownAttribute Error "a local attribute that does not exist"
    "The attributes of local variables are `<const>` and `<close>`."
    { "local x <constant> = 1\n" => "local x <const> = 1\n" }

    107 SeveralToClose Error "more than one to-be-closed variable in one declaration"
    "One `local` statement declares at most one `<close>` variable. Write a statement for each."
    { "local a <close>, b <close> = f()\n"
      => "local x, y = f()\nlocal a <close> = x\nlocal b <close> = y\n" }

    108 TooDeep Error "constructs nested too deeply"
    "Blocks, functions, tables, parentheses and calls can be nested about 200 levels deep, as in \
     PUC Lua. Name intermediate values, or build deep data step by step."
    {}

    109 MissingThen Error "a condition without its `then`, or a loop head without its `do`"
    "`if` and `elseif` conditions end with `then`, the heads of `while` and `for` with `do`."
    { "if x > 1\n  print(x)\nend\n" => "if x > 1 then\n  print(x)\nend\n" }

    110 MissingComma Error "two values without a comma between them"
    "The fields of a table are separated by `,` or `;`; arguments, parameters and the values of a \
     list by `,`."
    { "local t = {\n  a = 1\n  b = 2,\n}\n" => "local t = {\n  a = 1,\n  b = 2,\n}\n" }

    111 ExtraCloser Error "an `end` or a bracket that closes nothing"
    "There are more closing tokens than open constructs. Which one is too many is taken from the \
     indentation; an opening `if … then` or `function` may have been lost instead."
    { "if x then\n  print(x)\n  end\nend\n" => "if x then\n  print(x)\nend\n" }

    112 ForeignOperator Error "an operator of another language"
    "Lua writes `~=` for not equal, `and`, `or` and `not` for the logical operators, `x = x + 1` \
     for `x++`, `x and a or b` (or an `if`) for `x ? a : b`."
    { "if a != b and c then print(a) end\n" => "if a ~= b and c then print(a) end\n" }

    113 ForeignElseIf Error "`else if`, `elsif` or `elif` for `elseif`"
    "A chain of conditions is written with `elseif`, one word, and has one `end`. `else if` opens a \
     second `if` inside the `else`, which needs an `end` of its own."
    { "if a then\n  print(1)\nelsif b then\n  print(2)\nend\n"
      => "if a then\n  print(1)\nelseif b then\n  print(2)\nend\n" }

    114 AssignmentInCondition Error "`=` where `==` is meant"
    "`=` assigns and is a statement; two values are compared with `==`."
    { "if x = 1 then print(x) end\n" => "if x == 1 then print(x) end\n" }

    115 ReservedName Error "a reserved word used as a name"
    "The 22 reserved words of Lua cannot name variables, fields behind a dot, functions or labels. \
     As a key a word can be written `t[\"end\"]`."
    { "local end = 10\n" => "local stop = 10\n" }

    116 MisspeltKeyword Error "a keyword with a typo"
    "A name stands where only a keyword can, and is one or two letters away from it."
    { "fucntion f() end\n" => "function f() end\n" }

    117 ForeignComment Error "a comment of another language"
    "A comment begins with `--` and goes to the end of the line; `--[[ … ]]` spans lines. `//` is \
     the operator of integer division, and `#` that of length."
    { "local x = 1 // the width\n" => "local x = 1 -- the width\n" }

    118 ForeignKeyword Error "a keyword of another language"
    "Functions are declared with `function`, local variables with `local`, and nothing is `nil`."
    { "fn add(a, b)\n  return a + b\nend\n" => "function add(a, b)\n  return a + b\nend\n" }

    119 BracesAroundBlock Error "braces around a block"
    "Braces make tables. A block stands between `then`, `do`, `else` or a parameter list and `end`."
    { "if x > 1 {\n  print(x)\n}\n" => "if x > 1 then\n  print(x)\nend\n" }

    120 AfterReturn Error "a statement behind `return`"
    "`return` ends its block: nothing can follow but the block's end. To return early for a test, \
     write `do return end`."
    { "function f()\n  return 1\n  print(2)\nend\n" => "function f()\n  print(2)\n  return 1\nend\n" }

    121 MissingValue Error "an expression is missing"
    "Something that needs a value — an operator, `=`, `return` of a list, an argument behind a \
     comma, a condition — has none."
    { "local x =\nlocal y = 2\n" => "local x = 1\nlocal y = 2\n" }
}
