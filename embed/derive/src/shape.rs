//! The implementations, by the shape of the type.

use crate::attributes::Attributes;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Error, Fields, Generics, Result, Variant, parse_quote};

/// `impl luka::FromLua`.
pub fn from_lua(input: &DeriveInput) -> Result<TokenStream> {
    let body = match &input.data {
        Data::Struct(data) => from_fields(&data.fields)?,
        Data::Enum(data) => from_name(data.variants.iter())?,
        Data::Union(_) => return Err(no_union(input)),
    };
    let name = &input.ident;
    let generics = bounded(&input.generics, &parse_quote!(::luka::FromLua));
    let (impl_generics, type_generics, wheres) = generics.split_for_impl();
    Ok(quote! {
        impl #impl_generics ::luka::FromLua for #name #type_generics #wheres {
            fn from_lua(value: ::luka::Arg<'_>, cx: &::luka::Cx) -> ::luka::Result<Self> {
                #body
            }
        }
    })
}

/// `impl luka::IntoLua`.
pub fn into_lua(input: &DeriveInput) -> Result<TokenStream> {
    let body = match &input.data {
        Data::Struct(data) => into_fields(&data.fields)?,
        Data::Enum(data) => into_name(data.variants.iter())?,
        Data::Union(_) => return Err(no_union(input)),
    };
    let name = &input.ident;
    let generics = bounded(&input.generics, &parse_quote!(::luka::IntoLua));
    let (impl_generics, type_generics, wheres) = generics.split_for_impl();
    Ok(quote! {
        impl #impl_generics ::luka::IntoLua for #name #type_generics #wheres {
            fn into_lua(self, cx: &mut ::luka::Cx) -> ::luka::Result<::luka::Value> {
                #body
            }
        }
    })
}

fn no_union(input: &DeriveInput) -> Error {
    Error::new_spanned(&input.ident, "a union cannot be converted")
}

/// The generics with a bound on every type parameter.
fn bounded(generics: &Generics, bound: &syn::TypeParamBound) -> Generics {
    let mut generics = generics.clone();
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(bound.clone());
    }
    generics
}

fn from_fields(fields: &Fields) -> Result<TokenStream> {
    match fields {
        Fields::Named(fields) => {
            let mut parts = Vec::new();
            for field in &fields.named {
                let attributes = Attributes::of(&field.attrs)?;
                let ident = &field.ident;
                let key = attributes.rename.clone().unwrap_or_else(|| name_of(ident));
                parts.push(if attributes.skip {
                    quote!(#ident: ::core::default::Default::default())
                } else if attributes.default {
                    quote!(#ident: ::luka::derive::field::<::core::option::Option<_>>(&table, cx, #key)?.unwrap_or_default())
                } else {
                    quote!(#ident: ::luka::derive::field(&table, cx, #key)?)
                });
            }
            Ok(quote! {
                let table = <::luka::Table as ::luka::FromLua>::from_lua(value, cx)?;
                ::core::result::Result::Ok(Self { #(#parts),* })
            })
        }
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            Ok(quote!(::core::result::Result::Ok(Self(::luka::FromLua::from_lua(value, cx)?))))
        }
        Fields::Unnamed(fields) => {
            let items = (1..=fields.unnamed.len() as i64)
                .map(|i| quote!(::luka::derive::item(&table, cx, #i)?));
            Ok(quote! {
                let table = <::luka::Table as ::luka::FromLua>::from_lua(value, cx)?;
                ::core::result::Result::Ok(Self(#(#items),*))
            })
        }
        Fields::Unit => Ok(quote! {
            let _ = (value, cx);
            ::core::result::Result::Ok(Self)
        }),
    }
}

fn into_fields(fields: &Fields) -> Result<TokenStream> {
    match fields {
        Fields::Named(fields) => {
            let mut parts = Vec::new();
            for field in &fields.named {
                let attributes = Attributes::of(&field.attrs)?;
                if attributes.skip {
                    continue;
                }
                let ident = &field.ident;
                let key = attributes.rename.unwrap_or_else(|| name_of(ident));
                parts.push(quote!(table.set(cx, #key, self.#ident)?;));
            }
            Ok(quote! {
                let table = cx.table()?;
                #(#parts)*
                ::core::result::Result::Ok(::luka::Value::Table(table))
            })
        }
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            Ok(quote!(::luka::IntoLua::into_lua(self.0, cx)))
        }
        Fields::Unnamed(fields) => {
            let parts = (0..fields.unnamed.len()).map(|i| {
                let (field, key) = (syn::Index::from(i), i as i64 + 1);
                quote!(table.set(cx, #key, self.#field)?;)
            });
            Ok(quote! {
                let table = cx.table()?;
                #(#parts)*
                ::core::result::Result::Ok(::luka::Value::Table(table))
            })
        }
        Fields::Unit => Ok(quote! {
            let _ = cx;
            ::core::result::Result::Ok(::luka::Value::Nil)
        }),
    }
}

/// Variants with their names as strings.
fn names<'a>(variants: impl Iterator<Item = &'a Variant>) -> Result<Vec<(&'a Variant, String)>> {
    variants
        .map(|variant| {
            if !matches!(variant.fields, Fields::Unit) {
                let message = "only enums whose variants have no fields are strings";
                return Err(Error::new_spanned(variant, message));
            }
            let name = Attributes::of(&variant.attrs)?.rename;
            Ok((variant, name.unwrap_or_else(|| snake_case(&variant.ident.to_string()))))
        })
        .collect()
}

fn from_name<'a>(variants: impl Iterator<Item = &'a Variant>) -> Result<TokenStream> {
    let names = names(variants)?;
    let arms = names.iter().map(|(variant, name)| {
        let (ident, bytes) =
            (&variant.ident, syn::LitByteStr::new(name.as_bytes(), variant.ident.span()));
        quote!(::core::option::Option::Some(#bytes) => ::core::result::Result::Ok(Self::#ident),)
    });
    let expected = names.iter().map(|(_, name)| format!("'{name}'")).collect::<Vec<_>>().join(", ");
    let expected = format!("one of {expected}");
    Ok(quote! {
        let _ = cx;
        match value.as_bytes() {
            #(#arms)*
            _ => ::core::result::Result::Err(::luka::derive::unknown_variant(&value, #expected)),
        }
    })
}

fn into_name<'a>(variants: impl Iterator<Item = &'a Variant>) -> Result<TokenStream> {
    let arms = names(variants)?.into_iter().map(|(variant, name)| {
        let ident = &variant.ident;
        quote!(Self::#ident => #name,)
    });
    let value = format_ident!("name");
    Ok(quote! {
        let #value: &str = match self { #(#arms)* };
        ::luka::IntoLua::into_lua(#value, cx)
    })
}

fn name_of(ident: &Option<syn::Ident>) -> String {
    let text = ident.as_ref().map_or_else(String::new, ToString::to_string);
    text.strip_prefix("r#").map(str::to_string).unwrap_or(text)
}

fn snake_case(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(c.to_lowercase());
    }
    text
}
