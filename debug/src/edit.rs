//! Changing the program: variables, where it goes on, functions that begin again. What it did after the
//! present moment is forgotten then.

use crate::engine::{Engine, Reason};
use crate::evaluate::Context;
use crate::site::Site;
use crate::statements::begins_statement;
use crate::transfer::transfer;
use crate::watcher::{FunctionKey, here, thread_id};
use luka_bytecode::Class;
use luka_vm::debug::runs::{active_registers, active_variables, code_of, line_starts};
use luka_vm::function::ProtoData;
use luka_vm::run::look::Place;
use luka_vm::snapshot::verify::verify;

/// What the debugger says when the future is gone.
const FORGOTTEN: &str = "what the program did after this moment is forgotten";

impl Engine {
    /// Whether the program can be changed where it is.
    fn is_changeable(&mut self) -> Result<(), String> {
        if self.now().at_error || self.has_ended() {
            return Err("nothing can be changed here: the function is being left".to_string());
        }
        Ok(())
    }

    /// The program was changed: it goes on from here.
    fn changed(&mut self, what: &str) -> Result<(), String> {
        self.has_changed();
        self.steps.clear();
        self.timeline.edit()?;
        self.notes.push(format!("{what}: {FORGOTTEN}"));
        Ok(())
    }

    /// Gives a variable or field the value of an expression: plain data, an object that the program has, or
    /// a table that the expression makes of these. What the program did after this moment is forgotten. The value, as it is shown.
    ///
    /// # Errors
    /// What is wrong with the expression; it makes something else, or there is no such place.
    pub fn assign(
        &mut self,
        context: Context,
        place: &Place,
        text: &str,
    ) -> Result<String, String> {
        self.is_changeable()?;
        let mut value = self.evaluate_to_keep(context, text)?;
        let machine = self.timeline.program.machine();
        let raw = transfer(&mut value, machine)?;
        if !machine.set_value_in(place, raw) {
            return Err("there is no such place".to_string());
        }
        self.changed("changed")?;
        Ok(value.text)
    }

    /// The instructions with which the running function can go on at a line: those that begin a
    /// statement of it and see no variable that has no value yet.
    ///
    /// # Errors
    /// Why it cannot go on there.
    pub fn targets(&mut self, source: &str, line: u32) -> Result<Vec<usize>, String> {
        self.is_changeable()?;
        let site = Site::here(self.timeline.program.machine());
        let site = site.ok_or("no function of the language runs here")?;
        let function = site.proto.data();
        let mut paths = crate::breakpoints::Paths::default();
        if !paths.is(function.chunk.source_name.as_deref(), source) {
            return Err("only the running function can go on elsewhere".to_string());
        }
        let starts: Vec<usize> = line_starts(function)
            .into_iter()
            .filter(|(_, l)| *l == line)
            .map(|(pc, _)| pc)
            .collect();
        if starts.is_empty() {
            return Err(format!(
                "the running function has no statement that begins in line {line}"
            ));
        }
        let found: Vec<usize> =
            starts.into_iter().filter(|&pc| can_go_on(function, site.pc, pc)).collect();
        if found.is_empty() {
            return Err(format!(
                "the function cannot go on in line {line}: it would be in the middle of a statement, or \
                 in a block whose variables have no values"
            ));
        }
        Ok(found)
    }

    /// Has the running function go on at another of its instructions, one of its
    /// [targets](Engine::targets). What the program did after this moment is forgotten.
    ///
    /// # Errors
    /// It cannot go on there.
    pub fn jump(&mut self, pc: usize) -> Result<(), String> {
        self.is_changeable()?;
        let now = self.now();
        let site = Site::here(self.timeline.program.machine());
        let site = site.ok_or("no function of the language runs here")?;
        let function = site.proto.data();
        let begins = line_starts(function).iter().any(|(start, _)| *start == pc);
        if !begins || !can_go_on(function, site.pc, pc) {
            return Err("the function cannot go on there".to_string());
        }
        let kept = active_registers(function, pc);
        let before = self.timeline.program.point(now.fuel)?;
        let machine = self.timeline.program.machine();
        let jumped = machine.jump(pc, kept);
        let sound = match verify(machine) {
            Ok(()) => jumped.map(|_| ()).ok_or("the function has no such instruction".to_string()),
            Err(_) => Err("a variable that is to be closed would be left open".to_string()),
        };
        if let Err(why) = sound {
            self.timeline.program.go_back(&before)?;
            return Err(format!("the function cannot go on there: {why}"));
        }
        self.changed("goes on here")?;
        self.reason = Reason::Goto;
        Ok(())
    }

    /// Goes back to the moment at which a function was called, and has the program go on from there.
    /// What it did after that is forgotten; what it has done to the world outside stays done.
    ///
    /// # Errors
    /// There is no such function, or its call is not in the recording.
    pub fn restart(&mut self, context: Context) -> Result<(), String> {
        let now = self.now();
        let machine = self.timeline.program.machine();
        let found = crate::stack::view(machine, context.thread, context.level);
        let (thread, view) = found.ok_or("there is no such function any more")?;
        let (proto, _) = code_of(&view).ok_or("a function of the library cannot begin again")?;
        let key = FunctionKey::of(proto.data());
        let (thread, start) = (thread_id(machine, thread), view.start);
        let mut before = None;
        let called = self.last_before(
            now,
            true,
            |_| Vec::new(),
            move |vm| {
                let Some(site) = Site::here(vm) else {
                    before = None;
                    return false;
                };
                let ends = matches!(site.info.class, Class::Return | Class::TailCall);
                let frame = (site.id, site.view.base, ends);
                let last = before.replace(frame);
                // (Loops, too, come to the first instruction: from the function itself.)
                let entered = last.is_none_or(|last| last != (site.id, site.view.base, false));
                site.pc == 0
                    && entered
                    && site.id == thread
                    && site.view.start == start
                    && FunctionKey::of(site.proto.data()) == key
            },
        )?;
        let Some(time) = called else {
            self.arrive(now, self.reason.clone())?;
            return Err("the function was called before the recording begins".to_string());
        };
        self.arrive(time, Reason::Restart)?;
        if here(self.timeline.program.machine()).is_some_and(|here| !here.begins) {
            self.run_to_first_line()?;
        }
        self.steps.clear();
        self.timeline.cut();
        self.reason = Reason::Restart;
        self.notes.push(format!("begins again: {FORGOTTEN}"));
        Ok(())
    }
}

/// Whether a function that is at one instruction can go on with another one.
fn can_go_on(function: &ProtoData, from: usize, to: usize) -> bool {
    let now = active_variables(function, from);
    let has_values = active_variables(function, to).iter().all(|variable| now.contains(variable));
    has_values && begins_statement(function, to)
}
