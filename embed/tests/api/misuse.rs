//! Misuse that compiles: each is an error, and the machine goes on.

use crate::machine;
use luka::{
    Budget, Error, ErrorKind, Flag, FromLua, Function, HostCall, IntoLua, Methods, Next, Outcome,
    Registry, Table, UserData, Userdata, Value, Values, Vm,
};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// A machine whose programs call the host and wait.
fn asking() -> (Vm, HostCall) {
    let registry = Registry::builder().call("ask").build();
    let mut vm = Vm::builder(&registry).build().expect("a machine");
    let f = vm.compile("return ask()").expect("a program");
    vm.start(&f, ()).expect("started");
    let Outcome::Call(call) = vm.run(Budget::unlimited()) else { panic!("no call") };
    (vm, call)
}

#[test]
fn answers_go_to_the_call_they_are_for() {
    let ((mut a, call_a), (mut b, call_b)) = (asking(), asking());
    // The first call of each, but not the same one.
    assert_eq!(call_a.id.number(), call_b.id.number());
    assert_eq!(a.answer(call_b.id, Ok(1)).expect_err("of b").kind(), ErrorKind::Busy);
    assert_eq!(b.answer(call_a.id, Ok(1)).expect_err("of a").kind(), ErrorKind::Busy);
    let list = b.table().expect("a table");
    let foreign = a.answer(call_a.id, Ok(&list)).expect_err("foreign");
    assert_eq!(foreign.kind(), ErrorKind::ForeignHandle);
    // A wrong answer is none: the call still waits.
    a.answer(call_a.id, Ok(7)).expect("it waits");
    assert_eq!(a.answer(call_a.id, Ok(8)).expect_err("twice").kind(), ErrorKind::Busy);
    let seven: i64 = a.run(Budget::unlimited()).done().expect("done").get(&a).expect("a number");
    assert_eq!(seven, 7);
    assert_eq!(a.answer(call_a.id, Ok(9)).expect_err("over").kind(), ErrorKind::Busy);
    // Machines that were exchanged have taken their calls with them.
    let (mut c, call_c) = asking();
    std::mem::swap(&mut b, &mut c);
    assert_eq!(c.answer(call_c.id, Ok(1)).expect_err("of the other").kind(), ErrorKind::Busy);
    b.answer(call_c.id, Ok(1)).expect("it waits");
    c.answer(call_b.id, Ok(1)).expect("it waits");
    let (mut d, call_d) = asking();
    let _ = d.close(Budget::unlimited());
    assert_eq!(d.answer(call_d.id, Ok(1)).expect_err("closed").kind(), ErrorKind::Busy);
    let (mut e, call_e) = asking();
    e.eval::<_, ()>("local x = 1", ()).expect("what waited is given up");
    assert_eq!(e.answer(call_e.id, Ok(1)).expect_err("given up").kind(), ErrorKind::Busy);
}

#[test]
fn more_values_than_a_stack_holds_are_an_error() {
    let registry = Registry::builder()
        .function("many", |_, n: i64| {
            Ok(Values::from(vec![Value::Integer(1); usize::try_from(n).unwrap_or(0)]))
        })
        .function("next_many", |cx, n: i64| {
            Next::values(cx, Values::from(vec![Value::Nil; n as usize]))
        })
        .function("call_many", |cx, (f, n): (Function, i64)| {
            Next::call(cx, f, Values::from(vec![Value::Nil; n as usize]), "done", ())
        })
        .then("done", |_, (), results| Ok(results))
        .call("ask")
        .build();
    let mut vm = Vm::builder(&registry).build().expect("a machine");
    for text in ["many(2000000)", "next_many(2000000)", "call_many(print, 2000000)"] {
        let error = vm.eval::<_, ()>(text, ()).expect_err(text);
        assert!(error.to_string().contains("too many") || error.to_string().contains("overflow"));
        let fine = format!("return select('#', {})", text.replace("2000000", "1000"));
        vm.eval::<_, Value>(&fine, ()).expect("a thousand fit");
    }
    assert_eq!(vm.eval::<_, i64>("return select('#', many(100000))", ()).expect("many"), 100_000);
    let f = vm.compile("return ask()").expect("a program");
    vm.start(&f, Values::from(vec![Value::Nil; 2_000_000])).expect("prepared");
    let Outcome::Failed(error) = vm.run(Budget::unlimited()) else { panic!("they fit") };
    assert!(error.to_string().contains("stack overflow"), "{error}");
    vm.start(&f, ()).expect("started");
    let Outcome::Call(call) = vm.run(Budget::unlimited()) else { panic!("no call") };
    let values = Values::from(vec![Value::Nil; 2_000_000]);
    assert!(vm.answer(call.id, Ok(values)).is_err());
    vm.answer(call.id, Ok(1)).expect("it still waits");
    vm.run(Budget::unlimited()).done().expect("done");
}

/// A host function finds its machine taken: it cannot be reached through what a closure captures.
#[test]
fn machines_are_not_reentered_through_captured_services() {
    type Service = Arc<Mutex<Option<Vm>>>;
    let service = Service::default();
    let captured = service.clone();
    let registry = Registry::builder()
        .function("enter", move |_, ()| {
            let taken = captured.try_lock().map(|vm| vm.is_some());
            Ok(match taken {
                Ok(true) => "reached",
                Ok(false) => "absent",
                Err(_) => "locked",
            })
        })
        .build();
    let mut vm = Vm::builder(&registry).build().expect("a machine");
    let f = vm.compile("return enter()").expect("a program");
    vm.start(&f, ()).expect("started");
    *service.lock().expect("free") = Some(vm);
    let mut guard = service.lock().expect("free");
    let vm = guard.as_mut().expect("there");
    let seen: String = vm.run(Budget::unlimited()).done().expect("done").get(vm).expect("a text");
    assert_eq!(seen, "locked");
    drop(guard.take());
}

/// Another machine may run in a host function: they share nothing.
#[test]
fn machines_run_inside_of_others() {
    let registry = Registry::builder()
        .function("inside", |cx, (n, t): (i64, Table)| {
            let mut other = machine();
            let error = other.eval::<_, ()>("return ...", &t).expect_err("a foreign table");
            assert_eq!(error.kind(), ErrorKind::ForeignHandle);
            t.set(cx, "seen", n)?;
            other.eval::<_, i64>("collectgarbage() return ... * 2", n)
        })
        .build();
    let mut vm = Vm::builder(&registry).build().expect("a machine");
    let text = "local t = {} local n = inside(21, t) collectgarbage() return n, t.seen";
    assert_eq!(vm.eval::<_, (i64, i64)>(text, ()).expect("numbers"), (42, 21));
}

/// Handles that host functions hide in services stay handles: of their machine, and harmless.
#[test]
fn hidden_handles_are_handles() {
    let hidden = Arc::<Mutex<Vec<Value>>>::default();
    let captured = hidden.clone();
    let registry = Registry::builder()
        .function("hide", move |cx, v: Value| {
            let mut list = captured.lock().map_err(Error::host)?;
            let ours = list.first().map(|first| first.raw_equal(first, cx).is_ok());
            list.push(v);
            Ok(ours)
        })
        .build();
    let mut a = Vm::builder(&registry).build().expect("a machine");
    let mut b = Vm::builder(&registry).build().expect("a machine");
    assert_eq!(a.eval::<_, Option<bool>>("return hide({})", ()).expect("none"), None);
    assert_eq!(a.eval::<_, Option<bool>>("return hide({})", ()).expect("own"), Some(true));
    assert_eq!(b.eval::<_, Option<bool>>("return hide({})", ()).expect("foreign"), Some(false));
    drop((a, b));
    assert_eq!(hidden.lock().expect("free").len(), 3);
}

/// Conversions that panic or fail in the middle leave a machine that works.
#[test]
fn conversions_may_panic() {
    struct Bad;
    impl FromLua for Bad {
        fn from_lua(_: luka::Arg<'_>, _: &luka::Cx) -> luka::Result<Bad> {
            panic!("no conversion")
        }
    }
    impl IntoLua for Bad {
        fn into_lua(self, _: &mut luka::Cx) -> luka::Result<Value> {
            panic!("no conversion")
        }
    }
    let registry = Registry::builder()
        .function("takes", |_, _: Vec<Bad>| Ok(()))
        .function("gives", |_, ()| Ok((1, Bad)))
        .then("after", |_, _: Bad, _| Ok(()))
        .function("calls", |cx, f: Function| Next::call(cx, f, (), "after", 1))
        .build();
    let mut vm = Vm::builder(&registry).build().expect("a machine");
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    // More often than values may nest.
    for _ in 0..200 {
        for text in ["takes({ 1 })", "gives()", "calls(function() end)"] {
            let error = vm.eval::<_, ()>(text, ()).expect_err(text);
            assert!(error.to_string().contains("panicked: no conversion"), "{error}");
        }
        let outside = std::panic::AssertUnwindSafe(|| vm.eval::<_, Vec<Bad>>("return { 1 }", ()));
        assert!(std::panic::catch_unwind(outside).is_err());
    }
    std::panic::set_hook(hook);
    assert_eq!(vm.eval::<_, Vec<i64>>("return { 1, 2 }", ()).expect("a list"), [1, 2]);
}

#[test]
fn flags_are_of_their_run() {
    let flag = Flag::new();
    let mut vm = machine();
    let f = vm.compile("for i = 1, 1e6 do end return 1").expect("a program");
    vm.start(&f, ()).expect("started");
    flag.raise();
    assert!(matches!(vm.run(Budget::unlimited().interrupt(&flag)), Outcome::Interrupted));
    flag.raise();
    vm.run(Budget::unlimited()).done().expect("a run without a flag is not interrupted");
}

struct Node {
    next: Option<Function>,
    alive: Arc<AtomicUsize>,
}
impl Drop for Node {
    fn drop(&mut self) {
        self.alive.fetch_sub(1, Ordering::Relaxed);
    }
}
impl UserData for Node {
    const NAME: &'static str = "Node";
    fn methods(m: &mut Methods<Self>) {
        m.call_mut("link", |node, _, f: Function| {
            node.next = Some(f);
            Ok(())
        });
        // The object goes on living until the method has returned, whatever the program does then.
        m.call_mut("each", |node, cx, f: Function| {
            node.next = None;
            Next::call(cx, f, (), "node.done", ())
        });
        m.call("fail", |_, _, ()| -> luka::Result<()> { panic!("in a method") });
    }
}

#[test]
fn objects_may_go_while_their_methods_call_back() {
    let alive = Arc::new(AtomicUsize::new(0));
    let count = alive.clone();
    let registry = Registry::builder()
        .userdata::<Node>()
        .function("node", move |cx, ()| {
            count.fetch_add(1, Ordering::Relaxed);
            cx.userdata(Node { next: None, alive: count.clone() })
        })
        .then("node.done", |_, (), results| Ok(results))
        .build();
    let mut vm = Vm::builder(&registry).build().expect("a machine");
    let text = "
        local n = node()
        local each, r = n.each
        local function f() n = nil collectgarbage() collectgarbage() return 'back' end
        r = each(n, f)
        collectgarbage()
        return r";
    assert_eq!(vm.eval::<_, String>(text, ()).expect("a text"), "back");
    vm.eval::<_, ()>("collectgarbage()", ()).expect("a collection");
    assert_eq!((alive.load(Ordering::Relaxed), vm.object_count()), (0, 0));
    // A panic in a method gives the object back.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let text =
        "local n = node() return pcall(n.fail, n), pcall(n.fail, n), pcall(n.link, n, print)";
    let ok: (bool, bool, bool) = vm.eval(text, ()).expect("three outcomes");
    std::panic::set_hook(hook);
    assert_eq!(ok, (false, false, true));
    // An object that holds a handle goes at the latest with its machine.
    vm.eval::<_, ()>("local n = node() n:link(function() return n end)", ()).expect("a cycle");
    let held: Userdata<Node> = vm.eval("return node()", ()).expect("a node");
    let inner = held.with(&vm, |node| node.next.is_none());
    assert!(inner.expect("free"));
    drop(vm);
    drop(held);
    assert_eq!(alive.load(Ordering::Relaxed), 0);
}
