//! Codes of a program running.

super::codes! {
    501 Runtime Error "an error raised while the program ran"
    "The program was well formed, and then did something that has no meaning, or called `error`."
    {}
}
