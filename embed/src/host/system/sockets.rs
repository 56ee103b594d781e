//! Sockets. None of them ever waits; [`Net::ready`] does.

use luka_vm::host::{
    HostError, HostResult, Net, Ready, SocketId, SocketKind, SocketOption, TlsSession, TlsSettings,
};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, FdFlags, fcntl_setfd, ioctl_fionbio};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, Shutdown, SocketAddrAny, SocketType, sockopt,
};
use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::os::fd::OwnedFd;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::Duration;

use super::System;
use super::errors::{BAD_DESCRIPTOR, INVALID, host_error, plain};
use super::tls::{Contexts, Tls};

/// Bytes that are read at once.
const READ: usize = 16 * 1024;
/// Names that are looked up at a time.
const MOST_LOOKUPS: usize = 16;
/// The largest datagram.
const DATAGRAM: usize = 1 << 16;

/// Nobody is killed by `SIGPIPE` for sending what nobody receives.
#[cfg(target_os = "linux")]
pub(super) const SEND: SendFlags = SendFlags::NOSIGNAL;
#[cfg(not(target_os = "linux"))]
pub(super) const SEND: SendFlags = SendFlags::empty();

/// What looking up a name gives.
type Addresses = io::Result<Vec<IpAddr>>;

/// An open socket.
struct Open {
    socket: OwnedFd,
    /// Bytes that have come and were not taken, from `taken` on.
    buffer: Vec<u8>,
    taken: usize,
    /// Where a connection under way leads.
    connecting: Option<SocketAddr>,
    /// What makes it secret.
    tls: Option<Box<Tls>>,
}

/// The open sockets by number, and the names that are looked up.
#[derive(Default)]
pub(super) struct Sockets {
    open: BTreeMap<u64, Open>,
    last: u64,
    lookups: BTreeMap<String, Receiver<Addresses>>,
    contexts: Contexts,
}

impl Sockets {
    /// Why a machine with open sockets cannot be saved.
    pub fn reasons(&self) -> impl Iterator<Item = String> + use<'_> {
        self.open.iter().map(|(number, open)| {
            match address(rustix::net::getpeername(&open.socket)) {
                Ok(peer) => format!("socket {number}: it is connected to {peer}"),
                Err(_) => format!("socket {number}: it is open"),
            }
        })
    }

    fn add(&mut self, socket: OwnedFd) -> HostResult<SocketId> {
        ioctl_fionbio(&socket, true).map_err(failed)?;
        fcntl_setfd(&socket, FdFlags::CLOEXEC).map_err(failed)?;
        self.last += 1;
        let open = Open { socket, buffer: Vec::new(), taken: 0, connecting: None, tls: None };
        self.open.insert(self.last, open);
        Ok(SocketId(self.last))
    }

    fn get(&mut self, socket: SocketId) -> HostResult<&mut Open> {
        self.open.get_mut(&socket.0).ok_or_else(|| plain(BAD_DESCRIPTOR, "Bad file descriptor"))
    }
}

impl Open {
    fn has_data(&self) -> bool {
        self.taken < self.buffer.len()
    }

    /// Whether `receive` has something to say without asking the operating system.
    fn is_readable(&self) -> bool {
        self.has_data() || self.tls.as_ref().is_some_and(|tls| tls.has_ended())
    }

    /// What has to happen at the operating system's socket for this one to be ready.
    fn events(&self, writes: bool) -> PollFlags {
        match &self.tls {
            // What it says itself comes before everything.
            Some(tls) if tls.wants_write() => PollFlags::OUT | PollFlags::IN,
            Some(tls) if tls.is_handshaking() => PollFlags::IN,
            _ if writes => PollFlags::OUT,
            _ => PollFlags::IN,
        }
    }
}

fn failed(error: Errno) -> HostError {
    host_error(io::Error::from_raw_os_error(error.raw_os_error()))
}

/// `None` if an operation would have to wait.
fn now<T>(result: Result<T, Errno>) -> HostResult<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Errno::WOULDBLOCK | Errno::INTR) => Ok(None),
        Err(e) => Err(failed(e)),
    }
}

fn address(address: Result<Option<SocketAddrAny>, Errno>) -> HostResult<SocketAddr> {
    let address = address.and_then(|address| address.ok_or(Errno::NOTCONN));
    address.and_then(SocketAddr::try_from).map_err(failed)
}

/// `getaddrinfo`'s failures in few words.
fn lookup_error(error: &io::Error) -> HostError {
    let text = error.to_string();
    let (code, message) = if text.contains("emporary failure") {
        (11, "temporary failure in name resolution")
    } else {
        (2, "host or service not provided, or not known")
    };
    plain(code, message)
}

impl System {
    fn check_peer(&self, to: SocketAddr) -> HostResult<()> {
        match self.peers.allows(to.ip(), to.port()) {
            true => Ok(()),
            false => Err(HostError::not_permitted()),
        }
    }
}

impl Net for System {
    fn resolve(&mut self, name: &[u8]) -> HostResult<Option<Vec<IpAddr>>> {
        let Ok(name) = std::str::from_utf8(name) else {
            return Err(lookup_error(&io::Error::other("not a name")));
        };
        if let Ok(address) = name.parse() {
            return Ok(Some(vec![address]));
        }
        if !self.peers.allows_name(name) {
            return Err(HostError::not_permitted());
        }
        let lookups = &mut self.sockets.lookups;
        let Some(answer) = lookups.get(name) else {
            if lookups.len() >= MOST_LOOKUPS {
                // Nobody has asked again for what was found.
                lookups.retain(|_, answer| matches!(answer.try_recv(), Err(TryRecvError::Empty)));
            }
            if lookups.len() < MOST_LOOKUPS {
                let (sender, receiver) = channel();
                let asked = name.to_string();
                lookups.insert(asked.clone(), receiver);
                std::thread::spawn(move || {
                    let found = (asked.as_str(), 0).to_socket_addrs();
                    // Who asked may be gone.
                    let _ = sender.send(found.map(|all| all.map(|a| a.ip()).collect()));
                });
            }
            return Ok(None);
        };
        let found = match answer.try_recv() {
            Err(TryRecvError::Empty) => return Ok(None),
            Err(TryRecvError::Disconnected) => Err(io::Error::other("the lookup has failed")),
            Ok(found) => found,
        };
        lookups.remove(name);
        match found {
            Ok(addresses) if !addresses.is_empty() => {
                self.peers.found(name, &addresses);
                Ok(Some(addresses))
            }
            Ok(_) => Err(lookup_error(&io::Error::other("no address"))),
            Err(e) => Err(lookup_error(&e)),
        }
    }

    fn host_name(&mut self) -> HostResult<Vec<u8>> {
        let name = nix::unistd::gethostname();
        let name = name.map_err(|e| host_error(io::Error::from_raw_os_error(e as i32)))?;
        Ok(std::os::unix::ffi::OsStringExt::into_vec(name))
    }

    fn socket(&mut self, kind: SocketKind, v6: bool) -> HostResult<SocketId> {
        let family = if v6 { AddressFamily::INET6 } else { AddressFamily::INET };
        let kind = match kind {
            SocketKind::Stream => SocketType::STREAM,
            SocketKind::Datagram => SocketType::DGRAM,
        };
        let socket = rustix::net::socket(family, kind, None).map_err(failed)?;
        self.sockets.add(socket)
    }

    fn bind(&mut self, socket: SocketId, to: SocketAddr) -> HostResult<()> {
        self.check_peer(to)?;
        rustix::net::bind(&self.sockets.get(socket)?.socket, &to).map_err(failed)
    }

    fn connect(&mut self, socket: SocketId, to: SocketAddr) -> HostResult<bool> {
        self.check_peer(to)?;
        let open = self.sockets.get(socket)?;
        let asks_again = open.connecting.take() == Some(to);
        if asks_again {
            sockopt::socket_error(&open.socket).and_then(|error| error).map_err(failed)?;
        }
        match rustix::net::connect(&open.socket, &to) {
            Ok(()) => Ok(true),
            Err(Errno::INPROGRESS | Errno::ALREADY) => {
                open.connecting = Some(to);
                Ok(false)
            }
            Err(Errno::ISCONN) if asks_again => Ok(true),
            Err(e) => Err(failed(e)),
        }
    }

    fn disconnect(&mut self, socket: SocketId) -> HostResult<()> {
        rustix::net::connect_unspec(&self.sockets.get(socket)?.socket).map_err(failed)
    }

    fn listen(&mut self, socket: SocketId, backlog: u32) -> HostResult<()> {
        let backlog = i32::try_from(backlog).unwrap_or(i32::MAX);
        rustix::net::listen(&self.sockets.get(socket)?.socket, backlog).map_err(failed)
    }

    fn accept(&mut self, socket: SocketId) -> HostResult<Option<SocketId>> {
        match now(rustix::net::accept(&self.sockets.get(socket)?.socket))? {
            Some(socket) => self.sockets.add(socket).map(Some),
            None => Ok(None),
        }
    }

    fn send(&mut self, socket: SocketId, bytes: &[u8]) -> HostResult<Option<usize>> {
        let open = self.sockets.get(socket)?;
        match &mut open.tls {
            Some(tls) => tls.send(&open.socket, bytes, &mut open.buffer),
            None => now(rustix::net::send(&open.socket, bytes, SEND)),
        }
    }

    fn send_to(
        &mut self,
        socket: SocketId,
        bytes: &[u8],
        to: SocketAddr,
    ) -> HostResult<Option<usize>> {
        self.check_peer(to)?;
        now(rustix::net::sendto(&self.sockets.get(socket)?.socket, bytes, SEND, &to))
    }

    fn receive(
        &mut self,
        socket: SocketId,
        most: usize,
        line: bool,
    ) -> HostResult<Option<Vec<u8>>> {
        let open = self.sockets.get(socket)?;
        if !open.has_data()
            && let Some(tls) = &mut open.tls
        {
            open.buffer.clear();
            open.taken = 0;
            if !tls.receive(&open.socket, &mut open.buffer)? {
                return Ok(None);
            }
        } else if !open.has_data() {
            open.buffer.resize(READ, 0);
            open.taken = 0;
            let read = rustix::net::recv(&open.socket, &mut open.buffer[..], RecvFlags::empty());
            let n = read.as_ref().map_or(0, |(_, n)| *n);
            let read = now(read.map(drop));
            open.buffer.truncate(n);
            if read?.is_none() {
                return Ok(None);
            }
        }
        let there = &open.buffer[open.taken..];
        let mut n = there.len().min(most);
        if line && let Some(at) = memchr::memchr(b'\n', &there[..n]) {
            n = at + 1;
        }
        let taken = there[..n].to_vec();
        open.taken += n;
        Ok(Some(taken))
    }

    fn receive_from(
        &mut self,
        socket: SocketId,
        most: usize,
    ) -> HostResult<Option<(Vec<u8>, SocketAddr)>> {
        let open = self.sockets.get(socket)?;
        let mut bytes = vec![0; most.min(DATAGRAM)];
        let received = rustix::net::recvfrom(&open.socket, &mut bytes[..], RecvFlags::empty());
        let Some((n, from)) = now(received.map(|(n, _, from)| (n, from)))? else {
            return Ok(None);
        };
        bytes.truncate(n);
        Ok(Some((bytes, address(Ok(from))?)))
    }

    fn shutdown(&mut self, socket: SocketId, reading: bool, writing: bool) -> HostResult<()> {
        let how = match (reading, writing) {
            (true, true) => Shutdown::Both,
            (true, false) => Shutdown::Read,
            (false, _) => Shutdown::Write,
        };
        let open = self.sockets.get(socket)?;
        if writing && let Some(tls) = &mut open.tls {
            tls.close(&open.socket);
        }
        rustix::net::shutdown(&open.socket, how).map_err(failed)
    }

    fn local_address(&mut self, socket: SocketId) -> HostResult<SocketAddr> {
        address(rustix::net::getsockname(&self.sockets.get(socket)?.socket).map(Some))
    }

    fn peer_address(&mut self, socket: SocketId) -> HostResult<SocketAddr> {
        address(rustix::net::getpeername(&self.sockets.get(socket)?.socket))
    }

    fn set_option(&mut self, socket: SocketId, option: SocketOption, value: i64) -> HostResult<()> {
        let socket = &self.sockets.get(socket)?.socket;
        let on = value != 0;
        let bytes = usize::try_from(value).unwrap_or(0);
        match option {
            SocketOption::KeepAlive => sockopt::set_socket_keepalive(socket, on),
            SocketOption::Linger => sockopt::set_socket_linger(
                socket,
                u64::try_from(value).ok().map(Duration::from_secs),
            ),
            SocketOption::ReuseAddress => sockopt::set_socket_reuseaddr(socket, on),
            SocketOption::ReusePort => sockopt::set_socket_reuseport(socket, on),
            SocketOption::NoDelay => sockopt::set_tcp_nodelay(socket, on),
            SocketOption::Broadcast => sockopt::set_socket_broadcast(socket, on),
            SocketOption::OnlyV6 => sockopt::set_ipv6_v6only(socket, on),
            SocketOption::ReceiveBuffer => sockopt::set_socket_recv_buffer_size(socket, bytes),
            SocketOption::SendBuffer => sockopt::set_socket_send_buffer_size(socket, bytes),
            SocketOption::Error => return Err(plain(INVALID, "Invalid argument")),
        }
        .map_err(failed)
    }

    fn option(&mut self, socket: SocketId, option: SocketOption) -> HostResult<i64> {
        let socket = &self.sockets.get(socket)?.socket;
        match option {
            SocketOption::KeepAlive => sockopt::socket_keepalive(socket).map(i64::from),
            SocketOption::Linger => sockopt::socket_linger(socket)
                .map(|time| time.map_or(-1, |time| time.as_secs() as i64)),
            SocketOption::ReuseAddress => sockopt::socket_reuseaddr(socket).map(i64::from),
            SocketOption::ReusePort => sockopt::socket_reuseport(socket).map(i64::from),
            SocketOption::NoDelay => sockopt::tcp_nodelay(socket).map(i64::from),
            SocketOption::Broadcast => sockopt::socket_broadcast(socket).map(i64::from),
            SocketOption::OnlyV6 => sockopt::ipv6_v6only(socket).map(i64::from),
            SocketOption::ReceiveBuffer => {
                sockopt::socket_recv_buffer_size(socket).map(|n| n as i64)
            }
            SocketOption::SendBuffer => sockopt::socket_send_buffer_size(socket).map(|n| n as i64),
            SocketOption::Error => {
                let error = sockopt::socket_error(socket);
                error.map(|e| e.err().map_or(0, |e| i64::from(e.raw_os_error())))
            }
        }
        .map_err(failed)
    }

    fn close_socket(&mut self, socket: SocketId) -> HostResult<()> {
        let open = self.sockets.get(socket)?;
        if let Some(tls) = &mut open.tls {
            tls.close(&open.socket);
        }
        self.sockets.open.remove(&socket.0);
        Ok(())
    }

    fn ready(&mut self, read: &[SocketId], write: &[SocketId], seconds: f64) -> HostResult<Ready> {
        let (mut readable, mut writable) = (Vec::new(), Vec::new());
        let (mut asked, mut polled) = (Vec::new(), Vec::new());
        for (sockets, writes) in [(read, false), (write, true)] {
            for &id in sockets {
                match self.sockets.open.get(&id.0) {
                    Some(open) if writes || !open.is_readable() => {
                        asked.push((id, writes));
                        polled.push(PollFd::new(&open.socket, open.events(writes)));
                    }
                    // What is done with it does not wait.
                    _ if writes => writable.push(id),
                    _ => readable.push(id),
                }
            }
        }
        let waits = readable.is_empty() && writable.is_empty();
        let time = Duration::try_from_secs_f64(if waits { seconds } else { 0.0 });
        let timeout = Timespec::try_from(time.unwrap_or_default()).ok();
        match poll(&mut polled, timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(e) => return Err(failed(e)),
        }
        for ((id, writes), fd) in asked.iter().zip(&polled) {
            if !fd.revents().is_empty() {
                if *writes { writable.push(*id) } else { readable.push(*id) }
            }
        }
        Ok((readable, writable))
    }

    fn check_tls(&mut self, settings: &TlsSettings) -> HostResult<()> {
        self.sockets.contexts.of(settings).map(drop)
    }

    fn start_tls(
        &mut self,
        socket: SocketId,
        settings: &TlsSettings,
        name: &[u8],
    ) -> HostResult<()> {
        let context = self.sockets.contexts.of(settings)?;
        let open = self.sockets.get(socket)?;
        if open.tls.is_some() {
            return Err(plain(INVALID, "TLS is spoken on this socket already"));
        }
        let came = open.buffer.split_off(open.taken);
        open.buffer.clear();
        open.taken = 0;
        open.tls = Some(Box::new(Tls::new(&context, name, came)?));
        Ok(())
    }

    fn handshake(&mut self, socket: SocketId) -> HostResult<bool> {
        let open = self.sockets.get(socket)?;
        match &mut open.tls {
            Some(tls) => tls.handshake(&open.socket, &mut open.buffer),
            None => Err(plain(INVALID, "TLS is not spoken on this socket")),
        }
    }

    fn tls_session(&mut self, socket: SocketId) -> HostResult<Option<TlsSession>> {
        Ok(self.sockets.get(socket)?.tls.as_ref().and_then(|tls| tls.session()))
    }
}
