//! PUC's quicksort without calls, for short lists of mixed numbers, and the choices of the algorithm
//! that the state machine ([`super::sort`]) shares. (Which of `1` and `1.0` comes first depends on
//! the algorithm.)

use super::sort::invalid_order;
use crate::access::raw_less;
use crate::prim;
use luka_vm::{Gc, Raise, Table, Value, Vm};

/// Intervals larger than this may take other pivots than their middle (`RANLIMIT`).
const LARGE: i64 = 100;
/// The "random" number once a partition was too unequal: lists do not differ from run to run.
const SHUFFLE: i64 = u32::MAX as i64;

/// Sorts a short list of mixed numbers; false if there are other values.
pub fn sort_numbers(vm: &mut Vm, t: Gc<Table>, n: i64) -> Result<bool, Raise> {
    let mut values = Vec::with_capacity(n as usize);
    for i in 1..=n {
        let v = t.get_int(i);
        if !v.is_number() {
            return Ok(false);
        }
        values.push(v);
    }
    vm.charge(n as u64 * u64::from(64 - (n as u64).leading_zeros()));
    let ok = quicksort(&mut values);
    for (i, v) in values.into_iter().enumerate() {
        prim::set_int(vm, t, i as i64 + 1, v)?;
    }
    if ok { Ok(true) } else { Err(invalid_order(vm)) }
}

/// The algorithm on a slice of numbers; false if the order proves invalid (NaN).
fn quicksort(a: &mut [Value]) -> bool {
    let less = |x: Value, y: Value| raw_less(x, y).unwrap_or(false);
    let mut pending: Vec<(u32, u32, bool)> = Vec::new();
    let (mut lo, mut up, mut shuffle) = (0u32, a.len() as u32 - 1, false);
    'next: loop {
        'interval: {
            // Bounds here are those of PUC minus one; `up` may be one below `lo`, never negative.
            if lo >= up {
                break 'interval;
            }
            if less(a[up as usize], a[lo as usize]) {
                a.swap(lo as usize, up as usize);
            }
            if up - lo == 1 {
                break 'interval;
            }
            let p = pivot(i64::from(lo) + 1, i64::from(up) + 1, shuffle) as u32 - 1;
            if less(a[p as usize], a[lo as usize]) {
                a.swap(p as usize, lo as usize);
            } else if less(a[up as usize], a[p as usize]) {
                a.swap(p as usize, up as usize);
            }
            if up - lo == 2 {
                break 'interval;
            }
            let value = a[p as usize];
            a.swap(p as usize, up as usize - 1);
            let (mut i, mut j) = (lo, up - 1);
            loop {
                i += 1;
                while less(a[i as usize], value) {
                    if i == up - 1 {
                        return false;
                    }
                    i += 1;
                }
                j -= 1;
                while less(value, a[j as usize]) {
                    if j < i {
                        return false;
                    }
                    j -= 1;
                }
                if j < i {
                    break;
                }
                a.swap(i as usize, j as usize);
            }
            a.swap(up as usize - 1, i as usize);
            let (later, size) =
                if i - lo < up - i { ((i + 1, up), i - lo) } else { ((lo, i - 1), up - i) };
            // Too unequal: from then on take other pivots.
            let unequal = later.1.wrapping_sub(later.0) / 128 > size;
            pending.push((later.0, later.1, shuffle || unequal));
            if later.1 == up {
                up = i.max(1) - 1
            } else {
                lo = i + 1
            }
            continue 'next;
        }
        match pending.pop() {
            None => return true,
            Some(later) => (lo, up, shuffle) = later,
        }
    }
}

/// An element in the middle half of `lo..=up`, PUC's choice: indices from 1, `lo` not above `up`.
pub fn pivot(lo: i64, up: i64, shuffle: bool) -> i64 {
    if up - lo < LARGE || !shuffle {
        (lo + up) / 2
    } else {
        let quarter = (up - lo) / 4;
        SHUFFLE % (quarter * 2) + (lo + quarter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_mixed_numbers() {
        let mut x = 12345u64;
        for n in 1..200 {
            let mut values: Vec<Value> = (0..n)
                .map(|i| {
                    x = x.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                    let v = (x >> 33) as i64 % 50;
                    if i % 3 == 0 { Value::float(v as f64 + 0.5) } else { Value::int(v) }
                })
                .collect();
            assert!(quicksort(&mut values));
            assert!(values.windows(2).all(|w| raw_less(w[1], w[0]) == Some(false)));
        }
    }
}
