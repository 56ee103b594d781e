//! Hot reload: new code for a loaded module, whose state stays.
//!
//! The new text is run beside whatever is paused, which gives its functions and what it has in new
//! variables and fields. Then functions are matched by where they are written ([`outline`]), each
//! closure of the old code gets a successor with the new code and its own variables ([`variables`]),
//! which takes its place for all who refer to it, and tables get the fields they lack ([`tables`]);
//! [`exchange`] does it, or nothing.

mod exchange;
mod outline;
mod tables;
mod variables;

use crate::budget::Budget;
use crate::chunk::{Chunk, Content};
use crate::convert::{IntoValues, Values};
use crate::error::{Error, Result};
use crate::function::Function;
use crate::run::{Outcome, Phase};
use crate::vm::Vm;
use luka_stdlib::package;
use luka_vm::{Value as Raw, Vm as Machine};
use std::fmt;

/// What a reload did, by the names of functions: `helper`, `M.update`, `M.make/step` for a function
/// written inside of another. Those without a name of their own are numbered: `M.make/#1`.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Reloaded {
    /// Functions whose closures have the new code.
    pub replaced: Vec<String>,
    /// Functions that are new in the text.
    pub added: Vec<String>,
    /// Functions that the text does not have any more. Who has one goes on with it.
    pub removed: Vec<String>,
    /// Functions with closures that keep the old code, because it is not clear what takes their
    /// place, or with which variables.
    pub unmatched: Vec<Unmatched>,
}

/// A function that could not be given its new code.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Unmatched {
    /// The function.
    pub function: String,
    /// Why, for people.
    pub reason: String,
}

impl fmt::Display for Reloaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, names) in
            [("replaced", &self.replaced), ("added", &self.added), ("removed", &self.removed)]
        {
            if !names.is_empty() {
                writeln!(f, "{what}: {}", names.join(", "))?;
            }
        }
        self.unmatched.iter().try_for_each(|u| writeln!(f, "kept: {} ({})", u.function, u.reason))
    }
}

impl Vm {
    /// Gives a module that programs have loaded with `require` the code of a new text, without a
    /// limit; see [`Vm::reload_within`].
    ///
    /// # Errors
    /// As there.
    pub fn reload(&mut self, module: &str, text: impl AsRef<[u8]>) -> Result<Reloaded> {
        self.reload_within(module, text, Budget::unlimited())
    }

    /// Gives a module that programs have loaded with `require` the code of a new text.
    ///
    /// The text is run as `require` does, on a stack of its own: a program that is paused or waits
    /// for an answer stays so. Then every closure of the module's functions, whoever has it, gets
    /// the new code of the function that is written at the same place: has the same name, in a
    /// function that is matched. It keeps its variables by name; variables that are new to it are the
    /// module's, with the value the new text gave them. Tables of the module get the functions and
    /// fields they lack. Everything else is state, which stays: variables and fields that have a
    /// value keep it. Calls that are active, also in suspended coroutines, end in the old code.
    ///
    /// # Errors
    /// The module is not loaded or has no debug information; the text is no program, or raises an
    /// error, calls the host or uses up the budget; memory is short; the machine is closed. The
    /// module is then as it was (what the text did to other things before its error stays).
    pub fn reload_within(
        &mut self,
        module: &str,
        text: impl AsRef<[u8]>,
        budget: Budget,
    ) -> Result<Reloaded> {
        if matches!(self.phase, Phase::Closing | Phase::Closed) {
            return Err(Error::busy("the machine is closed"));
        }
        let old = self.with(|machine| {
            let loaded = package::loaded(machine).ok()?.get_str_bytes(module.as_bytes());
            let main = package::code(machine, module.as_bytes())?;
            (!loaded.is_nil() && main.proto().data().line_defined == 0).then_some(main)
        });
        let Some(old) = old else {
            return Err(Error::msg(format!("the module '{module}' is not loaded from a text")));
        };
        let kept = self.root(old.into());
        // Garbage is not to stand in the way.
        self.with(Machine::gc_full);
        let name = old.proto().data().chunk.source_name.as_deref().unwrap_or(b"=?").to_vec();
        let place = name.strip_prefix(b"@").map(|file| self.string(file)).transpose()?;
        let chunk = Chunk { content: Content::Text(text.as_ref().to_vec()), name, std: None };
        let main = self.compile(chunk)?;
        let values = self.run_beside(&main, (module, place), budget)?;
        let value = values.iter().next().map_or(Ok(Raw::NIL), |value| value.raw(self))?;
        let new = main.handle().raw(self)?.as_lua_fn().ok_or_else(Error::gone)?;
        let done = self.with(|machine| exchange::exchange(machine, module, (old, new), value));
        drop(kept);
        done.map_err(|e| self.raised(e))
    }

    /// Calls a function while what is paused waits.
    fn run_beside(
        &mut self,
        main: &Function,
        args: impl IntoValues,
        budget: Budget,
    ) -> Result<Values> {
        let aside = self.with(Machine::set_aside).map_err(|e| self.raised(e))?;
        let phase = std::mem::take(&mut self.phase);
        let outcome = self.start(main, args).map(|()| self.run(budget));
        self.phase = phase;
        self.with(|machine| machine.take_up(aside));
        outcome.and_then(Outcome::done)
    }
}
