//! Formats of `string.pack` (manual §6.4.2), read one option at a time.

/// The kind of an option.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Int,
    Uint,
    Float,
    Double,
    /// String of fixed size.
    Char,
    /// String with its length before it.
    Str,
    /// String that ends with a zero.
    Zstr,
    Padding,
    /// Padding for alignment.
    Align,
    /// Configuration or space.
    Nop,
}

/// An option, ready to use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Opt {
    pub kind: Kind,
    /// Its size in bytes.
    pub size: usize,
    /// Padding needed before it.
    pub align: usize,
}

/// What is wrong with a format.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FormatError {
    /// An error of the call (`luaL_error`).
    Error(Vec<u8>),
    /// An error of argument 1.
    Arg(&'static str),
}

/// A format being read.
pub struct Format<'a> {
    rest: &'a [u8],
    /// Byte order in force.
    pub little: bool,
    max_align: usize,
}

/// Largest size of an integer.
const MAX_INT: i32 = 16;
/// What `!` alone means: the alignment of C's largest basic types.
const NATIVE_ALIGN: i32 = 8;

impl<'a> Format<'a> {
    pub fn new(text: &'a [u8]) -> Format<'a> {
        // As C strings, formats end at a zero.
        let rest = text.split(|c| *c == 0).next().unwrap_or(b"");
        Format { rest, little: true, max_align: 1 }
    }

    /// The next option, given the number of bytes before it.
    pub fn next(&mut self, total: usize) -> Result<Option<Opt>, FormatError> {
        let Some(letter) = self.letter() else { return Ok(None) };
        let (kind, size) = self.option(letter)?;
        let mut align = size;
        if kind == Kind::Align {
            // Alignment as the option that follows would have.
            let follows = match self.letter() {
                Some(letter) => self.option(letter)?,
                None => (Kind::Char, 0),
            };
            align = follows.1;
            if follows.0 == Kind::Char || align == 0 {
                return Err(FormatError::Arg("invalid next option for option 'X'"));
            }
        }
        let mut padding = 0;
        if align > 1 && kind != Kind::Char {
            let align = align.min(self.max_align);
            if !align.is_power_of_two() {
                return Err(FormatError::Arg("format asks for alignment not power of 2"));
            }
            padding = total.wrapping_neg() & (align - 1);
        }
        Ok(Some(Opt { kind, size, align: padding }))
    }

    fn letter(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    /// A decimal number, if one follows. It stops before it would overflow C's `int`.
    fn number(&mut self) -> Option<i32> {
        let mut n = None;
        while let Some(digit @ b'0'..=b'9') = self.rest.first() {
            let sofar = n.unwrap_or(0);
            if sofar > (i32::MAX - 9) / 10 {
                break;
            }
            n = Some(sofar * 10 + (digit - b'0') as i32);
            self.rest = &self.rest[1..];
        }
        n
    }

    /// A number from 1 to 16.
    fn limited(&mut self, default: i32) -> Result<usize, FormatError> {
        let n = self.number().unwrap_or(default);
        if !(1..=MAX_INT).contains(&n) {
            return Err(FormatError::Error(
                format!("integral size ({n}) out of limits [1,{MAX_INT}]").into_bytes(),
            ));
        }
        Ok(n as usize)
    }

    /// Kind and size of the option with this letter; configuration takes effect.
    fn option(&mut self, letter: u8) -> Result<(Kind, usize), FormatError> {
        Ok(match letter {
            b'b' => (Kind::Int, 1),
            b'B' => (Kind::Uint, 1),
            b'h' => (Kind::Int, 2),
            b'H' => (Kind::Uint, 2),
            b'l' | b'j' => (Kind::Int, 8),
            b'L' | b'J' | b'T' => (Kind::Uint, 8),
            b'f' => (Kind::Float, 4),
            b'n' | b'd' => (Kind::Double, 8),
            b'i' => (Kind::Int, self.limited(4)?),
            b'I' => (Kind::Uint, self.limited(4)?),
            b's' => (Kind::Str, self.limited(8)?),
            b'c' => match self.number() {
                Some(n) => (Kind::Char, n as usize),
                None => {
                    return Err(FormatError::Error("missing size for format option 'c'".into()));
                }
            },
            b'z' => (Kind::Zstr, 0),
            b'x' => (Kind::Padding, 1),
            b'X' => (Kind::Align, 0),
            b' ' => (Kind::Nop, 0),
            b'<' | b'=' => {
                self.little = true;
                (Kind::Nop, 0)
            }
            b'>' => {
                self.little = false;
                (Kind::Nop, 0)
            }
            b'!' => {
                self.max_align = self.limited(NATIVE_ALIGN)?;
                (Kind::Nop, 0)
            }
            _ => {
                let message = [b"invalid format option '", &[letter][..], b"'"].concat();
                return Err(FormatError::Error(message));
            }
        })
    }
}

/// Appends the low `size` bytes of `n`; above 8 bytes the sign is extended if `signed`.
pub fn put_int(out: &mut Vec<u8>, n: i64, size: usize, little: bool, signed: bool) {
    if size <= 8 {
        return put(out, &n.to_le_bytes()[..size], little);
    }
    let fill = if signed && n < 0 { 0xff } else { 0 };
    let mut bytes = [fill; MAX_INT as usize];
    bytes[..8].copy_from_slice(&n.to_le_bytes());
    put(out, &bytes[..size], little);
}

/// Appends bytes given in little-endian order.
pub fn put(out: &mut Vec<u8>, bytes: &[u8], little: bool) {
    if little {
        out.extend_from_slice(bytes);
    } else {
        out.extend(bytes.iter().rev());
    }
}

/// Up to 16 bytes in little-endian order, zero-filled.
pub fn get(bytes: &[u8], little: bool) -> [u8; 16] {
    let mut buf = [0; 16];
    buf[..bytes.len()].copy_from_slice(bytes);
    if !little {
        buf[..bytes.len()].reverse();
    }
    buf
}

/// The integer these bytes (1 to 16) are; `None` if it does not fit.
pub fn get_int(bytes: &[u8], little: bool, signed: bool) -> Option<i64> {
    if bytes.len() <= 8 {
        let add = |n: u64, b: &u8| n << 8 | u64::from(*b);
        let n = match little {
            true => bytes.iter().rev().fold(0, add),
            false => bytes.iter().fold(0, add),
        } as i64;
        let shift = 64 - 8 * bytes.len() as u32;
        return Some(if signed { n << shift >> shift } else { n });
    }
    let buf = get(bytes, little);
    let mut low = [0; 8];
    low.copy_from_slice(&buf[..8]);
    let n = i64::from_le_bytes(low);
    let size = bytes.len();
    let fill = if signed && n < 0 { 0xff } else { 0 };
    buf[8..size].iter().all(|b| *b == fill).then_some(n)
}
