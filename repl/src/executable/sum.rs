//! A checksum that is read over a whole program at each of its starts.
//!
//! Eight lanes take a word each in turn, so that a processor works on eight multiplications at once. In a lane, and
//! where the lanes are put together, each step can be undone: files of the same length that differ in one word have
//! different sums, always. For other damage it is a matter of 64 bits; it is no protection against whoever wants to deceive.

/// Bytes of a stripe: a word for each lane.
pub const STRIPE: usize = 64;

/// Odd, so that multiplying by it can be undone; the fraction of the golden ratio.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// The sum of what was read so far.
pub struct Sum {
    lanes: [u64; 8],
    length: u64,
}

fn step(lane: u64, word: u64) -> u64 {
    (lane ^ word).wrapping_mul(FACTOR).rotate_left(29)
}

impl Sum {
    /// The sum of nothing.
    pub fn new() -> Sum {
        Sum { lanes: [1, 2, 3, 4, 5, 6, 7, 8], length: 0 }
    }

    /// Goes on with some bytes: whole stripes, but the last time.
    pub fn add(&mut self, bytes: &[u8]) {
        let (stripes, rest) = bytes.as_chunks::<STRIPE>();
        self.mix(stripes);
        if !rest.is_empty() {
            let mut last = [0; STRIPE];
            last[..rest.len()].copy_from_slice(rest);
            self.mix(&[last]);
        }
        // (So that zeros at the end count.)
        self.length += bytes.len() as u64;
    }

    fn mix(&mut self, stripes: &[[u8; STRIPE]]) {
        let mut lanes = self.lanes;
        for stripe in stripes {
            let (words, _) = stripe.as_chunks::<8>();
            for (lane, word) in lanes.iter_mut().zip(words) {
                *lane = step(*lane, u64::from_le_bytes(*word));
            }
        }
        self.lanes = lanes;
    }

    /// The sum.
    pub fn value(&self) -> u64 {
        self.lanes.iter().fold(self.length, |sum, lane| step(sum, *lane))
    }
}

#[cfg(test)]
mod tests {
    use super::Sum;

    fn sum(parts: &[&[u8]]) -> u64 {
        let mut sum = Sum::new();
        parts.iter().for_each(|part| sum.add(part));
        sum.value()
    }

    #[test]
    fn every_bit_and_the_length_count() {
        let mut bytes: Vec<u8> = (0..=255).collect();
        let whole = sum(&[&bytes]);
        for at in 0..bytes.len() * 8 {
            bytes[at / 8] ^= 1 << (at % 8);
            assert_ne!(sum(&[&bytes]), whole, "bit {at}");
            bytes[at / 8] ^= 1 << (at % 8);
        }
        let zeros = [0; 300];
        let mut sums: Vec<u64> = (0..300).map(|length| sum(&[&zeros[..length]])).collect();
        sums.sort_unstable();
        sums.dedup();
        assert_eq!(sums.len(), 300);
    }

    #[test]
    fn two_changes_do_not_undo_each_other() {
        let bytes = [0u8; 256];
        let whole = sum(&[&bytes]);
        for (first, second) in (0..256 * 8).flat_map(|a| [(a, a + 512), (a, a + 1024), (a, a + 8)])
        {
            let mut changed = bytes;
            for bit in [first, second].iter().filter(|bit| **bit < 256 * 8) {
                changed[bit / 8] ^= 1 << (bit % 8);
            }
            assert_ne!(sum(&[&changed]), whole, "{first} {second}");
        }
    }

    #[test]
    fn it_does_not_matter_how_a_file_is_read() {
        let bytes: Vec<u8> = (0..1000u32).map(|n| (n * 7) as u8).collect();
        let whole = sum(&[&bytes]);
        assert_eq!(sum(&[&bytes[..64], &bytes[64..640], &bytes[640..]]), whole);
    }
}
