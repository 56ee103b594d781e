//! What the verifier of code knows at the instructions that frames are at.

use crate::function::link::unlink;
use crate::object::function::ProtoObj;
use luka_bytecode::verify::{Facts, facts_at};
use luka_bytecode::{Class, Instr, Module, Op, Proto};

/// An instruction of a function, as a frame is at it.
pub(super) type Site = (*mut ProtoObj, u32);

/// The facts at all sites of a machine.
#[derive(Default)]
pub(super) struct Code {
    /// In ascending order; in front while they are collected, in any order.
    sites: Vec<Site>,
    facts: Vec<Option<Facts>>,
}

impl Code {
    /// A frame is at this instruction.
    pub fn want(&mut self, site: Site) {
        // Deep recursions are at few places.
        if self.sites.last() != Some(&site) {
            self.sites.push(site);
        }
    }

    /// Computes the facts at all sites.
    ///
    /// # Safety
    /// The prototypes exist, as the reader guarantees them.
    pub unsafe fn learn(&mut self) {
        self.sites.sort_unstable();
        self.sites.dedup();
        self.facts.clear();
        for group in self.sites.chunk_by(|a, b| a.0 == b.0) {
            let pcs: Vec<u32> = group.iter().map(|site| site.1).collect();
            // SAFETY: the caller's prototype.
            let module = unsafe { module_of(&*group[0].0) };
            // (Code that is not verified has no facts.)
            let facts = facts_at(&module, 0, &pcs);
            self.facts.extend(facts.unwrap_or_else(|_| vec![None; pcs.len()]));
        }
    }

    /// The facts at a site; `None`: control never comes there.
    pub fn at(&self, site: Site) -> Option<&Facts> {
        let at = self.sites.binary_search(&site).ok()?;
        self.facts.get(at)?.as_ref()
    }
}

/// The function and what its code needs of its children.
fn module_of(p: &ProtoObj) -> Module {
    let mut code = p.data.code.to_vec();
    unlink(&mut code);
    let children = p.data.protos.len() as u32;
    let function = Proto {
        num_params: p.num_params,
        is_vararg: p.is_vararg,
        max_stack: p.data.max_stack,
        code,
        protos: (1..=children).collect(),
        ..Proto::default()
    };
    let mut protos = vec![function];
    protos.extend(p.data.protos.iter().map(|child| Proto {
        upvalues: child.data.upvalues.iter().copied().collect(),
        ..Proto::default()
    }));
    Module { source_name: None, native: false, lua54: false, protos }
}

/// The register of the function that a calling instruction calls; `None`: it is no such instruction.
pub(super) fn window(instr: Instr, op: Op) -> Option<usize> {
    let class = op.info().class;
    if matches!(class, Class::Call | Class::TailCall) {
        return Some(instr.a as usize);
    }
    // A TFORCALL calls a copy of the iterator.
    (class == Class::GenericCall).then_some(instr.a as usize + 4)
}

/// The instruction of a function, with plain indices.
pub(super) fn instr(p: &ProtoObj, pc: u32) -> (Instr, Op) {
    let mut one = [p.data.code.get(pc as usize).copied().unwrap_or(Instr::abc(Op::Jmp, 0, 0, 0))];
    unlink(&mut one);
    (one[0], one[0].opcode().unwrap_or(Op::Jmp))
}
