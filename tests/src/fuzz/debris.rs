//! Images in ruins: bytes changed, cut, doubled and mixed.

use crate::random::Random;

/// Numbers that lengths, counts and signs go wrong at, as bytes.
const EDGES: [u8; 10] = [0, 1, 2, 0x3f, 0x40, 0x7f, 0x80, 0x81, 0xfe, 0xff];

/// Any bytes, now and then behind the head of `image`, so that they get further.
pub fn noise(image: &[u8], r: &mut Random) -> Vec<u8> {
    let len = 1usize << r.below(12);
    let noise = (0..r.below(len) + 1).map(|_| match r.below(3) {
        0 => r.next() as u8,
        1 => r.below(8) as u8,
        _ => EDGES[r.below(EDGES.len())],
    });
    let noise: Vec<u8> = noise.collect();
    match r.below(4) {
        0 => noise,
        _ => renewed(&[&image[..head(image)], &noise[..]].concat()),
    }
}

/// The image with a few things changed; `other` gives pieces.
pub fn changed(image: &[u8], other: &[u8], r: &mut Random) -> Vec<u8> {
    let mut bytes = image.to_vec();
    let spare_head = !r.once_in(20);
    let most = 1 << r.below(3);
    for _ in 0..1 + r.below(most) {
        let from = if spare_head { head(&bytes) } else { 0 };
        if bytes.len() <= from {
            break;
        }
        let at = from + r.below(bytes.len() - from);
        let len = 1 + r.below(16.min(bytes.len() - at));
        match r.below(10) {
            0 => bytes[at] ^= 1 << r.below(8),
            1 => bytes[at] = EDGES[r.below(EDGES.len())],
            2 => bytes[at] = bytes[at].wrapping_add(r.below(5) as u8).wrapping_sub(2),
            3 => bytes[at..at + len].fill_with(|| r.next() as u8),
            4 => drop(bytes.drain(at..at + len)),
            5 => {
                let piece = bytes[at..at + len].to_vec();
                bytes.splice(at..at, piece);
            }
            6 if !other.is_empty() => {
                let start = r.below(other.len());
                let end = (start + 1 + r.below(64)).min(other.len());
                bytes.splice(at..at + len, other[start..end].iter().copied());
            }
            7 => {
                // A number of several bytes.
                let value = [u64::MAX, 1 << 31, u32::MAX as u64, 1 << 62, 300][r.below(5)];
                bytes.splice(at..at + 1, leb128(value));
            }
            8 if r.once_in(4) => bytes.truncate(at),
            _ => {
                let to = from + r.below(bytes.len() - from);
                bytes.swap(at, to);
            }
        }
    }
    if r.once_in(20) { bytes } else { renewed(&bytes) }
}

fn leb128(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

/// Bytes before an image's payload: PUC's header, the magic, the version, the hash, the length.
pub fn head(image: &[u8]) -> usize {
    (31 + 8 + 1 + 8 + 8).min(image.len())
}

/// The image with the length of its payload put right, which stands in front of it.
fn renewed(image: &[u8]) -> Vec<u8> {
    let mut bytes = image.to_vec();
    let head = head(image);
    let payload = (bytes.len() - head) as u64;
    if head >= 56 {
        bytes[head - 8..head].copy_from_slice(&payload.to_le_bytes());
    }
    bytes
}
