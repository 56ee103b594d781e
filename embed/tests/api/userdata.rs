//! Objects of the host in programs.

use luka::{AnyUserdata, Error, ErrorKind, Methods, Registry, UserData, Userdata, Vm};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

struct Account {
    cents: i64,
    alive: Arc<AtomicUsize>,
}

impl Drop for Account {
    fn drop(&mut self) {
        self.alive.fetch_sub(1, Ordering::Relaxed);
    }
}

impl UserData for Account {
    const NAME: &'static str = "Account";
    fn methods(m: &mut Methods<Self>) {
        m.get("balance", |a, _| Ok(a.cents as f64 / 100.0));
        m.set("cents", |a, _, cents: i64| {
            a.cents = cents;
            Ok(())
        });
        m.call("has", |a, _, cents: i64| Ok(a.cents >= cents));
        m.call_mut("pay", |a, _, cents: i64| {
            if cents > a.cents {
                return Err(Error::msg("too little money"));
            }
            a.cents -= cents;
            Ok(())
        });
        m.call_mut("move_to", |a, cx, (other, cents): (Userdata<Account>, i64)| {
            other.with(cx, |b| b.cents += cents)?;
            a.cents -= cents;
            Ok(())
        });
        m.meta("__tostring", |a, _, ()| Ok(format!("Account({})", a.cents)));
    }
}

struct Other;
impl UserData for Other {
    const NAME: &'static str = "Other";
    fn methods(_: &mut Methods<Self>) {}
}

fn bank() -> (Vm, Arc<AtomicUsize>) {
    let alive = Arc::new(AtomicUsize::new(0));
    let count = alive.clone();
    let registry = Registry::builder()
        .userdata::<Account>()
        .userdata::<Other>()
        .function("open", move |cx, cents: i64| {
            count.fetch_add(1, Ordering::Relaxed);
            cx.userdata(Account { cents, alive: count.clone() })
        })
        .function("other", |cx, ()| cx.userdata(Other))
        .build();
    (Vm::builder(&registry).build().expect("a machine"), alive)
}

#[test]
fn methods_and_fields_work() {
    let (vm, _) = &mut bank();
    let text: String = vm
        .eval(
            "local a = open(1050)
             a:pay(50)
             assert(a.balance == 10.0 and a:has(1000) and not a:has(1001))
             a.cents = 700
             local ok, message = pcall(a.pay, a, 900)
             return tostring(a) .. ' ' .. message",
            (),
        )
        .expect("a text");
    assert!(text.starts_with("Account(700) "), "{text}");
    assert!(text.ends_with("too little money"), "{text}");
    let balance: f64 = vm
        .eval("local a, b = open(10), open(0) a:move_to(b, 10) return b.balance", ())
        .expect("a balance");
    assert_eq!(balance, 0.1);
}

#[test]
fn misuse_is_an_error_of_the_program() {
    let (vm, _) = &mut bank();
    for (text, message) in [
        ("open(1).pay(3)", "bad argument #1 to 'pay' (Account expected, got number)"),
        (
            "local a = open(1) a.pay(other(), 1)",
            "bad argument #1 to 'pay' (Account expected, got Other)",
        ),
        ("open(1):pay('x')", "bad argument #1 to 'pay' (number expected, got string)"),
        ("open(1).cents = {}", "bad value for field 'cents' (number expected, got table)"),
        ("open(1).color = 2", "cannot assign to field 'color' of Account"),
        ("local a = open(9) a:move_to(a, 1)", "the object is in use"),
        ("open(1):move_to(other(), 1)", "(Account expected, got Other)"),
        ("return #open(1)", "attempt to get length of a Account value"),
        ("getmetatable(open(1)).__index = 1", "attempt to index"),
    ] {
        let error = vm.eval::<_, luka::Values>(text, ()).expect_err(text);
        assert!(
            error.to_string().contains(message) || text.starts_with("getmeta"),
            "{text}: {error}"
        );
    }
    assert_eq!(vm.eval::<_, Option<i64>>("return open(1).color", ()).expect("no field"), None);
}

#[test]
fn objects_are_used_from_outside() {
    let (vm, alive) = &mut bank();
    let account: Userdata<Account> = vm.eval("a = open(5) return a", ()).expect("an account");
    account.with(vm, |a| a.cents += 1).expect("free");
    assert_eq!(vm.eval::<_, f64>("return a.balance", ()).expect("a balance"), 0.06);
    let any: AnyUserdata = vm.eval("return a", ()).expect("userdata");
    assert!(any.of_type::<Account>(vm).is_some());
    assert!(any.of_type::<Other>(vm).is_none());
    let inner = account.with(vm, |_| account.with(vm, |_| ()).map_err(|e| e.kind()));
    assert_eq!(inner.expect("outer"), Err(ErrorKind::Busy));
    assert_eq!(alive.load(Ordering::Relaxed), 1);
}

#[test]
fn objects_are_dropped_when_programs_let_go_of_them() {
    let (mut vm, alive) = bank();
    vm.eval::<_, ()>("for i = 1, 100 do open(i) end", ()).expect("a loop");
    vm.eval::<_, ()>("collectgarbage()", ()).expect("a collection");
    assert_eq!((alive.load(Ordering::Relaxed), vm.object_count()), (0, 0));
    vm.eval::<_, ()>("kept = open(1)", ()).expect("kept");
    assert_eq!(alive.load(Ordering::Relaxed), 1);
    drop(vm);
    assert_eq!(alive.load(Ordering::Relaxed), 0);
}

#[test]
fn types_must_be_registered() {
    let vm = crate::machine();
    let error = vm.userdata(Other).expect_err("unknown");
    assert_eq!(error.to_string(), "the userdata type Other is not registered");
}
