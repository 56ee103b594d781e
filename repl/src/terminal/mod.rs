//! The interactive mode: reading lines, running them, printing what they return (`doREPL` in
//! `lua.c`). [`plain`] reads from anything, [`editor`] from a person at a terminal.

mod editor;
mod plain;

use luka_vm::Value;
use luka_vm::host::FileId;
use std::io::IsTerminal;

use crate::natives::PLAIN_MESSAGE;
use crate::session::{Done, Session, Stop};

const STDOUT: FileId = FileId(1);

/// Where lines come from.
trait Lines {
    /// The next line without its end, after showing the prompt; `None` at the end of the input.
    fn next(&mut self, session: &mut Session, prompt: &[u8]) -> Option<Vec<u8>>;
    /// An input has been read whole.
    fn remember(&mut self, input: &[u8]);
}

/// Reads and runs until the input ends.
pub fn repl(session: &mut Session) -> Done<()> {
    let terminal = std::io::stdin().is_terminal();
    let mut lines: Box<dyn Lines> = match terminal.then(editor::Editor::new).flatten() {
        Some(editor) => Box::new(editor),
        None => Box::new(plain::Plain),
    };
    let name = session.enter_interactive(terminal);
    while let Some(step) = step(session, &mut *lines)? {
        match step {
            Input::Values(values) => print(session, &values)?,
            Input::Bad(message) => session.report(&message),
            Input::Failed => {}
        }
    }
    session.leave_interactive(name);
    write(session, b"\n");
    Ok(())
}

/// What became of one input.
enum Input {
    Values(Vec<Value>),
    Bad(Vec<u8>),
    Failed,
}

/// Reads one input and runs it; `None` at the end.
fn step(session: &mut Session, lines: &mut dyn Lines) -> Done<Option<Input>> {
    let Some(input) = read(session, lines)? else { return Ok(None) };
    let f = match input {
        Ok(f) => f,
        Err(message) => return Ok(Some(Input::Bad(message))),
    };
    match session.call(f, &[]) {
        Ok(values) => Ok(Some(Input::Values(values))),
        Err(Stop::Failed) => Ok(Some(Input::Failed)),
        Err(exit) => Err(exit),
    }
}

/// Reads an input: first as an expression, then as a statement of as many lines as it takes.
fn read(session: &mut Session, lines: &mut dyn Lines) -> Done<Option<Result<Value, Vec<u8>>>> {
    let prompt = prompt(session, "_PROMPT", b"> ")?;
    let Some(mut text) = lines.next(session, &prompt) else { return Ok(None) };
    if text.first() == Some(&b'=') {
        // As Lua 5.2 had it.
        text.splice(..1, *b"return ");
    }
    let expression = [b"return ", text.as_slice(), b";"].concat();
    if let Ok(f) = session.try_load(&expression, b"=stdin") {
        if !text.is_empty() {
            lines.remember(&text);
        }
        return Ok(Some(Ok(f.into())));
    }
    loop {
        let result = session.try_load(&text, b"=stdin");
        let incomplete = matches!(&result, Err(message) if message.ends_with(b"<eof>"));
        if incomplete {
            let prompt = self::prompt(session, "_PROMPT2", b">> ")?;
            if let Some(more) = lines.next(session, &prompt) {
                text.push(b'\n');
                text.extend_from_slice(&more);
                continue;
            }
        }
        lines.remember(&text);
        return Ok(Some(result.map(Value::from)));
    }
}

/// The prompt: a global as `tostring` shows it, or the default.
fn prompt(session: &mut Session, name: &str, default: &[u8]) -> Done<Vec<u8>> {
    let value = session.global(name);
    if value.is_nil() {
        return Ok(default.to_vec());
    }
    if let Some(text) = value.as_str() {
        return Ok(text.bytes().to_vec());
    }
    let tostring = native_tostring();
    let f: Value = session.vm.heap.new_native(tostring, &[]).into();
    let values = session.call(f, &[value])?;
    let text = values.first().and_then(|v| v.as_str());
    Ok(text.map_or(Vec::new(), |t| t.bytes().to_vec()))
}

/// The library's `tostring`, whatever the program has done to the global.
fn native_tostring() -> &'static luka_vm::Native {
    static NONE: luka_vm::Native = luka_vm::Native::new("luka.nothing", "", "", |vm| vm.ret0());
    luka_stdlib::all_natives().find(|n| n.short_name() == "tostring").unwrap_or(&NONE)
}

/// Prints values with the program's own `print`.
fn print(session: &mut Session, values: &[Value]) -> Done<()> {
    if values.is_empty() {
        return Ok(());
    }
    let print = session.global("print");
    if let Err(error) = session.protected(print, &PLAIN_MESSAGE, values)? {
        let why = match error.as_str() {
            // The call has no message handler in `lua`.
            Some(text) => text.bytes().split(|&c| c == b'\n').next().unwrap_or_default().to_vec(),
            None => b"(null)".to_vec(),
        };
        session.report(&[b"error calling 'print' (", why.as_slice(), b")"].concat());
    }
    Ok(())
}

fn write(session: &mut Session, text: &[u8]) {
    let host = session.vm.host();
    let _ = host.write(STDOUT, text);
    let _ = host.flush(STDOUT);
}
