//! The interactive mode without a terminal, as `lua -i` has it, byte for byte (`doREPL` in `lua.c`).
//! The `lua` of most systems reads lines with readline, which prints prompt and line even if input is
//! not a terminal: so does this.

use luka::host::FileId;
use luka::{Value, Values};

use super::{prompt, write};
use crate::session::{Done, Session, Stop, c_text};

const STDIN: FileId = FileId(0);

/// Reads and runs until the input ends.
pub fn run(session: &mut Session) -> Done<()> {
    let name = session.enter_interactive(false);
    while let Some(step) = step(session)? {
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
    Values(Values),
    Bad(Vec<u8>),
    Failed,
}

/// Reads one input and runs it; `None` at the end.
fn step(session: &mut Session) -> Done<Option<Input>> {
    let Some(input) = read(session)? else { return Ok(None) };
    let f = match input {
        Ok(f) => f,
        Err(message) => return Ok(Some(Input::Bad(message))),
    };
    match session.call(&f, ()) {
        Ok(values) => Ok(Some(Input::Values(values))),
        Err(Stop::Failed) => Ok(Some(Input::Failed)),
        Err(exit) => Err(exit),
    }
}

/// Reads an input: first as an expression, then as a statement of as many lines as it takes.
fn read(session: &mut Session) -> Done<Option<Result<Value, Vec<u8>>>> {
    let prompt = prompt(session, "_PROMPT", b"> ")?;
    let Some(mut text) = line(session, &prompt) else { return Ok(None) };
    if text.first() == Some(&b'=') {
        // As Lua 5.2 had it.
        text.splice(..1, *b"return ");
    }
    let expression = [b"return ", text.as_slice(), b";"].concat();
    if let Ok(f) = session.try_load(&expression, b"=stdin") {
        return Ok(Some(Ok(Value::Function(f))));
    }
    loop {
        let result = session.try_load(&text, b"=stdin");
        if result.is_err() && session.goes_on(&text) {
            let prompt = self::prompt(session, "_PROMPT2", b">> ")?;
            if let Some(more) = line(session, &prompt) {
                text.push(b'\n');
                text.extend_from_slice(&more);
                continue;
            }
        }
        return Ok(Some(result.map(Value::Function)));
    }
}

/// Prints values with the program's own `print`.
fn print(session: &mut Session, values: &Values) -> Done<()> {
    if values.is_empty() {
        return Ok(());
    }
    let print = session.global("print");
    if let Err(error) = session.protected(&print, values)? {
        // The call has no message handler in `lua`.
        let why = c_text(error.message());
        session.report(&[b"error calling 'print' (", why, b")"].concat());
    }
    Ok(())
}

/// The next line without its end, after showing the prompt; `None` at the end of the input.
fn line(session: &mut Session, prompt: &[u8]) -> Option<Vec<u8>> {
    write(session, prompt);
    let mut line = Vec::new();
    loop {
        let host = session.vm.host();
        let ready = host.peek(STDIN).unwrap_or_default();
        if ready.is_empty() {
            if line.is_empty() {
                return None;
            }
            break;
        }
        let end = memchr::memchr(b'\n', ready);
        let n = end.map_or(ready.len(), |at| at + 1);
        line.extend_from_slice(&ready[..n]);
        host.consume(STDIN, n);
        if end.is_some() {
            break;
        }
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    }
    // Readline takes tabs for completion; text for C ends at a zero byte.
    line.retain(|&c| c != b'\t');
    let end = memchr::memchr(0, &line).unwrap_or(line.len());
    line.truncate(end);
    let mut shown = line.clone();
    shown.push(b'\n');
    write(session, &shown);
    Some(line)
}
