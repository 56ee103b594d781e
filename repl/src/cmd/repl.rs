//! `luka repl`: the prompt, alone or on a session image.

use std::ffi::OsStr;
use std::io::IsTerminal;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::run::print_version;
use crate::cli::{Arguments, CliError, Console, Exit, Outcome};
use crate::limits::Limits;
use crate::program::Plan;
use crate::session::{Session, exit_of};
use crate::terminal;

/// What messages begin with before the prompt is there, and what `arg[0]` is.
const NAME: &[u8] = b"luka";

pub fn main(args: &Arguments, _: &Console) -> Outcome {
    let plan = Plan::new(NAME, args.std);
    let session = Session::new(plan, Limits::default(), false);
    let mut session = session.map_err(|message| CliError::Failed(message.into()))?;
    session.program.is_interactive = true;
    session.set_arg_in_project(&vec![NAME.to_vec()], None);
    if std::io::stdin().is_terminal() {
        print_version(&mut session, false);
    }
    let image = args.value("--image").map(|path| Path::new(OsStr::from_bytes(path)));
    let (code, close) = exit_of(terminal::session(&mut session, image));
    // The program of an image has not ended: it goes on when the image is opened again.
    session.end(code, close && image.is_none()).map(Exit).map_err(CliError::Output)
}
