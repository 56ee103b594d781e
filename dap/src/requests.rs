//! Requests as they come: a thread of its own reads them.

use crate::messages;
use crate::transport::LONGEST;
use luka::Flag;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

type Request = Result<Value, String>;

/// Requests of a client.
pub struct Requests {
    from: Receiver<Request>,
    /// How many are on their way, and how many of them end a movement.
    waiting: Arc<AtomicUsize>,
    pressing: Arc<AtomicUsize>,
    /// Raised by each: a program that goes forward is interrupted, and goes on when they are answered.
    pub(crate) any: Flag,
    /// Raised by those that end a movement.
    pub(crate) urgent: Flag,
}

/// What has come within a time.
pub(crate) enum Came {
    Request(Request),
    Nothing,
    /// The client has gone.
    End,
}

impl Requests {
    /// Requests that are read from `input`.
    pub fn read(mut input: impl std::io::BufRead + Send + 'static) -> Requests {
        let (sender, from) = channel();
        let (waiting, pressing) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (any, urgent) = (Flag::new(), Flag::new());
        let requests = Requests {
            from,
            waiting: waiting.clone(),
            pressing: pressing.clone(),
            any: any.clone(),
            urgent: urgent.clone(),
        };
        std::thread::spawn(move || {
            loop {
                let message = match messages::read::<Value>(&mut input, LONGEST) {
                    Ok(Some(message)) => Ok(message),
                    Ok(None) => break,
                    Err(why) => Err(why),
                };
                let is_last = message.is_err();
                // Who is interrupted finds that something comes.
                waiting.fetch_add(1, Ordering::SeqCst);
                if is_urgent(&message) {
                    pressing.fetch_add(1, Ordering::SeqCst);
                    urgent.raise();
                }
                any.raise();
                if sender.send(message).is_err() || is_last {
                    break;
                }
            }
            // The end is waited for, too.
            waiting.fetch_add(1, Ordering::SeqCst);
            pressing.fetch_add(1, Ordering::SeqCst);
            drop(sender);
            any.raise();
            urgent.raise();
        });
        requests
    }

    /// The next one; `None` when the client has gone.
    pub(crate) fn next(&self) -> Option<Request> {
        let next = self.from.recv().ok();
        self.took(next.as_ref());
        next
    }

    fn took(&self, request: Option<&Request>) {
        if let Some(request) = request {
            self.waiting.fetch_sub(1, Ordering::SeqCst);
            if is_urgent(request) {
                self.pressing.fetch_sub(1, Ordering::SeqCst);
            }
        }
    }

    /// Waits for the next one.
    pub(crate) fn within(&self, time: Duration) -> Came {
        match self.from.recv_timeout(time) {
            Ok(request) => {
                self.took(Some(&request));
                Came::Request(request)
            }
            Err(RecvTimeoutError::Timeout) => Came::Nothing,
            Err(RecvTimeoutError::Disconnected) => Came::End,
        }
    }

    /// Lowers the flags, but for what has come and was not taken.
    pub(crate) fn lower(&self) {
        self.any.lower();
        self.urgent.lower();
        if self.are_waiting() {
            self.any.raise();
        }
        if self.pressing.load(Ordering::SeqCst) > 0 {
            self.urgent.raise();
        }
    }

    /// The next one, if one has come, without waiting.
    pub(crate) fn waiting(&self) -> Came {
        if !self.are_waiting() {
            return Came::Nothing;
        }
        self.next().map_or(Came::End, Came::Request)
    }

    /// Whether any has come that was not taken, or the end.
    fn are_waiting(&self) -> bool {
        self.waiting.load(Ordering::SeqCst) > 0
    }
}

/// Whether a request ends a movement.
fn is_urgent(request: &Request) -> bool {
    let command = request.as_ref().ok().and_then(|request| request["command"].as_str());
    command.is_none_or(|command| ["pause", "cancel", "disconnect", "terminate"].contains(&command))
}
