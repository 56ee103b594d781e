//! Codes of the compiler's limits, which are PUC Lua's.

super::codes! {
    401 TooManyLocals Error "too many local variables in one function"
    "A function can have 200 local variables at a time. Keep some of them in a table, or close \
     scopes with `do … end`."
    {}

    402 TooManyUpvalues Error "too many upvalues in one function"
    "A function can use 255 local variables of the functions around it. Keep some of them in a \
     table."
    {}

    403 TooManyRegisters Error "a function or expression needs too many registers"
    "All local variables and intermediate values of a function share 255 registers. Split the \
     function or the expression."
    {}

    404 TooLarge Error "some other limit of the compiler is passed"
    "A part of the program is larger than the instructions can address. Split it."
    {}
}
