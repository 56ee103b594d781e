//! Lines from a terminal that cannot move its cursor (`TERM=dumb`, an editor's shell window): the
//! terminal's own line editing, a prompt before each line.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::os::fd::AsFd;

use super::keys::{Decision, decide};
use crate::interrupt::wait_for_input;
use crate::prompt::{Ask, Read, Reader};

pub struct Dumb {
    input: BufReader<File>,
}

impl Dumb {
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

impl Reader for Dumb {
    fn read(&mut self, ask: Ask) -> Read {
        let mut text = String::new();
        let mut prompt = ask.prompts[0];
        loop {
            print!("{prompt}");
            let _ = std::io::stdout().flush();
            let mut line = match self.line() {
                Ok(line) => line,
                Err(error) if error.kind() == ErrorKind::Interrupted => {
                    println!();
                    return Read::Interrupted;
                }
                Err(_) => Vec::new(),
            };
            if line.is_empty() {
                println!();
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

    fn remember(&mut self, _input: &str) {}

    fn columns(&mut self) -> Option<usize> {
        std::env::var("COLUMNS").ok()?.parse().ok()
    }
}
