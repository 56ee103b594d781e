//! The functions that are active in a machine, across the coroutines that wait for each other.

use luka_compiler::Std;
use luka_vm::Vm;
use luka_vm::debug::runs::code_of;
use luka_vm::function::ChunkInfo;
use luka_vm::stack::FrameView;
use std::collections::HashMap;
use std::rc::Rc;

use super::names::Names;
use super::tree::{Symbol, SymbolId, Tree};

/// The most functions of a stack that are looked at, from the running one on.
const DEPTH: usize = 500;

/// Reads stacks.
pub struct Stacks {
    names: Names,
    /// Functions that were met, by their chunk, line and first span.
    known: HashMap<(*const ChunkInfo, u32, u32), SymbolId>,
    /// Keeps the addresses above from being those of others.
    chunks: Vec<Rc<ChunkInfo>>,
    found: Vec<SymbolId>,
}

impl Stacks {
    /// For a program in a language mode.
    pub fn new(std: Std) -> Stacks {
        Stacks {
            names: Names::new(std),
            known: HashMap::new(),
            chunks: Vec::new(),
            found: Vec::new(),
        }
    }

    /// The active functions, the running one last, and the line it is in, as far as it has one. With
    /// `pc`, the running function counts as being at that instruction.
    pub fn read(
        &mut self,
        machine: &Vm,
        tree: &mut Tree,
        pc: Option<usize>,
    ) -> (&[SymbolId], Option<u32>) {
        self.found.clear();
        let mut line = None;
        let mut coroutine = Some(machine.current_thread());
        let mut is_first = true;
        'all: while let Some(thread) = coroutine {
            for frame in machine.frames(thread) {
                if self.found.len() == DEPTH {
                    let more = tree.symbol(Symbol::without_place("(more calls)"));
                    self.found.push(more);
                    break 'all;
                }
                let Some(symbol) = self.symbol(machine, tree, &frame) else { continue };
                if std::mem::take(&mut is_first)
                    && let Some((proto, at)) = code_of(&frame)
                {
                    let lines = &proto.data().debug.lines;
                    line = lines.get(pc.unwrap_or(at)).copied().filter(|&line| line > 0);
                }
                self.found.push(symbol);
            }
            coroutine = thread.resumer();
        }
        self.found.reverse();
        (&self.found, line)
    }

    /// The function of a frame; `None` for the host's own.
    fn symbol(&mut self, machine: &Vm, tree: &mut Tree, frame: &FrameView) -> Option<SymbolId> {
        if let Some(native) = frame.func.as_native() {
            let name = native.native().name;
            let name = name.strip_prefix("base.").unwrap_or(name);
            // (`coroutine.wrap:function` is what `coroutine.wrap` makes.)
            let name = name.split(':').next().unwrap_or(name);
            return match name.starts_with("host.") {
                true => None,
                false => Some(tree.symbol(Symbol::without_place(name))),
            };
        }
        let function = frame.func.as_lua_fn()?;
        let proto = function.proto();
        let data = proto.data();
        let span = data.debug.spans.first().map_or(0, |span| span.start);
        let key = (Rc::as_ptr(&data.chunk), data.line_defined, span);
        if let Some(&known) = self.known.get(&key) {
            return Some(known);
        }
        let symbol = match code_of(frame) {
            Some(_) => self.names.symbol(data),
            // A library's function that is written in the language.
            None => {
                let name = machine.name_in_modules(frame.func);
                let name = name.map(|name| String::from_utf8_lossy(&name).into_owned());
                Symbol::without_place(name.unwrap_or_else(|| "(library)".into()))
            }
        };
        let symbol = tree.symbol(symbol);
        self.chunks.push(data.chunk.clone());
        self.known.insert(key, symbol);
        Some(symbol)
    }
}
