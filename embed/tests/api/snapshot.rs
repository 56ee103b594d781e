//! Machines that are saved, restored and taken back.

use crate::Shared;
use luka::host::{Host, System};
use luka::{
    Budget, Chunk, Error, Function, Jit, Libs, Methods, Outcome, Rebind, Registry, Restore,
    Snapshot, SnapshotErrorKind, Table, UserData, Value, Vm,
};
const PROGRAM: &str = "
local words = {}
for i = 1, 200 do
  words[#words + 1] = ('%03d'):format(i)
  if i % 50 == 0 then print(table.concat(words, ' ')) words = {} end
end
local ok, e = pcall(error, { code = 7 })
return e.code, #words";

#[test]
fn a_paused_program_goes_on_in_other_machines() {
    let registry = Registry::default();
    let out = Shared::default();
    let mut vm = Vm::builder(&registry).output(out.clone()).build().unwrap();
    let function = vm.compile(PROGRAM).unwrap();
    vm.start(&function, ()).unwrap();
    drop(function);
    let mut moves = 0;
    let values = loop {
        match vm.run(Budget::fuel(97)) {
            Outcome::OutOfFuel => {}
            outcome => break outcome.done().unwrap(),
        }
        let used = vm.fuel_used();
        let snapshot = vm.snapshot().unwrap();
        let hash = vm.state_hash().unwrap();
        let restore = Restore::new().memory(8 << 20).output(out.clone());
        vm = Vm::restore(&registry, snapshot.as_bytes(), restore).unwrap().vm;
        assert_eq!(vm.fuel_used(), used);
        assert_eq!(vm.state_hash().unwrap(), hash);
        moves += 1;
    };
    assert!(moves > 20, "{moves}");
    assert_eq!(values.get::<(i64, i64)>(&vm).unwrap(), (7, 0));
    drop(vm);
    let whole = Shared::default();
    let mut vm = Vm::builder(&registry).output(whole.clone()).build().unwrap();
    let _: (i64, i64) = vm.eval(PROGRAM, ()).unwrap();
    drop(vm);
    assert_eq!(out.text(), whole.text());
    assert_eq!(out.text().lines().count(), 4);
}

/// Where a method was found last time is a hint, which is not saved; what it costs to find it through a
/// long chain of classes was less where there was one.
#[test]
fn fuel_does_not_depend_on_hints() {
    let program = "
        local t = { go = function() return 1 end }
        local all, s = {}, 0
        for i = 1, 40 do t = setmetatable({}, { a = 1, b = 2, __index = t, c = 3 }) all[i] = t end
        for i = 1, 400 do s = s + all[i % 40 + 1]:go() end
        return s";
    let registry = Registry::default();
    let used = |moves: bool| {
        let mut vm = Vm::builder(&registry).build().unwrap();
        let function = vm.compile(program).unwrap();
        vm.start(&function, ()).unwrap();
        drop(function);
        while let Outcome::OutOfFuel = vm.run(Budget::fuel(150)) {
            if moves {
                let snapshot = vm.snapshot().unwrap();
                vm = Vm::restore(&registry, snapshot.as_bytes(), Restore::new()).unwrap().vm;
            }
        }
        vm.fuel_used()
    };
    assert_eq!(used(false), used(true));
}

#[test]
fn hashes_do_not_depend_on_slices() {
    let registry = Registry::default();
    let hash = |slice: u64| {
        let mut vm = Vm::builder(&registry).build().unwrap();
        let function = vm.compile(PROGRAM).unwrap();
        vm.start(&function, ()).unwrap();
        let mut left = 1_000;
        while left > 0 {
            let fuel = slice.min(left);
            assert!(matches!(vm.run(Budget::fuel(fuel)), Outcome::OutOfFuel));
            left -= fuel;
        }
        vm.state_hash().unwrap()
    };
    let one = hash(1_000);
    for slice in [1, 7, 300, 999] {
        assert_eq!(hash(slice), one, "{slice}");
    }
}

#[test]
fn an_answer_comes_to_a_restored_machine() {
    let registry = Registry::builder().call("tool.search").build();
    let mut vm = Vm::builder(&registry).build().unwrap();
    let program = vm.compile("return 'found ' .. tool.search('luka', 3)").unwrap();
    vm.start(&program, ()).unwrap();
    let Outcome::Call(call) = vm.run(Budget::unlimited()) else { panic!("no call") };
    assert_eq!(call.get::<(String, i64)>(&vm).unwrap(), ("luka".to_string(), 3));
    let bytes = vm.snapshot().unwrap().into_bytes();
    drop(vm);

    let mut vm = Vm::restore(&registry, &bytes, Restore::new()).unwrap().vm;
    let again = vm.waiting_call().expect("the call");
    assert_eq!((again.id.number(), again.name), (call.id.number(), "tool.search"));
    assert!(vm.answer(call.id, Ok("nothing")).is_err(), "that was the other machine's");
    assert_eq!(again.get::<(String, i64)>(&vm).unwrap(), ("luka".to_string(), 3));
    vm.answer(again.id, Ok("much")).unwrap();
    let values = vm.run(Budget::unlimited()).done().unwrap();
    assert_eq!(values.get::<String>(&vm).unwrap(), "found much");

    let other = Registry::default();
    let error = Vm::restore(&other, &bytes, Restore::new()).unwrap_err();
    assert_eq!(error.kind(), SnapshotErrorKind::Missing);
    assert!(error.to_string().contains("tool.search"), "{error}");
}

struct Account {
    cents: i64,
}

impl UserData for Account {
    const NAME: &'static str = "Account";
    fn methods(m: &mut Methods<Self>) {
        m.get("cents", |account, _| Ok(account.cents));
        m.call_mut("pay", |account, _, cents: i64| {
            account.cents -= cents;
            Ok(())
        });
    }
    fn save(&self, out: &mut Vec<u8>) -> luka::Result<()> {
        out.extend(self.cents.to_le_bytes());
        Ok(())
    }
    fn load(bytes: &[u8]) -> luka::Result<Self> {
        let bytes = bytes.try_into().map_err(|_| Error::msg("8 bytes are expected"))?;
        Ok(Account { cents: i64::from_le_bytes(bytes) })
    }
}

struct Socket;

impl UserData for Socket {
    const NAME: &'static str = "Socket";
    fn methods(_: &mut Methods<Self>) {}
}

fn bank() -> Registry {
    Registry::builder()
        .userdata::<Account>()
        .userdata::<Socket>()
        .function("open", |cx, cents: i64| cx.userdata(Account { cents }))
        .function("connect", |cx, ()| cx.userdata(Socket))
        .build()
}

#[test]
fn objects_of_the_host_save_themselves() {
    let registry = bank();
    let mut vm = Vm::builder(&registry).build().unwrap();
    let _: () =
        vm.eval("a, gone, b = open(100), open(7), open(20) a:pay(30) gone = nil", ()).unwrap();
    let _: () = vm.eval("local s = connect() s = nil", ()).unwrap();
    vm.compact();
    let _: () = vm.eval("", ()).unwrap();
    assert_eq!(vm.object_count(), 2);
    let bytes = vm.snapshot().unwrap().into_bytes();
    let mut vm = Vm::restore(&registry, &bytes, Restore::new()).unwrap().vm;
    assert_eq!(vm.object_count(), 2);
    let cents: (i64, i64) = vm.eval("a:pay(1) return a.cents, b.cents", ()).unwrap();
    assert_eq!(cents, (69, 20));

    let _: () = vm.eval("s = connect()", ()).unwrap();
    let error = vm.snapshot().unwrap_err();
    assert!(error.reasons().len() == 1 && error.to_string().contains("Socket"), "{error}");
    let _: () = vm.eval("s = nil", ()).unwrap();
    vm.compact();
    let _: () = vm.eval("", ()).unwrap();
    assert!(vm.snapshot().is_ok());

    let error = Vm::restore(&Registry::default(), &bytes, Restore::new()).unwrap_err();
    assert_eq!(error.kind(), SnapshotErrorKind::Missing);
}

#[test]
fn bytes_of_the_host_go_with_a_snapshot() {
    let registry = Registry::default();
    let mut vm = Vm::builder(&registry).build().unwrap();
    let bytes = vm.snapshot_with(b"job 7").unwrap().into_bytes();
    let restored = Vm::restore(&registry, &bytes, Restore::new()).unwrap();
    assert_eq!(restored.attachment, b"job 7");
    assert_eq!(Snapshot::attachment(&bytes).unwrap(), b"job 7");
    assert!(Snapshot::attachment(&bytes[..bytes.len() - 1]).is_err());
    let bytes = vm.snapshot().unwrap().into_bytes();
    assert_eq!(Vm::restore(&registry, &bytes, Restore::new()).unwrap().attachment, b"");
}

#[test]
fn roots_come_back_by_their_numbers() {
    let registry = Registry::default();
    let mut vm = Vm::builder(&registry).build().unwrap();
    let dropped: Table = vm.eval("return {}", ()).unwrap();
    let counter: Function =
        vm.eval("local n = 10 return function() n = n + 1 return n end", ()).unwrap();
    drop(dropped);
    assert_eq!(counter.call::<i64>(&mut vm, ()).unwrap(), 11);
    let number = Value::Function(counter.clone()).root().expect("a root");
    let bytes = vm.snapshot().unwrap().into_bytes();

    let restored = Vm::restore(&registry, &bytes, Restore::new()).unwrap();
    let (mut other, mut roots) = (restored.vm, restored.roots);
    assert_eq!(roots.iter().filter(|root| !root.is_nil()).count(), 1);
    let Value::Function(again) = roots.swap_remove(number) else { panic!("no function") };
    assert_eq!(again.call::<i64>(&mut other, ()).unwrap(), 12);
    drop((again, roots));
    assert_eq!(other.handle_count(), 0);
    // The other machine goes on for itself.
    assert_eq!(counter.call::<i64>(&mut vm, ()).unwrap(), 12);
    assert!(counter.call::<i64>(&mut other, ()).is_err());
}

#[test]
fn a_machine_goes_back_to_a_checkpoint() {
    let registry = bank();
    let mut vm = Vm::builder(&registry).build().unwrap();
    let _: () = vm
        .eval(
            "account, log = open(100), {} function tick(n) account:pay(n) log[#log + 1] = n end",
            (),
        )
        .unwrap();
    let tick: Function = vm.globals().get(&vm, "tick").unwrap();
    let early: Table = vm.eval("return { 'early' }", ()).unwrap();
    let before = vm.checkpoint().unwrap();
    let hash = vm.state_hash().unwrap();
    let used = vm.fuel_used();

    for n in 1..=3 {
        let _: () = tick.call(&mut vm, n).unwrap();
    }
    let late: Table = vm.eval("return { 'late' }", ()).unwrap();
    drop(early);
    let after = vm.state_hash().unwrap();
    for _ in 0..2 {
        vm.rollback(&before).unwrap();
        assert_eq!(vm.fuel_used(), used);
        let (cents, n): (i64, i64) = vm.eval("return account.cents, #log", ()).unwrap();
        assert_eq!((cents, n), (100, 0));
        // The handle is of a state that is gone; it finds nothing, and releases nothing.
        assert!(late.get::<Value>(&vm, 1).is_err());
    }
    vm.rollback(&before).unwrap();
    assert_eq!(vm.handle_count(), 1, "only the function's");
    drop(late);
    assert_eq!(vm.handle_count(), 1);
    assert_ne!(hash, after);
    let _: () = tick.call(&mut vm, 5).unwrap();
    let cents: i64 = vm.eval("return account.cents", ()).unwrap();
    assert_eq!(cents, 95);

    let mut other = Vm::builder(&registry).build().unwrap();
    assert!(other.rollback(&before).is_err());
}

#[test]
fn a_paused_run_goes_back_too() {
    let mut vm = Vm::builder(&Registry::default()).build().unwrap();
    let program = vm
        .compile("local s = 0 for i = 1, 1000 do s = s + i end return s, coroutine.isyieldable()")
        .unwrap();
    vm.start(&program, ()).unwrap();
    assert!(matches!(vm.run(Budget::fuel(500)), Outcome::OutOfFuel));
    let half_way = vm.checkpoint().unwrap();
    for _ in 0..3 {
        let values = vm.run(Budget::unlimited()).done().unwrap();
        assert_eq!(values.get::<(i64, bool)>(&vm).unwrap(), (500_500, false));
        vm.rollback(&half_way).unwrap();
    }
}

#[test]
fn machines_are_made_of_a_template() {
    let registry = Registry::builder().libs(Libs::SAFE).build();
    let mut first = Vm::builder(&registry).build().unwrap();
    let _: () = first.eval("function greet(who) return 'hello ' .. who end", ()).unwrap();
    let template = first.snapshot().unwrap();
    for who in ["a", "b"] {
        let out = Shared::default();
        let mut vm =
            Vm::builder(&registry).template(&template).output(out.clone()).build().unwrap();
        let _: () = vm.eval("print(greet(...)) mine = ...", who).unwrap();
        drop(vm);
        assert_eq!(out.text(), format!("hello {who}\n"));
    }
    assert_eq!(first.eval::<_, Option<String>>("return mine", ()).unwrap(), None);
}

const FILES: &str = "
local lines = io.open(dir .. '/in.txt')
local out = io.open(dir .. '/out.txt', 'w')
local scratch = io.tmpfile()
scratch:write('kept') scratch:seek('set', 1)
out:write(lines:read('l'), '\\n')
pause()
out:write(assert(lines:read('l')), scratch:read('a'), '\\n')
pause()
return lines:read('l'), out:write('end') and out:close()";

fn with_files() -> Registry {
    Registry::builder().libs(Libs::SAFE | Libs::IO).call("pause").build()
}

/// Runs a program that pauses twice, in three machines; what it returns.
fn hop_with_files<H: Host + Send + 'static>(
    dir: &str,
    host: impl Fn() -> H,
    refuse: bool,
) -> Result<String, Error> {
    let registry = with_files();
    let mut vm = Vm::builder(&registry).host(host()).build()?;
    vm.globals().set(&vm, "dir", dir)?;
    let program = vm.compile(FILES).map_err(Error::host)?;
    vm.start(&program, ())?;
    loop {
        match vm.run(Budget::unlimited()) {
            Outcome::Call(_) => {
                let bytes = vm.snapshot().map_err(Error::host)?.into_bytes();
                let restore = Restore::new().host(host()).files(move |_| match refuse {
                    true => Rebind::Refuse,
                    false => Rebind::Reopen,
                });
                vm = Vm::restore(&registry, &bytes, restore).map_err(Error::host)?.vm;
                let call = vm.waiting_call().expect("the machine waits for an answer");
                vm.answer(call.id, Ok(()))?;
            }
            outcome => return outcome.done()?.get(&vm),
        }
    }
}

#[test]
fn files_are_open_again_where_they_were() {
    let dir = std::env::temp_dir().join(format!("luka_files_{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join("in.txt"), "one\ntwo\nthree\n").unwrap();
    let path = dir.to_str().unwrap();
    assert_eq!(hop_with_files(path, System::all, false).unwrap(), "three");
    assert_eq!(std::fs::read_to_string(dir.join("out.txt")).unwrap(), "one\ntwoept\nend");
    let error = hop_with_files(path, System::all, true).unwrap_err();
    assert!(error.to_string().contains("was not opened again"), "{error}");
    // A host that may not open them.
    let none = || System::new().read_folder("/nowhere");
    assert!(hop_with_files(path, none, false).is_err());
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn what_is_no_snapshot_is_refused() {
    let registry = Registry::default();
    let refused = |bytes: &[u8], memory: u64| {
        let restore = Restore::new().memory(memory);
        Vm::restore(&registry, bytes, restore).map(|_| ()).unwrap_err()
    };
    let mut vm = Vm::builder(&registry).build().unwrap();
    let _: () = vm.eval("t = {} for i = 1, 1e5 do t[i] = { i } end", ()).unwrap();
    let bytes = vm.snapshot().unwrap().into_bytes();
    assert_eq!(refused(b"", 1 << 20).kind(), SnapshotErrorKind::NotASnapshot);
    assert_eq!(refused(b"print 'hello'", 1 << 20).kind(), SnapshotErrorKind::NotASnapshot);
    assert_eq!(refused(&bytes[..bytes.len() - 1], 1 << 30).kind(), SnapshotErrorKind::Damaged);
    assert_eq!(refused(&bytes[..40], 1 << 30).kind(), SnapshotErrorKind::Damaged);
    assert_eq!(refused(&bytes, 1 << 20).kind(), SnapshotErrorKind::Memory);
    let mut changed = bytes.clone();
    changed[9] += 1;
    assert_eq!(refused(&changed, 1 << 30).kind(), SnapshotErrorKind::Version);
    let mut changed = bytes.clone();
    let last = changed.len() / 2;
    changed[last] ^= 1;
    assert_eq!(refused(&changed, 1 << 30).kind(), SnapshotErrorKind::Damaged);
    assert!(Vm::restore(&registry, &bytes, Restore::new()).is_ok());
}

/// What is known of an error stays with it while variables are closed on its way.
#[test]
fn errors_on_their_way_are_saved() {
    let registry = Registry::default();
    let text = "local slow <close> = setmetatable({}, { __close = function()
          for i = 1, 20000 do end
        end })
        local t = {}
        t.a.b = 1";
    let start = || {
        let mut vm = Vm::builder(&registry).build().unwrap();
        let f = vm.compile(Chunk::text(text).name("@slow.lua")).unwrap();
        vm.start(&f, ()).unwrap();
        vm
    };
    let failed = |outcome| match outcome {
        Outcome::Failed(error) => error,
        other => panic!("{other:?}"),
    };
    let error = failed(start().run(Budget::unlimited()));
    assert!(error.report().contains("`t.a` is nil"), "{}", error.report());
    let mut vm = start();
    assert!(matches!(vm.run(Budget::fuel(5_000)), Outcome::OutOfFuel));
    let bytes = vm.snapshot().unwrap().into_bytes();
    let mut vm = Vm::restore(&registry, &bytes, Restore::new()).unwrap().vm;
    let restored = failed(vm.run(Budget::unlimited()));
    assert_eq!(restored.report(), error.report());
    assert_eq!(restored.traceback(), error.traceback());
    assert_eq!(restored.levels(), error.levels());
}

/// Compiled or not, a machine is the same, and a snapshot moves between the two.
#[test]
fn native_code_changes_nothing_but_the_time() {
    let program = "local function f(t, i) t[i] = t[i - 1] + i * 0.5 return t[i] end \
        local t, s = { 1.5 }, 0 for i = 2, 5000 do s = s + f(t, i) % 7 end return s";
    let registry = Registry::default();
    let start = |jit| {
        let mut vm = Vm::builder(&registry).jit(jit).build().unwrap();
        let function = vm.compile(program).unwrap();
        vm.start(&function, ()).unwrap();
        vm
    };
    let (mut plain, mut native) = (start(Jit::Off), start(Jit::Always));
    let mut pauses = 0;
    let result = loop {
        let (a, b) = (plain.run(Budget::fuel(1_009)), native.run(Budget::fuel(1_009)));
        if let (Outcome::OutOfFuel, Outcome::OutOfFuel) = (&a, &b) {
            assert_eq!(plain.fuel_used(), native.fuel_used());
            assert_eq!(plain.state_hash().unwrap(), native.state_hash().unwrap());
            let moved = native.snapshot().unwrap();
            if pauses % 3 == 0 {
                native = Vm::restore(&registry, moved.as_bytes(), Restore::new()).unwrap().vm;
                native.set_jit(Jit::Always);
            }
            pauses += 1;
            continue;
        }
        let value: f64 = b.done().unwrap().get(&native).unwrap();
        break (a.done().unwrap().get::<f64>(&plain).unwrap(), value);
    };
    assert_eq!(result.0, result.1);
    assert!(pauses > 30, "{pauses}");
}
