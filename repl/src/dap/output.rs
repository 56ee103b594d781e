//! What the program writes, and programs that it starts: both streams lead to files, which are read
//! and sent to the client in pieces.

use serde_json::json;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use luka_dap::Client;

/// How long output waits while the program runs.
const PAUSE: Duration = Duration::from_millis(50);

/// A stream, and how much of it was sent.
struct Stream {
    category: &'static str,
    file: File,
    sent: u64,
}

/// The streams of the program.
#[derive(Clone)]
pub struct Output {
    streams: Arc<Mutex<Vec<Stream>>>,
    client: Client,
}

/// Standard input and output as they were, for the client.
pub struct Streams {
    pub input: File,
    pub output: File,
}

/// Takes standard input, output and error away from the program: it reads nothing, and what it writes
/// is sent.
///
/// # Errors
/// There is no place for temporary files.
pub fn take() -> std::io::Result<(Streams, [File; 2])> {
    std::io::stdout().flush()?;
    let input = File::from(std::io::stdin().as_fd().try_clone_to_owned()?);
    let output = File::from(std::io::stdout().as_fd().try_clone_to_owned()?);
    nix::unistd::dup2_stdin(File::open("/dev/null")?)?;
    let files = [temporary("out")?, temporary("err")?];
    nix::unistd::dup2_stdout(&files[0])?;
    nix::unistd::dup2_stderr(&files[1])?;
    Ok((Streams { input, output }, files))
}

fn temporary(name: &str) -> std::io::Result<File> {
    let path = std::env::temp_dir().join(format!("luka-dap-{}-{name}", std::process::id()));
    let mut options = OpenOptions::new();
    let file = options.read(true).append(true).create_new(true).mode(0o600).open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

impl Output {
    /// Sends what is written to these files from now on.
    pub fn new([out, err]: [File; 2], client: Client) -> Output {
        let stream = |category, file| Stream { category, file, sent: 0 };
        let streams = vec![stream("stdout", out), stream("stderr", err)];
        let output = Output { streams: Arc::new(Mutex::new(streams)), client };
        let now_and_then = output.clone();
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(PAUSE);
                now_and_then.send();
            }
        });
        output
    }

    /// Sends what was written since the last time.
    pub fn send(&self) {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        for stream in streams.iter_mut() {
            let mut bytes = Vec::new();
            // What cannot be read is not sent.
            let read = stream.file.seek(SeekFrom::Start(stream.sent));
            if read.and_then(|_| stream.file.read_to_end(&mut bytes)).is_err() || bytes.is_empty() {
                continue;
            }
            stream.sent += bytes.len() as u64;
            let text = String::from_utf8_lossy(&bytes);
            let body = json!({ "category": stream.category, "output": text });
            self.client.event("output", body);
        }
    }
}
