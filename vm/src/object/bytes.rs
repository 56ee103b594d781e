//! Comparing and copying the bytes of strings: most are short, and a call to the C library for a
//! few bytes costs more than the work.

use std::cmp::Ordering;

/// Whether two strings of bytes of equal length are equal.
///
/// # Safety
/// `n` bytes can be read at both.
#[inline(always)]
pub(crate) unsafe fn equal(a: *const u8, b: *const u8, n: usize) -> bool {
    // SAFETY: all reads are within the `n` bytes (the caller); the last words overlap.
    unsafe {
        let word = |p: *const u8, at: usize| (p.add(at) as *const u64).read_unaligned();
        let half = |p: *const u8, at: usize| (p.add(at) as *const u32).read_unaligned();
        if n >= 8 {
            let mut at = 0;
            while at + 8 < n {
                if word(a, at) != word(b, at) {
                    return false;
                }
                at += 8;
            }
            word(a, n - 8) == word(b, n - 8)
        } else if n >= 4 {
            half(a, 0) == half(b, 0) && half(a, n - 4) == half(b, n - 4)
        } else {
            n == 0 || (*a == *b && *a.add(n / 2) == *b.add(n / 2) && *a.add(n - 1) == *b.add(n - 1))
        }
    }
}

/// Copies `n` bytes between places that do not overlap.
///
/// # Safety
/// `n` bytes can be read at `from` and written at `to`.
#[inline(always)]
pub(crate) unsafe fn copy(from: *const u8, to: *mut u8, n: usize) {
    // SAFETY: all accesses are within the `n` bytes (the caller); the last words overlap.
    unsafe {
        if n > 16 {
            std::ptr::copy_nonoverlapping(from, to, n);
        } else if n >= 8 {
            let last = (from.add(n - 8) as *const u64).read_unaligned();
            let first = (from as *const u64).read_unaligned();
            (to as *mut u64).write_unaligned(first);
            (to.add(n - 8) as *mut u64).write_unaligned(last);
        } else if n >= 4 {
            let last = (from.add(n - 4) as *const u32).read_unaligned();
            let first = (from as *const u32).read_unaligned();
            (to as *mut u32).write_unaligned(first);
            (to.add(n - 4) as *mut u32).write_unaligned(last);
        } else if n > 0 {
            *to = *from;
            *to.add(n / 2) = *from.add(n / 2);
            *to.add(n - 1) = *from.add(n - 1);
        }
    }
}

/// The order of two strings of bytes (that of the C locale).
#[inline]
pub(crate) fn order(a: &[u8], b: &[u8]) -> Ordering {
    if let (Some(x), Some(y)) = (a.first_chunk::<8>(), b.first_chunk::<8>()) {
        let (x, y) = (u64::from_be_bytes(*x), u64::from_be_bytes(*y));
        if x != y {
            return x.cmp(&y);
        }
        return a[8..].cmp(&b[8..]);
    }
    for (x, y) in a.iter().zip(b) {
        if x != y {
            return x.cmp(y);
        }
    }
    a.len().cmp(&b.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_lengths() {
        for n in 0..40usize {
            let a: Vec<u8> = (0..n as u8).collect();
            let mut b = vec![0xffu8; n];
            // SAFETY: both have `n` bytes.
            unsafe {
                copy(a.as_ptr(), b.as_mut_ptr(), n);
                assert!(equal(a.as_ptr(), b.as_ptr(), n));
            }
            assert_eq!(a, b);
            assert_eq!(order(&a, &b), Ordering::Equal);
            for i in 0..n {
                let mut c = a.clone();
                c[i] = 200;
                // SAFETY: both have `n` bytes.
                assert!(unsafe { !equal(a.as_ptr(), c.as_ptr(), n) });
                assert_eq!(order(&a, &c), Ordering::Less);
                assert_eq!(order(&c, &a), a[..].cmp(&c[..]).reverse());
                assert_eq!(order(&a[..i], &a), Ordering::Less);
            }
        }
    }
}
