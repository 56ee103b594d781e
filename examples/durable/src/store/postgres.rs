//! The store in PostgreSQL. Workers on many machines share it; they skip what others are claiming.

use super::{Advance, Answer, Call, Entry, Job, Request, Shown, Store, Then};
use crate::Result;
use crate::tools::ASK;
use postgres::{Client, GenericClient, NoTls, Row};
use std::time::Duration;

/// Workers that start at once make the tables one after the other.
const SCHEMA: &str = "
    SELECT pg_advisory_xact_lock(7152001);
    CREATE TABLE IF NOT EXISTS jobs (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL,
        step BIGINT NOT NULL, snapshot BYTEA NOT NULL, output TEXT NOT NULL, result TEXT NOT NULL,
        claim BIGINT NOT NULL, claimed_until TIMESTAMPTZ NOT NULL);
    CREATE INDEX IF NOT EXISTS jobs_by_turn ON jobs (state, claim, id);
    CREATE TABLE IF NOT EXISTS calls (
        job BIGINT NOT NULL REFERENCES jobs, step BIGINT NOT NULL, tool TEXT NOT NULL,
        arguments TEXT NOT NULL, due TIMESTAMPTZ NOT NULL, claimed_until TIMESTAMPTZ NOT NULL,
        answer TEXT, error TEXT, PRIMARY KEY (job, step));
    CREATE INDEX IF NOT EXISTS calls_open ON calls (due) WHERE answer IS NULL AND error IS NULL;
    CREATE TABLE IF NOT EXISTS ledger (
        key TEXT PRIMARY KEY, account TEXT NOT NULL, cents BIGINT NOT NULL);";

pub struct Postgres(Client);

impl Postgres {
    /// Connects, and makes the tables if they are not there.
    pub fn open(url: &str) -> Result<Postgres> {
        let mut client = Client::connect(url, NoTls)?;
        let known = client.query_one("SELECT to_regclass('ledger') IS NOT NULL", &[])?;
        if known.get(0) {
            // Making what is there would still lock it against the workers.
            return Ok(Postgres(client));
        }
        let mut transaction = client.transaction()?;
        transaction.batch_execute(SCHEMA)?;
        transaction.commit()?;
        Ok(Postgres(client))
    }
}

fn call(row: Row) -> Call {
    Call { job: row.get(0), step: row.get(1), tool: row.get(2), arguments: row.get(3) }
}

fn shown(row: Row) -> Shown {
    Shown {
        id: row.get(0),
        state: row.get(1),
        step: row.get(2),
        name: row.get(3),
        output: row.get(4),
        result: row.get(5),
    }
}

/// Stores the first answer of a call and lets its job go on.
fn store_answer(of: &mut impl GenericClient, call: &Call, answer: &Answer) -> Result<bool> {
    let (value, error) = answer.columns();
    let first = of.execute(
        "UPDATE calls SET answer = $3, error = $4
         WHERE job = $1 AND step = $2 AND answer IS NULL AND error IS NULL",
        &[&call.job, &call.step, &value, &error],
    )?;
    of.execute(
        "UPDATE jobs SET state = 'ready' WHERE id = $1 AND step = $2 AND state = 'waiting'",
        &[&call.job, &call.step],
    )?;
    Ok(first == 1)
}

impl Store for Postgres {
    fn submit(&mut self, name: &str, snapshot: &[u8]) -> Result<i64> {
        let row = self.0.query_one(
            "INSERT INTO jobs (name, state, step, snapshot, output, result, claim, claimed_until)
             VALUES ($1, 'ready', 0, $2, '', '', 0, '-infinity') RETURNING id",
            &[&name, &snapshot],
        )?;
        Ok(row.get(0))
    }

    fn claim_job(&mut self, lease: Duration) -> Result<Option<Job>> {
        let row = self.0.query_opt(
            "UPDATE jobs SET claim = claim + 1,
                 claimed_until = clock_timestamp() + make_interval(secs => $1)
             WHERE id = (SELECT id FROM jobs
                 WHERE state = 'ready' AND claimed_until < clock_timestamp()
                 ORDER BY claim, id LIMIT 1 FOR UPDATE SKIP LOCKED)
             RETURNING id, claim, step, snapshot,
                 (SELECT answer FROM calls WHERE job = id AND calls.step = jobs.step),
                 (SELECT error FROM calls WHERE job = id AND calls.step = jobs.step)",
            &[&lease.as_secs_f64()],
        )?;
        Ok(row.map(|row| Job {
            id: row.get(0),
            claim: row.get(1),
            step: row.get(2),
            snapshot: row.get(3),
            answer: Answer::of(row.get(4), row.get(5)),
        }))
    }

    fn commit(&mut self, job: &Job, advance: &Advance) -> Result<bool> {
        let Advance { snapshot, output, then } = advance;
        let step = job.step + i64::from(matches!(then, Then::Calls(_)));
        let mut transaction = self.0.transaction()?;
        let changed = transaction.execute(
            "UPDATE jobs SET state = $3, step = $4, snapshot = coalesce($5, snapshot),
                 output = output || $6, result = $7, claimed_until = '-infinity'
             WHERE id = $1 AND claim = $2",
            &[&job.id, &job.claim, &then.state(), &step, &snapshot, &output, &then.result()],
        )?;
        if changed == 0 {
            return Ok(false);
        }
        if let Then::Calls(Request { tool, arguments, due_in }) = then {
            transaction.execute(
                "INSERT INTO calls (job, step, tool, arguments, due, claimed_until)
                 VALUES ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => $5), '-infinity')",
                &[&job.id, &step, tool, arguments, due_in],
            )?;
        }
        transaction.commit()?;
        Ok(true)
    }

    fn claim_call(&mut self, lease: Duration) -> Result<Option<Call>> {
        let row = self.0.query_opt(
            "UPDATE calls SET claimed_until = clock_timestamp() + make_interval(secs => $1)
             WHERE (job, step) = (SELECT job, step FROM calls
                 WHERE answer IS NULL AND error IS NULL AND tool <> $2
                     AND due <= clock_timestamp() AND claimed_until < clock_timestamp()
                 ORDER BY due LIMIT 1 FOR UPDATE SKIP LOCKED)
             RETURNING job, step, tool, arguments",
            &[&lease.as_secs_f64(), &ASK],
        )?;
        Ok(row.map(call))
    }

    fn answer(&mut self, call: &Call, answer: &Answer) -> Result<bool> {
        let mut transaction = self.0.transaction()?;
        let first = store_answer(&mut transaction, call, answer)?;
        transaction.commit()?;
        Ok(first)
    }

    fn post(&mut self, call: &Call, entry: &Entry) -> Result<bool> {
        let mut transaction = self.0.transaction()?;
        // Postings to one account take turns, so that each sees the balance before it.
        let lock = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
        transaction.execute(lock, &[&entry.account])?;
        let balance: i64 = transaction
            .query_one(
                "SELECT coalesce(sum(cents), 0)::bigint FROM ledger WHERE account = $1",
                &[&entry.account],
            )?
            .get(0);
        let answer = Answer::Value((balance + entry.cents).to_string());
        if !store_answer(&mut transaction, call, &answer)? {
            return Ok(false);
        }
        transaction.execute(
            "INSERT INTO ledger (key, account, cents) VALUES ($1, $2, $3)",
            &[&entry.key, &entry.account, &entry.cents],
        )?;
        transaction.commit()?;
        Ok(true)
    }

    fn question(&mut self, job: i64) -> Result<Option<Call>> {
        let row = self.0.query_opt(
            "SELECT job, step, tool, arguments FROM calls
             WHERE job = $1 AND tool = $2 AND answer IS NULL AND error IS NULL",
            &[&job, &ASK],
        )?;
        Ok(row.map(call))
    }

    fn is_done(&mut self) -> Result<bool> {
        let sql = "SELECT NOT EXISTS (SELECT 1 FROM jobs WHERE state IN ('ready', 'waiting'))";
        Ok(self.0.query_one(sql, &[])?.get(0))
    }

    fn list(&mut self) -> Result<Vec<Shown>> {
        let sql = "SELECT id, state, step, name, '', result FROM jobs ORDER BY id";
        Ok(self.0.query(sql, &[])?.into_iter().map(shown).collect())
    }

    fn show(&mut self, job: i64) -> Result<Option<Shown>> {
        let sql = "SELECT id, state, step, name, output, result FROM jobs WHERE id = $1";
        Ok(self.0.query_opt(sql, &[&job])?.map(shown))
    }

    fn ledger(&mut self) -> Result<Vec<Entry>> {
        let rows = self.0.query("SELECT key, account, cents FROM ledger ORDER BY key", &[])?;
        let entry = |row: Row| Entry { key: row.get(0), account: row.get(1), cents: row.get(2) };
        Ok(rows.into_iter().map(entry).collect())
    }
}
