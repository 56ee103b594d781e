//! Sorting short lists: the same machine code for lists of every kind, where the standard library's
//! sorts are made anew for each, some ten kilobytes in builds that are downloaded.

use std::cmp::Ordering;

/// Sorts a list; what is equal stays in order.
pub fn sort_by<T>(list: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let mut places: Vec<usize> = (0..list.len()).collect();
    sort_places(&mut places, &|a, b| compare(&list[a], &list[b]));
    // Each cycle of places in turn.
    for start in 0..list.len() {
        let mut at = start;
        loop {
            let from = std::mem::replace(&mut places[at], at);
            if from == start {
                break;
            }
            list.swap(at, from);
            at = from;
        }
    }
}

/// Sorts a list by what `key` makes of its items; what is equal stays in order.
pub fn sort_by_key<T, K: Ord>(list: &mut [T], key: impl Fn(&T) -> K) {
    sort_by(list, |a, b| key(a).cmp(&key(b)));
}

/// Sorts a list of names.
pub fn sort_names(list: &mut [&[u8]]) {
    sort_by(list, |a, b| a.cmp(b));
}

#[inline(never)]
fn sort_places(places: &mut [usize], compare: &dyn Fn(usize, usize) -> Ordering) {
    places.sort_by(|&a, &b| compare(a, b));
}

#[cfg(test)]
mod tests {
    #[test]
    fn lists_are_sorted_as_the_standard_library_does() {
        let mut state = 1u64;
        for length in 0..200 {
            let mut random = || {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                (state >> 40) % 30
            };
            let list: Vec<(u64, usize)> = (0..length).map(|at| (random(), at)).collect();
            let (mut ours, mut theirs) = (list.clone(), list);
            super::sort_by_key(&mut ours, |item| item.0);
            theirs.sort_by_key(|item| item.0);
            assert_eq!(ours, theirs);
        }
    }
}
