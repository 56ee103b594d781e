//! Reads lines from a terminal that cannot move its cursor (`TERM=dumb`, a shell in an editor), with
//! the terminal's own line editing and a prompt before each line.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::os::fd::AsFd;

use super::keys::{Decision, decide};
use crate::interrupt::wait_for_input;
use crate::prompt::view::Lent;
use crate::prompt::{Ask, Read, Reader};

/// The reader.
pub struct Dumb {
    input: BufReader<File>,
}

impl Dumb {
    /// A reader of standard input.
    pub fn new() -> std::io::Result<Dumb> {
        let input = std::io::stdin().as_fd().try_clone_to_owned()?;
        Ok(Dumb { input: BufReader::new(File::from(input)) })
    }

    /// The next line with its end; nothing at the end of the input.
    fn line(&mut self) -> std::io::Result<Vec<u8>> {
        let mut line = Vec::new();
        if self.input.buffer().is_empty() {
            wait_for_input(self.input.get_ref().as_fd())?;
        }
        self.input.read_until(b'\n', &mut line)?;
        Ok(line)
    }
}

/// Writes to the terminal. If that is gone, reading ends the session.
fn show(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

impl Reader for Dumb {
    fn read(&mut self, ask: Ask) -> (Read, Lent) {
        (self.input(&ask), ask.lent)
    }

    fn remember(&mut self, _input: &str) {}

    fn columns(&mut self) -> Option<usize> {
        std::env::var("COLUMNS").ok()?.parse().ok()
    }
}

impl Dumb {
    fn input(&mut self, ask: &Ask) -> Read {
        let mut text = String::new();
        let mut prompt = ask.prompts[0];
        loop {
            show(prompt);
            let mut line = match self.line() {
                Ok(line) => line,
                Err(error) if error.kind() == ErrorKind::Interrupted => {
                    show("\n");
                    return Read::Interrupted;
                }
                Err(_) => Vec::new(),
            };
            if line.is_empty() {
                show("\n");
                return if text.is_empty() { Read::End } else { Read::Input(text) };
            }
            if line.last() == Some(&b'\n') {
                line.pop();
            }
            text.push_str(&String::from_utf8_lossy(&line));
            match decide(&text, &ask.options) {
                Decision::Accept => return Read::Input(text),
                Decision::More => text.push('\n'),
            }
            prompt = ask.prompts[1];
        }
    }
}
