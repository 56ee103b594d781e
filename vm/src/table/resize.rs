//! Sizes of the two parts: counting keys at a rehash, and moving to new sizes.

use super::set::SetError;
use super::{Gc, Header, Heap, Node, SCATTERED, Table};
use crate::heap::table_parts::{array_bytes, free_array, free_nodes, owned_bytes};
use crate::heap::{alloc::Blocks, objects::set_owner, size};
use crate::value::{Value, tag};

/// Largest array part, in slots (a power of two).
pub(crate) const MAX_ARRAY: usize = 1 << 30;
/// Largest hash part, in nodes (a power of two).
const MAX_NODES: usize = 1 << 30;

/// `ceil(log2(n))`, `n >= 1`.
#[inline(always)]
fn ceil_log2(n: u32) -> usize {
    (32 - (n - 1).leading_zeros()) as usize
}

/// Integer keys by the power of two they fall below: `nums[i]` counts `2^(i-1) < k <= 2^i`.
type KeyCounts = [u32; 32];

/// Counts a key if it could live in an array part.
#[inline]
fn count_int(key: Value, nums: &mut KeyCounts) -> bool {
    match key.as_int() {
        Some(k) if (k as u64).wrapping_sub(1) < MAX_ARRAY as u64 => {
            nums[ceil_log2(k as u32)] += 1;
            true
        }
        _ => false,
    }
}

/// The largest size of which more than half would be in use; returns it and how many keys it
/// would take. `total`: all keys counted.
fn best_array_size(nums: &KeyCounts, total: u32) -> (usize, u32) {
    let (mut below, mut best, mut taken) = (0u32, 0usize, 0u32);
    for (i, n) in nums.iter().enumerate() {
        let size = 1usize << i;
        if total as usize <= size / 2 {
            break;
        }
        below += n;
        if below as usize > size / 2 {
            best = size;
            taken = below;
        }
    }
    (best, taken)
}

/// Counts used slots of the array part by powers of two; returns their sum.
///
/// # Safety
/// The table is live.
unsafe fn count_array(t: *const Table, nums: &mut KeyCounts) -> u32 {
    // SAFETY: `asize` tags are there.
    let tags = unsafe { std::slice::from_raw_parts((*t).tags(), (*t).asize as usize) };
    let mut all = 0;
    let (mut from, mut to) = (0usize, 1usize);
    for n in nums.iter_mut() {
        let end = to.min(tags.len());
        if from >= end {
            break;
        }
        let used = tags[from..end].iter().filter(|&&t| t != tag::NIL).count() as u32;
        *n += used;
        all += used;
        from = end;
        to *= 2;
    }
    all
}

impl Gc<Table> {
    /// Rebuilds the table with room for one more key, `extra`.
    #[cold]
    #[inline(never)]
    pub(crate) fn rehash(self, heap: &mut Heap, extra: Value) -> Result<(), SetError> {
        let t = self.as_ptr();
        let mut nums: KeyCounts = [0; 32];
        // SAFETY: the table is live.
        let (asize, nodes) = unsafe {
            let mut ints = count_array(t, &mut nums);
            let mut all = ints;
            for i in 0..(*t).node_count() {
                let n = (*t).nodes.add(i);
                if (*n).val_tag != tag::NIL {
                    if (*n).key_tag == tag::INT {
                        ints += count_int((*n).key_value(), &mut nums) as u32;
                    }
                    all += 1;
                }
            }
            ints += count_int(extra, &mut nums) as u32;
            all += 1;
            let (asize, taken) = best_array_size(&nums, ints);
            (asize, (all - taken) as usize)
        };
        self.resize(heap, asize, nodes)
    }

    /// Gives the table an array part of `narr` slots and a hash part for `nhash` keys, in which
    /// all entries have room. On failure the table is as before.
    pub(crate) fn resize(self, heap: &mut Heap, narr: usize, nhash: usize) -> Result<(), SetError> {
        let crowded = self.rebuild(heap, narr, nhash, self.is_scattered())?;
        if crowded && !self.is_scattered() {
            // (Without memory for it, the next key tries again.)
            let _ = self.scatter(heap);
        }
        Ok(())
    }

    /// Gives keys that meet at one place others ([`SCATTERED`]). On failure the table is as before.
    #[cold]
    #[inline(never)]
    pub(super) fn scatter(self, heap: &mut Heap) -> Result<(), SetError> {
        let nodes = self.node_count();
        self.rebuild(heap, self.asize as usize, nodes, true).map(drop)
    }

    /// [`Gc::resize`], with scattered keys or not. Whether a chain is long.
    fn rebuild(
        self,
        heap: &mut Heap,
        narr: usize,
        nhash: usize,
        scattered: bool,
    ) -> Result<bool, SetError> {
        let mut crowded = false;
        if narr > MAX_ARRAY {
            return Err(SetError::Memory);
        }
        if nhash > MAX_NODES {
            return Err(SetError::Overflow);
        }
        let t = self.as_ptr();
        // SAFETY: the table is live; the new parts are complete before they replace the old ones.
        unsafe {
            let old_asize = (*t).asize as usize;
            let (old_nodes, old_count) = ((*t).nodes, (*t).node_count());
            let new_count = if nhash == 0 { 0 } else { nhash.next_power_of_two() };
            let had = owned_bytes(t);
            let grows = size::ARRAY_SLOT * narr + size::NODE * new_count;
            if grows > had && heap.reserve(grows - had).is_err() {
                return Err(SetError::Memory);
            }
            let Some(new_nodes) = alloc_nodes(&mut heap.blocks, new_count) else {
                return Err(SetError::Memory);
            };
            if narr < old_asize {
                // The vanishing slice goes to the new hash part first (its integers fit there:
                // they were counted).
                let (old_mask, old_free) = ((*t).node_mask, (*t).last_free);
                use_nodes(t, new_nodes, new_count, scattered);
                (*t).asize = narr as u32;
                // `asize` decides where the tags are: read them at their old place.
                let tags = (*t).arr.add(old_asize) as *const u8;
                for i in narr..old_asize {
                    let v = Value { payload: *(*t).arr.add(i), tag: *tags.add(i) };
                    if !v.is_nil() {
                        crowded |= self.move_in(heap, Value::int(i as i64 + 1), v);
                    }
                }
                (*t).asize = old_asize as u32;
                if !shrink_array(&mut heap.blocks, t, narr) {
                    free_nodes(&mut heap.blocks, t, (*t).nodes, (*t).node_count());
                    ((*t).nodes, (*t).node_mask, (*t).last_free) = (old_nodes, old_mask, old_free);
                    return Err(SetError::Memory);
                }
            } else {
                if narr > old_asize && !grow_array(&mut heap.blocks, t, narr) {
                    free_nodes(&mut heap.blocks, t, new_nodes, new_count);
                    return Err(SetError::Memory);
                }
                use_nodes(t, new_nodes, new_count, scattered);
            }
            (*t).border = narr as u32;
            // Re-insert what was in the old hash part.
            for i in 0..old_count {
                let n = old_nodes.add(i);
                if (*n).val_tag != tag::NIL {
                    crowded |= self.move_in(heap, (*n).key_value(), (*n).value());
                }
            }
            free_nodes(&mut heap.blocks, t, old_nodes, old_count);
            owns(heap, t, had);
        }
        Ok(crowded)
    }

    /// Gives a new table, which has no parts yet, room as [`Gc::resize`] would.
    pub(crate) fn add_parts(
        self,
        heap: &mut Heap,
        narr: usize,
        nhash: usize,
    ) -> Result<(), SetError> {
        if narr > MAX_ARRAY || nhash > MAX_NODES {
            return Err(SetError::Memory);
        }
        let t = self.as_ptr();
        let count = if nhash == 0 { 0 } else { nhash.next_power_of_two() };
        let bytes = size::ARRAY_SLOT * narr + size::NODE * count;
        heap.reserve(bytes).map_err(|_| SetError::Memory)?;
        // SAFETY: the table is live and has no parts.
        unsafe {
            debug_assert!((*t).asize == 0 && !(*t).has_nodes());
            if narr > 0 {
                let Some(p) = heap.blocks.try_alloc_zeroed(array_bytes(narr)) else {
                    return Err(SetError::Memory);
                };
                (*t).arr = p as *mut u64;
                (*t).asize = narr as u32;
                (*t).border = narr as u32;
                owns(heap, t, 0);
            }
            if count > 0 {
                let had = owned_bytes(t);
                let Some(nodes) = alloc_nodes(&mut heap.blocks, count) else {
                    return Err(SetError::Memory);
                };
                use_nodes(t, nodes, count, false);
                owns(heap, t, had);
            }
        }
        Ok(())
    }

    /// Stores `values` under the integers from `first + 1` on (SETLIST): an array part for them,
    /// one barrier for all.
    ///
    /// # Safety
    /// `values` points to `n` values.
    pub(crate) unsafe fn set_list(
        self,
        heap: &mut Heap,
        first: usize,
        values: *const Value,
        n: usize,
    ) -> Result<(), SetError> {
        let (end, had) = (first.saturating_add(n), self.asize as usize);
        // NEWTABLE made room for up to 65535 values; beyond, the part grows in steps.
        let spare = if end > had && had >= u16::MAX as usize { had / 4 } else { 0 };
        self.reserve_array(heap, end.max(had.saturating_add(spare)))?;
        let t = self.as_ptr();
        // SAFETY: the table is live, its array part long enough.
        unsafe {
            let (arr, tags) = ((*t).arr.add(first), (*t).tags().add(first));
            let mut any_heap = 0;
            for i in 0..n {
                let v = *values.add(i);
                *arr.add(i) = v.payload;
                *tags.add(i) = v.tag;
                any_heap |= v.tag;
            }
            if any_heap & tag::HEAP != 0 {
                // (The first one is enough for a table that is visited again.)
                for i in 0..n {
                    heap.barrier_back(t, *values.add(i));
                }
            }
        }
        Ok(())
    }

    /// An array part of at least `narr` slots.
    pub fn reserve_array(self, heap: &mut Heap, narr: usize) -> Result<(), SetError> {
        let had = self.asize as usize;
        if narr <= had {
            return Ok(());
        }
        if !self.has_nodes() && narr <= MAX_ARRAY {
            // Nothing can move: only the array part changes.
            let bytes = (narr - had) * size::ARRAY_SLOT;
            heap.reserve(bytes).map_err(|_| SetError::Memory)?;
            let t = self.as_ptr();
            // SAFETY: the table is live.
            unsafe {
                let had = owned_bytes(t);
                if !grow_array(&mut heap.blocks, t, narr) {
                    return Err(SetError::Memory);
                }
                (*t).border = narr as u32;
                owns(heap, t, had);
            }
            return Ok(());
        }
        self.resize(heap, narr, self.node_count())
    }

    /// Stores an entry that was in the table before a resize; there is room for it. Whether its chain
    /// is long.
    unsafe fn move_in(self, heap: &mut Heap, key: Value, v: Value) -> bool {
        // SAFETY: The callers' table is live, and the array slot was compared with its size.
        unsafe {
            let t = self.as_ptr();
            let at = key.payload.wrapping_sub(1);
            if key.tag == tag::INT && at < (*t).asize as u64 {
                (*t).array_set(at as usize, v);
                false
            } else {
                // Entries that move change nothing about which metamethods are absent.
                let flags = (*t).hdr.flags;
                let crowded = self.insert_moved(heap, key, v);
                (*t).hdr.flags = flags;
                crowded
            }
        }
    }
}

/// New nodes, all free.
fn alloc_nodes(blocks: &mut Blocks, count: usize) -> Option<*mut Node> {
    if count == 0 {
        return Some(Table::no_nodes());
    }
    // All zero is `Node::FREE`.
    blocks.try_alloc_zeroed(count * size_of::<Node>()).map(|p| p as *mut Node)
}

#[inline(always)]
unsafe fn use_nodes(t: *mut Table, nodes: *mut Node, count: usize, scattered: bool) {
    // SAFETY: The callers': the table is live and `nodes` holds `count` nodes.
    unsafe {
        (*t).nodes = nodes;
        (*t).node_mask = count.saturating_sub(1) as u32;
        (*t).last_free = count as u32 | if scattered && count > 0 { SCATTERED } else { 0 };
    }
}

/// Makes the array part larger; false when there is no memory.
unsafe fn grow_array(blocks: &mut Blocks, t: *mut Table, new: usize) -> bool {
    // SAFETY: The caller's table is live, its block `old` payloads and tags; `new` is larger, so
    // all that is moved or filled lies in the new block.
    unsafe {
        let old = (*t).asize as usize;
        let p = (*t).arr as *mut u8;
        let q = if old == 0 {
            blocks.try_alloc_zeroed(array_bytes(new))
        } else if Table::is_inside(t, p) {
            let q = blocks.try_alloc(array_bytes(new));
            if let Some(q) = q {
                std::ptr::copy_nonoverlapping(p, q, array_bytes(old));
            }
            q
        } else {
            blocks.try_realloc(p, array_bytes(old), array_bytes(new))
        };
        let Some(q) = q else { return false };
        if old != 0 {
            // The tags move up behind the new payloads; new slots become nil.
            std::ptr::copy(q.add(old * 8), q.add(new * 8), old);
            q.add(old * 8).write_bytes(0, (new - old) * 8);
            q.add(new * 8 + old).write_bytes(tag::NIL, new - old);
        }
        (*t).arr = q as *mut u64;
        (*t).asize = new as u32;
        true
    }
}

/// Makes the array part smaller; false when there is no memory for that.
unsafe fn shrink_array(blocks: &mut Blocks, t: *mut Table, new: usize) -> bool {
    // SAFETY: The caller's table is live, its block `old` payloads and tags; `new` is smaller, so
    // what is copied lies in both blocks.
    unsafe {
        let old = (*t).asize as usize;
        let p = (*t).arr as *mut u8;
        let mut q = std::ptr::NonNull::<u64>::dangling().as_ptr() as *mut u8;
        if new != 0 {
            // A smaller block first, so that a failure leaves the old one whole.
            match blocks.try_alloc(array_bytes(new)) {
                Some(new) => q = new,
                None => return false,
            }
            std::ptr::copy_nonoverlapping(p, q, new * 8);
            std::ptr::copy_nonoverlapping(p.add(old * 8), q.add(new * 8), new);
        }
        free_array(blocks, t, p, old);
        (*t).arr = q as *mut u64;
        (*t).asize = new as u32;
        true
    }
}

/// Parts have changed: counts them, and has the sweep look at the table if there are any outside.
unsafe fn owns(heap: &mut Heap, t: *mut Table, had: usize) {
    // SAFETY: the callers' table is live.
    unsafe {
        let has = owned_bytes(t);
        heap.account(has);
        heap.release(had);
        if has > 0 {
            set_owner(t as *mut Header);
        }
    }
}
