//! Codes of runtime errors.

super::codes! {
    501 Runtime Error "runtime error"
    "The program compiled, but an operation failed while it ran, or it called `error`."
    {}
}
