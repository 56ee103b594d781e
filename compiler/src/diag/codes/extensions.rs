//! Codes of Luka's extensions: constructs that are almost right.

super::codes! {
    601 AlmostRight Error "a construct that is almost right"
    "What stands here looks like one of Luka's constructs, or like one of another language, and is \
     not quite that. The help says how it is written. docs/language.md has the rules of each."
    { "local t = {}\nprint(t?.)\n" => "local t = {}\nprint(t?.name)\n" }

    602 CannotLeave Error "a jump out of a block that runs when its scope is left"
    "A `defer` or `finally` block runs while its scope is being left already, by a `return`, an \
     error or its end; it cannot decide to go elsewhere. Leave out the `return`, `break` or `goto`, \
     or put an `if` around the rest of the block."
    { "local function f()\n  defer do return 1 end\nend\nf()\n"
      => "local function f()\n  defer do print(1) end\nend\nf()\n" }

    603 NotDeclared Error "a name that is not declared where globals must be"
    "In the scope of a `global` declaration every global that is used must be declared, as in Lua \
     5.5. Declare it, or all of them with `global *`."
    { "global print\nprint(count)\n" => "global print, count\nprint(count)\n" }

    604 ContinueOutsideLoop Error "`continue` outside a loop"
    "`continue` goes on with the next round of the innermost `while`, `repeat` or `for` of the same \
     function."
    { "if true then continue end\n" => "for i = 1, 3 do continue end\n" }

    605 ContinueSkipsLocal Error "a `continue` over a variable that `until` reads"
    "The condition of a `repeat` sees the variables of its body. A `continue` that goes there leaves \
     those declared behind it without a value. Declare the variable before the `continue`."
    { "repeat\n  if io then continue end\n  local x = 1\nuntil x == 1\n"
      => "repeat\n  local x = 1\n  if io then continue end\nuntil x == 1\n" }

    606 OptionalTarget Error "an optional target among others"
    "An assignment to `a?.b` is left out as a whole when `a` is nil, its value is not even \
     evaluated. With several targets that makes no sense."
    { "local a, b\na?.x, b = 1, 2\nprint(b)\n" => "local a, b\na?.x = 1\nb = 2\nprint(b)\n" }
}
