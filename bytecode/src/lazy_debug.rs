//! Debug information that is decoded when it is first used.
//!
//! Most of what is loaded from images never fails and is never looked at by a debugger: its lines,
//! spans and names stay as the image has them. Whatever can be seen of a [`LazyDebug`] follows from
//! what it says, not from how it is kept: equality, sizes, images made of it.

use std::fmt;
use std::ops::{Deref, DerefMut};

use crate::debug_info::DebugInfo;
use crate::image::Packed;

/// The debug information of a function. Reads as [`DebugInfo`]; what is still packed is unpacked
/// the first time, which takes time in proportion to the function.
#[derive(Clone, Default)]
pub struct LazyDebug {
    /// As an image has it; then `plain` is `None`.
    packed: Option<Packed>,
    plain: Option<Box<DebugInfo>>,
}

/// How long the lists of a [`DebugInfo`] are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct DebugCounts {
    /// Entries of [`DebugInfo::lines`].
    pub lines: usize,
    /// Entries of [`DebugInfo::spans`].
    pub spans: usize,
    /// Entries of [`DebugInfo::locals`].
    pub locals: usize,
    /// Entries of [`DebugInfo::upvalue_names`].
    pub upvalue_names: usize,
    /// Bytes of all names, of local variables and of upvalues.
    pub name_bytes: usize,
}

const NONE: &DebugInfo = &DebugInfo {
    lines: Vec::new(),
    spans: Vec::new(),
    locals: Vec::new(),
    upvalue_names: Vec::new(),
};

impl LazyDebug {
    pub(crate) fn packed(packed: Packed) -> LazyDebug {
        LazyDebug { packed: Some(packed), plain: None }
    }

    /// The lengths of the lists. Does not unpack.
    pub fn counts(&self) -> DebugCounts {
        match (&self.packed, &self.plain) {
            (Some(packed), _) => packed.counts(),
            (None, Some(plain)) => plain.counts(),
            (None, None) => DebugCounts::default(),
        }
    }

    /// Whether it is packed, and nobody has unpacked it for good.
    pub(crate) fn is_packed(&self) -> bool {
        self.packed.is_some()
    }

    /// Whether all lists are empty. Does not unpack.
    pub fn is_empty(&self) -> bool {
        self.counts() == DebugCounts::default()
    }

    /// Bytes of memory behind it at this moment, packed and unpacked.
    pub fn memory(&self) -> usize {
        let packed = self.packed.as_ref();
        let plain = self.plain.as_deref().or(packed.and_then(Packed::unpacked));
        packed.map_or(0, Packed::memory) + plain.map_or(0, DebugInfo::memory)
    }

    /// Whether it is known to pass the verifier in a function of so many instructions, registers
    /// and upvalues, because it was read for such a one and has not been touched since.
    pub(crate) fn is_checked(&self, code: usize, max_stack: u16, upvalues: usize) -> bool {
        self.packed.as_ref().is_some_and(|packed| packed.is_checked(code, max_stack, upvalues))
    }
}

impl DebugInfo {
    fn counts(&self) -> DebugCounts {
        let locals = self.locals.iter().map(|local| local.name.len());
        let names = locals.chain(self.upvalue_names.iter().map(|name| name.len()));
        DebugCounts {
            lines: self.lines.len(),
            spans: self.spans.len(),
            locals: self.locals.len(),
            upvalue_names: self.upvalue_names.len(),
            name_bytes: names.sum(),
        }
    }

    fn memory(&self) -> usize {
        size_of::<DebugInfo>()
            + size_of_val(&*self.lines)
            + size_of_val(&*self.spans)
            + size_of_val(&*self.locals)
            + size_of_val(&*self.upvalue_names)
            + self.counts().name_bytes
    }
}

impl Deref for LazyDebug {
    type Target = DebugInfo;

    #[inline]
    fn deref(&self) -> &DebugInfo {
        match (&self.packed, &self.plain) {
            (Some(packed), _) => packed.unpack(),
            (None, Some(plain)) => plain,
            (None, None) => NONE,
        }
    }
}

impl DerefMut for LazyDebug {
    fn deref_mut(&mut self) -> &mut DebugInfo {
        match self.packed.take() {
            Some(packed) => self.plain.insert(packed.into_unpacked()),
            None => self.plain.get_or_insert_default(),
        }
    }
}

impl From<DebugInfo> for LazyDebug {
    fn from(info: DebugInfo) -> LazyDebug {
        LazyDebug { packed: None, plain: Some(Box::new(info)) }
    }
}

impl PartialEq for LazyDebug {
    fn eq(&self, other: &LazyDebug) -> bool {
        **self == **other
    }
}

impl Eq for LazyDebug {}

impl fmt::Debug for LazyDebug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
