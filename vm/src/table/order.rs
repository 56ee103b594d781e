//! What `table.sort` is made of when the order is the language's own: the pieces of a quicksort on
//! the array part.
//!
//! Each piece is short work, so that sorting can stop between any two. Whatever happened in between,
//! nothing is written that was not in the table: pieces only exchange elements, and those that look
//! at payloads check the tags of their range first.

use super::{Gc, Table};
use crate::object::bytes;
use crate::object::string::Str;
use crate::value::{Value, tag};

/// Lists whose elements are of one kind, for which all correct orders look the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Integers.
    Ints,
    /// Without NaN and without -0.0, which can be told from its equal.
    Floats,
    /// Strings.
    Strings,
}

/// A partition under way: `first..bound` belong below the pivot, `bound..next` do not, the rest up
/// to `last` (included) is to be looked at. Indices as programs count them.
#[derive(Clone, Copy, Debug)]
pub struct Partition {
    /// Elements from the first up to this index (excluded) belong below the pivot.
    pub bound: i64,
    /// The next element to compare.
    pub next: i64,
    /// The last element.
    pub last: i64,
    /// Whether what equals the pivot belongs below it.
    pub equal_below: bool,
}

/// A float's bits as an integer of the same order.
#[inline(always)]
fn float_key(bits: u64) -> i64 {
    let i = bits as i64;
    i ^ ((i >> 63) as u64 >> 1) as i64
}

#[inline(always)]
fn string(payload: u64) -> &'static [u8] {
    // SAFETY: callers have seen the tag of a string with this payload.
    unsafe { Gc::<Str>::from_payload(payload).bytes() }
}

/// Whether all tags are of a kind (that of floats: as far as tags tell).
#[inline]
fn tags_are(kind: Kind, tags: &[u8]) -> bool {
    // Without a way out, so that many tags are compared at once.
    let (ignored, wanted) = match kind {
        Kind::Ints => (0, tag::INT),
        Kind::Floats => (0, tag::FLOAT),
        Kind::Strings => (tag::STR ^ tag::LSTR, tag::STR | tag::LSTR),
    };
    tags.iter().fold(0, |other, t| other | ((t | ignored) ^ wanted)) == 0
}

impl Gc<Table> {
    /// Payloads and tags of the elements `first` to `last` if all are in the array part.
    fn range(self, first: i64, last: i64) -> Option<(&'static mut [u64], &'static mut [u8])> {
        let t = self.as_ptr();
        // SAFETY: the table is live and the range within its array part. The slices are used up
        // before anything else touches the table: they never leave a function of this file.
        unsafe {
            if first < 1 || last < first || last > (*t).asize as i64 {
                return None;
            }
            let (at, n) = (first as usize - 1, (last - first) as usize + 1);
            let payloads = std::slice::from_raw_parts_mut((*t).arr.add(at), n);
            Some((payloads, std::slice::from_raw_parts_mut((*t).tags().add(at), n)))
        }
    }

    /// The kind of the elements `first` to `last`, if it is one.
    pub fn kind_of_elements(self, first: i64, last: i64) -> Option<Kind> {
        let (payloads, tags) = self.range(first, last)?;
        let kind = match tags[0] {
            tag::INT => Kind::Ints,
            tag::FLOAT => Kind::Floats,
            tag::STR | tag::LSTR => Kind::Strings,
            _ => return None,
        };
        let odd = |&bits: &u64| bits == 1 << 63 || f64::from_bits(bits).is_nan();
        let fits = tags_are(kind, tags) && (kind != Kind::Floats || !payloads.iter().any(odd));
        fits.then_some(kind)
    }

    /// Sorts the elements `first` to `last` in one go; false if they are not of the kind.
    pub fn sort_elements(self, kind: Kind, first: i64, last: i64) -> bool {
        let Some((payloads, tags)) = self.range(first, last) else { return false };
        if !tags_are(kind, tags) {
            return false;
        }
        match kind {
            Kind::Ints => payloads.sort_unstable_by_key(|&p| p as i64),
            Kind::Floats => payloads.sort_unstable_by_key(|&p| float_key(p)),
            Kind::Strings => {
                let mut values: Vec<(u64, u8)> =
                    payloads.iter().copied().zip(tags.iter().copied()).collect();
                values.sort_unstable_by(|a, b| bytes::order(string(a.0), string(b.0)));
                for (i, v) in values.into_iter().enumerate() {
                    (payloads[i], tags[i]) = v;
                }
            }
        }
        true
    }

    /// An element near the middle of the order, the median of nine.
    pub fn middle_element(self, kind: Kind, first: i64, last: i64) -> Option<Value> {
        let step = (last - first) / 8;
        let mut nine = [(0u64, 0u8); 9];
        for (i, place) in (0i64..).zip(nine.iter_mut()) {
            let (payloads, tags) = self.range(first + i * step, first + i * step)?;
            if !tags_are(kind, tags) {
                return None;
            }
            *place = (payloads[0], tags[0]);
        }
        match kind {
            Kind::Ints => nine.sort_unstable_by_key(|v| v.0 as i64),
            Kind::Floats => nine.sort_unstable_by_key(|v| float_key(v.0)),
            Kind::Strings => nine.sort_unstable_by(|a, b| bytes::order(string(a.0), string(b.0))),
        }
        Some(Value { payload: nine[4].0, tag: nine[4].1 })
    }

    /// Goes on with a partition for at most `steps` elements; false if the table has changed.
    pub fn partition(self, kind: Kind, pivot: Value, p: &mut Partition, steps: i64) -> bool {
        let stop = p.last.min(p.next.saturating_add(steps - 1));
        let Some((payloads, tags)) = self.range(p.bound, stop) else { return false };
        // Only these can be looked at or exchanged.
        let from = (p.next - p.bound) as usize;
        let front = from.min(payloads.len() - from);
        let (looked_at, exchanged) = (&tags[from..], &tags[..front]);
        if ![looked_at, exchanged, &[pivot.tag]].iter().all(|tags| tags_are(kind, tags)) {
            return false;
        }
        let equal = p.equal_below;
        let moved = match kind {
            Kind::Ints => {
                let pivot = pivot.payload as i64;
                if equal {
                    split(payloads, from, |x| x as i64 <= pivot)
                } else {
                    split(payloads, from, |x| (x as i64) < pivot)
                }
            }
            Kind::Floats => {
                let pivot = f64::from_bits(pivot.payload);
                if equal {
                    split(payloads, from, |x| f64::from_bits(x) <= pivot)
                } else {
                    split(payloads, from, |x| f64::from_bits(x) < pivot)
                }
            }
            Kind::Strings => {
                let pivot = string(pivot.payload);
                let mut bound = 0;
                for i in from..payloads.len() {
                    let order = bytes::order(string(payloads[i]), pivot);
                    if order.is_lt() || equal && order.is_eq() {
                        payloads.swap(i, bound);
                        tags.swap(i, bound);
                        bound += 1;
                    }
                }
                bound
            }
        };
        p.bound += moved as i64;
        p.next = stop + 1;
        true
    }
}

/// Moves the elements from `from` on that are `below` to the front (Lomuto's partition, without a
/// branch); how many there are. Those before `from` are not.
#[inline(always)]
fn split(a: &mut [u64], from: usize, below: impl Fn(u64) -> bool) -> usize {
    let mut bound = 0;
    for i in from..a.len() {
        // SAFETY: `bound` grows with `i` at most, from 0 on.
        unsafe {
            let x = *a.get_unchecked(i);
            *a.get_unchecked_mut(i) = *a.get_unchecked(bound);
            *a.get_unchecked_mut(bound) = x;
            bound += below(x) as usize;
        }
    }
    bound
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::heap::Heap;

    fn list(h: &mut Heap, values: &[i64]) -> Gc<Table> {
        let t = h.table();
        for (i, v) in values.iter().enumerate() {
            t.set_int(h, i as i64 + 1, Value::int(*v)).unwrap();
        }
        t
    }

    #[test]
    fn kinds() {
        let mut h = Heap::new(&Config::default());
        let t = list(&mut h, &[3, 1, 2]);
        assert_eq!(t.kind_of_elements(1, 3), Some(Kind::Ints));
        assert_eq!(t.kind_of_elements(1, 4), None);
        assert_eq!(t.kind_of_elements(0, 3), None);
        t.set_int(&mut h, 2, Value::float(1.5)).unwrap();
        assert_eq!(t.kind_of_elements(1, 3), None);
        assert_eq!(t.kind_of_elements(2, 2), Some(Kind::Floats));
        t.set_int(&mut h, 2, Value::float(-0.0)).unwrap();
        assert_eq!(t.kind_of_elements(2, 2), None);
        let long = h.intern_or_long(&[b'x'; 50]);
        t.set_int(&mut h, 1, long.into()).unwrap();
        let short = h.intern_or_long(b"y");
        t.set_int(&mut h, 2, short.into()).unwrap();
        assert_eq!(t.kind_of_elements(1, 2), Some(Kind::Strings));
        assert!(t.sort_elements(Kind::Strings, 1, 2));
        assert!(!t.sort_elements(Kind::Strings, 1, 3));
    }

    #[test]
    fn floats_sort_by_value() {
        let mut h = Heap::new(&Config::default());
        let values = [1.5, -2.5, f64::INFINITY, 0.0, f64::NEG_INFINITY, -1e-300, 1e300];
        let t = h.table();
        for (i, v) in values.iter().enumerate() {
            t.set_int(&mut h, i as i64 + 1, Value::float(*v)).unwrap();
        }
        assert!(t.sort_elements(Kind::Floats, 1, 7));
        let sorted: Vec<f64> = (1..=7).map(|i| t.get_int(i).as_float().unwrap()).collect();
        assert!(sorted.windows(2).all(|w| w[0] < w[1]), "{sorted:?}");
    }

    #[test]
    fn partitions_in_steps() {
        let mut h = Heap::new(&Config::default());
        let values: Vec<i64> = (0..100).map(|i| i * 37 % 50).collect();
        for equal_below in [false, true] {
            let t = list(&mut h, &values);
            let pivot = Value::int(20);
            let mut p = Partition { bound: 1, next: 1, last: 100, equal_below };
            while p.next <= p.last {
                assert!(t.partition(Kind::Ints, pivot, &mut p, 7));
            }
            let below = |i: i64| {
                let v = t.get_int(i).as_int().unwrap();
                v < 20 || equal_below && v == 20
            };
            assert!((1..=100).all(|i| below(i) == (i < p.bound)));
            let mut all: Vec<i64> = (1..=100).map(|i| t.get_int(i).as_int().unwrap()).collect();
            let mut before = values.clone();
            all.sort_unstable();
            before.sort_unstable();
            assert_eq!(all, before);
        }
    }

    #[test]
    fn a_changed_list_is_left_alone() {
        let mut h = Heap::new(&Config::default());
        let t = list(&mut h, &[3, 1, 2]);
        t.set_int(&mut h, 3, Value::TRUE).unwrap();
        let mut p = Partition { bound: 1, next: 1, last: 3, equal_below: false };
        assert!(!t.partition(Kind::Ints, Value::int(2), &mut p, 10));
        assert!(!t.sort_elements(Kind::Ints, 1, 3));
        assert!(t.middle_element(Kind::Strings, 1, 2).is_none());
    }
}
