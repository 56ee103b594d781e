//! The interactive mode. At a terminal [`editor`] (or [`dumb`]) reads inputs, and `prompt` runs them
//! and shows their values. Without a terminal it behaves like `lua -i` ([`plain`]).

mod dumb;
mod editor;
mod helper;
mod keys;
mod plain;

use luka::host::FileId;
use luka::{Bytes, Value};
use std::io::IsTerminal;
use std::path::Path;

use crate::image::ImageFile;
use crate::prompt::{Prompt, Reader};
use crate::session::{Done, Session, Stop};

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
    let mut prompt = Prompt::new(session, reader)?;
    if let Some(path) = script {
        prompt.run_script(path)?;
    }
    prompt.run()
}

/// The prompt of `luka repl`, with a terminal or without: on an image, if there is one, else in a new
/// session.
pub fn session(session: &mut Session, image: Option<&Path>) -> Done<()> {
    let opened = image.map(|path| (path, ImageFile::open(path)));
    let opened = match opened {
        Some((path, Ok(opened))) => Some((path, opened)),
        Some((path, Err(why))) => return refuse(session, path, &why.to_string()),
        None => None,
    };
    if !matches!(opened, Some((_, (_, Some(_))))) {
        session.run_init()?;
    }
    let reader = match reader() {
        Some(reader) => reader,
        None => match dumb::Dumb::new() {
            Ok(reader) => Box::new(reader),
            Err(error) => {
                let why = format!("cannot read standard input: {error}");
                session.report(why.as_bytes());
                return Err(Stop::Failed);
            }
        },
    };
    let mut prompt = Prompt::new(session, reader)?;
    if let Some((path, (file, timeline))) = opened
        && let Err(why) = prompt.open_image(file, timeline)
    {
        drop(prompt);
        return refuse(session, path, &why);
    }
    prompt.run()
}

/// Says that an image cannot be opened.
fn refuse(session: &mut Session, image: &Path, why: &str) -> Done<()> {
    let message = format!("cannot open {}: {why}", image.display());
    session.report(message.as_bytes());
    Err(Stop::Failed)
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
    if let Value::String(text) = &value {
        return Ok(text.bytes(&session.vm).unwrap_or_default().to_vec());
    }
    // The library's own, whatever the program has done to the global.
    let to_string = session.vm.library_function("base.tostring");
    let Ok(Some(to_string)) = to_string else { return Ok(default.to_vec()) };
    let values = session.call(&Value::Function(to_string), value)?;
    Ok(values.get::<Bytes>(&session.vm).unwrap_or_default().0)
}

/// Writes to standard output, at once.
pub fn write(session: &mut Session, text: &[u8]) {
    let host = session.vm.host();
    let _ = host.write(STDOUT, text);
    let _ = host.flush(STDOUT);
}
