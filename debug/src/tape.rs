//! What the host has answered, in order: a program that is run again from an earlier state gets the
//! same answers, and does nothing to the world a second time. Behind the end of the tape, the host
//! itself is asked, and what it answers is added.

use crate::data::{Data, Input};
use luka_vm::host::{FileId, Host};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A place on the tape, and what goes with it.
#[derive(Clone, Default)]
pub struct Mark {
    at: usize,
    shown: BTreeMap<u64, Vec<u8>>,
}

impl Mark {
    /// Bytes of memory.
    pub fn size(&self) -> usize {
        self.shown.values().map(Vec::len).sum::<usize>() + size_of::<Mark>()
    }

    /// The answers before it, in bytes.
    pub fn at(&self) -> usize {
        self.at
    }
}

/// The tape and the host.
pub struct Inner {
    pub host: Box<dyn Host + Send>,
    answers: Vec<u8>,
    /// The next answer.
    at: usize,
    /// What the host has shown of input and not given yet, by file.
    shown: BTreeMap<u64, Vec<u8>>,
    /// Whether answers are kept; else the host is asked and nothing is remembered.
    records: bool,
    /// The program has asked for something else than it did before.
    diverged: Option<String>,
}

/// A tape that a program and its debugger share.
#[derive(Clone)]
pub struct Tape(Arc<Mutex<Inner>>);

impl Tape {
    /// An empty tape that does not record yet.
    pub fn new(host: Box<dyn Host + Send>) -> Tape {
        Tape(Arc::new(Mutex::new(Inner {
            host,
            answers: Vec::new(),
            at: 0,
            shown: BTreeMap::new(),
            records: false,
            diverged: None,
        })))
    }

    /// A tape with answers, from its beginning.
    pub fn of(host: Box<dyn Host + Send>, answers: Vec<u8>) -> Tape {
        let tape = Tape::new(host);
        tape.lock().answers = answers;
        tape
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether answers are kept from now on.
    pub fn record(&self, on: bool) {
        self.lock().records = on;
    }

    /// Where the tape is.
    pub fn mark(&self) -> Mark {
        let inner = self.lock();
        Mark { at: inner.at, shown: inner.shown.clone() }
    }

    /// Goes back, or on, to a mark.
    pub fn go_to(&self, mark: &Mark) {
        let mut inner = self.lock();
        inner.at = mark.at;
        inner.shown = mark.shown.clone();
        inner.diverged = None;
    }

    /// Forgets the answers behind the present place: the program goes on with the host.
    pub fn cut(&self) {
        let mut inner = self.lock();
        let at = inner.at;
        inner.answers.truncate(at);
    }

    /// All answers.
    pub fn answers(&self) -> Vec<u8> {
        self.lock().answers.clone()
    }

    /// Whether there are answers left.
    pub fn replays(&self) -> bool {
        let inner = self.lock();
        inner.at < inner.answers.len()
    }

    /// What the program has asked for that it had not asked for before.
    pub fn diverged(&self) -> Option<String> {
        self.lock().diverged.clone()
    }

    /// Writes out what the host has buffered.
    pub fn flush(&self) {
        // What cannot be written is for the program to find out.
        let _ = self.lock().host.flush_all();
    }
}

impl Inner {
    /// The answer to a question: that of the tape, or the host's.
    pub fn answer<T: Data>(
        &mut self,
        question: u8,
        ask: impl FnOnce(&mut (dyn Host + Send)) -> T,
    ) -> T {
        if !self.records {
            return ask(&mut *self.host);
        }
        if self.at < self.answers.len() && self.diverged.is_none() {
            let mut input = Input(&self.answers[self.at..]);
            let asked = u8::get(&mut input);
            if asked == Some(question)
                && let Some(answer) = T::get(&mut input)
            {
                self.at = self.answers.len() - input.0.len();
                return answer;
            }
            self.diverged =
                Some(format!("the program asks for {question}, the recording has {asked:?}"));
        }
        let answer = ask(&mut *self.host);
        if self.diverged.is_none() {
            self.answers.push(question);
            answer.put(&mut self.answers);
            self.at = self.answers.len();
        }
        answer
    }

    /// What the host shows of a file's input. The bytes are kept only where they are not those it has
    /// shown before.
    pub fn peek(&mut self, question: u8, file: FileId) -> luka_vm::host::HostResult<&[u8]> {
        if !self.records {
            return self.host.peek(file);
        }
        let before = self.shown.remove(&file.0).unwrap_or_default();
        let shown = self.answer(question, |host| match host.peek(file) {
            Ok(bytes) if bytes == before && !bytes.is_empty() => Ok(None),
            Ok(bytes) => Ok(Some(bytes.to_vec())),
            Err(error) => Err(error),
        });
        let bytes = shown?.unwrap_or(before);
        Ok(self.shown.entry(file.0).insert_entry(bytes).into_mut())
    }

    /// The program takes what was shown.
    pub fn consume(&mut self, question: u8, file: FileId, n: usize) {
        if let Some(shown) = self.shown.get_mut(&file.0) {
            shown.drain(..n.min(shown.len()));
        }
        self.answer(question, |host| host.consume(file, n));
    }

    /// The input of a file has moved.
    pub fn forget(&mut self, file: FileId) {
        self.shown.remove(&file.0);
    }
}
