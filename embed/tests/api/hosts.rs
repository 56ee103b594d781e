//! The operating system as programs see it.

use crate::all_libraries;
use luka::Vm;
use luka::host::{FileId, Host, HostResult, Memory, Null};

#[test]
fn null_gives_nothing() {
    let mut vm = Vm::builder(&all_libraries()).host(Null).build().expect("a machine");
    let denied: Vec<String> = vm
        .eval(
            "local list = {}
             for _, f in ipairs {
               function() return io.open('/etc/passwd') end,
               function() return io.open('x', 'w') end,
               function() return os.remove('x') end,
               function() return os.rename('x', 'y') end,
             } do
               local value, message = f()
               list[#list + 1] = tostring(value) .. ' ' .. message
             end
             return list",
            (),
        )
        .expect("a list");
    assert!(denied.iter().all(|text| text.starts_with("nil ")), "{denied:?}");
    assert!(denied.iter().all(|text| text.ends_with("Operation not permitted")), "{denied:?}");
    let (time, home, shell, line): (i64, Option<String>, Option<bool>, Option<String>) = vm
        .eval("return os.time(), os.getenv('HOME'), os.execute(), io.read()", ())
        .expect("values");
    assert_eq!((time, home, line), (0, None, None));
    assert_ne!(shell, Some(true));
}

#[test]
fn memory_has_files() {
    let host = Memory::new()
        .file("in.txt", "one\ntwo\n")
        .stdin("typed\n")
        .variable("USER", "ann")
        .time(86_400);
    let view = host.view();
    let mut vm = Vm::builder(&all_libraries()).host(host).build().expect("a machine");
    let text: String = vm
        .eval(
            "local out = assert(io.open('out.txt', 'w'))
             for line in io.lines('in.txt') do out:write(line:upper(), '\\n') end
             out:close()
             print(io.read(), os.getenv('USER'), os.date('!%Y-%m-%d'))
             return 'done'",
            (),
        )
        .expect("done");
    assert_eq!(text, "done");
    assert_eq!(view.file("out.txt").as_deref(), Some(&b"ONE\nTWO\n"[..]));
    assert_eq!(view.stdout(), b"typed\tann\t1970-01-02\n");
}

/// A host of one's own takes what it offers, and no more.
struct Shouting(Vec<u8>);

impl Host for Shouting {
    fn write(&mut self, _: FileId, bytes: &[u8]) -> HostResult<()> {
        self.0.extend(bytes.to_ascii_uppercase());
        Ok(())
    }
    fn time(&mut self) -> i64 {
        1_000_000_000
    }
}

#[test]
fn a_host_of_ones_own_takes_ten_lines() {
    let mut vm =
        Vm::builder(&all_libraries()).host(Shouting(Vec::new())).build().expect("a machine");
    vm.eval::<_, ()>("print 'hello'", ()).expect("printed");
    assert_eq!(vm.eval::<_, i64>("return os.time()", ()).expect("a time"), 1_000_000_000);
}
