//! What hosts answer, as bytes. Numbers are little-endian, lengths come first.

use crate::program::{End, Filed, Phase, Time};
use luka_vm::host::{
    Buffering, DateTime, ExitStatus, FileId, FileKind, Finished, HostError, HostResult, Metadata,
    ProcessId, SocketId, TlsSession, TlsVersion, Zone,
};
use std::net::{IpAddr, SocketAddr};

/// Bytes that are read: each function gives `None` where they end too early or make no sense.
pub struct Input<'a>(pub &'a [u8]);

impl<'a> Input<'a> {
    pub fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (first, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        Some(first)
    }
}

/// What is kept as bytes.
pub trait Data: Sized {
    fn put(&self, out: &mut Vec<u8>);
    fn get(input: &mut Input) -> Option<Self>;
}

macro_rules! numbers {
    ($($type:ty),*) => { $(
        impl Data for $type {
            fn put(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }
            fn get(input: &mut Input) -> Option<Self> {
                Some(<$type>::from_le_bytes(input.take(size_of::<$type>())?.try_into().ok()?))
            }
        }
    )* };
}
numbers!(u8, u16, u32, i32, u64, i64, f64);

impl Data for () {
    fn put(&self, _: &mut Vec<u8>) {}
    fn get(_: &mut Input) -> Option<()> {
        Some(())
    }
}

impl Data for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
    fn get(input: &mut Input) -> Option<bool> {
        match u8::get(input)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Data for usize {
    fn put(&self, out: &mut Vec<u8>) {
        (*self as u64).put(out);
    }
    fn get(input: &mut Input) -> Option<usize> {
        u64::get(input)?.try_into().ok()
    }
}

impl Data for String {
    fn put(&self, out: &mut Vec<u8>) {
        self.len().put(out);
        out.extend_from_slice(self.as_bytes());
    }
    fn get(input: &mut Input) -> Option<String> {
        let n = usize::get(input)?;
        String::from_utf8(input.take(n)?.to_vec()).ok()
    }
}

impl<T: Data> Data for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.len().put(out);
        self.iter().for_each(|item| item.put(out));
    }
    fn get(input: &mut Input) -> Option<Vec<T>> {
        // (No memory is taken for a count that is not true.)
        let n = usize::get(input)?;
        let mut list = Vec::new();
        for _ in 0..n {
            list.push(T::get(input)?);
        }
        Some(list)
    }
}

impl<T: Data> Data for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_some().put(out);
        self.iter().for_each(|item| item.put(out));
    }
    fn get(input: &mut Input) -> Option<Option<T>> {
        Some(if bool::get(input)? { Some(T::get(input)?) } else { None })
    }
}

impl<A: Data, B: Data> Data for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }
    fn get(input: &mut Input) -> Option<(A, B)> {
        Some((A::get(input)?, B::get(input)?))
    }
}

impl<T: Data> Data for HostResult<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_ok().put(out);
        match self {
            Ok(value) => value.put(out),
            Err(error) => error.put(out),
        }
    }
    fn get(input: &mut Input) -> Option<HostResult<T>> {
        Some(if bool::get(input)? { Ok(T::get(input)?) } else { Err(HostError::get(input)?) })
    }
}

/// Structures, field by field.
macro_rules! fields {
    ($($name:ident { $($field:ident),* })*) => { $(
        impl Data for $name {
            fn put(&self, out: &mut Vec<u8>) {
                $(self.$field.put(out);)*
            }
            fn get(input: &mut Input) -> Option<$name> {
                Some($name { $($field: Data::get(input)?),* })
            }
        }
    )* };
}
fields! {
    HostError { message, code }
    DateTime { year, month, day, hour, min, sec, wday, yday, isdst }
    Zone { name, offset }
    Metadata {
        kind, size, mode, dev, ino, nlink, uid, gid, rdev, accessed, modified, changed, blocks, blksize
    }
    Finished { status, output, error, cut }
    TlsSession { version, cipher, protocol, certificates }
    End { code, error }
    Filed { limit, fuel, hash, pieces, blocks, tape, phase, interrupts }
    Time { fuel, at_error }
}

impl Data for Phase {
    fn put(&self, out: &mut Vec<u8>) {
        let (kind, end) = match self {
            Phase::Running => (0u8, None),
            Phase::Closing(end) => (1, Some(end.clone())),
            Phase::Ended(end) => (2, Some(end.clone())),
        };
        kind.put(out);
        end.iter().for_each(|end| end.put(out));
    }
    fn get(input: &mut Input) -> Option<Phase> {
        Some(match u8::get(input)? {
            0 => Phase::Running,
            1 => Phase::Closing(End::get(input)?),
            2 => Phase::Ended(End::get(input)?),
            _ => return None,
        })
    }
}

/// Numbers with a name.
macro_rules! ids {
    ($($name:ident),*) => { $(
        impl Data for $name {
            fn put(&self, out: &mut Vec<u8>) {
                self.0.put(out);
            }
            fn get(input: &mut Input) -> Option<$name> {
                Some($name(u64::get(input)?))
            }
        }
    )* };
}
ids!(FileId, ProcessId, SocketId);

const KINDS: [FileKind; 8] = [
    FileKind::File,
    FileKind::Directory,
    FileKind::Link,
    FileKind::Socket,
    FileKind::Pipe,
    FileKind::CharDevice,
    FileKind::BlockDevice,
    FileKind::Other,
];

impl Data for FileKind {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(KINDS.iter().position(|kind| kind == self).unwrap_or(KINDS.len() - 1) as u8);
    }
    fn get(input: &mut Input) -> Option<FileKind> {
        KINDS.get(u8::get(input)? as usize).copied()
    }
}

impl Data for TlsVersion {
    fn put(&self, out: &mut Vec<u8>) {
        (*self == TlsVersion::V13).put(out);
    }
    fn get(input: &mut Input) -> Option<TlsVersion> {
        Some(if bool::get(input)? { TlsVersion::V13 } else { TlsVersion::V12 })
    }
}

impl Data for ExitStatus {
    fn put(&self, out: &mut Vec<u8>) {
        let (is_exit, code) = match *self {
            ExitStatus::Exit(code) => (true, code),
            ExitStatus::Signal(signal) => (false, signal),
        };
        is_exit.put(out);
        code.put(out);
    }
    fn get(input: &mut Input) -> Option<ExitStatus> {
        let (is_exit, code) = (bool::get(input)?, i32::get(input)?);
        Some(if is_exit { ExitStatus::Exit(code) } else { ExitStatus::Signal(code) })
    }
}

impl Data for Buffering {
    fn put(&self, out: &mut Vec<u8>) {
        let (kind, size): (u8, usize) = match *self {
            Buffering::None => (0, 0),
            Buffering::Full(size) => (1, size),
            Buffering::Line(size) => (2, size),
        };
        kind.put(out);
        size.put(out);
    }
    fn get(input: &mut Input) -> Option<Buffering> {
        let (kind, size) = (u8::get(input)?, usize::get(input)?);
        Some(match kind {
            0 => Buffering::None,
            1 => Buffering::Full(size),
            2 => Buffering::Line(size),
            _ => return None,
        })
    }
}

/// Addresses are written as text.
macro_rules! addresses {
    ($($type:ty),*) => { $(
        impl Data for $type {
            fn put(&self, out: &mut Vec<u8>) {
                self.to_string().put(out);
            }
            fn get(input: &mut Input) -> Option<Self> {
                String::get(input)?.parse().ok()
            }
        }
    )* };
}
addresses!(IpAddr, SocketAddr);
