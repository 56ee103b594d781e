//! Hashes: of string contents and of the other keys of tables. The same on every target.

/// An odd constant with well-mixed bits (2^64 / golden ratio).
const K: u64 = 0x9E37_79B9_7F4A_7C15;

#[inline(always)]
fn mix(h: u64, word: u64) -> u64 {
    let m = (h ^ word) as u128 * K as u128;
    m as u64 ^ (m >> 64) as u64
}

#[inline(always)]
fn word8(b: &[u8], at: usize) -> u64 {
    let mut w = [0; 8];
    w.copy_from_slice(&b[at..at + 8]);
    u64::from_le_bytes(w)
}

#[inline(always)]
fn word4(b: &[u8], at: usize) -> u64 {
    let mut w = [0; 4];
    w.copy_from_slice(&b[at..at + 4]);
    u32::from_le_bytes(w) as u64
}

/// Hash of a string's bytes: eight at a time, the last words overlapping.
#[inline]
pub(crate) fn hash_bytes(b: &[u8], seed: u32) -> u32 {
    let len = b.len();
    let mut h = (seed as u64) << 32 | len as u32 as u64;
    if len >= 8 {
        let mut at = 0;
        while at + 8 < len {
            h = mix(h, word8(b, at));
            at += 8;
        }
        h = mix(h, word8(b, len - 8));
    } else if len >= 4 {
        h = mix(h, word4(b, 0) | word4(b, len - 4) << 32);
    } else if len > 0 {
        let w = b[0] as u64 | (b[len / 2] as u64) << 8 | (b[len - 1] as u64) << 16;
        h = mix(h, w);
    }
    h = mix(h, K);
    (h ^ (h >> 32)) as u32
}

/// Hash of a 64-bit payload: integer keys, floats by their bits, light userdata, serial numbers.
#[inline(always)]
pub(crate) fn hash_word(w: u64) -> u32 {
    ((w ^ (w >> 32)).wrapping_mul(K) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_contents_matter() {
        let mut seen = std::collections::HashSet::new();
        for len in 0..64usize {
            let zeros = vec![0u8; len];
            assert!(seen.insert(hash_bytes(&zeros, 1)), "zeros of length {len}");
        }
        for i in 0..40 {
            let mut b = vec![b'x'; 40];
            b[i] = b'y';
            assert!(seen.insert(hash_bytes(&b, 1)), "byte {i}");
        }
        assert_ne!(hash_bytes(b"name", 1), hash_bytes(b"name", 2));
    }

    #[test]
    fn consecutive_and_strided_words_spread() {
        for shift in [0, 1, 3, 8, 16, 31, 32, 40, 52] {
            let mut used = [false; 256];
            for i in 0..256u64 {
                used[(hash_word(i << shift) & 255) as usize] = true;
            }
            let n = used.iter().filter(|&&u| u).count();
            assert!(n > 100, "stride 2^{shift}: {n} of 256 buckets");
        }
    }
}
