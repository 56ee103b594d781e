//! The parts of `luka.hash` in Rust: digests by blocks, so that a long text is worked on in pieces, and
//! encodings of bytes as text.
//!
//! SHA-256 and SHA-1 are those of FIPS 180-4, MD5 that of RFC 1321, CRC-32 that of RFC 1952, Base64 that
//! of RFC 4648.

use crate::prim;
use luka_vm::api::frame::slot::{Buffer, Count};
use luka_vm::native::contract::BUFFER;
use luka_vm::{Action, Gc, Native, NativeResult, Raise, Str, Value, Vm};
use luka_vm::{continuations, frame, inner_natives, natives};

natives! { pub static CORE = "luka.hash.core";
    sha256: "luka.hash.core.sha256(text) -> string" "The SHA-256 digest, 32 bytes." = |vm| begin(vm, 0),
    sha1: "luka.hash.core.sha1(text) -> string" "The SHA-1 digest, 20 bytes." = |vm| begin(vm, 1),
    md5: "luka.hash.core.md5(text) -> string" "The MD5 digest, 16 bytes." = |vm| begin(vm, 2),
    crc32: "luka.hash.core.crc32(text) -> integer" "The CRC-32 checksum." [pure] = crc32,
    hex: "luka.hash.core.hex(text) -> string" "The bytes as hexadecimal digits." [pure] = hex,
    unhex: "luka.hash.core.unhex(text) -> string | nil" "The bytes of hexadecimal digits." [pure] = unhex,
    base64: "luka.hash.core.base64(text, url) -> string" "The bytes in Base64." [pure] = base64,
    unbase64: "luka.hash.core.unbase64(text) -> string | nil" "The bytes of Base64." [pure] = unbase64,
}

continuations! { pub static THEN;
    GO_ON: "luka.hash.core.digest:go_on" (at, 0) = |vm| {
        let algorithm = at::ALGORITHM.get(vm);
        let position = at::POSITION.get(vm) as usize;
        go_on(vm, algorithm as usize, position)
    };
}

frame! {
    /// Slots: the text, the algorithm, how much of the text is worked on, and the words of the digest.
    mod at {
        TEXT: Gc<Str>,
        ALGORITHM: Range<0, 2>,
        POSITION: Count,
        STATE: Buffer,
    }
}

inner_natives! { pub static INNER;
    OPEN: "luka.hash.core.open" "" "Makes the module luka.hash.core." = |vm| {
        let module = prim::library(vm, CORE)?;
        vm.ret1(module)
    };
}

/// What opens the module.
pub static OPENERS: &[(&str, &Native)] = &[("luka.hash.core", &OPEN)];

/// A digest that is made block by block.
struct Algorithm {
    /// The words at first; as many as the digest has, or more.
    initial: &'static [u32],
    compress: fn(&mut [u32; 8], &[u8; BLOCK]),
    big_endian: bool,
}

const BLOCK: usize = 64;
/// Bytes between two pauses.
const SLICE: usize = 1 << 16;

static ALGORITHMS: [Algorithm; 3] = [
    Algorithm { initial: &SHA256_INITIAL, compress: sha256, big_endian: true },
    Algorithm {
        initial: &[0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0],
        compress: sha1,
        big_endian: true,
    },
    Algorithm {
        initial: &[0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476],
        compress: md5,
        big_endian: false,
    },
];

fn begin(vm: &mut Vm, algorithm: usize) -> NativeResult {
    let text = vm.check_str(1)?;
    vm.set_top(0);
    vm.push(text.into());
    vm.push(Value::int(algorithm as i64));
    vm.push(Value::int(0));
    let state = vm.heap.new_userdata(BUFFER, 0);
    let initial = ALGORITHMS[algorithm].initial;
    state.with_buffer(&mut vm.heap, |b| b.extend(initial.iter().flat_map(|w| w.to_le_bytes())));
    vm.push(state.into());
    go_on(vm, algorithm, 0)
}

fn go_on(vm: &mut Vm, algorithm: usize, position: usize) -> NativeResult {
    let algorithm = &ALGORITHMS[algorithm.min(2)];
    let text = at::TEXT.get(vm).bytes();
    let state = at::STATE.get(vm);
    let mut words = [0u32; 8];
    state.with_buffer(&mut vm.heap, |b| {
        for (word, bytes) in words.iter_mut().zip(b.as_chunks::<4>().0) {
            *word = u32::from_le_bytes(*bytes);
        }
    });
    let rest = text.get(position..).unwrap_or(&[]);
    let part = &rest[..rest.len().min(SLICE)];
    let (blocks, tail) = part.as_chunks::<BLOCK>();
    blocks.iter().for_each(|block| (algorithm.compress)(&mut words, block));
    vm.charge(1 + part.len() as u64 / 4);
    if part.len() < rest.len() {
        state.with_buffer(&mut vm.heap, |b| {
            b.clear();
            b.extend(words.iter().flat_map(|w| w.to_le_bytes()));
        });
        at::POSITION.set(vm, (position + part.len()) as i64);
        return Ok(Action::Pause { then: &GO_ON });
    }
    // The end: a bit, zeros, the length in bits.
    let mut end = tail.to_vec();
    end.push(0x80);
    end.resize(if end.len() > BLOCK - 8 { 2 * BLOCK } else { BLOCK } - 8, 0);
    let bits = (text.len() as u64).wrapping_mul(8);
    end.extend(if algorithm.big_endian { bits.to_be_bytes() } else { bits.to_le_bytes() });
    end.as_chunks::<BLOCK>().0.iter().for_each(|b| (algorithm.compress)(&mut words, b));
    let words = &words[..algorithm.initial.len()];
    let digest: Vec<u8> = words
        .iter()
        .flat_map(|w| if algorithm.big_endian { w.to_be_bytes() } else { w.to_le_bytes() })
        .collect();
    let digest = vm.str(&digest)?;
    vm.ret1(digest)
}

const SHA256_INITIAL: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

#[rustfmt::skip]
const SHA256_K: [u32; 64] = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
];

/// The words of a block.
fn words(block: &[u8; BLOCK], word: fn([u8; 4]) -> u32) -> [u32; 16] {
    let mut w = [0; 16];
    w.iter_mut().zip(block.as_chunks::<4>().0).for_each(|(w, b)| *w = word(*b));
    w
}

fn sha256(state: &mut [u32; 8], block: &[u8; BLOCK]) {
    let mut w = [0u32; 64];
    w[..16].copy_from_slice(&words(block, u32::from_be_bytes));
    for i in 16..64 {
        let (a, b) = (w[i - 15], w[i - 2]);
        let s0 = a.rotate_right(7) ^ a.rotate_right(18) ^ (a >> 3);
        let s1 = b.rotate_right(17) ^ b.rotate_right(19) ^ (b >> 10);
        w[i] = w[i - 16].wrapping_add(s0).wrapping_add(w[i - 7]).wrapping_add(s1);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    for (k, w) in SHA256_K.iter().zip(w) {
        let s1 = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let choice = (e & f) ^ (!e & g);
        let t1 = h.wrapping_add(s1).wrapping_add(choice).wrapping_add(*k).wrapping_add(w);
        let s0 = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let majority = (a & b) ^ (a & c) ^ (b & c);
        (h, g, f, e) = (g, f, e, d.wrapping_add(t1));
        (d, c, b, a) = (c, b, a, t1.wrapping_add(s0).wrapping_add(majority));
    }
    for (word, add) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *word = word.wrapping_add(add);
    }
}

fn sha1(state: &mut [u32; 8], block: &[u8; BLOCK]) {
    let mut w = [0u32; 80];
    w[..16].copy_from_slice(&words(block, u32::from_be_bytes));
    for i in 16..80 {
        w[i] = (w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16]).rotate_left(1);
    }
    let [mut a, mut b, mut c, mut d, mut e, ..] = *state;
    for (i, w) in w.into_iter().enumerate() {
        let (f, k) = match i {
            0..20 => ((b & c) | (!b & d), 0x5a82_7999),
            20..40 => (b ^ c ^ d, 0x6ed9_eba1),
            40..60 => ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc),
            _ => (b ^ c ^ d, 0xca62_c1d6u32),
        };
        let t = a.rotate_left(5).wrapping_add(f).wrapping_add(e).wrapping_add(k).wrapping_add(w);
        (e, d, c, b, a) = (d, c, b.rotate_left(30), a, t);
    }
    for (word, add) in state.iter_mut().zip([a, b, c, d, e]) {
        *word = word.wrapping_add(add);
    }
}

#[rustfmt::skip]
const MD5_K: [u32; 64] = [
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
];

const MD5_SHIFTS: [[u32; 4]; 4] =
    [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];

fn md5(state: &mut [u32; 8], block: &[u8; BLOCK]) {
    let w = words(block, u32::from_le_bytes);
    let [mut a, mut b, mut c, mut d, ..] = *state;
    for (i, k) in MD5_K.iter().enumerate() {
        let (f, word) = match i / 16 {
            0 => ((b & c) | (!b & d), i),
            1 => ((d & b) | (!d & c), 5 * i + 1),
            2 => (b ^ c ^ d, 3 * i + 5),
            _ => (c ^ (b | !d), 7 * i),
        };
        let sum = a.wrapping_add(f).wrapping_add(*k).wrapping_add(w[word % 16]);
        let next = b.wrapping_add(sum.rotate_left(MD5_SHIFTS[i / 16][i % 4]));
        (a, d, c, b) = (d, c, b, next);
    }
    for (word, add) in state.iter_mut().zip([a, b, c, d]) {
        *word = word.wrapping_add(add);
    }
}

const CRC: [u32; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let mut c = i as u32;
        let mut bit = 0;
        while bit < 8 {
            c = if c & 1 == 1 { 0xedb8_8320 ^ (c >> 1) } else { c >> 1 };
            bit += 1;
        }
        table[i] = c;
        i += 1;
    }
    table
};

/// Argument 1, charged for work of some nanoseconds for each byte.
fn text(vm: &mut Vm) -> Result<&'static [u8], Raise> {
    let text = vm.check_str(1)?.bytes();
    vm.charge(text.len() as u64 / 8);
    Ok(text)
}

fn crc32(vm: &mut Vm) -> NativeResult {
    let text = text(vm)?;
    let crc = text.iter().fold(!0u32, |crc, b| CRC[(crc as u8 ^ b) as usize] ^ (crc >> 8));
    vm.ret1(i64::from(!crc))
}

fn hex(vm: &mut Vm) -> NativeResult {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let text = text(vm)?;
    vm.heap.reserve(text.len() * 2)?;
    let digits = |b: &u8| [DIGITS[(b >> 4) as usize], DIGITS[(b & 15) as usize]];
    let out: Vec<u8> = text.iter().flat_map(digits).collect();
    let out = vm.str(&out)?;
    vm.ret1(out)
}

fn unhex(vm: &mut Vm) -> NativeResult {
    let text = text(vm)?;
    vm.heap.reserve(text.len() / 2)?;
    let (pairs, rest) = text.as_chunks::<2>();
    let digit = |c: u8| char::from(c).to_digit(16);
    let bytes = pairs.iter().map(|[a, b]| Some((digit(*a)? * 16 + digit(*b)?) as u8));
    match bytes.collect::<Option<Vec<u8>>>().filter(|_| rest.is_empty()) {
        Some(bytes) => {
            let bytes = vm.str(&bytes)?;
            vm.ret1(bytes)
        }
        None => vm.ret1(Value::NIL),
    }
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn base64(vm: &mut Vm) -> NativeResult {
    let text = text(vm)?;
    let for_url = !vm.arg(2).is_falsy();
    let letters = if for_url { URL } else { STANDARD };
    vm.heap.reserve(text.len() / 3 * 4 + 4)?;
    let mut out = Vec::with_capacity(text.len() / 3 * 4 + 4);
    for group in text.chunks(3) {
        let n = group.iter().fold(0u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - group.len()));
        for i in 0..4 {
            if i <= group.len() {
                out.push(letters[(n >> (18 - 6 * i) & 63) as usize]);
            } else if !for_url {
                out.push(b'=');
            }
        }
    }
    let out = vm.str(&out)?;
    vm.ret1(out)
}

fn unbase64(vm: &mut Vm) -> NativeResult {
    let text = text(vm)?;
    vm.heap.reserve(text.len() / 4 * 3 + 3)?;
    match decoded(text) {
        Some(bytes) => {
            let bytes = vm.str(&bytes)?;
            vm.ret1(bytes)
        }
        None => vm.ret1(Value::NIL),
    }
}

/// The bytes of Base64 of either alphabet, with or without padding; white space is skipped.
fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut bits, mut n, mut padding) = (0u32, 0, 0);
    for c in text {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                padding += 1;
                continue;
            }
            b' ' | b'\t' | b'\r' | b'\n' => continue,
            _ => return None,
        };
        if padding > 0 {
            return None;
        }
        bits = bits << 6 | u32::from(value);
        n += 1;
        if n == 4 {
            out.extend_from_slice(&bits.to_be_bytes()[1..]);
            (bits, n) = (0, 0);
        }
    }
    let left = match n {
        0 => 0,
        2 => 1,
        3 => 2,
        _ => return None,
    };
    // What is left over must be zero, as whoever encodes writes it.
    let bytes = (bits << (6 * (4 - n))).to_be_bytes();
    if padding > 2
        || (padding > 0 && padding != 3 - left)
        || (left > 0 && bytes[1 + left..] != [0; 3][left..])
    {
        return None;
    }
    out.extend_from_slice(&bytes[1..1 + left]);
    Some(out)
}
