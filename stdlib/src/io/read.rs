//! Reading by formats: numbers, lines, blocks, everything.

use super::handle::{default_file, open_file};
use crate::os::failure;
use crate::prim;
use luka_vm::host::{FileId, HostError, HostResult};
use luka_vm::{NativeResult, Raise, Value, Vm};

/// Longest numeral that format `n` accepts (`L_MAXLENNUM`).
const MAX_NUMERAL: usize = 200;

pub fn io_read(vm: &mut Vm) -> NativeResult {
    let (_, id) = default_file(vm, super::INPUT)?;
    let n = read(vm, id, 1)?;
    finish(vm, n)
}

pub fn file_read(vm: &mut Vm) -> NativeResult {
    let (id, _) = open_file(vm)?;
    let n = read(vm, id, 2)?;
    finish(vm, n)
}

/// What a reading function did.
pub enum Outcome {
    /// This many values were pushed; the last one is nil if its format failed.
    Values(u32),
    Failed(HostError),
}

fn finish(vm: &mut Vm, outcome: Outcome) -> NativeResult {
    match outcome {
        Outcome::Values(n) => Ok(luka_vm::Action::Return(n)),
        Outcome::Failed(e) => failure(vm, &e, None),
    }
}

/// Reads by the formats in the arguments from `first` on and pushes the results.
pub fn read(vm: &mut Vm, id: FileId, first: usize) -> Result<Outcome, Raise> {
    let last = vm.nargs();
    if last < first {
        return Ok(match read_line(vm, id, true)? {
            Ok(v) => {
                vm.push(v);
                Outcome::Values(1)
            }
            Err(e) => Outcome::Failed(e),
        });
    }
    let mut pushed = 0;
    for i in first..=last {
        let format = vm.arg(i);
        let result = if format.is_number() {
            let n = vm.check_int(i)? as u64;
            if n == 0 { at_end(vm, id) } else { read_block(vm, id, n)? }
        } else {
            let text = vm.check_str(i)?.bytes();
            let text = text.strip_prefix(b"*").unwrap_or(text);
            match text.first() {
                Some(b'n') => read_number(vm, id),
                Some(b'l') => read_line(vm, id, true)?,
                Some(b'L') => read_line(vm, id, false)?,
                Some(b'a') => read_all(vm, id)?,
                _ => return Err(vm.arg_error(i, "invalid format")),
            }
        };
        match result {
            Ok(v) => {
                vm.push(v);
                pushed += 1;
                if v.is_nil() {
                    break;
                }
            }
            Err(e) => return Ok(Outcome::Failed(e)),
        }
    }
    Ok(Outcome::Values(pushed))
}

/// Outer errors are the VM's (memory), inner ones the file's. Nil is the failure of a format.
type Read = Result<HostResult<Value>, Raise>;

fn at_end(vm: &mut Vm, id: FileId) -> HostResult<Value> {
    let empty = vm.host().peek(id)?.is_empty();
    Ok(if empty { Value::NIL } else { vm.small_str("") })
}

fn string(vm: &mut Vm, bytes: &[u8]) -> Read {
    vm.charge(bytes.len() as u64 / 16);
    vm.str(bytes).map(Ok)
}

fn read_line(vm: &mut Vm, id: FileId, chop: bool) -> Read {
    // The whole line is usually in the host's buffer: it becomes a string without a copy between.
    let (host, heap) = vm.host_and_heap();
    match host.peek(id) {
        Err(e) => return Ok(Err(e)),
        Ok([]) => return Ok(Ok(Value::NIL)),
        Ok(bytes) => {
            if let Some(n) = memchr::memchr(b'\n', bytes) {
                let line = heap.new_str(&bytes[..if chop { n } else { n + 1 }])?;
                host.consume(id, n + 1);
                vm.charge(n as u64 / 16);
                return Ok(Ok(line.into()));
            }
        }
    }
    read_long_line(vm, id, chop)
}

fn read_long_line(vm: &mut Vm, id: FileId, chop: bool) -> Read {
    let mut line = Vec::new();
    loop {
        let there = vm.host().peek(id).map_or(0, |bytes| bytes.len());
        vm.heap.grow(&mut line, there)?;
        let (taken, ended) = match vm.host().peek(id) {
            Err(e) => return Ok(Err(e)),
            Ok([]) => return string(vm, &line),
            Ok(bytes) => match memchr::memchr(b'\n', bytes) {
                Some(n) => {
                    line.extend_from_slice(&bytes[..if chop { n } else { n + 1 }]);
                    (n + 1, true)
                }
                None => {
                    line.extend_from_slice(bytes);
                    (bytes.len(), false)
                }
            },
        };
        vm.host().consume(id, taken);
        if ended {
            return string(vm, &line);
        }
    }
}

fn read_all(vm: &mut Vm, id: FileId) -> Read {
    match take(vm, id, u64::MAX)? {
        Ok(bytes) => string(vm, &bytes),
        Err(e) => Ok(Err(e)),
    }
}

fn read_block(vm: &mut Vm, id: FileId, n: u64) -> Read {
    // PUC allocates the whole block before it reads.
    prim::check_room(vm, usize::try_from(n).unwrap_or(usize::MAX))?;
    match take(vm, id, n)? {
        Ok(bytes) if bytes.is_empty() => Ok(Ok(Value::NIL)),
        Ok(bytes) => string(vm, &bytes),
        Err(e) => Ok(Err(e)),
    }
}

/// Up to `n` bytes.
fn take(vm: &mut Vm, id: FileId, n: u64) -> Result<HostResult<Vec<u8>>, Raise> {
    const PIECE: usize = 1 << 16;
    let mut out = Vec::new();
    while (out.len() as u64) < n {
        let piece = (n - out.len() as u64).min(PIECE as u64) as usize;
        let old = out.len();
        vm.heap.grow(&mut out, piece)?;
        out.resize(old + piece, 0);
        match vm.host().read(id, &mut out[old..]) {
            Ok(got) => out.truncate(old + got.min(piece)),
            Err(e) => return Ok(Err(e)),
        }
        if out.len() == old {
            break;
        }
    }
    Ok(Ok(out))
}

/// Reads the longest prefix that could begin a numeral, as PUC's `l_read_number`: what follows
/// stays unread, what was read is gone even if it is no numeral.
struct Numeral<'a> {
    vm: &'a mut Vm,
    id: FileId,
    next: Option<u8>,
    text: Vec<u8>,
    /// The limit was passed: the result is invalid.
    overflow: bool,
}

impl Numeral<'_> {
    fn look(&mut self) -> HostResult<()> {
        self.next = self.vm.host().peek(self.id)?.first().copied();
        Ok(())
    }

    fn skip(&mut self) -> HostResult<()> {
        self.vm.host().consume(self.id, 1);
        self.look()
    }

    /// Takes the next byte into the text; false when the text is full.
    fn take(&mut self) -> HostResult<bool> {
        let Some(c) = self.next else { return Ok(false) };
        if self.text.len() >= MAX_NUMERAL {
            self.overflow = true;
            return Ok(false);
        }
        self.text.push(c);
        self.skip()?;
        Ok(true)
    }

    fn accept(&mut self, set: &[u8]) -> HostResult<bool> {
        if self.next.is_some_and(|c| set.contains(&c)) { self.take() } else { Ok(false) }
    }

    fn digits(&mut self, hex: bool) -> HostResult<usize> {
        let mut count = 0;
        while self
            .next
            .is_some_and(|c| if hex { c.is_ascii_hexdigit() } else { c.is_ascii_digit() })
            && self.take()?
        {
            count += 1;
        }
        Ok(count)
    }

    fn read(&mut self) -> HostResult<()> {
        self.look()?;
        while self.next.is_some_and(|c| matches!(c, b' ' | b'\t'..=b'\r')) {
            self.skip()?;
        }
        self.accept(b"-+")?;
        let (mut count, mut hex) = (0, false);
        if self.accept(b"0")? {
            if self.accept(b"xX")? {
                hex = true;
            } else {
                count = 1;
            }
        }
        count += self.digits(hex)?;
        if self.accept(b".")? {
            count += self.digits(hex)?;
        }
        if count > 0 && self.accept(if hex { b"pP" } else { b"eE" })? {
            self.accept(b"-+")?;
            self.digits(false)?;
        }
        Ok(())
    }
}

/// The numeral at the beginning of buffered input: behind which spaces, up to where. `None` when
/// it may not end there; the same grammar as [`Numeral::read`]'s.
fn buffered_numeral(bytes: &[u8]) -> Option<(usize, usize)> {
    let start = bytes.iter().position(|c| !matches!(c, b' ' | b'\t'..=b'\r'))?;
    let mut at = start;
    let accept = |at: &mut usize, set: &[u8]| {
        let found = bytes.get(*at).is_some_and(|c| set.contains(c));
        *at += found as usize;
        found
    };
    let digits = |at: &mut usize, hex: bool| {
        let digit = |c: &u8| if hex { c.is_ascii_hexdigit() } else { c.is_ascii_digit() };
        let from = *at;
        while bytes.get(*at).is_some_and(digit) {
            *at += 1;
        }
        *at - from
    };
    accept(&mut at, b"-+");
    let (mut count, mut hex) = (0, false);
    if accept(&mut at, b"0") {
        hex = accept(&mut at, b"xX");
        count = !hex as usize;
    }
    count += digits(&mut at, hex);
    if accept(&mut at, b".") {
        count += digits(&mut at, hex);
    }
    if count > 0 && accept(&mut at, if hex { b"pP" } else { b"eE" }) {
        accept(&mut at, b"-+");
        digits(&mut at, false);
    }
    (at < bytes.len() && at - start < MAX_NUMERAL).then_some((start, at))
}

fn read_number(vm: &mut Vm, id: FileId) -> HostResult<Value> {
    let bytes = vm.host().peek(id)?;
    if let Some((start, end)) = buffered_numeral(bytes) {
        let number = luka_vm::value::parse::str_to_number(&bytes[start..end]);
        vm.host().consume(id, end);
        vm.charge(end as u64 / 8);
        return Ok(number.unwrap_or(Value::NIL));
    }
    let mut numeral = Numeral { vm, id, next: None, text: Vec::new(), overflow: false };
    numeral.read()?;
    if numeral.overflow {
        return Ok(Value::NIL);
    }
    Ok(luka_vm::value::parse::str_to_number(&numeral.text).unwrap_or(Value::NIL))
}
