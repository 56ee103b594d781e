//! Every instruction as its section of the reference has it.

use luka_bytecode::{Class, Instr, Op};
use luka_vm::debug::fault::ForPart;
use luka_vm::debug::{FaultKind, Operand};
use luka_vm::interp::at::At;
use luka_vm::interp::observe::{After, Outcome};
use luka_vm::{Raise, Value};

use super::numbers::{clip, iterations};
use super::operations::{
    Operator, Step, Stepped, arith, concat_method, eq, get, is_text, len, less, metamethod,
    raw_equal, set, truthy,
};

/// A register, and as the place of a value.
fn reg(x: u16) -> (usize, Operand) {
    (x as usize, Operand::Reg(x))
}

/// Executes the instruction.
pub fn execute(at: &mut At<'_>) -> Outcome {
    let i = at.instr();
    let Some(op) = i.opcode() else { return Err(at.error("no such instruction")) };
    let (a, b, c) = (i.a as usize, i.b as usize, i.c as usize);
    match op {
        Op::Move => write(at, a, |at| at.register(b)),
        Op::LoadI => write(at, a, |_| Value::int(i.sbx() as i64)),
        Op::LoadF => write(at, a, |_| Value::float(i.sbx() as f64)),
        Op::LoadK => write(at, a, |at| at.constant(i.bx() as usize)),
        Op::LoadNil => {
            for r in a..=a + b {
                at.set_register(r, Value::NIL);
            }
            Ok(After::Next)
        }
        Op::LoadTrue => write(at, a, |_| Value::bool(true)),
        Op::LoadFalse => write(at, a, |_| Value::bool(false)),
        Op::LFalseSkip => {
            at.set_register(a, Value::bool(false));
            Ok(After::Skip)
        }

        Op::GetUpval => write(at, a, |at| at.upvalue(b)),
        Op::SetUpval => {
            let v = at.register(a);
            at.set_upvalue(b, v);
            Ok(After::Next)
        }
        Op::GetTabUp => {
            let (o, k) = (at.upvalue(b), at.constant(c));
            let got = get(at, o, k, Operand::Upvalue(b as u8));
            write_step(at, a, got)
        }
        Op::GetTable => {
            let (o, k) = (at.register(b), at.register(c));
            let got = get(at, o, k, reg(i.b).1);
            write_step(at, a, got)
        }
        Op::GetI => {
            let o = at.register(b);
            let got = get(at, o, Value::int(c as i64), reg(i.b).1);
            write_step(at, a, got)
        }
        Op::GetField => {
            let (o, k) = (at.register(b), at.constant(c));
            let got = get(at, o, k, reg(i.b).1);
            write_step(at, a, got)
        }
        Op::SetTabUp => {
            let (o, k, v) = (at.upvalue(a), at.constant(b), at.register(c));
            store(at, o, k, v, Operand::Upvalue(a as u8))
        }
        Op::SetTabUpK => {
            let (o, k, v) = (at.upvalue(a), at.constant(b), at.constant(c));
            store(at, o, k, v, Operand::Upvalue(a as u8))
        }
        Op::SetTable => {
            let (o, k, v) = (at.register(a), at.register(b), at.register(c));
            store(at, o, k, v, reg(i.a).1)
        }
        Op::SetTableK => {
            let (o, k, v) = (at.register(a), at.register(b), at.constant(c));
            store(at, o, k, v, reg(i.a).1)
        }
        Op::SetI => {
            let (o, v) = (at.register(a), at.register(c));
            store(at, o, Value::int(b as i64), v, reg(i.a).1)
        }
        Op::SetIK => {
            let (o, v) = (at.register(a), at.constant(c));
            store(at, o, Value::int(b as i64), v, reg(i.a).1)
        }
        Op::SetField => {
            let (o, k, v) = (at.register(a), at.constant(b), at.register(c));
            store(at, o, k, v, reg(i.a).1)
        }
        Op::SetFieldK => {
            let (o, k, v) = (at.register(a), at.constant(b), at.constant(c));
            store(at, o, k, v, reg(i.a).1)
        }
        Op::NewTable => {
            let t = at.new_table()?;
            at.set_register(a, t.into());
            Ok(After::Made(i.a))
        }
        Op::SetList => {
            let n = if i.n == 0 { at.top() - (a + 1) } else { i.n as usize };
            let Some(t) = at.register(a).as_table() else {
                return Err(at.error("bad 'SETLIST' operand"));
            };
            at.set_list(t, i.bx() as usize, a + 1, n)?;
            Ok(After::Next)
        }
        Op::SelfK => {
            let (o, k) = (at.register(b), at.constant(c));
            let got = get(at, o, k, reg(i.b).1)?;
            at.set_register(a + 2, o);
            write_step(at, a, Ok(got))
        }

        Op::AddI => {
            let (v, from) = (at.register(b), reg(i.b).1);
            let n = Value::int(i.sc() as i64);
            let sum = match i.n {
                0 => arith(at, Operator::Add, (v, from), (n, Operand::None)),
                1 => arith(at, Operator::Add, (n, Operand::None), (v, from)),
                _ if v.as_float().is_some() => arith(at, Operator::Add, (v, from), (n, from)),
                _ => {
                    let n = Value::int(-(i.sc() as i64));
                    arith(at, Operator::Sub, (v, from), (n, Operand::None))
                }
            };
            write_step(at, a, sum)
        }
        Op::AddK => with_constant(at, i, Operator::Add),
        Op::SubK => with_constant(at, i, Operator::Sub),
        Op::MulK => with_constant(at, i, Operator::Mul),
        Op::ModK => with_constant(at, i, Operator::Mod),
        Op::PowK => with_constant(at, i, Operator::Pow),
        Op::DivK => with_constant(at, i, Operator::Div),
        Op::IDivK => with_constant(at, i, Operator::Idiv),
        Op::BAndK => with_constant(at, i, Operator::Band),
        Op::BOrK => with_constant(at, i, Operator::Bor),
        Op::BXorK => with_constant(at, i, Operator::Bxor),
        Op::ShlK => with_constant(at, i, Operator::Shl),
        Op::ShrK => with_constant(at, i, Operator::Shr),
        Op::Add => with_registers(at, i, i.c, Operator::Add),
        Op::Sub => with_registers(at, i, i.c, Operator::Sub),
        Op::Mul => with_registers(at, i, i.c, Operator::Mul),
        Op::Mod => with_registers(at, i, i.c, Operator::Mod),
        Op::Pow => with_registers(at, i, i.c, Operator::Pow),
        Op::Div => with_registers(at, i, i.c, Operator::Div),
        Op::IDiv => with_registers(at, i, i.c, Operator::Idiv),
        Op::BAnd => with_registers(at, i, i.c, Operator::Band),
        Op::BOr => with_registers(at, i, i.c, Operator::Bor),
        Op::BXor => with_registers(at, i, i.c, Operator::Bxor),
        Op::Shl => with_registers(at, i, i.c, Operator::Shl),
        Op::Shr => with_registers(at, i, i.c, Operator::Shr),
        Op::Unm => with_registers(at, i, i.b, Operator::Unm),
        Op::BNot => with_registers(at, i, i.b, Operator::Bnot),
        Op::Not => write(at, a, |at| Value::bool(!truthy(at.register(b)))),
        Op::Len => {
            let v = at.register(b);
            let n = len(at, v, reg(i.b).1);
            write_step(at, a, n)
        }
        Op::Concat => concat(at, a, b),

        Op::Jmp => Ok(After::Jump(i.sbx())),
        Op::JT => jump_if(truthy(at.register(a)), i.sbx()),
        Op::JF => jump_if(!truthy(at.register(a)), i.sbx()),
        Op::JTSet => copy_and_jump_if(at, truthy(at.register(b)), i),
        Op::JFSet => copy_and_jump_if(at, !truthy(at.register(b)), i),
        Op::JEq | Op::JNe => {
            let compared = eq(at, at.register(a), at.register(b));
            compare(i, op == Op::JNe, compared, false)
        }
        Op::JEqK => jump_if(raw_equal(at.register(a), at.constant(b)), i.sc() as i32),
        Op::JNeK => jump_if(!raw_equal(at.register(a), at.constant(b)), i.sc() as i32),
        Op::JEqI => jump_if(raw_equal(at.register(a), Value::int(i.sb() as i64)), i.sc() as i32),
        Op::JNeI => jump_if(!raw_equal(at.register(a), Value::int(i.sb() as i64)), i.sc() as i32),
        Op::JLt | Op::JNlt => {
            let (x, y) = (at.register(a), at.register(b));
            let (compared, contrary) = less(at, false, x, y)?;
            compare(i, op == Op::JNlt, compared, contrary)
        }
        Op::JLe | Op::JNle => {
            let (x, y) = (at.register(a), at.register(b));
            let (compared, contrary) = less(at, true, x, y)?;
            compare(i, op == Op::JNle, compared, contrary)
        }
        Op::JLtI | Op::JNltI | Op::JLeI | Op::JNleI => {
            let (x, y) = (at.register(a), immediate(i));
            let (compared, contrary) = less(at, matches!(op, Op::JLeI | Op::JNleI), x, y)?;
            compare(i, matches!(op, Op::JNltI | Op::JNleI), compared, contrary)
        }
        Op::JGtI | Op::JNgtI | Op::JGeI | Op::JNgeI => {
            let (x, y) = (immediate(i), at.register(a));
            let (compared, contrary) = less(at, matches!(op, Op::JGeI | Op::JNgeI), x, y)?;
            compare(i, matches!(op, Op::JNgtI | Op::JNgeI), compared, contrary)
        }

        Op::Call => {
            let arguments = if b == 0 { at.top() - (a + 2) } else { b - 1 };
            Ok(After::Call { window: i.a, arguments })
        }
        Op::TailCall => {
            let arguments = if b == 0 { at.top() - (a + 2) } else { b - 1 };
            Ok(After::TailCall { window: i.a, arguments })
        }
        Op::Return => {
            if i.n == 1 {
                if at.has_pending(0) {
                    return Ok(After::CloseLast(0));
                }
                at.close_upvalues(0);
            }
            let count = if b == 0 { at.top() - a } else { b - 1 };
            Ok(After::Return { first: a, count })
        }
        Op::Return0 => Ok(After::Return { first: 0, count: 0 }),
        Op::Return1 => Ok(After::Return { first: a, count: 1 }),
        Op::VarargPrep => Ok(After::Next),
        Op::Vararg => {
            let mut values = at.varargs();
            if c == 0 {
                at.set_open(a, &values)?;
                return Ok(After::Next);
            }
            values.resize(c - 1, Value::NIL);
            for (r, v) in (a..).zip(values) {
                at.set_register(r, v);
            }
            Ok(After::Next)
        }
        Op::Closure => {
            let function = at.new_function(i.bx() as usize);
            let upvalues = function.proto().data().upvalues.to_vec();
            for (index, u) in upvalues.iter().enumerate() {
                let cell = match u.in_stack {
                    true => Some(at.register_cell(u.index as usize)),
                    false => at.upvalue_cell(u.index as usize),
                };
                if let Some(cell) = cell {
                    at.set_cell(function, index, cell);
                }
            }
            at.set_register(a, function.into());
            Ok(After::Made(i.a))
        }
        Op::Close => {
            if at.has_pending(a) {
                return Ok(After::CloseLast(i.a));
            }
            at.close_upvalues(a);
            Ok(After::Next)
        }
        Op::Tbc => {
            to_be_closed(at, a)?;
            Ok(After::Next)
        }

        Op::ForPrep => for_prep(at, a, i.sbx()),
        Op::ForLoop => Ok(for_loop(at, a, i.sbx())),
        Op::TForPrep => {
            to_be_closed(at, a + 3)?;
            Ok(After::Jump(i.sbx()))
        }
        Op::TForCall => {
            for (to, from) in [(a + 4, a), (a + 6, a + 1), (a + 7, a + 2)] {
                let v = at.register(from);
                at.set_register(to, v);
            }
            Ok(After::Call { window: i.a + 4, arguments: 2 })
        }
        Op::TForLoop => {
            let v = at.register(a + 4);
            if v.is_nil() {
                return Ok(After::Next);
            }
            at.set_register(a + 2, v);
            Ok(After::Jump(i.sbx()))
        }
    }
}

/// Notes of comparisons: whether a false comparison jumps, whether the metamethod's contrary counts.
const ON_FALSE: u16 = 1;
const CONTRARY: u16 = 2;

/// The first result of the metamethod that the instruction has called.
pub fn complete(at: &mut At<'_>, result: Value, note: u16) -> Outcome {
    let i = at.instr();
    let Some(op) = i.opcode() else { return Ok(After::Next) };
    match op.info().class {
        Class::Set => Ok(After::Next),
        Class::Get | Class::Method | Class::Arith(_) | Class::Length => {
            write(at, i.a as usize, |_| result)
        }
        Class::Compare(..) => {
            let holds = truthy(result) != (note & CONTRARY != 0);
            jump_if(holds != (note & ON_FALSE != 0), i.sc() as i32)
        }
        Class::Concat => {
            // The right one of the two operands was number `note` of the window.
            let left = note as usize - 1;
            at.set_register(i.a as usize + left, result);
            concat(at, i.a as usize, left + 1)
        }
        Class::Move
        | Class::Load
        | Class::LoadNil
        | Class::GetUpvalue
        | Class::SetUpvalue
        | Class::NewTable
        | Class::SetList
        | Class::Not
        | Class::Jump
        | Class::Test(_)
        | Class::TestSet(_)
        | Class::RawEqual(_)
        | Class::Call
        | Class::TailCall
        | Class::Return
        | Class::VarargPrep
        | Class::Vararg
        | Class::Closure
        | Class::Close
        | Class::ToBeClosed
        | Class::NumericPrep
        | Class::NumericLoop
        | Class::GenericPrep
        | Class::GenericCall
        | Class::GenericLoop => Err(at.error("an instruction without metamethod has called one")),
    }
}

/// `R[a] := value`
fn write(at: &mut At<'_>, a: usize, value: impl FnOnce(&At<'_>) -> Value) -> Outcome {
    let v = value(at);
    at.set_register(a, v);
    Ok(After::Next)
}

/// `R[a]` gets what an operation gives.
fn write_step(at: &mut At<'_>, a: usize, step: Stepped<Value>) -> Outcome {
    match step? {
        Step::Done(v) => write(at, a, |_| v),
        Step::Call(handler, arguments) => Ok(After::Metamethod { handler, arguments, note: 0 }),
    }
}

fn store(at: &mut At<'_>, o: Value, k: Value, v: Value, operand: Operand) -> Outcome {
    match set(at, o, k, v, operand)? {
        Step::Done(()) => Ok(After::Next),
        Step::Call(handler, arguments) => Ok(After::Metamethod { handler, arguments, note: 0 }),
    }
}

fn with_constant(at: &mut At<'_>, i: Instr, operator: Operator) -> Outcome {
    let x = (at.register(i.b as usize), reg(i.b).1);
    let y = (at.constant(i.c as usize), Operand::None);
    let (x, y) = if i.n == 1 { (y, x) } else { (x, y) };
    let step = arith(at, operator, x, y);
    write_step(at, i.a as usize, step)
}

fn with_registers(at: &mut At<'_>, i: Instr, second: u16, operator: Operator) -> Outcome {
    let x = (at.register(i.b as usize), reg(i.b).1);
    let y = (at.register(second as usize), reg(second).1);
    let step = arith(at, operator, x, y);
    write_step(at, i.a as usize, step)
}

/// Joins what is left of a window, `n` values from `a` on, from the right; neighbours that are text
/// in one piece.
fn concat(at: &mut At<'_>, a: usize, mut n: usize) -> Outcome {
    while n > 1 {
        let (x, y) = (a + n - 2, a + n - 1);
        let (left, right) = (at.register(x), at.register(y));
        if !is_text(left) || !is_text(right) {
            let places = (Operand::Reg(x as u16), Operand::Reg(y as u16));
            let part = (n - 2, at.instr().b as usize);
            let handler = concat_method(at, part, (left, places.0), (right, places.1))?;
            let note = n as u16 - 1;
            return Ok(After::Metamethod { handler, arguments: vec![left, right], note });
        }
        let mut first = x;
        while first > a && is_text(at.register(first - 1)) {
            first -= 1;
        }
        let joined = at.join(first, a + n - first)?;
        at.set_register(first, joined);
        n = first - a + 1;
    }
    Ok(After::Made(a as u16))
}

fn jump_if(condition: bool, distance: i32) -> Outcome {
    Ok(if condition { After::Jump(distance) } else { After::Next })
}

fn copy_and_jump_if(at: &mut At<'_>, condition: bool, i: Instr) -> Outcome {
    if condition {
        let v = at.register(i.b as usize);
        at.set_register(i.a as usize, v);
    }
    jump_if(condition, i.sc() as i32)
}

/// The jump of a comparison.
fn compare(i: Instr, on_false: bool, compared: Step<bool>, contrary: bool) -> Outcome {
    match compared {
        Step::Done(holds) => jump_if(holds != on_false, i.sc() as i32),
        Step::Call(handler, arguments) => {
            let note = if on_false { ON_FALSE } else { 0 } | if contrary { CONTRARY } else { 0 };
            Ok(After::Metamethod { handler, arguments, note })
        }
    }
}

/// The immediate operand of a comparison as the source had it.
fn immediate(i: Instr) -> Value {
    if i.n == 1 { Value::float(i.sb() as f64) } else { Value::int(i.sb() as i64) }
}

fn to_be_closed(at: &mut At<'_>, register: usize) -> Result<(), Raise> {
    let v = at.register(register);
    if truthy(v) {
        if metamethod(at, v, "__close").is_nil() {
            return Err(at.not_closable_error(register));
        }
        at.mark_to_be_closed(register);
    }
    Ok(())
}

fn for_error(at: &mut At<'_>, v: Value, part: ForPart) -> Raise {
    at.fault(FaultKind::ForLoop(part), &[(v, Operand::None)], 0)
}

fn for_prep(at: &mut At<'_>, a: usize, distance: i32) -> Outcome {
    let (start, limit, step) = (at.register(a), at.register(a + 1), at.register(a + 2));
    if let (Some(first), Some(step)) = (start.as_int(), step.as_int()) {
        if step == 0 {
            return Err(at.fault(FaultKind::ForStepZero, &[], 0));
        }
        let Some(number) = limit.to_number() else {
            return Err(for_error(at, limit, ForPart::Limit));
        };
        return match clip(number, step) {
            Some(last) if if step > 0 { first <= last } else { first >= last } => {
                let more = iterations(first, last, step);
                at.set_register(a + 1, Value::int(more as i64));
                at.set_register(a + 3, start);
                Ok(After::Next)
            }
            _ => Ok(After::Jump(distance)),
        };
    }
    let mut floats = [0.0; 3];
    let named = [(limit, ForPart::Limit), (step, ForPart::Step), (start, ForPart::Initial)];
    for (f, (v, part)) in floats.iter_mut().zip(named) {
        let number = v.to_number().and_then(|n| n.as_float().or(n.as_int().map(|i| i as f64)));
        *f = number.ok_or_else(|| for_error(at, v, part))?;
    }
    let [limit, step, start] = floats;
    if step == 0.0 {
        return Err(at.fault(FaultKind::ForStepZero, &[], 0));
    }
    if if step > 0.0 { limit < start } else { start < limit } {
        return Ok(After::Jump(distance));
    }
    for (r, f) in (a..).zip([start, limit, step, start]) {
        at.set_register(r, Value::float(f));
    }
    Ok(After::Next)
}

fn for_loop(at: &mut At<'_>, a: usize, distance: i32) -> After {
    let (index, limit, step) = (at.register(a), at.register(a + 1), at.register(a + 2));
    let next = match (index.as_int(), limit.as_int(), step.as_int()) {
        (Some(i), Some(more), Some(step)) if more != 0 => {
            at.set_register(a + 1, Value::int(more.wrapping_sub(1)));
            Value::int(i.wrapping_add(step))
        }
        _ => match (index.as_float(), limit.as_float(), step.as_float()) {
            (Some(i), Some(limit), Some(step))
                if if step > 0.0 { i + step <= limit } else { limit <= i + step } =>
            {
                Value::float(i + step)
            }
            _ => return After::Next,
        },
    };
    at.set_register(a, next);
    at.set_register(a + 3, next);
    After::Jump(distance)
}
