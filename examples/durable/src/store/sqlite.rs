//! The store in a file. Workers on one machine share it; writers take turns.

use super::{Advance, Answer, Call, Entry, Job, Request, Shown, Store, Then};
use crate::Result;
use crate::tools::ASK;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};
use std::path::Path;
use std::time::Duration;

/// How long a transaction waits for those of others.
const PATIENCE: Duration = Duration::from_secs(30);

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS jobs (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL, step INTEGER NOT NULL,
        snapshot BLOB NOT NULL, output TEXT NOT NULL, result TEXT NOT NULL,
        claim INTEGER NOT NULL, claimed_until REAL NOT NULL);
    CREATE INDEX IF NOT EXISTS jobs_by_turn ON jobs (state, claim, id);
    CREATE TABLE IF NOT EXISTS calls (
        job INTEGER NOT NULL, step INTEGER NOT NULL, tool TEXT NOT NULL, arguments TEXT NOT NULL,
        due REAL NOT NULL, claimed_until REAL NOT NULL, answer TEXT, error TEXT,
        PRIMARY KEY (job, step));
    CREATE INDEX IF NOT EXISTS calls_open ON calls (due) WHERE answer IS NULL AND error IS NULL;
    CREATE TABLE IF NOT EXISTS ledger (
        key TEXT PRIMARY KEY, account TEXT NOT NULL, cents INTEGER NOT NULL);";

pub struct Sqlite(Connection);

impl Sqlite {
    /// Opens the store in a file, or makes it.
    pub fn open(path: &Path) -> Result<Sqlite> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(PATIENCE)?;
        // A commit is on the disk before it returns. Readers do not wait for writers.
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        let mut store = Sqlite(connection);
        let transaction = store.begin()?;
        transaction.execute_batch(SCHEMA)?;
        transaction.commit()?;
        Ok(store)
    }

    /// A transaction that writes: it is the only one from its beginning.
    fn begin(&mut self) -> rusqlite::Result<Transaction<'_>> {
        self.0.transaction_with_behavior(TransactionBehavior::Immediate)
    }
}

fn call(row: &Row) -> rusqlite::Result<Call> {
    Ok(Call { job: row.get(0)?, step: row.get(1)?, tool: row.get(2)?, arguments: row.get(3)? })
}

fn shown(row: &Row) -> rusqlite::Result<Shown> {
    Ok(Shown {
        id: row.get(0)?,
        state: row.get(1)?,
        step: row.get(2)?,
        name: row.get(3)?,
        output: row.get(4)?,
        result: row.get(5)?,
    })
}

/// Stores the first answer of a call and lets its job go on.
fn store_answer(of: &Transaction, call: &Call, answer: &Answer) -> rusqlite::Result<bool> {
    let (value, error) = answer.columns();
    let first = of.execute(
        "UPDATE calls SET answer = ?3, error = ?4
         WHERE job = ?1 AND step = ?2 AND answer IS NULL AND error IS NULL",
        params![call.job, call.step, value, error],
    )?;
    of.execute(
        "UPDATE jobs SET state = 'ready' WHERE id = ?1 AND step = ?2 AND state = 'waiting'",
        params![call.job, call.step],
    )?;
    Ok(first == 1)
}

impl Store for Sqlite {
    fn submit(&mut self, name: &str, snapshot: &[u8]) -> Result<i64> {
        let transaction = self.begin()?;
        transaction.execute(
            "INSERT INTO jobs (name, state, step, snapshot, output, result, claim, claimed_until)
             VALUES (?1, 'ready', 0, ?2, '', '', 0, 0)",
            params![name, snapshot],
        )?;
        let id = transaction.last_insert_rowid();
        transaction.commit()?;
        Ok(id)
    }

    fn claim_job(&mut self, lease: Duration) -> Result<Option<Job>> {
        let transaction = self.begin()?;
        let job = transaction
            .query_row(
                "UPDATE jobs SET claim = claim + 1, claimed_until = unixepoch('subsec') + ?1
                 WHERE id = (SELECT id FROM jobs
                     WHERE state = 'ready' AND claimed_until < unixepoch('subsec')
                     ORDER BY claim, id LIMIT 1)
                 RETURNING id, claim, step, snapshot,
                     (SELECT answer FROM calls WHERE job = id AND step = jobs.step),
                     (SELECT error FROM calls WHERE job = id AND step = jobs.step)",
                params![lease.as_secs_f64()],
                |row| {
                    Ok(Job {
                        id: row.get(0)?,
                        claim: row.get(1)?,
                        step: row.get(2)?,
                        snapshot: row.get(3)?,
                        answer: Answer::of(row.get(4)?, row.get(5)?),
                    })
                },
            )
            .optional()?;
        transaction.commit()?;
        Ok(job)
    }

    fn commit(&mut self, job: &Job, advance: &Advance) -> Result<bool> {
        let Advance { snapshot, output, then } = advance;
        let step = job.step + i64::from(matches!(then, Then::Calls(_)));
        let transaction = self.begin()?;
        let changed = transaction.execute(
            "UPDATE jobs SET state = ?3, step = ?4, snapshot = coalesce(?5, snapshot),
                 output = output || ?6, result = ?7, claimed_until = 0
             WHERE id = ?1 AND claim = ?2",
            params![job.id, job.claim, then.state(), step, snapshot, output, then.result()],
        )?;
        if changed == 0 {
            return Ok(false);
        }
        if let Then::Calls(Request { tool, arguments, due_in }) = then {
            transaction.execute(
                "INSERT INTO calls (job, step, tool, arguments, due, claimed_until)
                 VALUES (?1, ?2, ?3, ?4, unixepoch('subsec') + ?5, 0)",
                params![job.id, step, tool, arguments, due_in],
            )?;
        }
        transaction.commit()?;
        Ok(true)
    }

    fn claim_call(&mut self, lease: Duration) -> Result<Option<Call>> {
        let transaction = self.begin()?;
        let claimed = transaction
            .query_row(
                "UPDATE calls SET claimed_until = unixepoch('subsec') + ?1
                 WHERE (job, step) = (SELECT job, step FROM calls
                     WHERE answer IS NULL AND error IS NULL AND tool <> ?2
                         AND due <= unixepoch('subsec') AND claimed_until < unixepoch('subsec')
                     ORDER BY due LIMIT 1)
                 RETURNING job, step, tool, arguments",
                params![lease.as_secs_f64(), ASK],
                call,
            )
            .optional()?;
        transaction.commit()?;
        Ok(claimed)
    }

    fn answer(&mut self, call: &Call, answer: &Answer) -> Result<bool> {
        let transaction = self.begin()?;
        let first = store_answer(&transaction, call, answer)?;
        transaction.commit()?;
        Ok(first)
    }

    fn post(&mut self, call: &Call, entry: &Entry) -> Result<bool> {
        let transaction = self.begin()?;
        let balance: i64 = transaction.query_row(
            "SELECT coalesce(sum(cents), 0) FROM ledger WHERE account = ?1",
            params![entry.account],
            |row| row.get(0),
        )?;
        let answer = Answer::Value((balance + entry.cents).to_string());
        if !store_answer(&transaction, call, &answer)? {
            return Ok(false);
        }
        transaction.execute(
            "INSERT INTO ledger (key, account, cents) VALUES (?1, ?2, ?3)",
            params![entry.key, entry.account, entry.cents],
        )?;
        transaction.commit()?;
        Ok(true)
    }

    fn question(&mut self, job: i64) -> Result<Option<Call>> {
        let sql = "SELECT job, step, tool, arguments FROM calls
                   WHERE job = ?1 AND tool = ?2 AND answer IS NULL AND error IS NULL";
        Ok(self.0.query_row(sql, params![job, ASK], call).optional()?)
    }

    fn is_done(&mut self) -> Result<bool> {
        let sql = "SELECT NOT EXISTS (SELECT 1 FROM jobs WHERE state IN ('ready', 'waiting'))";
        Ok(self.0.query_row(sql, [], |row| row.get(0))?)
    }

    fn list(&mut self) -> Result<Vec<Shown>> {
        let sql = "SELECT id, state, step, name, '', result FROM jobs ORDER BY id";
        let mut statement = self.0.prepare(sql)?;
        let jobs = statement.query_map([], shown)?.collect::<rusqlite::Result<_>>();
        Ok(jobs?)
    }

    fn show(&mut self, job: i64) -> Result<Option<Shown>> {
        let sql = "SELECT id, state, step, name, output, result FROM jobs WHERE id = ?1";
        Ok(self.0.query_row(sql, params![job], shown).optional()?)
    }

    fn ledger(&mut self) -> Result<Vec<Entry>> {
        let mut statement =
            self.0.prepare("SELECT key, account, cents FROM ledger ORDER BY key")?;
        let entries = statement.query_map([], |row| {
            Ok(Entry { key: row.get(0)?, account: row.get(1)?, cents: row.get(2)? })
        })?;
        Ok(entries.collect::<rusqlite::Result<_>>()?)
    }
}
