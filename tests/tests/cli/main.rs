//! The command line: options, exit codes, standard streams, the verbs.

mod check;
mod ending;
mod fmt;
mod interactive;
mod options;
mod program;
mod run;
mod verbs;
