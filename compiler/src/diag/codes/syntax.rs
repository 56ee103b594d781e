//! Codes of syntax errors.

super::codes! {
    101 UnexpectedToken Error "unexpected token"
    "The text before this token is valid, but the token cannot follow it. It may be left over from \
     an edit, or something before it may be missing."
    { "local x = = 2\n" => "local x = 2\n" }

    102 Expected Error "a required token is missing"
    "The construct that has begun requires this token next."
    { "for i 1, 3 do print(i) end\n" => "for i = 1, 3 do print(i) end\n" }

    103 Unclosed Error "an unclosed construct"
    "Each `function`, `if`, `for`, `while` and `do` needs an `end`, each `repeat` an `until`, and \
     each bracket a closing bracket. The report points at the opening token; the place where the \
     closing one is missing is inferred from the indentation."
    { "function f(x)\n  if x then\n    print(x)\nend\n"
      => "function f(x)\n  if x then\n    print(x)\n  end\nend\n" }

    104 NotAStatement Error "an expression used as a statement"
    "A statement that consists of an expression other than a call would compute a value and discard \
     it; Lua allows only calls as statements. Assign the value, return it, or call it."
    { "local x = 1\nx + 1\n" => "local x = 1\nx = x + 1\n" }

    105 VarargOutside Error "`...` in a function that is not variadic"
    "`...` stands for the extra arguments of the *innermost* function, whose parameter list must \
     end with `...`. A nested function does not see those of the enclosing one: store them in a \
     local variable first."
    { "function f(a)\n  return ...\nend\n" => "function f(a, ...)\n  return ...\nend\n" }

    106 UnknownAttribute Error "unknown attribute"
    "The attributes of local variables are `<const>` and `<close>`."
    { "local x <constant> = 1\n" => "local x <const> = 1\n" }

    107 MultipleToClose Error "several to-be-closed variables in one declaration"
    "A `local` statement can declare at most one `<close>` variable. Write a separate statement for \
     each."
    { "local a <close>, b <close> = f()\n"
      => "local x, y = f()\nlocal a <close> = x\nlocal b <close> = y\n" }

    108 TooDeep Error "constructs nested too deeply"
    "Blocks, functions, tables, parentheses and calls can be nested about 200 levels deep, as in \
     PUC Lua. Name intermediate values, or build deeply nested data step by step."
    {}

    109 MissingThen Error "missing `then` or `do`"
    "The conditions of `if` and `elseif` are followed by `then`, the heads of `while` and `for` by \
     `do`."
    { "if x > 1\n  print(x)\nend\n" => "if x > 1 then\n  print(x)\nend\n" }

    110 MissingComma Error "missing comma"
    "The fields of a table constructor are separated by `,` or `;`; arguments, parameters and the \
     values of a list by `,`."
    { "local t = {\n  a = 1\n  b = 2,\n}\n" => "local t = {\n  a = 1,\n  b = 2,\n}\n" }

    111 UnmatchedCloser Error "unmatched `end` or closing bracket"
    "There are more closing tokens than open constructs. Which of them is superfluous is inferred \
     from the indentation; it is also possible that an opening `if … then` or `function` is \
     missing."
    { "if x then\n  print(x)\n  end\nend\n" => "if x then\n  print(x)\nend\n" }

    112 ForeignOperator Error "an operator of another language"
    "Lua writes `~=` for not equal, `and`, `or` and `not` for the logical operators, `x = x + 1` \
     for `x++`, and `x and a or b` (or an `if`) for `x ? a : b`."
    { "if a != b and c then print(a) end\n" => "if a ~= b and c then print(a) end\n" }

    113 ForeignElseIf Error "`else if`, `elsif` or `elif` instead of `elseif`"
    "A chain of conditions is written with `elseif`, one word, and has a single `end`. `else if` \
     begins a second `if` inside the `else` branch, which needs its own `end`."
    { "if a then\n  print(1)\nelsif b then\n  print(2)\nend\n"
      => "if a then\n  print(1)\nelseif b then\n  print(2)\nend\n" }

    114 AssignmentInCondition Error "`=` instead of `==`"
    "`=` assigns and is not an operator in expressions; two values are compared with `==`."
    { "if x = 1 then print(x) end\n" => "if x == 1 then print(x) end\n" }

    115 ReservedName Error "a reserved word used as a name"
    "The 22 reserved words of Lua cannot be the names of variables, functions or labels, or of \
     fields after a dot. As a table key, a reserved word can be written `t[\"end\"]`."
    { "local end = 10\n" => "local stop = 10\n" }

    116 MisspelledKeyword Error "a misspelled keyword"
    "A name is used where only a keyword is possible, and differs from one by a letter or two."
    { "fucntion f() end\n" => "function f() end\n" }

    117 ForeignComment Error "a comment of another language"
    "A comment begins with `--` and extends to the end of the line; `--[[ … ]]` may span several \
     lines. `//` is integer division, and `#` is the length operator."
    { "local x = 1 // the width\n" => "local x = 1 -- the width\n" }

    118 ForeignKeyword Error "a keyword of another language"
    "Functions are declared with `function`, local variables with `local`, and the absence of a \
     value is `nil`."
    { "fn add(a, b)\n  return a + b\nend\n" => "function add(a, b)\n  return a + b\nend\n" }

    119 BracesAroundBlock Error "braces around a block"
    "Braces construct tables. A block begins after `then`, `do`, `else` or a parameter list, and \
     finishes with `end`."
    { "if x > 1 {\n  print(x)\n}\n" => "if x > 1 then\n  print(x)\nend\n" }

    120 AfterReturn Error "a statement after `return`"
    "`return` must be the last statement of its block. To return early while testing, write `do \
     return end`."
    { "function f()\n  return 1\n  print(2)\nend\n" => "function f()\n  print(2)\n  return 1\nend\n" }

    121 MissingExpression Error "a missing expression"
    "An operator, `=`, a condition, or a comma in a list must be followed by an expression."
    { "local x =\nlocal y = 2\n" => "local x = 1\nlocal y = 2\n" }

    122 ForeignSyntax Error "a construct of another language"
    "Luka does not have this construct. The help shows what to write instead."
    { "local t = [1, 2, 3]\nprint(#t)\n" => "local t = {1, 2, 3}\nprint(#t)\n" }

    123 DisabledExtension Error "an extension, switched off by `--std=5.4`"
    "With `--std=5.4` (or `std = \"5.4\"` in `luka.toml`) only plain Lua 5.4 is accepted. Remove the \
     option to use Luka's extensions."
    {}
}
