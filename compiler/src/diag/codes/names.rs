//! Codes of names, scopes and jumps.

super::codes! {
    301 AssignToConst Error "assignment to a constant variable"
    "A variable declared `<const>` or `<close>` cannot be assigned to. Declare it without the \
     attribute, or use another variable."
    { "local limit <const> = 10\nlimit = 20\n" => "local limit = 10\nlimit = 20\n" }

    302 BreakOutsideLoop Error "`break` outside a loop"
    "`break` leaves the innermost `while`, `repeat` or `for` of the same function. The body of a \
     function defined inside a loop is not in the loop: use `return` there."
    { "if x then break end\n" => "while true do if x then break end end\n" }

    303 UndefinedLabel Error "`goto` without a visible label"
    "A `goto` jumps to a label in the same function, in its own block or an enclosing one."
    { "goto done\n" => "goto done\n::done::\n" }

    304 DuplicateLabel Error "duplicate label"
    "A label is visible in the whole block where it is defined, nested blocks included; no other \
     label with the same name may be defined there."
    { "::again::\n::again::\n" => "::again::\n" }

    305 JumpIntoScope Error "`goto` into the scope of a local variable"
    "The jump would skip the declaration of a local variable that is in scope at the label. Declare \
     the variable before the `goto`, enclose it in `do … end`, or move the label to the end of the \
     block."
    { "goto done\nlocal x = 1\n::done::\nprint(x)\n"
      => "local x = 1\ngoto done\n::done::\nprint(x)\n" }
}
