//! Messages of the protocols of editors: a header that says how long each is, then JSON.

use serde::de::DeserializeOwned;
use std::io::{BufRead, Read};

/// The next message; `None` at the end of the input. No memory is taken for one above `longest` bytes.
///
/// # Errors
/// What is wrong with it.
pub fn read<M: DeserializeOwned>(
    input: &mut impl BufRead,
    longest: u64,
) -> Result<Option<M>, String> {
    let mut length = None;
    loop {
        let mut line = String::new();
        let count = input.by_ref().take(8 << 10).read_line(&mut line);
        if count.map_err(|error| error.to_string())? == 0 {
            return Ok(None);
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').ok_or("the header of a message has no colon")?;
        if name.eq_ignore_ascii_case("content-length") {
            length = Some(value.trim().parse().map_err(|_| "the Content-Length is no number")?);
        }
    }
    let length: u64 = length.ok_or("a message has no Content-Length")?;
    if length > longest {
        return Err(format!("a message of {length} bytes is longer than {longest}"));
    }
    let mut text = Vec::new();
    input.take(length).read_to_end(&mut text).map_err(|error| error.to_string())?;
    serde_json::from_slice(&text)
        .map(Some)
        .map_err(|error| format!("a message is invalid: {error}"))
}
