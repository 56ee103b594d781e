//! Chooses how instructions are dispatched: tail calls where the back end is known to make them
//! (x86-64, optimised), a loop over the same handlers elsewhere. `LUKA_DISPATCH=loop|tail`
//! overrides.

// A build script talks to cargo through its environment.
#![allow(clippy::disallowed_methods)]

use std::env;

fn main() {
    println!("cargo:rustc-check-cfg=cfg(luka_tail)");
    println!("cargo:rerun-if-env-changed=LUKA_DISPATCH");
    println!("cargo:rerun-if-changed=build.rs");
    let var = |name: &str| env::var(name).unwrap_or_default();
    let tail = match var("LUKA_DISPATCH").as_str() {
        "loop" => false,
        "tail" => true,
        _ => {
            var("CARGO_CFG_TARGET_ARCH") == "x86_64"
                && var("OPT_LEVEL") != "0"
                && env::var("CARGO_CFG_MIRI").is_err()
        }
    };
    if tail {
        println!("cargo:rustc-cfg=luka_tail");
    }
}
