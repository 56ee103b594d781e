//! The interactive mode. At a terminal [`editor`] (or [`dumb`]) reads inputs, and `prompt` runs them
//! and shows their values. Without a terminal it behaves like `lua -i` ([`plain`]).

mod dumb;
mod editor;
mod helper;
mod keys;
mod plain;

use luka_vm::Value;
use luka_vm::host::FileId;
use std::io::IsTerminal;

use crate::prompt::{Prompt, Reader};
use crate::session::{Done, Session};

const STDOUT: FileId = FileId(1);

/// A script to run before the first input: a file, or standard input.
pub type Script<'a> = Option<&'a [u8]>;

/// Runs the script, if there is one, then reads and runs inputs until they end.
pub fn repl(session: &mut Session, script: Option<Script>) -> Done<()> {
    let Some(reader) = reader() else {
        if let Some(path) = script {
            session.run_script(path)?;
        }
        return plain::run(session);
    };
    let mut prompt = Prompt::new(session, reader);
    if let Some(path) = script {
        prompt.run_script(path)?;
    }
    prompt.run()
}

/// What reads inputs at a terminal, if there is one.
fn reader() -> Option<Box<dyn Reader>> {
    if !(std::io::stdin().is_terminal() && std::io::stdout().is_terminal()) {
        return None;
    }
    if let Some(editor) = editor::Editor::new() {
        return Some(Box::new(editor));
    }
    let dumb = dumb::Dumb::new().ok()?;
    Some(Box::new(dumb))
}

/// The prompt: a global as `tostring` shows it, or the default.
pub fn prompt(session: &mut Session, name: &str, default: &[u8]) -> Done<Vec<u8>> {
    let value = session.global(name);
    if value.is_nil() {
        return Ok(default.to_vec());
    }
    if let Some(text) = value.as_str() {
        return Ok(text.bytes().to_vec());
    }
    // The library's own, whatever the program has done to the global.
    let native = luka_stdlib::all_natives().find(|native| native.name == "base.tostring");
    let f = native.map_or(Value::NIL, |native| session.vm.heap.new_native(native, &[]).into());
    let values = session.call(f, &[value])?;
    let text = values.first().and_then(|v| v.as_str());
    Ok(text.map_or(Vec::new(), |t| t.bytes().to_vec()))
}

/// Writes to standard output, at once.
pub fn write(session: &mut Session, text: &[u8]) {
    let host = session.vm.host();
    let _ = host.write(STDOUT, text);
    let _ = host.flush(STDOUT);
}
