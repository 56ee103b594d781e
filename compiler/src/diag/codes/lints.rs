//! Codes of the lints: programs that are legal and probably not what was meant.

super::codes! {}
