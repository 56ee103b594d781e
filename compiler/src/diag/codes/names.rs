//! Codes of names, scopes and jumps.

super::codes! {
    301 AssignToConst Error "assignment to a constant variable"
    "A variable declared `<const>` or `<close>` keeps the value it was declared with. Declare it \
     without the attribute, or use a new variable."
    { "local limit <const> = 10\nlimit = 20\n" => "local limit = 10\nlimit = 20\n" }

    302 BreakOutsideLoop Error "`break` outside a loop"
    "`break` leaves the innermost `while`, `repeat` or `for` of the same function. A function \
     inside a loop is not in the loop: use `return` there."
    { "if x then break end\n" => "while true do if x then break end end\n" }

    303 UndefinedLabel Error "`goto` without a visible label"
    "A `goto` jumps to a label of its own function, in its own block or one around it."
    { "goto done\n" => "goto done\n::done::\n" }

    304 DuplicateLabel Error "two visible labels with one name"
    "A label is visible in its whole block and in the blocks inside; there, no second one can have \
     its name."
    { "::again::\n::again::\n" => "::again::\n" }

    305 JumpIntoScope Error "`goto` into the scope of a local variable"
    "The jump would skip the declaration of a local variable that the label sees. Declare the \
     variable in front of the `goto`, enclose it in `do … end`, or put the label at the end of the \
     block."
    { "goto done\nlocal x = 1\n::done::\nprint(x)\n"
      => "local x = 1\ngoto done\n::done::\nprint(x)\n" }
}
