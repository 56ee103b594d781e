//! Registers for values: a linear scan over the blocks in order (Poletto and Sarkar, 1999). A value is
//! in one place for all of its life; what lives across a call is in the native frame.

use super::ir::*;
use super::x64::{FLOATS, GENERAL};

/// Where a value is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    Nowhere,
    /// A general register.
    General(u8),
    /// A float register.
    Float(u8),
    /// A slot of the native frame.
    Frame(u32),
    /// It is this constant: an integer, or the bits of a float.
    Int(i64),
    FloatBits(u64),
}

/// The places of all values.
pub(super) struct Places {
    pub of: Vec<Place>,
    /// Slots of the native frame.
    pub slots: u32,
}

/// The life of a value. Positions are even at instructions; a value begins behind what defines it.
#[derive(Clone, Copy)]
struct Life {
    start: u32,
    end: u32,
    /// How much it costs to have it in memory.
    weight: f32,
    /// A parameter it becomes, and the first operand of what defines it: its place is a good one.
    becomes: V,
    from: V,
}

struct Lives {
    of: Vec<Life>,
    /// Where calls are, in order.
    calls: Vec<u32>,
}

impl Life {
    const NONE: Life = Life { start: u32::MAX, end: 0, weight: 0.0, becomes: NONE, from: NONE };

    fn used(&mut self, at: u32, weight: f32) {
        self.end = self.end.max(at);
        self.weight += weight;
    }

    /// Uses for its length.
    fn density(&self) -> f32 {
        self.weight / (self.end - self.start + 2) as f32
    }
}

fn lives(f: &Func) -> Lives {
    let mut of = vec![Life::NONE; f.class.len()];
    let mut calls = Vec::new();
    let mut at = 2;
    let mut bounds = Vec::with_capacity(f.blocks.len());
    for (n, block) in f.blocks.iter().enumerate() {
        let begin = at;
        let weight = 10f32.powi(f.depth(n).min(6) as i32);
        for &p in &block.params {
            (of[p as usize].start, of[p as usize].end) = (at, at);
        }
        at += 2;
        for i in &block.ins {
            for v in i.operands() {
                of[v as usize].used(at, weight);
            }
            if let Some(x) = i.exit() {
                for v in f.exits[x as usize].flush.iter().flat_map(Flush::values) {
                    of[v as usize].used(at, weight / 100.0);
                }
            }
            if i.op == Op::Jump {
                for (&v, &p) in block.args.iter().zip(&f.blocks[i.t as usize].params) {
                    let life = &mut of[v as usize];
                    life.used(at, weight);
                    if life.becomes == NONE {
                        life.becomes = p;
                    }
                }
            }
            if i.d != NONE {
                let life = &mut of[i.d as usize];
                life.start = at + 1;
                life.from = i.a;
                life.used(at + 1, weight);
            }
            if i.is_call() {
                calls.push(at);
            }
            at += 2;
        }
        bounds.push((begin, at - 1));
    }
    // What is there before a loop and used in it lives to its end; inner loops first.
    let mut loops = f.loops.clone();
    loops.sort_by_key(|l| std::cmp::Reverse(l.0));
    for (first, last) in loops {
        let (begin, end) = (bounds[first as usize].0, bounds[last as usize].1);
        for life in &mut of {
            if life.start < begin && life.end >= begin && life.end < end {
                life.end = end;
            }
        }
    }
    Lives { of, calls }
}

/// What is being used of the registers of a class.
#[derive(Default)]
struct Active {
    values: Vec<V>,
    used: u32,
}

pub(super) fn allocate(f: &Func) -> Places {
    let Lives { of: lives, calls } = lives(f);
    let mut places = Places { of: vec![Place::Nowhere; f.class.len()], slots: 0 };
    let mut order = Vec::new();
    for (v, constant) in f.constant.iter().enumerate() {
        match (constant, f.class[v]) {
            (Some(k), Class::General) => places.of[v] = Place::Int(*k),
            (Some(k), Class::Float) => places.of[v] = Place::FloatBits(*k as u64),
            (None, _) if lives[v].start != u32::MAX => order.push(v as V),
            (None, _) => {}
        }
    }
    order.sort_by_key(|&v| lives[v as usize].start);
    let mut active = [Active::default(), Active::default()];
    for v in order {
        let life = lives[v as usize];
        for active in &mut active {
            let used = &mut active.used;
            active.values.retain(|&a| {
                let lives_on = lives[a as usize].end >= life.start;
                if !lives_on {
                    *used &= !bit(places.of[a as usize]);
                }
                lives_on
            });
        }
        let next_call = calls.partition_point(|&call| call <= life.start);
        if calls.get(next_call).is_some_and(|&call| call < life.end) {
            places.spill(v);
            continue;
        }
        let class = f.class[v as usize];
        let active = &mut active[class as usize];
        if let Some(r) = choose(life, class, active.used, &places) {
            places.of[v as usize] = in_register(class, r);
            active.used |= 1 << r;
            active.values.push(v);
            continue;
        }
        let density = |v: V| lives[v as usize].density();
        let least =
            active.values.iter().copied().min_by(|a, b| density(*a).total_cmp(&density(*b)));
        match least {
            Some(other) if density(other) < density(v) => {
                places.of[v as usize] = places.of[other as usize];
                places.spill(other);
                active.values.retain(|a| *a != other);
                active.values.push(v);
            }
            _ => places.spill(v),
        }
    }
    places
}

impl Places {
    fn spill(&mut self, v: V) {
        self.of[v as usize] = Place::Frame(self.slots);
        self.slots += 1;
    }
}

fn bit(place: Place) -> u32 {
    match place {
        Place::General(r) | Place::Float(r) => 1 << r,
        Place::Nowhere | Place::Frame(_) | Place::Int(_) | Place::FloatBits(_) => 0,
    }
}

fn in_register(class: Class, r: u8) -> Place {
    match class {
        Class::General => Place::General(r),
        Class::Float => Place::Float(r),
    }
}

/// A free register: that of the parameter it becomes or of an operand that ends here, if it can be.
fn choose(life: Life, class: Class, used: u32, places: &Places) -> Option<u8> {
    let is_free = |r: &u8| used & 1 << r == 0;
    for wish in [life.becomes, life.from] {
        if wish == NONE {
            continue;
        }
        let r = match (places.of[wish as usize], class) {
            (Place::General(r), Class::General) | (Place::Float(r), Class::Float) => r,
            _ => continue,
        };
        if is_free(&r) {
            return Some(r);
        }
    }
    match class {
        Class::General => GENERAL.iter().copied().find(is_free),
        Class::Float => (0..FLOATS).find(is_free),
    }
}
