//! `--sandbox` and `--allow`: what of the operating system a program reaches.

use luka::host::{Lost, System};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::interrupt;

/// What a program in a sandbox reaches besides standard input, output and error: nothing that is not
/// in the list.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sandbox {
    /// What `--allow` names, in order.
    allowed: Vec<Capability>,
}

/// Something that a program may do.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Capability {
    /// Read files, and write them, below a folder.
    Files { read: bool, write: bool, folder: Vec<u8> },
    /// Exchange data with hosts of the network: all, or one (`HOST` or `HOST:PORT`).
    Network(Option<Vec<u8>>),
    /// Run commands of the shell.
    Run,
    /// Read the variables of the environment.
    Environment,
    /// Read the clocks.
    Clock,
    /// Seeds that nobody can foresee.
    Random,
}

/// What [`Sandbox::allow`] takes, for messages.
pub const ALLOWED: &str = "fs[:read|:write][=DIR], net[=HOST[:PORT]], run, env, clock or random";

impl Sandbox {
    /// Adds what a list names whose words are separated by commas ([`ALLOWED`]).
    ///
    /// # Errors
    /// The first word that is none.
    pub fn allow(&mut self, words: &[u8]) -> Result<(), String> {
        for word in words.split(|&b| b == b',') {
            let shown = String::from_utf8_lossy(word);
            let capability =
                Capability::of(word).ok_or_else(|| format!("bad value '{shown}': {ALLOWED}"))?;
            if let Capability::Files { folder, .. } = &capability
                && !Path::new(OsStr::from_bytes(folder)).is_dir()
            {
                return Err(format!("'{shown}': there is no such folder"));
            }
            self.allowed.push(capability);
        }
        Ok(())
    }

    /// Adds what one of [`Sandbox::words`] names, whether its folder is there or not. `None`: it is
    /// none of them.
    pub fn add(&mut self, word: &[u8]) -> Option<()> {
        self.allowed.push(Capability::of(word)?);
        Some(())
    }

    /// The operating system as the program sees it. Where output is lost is noted in `lost`.
    pub fn host(&self, lost: &Lost) -> System {
        let system = System::new().stdio().lose_output_to(lost);
        let mut system = system.console(interrupt::console());
        for capability in &self.allowed {
            system = match capability {
                Capability::Files { read, write, folder } => {
                    let folder = Path::new(OsStr::from_bytes(folder));
                    let system = if *read { system.read_folder(folder) } else { system };
                    if *write { system.write_folder(folder) } else { system }
                }
                Capability::Network(None) => system.network(),
                // (It was one when it was read.)
                Capability::Network(Some(peer)) => {
                    system.network_peer(&String::from_utf8_lossy(peer))
                }
                Capability::Run => system.processes(),
                Capability::Environment => system.environment(),
                Capability::Clock => system.clocks(),
                Capability::Random => system.entropy(),
            };
        }
        system
    }

    /// The words, as [`Sandbox::allow`] takes them; one for each capability.
    pub fn words(&self) -> Vec<Vec<u8>> {
        self.allowed.iter().map(Capability::word).collect()
    }
}

impl Capability {
    fn of(word: &[u8]) -> Option<Capability> {
        let (name, folder) = match word.iter().position(|&b| b == b'=') {
            Some(at) => (&word[..at], Some(&word[at + 1..])),
            None => (word, None),
        };
        let files = |read, write| {
            let folder = folder.unwrap_or(b"/").to_vec();
            Some(Capability::Files { read, write, folder })
        };
        match (name, folder) {
            (b"fs", _) => files(true, true),
            (b"fs:read", _) => files(true, false),
            (b"fs:write", _) => files(false, true),
            (b"net", None) => Some(Capability::Network(None)),
            (b"net", Some(peer)) => {
                let is_peer = std::str::from_utf8(peer).is_ok_and(System::is_network_peer);
                is_peer.then(|| Capability::Network(Some(peer.to_vec())))
            }
            (b"run", None) => Some(Capability::Run),
            (b"env", None) => Some(Capability::Environment),
            (b"clock", None) => Some(Capability::Clock),
            (b"random", None) => Some(Capability::Random),
            _ => None,
        }
    }

    fn word(&self) -> Vec<u8> {
        match self {
            Capability::Files { read, write, folder } => {
                let name: &[u8] = match (read, write) {
                    (true, true) => b"fs",
                    (true, false) => b"fs:read",
                    (false, _) => b"fs:write",
                };
                [name, b"=", folder].concat()
            }
            Capability::Network(None) => b"net".to_vec(),
            Capability::Network(Some(peer)) => [b"net=", &peer[..]].concat(),
            Capability::Run => b"run".to_vec(),
            Capability::Environment => b"env".to_vec(),
            Capability::Clock => b"clock".to_vec(),
            Capability::Random => b"random".to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_allow() {
        for word in
            ["fs", "fs:read", "fs:write", "net", "net=[::1]:80", "run", "env", "clock", "random"]
        {
            let mut sandbox = Sandbox::default();
            sandbox.allow(word.as_bytes()).unwrap();
            let mut again = Sandbox::default();
            for word in sandbox.words() {
                again.allow(&word).unwrap();
            }
            assert_eq!(again, sandbox, "{word}");
        }
        let mut sandbox = Sandbox::default();
        sandbox.allow(b"fs:read=/tmp,env,run").unwrap();
        assert_eq!(sandbox.words(), [&b"fs:read=/tmp"[..], b"env", b"run"]);
        for (word, part) in [
            ("net=http://example.org", "bad value 'net=http://example.org'"),
            ("fs:append", "bad value 'fs:append': fs[:read|:write][=DIR]"),
            ("run=ls", "bad value 'run=ls'"),
            ("env,", "bad value ''"),
            ("fs=/no/such/folder", "there is no such folder"),
        ] {
            let error = Sandbox::default().allow(word.as_bytes()).unwrap_err();
            assert!(error.contains(part), "{word}: {error}");
        }
    }
}
