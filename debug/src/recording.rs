//! Recordings as bytes: the state that a program began in, what its host has answered, and when it was
//! interrupted. That is all it takes to run it again. States on the way make it short.

use crate::data::{Data, Input};
use crate::program::Time;
use crate::timeline::States;

/// What the bytes begin with.
const MAGIC: &[u8] = b"luka recording\n";

/// The version of the bytes.
const FORMAT: u32 = 3;

/// A recording.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recording {
    /// The state of the machine before the first instruction, as a snapshot.
    pub state: Vec<u8>,
    /// The numbers of its heap's blocks: cells are the same in all states then.
    pub blocks: (Vec<u32>, u32),
    /// The numbers of what is kept alive besides while it runs: the collector's work depends on it.
    pub held: Vec<u32>,
    /// What the host has answered.
    pub answers: Vec<u8>,
    /// The fuel at which Ctrl-C has raised an error.
    pub interrupts: Vec<u64>,
    /// The folder that the program ran in.
    pub folder: String,
    /// Whether its texts are plain Lua 5.4.
    pub is_lua54: bool,
    /// States on the way.
    pub states: States,
}

impl Recording {
    /// Whether bytes are a recording, of any version.
    pub fn is_one(bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC)
    }

    /// Its bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        FORMAT.put(&mut out);
        for bytes in [&self.state, &self.answers] {
            bytes.len().put(&mut out);
            out.extend_from_slice(bytes);
        }
        self.blocks.put(&mut out);
        self.held.put(&mut out);
        self.interrupts.put(&mut out);
        self.folder.put(&mut out);
        self.is_lua54.put(&mut out);
        self.states.points.put(&mut out);
        self.states.end.put(&mut out);
        self.states.is_over.put(&mut out);
        self.states.pieces.len().put(&mut out);
        for (packed, length) in &self.states.pieces {
            (packed.len() as u32, *length as u32).put(&mut out);
            out.extend_from_slice(packed);
        }
        out
    }

    /// The recording that bytes are.
    ///
    /// # Errors
    /// They are none, or one of another version.
    pub fn of_bytes(bytes: &[u8]) -> Result<Recording, String> {
        let rest = bytes.strip_prefix(MAGIC).ok_or("it is no recording")?;
        let mut input = Input(rest);
        match u32::get(&mut input) {
            Some(FORMAT) => {}
            _ => return Err("another version of luka has made the recording".to_string()),
        }
        Recording::read(&mut input).ok_or_else(|| "the recording is damaged".to_string())
    }

    fn read(input: &mut Input) -> Option<Recording> {
        let mut bytes = || {
            let n = usize::get(input)?;
            Some(input.take(n)?.to_vec())
        };
        let (state, answers) = (bytes()?, bytes()?);
        let blocks = <(Vec<u32>, u32)>::get(input)?;
        let held = Vec::get(input)?;
        let interrupts = Vec::get(input)?;
        let folder = String::get(input)?;
        let is_lua54 = bool::get(input)?;
        let (points, end, is_over) = (Vec::get(input)?, Time::get(input)?, bool::get(input)?);
        let mut pieces = Vec::new();
        for _ in 0..usize::get(input)? {
            let (packed, length) = <(u32, u32)>::get(input)?;
            pieces.push((input.take(packed as usize)?.to_vec(), length as usize));
        }
        let states = States { pieces, points, end, is_over };
        input.0.is_empty().then_some(Recording {
            state,
            blocks,
            held,
            answers,
            interrupts,
            folder,
            is_lua54,
            states,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::{End, Filed, Phase};
    use crate::tape::Mark;

    #[test]
    fn recordings_are_bytes() {
        let recording = Recording {
            state: vec![1, 2, 3],
            blocks: (vec![2, 1], 3),
            held: vec![2],
            answers: vec![4; 300],
            interrupts: vec![5, 600],
            folder: "/tmp".to_string(),
            is_lua54: true,
            states: States {
                pieces: vec![(vec![1; 70], 100), (vec![], 0)],
                points: vec![Filed {
                    limit: 10,
                    fuel: 11,
                    hash: 12,
                    pieces: vec![0, 1, 0],
                    blocks: (vec![1, 2], 3),
                    tape: Mark::default(),
                    phase: Phase::Closing(End { code: 1, error: Some("no".to_string()) }),
                    interrupts: 2,
                }],
                end: Time::at(99),
                is_over: false,
            },
        };
        let bytes = recording.to_bytes();
        assert!(Recording::is_one(&bytes));
        assert_eq!(Recording::of_bytes(&bytes), Ok(recording));
        for end in 0..bytes.len() {
            assert!(Recording::of_bytes(&bytes[..end]).is_err(), "{end}");
        }
    }
}
