//! The state of a session: the machine's snapshot, to which is attached what the prompt itself knows.

use luka::{SnapshotError, Unsavable, Value, Vm};
use luka_compiler::Std;
use std::collections::HashSet;

use super::Prompt;
use super::commands::Entry;
use luka::toolchain::Scope;
use luka::toolchain::bytes::{Input, Out};

/// Why a state cannot be gone back to.
pub enum StateError {
    Snapshot(SnapshotError),
    /// It is not what a prompt has attached.
    Damaged,
    /// It is of a session in another language.
    Language(Std),
}

impl std::fmt::Display for StateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            StateError::Snapshot(error) => error.fmt(f),
            StateError::Damaged => f.write_str("what it says about the session makes no sense"),
            StateError::Language(Std::Lua54) => f.write_str("its session needs --std=5.4"),
            StateError::Language(Std::Luka) => f.write_str("its session needs --std=luka"),
        }
    }
}

/// What the prompt knows, without values.
struct Known {
    scope: Scope,
    inputs: usize,
    last: String,
    log: Vec<Entry>,
    loaded: Option<String>,
    start: HashSet<Vec<u8>>,
}

impl Prompt<'_> {
    /// The state as bytes.
    ///
    /// # Errors
    /// Names what cannot be saved.
    pub fn state(&mut self) -> Result<Vec<u8>, Unsavable> {
        let mut out = Out::default();
        out.bool(self.session.options().std == Std::Lua54);
        self.scope.write(&mut out);
        out.u64(self.inputs as u64);
        out.bytes(self.last.as_bytes());
        out.u64(self.log.len() as u64);
        for entry in &self.log {
            entry.write(&mut out);
        }
        out.bool(self.loaded.is_some());
        out.bytes(self.loaded.as_deref().unwrap_or_default().as_bytes());
        let mut start: Vec<&Vec<u8>> = self.start.iter().collect();
        start.sort();
        out.u64(start.len() as u64);
        for name in start {
            out.bytes(name);
        }
        Ok(self.session.vm.snapshot_with(&out.0)?.into_bytes())
    }

    /// Goes to a state. If that fails, the session is as it was.
    ///
    /// # Errors
    /// It cannot be restored.
    pub fn go_to_state(&mut self, bytes: &[u8]) -> Result<(), StateError> {
        let restored = self.session.restored(bytes).map_err(StateError::Snapshot)?;
        let mut input = Input(&restored.attachment);
        let std = input.bool().ok_or(StateError::Damaged)?;
        let std = if std { Std::Lua54 } else { Std::Luka };
        if std != self.session.options().std {
            return Err(StateError::Language(std));
        }
        let known = read(&restored.vm, &restored.roots, &mut input).ok_or(StateError::Damaged)?;
        self.session.replace(restored.vm);
        let Known { scope, inputs, last, log, loaded, start } = known;
        (self.scope, self.inputs, self.last, self.log) = (scope, inputs, last, log);
        (self.loaded, self.start) = (loaded, start);
        Ok(())
    }
}

/// What was attached to a snapshot; `None` if it makes no sense.
fn read(vm: &Vm, roots: &[Value], input: &mut Input) -> Option<Known> {
    let scope = Scope::read(vm, roots, input)?;
    let (inputs, last) = (input.usize()?, input.text()?);
    let log = input.list(Entry::read)?;
    let (is_loaded, loaded) = (input.bool()?, input.text()?);
    let start = input.list(|input| Some(input.bytes()?.to_vec()))?;
    input.end()?;
    let loaded = is_loaded.then_some(loaded);
    Some(Known { scope, inputs, last, log, loaded, start: start.into_iter().collect() })
}
