//! What an error tells.

use crate::machine;
use luka::{Budget, Chunk, ErrorKind, Outcome, Reports, Style, Table, Value};

#[test]
fn errors_have_message_value_and_levels() {
    let mut vm = machine();
    let text = "local function inner(t)\n  return t.a.b\nend\nlocal r = inner({})\nreturn r";
    let f = vm.compile(Chunk::text(text).name("@game.lua")).expect("a program");
    vm.start(&f, ()).expect("started");
    let Outcome::Failed(error) = vm.run(Budget::unlimited()) else { panic!("no error") };
    assert_eq!(error.kind(), ErrorKind::Runtime);
    assert_eq!(error.to_string(), "game.lua:2: attempt to index a nil value (field 'a')");
    let places: Vec<_> = error.levels().iter().filter_map(|level| level.place.clone()).collect();
    assert_eq!(places[..2], [("game.lua".to_string(), 2), ("game.lua".to_string(), 4)]);
    assert_eq!(error.levels()[0].function, "local 'inner'");
    for part in ["`t.a` is nil", "2 │   return t.a.b", "stack traceback:\n\tgame.lua:2: in "] {
        assert!(error.report().contains(part), "{part}: {}", error.report());
    }
    assert!(matches!(error.value(), Some(Value::String(_))));
}

#[test]
fn errors_can_be_sent_and_shared() {
    fn is_send_and_sync<T: Send + Sync + 'static>(_: &T) {}
    let error = machine().eval::<_, ()>("error({})", ()).expect_err("a table");
    is_send_and_sync(&error);
    let boxed: Box<dyn std::error::Error + Send + Sync> = error.into();
    assert_eq!(boxed.to_string(), "(error object is a table value)");
}

#[test]
fn error_values_are_kept() {
    let mut vm = machine();
    let error = vm.eval::<_, ()>("error({ code = 7 })", ()).expect_err("a table");
    let Some(Value::Table(t)) = error.value() else { panic!("{error:?}") };
    assert_eq!(Table::get::<i64>(t, &vm, "code").expect("a number"), 7);
    assert_eq!(error.to_string(), "(error object is a table value)");
}

#[test]
fn texts_that_are_no_programs_are_reported() {
    let mut vm = machine();
    let error =
        vm.compile(Chunk::text("local x = (1 + 2\nprint(x)").name("@a.lua")).expect_err("open");
    assert!(error.to_string().starts_with("a.lua:2:"), "{error}");
    assert_eq!(error.diagnostics().len(), 1);
    assert!(error.render().contains("a.lua:1"), "{}", error.render());
    let error = vm.eval::<_, ()>("x =", ()).expect_err("open");
    assert_eq!(error.kind(), ErrorKind::Syntax);
}

#[test]
fn damaged_images_are_refused() {
    let mut vm = machine();
    let image: luka::Bytes =
        vm.eval("return string.dump(function() return 42 end)", ()).expect("bytes");
    let f = vm.compile(Chunk::image(&image.0)).expect("an image");
    assert_eq!(f.call::<i64>(&mut vm, ()).expect("a number"), 42);
    for end in 0..image.0.len() {
        assert!(vm.compile(Chunk::image(&image.0[..end])).is_err());
    }
    assert!(vm.compile(Chunk::image("return 1")).is_err(), "a text is no image");
}

#[test]
fn error_objects_say_their_message_themselves() {
    let mut vm = machine();
    let text = "error(setmetatable({ code = 7 }, { __tostring = function(e) return 'code ' .. e.code end }))";
    let error = vm.eval::<_, ()>(text, ()).expect_err("an object");
    assert_eq!((error.message(), error.report().as_str()), (&b"code 7"[..], "code 7"));
    assert!(error.traceback().is_empty() && !error.levels().is_empty());
    assert!(matches!(error.value(), Some(Value::Table(_))));
    // A method that gives no string, or fails, does not stand in the way.
    let text = "error(setmetatable({}, { __tostring = function() return {} end }))";
    let error = vm.eval::<_, ()>(text, ()).expect_err("an object");
    assert_eq!(error.to_string(), "(error object is a table value)");
    let text = "error(setmetatable({}, { __tostring = function() error('worse') end }))";
    let error = vm.eval::<_, ()>(text, ()).expect_err("an error in a method");
    assert!(error.to_string().ends_with("worse"), "{error}");
}

#[test]
fn tracebacks_are_those_of_the_library() {
    let mut vm = machine();
    let f = vm.compile(Chunk::text("local function f() error('no') end f()").name("@a.lua"));
    let error = f.expect("a program").call::<()>(&mut vm, ()).expect_err("an error");
    let expected = "stack traceback:\n\t[C]: in function 'error'\n\ta.lua:1: in local 'f'\n\t\
                    a.lua:1: in main chunk\n\t[C]: in ?";
    assert_eq!(String::from_utf8_lossy(error.traceback()), expected);
    assert!(error.report().starts_with("a.lua:1: no\n"), "{}", error.report());
    let details = String::from_utf8_lossy(error.details());
    assert_eq!(error.report(), format!("a.lua:1: no\n{details}"));
}

#[test]
fn reports_look_as_the_host_wants() {
    let mut vm = machine();
    fn files(name: &[u8]) -> Option<Vec<u8>> {
        (name == b"kept.lua").then(|| b"local kept = {}\nkept.a.b = 1\n".to_vec())
    }
    let image: luka::Bytes = vm
        .eval("return string.dump(load('local kept = {}\\nkept.a.b = 1', '@kept.lua'))", ())
        .expect("an image");
    let f = vm.compile(Chunk::bytes(&image.0)).expect("a program");
    let report = |vm: &mut luka::Vm| f.call::<()>(vm, ()).expect_err("an error").report();
    assert!(!report(&mut vm).contains("2 │ kept.a.b = 1"));
    vm.set_reports(Reports::new().files(files));
    assert!(report(&mut vm).contains("2 │ kept.a.b = 1"), "{}", report(&mut vm));
    vm.set_reports(Reports::new().files(files).style(Style::with_color(true)));
    assert!(report(&mut vm).contains("\x1b["));
    let error = vm.compile("x = = 1").expect_err("a fault");
    assert!(error.render_with(Style::with_color(true)).contains("\x1b["));
    assert!(!error.render().contains("\x1b["));
}

#[test]
fn values_that_cannot_be_called_are_errors_of_the_run() {
    let mut vm = machine();
    let callable: Value = vm
        .eval("return setmetatable({}, { __call = function(_, x) return x + 1 end })", ())
        .expect("a table");
    vm.start_value(&callable, 6).expect("started");
    assert_eq!(vm.run(Budget::unlimited()).done().unwrap().get::<i64>(&vm).unwrap(), 7);
    vm.start_value(&Value::Nil, ()).expect("started");
    let Outcome::Failed(error) = vm.run(Budget::unlimited()) else { panic!("no error") };
    assert_eq!(error.to_string(), "attempt to call a nil value");
}
