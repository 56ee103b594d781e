//! Connections by TLS over sockets that never wait: rustls has the protocol, Graviola the arithmetic.
//!
//! What a program asks for ([`TlsSettings`]) becomes a context in `context`, and its failures get their words
//! in `words`; this file moves bytes between a context's connection and its socket.

mod context;
mod words;

pub use context::{Context, Contexts};

use luka_vm::host::{HostError, HostResult, TlsSession, TlsVersion};
use rustix::io::Errno;
use rustix::net::RecvFlags;
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, Connection, ProtocolVersion, ServerConnection};
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;

use super::errors::host_error;
use super::sockets::SEND;
use words::{broken, refused};

/// Bytes of a record: as many are taken at a time.
const RECORD: usize = 16 * 1024;

/// A connection by TLS.
pub struct Tls {
    connection: Connection,
    /// Whose certificate the other end must show, for messages.
    name: String,
    /// What had come before TLS began.
    came: Vec<u8>,
    /// Whether the other end has said that nothing will come any more.
    has_ended: bool,
    /// What has ended the connection.
    failure: Option<HostError>,
}

/// A socket as rustls reads and writes it.
struct Wire<'a>(&'a OwnedFd);

impl Read for Wire<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = retry(|| rustix::net::recv(self.0, &mut *into, RecvFlags::empty()))?;
        Ok(read.1)
    }
}

impl Write for Wire<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        retry(|| rustix::net::send(self.0, bytes, SEND))
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn retry<T>(mut operation: impl FnMut() -> Result<T, Errno>) -> io::Result<T> {
    loop {
        match operation() {
            Err(Errno::INTR) => {}
            done => return Ok(done?),
        }
    }
}

impl Tls {
    /// A connection that has not said anything yet.
    ///
    /// # Errors
    /// `name` is no name of a server.
    pub fn new(context: &Context, name: &[u8], came: Vec<u8>) -> HostResult<Tls> {
        let name = String::from_utf8_lossy(name).into_owned();
        let connection = match context {
            Context::Client(config) => {
                let known = name.strip_suffix('.').unwrap_or(&name).to_string();
                let known = ServerName::try_from(known)
                    .map_err(|_| broken(format!("'{name}' is no name of a server")))?;
                ClientConnection::new(config.clone(), known).map(Connection::from)
            }
            Context::Server(config) => ServerConnection::new(config.clone()).map(Connection::from),
        };
        let connection = connection.map_err(|e| refused(&e, &name))?;
        Ok(Tls { connection, name, came, has_ended: false, failure: None })
    }

    /// Whether nothing will come any more.
    pub fn has_ended(&self) -> bool {
        self.has_ended || self.failure.is_some()
    }

    /// Whether something waits here to be sent.
    pub fn wants_write(&self) -> bool {
        self.connection.wants_write()
    }

    /// Whether the ends have not yet agreed upon everything.
    pub fn is_handshaking(&self) -> bool {
        self.connection.is_handshaking()
    }

    /// Goes on with the handshake. Whether it has succeeded, and its last words are sent.
    pub fn handshake(&mut self, socket: &OwnedFd, into: &mut Vec<u8>) -> HostResult<bool> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        loop {
            let is_sent = self.flush(socket)?;
            if !self.is_handshaking() {
                return Ok(is_sent);
            }
            if !self.read(socket, into)? {
                return Ok(false);
            }
        }
    }

    /// Sends bytes; how many were taken. None are while earlier ones wait here.
    pub fn send(
        &mut self,
        socket: &OwnedFd,
        bytes: &[u8],
        into: &mut Vec<u8>,
    ) -> HostResult<Option<usize>> {
        if !self.handshake(socket, into)? {
            return Ok(None);
        }
        let mut taken = 0;
        for record in bytes.chunks(RECORD) {
            self.connection.writer().write_all(record).map_err(host_error)?;
            taken += record.len();
            if !self.flush(socket)? {
                break;
            }
        }
        Ok(Some(taken))
    }

    /// Takes what has come. False: nothing has yet. True and nothing in `into`: nothing will.
    pub fn receive(&mut self, socket: &OwnedFd, into: &mut Vec<u8>) -> HostResult<bool> {
        if !self.handshake(socket, into)? {
            return Ok(false);
        }
        while into.is_empty() && !self.has_ended {
            if !self.read(socket, into)? {
                return Ok(false);
            }
            self.flush(socket)?;
        }
        Ok(true)
    }

    /// Says that nothing will be sent any more, if that can be said now.
    pub fn close(&mut self, socket: &OwnedFd) {
        self.connection.send_close_notify();
        // Whoever closes does not wait.
        let _ = self.flush(socket);
    }

    /// What the ends have agreed upon.
    pub fn session(&self) -> Option<TlsSession> {
        let version = match self.connection.protocol_version()? {
            ProtocolVersion::TLSv1_3 => TlsVersion::V13,
            _ => TlsVersion::V12,
        };
        let suite = self.connection.negotiated_cipher_suite()?.suite();
        // (The names of rustls say the version twice.)
        let cipher = format!("{suite:?}").replacen("TLS13_", "TLS_", 1);
        let certificates = self.connection.peer_certificates().unwrap_or_default();
        Some(TlsSession {
            version,
            cipher,
            protocol: self.connection.alpn_protocol().unwrap_or_default().to_vec(),
            certificates: certificates.iter().map(|one| one.to_vec()).collect(),
        })
    }

    /// Sends what waits. Whether nothing does any more.
    fn flush(&mut self, socket: &OwnedFd) -> HostResult<bool> {
        while self.connection.wants_write() {
            match self.connection.write_tls(&mut Wire(socket)) {
                Ok(_) => {}
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(e) => return Err(self.fail(host_error(e))),
            }
        }
        Ok(true)
    }

    /// Reads once from the socket, and appends what it means to `into`. False: nothing has come.
    fn read(&mut self, socket: &OwnedFd, into: &mut Vec<u8>) -> HostResult<bool> {
        let read = if self.came.is_empty() {
            self.connection.read_tls(&mut Wire(socket))
        } else {
            let mut came = self.came.as_slice();
            let read = self.connection.read_tls(&mut came);
            let left = came.len();
            self.came.drain(..self.came.len() - left);
            read
        };
        let n = match read {
            Ok(n) => n,
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => return Ok(false),
            Err(e) => return Err(self.fail(host_error(e))),
        };
        let state = match self.connection.process_new_packets() {
            Ok(state) => state,
            Err(e) => {
                // The other end is told what is wrong, if it can be now.
                let _ = self.flush(socket);
                return Err(self.fail(refused(&e, &self.name)));
            }
        };
        let from = into.len();
        into.resize(from + state.plaintext_bytes_to_read(), 0);
        self.connection.reader().read_exact(&mut into[from..]).map_err(host_error)?;
        self.has_ended |= state.peer_has_closed();
        if n == 0 && !self.has_ended {
            // Somebody may have cut it: what is missing is not known.
            let message = match self.is_handshaking() {
                true => "the connection was closed in the handshake",
                false => "unexpected eof while reading",
            };
            return Err(self.fail(broken(message.to_string())));
        }
        Ok(true)
    }

    fn fail(&mut self, error: HostError) -> HostError {
        self.failure.get_or_insert(error).clone()
    }
}
