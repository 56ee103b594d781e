//! Codes of Luka's extensions: constructs that are almost right.

super::codes! {}
