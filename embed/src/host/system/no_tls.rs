//! What stands in for TLS in builds without it: nothing, and an error that says so.

use luka_vm::host::{HostResult, NO_TLS, TlsSession, TlsSettings};
use std::convert::Infallible;
use std::os::fd::OwnedFd;

use super::errors::plain;

/// What a connection would be made with: there is none.
pub type Context = Infallible;

/// Nothing is kept.
#[derive(Default)]
pub struct Contexts;

impl Contexts {
    /// # Errors
    /// Always.
    pub fn of(&mut self, _: &TlsSettings) -> HostResult<Context> {
        let how = "this luka was built without TLS (cargo install --path repl --features tls)";
        Err(plain(NO_TLS, how))
    }
}

/// A connection by TLS: there is none.
pub enum Tls {}

impl Tls {
    pub fn new(context: &Context, _name: &[u8], _came: Vec<u8>) -> HostResult<Tls> {
        match *context {}
    }
    pub fn has_ended(&self) -> bool {
        match *self {}
    }
    pub fn wants_write(&self) -> bool {
        match *self {}
    }
    pub fn is_handshaking(&self) -> bool {
        match *self {}
    }
    pub fn handshake(&mut self, _: &OwnedFd, _: &mut Vec<u8>) -> HostResult<bool> {
        match *self {}
    }
    pub fn send(&mut self, _: &OwnedFd, _: &[u8], _: &mut Vec<u8>) -> HostResult<Option<usize>> {
        match *self {}
    }
    pub fn receive(&mut self, _: &OwnedFd, _: &mut Vec<u8>) -> HostResult<bool> {
        match *self {}
    }
    pub fn close(&mut self, _: &OwnedFd) {
        match *self {}
    }
    pub fn session(&self) -> Option<TlsSession> {
        match *self {}
    }
}
