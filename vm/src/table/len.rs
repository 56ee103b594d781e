//! Borders: what `#t` returns.

use super::{Gc, Table};
use crate::object::lookup::{find_int, raw_get_int};
use crate::value::tag;

impl Gc<Table> {
    /// A border: `n` such that `t[n]` is not nil (or `n` is 0) and `t[n + 1]` is nil. Where there
    /// are several, the choice is PUC Lua's (`luaH_getn`), with `border` for its `alimit`.
    #[inline]
    pub fn len(self) -> i64 {
        let t = self.as_ptr();
        // SAFETY: the table is live; `border <= asize`.
        unsafe {
            let (limit, asize) = ((*t).border as usize, (*t).asize as usize);
            let tags = (*t).tags();
            if limit > 0 && *tags.add(limit - 1) != tag::NIL {
                if limit >= asize {
                    if !(*t).has_nodes() {
                        return limit as i64;
                    }
                } else if *tags.add(limit) == tag::NIL {
                    return limit as i64;
                } else if limit + 1 < asize && *tags.add(limit + 1) == tag::NIL {
                    // The usual case after `t[#t + 1] = v`.
                    (*t).border = limit as u32 + 1;
                    return limit as i64 + 1;
                }
            }
            len_slow(t)
        }
    }

    /// Whether `#t` is 0 without looking further than slot 1 and the hash part.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

#[inline(never)]
unsafe fn len_slow(t: *mut Table) -> i64 {
    // SAFETY: The caller's table is live; tags are read below `asize`, which `border` never passes.
    unsafe {
        let asize = (*t).asize;
        let tags = (*t).tags();
        let empty = |i: u32| *tags.add(i as usize) == tag::NIL;
        let pow2 = asize.is_power_of_two();
        let limit = (*t).border;
        if limit > 0 && empty(limit - 1) {
            // There is a border below.
            if limit >= 2 && !empty(limit - 2) {
                if pow2 && !(limit - 1).is_power_of_two() {
                    (*t).border = limit - 1;
                }
                return (limit - 1) as i64;
            }
            let border = search(&empty, 0, limit);
            if pow2 && border > asize / 2 {
                (*t).border = border;
            }
            return border as i64;
        }
        if limit < asize {
            // Slot `limit` is used (or `limit` is 0).
            if empty(limit) {
                return limit as i64;
            }
            // The usual case after `t[#t + 1] = v`.
            if limit + 1 < asize && empty(limit + 1) {
                (*t).border = limit + 1;
                return (limit + 1) as i64;
            }
            if empty(asize - 1) {
                let border = search(&empty, limit, asize);
                (*t).border = border;
                return border as i64;
            }
            (*t).border = asize;
        }
        // The array part is full to its end: go on in the hash part.
        let next = asize as i64 + 1;
        if !(*t).has_nodes() {
            return asize as i64;
        }
        let n = find_int(t, next);
        if n.is_null() || (*n).val_tag == tag::NIL {
            return asize as i64;
        }
        hash_search(t, asize as u64)
    }
}

/// Binary search: slot `i` (1-based) is used or `i` is 0, slot `j` is empty.
fn search(empty: &impl Fn(u32) -> bool, mut i: u32, mut j: u32) -> u32 {
    while j - i > 1 {
        let m = i + (j - i) / 2;
        if empty(m - 1) {
            j = m;
        } else {
            i = m;
        }
    }
    i
}

/// A border in the hash part: `j` is 0 or used and `j + 1` is used. Doubles `j` until it finds an
/// unused key, then searches between.
unsafe fn hash_search(t: *const Table, mut j: u64) -> i64 {
    const MAX: u64 = i64::MAX as u64;
    // SAFETY: the caller's table is live.
    let used = |k: u64| unsafe { !raw_get_int(t, k as i64).is_nil() };
    if j == 0 {
        j = 1;
    }
    let mut i;
    loop {
        i = j;
        if j <= MAX / 2 {
            j *= 2;
        } else {
            j = MAX;
            if !used(j) {
                break;
            }
            return j as i64;
        }
        if !used(j) {
            break;
        }
    }
    while j - i > 1 {
        let m = i + (j - i) / 2;
        if used(m) {
            i = m;
        } else {
            j = m;
        }
    }
    i as i64
}
