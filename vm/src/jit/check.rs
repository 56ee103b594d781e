//! Whether an allocation is right: the unit's blocks are walked with what every register and slot holds, whatever the
//! lives say that it was made from. Builds with debug assertions check every unit.

use super::alloc::{Place, Places};
use super::ir::*;
use super::live::uses;

/// Registers of a class, at most.
const REGISTERS: usize = 32;

/// The values in the general registers, the float registers and the slots; [`NONE`]: nobody knows.
type Held = Vec<V>;

/// Where a place is in [`Held`]; constants and what nobody uses are nowhere.
fn index(place: Place) -> Option<usize> {
    match place {
        Place::General(r) => Some(r as usize),
        Place::Float(r) => Some(REGISTERS + r as usize),
        Place::Frame(slot) => Some(2 * REGISTERS + slot as usize),
        Place::Nowhere | Place::Int(_) | Place::FloatBits(_) => None,
    }
}

/// Checks that every value that an instruction uses is where the allocation says, however control gets there.
///
/// # Errors
/// Which value is not, and where.
pub(super) fn check(f: &Func, places: &Places) -> Result<(), String> {
    let nothing: Held = vec![NONE; 2 * REGISTERS + places.slots as usize];
    let mut at_start: Vec<Option<Held>> = vec![None; f.blocks.len()];
    let mut waiting: Vec<u32> = vec![0];
    waiting.extend(f.resumes.iter().map(|resume| resume.block));
    for &n in &waiting {
        at_start[n as usize] = Some(nothing.clone());
    }
    while let Some(n) = waiting.pop() {
        let Some(mut held) = at_start[n as usize].clone() else { continue };
        let block = &f.blocks[n as usize];
        for i in &block.ins {
            for v in uses(f, block, i) {
                let place = places.of[v as usize];
                if index(place).is_none_or(|at| held[at] != v) {
                    return Err(format!("v{v} is not in {place:?} at {i:?} of block {n}"));
                }
            }
            if i.is_call() {
                held[..2 * REGISTERS].fill(NONE);
            }
            if i.d != NONE
                && let Some(at) = index(places.of[i.d as usize])
            {
                held[at] = i.d;
            }
            for next in [i.t, i.f].into_iter().filter(|next| *next != NONE) {
                let mut there = held.clone();
                if i.op == Op::Jump {
                    let params = f.blocks[next as usize].params.iter();
                    for (&p, at) in params.filter_map(|p| Some((p, index(places.of[*p as usize])?)))
                    {
                        there[at] = p;
                    }
                }
                if meet(&mut at_start[next as usize], there) {
                    waiting.push(next);
                }
            }
        }
    }
    Ok(())
}

/// Keeps what is the same on all ways to a block; whether that has changed.
fn meet(known: &mut Option<Held>, held: Held) -> bool {
    let Some(known) = known else {
        *known = Some(held);
        return true;
    };
    let mut changed = false;
    for (a, b) in known.iter_mut().zip(held) {
        if *a != b && *a != NONE {
            *a = NONE;
            changed = true;
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jit::alloc::allocate;

    /// A loop that counts one value down while another lives across a call.
    fn unit() -> Func {
        let mut f = Func { class: vec![Class::General; 6], ..Func::default() };
        f.constant = vec![None; 6];
        f.constant[5] = Some(1);
        let load = |d, k| Ins { d, k, ..Ins::new(Op::LoadSlot) };
        let jump = Ins { t: 1, ..Ins::new(Op::Jump) };
        f.blocks.push(Block {
            ins: vec![load(0, 0), load(1, 16), jump],
            args: vec![0],
            ..Block::default()
        });
        let less = Ins { d: 3, a: 2, b: 5, ..Ins::new(Op::Sub) };
        let store = Ins { a: 1, k: 32, ..Ins::new(Op::StoreSlot) };
        f.blocks.push(Block {
            params: vec![2],
            args: vec![3],
            ins: vec![less, Ins::new(Op::Close), store, Ins { t: 1, ..Ins::new(Op::Jump) }],
        });
        f.loops.push((1, 1));
        f
    }

    #[test]
    fn allocations_are_right_and_wrong_ones_are_found() {
        let f = unit();
        let mut places = allocate(&f);
        assert_eq!(check(&f, &places), Ok(()));
        // (What lives across the call must not be in a register.)
        assert!(matches!(places.of[1], Place::Frame(_)));
        places.of[1] = Place::General(super::super::machine::GENERAL[0]);
        assert!(check(&f, &places).is_err());
        // (Nor may two values that live at once be in one place.)
        let mut places = allocate(&f);
        places.of[0] = places.of[1];
        assert!(check(&f, &places).is_err());
    }
}
