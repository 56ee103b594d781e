//! Arguments of a jump to the places of parameters, all at once.

use super::alloc::Place;
use super::emit::Emit;
use super::machine::{SCRATCH, SCRATCH_FLOAT};

impl Emit<'_> {
    pub fn moves(&mut self, from: usize, to: usize) {
        let (args, params) = (&self.f.blocks[from].args, &self.f.blocks[to].params);
        debug_assert_eq!(args.len(), params.len(), "arguments of block {to}");
        let pairs =
            args.iter().zip(params).map(|(&arg, &param)| (self.place(param), self.place(arg)));
        let mut left: Vec<(Place, Place)> =
            pairs.filter(|(to, from)| to != from && *to != Place::Nowhere).collect();
        while !left.is_empty() {
            // A place that nobody needs any more can be written.
            let ready = left.iter().position(|(to, _)| left.iter().all(|(_, from)| from != to));
            if let Some(ready) = ready {
                let (to, from) = left.swap_remove(ready);
                self.move_one(to, from);
                continue;
            }
            // All are in cycles: one begins with a copy.
            let to = left[0].0;
            let copy = match to {
                Place::Float(_) => Place::Float(SCRATCH_FLOAT),
                _ => Place::General(SCRATCH),
            };
            self.move_one(copy, to);
            for (_, from) in left.iter_mut().filter(|(_, from)| *from == to) {
                *from = copy;
            }
        }
    }
}
