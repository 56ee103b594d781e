//! Saving a session and running it again.
//!
//! A saved session is a program: each input follows a comment with its number, `-- (input 3)`. Inputs
//! that cannot be part of a program — expressions, commands, inputs that failed — are comments
//! themselves: their lines begin with `--> `.

use luka_compiler::input::{Completeness, completeness};
use luka_compiler::source::{Source, SourceKind};

use super::super::Prompt;
use super::files::path;
use crate::session::Done;
use luka::toolchain::bytes::{Input, Out};

/// How deep session files may load session files.
const NESTED: u32 = 10;

/// The first line of a saved session.
const TITLE: &str = "-- A session of luka: `:load-session` runs its inputs again.";

/// Precedes the lines of an input that is no part of the program.
const ASIDE: &str = "--> ";

/// An input, or a command that changes the session.
pub struct Entry {
    text: String,
    /// Whether a program can contain it.
    is_program: bool,
}

impl Entry {
    /// A command.
    pub fn command(text: String) -> Entry {
        Entry { text, is_program: false }
    }

    /// An input that has run.
    pub fn input(prompt: &Prompt, text: &str, failed: bool) -> Entry {
        // Something must be able to follow it: `return x` ends a program.
        let followed = format!("{text}\ndo end");
        let source = Source::new(b"=input", followed.as_bytes(), SourceKind::Chunk);
        let whole =
            matches!(completeness(&source, &prompt.session.options()), Completeness::Complete(_));
        let is_program = whole && !failed && !text.starts_with(ASIDE.trim_end());
        Entry { text: text.to_string(), is_program }
    }

    pub fn write(&self, out: &mut Out) {
        out.bytes(self.text.as_bytes());
        out.bool(self.is_program);
    }

    pub fn read(input: &mut Input) -> Option<Entry> {
        Some(Entry { text: input.text()?, is_program: input.bool()? })
    }
}

/// `:export FILE`
pub fn export(prompt: &mut Prompt, typed: &str) -> Done<()> {
    match std::fs::write(path(typed), written(&prompt.log)) {
        Ok(()) => {
            let n = prompt.log.len();
            let inputs = if n == 1 { "input" } else { "inputs" };
            prompt.say(&format!("{n} {inputs} written to {typed}\n"));
        }
        Err(error) => {
            let why = luka::host::describe(error).message;
            prompt.complain(&format!("cannot write {typed}: {why}"));
        }
    }
    Ok(())
}

/// `:load-session FILE`
pub fn load(prompt: &mut Prompt, typed: &str) -> Done<()> {
    let text = match std::fs::read_to_string(path(typed)) {
        Ok(text) => text,
        Err(error) => {
            let why = luka::host::describe(error).message;
            prompt.complain(&format!("cannot open {typed}: {why}"));
            return Ok(());
        }
    };
    let Some(inputs) = inputs(&text) else {
        prompt.complain(&format!("{typed} is not a saved session (`:export` writes them)"));
        return Ok(());
    };
    if prompt.nested >= NESTED {
        prompt.complain("session files load each other without end");
        return Ok(());
    }
    prompt.nested += 1;
    let mut result = Ok(());
    for input in inputs {
        prompt.say(&format!("> {}\n", input.replace('\n', "\n>> ")));
        result = prompt.input(&input);
        if result.is_err() {
            break;
        }
    }
    prompt.nested -= 1;
    result
}

fn number(n: usize) -> String {
    format!("-- (input {n})")
}

/// A session as a file.
fn written(entries: &[Entry]) -> String {
    let mut out = format!("{TITLE}\n");
    for (entry, n) in entries.iter().zip(1..) {
        out.push_str(&number(n));
        out.push('\n');
        for line in entry.text.split('\n') {
            if !entry.is_program {
                out.push_str(ASIDE);
            }
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// The inputs in a file, if it is a saved session.
fn inputs(text: &str) -> Option<Vec<String>> {
    let mut inputs: Vec<Vec<&str>> = Vec::new();
    for line in text.strip_prefix(TITLE)?.lines().skip(1) {
        if line == number(inputs.len() + 1) {
            inputs.push(Vec::new());
        } else {
            inputs.last_mut()?.push(line);
        }
    }
    Some(inputs.into_iter().map(|lines| without_marks(&lines)).collect())
}

fn without_marks(lines: &[&str]) -> String {
    let plain: Option<Vec<&str>> = lines.iter().map(|line| line.strip_prefix(ASIDE)).collect();
    plain.as_deref().unwrap_or(lines).join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_files_give_back_the_inputs() {
        let all = [
            ("local x = 1", true),
            ("function f()\n\n  return [[\n> x\n]]\nend", true),
            ("x + 1", false),
            ("f {\n  x,\n}.y", false),
            (":load a.lua", false),
            ("--> a comment", false),
            ("", true),
        ];
        let entry = |&(text, is_program): &(&str, bool)| Entry { text: text.into(), is_program };
        let entries: Vec<Entry> = all.iter().map(entry).collect();
        let file = written(&entries);
        assert_eq!(inputs(&file).unwrap(), all.map(|(text, _)| text));
        assert!(file.starts_with(&format!("{TITLE}\n-- (input 1)\nlocal x = 1\n-- (input 2)\nf")));
        assert!(file.contains("\n-- (input 3)\n--> x + 1\n"), "{file}");
        assert_eq!(inputs("x = 1\n"), None);
        assert_eq!(inputs(&format!("{TITLE}\nx = 1\n")), None);
    }
}
