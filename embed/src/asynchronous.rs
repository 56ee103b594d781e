//! Running programs from async code: calls of the host are awaited, long programs let the executor's
//! other tasks run in between. Any executor will do.

use crate::budget::Budget;
use crate::call::HostCall;
use crate::convert::{IntoValues, Values};
use crate::error::{Error, Result};
use crate::run::Outcome;
use crate::thread::{Status, Thread};
use crate::vm::Vm;
use futures_core::Stream;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Units of fuel between two chances for other tasks: a few hundred microseconds.
const SLICE: u64 = 100_000;

impl Vm {
    /// Runs what was prepared or is paused, until it ends or the budget does. Each call of the host
    /// is answered by `answer`, which may await what it likes; the program waits meanwhile.
    ///
    /// Dropping the future pauses the program: [`Vm::run`] or another future goes on with it. If
    /// it was dropped while `answer` was pending, the program waits for that answer
    /// ([`Vm::answer`]).
    ///
    /// # Errors
    /// The program's error, or [`Unfinished`](crate::ErrorKind::Unfinished) if the budget ended
    /// first, it was interrupted or ended itself.
    pub async fn run_async<R: IntoValues>(
        &mut self,
        budget: Budget,
        mut answer: impl AsyncFnMut(&mut Vm, HostCall) -> Result<R>,
    ) -> Result<Values> {
        let mut left = budget.fuel;
        loop {
            let slice = left.map_or(SLICE, |left| left.min(SLICE));
            match self.run(Budget { fuel: Some(slice), ..budget.clone() }) {
                Outcome::OutOfFuel => {
                    if let Some(left) = &mut left {
                        *left -= slice;
                        if *left == 0 {
                            return Outcome::OutOfFuel.done();
                        }
                    }
                    let total_reached = budget.until.is_some_and(|total| self.fuel_used() >= total);
                    if total_reached {
                        return Outcome::OutOfFuel.done();
                    }
                    yield_now().await;
                }
                Outcome::Call(call) => {
                    let id = call.id;
                    let result = answer(self, call).await;
                    self.answer(id, result)?;
                }
                outcome => return outcome.done(),
            }
        }
    }

    /// The values that a coroutine yields, one item for each yield; its last item is what it returns,
    /// if that is not nothing. Each item is computed when it is asked for.
    pub fn stream<'a>(&'a mut self, thread: &Thread) -> Yields<'a> {
        Yields { vm: self, thread: thread.clone(), is_started: false, is_done: false }
    }
}

/// Lets other tasks run once.
fn yield_now() -> impl Future<Output = ()> {
    let mut has_yielded = false;
    std::future::poll_fn(move |cx| {
        if has_yielded {
            return Poll::Ready(());
        }
        has_yielded = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
}

/// The values a coroutine yields, as a stream. See [`Vm::stream`].
pub struct Yields<'a> {
    vm: &'a mut Vm,
    thread: Thread,
    /// A resume is under way.
    is_started: bool,
    is_done: bool,
}

impl Yields<'_> {
    fn end(&mut self, item: Option<Result<Values>>) -> Poll<Option<Result<Values>>> {
        self.is_done = true;
        Poll::Ready(item)
    }
}

impl Stream for Yields<'_> {
    type Item = Result<Values>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Values>>> {
        let this = &mut *self;
        if this.is_done {
            return Poll::Ready(None);
        }
        if !this.is_started {
            match this.thread.status(this.vm) {
                Ok(Status::Suspended) => {}
                Ok(_) => return this.end(None),
                Err(error) => return this.end(Some(Err(error))),
            }
            let thread = this.thread.clone();
            if let Err(error) = this.vm.resume(&thread, ()) {
                return this.end(Some(Err(error)));
            }
            this.is_started = true;
        }
        match this.vm.run(Budget::fuel(SLICE)) {
            Outcome::Yielded(values) => {
                this.is_started = false;
                Poll::Ready(Some(Ok(values)))
            }
            Outcome::Done(values) => {
                let item = (!values.is_empty()).then_some(Ok(values));
                this.end(item)
            }
            Outcome::OutOfFuel => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Outcome::Call(call) => {
                let message = format!("a streamed coroutine calls the host ('{}')", call.name);
                let answered = this.vm.answer::<()>(call.id, Err(Error::msg(message)));
                match answered {
                    Ok(()) => {
                        cx.waker().wake_by_ref();
                        Poll::Pending
                    }
                    Err(error) => this.end(Some(Err(error))),
                }
            }
            outcome => this.end(Some(outcome.done())),
        }
    }
}
