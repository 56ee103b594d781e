//! Codes of Luka's extensions.

super::codes! {
    601 MalformedExtension Error "malformed extension"
    "This looks like one of Luka's extensions, but is not written correctly. The help shows the \
     correct form; docs/language.md has the rules."
    { "local t = {}\nprint(t?.)\n" => "local t = {}\nprint(t?.name)\n" }

    602 CannotLeave Error "jump out of a `defer` or `finally` block"
    "A `defer` or `finally` block runs when its scope is left, by a `return`, an error, or at its \
     end; it cannot transfer control elsewhere. Remove the `return`, `break` or `goto`, or put the \
     rest of the block in an `if`."
    { "local function f()\n  defer do return 1 end\nend\nf()\n"
      => "local function f()\n  defer do print(1) end\nend\nf()\n" }

    603 NotDeclared Error "undeclared global"
    "In the scope of a `global` declaration, every global variable must be declared before it is \
     used, as in Lua 5.5. Declare it, or all globals with `global *`."
    { "global print\nprint(count)\n" => "global print, count\nprint(count)\n" }

    604 ContinueOutsideLoop Error "`continue` outside a loop"
    "`continue` starts the next iteration of the innermost `while`, `repeat` or `for` of the same \
     function."
    { "if true then continue end\n" => "for i = 1, 3 do continue end\n" }

    605 ContinueSkipsLocal Error "`continue` skips a variable that `until` uses"
    "The condition of a `repeat` loop can use the variables of its body. A `continue` jumps to the \
     condition, and would leave those declared after it undefined. Declare the variable before the \
     `continue`."
    { "repeat\n  if io then continue end\n  local x = 1\nuntil x == 1\n"
      => "repeat\n  local x = 1\n  if io then continue end\nuntil x == 1\n" }

    606 OptionalTarget Error "optional target in a multiple assignment"
    "An assignment to `a?.b` is skipped as a whole if `a` is nil: its value is not evaluated. An \
     assignment with several targets cannot be skipped in part."
    { "local a, b\na?.x, b = 1, 2\nprint(b)\n" => "local a, b\na?.x = 1\nb = 2\nprint(b)\n" }
}
