//! The binary starts. (That this test exists makes `cargo test --workspace` build the binary, which
//! the tests of the command line in `tests/` drive.)

use std::process::Command;

#[test]
fn version() {
    let output = Command::new(env!("CARGO_BIN_EXE_luka")).arg("-v").output().expect("luka runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.starts_with("Luka "), "{text}");
    assert!(text.ends_with("Lua.org, PUC-Rio\n"), "{text}");
}
