//! "Calls" and "Frames" of the reference, held against what happens: a call of a Lua function by
//! CALL, TAILCALL or TFORCALL begins it with these arguments in these registers, and what RETURN
//! returns to such an instruction turns up in its registers.
//!
//! This looks at a program before each instruction, whoever executes it.

use luka_bytecode::{Instr, Op};
use luka_vm::Value;
use luka_vm::interp::at::{At, FrameId};
use luka_vm::stack::FrameKind;

use super::operations::{metamethod, raw_equal};

/// What has to be seen at the next instruction, other things between two instructions (hooks,
/// finalizers) apart.
enum Expected {
    /// A function with these arguments, its frame beginning here.
    Entry { start: FrameId, function: Value, arguments: Vec<Value> },
    /// These results in the frame of an instruction that has called.
    Results { frame: FrameId, pc: usize, values: Vec<Value> },
}

/// The checks of a run.
#[derive(Default)]
pub struct Calls {
    expected: Option<Expected>,
    /// How many beginnings and results were as expected.
    pub confirmed: u64,
    pub faults: Vec<String>,
}

impl Calls {
    /// Looks at the program before an instruction.
    pub fn look(&mut self, at: &At<'_>) {
        if let Some(expected) = self.expected.take() {
            self.hold_against(at, expected);
        }
        let i = at.instr();
        let (a, b) = (i.a as usize, i.b as usize);
        let open = |first: usize| at.top() - first;
        self.expected = match i.opcode() {
            Some(Op::Call | Op::TailCall) => {
                let n = if b == 0 { open(a + 2) } else { b - 1 };
                let arguments = (0..n).map(|k| at.register(a + 2 + k)).collect();
                let start = match i.opcode() {
                    Some(Op::TailCall) => at.start(),
                    _ => at.frame().window(a),
                };
                expected_entry(at, at.register(a), arguments, start)
            }
            Some(Op::TForCall) => {
                let arguments = vec![at.register(a + 1), at.register(a + 2)];
                expected_entry(at, at.register(a), arguments, at.frame().window(a + 4))
            }
            Some(Op::Return) => {
                let n = if b == 0 { open(a) } else { b - 1 };
                expected_results(at, (0..n).map(|k| at.register(a + k)).collect())
            }
            Some(Op::Return0) => expected_results(at, Vec::new()),
            Some(Op::Return1) => expected_results(at, vec![at.register(a)]),
            _ => None,
        };
    }

    fn hold_against(&mut self, at: &At<'_>, expected: Expected) {
        // A hook or a finalizer came first.
        if matches!(at.kind(), FrameKind::Hook | FrameKind::Gc) {
            self.expected = Some(expected);
            return;
        }
        match &expected {
            Expected::Entry { start, function, arguments } => {
                if at.kind() != FrameKind::Lua || at.pc() != 0 {
                    return; // an error: "stack overflow"
                }
                if at.start() != *start {
                    return self.fault(at, "a function begins in the wrong place");
                }
                self.entry(at, *function, arguments);
            }
            Expected::Results { frame, pc, values } => {
                if at.frame() == *frame && at.pc() == pc + 1 {
                    self.results(at, at.instr_at(*pc), values);
                }
            }
        }
    }

    fn entry(&mut self, at: &At<'_>, function: Value, arguments: &[Value]) {
        if !same(at.function().into(), function) {
            return self.fault(at, "the wrong function is called");
        }
        let params = at.num_params();
        for r in 0..params {
            let wanted = arguments.get(r).copied().unwrap_or(Value::NIL);
            if !same(at.register(r), wanted) {
                return self.fault(at, &format!("parameter R{r} is not the argument"));
            }
        }
        if at.function().proto().is_vararg() {
            let extra = arguments.get(params..).unwrap_or(&[]);
            let kept = at.varargs();
            if kept.len() != extra.len() || !kept.iter().zip(extra).all(|(x, y)| same(*x, *y)) {
                return self.fault(at, "the variable arguments are others");
            }
        }
        self.confirmed += 1;
    }

    fn results(&mut self, at: &At<'_>, call: Instr, values: &[Value]) {
        let (a, c) = (call.a as usize, call.c as usize);
        let (first, wanted) = match call.opcode() {
            Some(Op::Call) if c > 0 => (a, c - 1),
            Some(Op::TForCall) => (a + 4, c),
            Some(Op::Call | Op::TailCall) => {
                if at.top() != a + values.len() {
                    return self.fault(at, "the top is not behind the results");
                }
                (a, values.len())
            }
            _ => return,
        };
        for k in 0..wanted {
            let wanted = values.get(k).copied().unwrap_or(Value::NIL);
            if !same(at.register(first + k), wanted) {
                return self.fault(at, &format!("R{} is not result {}", first + k, k + 1));
            }
        }
        self.confirmed += 1;
    }

    fn fault(&mut self, at: &At<'_>, what: &str) {
        if self.faults.len() < 10 {
            let line = at.proto().debug.lines.get(at.pc()).copied().unwrap_or(0);
            self.faults.push(format!("line {line}, instruction {}: {what}", at.pc()));
        }
    }
}

/// Whether it is the very same value: NaN is, 1 and 1.0 are not.
fn same(x: Value, y: Value) -> bool {
    match (x.as_float(), y.as_float()) {
        (Some(a), Some(b)) => a.to_bits() == b.to_bits(),
        (None, None) => raw_equal(x, y),
        _ => false,
    }
}

/// The beginning of the callee, if that is a Lua function.
fn expected_entry(
    at: &At<'_>,
    mut callee: Value,
    mut arguments: Vec<Value>,
    start: FrameId,
) -> Option<Expected> {
    while callee.as_lua_fn().is_none() {
        if callee.is_function() {
            return None;
        }
        let h = metamethod(at, callee, "__call");
        if h.is_nil() {
            return None;
        }
        arguments.insert(0, callee);
        callee = h;
    }
    Some(Expected::Entry { start, function: callee, arguments })
}

/// The results at the instruction that has called the running function, if one has.
fn expected_results(at: &At<'_>, values: Vec<Value>) -> Option<Expected> {
    if at.kind() != FrameKind::Lua {
        return None;
    }
    let (frame, pc) = at.caller()?;
    Some(Expected::Results { frame, pc, values })
}
