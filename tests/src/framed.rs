//! Messages of language servers and debug adapters: a header with the length, then the text.

use std::io::{BufRead, Write};

/// Sends a message.
///
/// # Panics
/// It cannot be written.
pub fn send(to: &mut impl Write, text: &str) {
    write!(to, "Content-Length: {}\r\n\r\n{text}", text.len()).expect("sent");
    to.flush().expect("sent");
}

/// The next message.
///
/// # Panics
/// There is none.
pub fn receive(from: &mut impl BufRead) -> Vec<u8> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        from.read_line(&mut line).expect("a line");
        assert!(!line.is_empty(), "the server has gone");
        match line.trim().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.parse().expect("a length");
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut text = vec![0; length];
    from.read_exact(&mut text).expect("a message");
    text
}
