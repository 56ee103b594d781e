//! Programs in async code, on an executor of the test's own.

use crate::machine;
use luka::{Budget, Error, ErrorKind, Function, HostCall, Registry, Thread, Value, Vm};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake};

#[derive(Default)]
struct Wakes(AtomicUsize);
impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Polls until it is ready; with how often it was pending.
fn block_on<F: Future>(future: F) -> (F::Output, usize) {
    let wakes = Arc::new(Wakes::default());
    let waker = wakes.clone().into();
    let mut cx = Context::from_waker(&waker);
    let mut future = pin!(future);
    let mut pending = 0;
    loop {
        match future.as_mut().poll(&mut cx) {
            Poll::Ready(value) => return (value, pending),
            Poll::Pending => {
                pending += 1;
                assert_eq!(wakes.0.load(Ordering::Relaxed), pending, "nobody wakes the task");
            }
        }
    }
}

/// Not ready the first time.
fn later<T>(value: T) -> impl Future<Output = T> {
    let mut value = Some(value);
    let mut waited = false;
    std::future::poll_fn(move |cx| {
        if !waited {
            waited = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(value.take().expect("polled once when ready"))
    })
}

#[test]
fn calls_are_awaited() {
    let registry = Registry::builder().call("fetch").build();
    let mut vm = Vm::builder(&registry).build().expect("a machine");
    let f = vm
        .compile("local a, ok = fetch('x'), pcall(fetch, 'bad') return a .. '!', ok")
        .expect("a program");
    vm.start(&f, ()).expect("started");
    let answer = async |vm: &mut Vm, call: HostCall| {
        let path: String = call.get(vm)?;
        if path == "bad" { Err(Error::msg("no")) } else { Ok(later(format!("got {path}")).await) }
    };
    let (values, pending) = block_on(vm.run_async(Budget::unlimited(), answer));
    let (text, ok): (String, bool) = values.expect("done").get(&vm).expect("values");
    assert_eq!((text.as_str(), ok, pending), ("got x!", false, 1));
}

#[test]
fn long_programs_let_others_run() {
    let mut vm = machine();
    let f = vm.compile("for i = 1, 1e6 do end").expect("a program");
    vm.start(&f, ()).expect("started");
    let never = async |_: &mut Vm, _: HostCall| -> luka::Result<()> { unreachable!() };
    let (done, pending) = block_on(vm.run_async(Budget::unlimited(), never));
    done.expect("done");
    assert!(pending > 3, "{pending}");
    vm.start(&f, ()).expect("started");
    let (done, _) = block_on(vm.run_async(Budget::fuel(250_000), never));
    assert_eq!(done.expect_err("a budget").kind(), ErrorKind::Unfinished);
    vm.run(Budget::unlimited()).done().expect("it goes on");
}

#[test]
fn coroutines_are_streams() {
    let mut vm = machine();
    let f: Function = vm
        .eval("return function() for i = 1, 3 do coroutine.yield(i) end return 'end' end", ())
        .expect("a function");
    let create: Function = vm.eval("return coroutine.create", ()).expect("a function");
    let co: Thread = create.call(&mut vm, &f).expect("a coroutine");
    let mut items = Vec::new();
    {
        use futures_core::Stream;
        let mut stream = pin!(vm.stream(&co));
        while let (Some(item), _) =
            block_on(std::future::poll_fn(|cx| stream.as_mut().poll_next(cx)))
        {
            items.extend(item.expect("an item").into_vec());
        }
    }
    let numbers: Vec<i64> = items
        .iter()
        .filter_map(|v| if let Value::Integer(n) = v { Some(*n) } else { None })
        .collect();
    assert_eq!((numbers, items.len()), (vec![1, 2, 3], 4));
}

#[test]
fn futures_can_be_sent() {
    fn is_send<T: Send>(_: &T) {}
    let mut vm = machine();
    let answer = async |_: &mut Vm, _: HostCall| Ok(1);
    let future = vm.run_async(Budget::unlimited(), answer);
    is_send(&future);
}

/// Dropping a future pauses the program where it is: while it computes, and while it waits.
#[test]
fn futures_are_dropped_in_the_middle() {
    let registry = Registry::builder().call("fetch").build();
    let mut vm = Vm::builder(&registry).build().expect("a machine");
    let text = "local n = 0 for i = 1, 2e6 do n = n + 1 end local a = fetch('x') return n + a";
    let f = vm.compile(text).expect("a program");
    vm.start(&f, ()).expect("started");
    let waker = Arc::new(Wakes::default()).into();
    let mut cx = Context::from_waker(&waker);
    let mut number = None;
    for _ in 0..1000 {
        // One poll of each, then it is dropped.
        let answer = async |_: &mut Vm, call: HostCall| {
            number = Some(call.id);
            std::future::pending::<luka::Result<i64>>().await
        };
        let mut future = Box::pin(vm.run_async(Budget::unlimited(), answer));
        assert!(future.as_mut().poll(&mut cx).is_pending());
        drop(future);
        if number.is_some() {
            break;
        }
    }
    let id = number.expect("it has got to the call");
    vm.answer(id, Ok(40)).expect("it waits for this answer");
    let never = async |_: &mut Vm, _: HostCall| -> luka::Result<()> { unreachable!() };
    let (values, _) = block_on(vm.run_async(Budget::unlimited(), never));
    assert_eq!(values.expect("done").get::<i64>(&vm).expect("a number"), 2_000_040);
    // A machine that the answer has exchanged for another is told so.
    vm.start(&f, ()).expect("started");
    let swap = async |vm: &mut Vm, _: HostCall| {
        *vm = machine();
        Ok(1)
    };
    let (done, _) = block_on(vm.run_async(Budget::unlimited(), swap));
    assert_eq!(done.expect_err("another machine").kind(), ErrorKind::Busy);
}

/// A stream that is dropped leaves its coroutine in the middle of a resume; another one begins anew.
#[test]
fn streams_are_dropped_in_the_middle() {
    use futures_core::Stream;
    let mut vm = machine();
    let co: Thread = vm
        .eval(
            "return coroutine.create(function()
                for i = 1, 3 do for j = 1, 2e5 do end coroutine.yield(i) end
             end)",
            (),
        )
        .expect("a coroutine");
    let waker = Arc::new(Wakes::default()).into();
    let mut cx = Context::from_waker(&waker);
    {
        let mut stream = pin!(vm.stream(&co));
        assert!(stream.as_mut().poll_next(&mut cx).is_pending());
    }
    // It is paused inside of the coroutine, which is not suspended.
    let mut stream = pin!(vm.stream(&co));
    let (end, _) = block_on(std::future::poll_fn(|cx| stream.as_mut().poll_next(cx)));
    assert!(end.is_none());
    assert_eq!(vm.eval::<_, i64>("return 1", ()).expect("the machine goes on"), 1);
}
