//! The `luka` binary of this build.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// Path of the binary. Cargo builds it first, from the sources as they are: `cargo test` for this
/// crate only would not. A test that is started without cargo takes the binary that is there.
pub fn luka() -> &'static PathBuf {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| built("luka"))
}

/// Path of the program that `luka build --exe` puts programs behind, built in the same way.
pub fn runtime() -> &'static PathBuf {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| built("luka-runtime"))
}

fn built(name: &str) -> PathBuf {
    // Tests are `<target>/<profile>/deps/<test>`.
    let test = std::env::current_exe().expect("the test has a path");
    let profile = test.ancestors().nth(2).expect("the test is in a profile's folder");
    let binary = profile.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if let Some(cargo) = std::env::var_os("CARGO") {
        let mut build = Command::new(cargo);
        build.args(["build", "--quiet", "--package", "luka-cli", "--bin", name]);
        if profile.ends_with("release") {
            build.arg("--release");
        }
        build.arg("--target-dir").arg(profile.parent().expect("the target folder"));
        let status = build.status().expect("cargo runs");
        assert!(status.success(), "{name} does not build");
    }
    assert!(binary.exists(), "no {}: run the test with cargo", binary.display());
    binary
}
