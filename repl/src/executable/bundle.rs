//! What stands behind the program in an executable: the main chunk, modules and their texts.
//!
//! A bundle is a list of parts, the main chunk first. A part is its name, the path it was read from, its image
//! and its text, deflated (empty if it was left out); each is a length of four bytes, the lowest first, and
//! its bytes.

use std::collections::BTreeMap;

/// A chunk of the program.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Part {
    /// The module's name; empty for the main chunk.
    pub name: Vec<u8>,
    /// The file it comes from.
    pub path: Vec<u8>,
    pub image: Vec<u8>,
    /// The text, deflated; empty if it was left out.
    pub text: Vec<u8>,
}

/// The most bytes of a text.
const TEXT: usize = 1 << 30;

/// Parts as bytes.
pub fn encode(parts: &[Part]) -> Vec<u8> {
    let mut out = Vec::new();
    for part in parts {
        for field in [&part.name, &part.path, &part.image, &part.text] {
            out.extend_from_slice(&(field.len() as u32).to_le_bytes());
            out.extend_from_slice(field);
        }
    }
    out
}

/// The parts; `None` if the bytes are no bundle.
pub fn decode(mut bytes: &[u8]) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    while !bytes.is_empty() {
        let mut field = || {
            let (length, rest) = bytes.split_first_chunk::<4>()?;
            let (field, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            bytes = rest;
            Some(field.to_vec())
        };
        let part = Part { name: field()?, path: field()?, image: field()?, text: field()? };
        parts.push(part);
    }
    parts.first().is_some_and(|main| main.name.is_empty()).then_some(parts)
}

/// A text, deflated.
pub fn deflated(text: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec(text, 9)
}

/// The texts by path, deflated.
pub fn texts(parts: &[Part]) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let with_text = parts.iter().filter(|part| !part.text.is_empty());
    with_text.map(|part| (part.path.clone(), part.text.clone())).collect()
}

/// A text again.
pub fn inflated(text: &[u8]) -> Option<Vec<u8>> {
    miniz_oxide::inflate::decompress_to_vec_with_limit(text, TEXT).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_back() {
        let part = |name: &str| Part {
            name: name.into(),
            path: b"a.lua".to_vec(),
            image: vec![1; 300],
            text: deflated(b"return 1"),
        };
        let parts = [part(""), part("m")];
        let bytes = encode(&parts);
        assert_eq!(decode(&bytes).unwrap(), parts);
        assert_eq!(inflated(&texts(&parts)[b"a.lua".as_slice()]).unwrap(), b"return 1");
        for length in 1..bytes.len() {
            // (A whole part is a bundle.)
            assert!(decode(&bytes[..length]).is_none_or(|parts| parts.len() == 1), "{length}");
        }
        assert_eq!(decode(b""), None);
        assert_eq!(decode(&encode(&[part("m")])), None);
    }
}
