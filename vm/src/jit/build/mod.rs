//! From bytecode to the intermediate form: one walk over the code of a unit, in which the registers of
//! the frame become typed values.
//!
//! A unit is a function from its first instruction on, or a loop from its head on; what lies outside
//! of the loop is left to the interpreter. What it assumes of types and objects is guarded before the
//! instruction that needs it has changed anything.
//!
//! The walk begins with guesses: that loops do without calls, and calls of short functions can be
//! inlined. Where a guess turns out to be wrong, it is noted ([`Plan`]); what is built then is of no use, but
//! the walk goes on to find other wrong guesses, and then begins again.

mod access;
mod arith;
mod blocks;
mod call;
mod compare;
mod count;
mod create;
mod facts;
mod handler;
mod inherited;
mod inline;
mod iterate;
mod length;
mod loops;
mod metamethods;
mod natives;
mod new_nodes;
mod peel;
mod resume;
mod simple;
mod state;
mod strings;
mod upvalue;

use super::feedback::{Feedback, Site};
use super::flow::{COST, Flow};
use super::ir::*;
use super::state::Functions;
use crate::function::ProtoObj;
use crate::meta::Event;
use crate::object::Gc;
use crate::object::string::Str;
use crate::value::Value;
use luka_bytecode::{Instr, Op as B};
use state::{Reg, State};
use std::collections::{HashMap, HashSet};

/// A function whose code is built.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    /// Its number.
    pub number: u32,
    /// It is live.
    pub proto: &'a ProtoObj,
    /// The code, with plain indices and linked, without marks.
    pub plain: &'a [Instr],
    pub linked: &'a [Instr],
    /// Instructions that a debugger has marked, in order.
    pub marks: &'a [u32],
    pub feedback: &'a Feedback,
    /// The line of each instruction, where somebody looks at what is made.
    pub lines: &'a [u32],
}

impl Source<'_> {
    /// Constants.
    fn constant(&self, index: usize) -> Value {
        self.proto.data.constants[index]
    }
}

/// What was found while a unit was built.
#[derive(Default)]
pub(super) struct Plan {
    /// Heads of loops in which something is called.
    calling: HashSet<u32>,
    /// Heads of loops in which fields are stored whose places were known before.
    storing: HashSet<u32>,
    /// Calls that cannot be inlined; none can.
    kept: HashSet<u32>,
    keeps_all: bool,
    /// Registers that nobody reads at the head of a loop, with that head: they have to be stored, for they
    /// hold values of several types.
    stored: HashSet<(u32, usize)>,
}

/// What is built of a unit.
pub(super) struct Built {
    pub func: Func,
    /// It is a function's.
    pub is_function: bool,
}

/// A call that is being inlined.
struct Inlining<'a> {
    /// The caller, where it is, its first register, and what comes to its instructions further down.
    caller: Source<'a>,
    call: u32,
    first: usize,
    incoming: HashMap<u32, Vec<(u32, State)>>,
    /// The call's window, and the closure.
    window: usize,
    closure: V,
    /// What is known of the code that is inlined.
    flow: &'a Flow,
    /// It has taken the frame over by a tail call.
    is_tail: bool,
    /// A metamethod was called.
    is_meta: bool,
    /// Registers that have been the frame's.
    registers: usize,
    /// Where it returns, with the result in the window.
    returns: Vec<(u32, State)>,
}

struct Builder<'a> {
    source: Source<'a>,
    flow: &'a Flow,
    functions: &'a Functions,
    /// The names of the fields of metatables.
    event_names: &'a [Gc<Str>; Event::COUNT],
    plan: &'a mut Plan,
    /// The unit's instructions are from here to before `end`.
    entry: u32,
    end: u32,
    is_function: bool,
    sets_upvalues: bool,
    func: Func,
    /// Constants that are there, by class and bits.
    constants: HashMap<(bool, i64), V>,
    /// Loops that are being built, outer ones first.
    open_loops: Vec<loops::Open>,
    /// The loop whose first iteration is being built.
    peeling: Option<usize>,
    /// It has been built: the loop comes next.
    peeled: bool,
    /// What comes to instructions further down.
    incoming: HashMap<u32, Vec<(u32, State)>>,
    /// Results that are to be loaded where the interpreter comes in.
    loaded: Vec<resume::Loaded>,
    /// A guess that was wrong has been noted: begin again.
    again: bool,
    /// What was in new tables at one time or another.
    made: Vec<create::NewTable>,
    // Where the walk is.
    block: u32,
    /// The block is not ended yet.
    open: bool,
    pc: u32,
    state: State,
    /// An exit at the instruction with the state as it is.
    exit_here: Option<(Why, u32)>,
    /// First register of the function that is being built: more than 0 when it is inlined.
    first: usize,
    /// Calls that are being inlined, outer ones first.
    inlining: Vec<Inlining<'a>>,
    /// How deep they are, with tail calls.
    depth: usize,
    /// Instructions of functions that have been inlined: in all, in the call that is being inlined, and in each call
    /// of the unit's function, at most.
    inlined: u32,
    inlined_here: u32,
    inlined_in: HashMap<u32, u32>,
}

/// Each walk over the code notes all guesses that it finds wrong, so few are needed, but for code that is made to
/// need many.
const MOST_WALKS: usize = 40;

/// Builds the unit that begins at `entry`; `None`: there can be none.
pub(super) fn build(
    source: Source<'_>,
    flow: &Flow,
    functions: &Functions,
    event_names: &[Gc<Str>; Event::COUNT],
    entry: u32,
) -> Option<Built> {
    let is_function = entry == 0 && flow.loop_at(0).is_none();
    if is_function && source.proto.is_vararg {
        return None;
    }
    let end = match is_function {
        true => source.plain.len() as u32,
        false => flow.loops[flow.loop_at(entry)?].last + 1,
    };
    let mut plan = Plan::default();
    for _ in 0..MOST_WALKS {
        let sets = source.plain.iter().any(|i| i.opcode() == Some(B::SetUpval));
        let mut builder = Builder {
            source,
            flow,
            functions,
            event_names,
            plan: &mut plan,
            entry,
            end,
            is_function,
            sets_upvalues: sets,
            func: Func::default(),
            constants: HashMap::new(),
            open_loops: Vec::new(),
            peeling: None,
            peeled: false,
            incoming: HashMap::new(),
            loaded: Vec::new(),
            again: false,
            made: Vec::new(),
            block: 0,
            open: false,
            pc: entry,
            state: State {
                registers: vec![Reg::MEMORY; flow.registers],
                pending: 0,
                facts: Default::default(),
            },
            exit_here: None,
            first: 0,
            inlining: Vec::new(),
            depth: 0,
            inlined: 0,
            inlined_here: 0,
            inlined_in: HashMap::new(),
        };
        builder.walk();
        builder.measure_ways();
        if !builder.again {
            let Builder { func, .. } = builder;
            return Some(Built { func, is_function });
        }
    }
    None
}

impl Builder<'_> {
    fn walk(&mut self) {
        self.block = self.new_block();
        self.incoming.insert(self.entry, vec![(self.block, self.state.clone())]);
        let mut pc = self.entry;
        loop {
            if let Some(head) = self.peeled_to(pc) {
                pc = head;
            }
            if pc >= self.end {
                break;
            }
            let reached = self.at(pc);
            if reached && self.open {
                self.pc = pc;
                self.exit_here = None;
                if self.peeling.is_none() {
                    self.func.built.push(pc);
                }
                self.translate();
            }
            pc += 1;
        }
        self.end_loops(self.end);
        if self.open {
            self.leave(self.end, Why::End);
        }
        self.load_results();
    }

    /// The walk comes to an instruction: blocks and loops begin and end there. False: nothing leads there.
    fn at(&mut self, pc: u32) -> bool {
        if !self.flow.leader[pc as usize] && pc != self.entry {
            return true;
        }
        if self.open {
            self.jump_to(pc);
        }
        self.end_loops(pc);
        if !self.begin_block(pc) {
            return false;
        }
        if pc == 0 && self.is_function {
            self.check_fuel(0);
        }
        if let Some(l) = self.flow.loop_at(pc)
            && !self.peel(l)
        {
            self.enter_loop(l);
        }
        true
    }

    /// Translates the instruction at `pc`.
    fn translate(&mut self) {
        let i = self.source.plain[self.pc as usize];
        let Some(op) = i.opcode() else { return };
        if self.stops_before(self.pc) {
            self.leave(self.pc, Why::End);
            return;
        }
        let done = match op {
            B::Move | B::LoadI | B::LoadF | B::LoadK | B::LoadNil | B::VarargPrep => {
                self.simple(op, i)
            }
            B::LoadTrue | B::LoadFalse | B::LFalseSkip | B::Not | B::Jmp => self.simple(op, i),
            B::GetUpval => self.get_upvalue(i),
            B::SetUpval => self.set_upvalue(i),
            B::GetTabUp | B::GetField => self.get_field(op, i),
            B::GetTable | B::GetI => self.get_index(op, i),
            B::SetField | B::SetFieldK => self.set_field(op, i),
            B::SetTable | B::SetTableK | B::SetI | B::SetIK => self.set_index(op, i),
            B::AddI | B::AddK | B::SubK | B::MulK | B::ModK | B::PowK | B::DivK | B::IDivK => {
                self.arith_constant(op, i)
            }
            B::BAndK | B::BOrK | B::BXorK | B::ShlK | B::ShrK => self.arith_constant(op, i),
            B::Add | B::Sub | B::Mul | B::Mod | B::Pow | B::Div | B::IDiv => self.arith(op, i),
            B::BAnd | B::BOr | B::BXor | B::Shl | B::Shr => self.arith(op, i),
            B::Unm | B::BNot => self.unary(op, i),
            B::JT | B::JF | B::JTSet | B::JFSet => self.test(op, i),
            B::JEq | B::JNe => self.equality(op, i),
            B::JEqK | B::JNeK => self.equality_constant(op, i),
            B::JEqI | B::JNeI | B::JLtI | B::JNltI | B::JLeI | B::JNleI | B::JGtI | B::JNgtI => {
                self.order_immediate(op, i)
            }
            B::JGeI | B::JNgeI => self.order_immediate(op, i),
            B::JLt | B::JNlt | B::JLe | B::JNle => self.order(op, i),
            B::ForPrep => self.for_prep(i),
            B::ForLoop => self.for_loop(i),
            B::Call => self.call(i),
            B::Return0 | B::Return1 => self.return_some(op, i),
            B::Return => self.return_many(i),
            B::TailCall => self.tail_call(i),
            // Their handlers do all of it.
            B::SetTabUp | B::SetTabUpK => None,
            B::NewTable => self.new_table(i),
            B::SetList => self.set_list(i),
            B::Len => self.length(i),
            B::SelfK => self.method(i),
            B::Concat | B::Vararg | B::Closure | B::Close | B::Tbc => None,
            B::TForPrep => self.generic_for(i),
            B::TForCall => self.next_pair(i),
            B::TForLoop => None,
        };
        if done.is_none() && self.open {
            self.by_handler(i);
        }
    }

    /// Whether a debugger is asked before the instruction, or before one that its handler may do, too.
    fn stops_before(&self, pc: u32) -> bool {
        let is_marked = |pc: u32| self.source.marks.binary_search(&pc).is_ok();
        let two = self.source.plain[pc as usize].opcode() == Some(B::TForCall);
        is_marked(pc) || two && is_marked(pc + 1)
    }

    /// What was seen of the instruction.
    fn site(&self) -> Site {
        self.source.feedback.sites[self.pc as usize]
    }

    /// The instruction is paid for when the block is left the next time, and has no guards any more.
    fn paid(&mut self) {
        self.state.pending += COST;
        self.exit_here = None;
    }

    /// The name of a field of metatables.
    fn event_name(&self, event: Event) -> Value {
        self.event_names[event as usize].into()
    }

    /// That of the field that names the table behind.
    fn index_name(&self) -> Value {
        self.event_name(Event::Index)
    }

    /// Whether functions inside capture a register.
    fn is_captured(&self, r: usize) -> bool {
        self.flow.captured.has(r)
    }

    /// The instruction has not been reached yet, as far as is known: the interpreter goes on here and
    /// looks.
    fn unseen(&mut self) -> Option<()> {
        self.leave(self.pc, Why::Unseen);
        Some(())
    }
}

pub(super) use inline::may_be_inlined;
