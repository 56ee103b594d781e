//! The command line: options, exit codes, standard streams, the verbs.

mod args;
mod bench;
mod check;
mod doc;
mod ending;
mod executable;
mod fmt;
mod interactive;
mod limits;
mod new;
mod options;
mod packages;
mod process;
mod profile;
mod program;
mod run;
mod test;
mod verbs;
mod watch;
mod watched_files;
