//! Codes of internal errors: bugs of Luka itself.

super::codes! {
    901 InvalidBytecode Error "internal error: the compiler produced invalid bytecode"
    "The verifier rejected what the compiler emitted. The program is not at fault: this is a bug in \
     Luka. Please report it together with the source that causes it."
    {}
}
