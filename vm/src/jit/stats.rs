//! What the compiler has done.

use super::flow::Flow;
use super::ir::{Func, Op, Why};
use super::report::{ExitCount, JitStats};
use super::state::{Function, State, Unit};
use crate::vm::Vm;
use luka_bytecode::Op as B;
use std::collections::BTreeMap;

/// Why something was not compiled.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Refusal {
    Flow,
    Shape,
    Size,
    Space,
}

impl Refusal {
    fn text(self) -> &'static str {
        match self {
            Refusal::Flow => "its loops overlap, or it has long straight code",
            Refusal::Shape => "it is no function or loop that native code can enter",
            Refusal::Size => "it is long",
            Refusal::Space => "there is no memory for its code",
        }
    }
}

type Place = (String, u32, &'static str, &'static str);

#[derive(Default)]
pub(super) struct Counts {
    pub units: u64,
    pub given_up: u64,
    pub left_alone: u64,
    pub instructions: u64,
    pub operations: u64,
    pub bytes: u64,
    pub seconds: f64,
    refused: BTreeMap<Refusal, u64>,
    /// By opcode: translated, by handlers.
    translated: BTreeMap<u8, (u64, u64)>,
    /// Exits of units that were given up.
    exits: BTreeMap<Place, u64>,
}

impl Counts {
    pub fn refuse(&mut self, refusal: Refusal) {
        *self.refused.entry(refusal).or_default() += 1;
    }

    /// A unit was made of a function's code.
    pub fn unit(&mut self, func: &Func, flow: &Flow, bytes: usize) {
        self.units += 1;
        self.operations += func.size() as u64;
        self.bytes += bytes as u64;
        let handlers = func.blocks.iter().flat_map(|b| &b.ins).filter(|i| i.op == Op::Handler);
        let handled: Vec<u32> = handlers.map(|i| i.x).collect();
        for pc in func.built.clone() {
            self.instructions += 1;
            let counts = self.translated.entry(flow.code[pc as usize].op).or_default();
            if handled.contains(&pc) {
                counts.1 += 1;
            } else {
                counts.0 += 1;
            }
        }
    }

    /// Adds the exits of a unit.
    pub fn exits_of(&mut self, function: &Function, unit: &Unit) {
        // SAFETY: listed functions are live.
        let data = unsafe { &(*function.proto).data };
        let name = data.chunk.source_name.as_deref().unwrap_or(b"?");
        let name = String::from_utf8_lossy(name.strip_prefix(b"@").unwrap_or(name));
        for way in unit.leaving.ways.iter().filter(|way| way.taken > 0) {
            let op = function.plain.get(way.pc as usize).and_then(|i| i.opcode());
            let mnemonic = match op {
                Some(op) if !way.is_inlined() => op.info().mnemonic,
                _ => "(inlined)",
            };
            let why = match way.why {
                Why::Guard => "guard",
                Why::Unseen => "unseen",
                Why::End => "end",
            };
            let line = data.debug.lines.get(way.pc as usize).copied().unwrap_or(0);
            let place = (name.to_string(), line, mnemonic, why);
            *self.exits.entry(place).or_default() += u64::from(way.taken);
        }
    }
}

impl Vm {
    /// What the compiler has done since the machine was made, or the mode was chosen.
    pub fn jit_stats(&mut self) -> JitStats {
        self.with_compiler(|_, state| state.stats()).unwrap_or_default()
    }

    /// What is compiled from now on is kept as text, and what was is returned.
    pub fn jit_dump(&mut self) -> String {
        self.start_compiler();
        let taken = self.with_compiler(|_, state| state.dump.replace(String::new()));
        taken.flatten().unwrap_or_default()
    }
}

impl State {
    fn stats(&mut self) -> JitStats {
        let mut now = Counts::default();
        for function in self.functions.all() {
            for unit in &function.units {
                now.exits_of(function, unit);
            }
        }
        for (place, taken) in &self.counts.exits {
            *now.exits.entry(place.clone()).or_default() += taken;
        }
        let counts = &self.counts;
        let exit = |((chunk, line, instruction, why), taken)| ExitCount {
            chunk,
            line,
            instruction,
            why,
            taken,
        };
        let mut exits: Vec<ExitCount> = now.exits.into_iter().map(exit).collect();
        exits.sort_by_key(|exit| std::cmp::Reverse(exit.taken));
        let mnemonic = |op: u8| B::from_u8(op).map_or("?", |op| op.info().mnemonic);
        JitStats {
            units: counts.units,
            given_up: counts.given_up,
            left_alone: counts.left_alone,
            instructions: counts.instructions,
            operations: counts.operations,
            bytes: counts.bytes,
            seconds: counts.seconds,
            refused: counts.refused.iter().map(|(why, n)| (why.text(), *n)).collect(),
            translated: counts
                .translated
                .iter()
                .map(|(op, (native, handlers))| (mnemonic(*op), *native, *handlers))
                .collect(),
            exits,
        }
    }
}
