//! `math.random`, `math.randomseed`: xoshiro256** as PUC's `lmathlib.c` uses it, so that a seed gives
//! the same sequence.
//!
//! The state is the buffer of a userdata (four little-endian words), an upvalue of both functions.

use crate::prim;
use luka_vm::{Gc, NativeResult, Raise, Table, Value, Vm, natives};

/// Registered name of the userdata that holds the generator's state.
pub const TYPE_NAME: &str = "random";

natives! { pub static RANDOM = "math";
    random: "math.random([m [, n]]) -> number"
        "A random float in [0, 1), or an integer from `m` (by default 1) to `n`; `random(0)` gives 64 random bits."
        = random,
    randomseed: "math.randomseed([x [, y]]) -> integer, integer"
        "Seeds the random numbers, by default from the host's randomness. Returns the two parts of the seed."
        = randomseed,
}

/// State of the generator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Xoshiro([u64; 4]);

impl Xoshiro {
    fn seeded(n1: u64, n2: u64) -> Xoshiro {
        let mut state = Xoshiro([n1, 0xff, n2, 0]);
        for _ in 0..16 {
            state.next();
        }
        state
    }

    fn next(&mut self) -> u64 {
        let [s0, s1, s2, s3] = self.0;
        let s2 = s2 ^ s0;
        let s3 = s3 ^ s1;
        self.0 = [s0 ^ s3, s1 ^ s2, s2 ^ (s1 << 17), s3.rotate_left(45)];
        s1.wrapping_mul(5).rotate_left(7).wrapping_mul(9)
    }

    /// Projects the random `bits` into `0..=n` without bias, drawing more if need be.
    fn project(&mut self, bits: u64, n: u64) -> u64 {
        if n & n.wrapping_add(1) == 0 {
            return bits & n;
        }
        let mask = u64::MAX >> n.leading_zeros();
        let mut bits = bits & mask;
        while bits > n {
            bits = self.next() & mask;
        }
        bits
    }

    #[inline]
    fn from_bytes(bytes: &[u8; 32]) -> Xoshiro {
        let (words, _) = bytes.as_chunks::<8>();
        let word = |i: usize| words.get(i).map_or(0, |w| u64::from_le_bytes(*w));
        Xoshiro([word(0), word(1), word(2), word(3)])
    }

    #[inline]
    fn to_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (chunk, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(self.0) {
            *chunk = word.to_le_bytes();
        }
        bytes
    }
}

/// The 53 high bits as a float in [0, 1).
fn to_float(bits: u64) -> f64 {
    (bits >> 11) as f64 * (0.5 / (1u64 << 52) as f64)
}

pub(super) fn open(vm: &mut Vm, lib: Gc<Table>) {
    let state = vm.heap.new_userdata(TYPE_NAME, 0);
    let (n1, n2) = vm.host().random_seed();
    state.with_buffer(&mut vm.heap, |b| *b = Xoshiro::seeded(n1, n2).to_bytes().to_vec());
    for &(name, def) in RANDOM {
        let f = prim::new_native(vm, def, &[state.into()]);
        let _ = prim::set_field(vm, lib, name, f); // see `math::open`
    }
}

/// Lets `f` use the generator.
fn with_state<R>(vm: &mut Vm, f: impl FnOnce(&mut Xoshiro) -> R) -> R {
    // Anything else than our userdata was put there through `debug`: any state will do.
    let holder = vm.upvalue(1).as_userdata().filter(|u| u.type_name == TYPE_NAME);
    match holder {
        Some(u) => u.with_buffer(&mut vm.heap, |b| match <&mut [u8; 32]>::try_from(&mut b[..]) {
            Ok(bytes) => {
                let mut state = Xoshiro::from_bytes(bytes);
                let result = f(&mut state);
                *bytes = state.to_bytes();
                result
            }
            Err(_) => f(&mut Xoshiro::seeded(0, 0)),
        }),
        None => f(&mut Xoshiro::seeded(0, 0)),
    }
}

fn random(vm: &mut Vm) -> NativeResult {
    match limits(vm) {
        Ok(Some((low, high))) if low <= high => {
            let size = (high as u64).wrapping_sub(low as u64);
            let n = with_state(vm, |state| {
                let bits = state.next();
                state.project(bits, size)
            });
            vm.ret1(low.wrapping_add(n as i64))
        }
        other => {
            // Also a call that fails takes a number from the sequence.
            let bits = with_state(vm, Xoshiro::next);
            match other? {
                Some(_) => Err(vm.arg_error(1, "interval is empty")),
                None if vm.nargs() == 0 => vm.ret1(to_float(bits)),
                None => vm.ret1(bits as i64),
            }
        }
    }
}

/// The interval asked for; `None` without arguments and for a single 0.
fn limits(vm: &mut Vm) -> Result<Option<(i64, i64)>, Raise> {
    match vm.nargs() {
        0 => Ok(None),
        1 => Ok(match vm.check_int(1)? {
            0 => None,
            high => Some((1, high)),
        }),
        2 => Ok(Some((vm.check_int(1)?, vm.check_int(2)?))),
        _ => Err(vm.error("wrong number of arguments")),
    }
}

fn randomseed(vm: &mut Vm) -> NativeResult {
    let (n1, n2) = if vm.nargs() == 0 {
        vm.host().random_seed()
    } else {
        let n1 = vm.check_int(1)?;
        (n1 as u64, vm.opt_int(2)?.unwrap_or(0) as u64)
    };
    with_state(vm, |state| *state = Xoshiro::seeded(n1, n2));
    vm.ret2(Value::int(n1 as i64), Value::int(n2 as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequence_is_pucs() {
        // math.randomseed(42); print(math.random(1, 100), math.random(), math.random(0))
        let mut g = Xoshiro::seeded(42, 0);
        let bits = g.next();
        assert_eq!(1 + g.project(bits, 99), 50);
        assert_eq!(format!("{:.14}", to_float(g.next())), "0.54688311243421");
        assert_eq!(g.next() as i64, -3807604385970496171);
        let bits = g.next();
        assert_eq!(1 + g.project(bits, 4), 2);
    }
}
