//! Instructions as debuggers show them, and the calls of a line.

use crate::engine::Engine;
use crate::site::Site;
use crate::watcher::FunctionKey;
use luka_bytecode::{Class, Instr};
use luka_vm::debug::position::line_of;
use luka_vm::debug::runs::{instruction, listing, register_name};
use luka_vm::{Gc, ProtoObj};

/// An instruction of a function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listed {
    /// Its number.
    pub pc: usize,
    /// The line it belongs to.
    pub line: Option<u32>,
    /// Mnemonic, operands and a comment.
    pub text: String,
    /// Its bytes.
    pub word: u64,
}

/// A call that is still to come in the current line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call {
    /// The instruction that calls.
    pub pc: usize,
    /// What the code calls the function.
    pub name: String,
}

impl Engine {
    /// The function that has a key, if it is there.
    fn function(&mut self, key: &FunctionKey) -> Option<Gc<ProtoObj>> {
        let functions = self.timeline.program.machine().functions();
        functions.into_iter().find(|function| FunctionKey::of(function.data()) == *key)
    }

    /// The key of the function of a frame, and the instruction it is at.
    pub fn function_of(&mut self, context: crate::Context) -> Option<(FunctionKey, usize)> {
        let machine = self.timeline.program.machine();
        let (_, view) = crate::stack::view(machine, context.thread, context.level)?;
        let (proto, pc) = luka_vm::debug::runs::code_of(&view)?;
        Some((FunctionKey::of(proto.data()), pc))
    }

    /// The instructions of a function and the name of its chunk; `None` if it is no more.
    pub fn listing(&mut self, key: &FunctionKey) -> Option<(Option<Vec<u8>>, Vec<Listed>)> {
        let function = self.function(key)?;
        let data = function.data();
        let texts = listing(function);
        let one = |(pc, text): (usize, String)| Listed {
            pc,
            line: line_of(data, pc),
            text,
            word: instruction(data, pc).map_or(0, Instr::word),
        };
        let source = data.chunk.source_name.as_deref().map(<[u8]>::to_vec);
        Some((source, texts.into_iter().enumerate().map(one).collect()))
    }

    /// The calls of the current line that are still to come, where the program is.
    pub fn calls(&mut self) -> Vec<Call> {
        let Some(site) = Site::here(self.timeline.program.machine()) else { return Vec::new() };
        let function = site.proto.data();
        let line = line_of(function, site.pc);
        let mut found = Vec::new();
        for pc in site.pc..function.code.len() {
            if line_of(function, pc) != line {
                break;
            }
            let Some(at) = site.at(pc).filter(Site::calls) else { continue };
            let name = match at.info.class {
                Class::GenericCall => Some("the loop's iterator".to_string()),
                _ => register_name(function, pc, at.instr.a as usize),
            };
            found.push(Call { pc, name: name.unwrap_or_else(|| "a function".to_string()) });
        }
        found
    }
}
