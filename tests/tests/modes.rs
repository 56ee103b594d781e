//! The scripts in `tests/modes`, with other programs in the places of cargo and rustc.

use luka_tests::oracle;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// Runs a script with a cargo that prints a variable; what is printed.
fn run(script: &str, variable: &str, environment: &[(&str, &str)]) -> String {
    let folder = oracle::scratch();
    for (name, text) in [
        ("cargo", format!("#!/bin/sh\necho \"{variable}=${{{variable}-unset}}\"\n")),
        ("rustc", "#!/bin/sh\necho 'host: some-host'\n".to_string()),
    ] {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("written");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("executable");
    }
    let path = std::env::var("PATH").unwrap_or_default();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("modes").join(script);
    let mut command = Command::new("sh");
    command.arg(script).arg("--lib").env("PATH", format!("{}:{path}", folder.display()));
    for name in ["FUZZ_COUNT", "FUZZ_SECONDS", "FUZZ_FROM"] {
        command.env_remove(name);
    }
    let output = command.envs(environment.iter().copied()).output().expect("a shell");
    let _ = std::fs::remove_dir_all(folder);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_string()
}

/// The script's own count ended a run of `FUZZ_SECONDS` early.
#[test]
fn asan_fuzzes_for_as_long_as_it_is_asked() {
    let count = |environment: &[(&str, &str)]| run("asan.sh", "FUZZ_COUNT", environment);
    assert_eq!(count(&[]), "FUZZ_COUNT=20000");
    assert_eq!(count(&[("FUZZ_SECONDS", "600")]), "FUZZ_COUNT=unset");
    assert_eq!(count(&[("FUZZ_COUNT", "7"), ("FUZZ_SECONDS", "600")]), "FUZZ_COUNT=7");
}
