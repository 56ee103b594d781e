//! What scripts may call, and how a worker carries a call out.

use crate::Result;
use crate::store::{Answer, Call, Entry, Request, Store};
use serde_json::Value as Json;
use std::io::Write;

/// The names that scripts find.
pub const NAMES: [&str; 4] = [SLEEP, ASK, POST, NOTIFY];

/// `tool.sleep(seconds)` returns when they have passed.
const SLEEP: &str = "tool.sleep";
/// `tool.ask(question)` returns what somebody answers with `durable answer`.
pub const ASK: &str = "tool.ask";
/// `tool.post(account, cents)` adds an entry to the ledger, and returns the account's balance.
const POST: &str = "tool.post";
/// `tool.notify(text)` tells somebody outside.
const NOTIFY: &str = "tool.notify";

/// The call of a script as it is stored.
pub fn request(name: &'static str, arguments: Vec<Json>) -> Request {
    let seconds = if name == SLEEP { arguments.first().and_then(Json::as_f64) } else { None };
    Request {
        tool: name,
        arguments: Json::from(arguments).to_string(),
        due_in: seconds.unwrap_or(0.0),
    }
}

/// Carries out a call that has been claimed, and stores its answer. Whoever stores an answer first
/// wins: the others' are dropped, with what they would have written to the store.
///
/// # Errors
/// The store or the world outside fails; the call is claimed again later.
pub fn carry_out(store: &mut dyn Store, call: &Call) -> Result<()> {
    let arguments: Vec<Json> = serde_json::from_str(&call.arguments)?;
    match (call.tool.as_str(), arguments.as_slice()) {
        (SLEEP, _) => store.answer(call, &Answer::Value("null".to_string()))?,
        (POST, [Json::String(account), cents]) if cents.is_i64() => {
            let cents = cents.as_i64().unwrap_or_default();
            store.post(call, &Entry { key: key(call), account: account.clone(), cents })?
        }
        (NOTIFY, [Json::String(text)]) => {
            notify(&key(call), text)?;
            store.answer(call, &Answer::Value("null".to_string()))?
        }
        (tool, _) => {
            let message = format!("{tool} cannot be called with {}", call.arguments);
            store.answer(call, &Answer::Error(message))?
        }
    };
    Ok(())
}

/// Names one call of one job for ever: what an effect outside is done under.
fn key(call: &Call) -> String {
    format!("{}/{}", call.job, call.step)
}

/// Stands for any service outside that takes an idempotency key. It is done before its answer is
/// stored, so it may be done again, with the same key and text; who reads drops what has a known key.
fn notify(key: &str, text: &str) -> Result<()> {
    let path = std::env::var_os("DURABLE_OUTBOX").unwrap_or_else(|| "notifications.txt".into());
    let mut file = std::fs::File::options().append(true).create(true).open(path)?;
    // One write, so that lines of several workers do not mix.
    file.write_all(format!("{key}\t{}\n", Json::from(text)).as_bytes())?;
    Ok(())
}
