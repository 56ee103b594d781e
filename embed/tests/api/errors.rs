//! What an error tells.

use crate::machine;
use luka::{Budget, Chunk, ErrorKind, Outcome, Table, Value};

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
