//! Where values live: for each the stretches of the code, in the order of the blocks, from where it is
//! defined to where it is used, with holes where control never comes from the one to the other.

use super::ir::*;

/// A stretch of positions, both ends included. Positions are even at instructions; a value begins
/// behind what defines it.
pub(super) type Stretch = (u32, u32);

/// The life of a value.
#[derive(Clone)]
pub(super) struct Life {
    /// In order; none if it is a constant or nobody uses it.
    pub stretches: Vec<Stretch>,
    /// How much it costs to have it in memory.
    pub weight: f32,
    /// A parameter it becomes, and the first operand of what defines it: its place is a good one.
    pub becomes: V,
    pub from: V,
}

impl Life {
    const NONE: Life = Life { stretches: Vec::new(), weight: 0.0, becomes: NONE, from: NONE };

    pub fn start(&self) -> u32 {
        self.stretches.first().map_or(u32::MAX, |s| s.0)
    }

    pub fn end(&self) -> u32 {
        self.stretches.last().map_or(0, |s| s.1)
    }

    /// Uses for its length.
    pub fn density(&self) -> f32 {
        let length: u32 = self.stretches.iter().map(|s| s.1 - s.0 + 2).sum();
        self.weight / length.max(1) as f32
    }

    /// Whether both live somewhere at once.
    pub fn meets(&self, other: &Life) -> bool {
        let (mut a, mut b) = (self.stretches.iter(), other.stretches.iter());
        let (mut x, mut y) = (a.next(), b.next());
        while let (Some(s), Some(t)) = (x, y) {
            if s.1 < t.0 {
                x = a.next();
            } else if t.1 < s.0 {
                y = b.next();
            } else {
                return true;
            }
        }
        false
    }

    /// Whether it lives on behind a position in a list.
    pub fn crosses(&self, positions: &[u32]) -> bool {
        self.stretches.iter().any(|&(start, end)| {
            let next = positions.partition_point(|&at| at <= start);
            positions.get(next).is_some_and(|&at| at < end)
        })
    }
}

/// The lives of all values.
pub(super) struct Lives {
    pub of: Vec<Life>,
    /// Where calls are, in order.
    pub calls: Vec<u32>,
    /// Of each block, whether no value lives at its beginning.
    pub blank: Vec<bool>,
}

/// A set of values.
#[derive(Clone, PartialEq)]
struct Set(Vec<u64>);

impl Set {
    fn insert(&mut self, v: V) {
        self.0[v as usize / 64] |= 1 << (v % 64);
    }

    fn remove(&mut self, v: V) {
        self.0[v as usize / 64] &= !(1 << (v % 64));
    }

    fn unite(&mut self, other: &Set) {
        self.0.iter_mut().zip(&other.0).for_each(|(w, x)| *w |= x);
    }

    fn values(&self) -> impl Iterator<Item = V> + '_ {
        self.0.iter().enumerate().flat_map(|(i, &word)| {
            (0..64).filter(move |bit| word >> bit & 1 != 0).map(move |bit| (i * 64 + bit) as V)
        })
    }
}

/// The values an instruction uses: its operands, what its exit needs, and arguments of a jump.
pub(super) fn uses<'a>(f: &'a Func, block: &'a Block, i: &'a Ins) -> impl Iterator<Item = V> + 'a {
    let exit = i.exit().into_iter().flat_map(|x| &f.exits[x as usize].flush);
    let args = block.args.iter().copied().filter(|_| i.op == Op::Jump);
    let all = i.operands().chain(exit.flat_map(Flush::values)).chain(args);
    all.filter(|v| f.constant[*v as usize].is_none())
}

/// The blocks that may come after a block.
fn successors(block: &Block) -> impl Iterator<Item = u32> + '_ {
    block.ins.iter().flat_map(|i| [i.t, i.f]).filter(|t| *t != NONE)
}

/// The values that live at the beginning of each block.
fn live_in(f: &Func) -> Vec<Set> {
    let none = Set(vec![0; f.class.len() / 64 + 1]);
    let mut live = vec![none.clone(); f.blocks.len()];
    let mut again = true;
    while again {
        again = false;
        for (n, block) in f.blocks.iter().enumerate().rev() {
            let mut set = none.clone();
            successors(block).for_each(|next| set.unite(&live[next as usize]));
            for i in block.ins.iter().rev() {
                if i.d != NONE {
                    set.remove(i.d);
                }
                uses(f, block, i).for_each(|v| set.insert(v));
            }
            block.params.iter().for_each(|&p| set.remove(p));
            if set != live[n] {
                live[n] = set;
                again = true;
            }
        }
    }
    live
}

pub(super) fn lives(f: &Func) -> Lives {
    let live_in = live_in(f);
    let mut of = vec![Life::NONE; f.class.len()];
    let mut calls = Vec::new();
    let mut begin = 2;
    // What lives at the place the walk has come to, with the end of its stretch.
    let mut ends = vec![0; f.class.len()];
    for (n, block) in f.blocks.iter().enumerate() {
        let weight = 10f32.powi(f.depth(n).min(6) as i32);
        let end = begin + 2 + 2 * block.ins.len() as u32;
        let mut found: Vec<(V, Stretch)> = Vec::new();
        for next in successors(block) {
            live_in[next as usize].values().for_each(|v| ends[v as usize] = end - 1);
        }
        for (j, i) in block.ins.iter().enumerate().rev() {
            let at = begin + 2 + 2 * j as u32;
            if i.d != NONE {
                let life = &mut of[i.d as usize];
                life.from = i.a;
                life.weight += weight;
                let last = std::mem::take(&mut ends[i.d as usize]);
                found.push((i.d, (at + 1, last.max(at + 1))));
            }
            let flushed = i.exit().map_or(0, |x| f.exits[x as usize].flush.len());
            for (k, v) in uses(f, block, i).enumerate() {
                // (What only exits need may be in memory.)
                let is_operand = k < i.operands().count() || flushed == 0;
                of[v as usize].weight += if is_operand { weight } else { weight / 100.0 };
                let last = &mut ends[v as usize];
                *last = (*last).max(at);
            }
            if i.op == Op::Jump {
                for (&v, &p) in block.args.iter().zip(&f.blocks[i.t as usize].params) {
                    if of[v as usize].becomes == NONE {
                        of[v as usize].becomes = p;
                    }
                }
            }
            if i.is_call() {
                calls.push(at);
            }
        }
        for &p in &block.params {
            let last = std::mem::take(&mut ends[p as usize]);
            found.push((p, (begin, last.max(begin))));
        }
        for v in live_in[n].values() {
            let last = std::mem::take(&mut ends[v as usize]);
            found.push((v, (begin, last.max(begin))));
        }
        for (v, (start, last)) in found {
            let stretches = &mut of[v as usize].stretches;
            match stretches.last_mut() {
                Some(before) if before.1 + 1 >= start => before.1 = last,
                _ => stretches.push((start, last)),
            }
        }
        begin = end;
    }
    calls.sort_unstable();
    let blank = live_in.iter().map(|live| live.values().next().is_none()).collect();
    Lives { of, calls, blank }
}
