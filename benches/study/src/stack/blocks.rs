//! Closures, one for each block: the code between two jumps is run once in thought, with descriptions in
//! place of values, so that pushes, copies and swaps vanish. What is left of a block are the values it puts
//! into slots of the stack, each a closure, and where it goes on. A block pays its steps when it begins.

use super::code::{Instruction, Op, SIZE, STACK};
use super::programs::Program;
use super::verify::Verified;
use crate::technique::{Refused, Run, Stop};
use std::rc::Rc;

/// A value as a block knows it.
enum Value {
    Number(u32),
    /// What is in a slot when the block begins, or what a division before has put there.
    Slot(usize),
    Sub(Rc<Value>, Rc<Value>),
    Inc(Rc<Value>),
}

/// Slots of the stack, above them one for each place of the code, for what a division there has left or a branch
/// asks, and above those one for each slot again, where values wait that go round in a circle.
const SLOTS: usize = STACK + SIZE + STACK;
const ASIDE: usize = STACK + SIZE;

struct State {
    slots: Vec<u32>,
    printed: i64,
}

type Eval = Box<dyn Fn(&State) -> u32>;
type Action = Box<dyn Fn(&mut State) -> Result<(), Stop>>;

enum Exit {
    Halt,
    Goto(usize),
    /// Whether this is zero says where.
    Branch(Eval, usize, usize),
}

struct Block {
    cost: u64,
    actions: Vec<Action>,
    exit: Exit,
}

/// Makes a block of each place that a jump leads to or comes by.
pub fn make(program: &Program) -> Result<Run, Refused> {
    let verified = Verified::new(&program.words)?;
    let mut begins = vec![false; SIZE + 1];
    begins[0] = true;
    for pc in verified.places() {
        let instruction = verified.instruction(pc);
        if matches!(instruction.op, Op::Jump | Op::JumpZero) {
            begins[instruction.target(pc) as usize] = true;
            begins[instruction.next(pc) as usize] = true;
        }
    }
    let starts: Vec<u32> = verified.places().filter(|&pc| begins[pc as usize]).collect();
    let number = |pc: u32| starts.binary_search(&pc).unwrap_or(usize::MAX);
    let blocks: Vec<Block> =
        starts.iter().map(|&start| block(&verified, start, &begins, &number)).collect();
    let slots = vec![0; SLOTS];
    Ok(Box::new(move |steps| run(&blocks, &mut State { slots: slots.clone(), printed: 0 }, steps)))
}

fn run(blocks: &[Block], state: &mut State, mut steps: u64) -> Result<i64, Stop> {
    let mut at = 0;
    loop {
        let block = blocks.get(at).ok_or(Stop::Code)?;
        steps = steps.checked_sub(block.cost).ok_or(Stop::Steps)?;
        for action in &block.actions {
            action(state)?;
        }
        at = match &block.exit {
            Exit::Halt => return Ok(state.printed),
            Exit::Goto(to) => *to,
            Exit::Branch(value, zero, other) => {
                if value(state) == 0 {
                    *zero
                } else {
                    *other
                }
            }
        };
    }
}

fn block(verified: &Verified, start: u32, begins: &[bool], number: &dyn Fn(u32) -> usize) -> Block {
    let depth = verified.depth(start).unwrap_or(0);
    let mut stack: Vec<Rc<Value>> = (0..depth).map(|slot| Rc::new(Value::Slot(slot))).collect();
    let (mut actions, mut cost, mut pc) = (Vec::new(), 0, start);
    let exit = loop {
        if pc != start && begins[pc as usize] {
            break Exit::Goto(number(pc));
        }
        let instruction = verified.instruction(pc);
        let next = instruction.next(pc);
        cost += 1;
        match instruction.op {
            Op::Halt => break Exit::Halt,
            Op::Jump => break Exit::Goto(number(instruction.target(pc))),
            Op::JumpZero => {
                let (zero, other) = (number(instruction.target(pc)), number(next));
                // Slots have their new values before anybody asks, so this one has a slot, too.
                let slot = STACK + pc as usize;
                let value = stack.pop().map_or(Box::new(|_: &State| 0u32) as Eval, |v| eval(&v));
                actions.push(store(slot, value));
                break Exit::Branch(Box::new(move |state| state.slots[slot]), zero, other);
            }
            _ => step(instruction, STACK + pc as usize, &mut stack, &mut actions),
        }
        pc = next;
    };
    leave(&stack, &mut actions);
    Block { cost, actions, exit }
}

/// An instruction that does not jump; a division's value is put into `slot`.
fn step(
    instruction: Instruction,
    slot: usize,
    stack: &mut Vec<Rc<Value>>,
    actions: &mut Vec<Action>,
) {
    // (The verifier has found that there are as many values as are taken.)
    let taken = stack.split_off(stack.len() - instruction.op.effect().0);
    let a = || Rc::clone(&taken[0]);
    let b = || Rc::clone(&taken[1]);
    match instruction.op {
        Op::Push => stack.push(Rc::new(Value::Number(instruction.operand as u32))),
        Op::Print => {
            let value = eval(&a());
            actions.push(Box::new(move |state| {
                state.printed += i64::from(value(state));
                Ok(())
            }));
        }
        Op::Swap => stack.extend([b(), a()]),
        Op::Over => stack.extend([a(), b(), a()]),
        Op::Sub => stack.push(Rc::new(Value::Sub(b(), a()))),
        Op::Mod => {
            let (divided, divisor) = (eval(&b()), eval(&a()));
            actions.push(Box::new(move |state| {
                let value = divided(state).checked_rem(divisor(state)).ok_or(Stop::Division)?;
                state.slots[slot] = value;
                Ok(())
            }));
            stack.push(Rc::new(Value::Slot(slot)));
        }
        Op::Inc => stack.push(Rc::new(Value::Inc(a()))),
        Op::Drop | Op::Break | Op::Halt | Op::Jump | Op::JumpZero => {}
    }
}

/// Puts the values that a block leaves into their slots. Those that others read from there go first.
fn leave(stack: &[Rc<Value>], actions: &mut Vec<Action>) {
    let changed = |slot: &usize| !matches!(*stack[*slot], Value::Slot(of) if of == *slot);
    let mut left: Vec<usize> = (0..stack.len()).filter(changed).collect();
    let mut stores = Vec::new();
    while !left.is_empty() {
        let free = |&slot: &usize| left.iter().all(|&o| o == slot || !reads(&stack[o], slot));
        match left.iter().position(free) {
            Some(at) => {
                let slot = left.remove(at);
                actions.push(store(slot, eval(&stack[slot])));
            }
            // They go round in a circle: all of them wait aside.
            None => {
                for slot in std::mem::take(&mut left) {
                    actions.push(store(ASIDE + slot, eval(&stack[slot])));
                    stores.push(store(slot, eval(&Value::Slot(ASIDE + slot))));
                }
            }
        }
    }
    actions.append(&mut stores);
}

fn reads(value: &Value, slot: usize) -> bool {
    match value {
        Value::Number(_) => false,
        Value::Slot(of) => *of == slot,
        Value::Sub(a, b) => reads(a, slot) || reads(b, slot),
        Value::Inc(a) => reads(a, slot),
    }
}

fn store(slot: usize, value: Eval) -> Action {
    Box::new(move |state| {
        state.slots[slot] = value(state);
        Ok(())
    })
}

/// The closure of a value; the shapes that are usual have one of their own.
fn eval(value: &Value) -> Eval {
    match value {
        &Value::Number(n) => Box::new(move |_| n),
        &Value::Slot(slot) => Box::new(move |state| state.slots[slot]),
        Value::Sub(a, b) => match (&**a, &**b) {
            (&Value::Slot(a), &Value::Slot(b)) => {
                Box::new(move |state| state.slots[a].wrapping_sub(state.slots[b]))
            }
            _ => {
                let (a, b) = (eval(a), eval(b));
                Box::new(move |state| a(state).wrapping_sub(b(state)))
            }
        },
        Value::Inc(a) => match &**a {
            &Value::Slot(a) => Box::new(move |state| state.slots[a].wrapping_add(1)),
            a => {
                let a = eval(a);
                Box::new(move |state| a(state).wrapping_add(1))
            }
        },
    }
}
