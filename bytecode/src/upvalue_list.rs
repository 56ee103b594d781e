//! Lists of upvalues. Most functions have a few, and there are many functions: up to
//! [`UpvalueList::INLINE`] upvalues live in place, more on the heap.

use std::fmt;
use std::ops::{Deref, DerefMut};

/// What kind of local variable an upvalue captures (`VDKREG`… of PUC Lua 5.4); tools and
/// `debug` read it, the VM does not.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum UpvalueKind {
    /// An ordinary variable.
    Regular = 0,
    /// A constant variable (`<const>`).
    Const = 1,
    /// A variable to be closed (`<close>`).
    ToClose = 2,
}

/// Where a closure takes one of its upvalues from when it is made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct UpvalueDesc {
    /// True: register `index` of the enclosing function; false: its upvalue `index`.
    pub in_stack: bool,
    /// The register or upvalue of the enclosing function.
    pub index: u8,
    /// What kind of variable it captures.
    pub kind: UpvalueKind,
}

/// The upvalues of a function, in order. Reads as a slice.
#[derive(Clone)]
pub struct UpvalueList(Repr);

#[derive(Clone)]
enum Repr {
    Short { len: u8, list: [UpvalueDesc; UpvalueList::INLINE] },
    Long(Vec<UpvalueDesc>),
}

const _: () = assert!(size_of::<UpvalueList>() == 32);

const UNUSED: UpvalueDesc = UpvalueDesc { in_stack: false, index: 0, kind: UpvalueKind::Regular };

impl UpvalueList {
    /// The longest list that needs no memory of its own.
    pub const INLINE: usize = 10;

    /// An empty list that is to get so many upvalues.
    #[inline]
    pub fn with_capacity(count: usize) -> UpvalueList {
        match count {
            0..=UpvalueList::INLINE => UpvalueList::default(),
            _ => UpvalueList(Repr::Long(Vec::with_capacity(count))),
        }
    }

    /// Appends an upvalue.
    #[inline]
    pub fn push(&mut self, upvalue: UpvalueDesc) {
        match &mut self.0 {
            Repr::Short { len, list } => match list.get_mut(*len as usize) {
                Some(place) => {
                    *place = upvalue;
                    *len += 1;
                }
                None => {
                    let mut long = list.to_vec();
                    long.push(upvalue);
                    self.0 = Repr::Long(long);
                }
            },
            Repr::Long(list) => list.push(upvalue),
        }
    }

    /// Bytes of memory behind it.
    pub fn memory(&self) -> usize {
        match &self.0 {
            Repr::Short { .. } => 0,
            Repr::Long(list) => list.capacity() * size_of::<UpvalueDesc>(),
        }
    }
}

impl Default for UpvalueList {
    #[inline]
    fn default() -> UpvalueList {
        UpvalueList(Repr::Short { len: 0, list: [UNUSED; UpvalueList::INLINE] })
    }
}

impl Deref for UpvalueList {
    type Target = [UpvalueDesc];

    #[inline]
    fn deref(&self) -> &[UpvalueDesc] {
        match &self.0 {
            Repr::Short { len, list } => &list[..(*len as usize).min(UpvalueList::INLINE)],
            Repr::Long(list) => list,
        }
    }
}

impl DerefMut for UpvalueList {
    fn deref_mut(&mut self) -> &mut [UpvalueDesc] {
        match &mut self.0 {
            Repr::Short { len, list } => &mut list[..(*len as usize).min(UpvalueList::INLINE)],
            Repr::Long(list) => list,
        }
    }
}

impl<'a> IntoIterator for &'a UpvalueList {
    type Item = &'a UpvalueDesc;
    type IntoIter = std::slice::Iter<'a, UpvalueDesc>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<UpvalueDesc> for UpvalueList {
    fn from_iter<I: IntoIterator<Item = UpvalueDesc>>(upvalues: I) -> UpvalueList {
        let upvalues = upvalues.into_iter();
        let mut list = UpvalueList::with_capacity(upvalues.size_hint().0);
        upvalues.for_each(|upvalue| list.push(upvalue));
        list
    }
}

impl From<Vec<UpvalueDesc>> for UpvalueList {
    fn from(upvalues: Vec<UpvalueDesc>) -> UpvalueList {
        match upvalues.len() {
            0..=UpvalueList::INLINE => upvalues.into_iter().collect(),
            _ => UpvalueList(Repr::Long(upvalues)),
        }
    }
}

impl PartialEq for UpvalueList {
    fn eq(&self, other: &UpvalueList) -> bool {
        **self == **other
    }
}

impl Eq for UpvalueList {}

impl fmt::Debug for UpvalueList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length() {
        let upvalue = |index| UpvalueDesc { in_stack: true, index, kind: UpvalueKind::Const };
        for len in 0..30 {
            let expected: Vec<UpvalueDesc> = (0..len).map(upvalue).collect();
            let mut pushed = UpvalueList::default();
            expected.iter().for_each(|&upvalue| pushed.push(upvalue));
            let lists = [
                pushed,
                expected.clone().into(),
                expected.iter().copied().collect(),
                expected.iter().copied().filter(|_| true).collect(),
            ];
            for mut list in lists {
                assert_eq!(*list, expected[..]);
                assert_eq!(list, expected.clone().into());
                assert_eq!(format!("{list:?}"), format!("{expected:?}"));
                let long = len as usize > UpvalueList::INLINE;
                assert_eq!(list.memory() >= 3 * len as usize, long || len == 0);
                if let Some(last) = list.last_mut() {
                    last.index = 99;
                    assert_ne!(*list, expected[..]);
                }
            }
        }
    }
}
