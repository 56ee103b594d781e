//! The program that `luka build --exe` puts Lua programs behind: the machine, the library and the compiler for `load`,
//! without the tools.

#![cfg_attr(all(target_os = "linux", target_env = "gnu"), no_main)]
#![deny(unsafe_code)]

luka_cli::entry!(luka_cli::runtime);
