//! What the host has answered, in order: a program that is run again from an earlier state gets the
//! same answers, and does nothing to the world a second time. Behind the end of the tape, the host
//! itself is asked, and what it answers is added.

use crate::data::{Data, Input};
use luka_vm::host::{FileId, Host, NullHost};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A place on the tape, and what goes with it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Mark {
    at: usize,
    shown: BTreeMap<u64, Vec<u8>>,
}

impl Mark {
    /// Bytes of memory.
    pub fn size(&self) -> usize {
        self.shown.values().map(Vec::len).sum::<usize>() + size_of::<Mark>()
    }
}

impl Data for Mark {
    fn put(&self, out: &mut Vec<u8>) {
        self.at.put(out);
        self.shown.len().put(out);
        for (file, bytes) in &self.shown {
            file.put(out);
            bytes.put(out);
        }
    }
    fn get(input: &mut Input) -> Option<Mark> {
        let at = usize::get(input)?;
        let mut shown = BTreeMap::new();
        for _ in 0..usize::get(input)? {
            shown.insert(u64::get(input)?, Vec::get(input)?);
        }
        Some(Mark { at, shown })
    }
}

/// The tape and the host.
pub struct Inner {
    pub host: Box<dyn Host + Send>,
    answers: Vec<u8>,
    /// How many bytes of answers before these are forgotten.
    gone: usize,
    /// The next answer, counted from the beginning.
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
            gone: 0,
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

    /// The host, which is asked nothing any more.
    pub fn take_host(&self) -> Box<dyn Host + Send> {
        std::mem::replace(&mut self.lock().host, Box::new(NullHost))
    }

    /// Forgets the answers before a mark: nobody goes back behind it.
    pub fn forget_before(&self, mark: &Mark) {
        let mut inner = self.lock();
        let gone = mark.at.saturating_sub(inner.gone);
        inner.answers.drain(..gone);
        inner.gone += gone;
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
        // (A mark of a damaged recording may lie behind the end.)
        inner.at = mark.at.clamp(inner.gone, inner.end());
        inner.shown = mark.shown.clone();
        inner.diverged = None;
    }

    /// Forgets the answers behind the present place: the program goes on with the host.
    pub fn cut(&self) {
        let mut inner = self.lock();
        let at = inner.at - inner.gone;
        inner.answers.truncate(at);
    }

    /// All answers.
    pub fn answers(&self) -> Vec<u8> {
        self.lock().answers.clone()
    }

    /// Whether there are answers left.
    pub fn replays(&self) -> bool {
        let inner = self.lock();
        inner.at < inner.end()
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
    /// Where the tape ends, counted from the beginning.
    fn end(&self) -> usize {
        self.gone + self.answers.len()
    }

    /// The answer to a question: that of the tape, or the host's.
    pub fn answer<T: Data>(
        &mut self,
        question: u8,
        ask: impl FnOnce(&mut (dyn Host + Send)) -> T,
    ) -> T {
        if !self.records {
            return ask(&mut *self.host);
        }
        if self.at < self.end() && self.diverged.is_none() {
            let mut input = Input(&self.answers[self.at - self.gone..]);
            let asked = u8::get(&mut input);
            if asked == Some(question)
                && let Some(answer) = T::get(&mut input)
            {
                self.at = self.end() - input.0.len();
                return answer;
            }
            self.diverged =
                Some(format!("the program asks for {question}, the recording has {asked:?}"));
        }
        let answer = ask(&mut *self.host);
        if self.diverged.is_none() {
            self.answers.push(question);
            answer.put(&mut self.answers);
            self.at = self.end();
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
