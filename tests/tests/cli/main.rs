//! The command line: options, exit codes, standard streams, the verbs.

mod check;
mod ending;
mod fmt;
mod interactive;
mod limits;
mod new;
mod options;
mod packages;
mod profile;
mod program;
mod run;
mod test;
mod verbs;
