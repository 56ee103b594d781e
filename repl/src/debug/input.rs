//! Where commands come from: the command line, then a terminal with editing, or standard input.

use rustyline::error::ReadlineError;
use rustyline::history::DefaultHistory;
use rustyline::{Config, Editor};
use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal};
use std::os::fd::AsFd;

pub struct Input {
    first: VecDeque<String>,
    source: Source,
}

enum Source {
    Terminal(Box<Editor<(), DefaultHistory>>),
    /// Standard input as it was: the program's own is empty then.
    Stream(BufReader<File>),
}

/// A line that was read.
pub enum Line {
    Text(String),
    /// Ctrl-C.
    Interrupted,
    End,
}

impl Input {
    /// Commands, these first.
    ///
    /// # Errors
    /// The terminal cannot be used.
    pub fn new(first: VecDeque<String>) -> std::io::Result<Input> {
        let stdin = std::io::stdin();
        let source = if stdin.is_terminal() {
            let config = Config::builder().auto_add_history(true).build();
            let editor = Editor::with_history(config, DefaultHistory::new());
            Source::Terminal(Box::new(editor.map_err(std::io::Error::other)?))
        } else {
            let commands = File::from(stdin.as_fd().try_clone_to_owned()?);
            nix::unistd::dup2_stdin(File::open("/dev/null")?)?;
            Source::Stream(BufReader::new(commands))
        };
        Ok(Input { first, source })
    }

    /// Whether a person types.
    pub fn is_terminal(&self) -> bool {
        matches!(self.source, Source::Terminal(_))
    }

    /// The next command.
    pub fn next(&mut self) -> Line {
        if let Some(text) = self.first.pop_front() {
            return Line::Text(text);
        }
        match &mut self.source {
            Source::Terminal(editor) => match editor.readline("(luka) ") {
                Ok(text) => Line::Text(text),
                Err(ReadlineError::Interrupted) => Line::Interrupted,
                Err(_) => Line::End,
            },
            Source::Stream(stream) => {
                let mut text = String::new();
                match stream.read_line(&mut text) {
                    Ok(0) | Err(_) => Line::End,
                    Ok(_) => Line::Text(text.trim_end_matches(['\n', '\r']).to_string()),
                }
            }
        }
    }
}
