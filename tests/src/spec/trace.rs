//! Runs of one program told apart: each instruction with what it reads, as a number.
//!
//! A number is made of function, index and instruction, and of the values of the registers it reads:
//! numbers by their bits, strings by bytes (of long ones the ends), objects by the serial number they
//! have in a run. TFORLOOP is left out: the machine does some of them together with their TFORCALL.

use std::cell::RefCell;
use std::fmt::Write;
use std::ops::Range;
use std::rc::Rc;

use luka_bytecode::effects::reads;
use luka_bytecode::reference::render;
use luka_bytecode::{Instr, Op};
use luka_vm::Value;
use luka_vm::interp::at::At;
use luka_vm::interp::observe::{Observer, Outcome};

use super::Spec;
use super::calls::Calls;

/// What a run leaves.
#[derive(Default)]
pub struct Trace {
    /// One number for each instruction.
    pub steps: Vec<u64>,
    /// The text of some of them.
    pub shown: Vec<String>,
    /// How often each opcode was executed.
    pub executed: Vec<u64>,
    pub calls: Calls,
}

/// Watches a run; with an interpreter, executes it.
pub struct Recorder {
    spec: Option<Spec>,
    /// Instructions beyond these are not recorded.
    most: usize,
    show: Range<usize>,
    trace: Rc<RefCell<Trace>>,
}

impl Recorder {
    /// A recorder and where its records are, for `most` instructions.
    pub fn new(
        spec: Option<Spec>,
        most: usize,
        show: Range<usize>,
    ) -> (Recorder, Rc<RefCell<Trace>>) {
        let executed = vec![0; Op::COUNT];
        let trace = Rc::new(RefCell::new(Trace { executed, ..Trace::default() }));
        (Recorder { spec, most, show, trace: trace.clone() }, trace)
    }
}

impl Observer for Recorder {
    fn instruction(&mut self, at: &mut At<'_>) -> Option<Outcome> {
        {
            let trace = &mut *self.trace.borrow_mut();
            let instr = at.instr();
            trace.calls.look(at);
            trace.executed[instr.op as usize] += 1;
            let n = trace.steps.len();
            if n < self.most && instr.opcode() != Some(Op::TForLoop) {
                trace.steps.push(step(at, instr));
                if self.show.contains(&n) {
                    trace.shown.push(describe(at, instr));
                }
            }
        }
        self.spec.as_mut().map(|spec| spec.execute(at))
    }

    fn complete(&mut self, at: &mut At<'_>, result: Value, note: u16) -> Option<Outcome> {
        self.spec.as_mut().map(|spec| spec.complete(at, result, note))
    }
}

/// FNV-1a over words.
struct Mix(u64);

impl Mix {
    fn add(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(23);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.add(u64::from_le_bytes(word));
        }
    }

    fn value(&mut self, at: &mut At<'_>, v: Value) {
        self.add(v.type_of() as u64);
        if let Some(s) = v.as_str() {
            let bytes = s.bytes();
            self.add(bytes.len() as u64);
            self.bytes(&bytes[..bytes.len().min(64)]);
            self.bytes(&bytes[bytes.len().saturating_sub(64)..]);
        } else if let Some(f) = v.as_float() {
            self.add(1);
            self.add(f.to_bits());
        } else if let Some(i) = v.as_int() {
            self.add(i as u64);
        } else if let Some(b) = v.as_bool() {
            self.add(b as u64);
        } else {
            self.add(at.serial(v));
        }
    }
}

/// The registers an instruction reads that there are.
fn registers(at: &At<'_>, instr: Instr) -> Vec<usize> {
    let mut registers = reads(instr, at.top());
    registers.retain(|r| *r < at.registers().max(at.top()));
    registers
}

fn step(at: &mut At<'_>, instr: Instr) -> u64 {
    let mut mix = Mix(0xcbf2_9ce4_8422_2325);
    let proto = at.proto();
    let (line, length) = (proto.line_defined, proto.code.len());
    mix.add((line as u64) << 32 | length as u64);
    mix.add(at.pc() as u64);
    mix.add(instr.word());
    for r in registers(at, instr) {
        let v = at.register(r);
        mix.value(at, v);
    }
    mix.0
}

fn describe(at: &mut At<'_>, instr: Instr) -> String {
    let proto = at.proto();
    let line = proto.debug.lines.get(at.pc()).copied().unwrap_or(0);
    let mut text = format!(
        "line {line}, function of line {}, {:>4} {}",
        proto.line_defined,
        at.pc(),
        render(instr)
    );
    for r in registers(at, instr) {
        let v = at.register(r);
        let _ = write!(text, "  R{r}={}", brief(at, v));
    }
    text
}

fn brief(at: &mut At<'_>, v: Value) -> String {
    if let Some(s) = v.as_str() {
        let text = String::from_utf8_lossy(s.bytes()).chars().take(40).collect::<String>();
        format!("{text:?} of {} bytes", s.bytes().len())
    } else if let Some(f) = v.as_float() {
        format!("{f:?}")
    } else if let Some(i) = v.as_int() {
        i.to_string()
    } else if let Some(b) = v.as_bool() {
        b.to_string()
    } else {
        format!("{}#{}", v.type_of().name(), at.serial(v))
    }
}
