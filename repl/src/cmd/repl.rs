//! `luka repl`: the prompt, alone or on a session image.

use std::ffi::OsStr;
use std::io::IsTerminal;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::run::print_version;
use crate::cli::{Arguments, CliError, Console, Exit, Outcome};
use crate::options::Compiler;
use crate::session::{Session, Stop};
use crate::terminal;

/// What messages begin with before the prompt is there, and what `arg[0]` is.
const NAME: &[u8] = b"luka";

pub fn main(args: &Arguments, _: &Console) -> Outcome {
    let session = Session::new(NAME, args.std, Compiler::default(), false);
    let mut session = session.map_err(|message| CliError::Failed(message.into()))?;
    session.set_arg(&vec![NAME.to_vec()], None);
    if std::io::stdin().is_terminal() {
        print_version(&mut session, false);
    }
    let image = args.value("--image").map(|path| Path::new(OsStr::from_bytes(path)));
    let (code, close) = match terminal::session(&mut session, image) {
        Ok(()) => (Exit::SUCCESS.0, true),
        Err(Stop::Failed) => (Exit::FAILURE.0, true),
        Err(Stop::Exit { code, close }) => (code, close),
    };
    // The program of an image has not ended: it goes on when the image is opened again.
    session.end(code, close && image.is_none()).map(Exit).map_err(CliError::Output)
}
