//! Chooses how instructions are dispatched: tail calls where the back end is known to make them
//! (x86-64 and aarch64, optimised); a `match` with the same handlers in it where code is optimised for other
//! machines; a loop that calls them elsewhere, and under Miri. `LUKA_DISPATCH=tail|match|loop`
//! overrides. Native code is compiled in with the feature `jit` where handlers are such tail calls, on
//! x86-64 and aarch64 Linux. Tells the heap when AddressSanitizer is compiled in.

// A build script talks to cargo through its environment.
#![allow(clippy::disallowed_methods)]

use std::env;

fn main() {
    println!("cargo:rustc-check-cfg=cfg(luka_tail, luka_match)");
    println!("cargo:rerun-if-env-changed=LUKA_DISPATCH");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-check-cfg=cfg(luka_asan)");
    let var = |name: &str| env::var(name).unwrap_or_default();
    let optimised = var("OPT_LEVEL") != "0" && env::var("CARGO_CFG_MIRI").is_err();
    let usual = match var("CARGO_CFG_TARGET_ARCH").as_str() {
        _ if !optimised => "loop",
        "x86_64" | "aarch64" => "tail",
        _ => "match",
    };
    let dispatch = match var("LUKA_DISPATCH").as_str() {
        "" => usual.to_string(),
        chosen @ ("tail" | "match" | "loop") => chosen.to_string(),
        other => panic!("LUKA_DISPATCH is tail, match or loop, not {other}"),
    };
    let tail = dispatch == "tail";
    if var("CARGO_ENCODED_RUSTFLAGS").contains("sanitizer=address") {
        println!("cargo:rustc-cfg=luka_asan");
    }
    if dispatch != "loop" {
        println!("cargo:rustc-cfg=luka_{dispatch}");
    }
    // What is made for size copies nothing but handlers.
    println!("cargo:rustc-check-cfg=cfg(luka_small)");
    if matches!(var("OPT_LEVEL").as_str(), "s" | "z") {
        println!("cargo:rustc-cfg=luka_small");
    }
    println!("cargo:rustc-check-cfg=cfg(luka_jit)");
    let has_generator = matches!(var("CARGO_CFG_TARGET_ARCH").as_str(), "x86_64" | "aarch64");
    let linux = var("CARGO_CFG_TARGET_OS") == "linux";
    if tail && has_generator && linux && env::var("CARGO_FEATURE_JIT").is_ok() {
        println!("cargo:rustc-cfg=luka_jit");
    }
}
