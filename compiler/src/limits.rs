//! How much memory compiling may take, and whether it is to be given up.
//!
//! What the stages need is bounded by the number of tokens and the length of the text, so memory is
//! decided while the tokens are read, before a tree of them is built. The bounds are measured: the
//! densest texts of each construct of the grammar (`tests/tests/limits.rs`).

use std::sync::atomic::{AtomicBool, Ordering};

/// Bytes that the stages need at most for a token, the finished module included.
const PER_TOKEN: usize = 176;
/// The same where a message is made: that keeps the output of all stages.
const PER_TOKEN_EXPLAINED: usize = 400;
/// Bytes for a byte of text: strings and names are copied.
const PER_BYTE: usize = 4;
/// Tokens after which the limits are looked at.
const BETWEEN_LOOKS: usize = 4096;

/// What compiling a chunk may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits<'a> {
    /// Most bytes of memory.
    pub memory: usize,
    /// Compiling is given up when this is set.
    pub stop: Option<&'a AtomicBool>,
}

impl Limits<'_> {
    /// As much as there is.
    pub const NONE: Limits<'static> = Limits { memory: usize::MAX, stop: None };

    /// Whether to give up.
    pub(crate) fn stopped(&self) -> bool {
        self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
    }

    /// Between two stages: whether to go on.
    pub(crate) fn may_go_on(&self) -> Result<(), Refusal> {
        if self.stopped() { Err(Refusal::Stopped) } else { Ok(()) }
    }

    /// Most tokens of a text of so many bytes; with `explained` of one that has an error.
    fn most_tokens(&self, bytes: usize, explained: bool) -> usize {
        let per_token = if explained { PER_TOKEN_EXPLAINED } else { PER_TOKEN };
        self.memory.saturating_sub(bytes.saturating_mul(PER_BYTE)) / per_token
    }

    /// Whether the message about an error in a text of so many bytes and tokens can be made.
    pub(crate) fn allow_explaining(&self, bytes: usize, tokens: usize) -> bool {
        tokens <= self.most_tokens(bytes, true)
    }
}

/// Why a chunk was not compiled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// It has an error: PUC Lua's message.
    Message(Vec<u8>),
    /// It could take more memory than it may.
    Memory,
    /// It was given up.
    Stopped,
}

/// The limits as the lexer looks at them: now and then.
pub(crate) struct Watch<'a> {
    limits: Limits<'a>,
    most: usize,
    /// Tokens of the text that the lexer has given away.
    before: usize,
    /// Tokens after which the lexer pauses.
    pause: usize,
    /// The number of tokens at which to look.
    pub(crate) next: usize,
}

impl<'a> Watch<'a> {
    pub(crate) fn new(limits: Limits<'a>, bytes: usize) -> Watch<'a> {
        let most = limits.most_tokens(bytes, false);
        let next = most.min(BETWEEN_LOOKS);
        Watch { limits, most, before: 0, pause: usize::MAX, next }
    }

    /// The lexer, which has given away so many tokens, is to pause when it has more than `pause`.
    pub(crate) fn begin_window(&mut self, before: usize, pause: usize) {
        self.before = before;
        self.pause = pause;
        self.next = 0;
    }

    /// How many tokens to make room for if `guessed` are expected.
    pub(crate) fn expected(&self, guessed: usize) -> usize {
        guessed.min(self.most.saturating_add(1))
    }

    /// Looks, at so many tokens; whether the lexer goes on, rather than pause.
    #[cold]
    pub(crate) fn may_go_on(&mut self, tokens: usize) -> Result<bool, Refusal> {
        let all = self.before.saturating_add(tokens);
        if all > self.most {
            return Err(Refusal::Memory);
        }
        if self.limits.stopped() {
            return Err(Refusal::Stopped);
        }
        self.next = (self.most - self.before).min(tokens + BETWEEN_LOOKS).min(self.pause);
        Ok(tokens <= self.pause)
    }
}
