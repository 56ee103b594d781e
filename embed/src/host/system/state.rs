//! What goes with a program that is saved: its open streams, and the clock.

use luka_vm::host::{FileId, FileSource, FileState, HostError, HostResult, HostState, Whence};

use super::stream::Stream;
use super::{System, files, process};

/// The most streams that a snapshot may name: it may come from a stranger.
const MOST: u64 = 1 << 16;

impl System {
    /// # Errors
    /// Names each stream that cannot be saved.
    pub(super) fn state(&mut self) -> Result<HostState, Vec<String>> {
        let mut saved = Vec::new();
        let mut reasons: Vec<String> =
            self.children.reasons().chain(self.sockets.reasons()).collect();
        for (i, stream) in self.streams.iter_mut().enumerate() {
            let Some(stream) = stream else { continue };
            match stream.state(FileId(i as u64)) {
                Ok(state) => saved.push(state),
                Err(e) => reasons.push(format!("open file {i}: {}", e.message)),
            }
        }
        let clock = if self.has_clock { process::cpu_time() + self.clock_offset } else { 0.0 };
        if reasons.is_empty() { Ok(HostState { files: saved, clock }) } else { Err(reasons) }
    }

    /// Opens a stream again under its number.
    pub(super) fn reopen(&mut self, state: &FileState) -> HostResult<()> {
        let stream = match &state.source {
            FileSource::Standard => {
                let stream = self.stream(state.id)?;
                stream.unread(&state.input);
                return match state.buffering {
                    Some(mode) if !stream.is_terminal() => stream.set_buffering(mode),
                    _ => Ok(()),
                };
            }
            FileSource::Path(path) => {
                let update = state.mode.contains(&b'+');
                let reads = state.mode.first() == Some(&b'r');
                self.check(path, reads || update, !reads || update)?;
                files::reopen(path, &state.mode)?
            }
            FileSource::Contents(contents) => {
                if !self.write.allows(&std::env::temp_dir().join("lua")) {
                    return Err(HostError::not_permitted());
                }
                let mut stream = files::tmpfile()?;
                stream.write(contents)?;
                stream
            }
        };
        self.place(stream, state)
    }

    fn place(&mut self, mut stream: Stream, state: &FileState) -> HostResult<()> {
        if !(3..MOST).contains(&state.id.0) {
            return Err(HostError { message: "Too many open files".to_string(), code: 24 });
        }
        stream.seek(Whence::Set, i64::try_from(state.position).unwrap_or(i64::MAX))?;
        if let Some(mode) = state.buffering {
            stream.set_buffering(mode)?;
        }
        stream.console = self.console;
        let index = state.id.0 as usize;
        if self.streams.len() <= index {
            self.streams.resize_with(index + 1, || None);
        }
        self.streams[index] = Some(stream);
        Ok(())
    }
}
