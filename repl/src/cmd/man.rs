//! `luka man [VERB]`: the manual page, for `man` to show.

use crate::cli::{Arguments, CliError, Console, Exit, Outcome, commands};

pub fn main(args: &Arguments, console: &Console) -> Outcome {
    let command = match args.files.first() {
        None => commands::luka(),
        Some(name) => {
            let verb = super::help::verb(name)?;
            let name = format!("luka-{}", verb.get_name());
            verb.name(name)
        }
    };
    let mut page = Vec::new();
    let made = clap_mangen::Man::new(command).render(&mut page);
    made.map_err(|error| CliError::Failed(format!("cannot make the page: {error}")))?;
    console.print(&page)?;
    Ok(Exit::SUCCESS)
}
