//! What a process writes to its standard output and error, processes that it starts included.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;

/// The most that is kept of the output of a test, in bytes: its end.
const KEPT: u64 = 64 * 1024;

/// Takes standard output and error in.
pub struct Capture(File);

impl Capture {
    /// From now on both streams are taken in.
    ///
    /// # Errors
    /// There is no place for temporary files.
    pub fn begin() -> std::io::Result<Capture> {
        std::io::stdout().flush()?;
        let path = std::env::temp_dir().join(format!("luka-test-{}", std::process::id()));
        let mut options = OpenOptions::new();
        let file = options.read(true).append(true).create_new(true).mode(0o600).open(&path)?;
        std::fs::remove_file(&path)?;
        nix::unistd::dup2_stdout(&file)?;
        nix::unistd::dup2_stderr(&file)?;
        Ok(Capture(file))
    }

    /// What has been written since the last call, as text. Of much, the end.
    pub fn take(&mut self) -> String {
        self.read().unwrap_or_else(|error| format!("(output cannot be read: {error})\n"))
    }

    fn read(&mut self) -> std::io::Result<String> {
        let length = self.0.metadata()?.len();
        if length == 0 {
            return Ok(String::new());
        }
        let skipped = length.saturating_sub(KEPT);
        self.0.seek(SeekFrom::Start(skipped))?;
        let mut bytes = Vec::new();
        self.0.read_to_end(&mut bytes)?;
        // (Writers append.)
        self.0.set_len(0)?;
        let text = String::from_utf8_lossy(&bytes);
        Ok(match skipped {
            0 => text.into_owned(),
            n => format!("(... {n} bytes ...)\n{text}"),
        })
    }
}
