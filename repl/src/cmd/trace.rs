//! `--trace`: every instruction a program executes, on standard error: source line, function,
//! index, the instruction, the values it reads and those it has written.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::rc::Rc;

use luka_bytecode::effects::{Effect, Registers, reads, writes};
use luka_bytecode::ops::{Flow, Op, Role};
use luka_bytecode::reference::render_operands;
use luka_bytecode::{Instr, operand};
use luka_vm::Value;
use luka_vm::debug::position::short_source;
use luka_vm::interp::at::{At, FrameId};
use luka_vm::interp::observe::{Observer, Outcome};

/// Which instructions are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Lines of the source, the first and the last.
    pub lines: (u32, u32),
    /// How many instructions, at most.
    pub limit: u64,
}

impl Range {
    pub const ALL: Range = Range { lines: (0, u32::MAX), limit: u64::MAX };

    /// The range with what an option says after `--trace`: nothing, `=12`, `=10-20` (lines) or
    /// `-limit=1000`.
    pub fn with(self, option: &str) -> Option<Range> {
        if option.is_empty() {
            return Some(self);
        }
        if let Some(limit) = option.strip_prefix("-limit=") {
            let limit = limit.parse().ok().filter(|n| *n > 0)?;
            return Some(Range { limit, ..self });
        }
        let lines = option.strip_prefix('=')?;
        let (first, last) = lines.split_once('-').unwrap_or((lines, lines));
        let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
        (1 <= first && first <= last).then_some(Range { lines: (first, last), ..self })
    }
}

/// Longest text of a value.
const BRIEF: usize = 24;

/// Most values of one instruction.
const SHOWN: usize = 16;

/// An instruction whose effects are not known yet.
struct Pending {
    frame: FrameId,
    pc: usize,
    instr: Instr,
    line: Option<String>,
}

/// What is kept of the run.
pub struct Tracer {
    range: Range,
    shown: u64,
    /// Of each coroutine, the last instruction of each frame, the innermost last.
    open: HashMap<usize, Vec<Pending>>,
    /// The coroutine of the last instruction.
    running: usize,
    /// Numbers of objects, in the order they are first shown.
    objects: HashMap<u64, usize>,
}

/// The tracer as the machine has it; the other end shows the last instruction ([`finish`]).
pub struct Shared(pub Rc<RefCell<Tracer>>);

impl Observer for Shared {
    fn instruction(&mut self, at: &mut At<'_>) -> Option<Outcome> {
        self.0.borrow_mut().step(at);
        None
    }
}

/// Shows the instruction the program ended with.
pub fn finish(tracer: &Rc<RefCell<Tracer>>) {
    tracer.borrow_mut().flush();
}

fn emit(line: &str) {
    // If standard error is closed, there is nowhere to report it.
    let _ = std::io::stderr().write_all(format!("{}\n", line.trim_end()).as_bytes());
}

impl Tracer {
    pub fn new(range: Range) -> Rc<RefCell<Tracer>> {
        Rc::new(RefCell::new(Tracer {
            range,
            shown: 0,
            open: HashMap::new(),
            running: 0,
            objects: HashMap::new(),
        }))
    }

    fn step(&mut self, at: &At<'_>) {
        if self.shown > self.range.limit {
            return;
        }
        let (frame, pc, instr) = (at.frame(), at.pc(), at.instr());
        let open = self.open.get(&self.running).and_then(|open| open.last());
        if open.is_some_and(|last| last.frame != frame) {
            self.flush();
        }
        self.running = frame.coroutine();
        let open = self.open.entry(self.running).or_default();
        while open.pop_if(|last| last.frame.is_above(frame)).is_some() {}
        if let Some(mut last) = open.pop_if(|last| last.frame == frame)
            && (pc != 0 || jumps(last.instr))
        {
            self.effects(at, &mut last, pc);
        }
        if !self.wants(at, pc) {
            return;
        }
        self.shown += 1;
        if self.shown > self.range.limit {
            self.open.clear();
            return emit(&format!("(no more than {} are shown)", self.range.limit));
        }
        let line = Some(self.describe(at, pc, instr));
        self.open.entry(self.running).or_default().push(Pending { frame, pc, instr, line });
    }

    /// Shows the last instruction, which has called something.
    fn flush(&mut self) {
        let open = self.open.get_mut(&self.running).and_then(|open| open.last_mut());
        if let Some(line) = open.and_then(|last| last.line.take()) {
            emit(&line);
        }
    }

    /// Shows what the last instruction of this frame has written; control is at `pc` now.
    fn effects(&mut self, at: &At<'_>, last: &mut Pending, pc: usize) {
        let op = last.instr.opcode();
        let fused = op == Some(Op::TForCall) && pc != last.pc + 1;
        let jumped = pc != last.pc + 1 && !fused;
        let mut text = String::new();
        if jumped == writes_when_it_jumps(last.instr) {
            for r in self.shown_registers(at, writes(last.instr, at.top())) {
                let value = self.brief(at.register(r));
                let _ = write!(text, " R{r}={value}");
            }
        }
        if op == Some(Op::SetUpval) {
            let value = self.brief(at.upvalue(last.instr.b as usize));
            let _ = write!(text, " U{}={value}", last.instr.b);
        }
        if jumped {
            let _ = write!(text, " to {pc}");
        }
        match last.line.take() {
            Some(line) if text.is_empty() => emit(&line),
            Some(line) => emit(&format!("{line} ->{text}")),
            None if text.is_empty() => {}
            None => emit(&format!("{} {:>4} back ->{text}", place(at, last.pc), last.pc)),
        }
        if fused {
            // The machine has done the TFORLOOP behind it too.
            let (at_loop, a) = (last.pc + 1, last.instr.a);
            let value = self.brief(at.register(a as usize + 2));
            let distance = pc as i32 - at_loop as i32 - 1;
            let text = assembly(Instr::asbx(Op::TForLoop, a, distance), at_loop);
            let place = place(at, at_loop);
            emit(&format!("{place} {at_loop:>4} {text} -> R{}={value} to {pc}", a + 2));
        }
    }

    fn wants(&self, at: &At<'_>, pc: usize) -> bool {
        let (first, end) = self.range.lines;
        let line = at.proto().debug.lines.get(pc).copied();
        first == 0 || line.is_some_and(|n| (first..=end).contains(&n))
    }

    /// Those of them there are, not too many.
    fn shown_registers(&self, at: &At<'_>, mut registers: Registers) -> Registers {
        registers.retain(|r| *r < at.registers().max(at.top()));
        registers.dedup();
        registers.truncate(SHOWN);
        registers
    }

    /// Place, instruction and what it reads.
    fn describe(&mut self, at: &At<'_>, pc: usize, instr: Instr) -> String {
        let mut text = format!("{} {pc:>4} {}", place(at, pc), assembly(instr, pc));
        let mut values = String::new();
        for r in self.shown_registers(at, reads(instr, at.top())) {
            let value = self.brief(at.register(r));
            let _ = write!(values, " R{r}={value}");
        }
        for o in instr.opcode().map_or(&[][..], |op| op.info().operands) {
            let index = operand::value(instr, *o) as usize;
            match o.role {
                Role::Const | Role::ConstNum | Role::ConstStr | Role::ConstWide => {
                    let value = self.brief(at.constant(index));
                    let _ = write!(values, " K{index}={value}");
                }
                Role::Upvalue if instr.opcode() != Some(Op::SetUpval) => {
                    let value = self.brief(at.upvalue(index));
                    let _ = write!(values, " U{index}={value}");
                }
                _ => {}
            }
        }
        if !values.is_empty() {
            let _ = write!(text, " ;{values}");
        }
        text
    }

    /// A value in a few characters. Objects have numbers of this trace: asking the machine for its
    /// own would change the order of keys.
    fn brief(&mut self, v: Value) -> String {
        if let Some(s) = v.as_str() {
            let text = String::from_utf8_lossy(s.bytes());
            let short: String = text.chars().take(BRIEF).collect();
            let more = if short.len() < text.len() { "…" } else { "" };
            return format!("{short:?}{more}");
        }
        if let Some(b) = v.as_bool() {
            return b.to_string();
        }
        if v.is_number() {
            let mut text = Vec::new();
            luka_vm::value::format::write_number(v, &mut text);
            return String::from_utf8_lossy(&text).into_owned();
        }
        if let Some(native) = v.as_native() {
            return native.native().name.to_string();
        }
        if let Some(f) = v.as_lua_fn() {
            return format!("function:{}", f.proto().data().line_defined);
        }
        let kind = v.type_of().name();
        if v.as_object().is_none() {
            return kind.to_string();
        }
        let next = self.objects.len() + 1;
        format!("{kind}#{}", *self.objects.entry(v.payload()).or_insert(next))
    }
}

/// Whether control may go elsewhere than to the next instruction of the frame.
fn jumps(instr: Instr) -> bool {
    instr.opcode().is_some_and(|op| operand::jump_target(op, instr, 0).is_some())
}

/// Whether the instruction writes registers only when it jumps; others only when they do not.
/// (LFALSESKIP always jumps.)
fn writes_when_it_jumps(instr: Instr) -> bool {
    let Some(info) = instr.opcode().map(Op::info) else { return false };
    info.class.writes_if_taken()
        || info.flow == Flow::SkipOne
        || info.effects.iter().any(|effect| matches!(effect, Effect::WritesIfTaken(_)))
}

/// `chunk:line function`, the function by the line it is defined at.
fn place(at: &At<'_>, pc: usize) -> String {
    let proto = at.proto();
    let chunk = short_source(&proto.chunk);
    let line = proto.debug.lines.get(pc).map_or("?".to_string(), u32::to_string);
    let function = match proto.line_defined {
        0 => "main".to_string(),
        n => format!("function:{n}"),
    };
    format!("{}:{line} {function}", String::from_utf8_lossy(&chunk))
}

/// The instruction with its operands, jumps as the index they lead to.
fn assembly(instr: Instr, pc: usize) -> String {
    let Some(op) = instr.opcode() else { return String::new() };
    let operands = render_operands(instr, |distance| format!("L{}", pc as i64 + 1 + distance));
    format!("{:<10}{operands}", op.info().mnemonic)
}
