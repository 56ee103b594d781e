//! Places in code that is being written.

/// A place in the code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Label(u32);

/// Where labels are.
#[derive(Default)]
pub(super) struct Labels {
    at: Vec<Option<usize>>,
}

impl Labels {
    /// A label that is nowhere yet.
    pub fn add(&mut self) -> Label {
        self.at.push(None);
        Label(self.at.len() as u32 - 1)
    }

    /// The label is at this offset.
    pub fn bind(&mut self, label: Label, offset: usize) {
        self.at[label.0 as usize] = Some(offset);
    }

    /// Where a label is; it has been bound.
    pub fn offset(&self, label: Label) -> usize {
        let offset = self.at[label.0 as usize];
        offset.unwrap_or_else(|| unreachable!("a label that is nowhere"))
    }

    /// How far a label is from an offset.
    pub fn distance(&self, from: usize, to: Label) -> i64 {
        self.offset(to) as i64 - from as i64
    }
}

/// Words of 8 bytes behind the code, each once.
#[derive(Default)]
pub(super) struct Pool {
    words: Vec<u64>,
}

impl Pool {
    /// The number of a word.
    pub fn number(&mut self, bits: u64) -> u32 {
        let known = self.words.iter().position(|word| *word == bits);
        known.unwrap_or_else(|| {
            self.words.push(bits);
            self.words.len() - 1
        }) as u32
    }

    /// Writes the words behind code.
    pub fn write(&self, code: &mut Vec<u8>) {
        self.words.iter().for_each(|word| code.extend_from_slice(&word.to_le_bytes()));
    }
}
