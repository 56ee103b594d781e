//! Takes what can be done from the store, and does it. Any number of workers may do so at once, and
//! each may be killed at any moment: what is not committed has not happened.

use crate::store::{self, Store};
use crate::{Result, job, tools};
use std::time::Duration;

/// How long to wait when there is nothing to do.
const PAUSE: Duration = Duration::from_millis(20);

/// When a worker ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// When it is stopped.
    Stopped,
    /// When nothing can be done now.
    Idle,
    /// When all jobs have ended.
    Done,
}

/// Works until there is nothing left, in the sense of `until`.
///
/// # Errors
/// The store fails.
pub fn work(store: &mut dyn Store, until: Until) -> Result<()> {
    let lease = store::lease()?;
    loop {
        let mut busy = false;
        if let Some(call) = store.claim_call(lease)? {
            busy = true;
            if let Err(error) = tools::carry_out(store, &call) {
                // It is tried again when the claim has expired.
                eprintln!("durable: job {}: {}: {error}", call.job, call.tool);
            }
        }
        if let Some(claimed) = store.claim_job(lease)? {
            busy = true;
            let advance = job::advance(&claimed)?;
            if !store.commit(&claimed, &advance)? {
                eprintln!("durable: job {}: another worker has taken it over", claimed.id);
            }
        }
        if busy {
            continue;
        }
        match until {
            Until::Idle => return Ok(()),
            Until::Done if store.is_done()? => return Ok(()),
            Until::Done | Until::Stopped => std::thread::sleep(PAUSE),
        }
    }
}
