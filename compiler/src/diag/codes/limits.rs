//! Codes of the compiler's limits, which are PUC Lua's.

super::codes! {
    401 TooManyLocals Error "too many local variables"
    "A function can have at most 200 active local variables. Store some of them in a table, or \
     limit their scopes with `do … end`."
    {}

    402 TooManyUpvalues Error "too many upvalues"
    "A function can use at most 255 local variables of enclosing functions. Store some of them in a \
     table."
    {}

    403 TooManyRegisters Error "too many registers"
    "The local variables and intermediate values of a function share 255 registers. Split the \
     function or the expression."
    {}

    404 TooLarge Error "another limit of the compiler is exceeded"
    "A part of the program is larger than instructions can address. Split it."
    {}
}
