//! Lines from a file or pipe. The `lua` of most systems reads them with readline, which shows
//! prompt and line also when nobody types: so does this.

use luka_vm::host::FileId;

use super::{Lines, write};
use crate::session::Session;

const STDIN: FileId = FileId(0);

pub struct Plain;

impl Lines for Plain {
    fn next(&mut self, session: &mut Session, prompt: &[u8]) -> Option<Vec<u8>> {
        write(session, prompt);
        let mut line = Vec::new();
        loop {
            let host = session.vm.host();
            let ready = host.peek(STDIN).unwrap_or_default();
            if ready.is_empty() {
                if line.is_empty() {
                    return None;
                }
                break;
            }
            let end = memchr::memchr(b'\n', ready);
            let n = end.map_or(ready.len(), |at| at + 1);
            line.extend_from_slice(&ready[..n]);
            host.consume(STDIN, n);
            if end.is_some() {
                break;
            }
        }
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        // Readline takes tabs for completion; text for C ends at a zero byte.
        line.retain(|&c| c != b'\t');
        let end = memchr::memchr(0, &line).unwrap_or(line.len());
        line.truncate(end);
        let mut shown = line.clone();
        shown.push(b'\n');
        write(session, &shown);
        Some(line)
    }

    fn remember(&mut self, _input: &[u8]) {}
}
