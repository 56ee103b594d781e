//! `luka man [VERB]`: the manual page, for `man` to show.

use super::tool;
use crate::cli::{Arguments, FAILURE, SUCCESS, commands};

pub fn main(args: &[Vec<u8>]) -> i32 {
    let args = match Arguments::of("man", args) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let command = match args.files.first() {
        None => commands::luka(),
        Some(name) => match super::help::verb(name) {
            Some(verb) => {
                let name = format!("luka-{}", verb.get_name());
                verb.name(name)
            }
            None => return super::help::unknown(name),
        },
    };
    let mut page = Vec::new();
    if clap_mangen::Man::new(command).render(&mut page).is_err() {
        return FAILURE;
    }
    tool::print(&page);
    SUCCESS
}
