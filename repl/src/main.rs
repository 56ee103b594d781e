//! The program `luka`.

#![cfg_attr(all(target_os = "linux", target_env = "gnu"), no_main)]
#![deny(unsafe_code)]

luka_cli::entry!(luka_cli::main);
