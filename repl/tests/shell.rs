//! What the shell behind `os.execute` and `io.popen` says of itself.

use std::process::Command;

/// A command the shell does not find was reported by `/bin/sh:`, where C's `system` makes it
/// `sh:`; programs that collect `2>&1` compare that text.
#[test]
fn the_shell_is_called_sh() {
    for script in ["os.execute('no-such-command-here')", "io.popen('no-such-command-here'):close()"]
    {
        let ran = Command::new(env!("CARGO_BIN_EXE_luka")).args(["-e", script]).output();
        let ran = ran.expect("luka runs");
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(said.starts_with("sh: "), "{said}");
    }
}
