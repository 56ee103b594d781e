//! Character classes of patterns (`%a`, `%d`, …) in the C locale.

const ALPHA: u8 = 1;
const DIGIT: u8 = 2;
const LOWER: u8 = 4;
const SPACE: u8 = 8;
const UPPER: u8 = 16;
const PUNCT: u8 = 32;
const CNTRL: u8 = 64;
const HEX: u8 = 128;

/// What each byte is.
static KINDS: [u8; 256] = {
    let mut t = [0; 256];
    let mut i = 0;
    while i < 128 {
        let c = i as u8;
        let mut k = 0;
        if c.is_ascii_alphabetic() {
            k |= ALPHA;
        }
        if c.is_ascii_digit() {
            k |= DIGIT;
        }
        if c.is_ascii_lowercase() {
            k |= LOWER;
        }
        if c == b' ' || (c >= 9 && c <= 13) {
            k |= SPACE;
        }
        if c.is_ascii_uppercase() {
            k |= UPPER;
        }
        if c.is_ascii_punctuation() {
            k |= PUNCT;
        }
        if c.is_ascii_control() {
            k |= CNTRL;
        }
        if c.is_ascii_hexdigit() {
            k |= HEX;
        }
        t[i] = k;
        i += 1;
    }
    t
};

/// For each letter, the kinds that its class holds. 0: not a class made of kinds.
static CLASSES: [u8; 256] = {
    let mut t = [0; 256];
    let rows: [(u8, u8); 10] = [
        (b'a', ALPHA),
        (b'c', CNTRL),
        (b'd', DIGIT),
        (b'g', ALPHA | DIGIT | PUNCT),
        (b'l', LOWER),
        (b'p', PUNCT),
        (b's', SPACE),
        (b'u', UPPER),
        (b'w', ALPHA | DIGIT),
        (b'x', HEX),
    ];
    let mut i = 0;
    while i < rows.len() {
        t[rows[i].0 as usize] = rows[i].1;
        t[rows[i].0.to_ascii_uppercase() as usize] = rows[i].1;
        i += 1;
    }
    t
};

/// Whether `class` is a class letter, so that `%class` is more than the byte itself.
pub const fn is_class(class: u8) -> bool {
    CLASSES[class as usize] != 0 || matches!(class, b'z' | b'Z')
}

/// Whether byte `c` is in `%class`: a class letter (upper case: its complement) or the byte itself.
#[inline(always)]
pub const fn in_class(c: u8, class: u8) -> bool {
    let kinds = CLASSES[class as usize];
    if kinds != 0 {
        (KINDS[c as usize] & kinds != 0) != class.is_ascii_uppercase()
    } else {
        match class {
            b'z' => c == 0,
            b'Z' => c != 0,
            _ => c == class,
        }
    }
}
