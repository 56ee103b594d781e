//! Jobs and calls in a database. Each function of a store is one transaction.
//!
//! A worker *claims* a job or call: for a while, nobody else is given it. Each claim of a job has a
//! number, and only who has the last one may commit, so that a worker which was slower than its claim
//! lasts changes nothing.

mod postgres;
mod sqlite;

use crate::Result;
use std::time::Duration;

/// A job that a worker has claimed.
pub struct Job {
    pub id: i64,
    /// The number of the claim.
    pub claim: i64,
    /// How many calls it has made.
    pub step: i64,
    /// The paused machine.
    pub snapshot: Vec<u8>,
    /// The answer of its last call.
    pub answer: Option<Answer>,
}

/// What became of a job in a slice.
pub struct Advance {
    /// The paused machine; `None`: as it was.
    pub snapshot: Option<Vec<u8>>,
    /// What it has printed.
    pub output: String,
    pub then: Then,
}

/// What a job does next.
pub enum Then {
    /// It goes on.
    GoesOn,
    /// It waits for the answer of a call.
    Calls(Request),
    /// It has ended with this result, as JSON.
    Done(String),
    /// It has ended with this error.
    Failed(String),
}

impl Then {
    /// The state of the job.
    fn state(&self) -> &'static str {
        match self {
            Then::GoesOn => "ready",
            Then::Calls(_) => "waiting",
            Then::Done(_) => "done",
            Then::Failed(_) => "failed",
        }
    }

    /// Its result so far.
    fn result(&self) -> &str {
        match self {
            Then::GoesOn | Then::Calls(_) => "",
            Then::Done(text) | Then::Failed(text) => text,
        }
    }
}

/// A call that a job makes.
pub struct Request {
    pub tool: &'static str,
    /// A list, as JSON.
    pub arguments: String,
    /// Seconds from now before which nobody carries it out.
    pub due_in: f64,
}

/// A call that a worker has claimed, or that somebody answers. Job and step name it for ever.
pub struct Call {
    pub job: i64,
    pub step: i64,
    pub tool: String,
    /// A list, as JSON.
    pub arguments: String,
}

/// The answer of a call.
pub enum Answer {
    /// A value, as JSON.
    Value(String),
    /// The call raises an error.
    Error(String),
}

impl Answer {
    /// Of what the store has in its two columns.
    fn of(value: Option<String>, error: Option<String>) -> Option<Answer> {
        value.map(Answer::Value).or(error.map(Answer::Error))
    }

    /// For the store's two columns.
    fn columns(&self) -> (Option<&str>, Option<&str>) {
        match self {
            Answer::Value(text) => (Some(text), None),
            Answer::Error(text) => (None, Some(text)),
        }
    }
}

/// An entry of the ledger.
pub struct Entry {
    pub key: String,
    pub account: String,
    pub cents: i64,
}

/// A job as it is shown.
pub struct Shown {
    pub id: i64,
    pub state: String,
    pub step: i64,
    pub name: String,
    pub output: String,
    pub result: String,
}

/// The database.
pub trait Store {
    /// Adds a job; its number.
    fn submit(&mut self, name: &str, snapshot: &[u8]) -> Result<i64>;
    /// A job that can go on, for this worker alone as long as the lease lasts; the one that has had
    /// the fewest turns.
    fn claim_job(&mut self, lease: Duration) -> Result<Option<Job>>;
    /// Stores what a job has come to, with its call, if it makes one. Whether the claim was still
    /// the last one; otherwise nothing is changed.
    fn commit(&mut self, job: &Job, advance: &Advance) -> Result<bool>;
    /// A call that workers carry out and that is due, for this worker alone as long as the lease lasts.
    fn claim_call(&mut self, lease: Duration) -> Result<Option<Call>>;
    /// Stores the answer of a call, and its job can go on. Whether it is the first one; otherwise
    /// nothing is changed.
    fn answer(&mut self, call: &Call, answer: &Answer) -> Result<bool>;
    /// The same with an entry of the ledger; the answer is the account's balance.
    fn post(&mut self, call: &Call, entry: &Entry) -> Result<bool>;
    /// The question that a job waits with.
    fn question(&mut self, job: i64) -> Result<Option<Call>>;
    /// Whether all jobs have ended.
    fn is_done(&mut self) -> Result<bool>;
    /// All jobs, without their output.
    fn list(&mut self) -> Result<Vec<Shown>>;
    /// A job.
    fn show(&mut self, job: i64) -> Result<Option<Shown>>;
    /// All entries of the ledger.
    fn ledger(&mut self) -> Result<Vec<Entry>>;
}

/// The store that the environment names.
///
/// # Errors
/// It cannot be opened.
pub fn open() -> Result<Box<dyn Store>> {
    if let Ok(url) = std::env::var("DATABASE_URL") {
        return Ok(Box::new(postgres::Postgres::open(&url)?));
    }
    let path = std::env::var_os("DURABLE_STORE").unwrap_or_else(|| "durable.db".into());
    Ok(Box::new(sqlite::Sqlite::open(path.as_ref())?))
}

/// How long a claim lasts.
///
/// # Errors
/// The environment has no number there.
pub fn lease() -> Result<Duration> {
    let text = std::env::var("DURABLE_LEASE").unwrap_or_else(|_| "30000".to_string());
    let milliseconds = text.parse().map_err(|_| format!("DURABLE_LEASE: '{text}' is no number"))?;
    Ok(Duration::from_millis(milliseconds))
}
