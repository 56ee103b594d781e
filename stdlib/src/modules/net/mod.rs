//! The part of sockets in Rust: each function does what it can at once, and says "timeout" if that is
//! nothing. Who wants to wait calls `ready` or `resolve`, which pause the program meanwhile.

mod tls;

use super::capability::net;
use crate::prim;
use luka_vm::host::{HostError, SocketId, SocketKind, SocketOption};
use luka_vm::{Action, Gc, Native, NativeResult, Raise, Str, Table, Value, Vm};
use luka_vm::{continuations, frame, inner_natives, natives};
use std::net::{IpAddr, SocketAddr};

natives! { pub static CORE = "luka.net.core";
    object: "luka.net.core.object(metatable, state) -> userdata" "An object with a state." = object,
    state: "luka.net.core.state(object) -> table | nil" "The state of an object." = |vm| {
        let state = match vm.arg(1).as_userdata() {
            Some(object) if object.type_name == OBJECT => object.user_value(1).unwrap_or(Value::NIL),
            _ => Value::NIL,
        };
        vm.ret1(state)
    },
    become: "luka.net.core.become(object, metatable) -> userdata" "Gives an object another metatable." = become_other,
    resolve: "luka.net.core.resolve(name, timeout) -> table | nil, string, integer"
        "The addresses of a name; nil and \"timeout\" if that takes longer." = resolve,
    hostname: "luka.net.core.hostname() -> string | nil, string, integer" "This machine's name." = |vm| {
        match net(vm, |net| net.host_name())? {
            Ok(name) => {
                let name = vm.str(&name)?;
                vm.ret1(name)
            }
            Err(e) => failure(vm, &e),
        }
    },
    socket: "luka.net.core.socket(datagram, v6) -> integer | nil, string, integer" "A new socket." = |vm| {
        let kind = if vm.arg(1).is_falsy() { SocketKind::Stream } else { SocketKind::Datagram };
        let v6 = !vm.arg(2).is_falsy();
        match net(vm, |net| net.socket(kind, v6))? {
            Ok(SocketId(id)) => vm.ret1(id as i64),
            Err(e) => failure(vm, &e),
        }
    },
    bind: "luka.net.core.bind(socket, address, port) -> true | nil, string, integer" "Gives a socket its address." = |vm| {
        let (socket, to) = (socket(vm)?, address(vm, 2)?);
        let result = net(vm, |net| net.bind(socket, to))?;
        done(vm, result)
    },
    connect: "luka.net.core.connect(socket, address, port) -> boolean | nil, string, integer"
        "Connects a socket; false if that is under way: asking again tells how it went." = |vm| {
        let (socket, to) = (socket(vm)?, address(vm, 2)?);
        match net(vm, |net| net.connect(socket, to))? {
            Ok(connected) => vm.ret1(connected),
            Err(e) => failure(vm, &e),
        }
    },
    disconnect: "luka.net.core.disconnect(socket) -> true | nil, string, integer" "Undoes connect." = |vm| {
        let socket = socket(vm)?;
        let result = net(vm, |net| net.disconnect(socket))?;
        done(vm, result)
    },
    listen: "luka.net.core.listen(socket, backlog) -> true | nil, string, integer" "Lets others connect." = |vm| {
        let (socket, backlog) = (socket(vm)?, vm.check_int(2)?);
        let backlog = backlog.clamp(0, i64::from(i32::MAX)) as u32;
        let result = net(vm, |net| net.listen(socket, backlog))?;
        done(vm, result)
    },
    accept: "luka.net.core.accept(socket) -> integer | nil, string, integer" "Takes a connection." = |vm| {
        let socket = socket(vm)?;
        match net(vm, |net| net.accept(socket))? {
            Ok(Some(SocketId(id))) => vm.ret1(id as i64),
            Ok(None) => not_yet(vm),
            Err(e) => failure(vm, &e),
        }
    },
    send: "luka.net.core.send(socket, text, from, to) -> integer | nil, string, integer"
        "Sends bytes of a text; how many." = send,
    sendto: "luka.net.core.sendto(socket, text, address, port) -> integer | nil, string, integer"
        "Sends a datagram." = |vm| {
        let (socket, text, to) = (socket(vm)?, vm.check_str(2)?, address(vm, 3)?);
        vm.charge_bytes(text.len());
        let result = net(vm, |net| net.send_to(socket, text.bytes(), to))?;
        sent(vm, result)
    },
    receive: "luka.net.core.receive(socket, most, line) -> string | nil, string, integer"
        "Takes bytes that have come, with `line` up to a line feed." = |vm| {
        let (socket, most, line) = (socket(vm)?, most(vm)?, !vm.arg(3).is_falsy());
        match net(vm, |net| net.receive(socket, most, line))? {
            Ok(Some(bytes)) if bytes.is_empty() && most > 0 => {
                let closed = vm.small_str("closed");
                vm.ret2(Value::NIL, closed)
            }
            Ok(Some(bytes)) => {
                vm.charge_bytes(bytes.len());
                let bytes = vm.str(&bytes)?;
                vm.ret1(bytes)
            }
            Ok(None) => not_yet(vm),
            Err(e) => failure(vm, &e),
        }
    },
    receivefrom: "luka.net.core.receivefrom(socket, most) -> string, string, integer | nil, string, integer"
        "Takes a datagram, and says where it is from." = |vm| {
        let (socket, most) = (socket(vm)?, most(vm)?);
        match net(vm, |net| net.receive_from(socket, most))? {
            Ok(Some((bytes, from))) => {
                vm.charge_bytes(bytes.len());
                let bytes = vm.str(&bytes)?;
                vm.push(bytes);
                push_address(vm, from)?;
                Ok(Action::Return(4))
            }
            Ok(None) => not_yet(vm),
            Err(e) => failure(vm, &e),
        }
    },
    shutdown: "luka.net.core.shutdown(socket, receive, send) -> true | nil, string, integer"
        "Ends a connection in one or both directions." = |vm| {
        let (socket, reading, writing) = (socket(vm)?, !vm.arg(2).is_falsy(), !vm.arg(3).is_falsy());
        let result = net(vm, |net| net.shutdown(socket, reading, writing))?;
        done(vm, result)
    },
    sockname: "luka.net.core.sockname(socket) -> string, integer, string | nil, string, integer"
        "A socket's own address, port and family." = |vm| {
        let socket = socket(vm)?;
        match net(vm, |net| net.local_address(socket))? {
            Ok(at) => {
                push_address(vm, at)?;
                Ok(Action::Return(3))
            }
            Err(e) => failure(vm, &e),
        }
    },
    peername: "luka.net.core.peername(socket) -> string, integer, string | nil, string, integer"
        "Address, port and family of the other end." = |vm| {
        let socket = socket(vm)?;
        match net(vm, |net| net.peer_address(socket))? {
            Ok(at) => {
                push_address(vm, at)?;
                Ok(Action::Return(3))
            }
            Err(e) => failure(vm, &e),
        }
    },
    setoption: "luka.net.core.setoption(socket, option, value) -> true | nil, string, integer" "Sets an option." = |vm| {
        let (socket, option, value) = (socket(vm)?, option(vm)?, vm.check_int(3)?);
        let result = net(vm, |net| net.set_option(socket, option, value))?;
        done(vm, result)
    },
    getoption: "luka.net.core.getoption(socket, option) -> integer | nil, string, integer" "Reads an option." = |vm| {
        let (socket, option) = (socket(vm)?, option(vm)?);
        match net(vm, |net| net.option(socket, option))? {
            Ok(value) => vm.ret1(value),
            Err(e) => failure(vm, &e),
        }
    },
    close: "luka.net.core.close(socket) -> true | nil, string, integer" "Closes a socket." = |vm| {
        let socket = socket(vm)?;
        let result = net(vm, |net| net.close_socket(socket))?;
        done(vm, result)
    },
    checktls: "luka.net.core.checktls(settings) -> true | nil, string, integer" "Whether settings can be used." = tls::check,
    starttls: "luka.net.core.starttls(socket, settings, name) -> true | nil, string, integer"
        "Begins TLS on a connected socket, with the name of the server." = tls::start,
    handshake: "luka.net.core.handshake(socket) -> boolean | nil, string, integer"
        "Goes on with the handshake of TLS; false if it is under way." = tls::handshake,
    tlssession: "luka.net.core.tlssession(socket) -> table | nil, string, integer"
        "What the ends of a connection have agreed upon; nil if nothing." = tls::session,
    family: "luka.net.core.family(address) -> string | nil" "\"inet\" or \"inet6\"; nil: it is no address." = |vm| {
        match parsed(vm, 1)? {
            Some(ip) => {
                let family = vm.small_str(family(ip));
                vm.ret1(family)
            }
            None => vm.ret1(Value::NIL),
        }
    },
    ready: "luka.net.core.ready(read, write, timeout) -> table, table | nil, string, integer"
        "Waits for one of the sockets in two lists; those that are ready." = |vm| {
        let (read, write) = (vm.check_table(1)?, vm.check_table(2)?);
        let left = milliseconds(vm, 3)?;
        vm.set_top(0);
        at::FRAME.prepare(vm, 0);
        at::READ.set(vm, read);
        at::WRITE.set(vm, write);
        ready(vm, left)
    },
}

continuations! { pub static THEN;
    READY_ON: "luka.net.core.ready:go_on" (at, 0) = |vm| {
        let left = at::LEFT.get(vm);
        ready(vm, left)
    };
    RESOLVE_ON: "luka.net.core.resolve:go_on" (name, 0) = |vm| {
        let left = name::LEFT.get(vm);
        look_up(vm, left)
    };
}

frame! {
    /// Slots of `ready`: the lists, and how many milliseconds are left, or -1.
    mod at { READ: Gc<Table>, WRITE: Gc<Table>, LEFT: i64, }
}

frame! {
    /// Slots of `resolve`: the name, and how many milliseconds are left, or -1.
    mod name { NAME: Gc<Str>, LEFT: i64, }
}

inner_natives! { pub static INNER;
    OPEN: "luka.net.core.open" "" "Makes the module luka.net.core." = |vm| {
        let module = prim::library(vm, CORE)?;
        vm.ret1(module)
    };
}

/// What opens the module.
pub static OPENERS: &[(&str, &Native)] = &[("luka.net.core", &OPEN)];

/// Registered name of the userdata of sockets.
pub const OBJECT: &str = "luka.socket";

/// How long the host waits at a time, in milliseconds: so long it is not heard.
const NAP: i64 = 20;

/// Sockets that are waited for at a time.
const MOST: i64 = 10_000;

fn object(vm: &mut Vm) -> NativeResult {
    let (metatable, state) = (vm.check_table(1)?, vm.check_table(2)?);
    let object = prim::new_userdata(vm, OBJECT, 0);
    object.init_user_values(&mut vm.heap, 1);
    object.set_user_value(&mut vm.heap, 1, state.into());
    object.set_metatable(&mut vm.heap, Some(metatable));
    vm.ret1(object)
}

fn become_other(vm: &mut Vm) -> NativeResult {
    let metatable = vm.check_table(2)?;
    match vm.arg(1).as_userdata() {
        Some(object) if object.type_name == OBJECT => {
            object.set_metatable(&mut vm.heap, Some(metatable));
            vm.ret1(object)
        }
        _ => Err(vm.arg_error(1, "an object of luka.net.core expected")),
    }
}

// ------------------------------------------------------------------ arguments and results

fn socket(vm: &mut Vm) -> Result<SocketId, Raise> {
    match u64::try_from(vm.check_int(1)?) {
        Ok(id) => Ok(SocketId(id)),
        Err(_) => Err(vm.arg_error(1, "invalid socket")),
    }
}

fn most(vm: &mut Vm) -> Result<usize, Raise> {
    let most = vm.check_int(2)?.max(0) as usize;
    // What comes becomes a string.
    Ok(most.min(vm.heap.left() / 4 + 1))
}

fn parsed(vm: &mut Vm, i: usize) -> Result<Option<IpAddr>, Raise> {
    let text = vm.check_str(i)?;
    vm.charge(5);
    let text = text.bytes().get(..64.min(text.len())).unwrap_or_default();
    Ok(std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()))
}

fn address(vm: &mut Vm, i: usize) -> Result<SocketAddr, Raise> {
    let Some(ip) = parsed(vm, i)? else { return Err(vm.arg_error(i, "invalid address")) };
    match u16::try_from(vm.check_int(i + 1)?) {
        Ok(port) => Ok(SocketAddr::new(ip, port)),
        Err(_) => Err(vm.arg_error(i + 1, "invalid port")),
    }
}

fn option(vm: &mut Vm) -> Result<SocketOption, Raise> {
    Ok(match vm.check_str(2)?.bytes() {
        b"keepalive" => SocketOption::KeepAlive,
        b"linger" => SocketOption::Linger,
        b"reuseaddr" => SocketOption::ReuseAddress,
        b"reuseport" => SocketOption::ReusePort,
        b"tcp-nodelay" => SocketOption::NoDelay,
        b"broadcast" => SocketOption::Broadcast,
        b"ipv6-v6only" => SocketOption::OnlyV6,
        b"recv-buffer-size" => SocketOption::ReceiveBuffer,
        b"send-buffer-size" => SocketOption::SendBuffer,
        b"error" => SocketOption::Error,
        _ => return Err(vm.arg_error(2, "unsupported option")),
    })
}

/// A time to wait, in seconds, as milliseconds; -1: for ever.
fn milliseconds(vm: &mut Vm, i: usize) -> Result<i64, Raise> {
    let seconds = vm.opt_num(i)?;
    Ok(seconds.map_or(-1, |seconds| (seconds * 1000.0).ceil().clamp(0.0, 1e15) as i64))
}

fn family(ip: IpAddr) -> &'static str {
    if ip.is_ipv4() { "inet" } else { "inet6" }
}

fn push_address(vm: &mut Vm, at: SocketAddr) -> Result<(), Raise> {
    let text = vm.str(at.ip().to_string().as_bytes())?;
    let family = vm.small_str(family(at.ip()));
    vm.push(text);
    vm.push(Value::int(at.port().into()));
    vm.push(family);
    Ok(())
}

fn done(vm: &mut Vm, result: Result<(), HostError>) -> NativeResult {
    match result {
        Ok(()) => vm.ret1(true),
        Err(e) => failure(vm, &e),
    }
}

fn not_yet(vm: &mut Vm) -> NativeResult {
    let timeout = vm.small_str("timeout");
    vm.ret2(Value::NIL, timeout)
}

/// nil, what has happened in the words of LuaSocket, and the error's number.
fn failure(vm: &mut Vm, e: &HostError) -> NativeResult {
    let words = match e.message.as_str() {
        "Operation not permitted" => "this host is not permitted here (luka --allow=net=HOST)",
        "Permission denied" => "permission denied",
        "Connection refused" => "connection refused",
        "Address already in use" => "address already in use",
        "Transport endpoint is already connected" => "already connected",
        "Connection timed out" => "timeout",
        "Connection reset by peer"
        | "Software caused connection abort"
        | "Broken pipe"
        | "Bad file descriptor"
        | "Transport endpoint is not connected" => "closed",
        other => other,
    };
    let words = vm.str(words.as_bytes())?;
    vm.push(Value::NIL);
    vm.push(words);
    vm.push(Value::int(e.code));
    Ok(Action::Return(3))
}

// ------------------------------------------------------------------ sending

/// Bytes that are offered to the host at a time.
const PIECE: usize = 1 << 18;

fn send(vm: &mut Vm) -> NativeResult {
    let (socket, text) = (socket(vm)?, vm.check_str(2)?);
    let (from, to) = (vm.check_int(3)?.max(1) as usize, vm.check_int(4)?.max(0) as usize);
    let to = to.min(text.len()).min((from - 1).saturating_add(PIECE));
    let bytes = text.bytes().get(from - 1..to).unwrap_or_default();
    vm.charge_bytes(bytes.len());
    let result = net(vm, |net| net.send(socket, bytes))?;
    sent(vm, result)
}

fn sent(vm: &mut Vm, result: Result<Option<usize>, HostError>) -> NativeResult {
    match result {
        Ok(Some(n)) => vm.ret1(n as i64),
        Ok(None) => not_yet(vm),
        Err(e) => failure(vm, &e),
    }
}

// ------------------------------------------------------------------ waiting

fn ids(vm: &mut Vm, list: Gc<Table>) -> Result<Vec<SocketId>, Raise> {
    if list.len() > MOST {
        return Err(vm.error("too many sockets"));
    }
    let mut ids = Vec::new();
    for i in 1..=list.len() {
        vm.charge(2);
        match list.get_int(i).as_int().and_then(|id| u64::try_from(id).ok()) {
            Some(id) => ids.push(SocketId(id)),
            None => return Err(vm.error("invalid socket in a list")),
        }
    }
    Ok(ids)
}

fn list(vm: &mut Vm, ids: &[SocketId]) -> Result<Gc<Table>, Raise> {
    let list = prim::new_table(vm, ids.len() as u32, 0)?;
    for (i, id) in (1..).zip(ids) {
        prim::set_int(vm, list, i, Value::int(id.0 as i64))?;
    }
    Ok(list)
}

fn ready(vm: &mut Vm, left: i64) -> NativeResult {
    let (read, write) = (at::READ.get(vm), at::WRITE.get(vm));
    let (read, write) = (ids(vm, read)?, ids(vm, write)?);
    let nap = if left < 0 { NAP } else { left.min(NAP) };
    match net(vm, |net| net.ready(&read, &write, nap as f64 / 1000.0))? {
        Ok((read, write)) if read.is_empty() && write.is_empty() && (left < 0 || left > nap) => {
            at::LEFT.set(vm, if left < 0 { -1 } else { left - nap });
            Ok(Action::Pause { then: &READY_ON })
        }
        Ok((read, write)) => {
            let read = list(vm, &read)?;
            vm.push(read.into());
            let write = list(vm, &write)?;
            vm.push(write.into());
            Ok(Action::Return(2))
        }
        Err(e) => failure(vm, &e),
    }
}

fn resolve(vm: &mut Vm) -> NativeResult {
    let asked = vm.check_str(1)?;
    // No name is longer.
    if asked.len() > 255 || asked.is_empty() {
        let words = "host or service not provided, or not known".to_string();
        return failure(vm, &HostError { message: words, code: 2 });
    }
    let left = milliseconds(vm, 2)?;
    vm.set_top(0);
    name::FRAME.prepare(vm, 0);
    name::NAME.set(vm, asked);
    look_up(vm, left)
}

fn look_up(vm: &mut Vm, left: i64) -> NativeResult {
    let asked = name::NAME.get(vm);
    // A name is found faster than it is waited for; what is not is looked for every few milliseconds.
    let nap = if left < 0 { NAP / 4 } else { left.min(NAP / 4) };
    let found = net(vm, |net| match net.resolve(asked.bytes()) {
        Ok(None) if nap > 0 => {
            net.ready(&[], &[], nap as f64 / 1000.0)?;
            net.resolve(asked.bytes())
        }
        found => found,
    })?;
    match found {
        Ok(Some(addresses)) => {
            let list = prim::new_table(vm, addresses.len().min(1000) as u32, 0)?;
            vm.push(list.into());
            for (i, ip) in (1..).zip(addresses.iter().take(1000)) {
                vm.charge(5);
                let text = vm.str(ip.to_string().as_bytes())?;
                prim::set_int(vm, list, i, text)?;
            }
            Ok(Action::Return(1))
        }
        Ok(None) if left >= 0 && left <= nap => not_yet(vm),
        Ok(None) => {
            name::LEFT.set(vm, if left < 0 { -1 } else { left - nap });
            Ok(Action::Pause { then: &RESOLVE_ON })
        }
        Err(e) => failure(vm, &e),
    }
}
