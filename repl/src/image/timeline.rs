//! The states a session has had, one after the other, and which of them it is in.

use std::collections::VecDeque;

use super::pieces::{MOST, Pieces, Store};
use luka::toolchain::bytes::{Input, Out};

/// States that are kept.
pub const STATES: usize = 100;
/// Bytes that states before and after the present one may take.
pub const BYTES: usize = 64 << 20;
/// Characters of a label.
const LABEL: usize = 60;

/// A state of a session.
pub struct State {
    /// Counts from 0, the state in which the session began.
    pub number: u64,
    /// The first line of the input that led to it.
    pub label: String,
    pieces: Pieces,
}

impl State {
    /// Number and label.
    pub fn title(&self) -> String {
        format!("{}: {}", self.number, self.label)
    }

    /// Bytes it takes alone.
    pub fn size(&self) -> usize {
        self.pieces.iter().map(|piece| piece.len()).sum()
    }

    /// The state as it was given to [`Timeline::add`]; `None` if there is not enough memory: a file may
    /// name one piece many times.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        let size =
            self.pieces.iter().try_fold(0usize, |sum, piece| sum.checked_add(piece.len()))?;
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(size).ok()?;
        self.pieces.iter().for_each(|piece| bytes.extend_from_slice(piece));
        Some(bytes)
    }
}

/// The states, the oldest first.
#[derive(Default)]
pub struct Timeline {
    states: VecDeque<State>,
    /// The state the session is in.
    at: usize,
    /// The session has gone on since, to a state that could not be saved.
    is_ahead: bool,
    store: Store,
}

impl Timeline {
    pub fn states(&self) -> impl ExactSizeIterator<Item = &State> {
        self.states.iter()
    }

    /// The state the session is in, or the last one it was in that could be saved.
    pub fn present(&self) -> Option<&State> {
        self.states.get(self.at)
    }

    /// Whether the session has gone on since the last state.
    pub fn is_ahead(&self) -> bool {
        self.is_ahead
    }

    /// The session is in a new state; those that were undone are forgotten. Returns false if it is no
    /// other than the present one.
    pub fn add(&mut self, label: &str, bytes: &[u8]) -> bool {
        let pieces = self.store.add(bytes);
        if self.present().is_some_and(|state| state.pieces == pieces) {
            self.is_ahead = false;
            return false;
        }
        self.forget_undone();
        let number = self.present().map_or(0, |state| state.number + 1);
        let whole = label.trim();
        let line = whole.lines().next().unwrap_or_default();
        let mut label: String = line.chars().take(LABEL).collect();
        if label.len() < whole.len() {
            label.push('…');
        }
        self.states.push_back(State { number, label, pieces });
        self.at = self.states.len() - 1;
        self.is_ahead = false;
        self.shrink();
        true
    }

    /// The session has gone on to a state that could not be saved.
    pub fn pass(&mut self) {
        self.forget_undone();
        self.is_ahead = true;
    }

    fn forget_undone(&mut self) {
        while self.states.len() > self.at + 1 {
            if let Some(state) = self.states.pop_back() {
                self.store.remove(state.pieces);
            }
        }
    }

    /// Forgets the oldest states beyond what is kept; never the present one.
    fn shrink(&mut self) {
        let fits = |timeline: &Timeline| {
            timeline.states.len() <= STATES
                && timeline.store.bytes()
                    <= BYTES.saturating_add(timeline.present().map_or(0, State::size))
        };
        while self.at > 0 && !fits(self) {
            if let Some(state) = self.states.pop_front() {
                self.store.remove(state.pieces);
                self.at -= 1;
            }
        }
    }

    /// The index of the state `n` inputs back, if it is kept.
    pub fn back(&self, n: usize) -> Option<usize> {
        // The first step back is to the last state that could be saved.
        self.at.checked_sub(n - usize::from(self.is_ahead && n > 0))
    }

    /// The index of the state `n` inputs on, if it is kept.
    pub fn forward(&self, n: usize) -> Option<usize> {
        let to = self.at.checked_add(n).filter(|_| !self.is_ahead)?;
        (to < self.states.len()).then_some(to)
    }

    /// The index of a state by its number.
    pub fn numbered(&self, number: u64) -> Option<usize> {
        self.states.iter().position(|state| state.number == number)
    }

    pub fn get(&self, index: usize) -> Option<&State> {
        self.states.get(index)
    }

    /// The session is in this state now.
    pub fn go_to(&mut self, index: usize) {
        if index < self.states.len() {
            (self.at, self.is_ahead) = (index, false);
        }
    }

    /// The timeline as bytes.
    pub fn write(&self, out: &mut Out) {
        let mut numbers = std::collections::HashMap::new();
        let mut pieces = Vec::new();
        for piece in self.states.iter().flat_map(|state| &state.pieces) {
            numbers.entry(piece.as_ptr()).or_insert_with(|| {
                pieces.push(piece);
                pieces.len() as u64 - 1
            });
        }
        out.u64(pieces.len() as u64);
        for piece in pieces {
            out.bytes(piece);
        }
        out.u64(self.states.len() as u64);
        for state in &self.states {
            out.u64(state.number);
            out.bytes(state.label.as_bytes());
            out.u64(state.pieces.len() as u64);
            for piece in &state.pieces {
                out.u64(numbers[&piece.as_ptr()]);
            }
        }
        out.u64(self.at as u64);
    }

    /// A timeline of its bytes, with a state at least.
    pub fn read(input: &mut Input) -> Option<Timeline> {
        let mut store = Store::default();
        let pieces = input.list(|input| {
            let piece = input.bytes().filter(|piece| piece.len() <= MOST)?;
            Some(store.piece(piece))
        })?;
        let states = input.list(|input| {
            // (Another state must be able to follow.)
            let number = input.u64().filter(|&number| number < u64::MAX)?;
            let label = input.text()?;
            let pieces = input.list(|input| pieces.get(input.usize()?).cloned())?;
            Some(State { number, label, pieces })
        })?;
        let at = input.usize().filter(|&at| at < states.len())?;
        Some(Timeline { states: states.into(), at, is_ahead: false, store })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(timeline: &Timeline) -> Vec<u64> {
        timeline.states().map(|state| state.number).collect()
    }

    #[test]
    fn back_and_forward_again() {
        let mut t = Timeline::default();
        for text in ["start", "a", "b"] {
            assert!(t.add(text, text.as_bytes()));
        }
        assert!(!t.add("the same", b"b"));
        assert_eq!((t.back(0), t.back(1), t.back(2), t.back(3)), (Some(2), Some(1), Some(0), None));
        t.go_to(0);
        assert_eq!(t.present().and_then(State::bytes), Some(b"start".to_vec()));
        assert_eq!((t.forward(2), t.forward(3)), (Some(2), None));
        assert!(t.add("c", b"c"));
        assert_eq!(numbers(&t), [0, 1]);
        assert_eq!(t.get(1).map(|state| state.label.as_str()), Some("c"));
        t.pass();
        assert_eq!((t.back(1), t.back(2), t.forward(1)), (Some(1), Some(0), None));
        assert_eq!(t.numbered(1), Some(1));
    }

    #[test]
    fn the_oldest_states_go() {
        let mut t = Timeline::default();
        for n in 0..STATES + 10 {
            t.add("x", format!("{n}").as_bytes());
        }
        assert_eq!(t.states().len(), STATES);
        assert_eq!(numbers(&t)[0], 10);
        t.add("large", &vec![1; BYTES + 1]);
        assert!(t.states().len() > 2, "the present state does not count");
    }

    #[test]
    fn bytes_give_it_back() {
        let mut t = Timeline::default();
        for n in 0..5u8 {
            t.add(&format!("input {n}\nmore"), &vec![n; 40_000]);
        }
        t.go_to(3);
        let mut out = Out::default();
        t.write(&mut out);
        let mut input = Input(&out.0);
        let read = Timeline::read(&mut input).expect("its own bytes");
        assert!(input.end().is_some());
        assert_eq!(numbers(&read), numbers(&t));
        assert_eq!(read.present().and_then(State::bytes), Some(vec![3; 40_000]));
        assert_eq!(read.get(4).map(|state| state.label.as_str()), Some("input 4…"));
        for end in 0..out.0.len().min(2_000) {
            assert!(Timeline::read(&mut Input(&out.0[..end])).is_none());
        }
    }

    #[test]
    fn what_cannot_have_been_written_is_refused() {
        let whole = |number: u64, piece: &[u8]| {
            let mut out = Out::default();
            out.u64(1);
            out.bytes(piece);
            out.u64(1);
            out.u64(number);
            out.bytes(b"label");
            out.u64(1);
            out.u64(0);
            out.u64(0);
            Timeline::read(&mut Input(&out.0)).is_some()
        };
        assert!(whole(u64::MAX - 1, &[0; MOST]));
        assert!(!whole(0, &[0; MOST + 1]), "no piece is that long");
        assert!(!whole(u64::MAX, b"piece"), "no state can follow");
    }
}
