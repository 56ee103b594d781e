//! `#[derive(FromLua, IntoLua)]`: structs as tables, unit-only enums as strings.
//!
//! * A struct with named fields is a table with those fields; a missing field is nil.
//! * A tuple struct with one field is that field; with more, a list.
//! * An enum without data is a string, the variant's name in `snake_case`.
//!
//! `#[luka(rename = "name")]` on a field or variant gives another name; `#[luka(default)]` on a field
//! takes `Default` for nil, `#[luka(skip)]` leaves it out of the table and takes `Default` always.

#![deny(unsafe_code)]
#![warn(missing_docs)]

mod attributes;
mod shape;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Derives `luka::FromLua`.
#[proc_macro_derive(FromLua, attributes(luka))]
pub fn from_lua(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    shape::from_lua(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Derives `luka::IntoLua`.
#[proc_macro_derive(IntoLua, attributes(luka))]
pub fn into_lua(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    shape::into_lua(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}
