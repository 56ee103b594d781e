//! Handles of coroutines.

use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::handle::Handle;

/// What a coroutine is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// It has not started, or has yielded: [`Vm::resume`](crate::Vm::resume) goes on with it.
    Suspended,
    /// It is the one that runs.
    Running,
    /// It has resumed another one.
    Normal,
    /// It has returned or failed.
    Dead,
}

/// A coroutine of a program.
#[derive(Clone, Debug)]
pub struct Thread(Handle);

impl Thread {
    pub(crate) fn from_handle(handle: Handle) -> Thread {
        Thread(handle)
    }
    pub(crate) fn handle(&self) -> &Handle {
        &self.0
    }

    /// What it is doing.
    ///
    /// # Errors
    /// The handle is of another machine.
    pub fn status(&self, cx: &Cx) -> Result<Status> {
        use luka_vm::object::thread::Status as Raw;
        let thread = self.0.raw(cx)?.as_thread().ok_or_else(Error::gone)?;
        Ok(match thread.status() {
            Raw::New | Raw::Suspended => Status::Suspended,
            Raw::Running => Status::Running,
            Raw::Normal => Status::Normal,
            Raw::Dead | Raw::Failed => Status::Dead,
        })
    }
}
