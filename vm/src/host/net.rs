//! Sockets: connections and datagrams of the internet protocols.

use super::{HostError, HostResult};
use std::net::{IpAddr, SocketAddr};

/// A socket, by a number of the host's that is not used again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SocketId(pub u64);

/// What a socket carries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SocketKind {
    /// A stream of bytes (TCP).
    Stream,
    /// Datagrams (UDP).
    Datagram,
}

/// Options of sockets. Values are 0 and 1 where nothing else is said.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SocketOption {
    /// `SO_KEEPALIVE`.
    KeepAlive,
    /// `SO_LINGER`: seconds, or -1.
    Linger,
    /// `SO_REUSEADDR`.
    ReuseAddress,
    /// `SO_REUSEPORT`.
    ReusePort,
    /// `TCP_NODELAY`.
    NoDelay,
    /// `SO_BROADCAST`.
    Broadcast,
    /// `IPV6_V6ONLY`.
    OnlyV6,
    /// `SO_RCVBUF`, in bytes.
    ReceiveBuffer,
    /// `SO_SNDBUF`, in bytes.
    SendBuffer,
    /// `SO_ERROR`: the number of the error, which is taken; cannot be set.
    Error,
}

/// Whether the other end of a connection must prove who it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TlsVerify {
    /// It must have a valid certificate, servers one for their name.
    #[default]
    Required,
    /// A client may have none; one that it has must be valid.
    Optional,
    /// It need not. Nobody knows then who it is.
    Nothing,
}

/// A version of TLS.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TlsVersion {
    /// TLS 1.2 (RFC 5246).
    V12,
    /// TLS 1.3 (RFC 8446).
    V13,
}

/// How one end uses TLS. Certificates and keys are texts in PEM (RFC 7468); an empty text: none.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TlsSettings {
    /// Whether this end is the server.
    pub server: bool,
    /// This end's certificate, followed by those that vouch for it. Servers need one.
    pub certificate: Vec<u8>,
    /// The private key of the certificate.
    pub key: Vec<u8>,
    /// The authorities whose certificates are trusted, in place of those that the host trusts.
    pub authorities: Vec<u8>,
    /// What is asked of the other end. (A server that asks for something needs authorities.)
    pub verify: TlsVerify,
    /// The protocols that may be spoken above TLS, best first (ALPN, RFC 7301); none: any.
    pub protocols: Vec<Vec<u8>>,
    /// The only version of TLS that may be spoken; `None`: any of them.
    pub version: Option<TlsVersion>,
}

/// What the ends of a connection have agreed upon.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TlsSession {
    /// The version of TLS.
    pub version: TlsVersion,
    /// The cipher suite by its registered name.
    pub cipher: String,
    /// The protocol that is spoken above TLS; empty: none was named.
    pub protocol: Vec<u8>,
    /// The certificates that the other end has shown, its own first (DER).
    pub certificates: Vec<Vec<u8>>,
}

/// `EOPNOTSUPP`: the code of the error of hosts without TLS.
pub const NO_TLS: i64 = 95;

/// Sockets that can be read from and written to without waiting.
pub type Ready = (Vec<SocketId>, Vec<SocketId>);

/// The network, where a host offers it ([`Host::net`](super::Host::net)). No function waits but
/// [`Net::ready`].
///
/// Sockets are not saved with a program: what it does with them afterwards fails with `EBADF`.
pub trait Net {
    /// The addresses of a name, at least one; of an address itself. `None`: they are being looked up, ask
    /// again. A name that does not exist is an error with the code `ENOENT` (2).
    fn resolve(&mut self, name: &[u8]) -> HostResult<Option<Vec<IpAddr>>>;
    /// The name of this machine.
    fn host_name(&mut self) -> HostResult<Vec<u8>>;
    /// A new socket, of version 6 of the protocol or 4.
    fn socket(&mut self, kind: SocketKind, v6: bool) -> HostResult<SocketId>;
    /// Gives a socket its own address. Port 0: one that is free.
    fn bind(&mut self, socket: SocketId, to: SocketAddr) -> HostResult<()>;
    /// Connects a socket: false if that is under way; asking again tells how it went.
    fn connect(&mut self, socket: SocketId, to: SocketAddr) -> HostResult<bool>;
    /// Makes a datagram socket exchange datagrams with everybody again.
    fn disconnect(&mut self, socket: SocketId) -> HostResult<()>;
    /// Lets others connect to a socket; so many may wait.
    fn listen(&mut self, socket: SocketId, backlog: u32) -> HostResult<()>;
    /// The connection of somebody who waits. `None`: nobody does.
    fn accept(&mut self, socket: SocketId) -> HostResult<Option<SocketId>>;
    /// Sends bytes, of a datagram all; how many were taken. `None`: none can be now. (Through TLS, what was
    /// taken may wait here; sending nothing succeeds as soon as nothing does.)
    fn send(&mut self, socket: SocketId, bytes: &[u8]) -> HostResult<Option<usize>>;
    /// Sends a datagram. `None`: it cannot be sent now.
    fn send_to(
        &mut self,
        socket: SocketId,
        bytes: &[u8],
        to: SocketAddr,
    ) -> HostResult<Option<usize>>;
    /// Takes bytes that have come, at most `most`, and with `line` none behind a line feed. An empty
    /// list: nothing will come any more. `None`: nothing is there yet.
    fn receive(&mut self, socket: SocketId, most: usize, line: bool)
    -> HostResult<Option<Vec<u8>>>;
    /// Takes a datagram, or the first `most` bytes of it, and says where it is from.
    fn receive_from(
        &mut self,
        socket: SocketId,
        most: usize,
    ) -> HostResult<Option<(Vec<u8>, SocketAddr)>>;
    /// Ends a connection in one or both directions.
    fn shutdown(&mut self, socket: SocketId, reading: bool, writing: bool) -> HostResult<()>;
    /// A socket's own address.
    fn local_address(&mut self, socket: SocketId) -> HostResult<SocketAddr>;
    /// The address that a socket is connected to.
    fn peer_address(&mut self, socket: SocketId) -> HostResult<SocketAddr>;
    /// Sets an option.
    fn set_option(&mut self, socket: SocketId, option: SocketOption, value: i64) -> HostResult<()>;
    /// Reads an option.
    fn option(&mut self, socket: SocketId, option: SocketOption) -> HostResult<i64>;
    /// Closes a socket.
    fn close_socket(&mut self, socket: SocketId) -> HostResult<()>;
    /// Waits at most so many seconds for one of the sockets to be ready for reading or for writing, and
    /// says which are. A socket that is closed or has failed is ready.
    fn ready(&mut self, read: &[SocketId], write: &[SocketId], seconds: f64) -> HostResult<Ready>;

    /// Whether settings can be used. The error of a host without TLS has the code [`NO_TLS`].
    fn check_tls(&mut self, settings: &TlsSettings) -> HostResult<()> {
        let _ = settings;
        Err(HostError { message: "this host has no TLS".to_string(), code: NO_TLS })
    }
    /// Makes a connected stream secret: what is sent and received from now on goes through TLS, as soon as
    /// [`Net::handshake`] has succeeded. `name` is the server's, for which its certificate must be; servers
    /// do not look at it.
    fn start_tls(
        &mut self,
        socket: SocketId,
        settings: &TlsSettings,
        name: &[u8],
    ) -> HostResult<()> {
        let _ = (socket, name);
        self.check_tls(settings)
    }
    /// Goes on with what the ends say to each other first. False: it is under way; ask again when the socket is
    /// ready for reading.
    fn handshake(&mut self, socket: SocketId) -> HostResult<bool> {
        let _ = socket;
        self.check_tls(&TlsSettings::default()).map(|()| true)
    }
    /// What the ends of a connection have agreed upon; `None`: it does not go through TLS, or they have not yet.
    fn tls_session(&mut self, socket: SocketId) -> HostResult<Option<TlsSession>> {
        let _ = socket;
        Ok(None)
    }
}
