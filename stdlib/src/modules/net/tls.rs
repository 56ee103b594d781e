//! TLS on sockets: what `luka.net.tls` and `ssl` are made of.

use super::super::capability::net;
use super::{done, failure, socket};
use crate::prim;
use luka_vm::host::{TlsSettings, TlsVerify, TlsVersion};
use luka_vm::{Gc, NativeResult, Raise, Table, Value, Vm};

/// What it costs to begin, and each step of the handshake: keys are made and signatures verified, for a quarter
/// of a millisecond.
const STEP: u64 = 50_000;

/// A text of the settings, which the host keeps; empty if there is none.
fn text(vm: &mut Vm, settings: Gc<Table>, field: &str) -> Result<Vec<u8>, Raise> {
    let value = prim::field(vm, settings, field);
    match value.as_str() {
        Some(text) => {
            vm.heap.room_for_message(text.len())?;
            vm.charge_bytes(text.len());
            Ok(text.bytes().to_vec())
        }
        None if value.is_nil() => Ok(Vec::new()),
        None => Err(vm.error(format!("invalid '{field}' of TLS"))),
    }
}

fn settings(vm: &mut Vm, i: usize) -> Result<TlsSettings, Raise> {
    let table = vm.check_table(i)?;
    let verify = match text(vm, table, "verify")?.as_slice() {
        b"" | b"required" => TlsVerify::Required,
        b"optional" => TlsVerify::Optional,
        b"nothing" => TlsVerify::Nothing,
        _ => return Err(vm.error("invalid 'verify' of TLS")),
    };
    let version = match text(vm, table, "version")?.as_slice() {
        b"" => None,
        b"1.2" => Some(TlsVersion::V12),
        b"1.3" => Some(TlsVersion::V13),
        _ => return Err(vm.error("invalid 'version' of TLS")),
    };
    let mut protocols = Vec::new();
    if let Some(list) = prim::field(vm, table, "protocols").as_table() {
        // (The message that names them has room for no more.)
        for i in 1..=list.len().min(64) {
            match list.get_int(i).as_str().map(|name| name.bytes()) {
                Some(name) if (1..256).contains(&name.len()) => protocols.push(name.to_vec()),
                _ => return Err(vm.error("invalid 'protocols' of TLS")),
            }
        }
    }
    Ok(TlsSettings {
        server: !prim::field(vm, table, "server").is_falsy(),
        certificate: text(vm, table, "certificate")?,
        key: text(vm, table, "key")?,
        authorities: text(vm, table, "authorities")?,
        verify,
        protocols,
        version,
    })
}

pub fn check(vm: &mut Vm) -> NativeResult {
    let settings = settings(vm, 1)?;
    vm.charge(STEP);
    let result = net(vm, |net| net.check_tls(&settings))?;
    done(vm, result)
}

pub fn start(vm: &mut Vm) -> NativeResult {
    let (socket, settings, name) = (socket(vm)?, settings(vm, 2)?, vm.check_str(3)?);
    vm.charge(STEP);
    // No name is longer.
    let name = name.bytes().get(..256.min(name.len())).unwrap_or_default();
    let result = net(vm, |net| net.start_tls(socket, &settings, name))?;
    done(vm, result)
}

pub fn handshake(vm: &mut Vm) -> NativeResult {
    let socket = socket(vm)?;
    vm.charge(STEP);
    match net(vm, |net| net.handshake(socket))? {
        Ok(is_done) => vm.ret1(is_done),
        Err(e) => failure(vm, &e),
    }
}

pub fn session(vm: &mut Vm) -> NativeResult {
    let socket = socket(vm)?;
    let session = match net(vm, |net| net.tls_session(socket))? {
        Ok(Some(session)) => session,
        Ok(None) => return vm.ret1(Value::NIL),
        Err(e) => return failure(vm, &e),
    };
    vm.set_top(0);
    let table = prim::new_table(vm, 0, 4)?;
    vm.push(table.into());
    let version = vm.small_str(match session.version {
        TlsVersion::V12 => "1.2",
        TlsVersion::V13 => "1.3",
    });
    prim::set_field(vm, table, "version", version)?;
    for (field, bytes) in [("cipher", session.cipher.as_bytes()), ("protocol", &session.protocol)] {
        let bytes = vm.str(bytes)?;
        prim::set_field(vm, table, field, bytes)?;
    }
    let list = prim::new_table(vm, session.certificates.len().min(64) as u32, 0)?;
    prim::set_field(vm, table, "certificates", list.into())?;
    for (i, one) in (1..).zip(session.certificates.iter().take(64)) {
        vm.charge_bytes(one.len());
        let one = vm.str(one)?;
        prim::set_int(vm, list, i, one)?;
    }
    vm.ret1(table)
}
