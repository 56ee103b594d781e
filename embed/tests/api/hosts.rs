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
        .now(86_400);
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

/// A folder of the test's own, gone at its end.
struct Folder(std::path::PathBuf);
impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("luka-embed-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(path.join("in")).expect("a folder");
        std::fs::write(path.join("in/a.txt"), "inside").expect("a file");
        std::fs::write(path.join("out.txt"), "outside").expect("a file");
        Folder(path)
    }
    fn path(&self, name: &str) -> String {
        self.0.join(name).to_string_lossy().into_owned()
    }
}
impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(unix)]
#[test]
fn system_gives_what_it_is_told() {
    use luka::host::System;
    let folder = Folder::new("system");
    std::os::unix::fs::symlink(folder.path("out.txt"), folder.path("in/link")).expect("a link");
    std::os::unix::fs::symlink(folder.path("new.txt"), folder.path("in/dangling")).expect("a link");
    let probe = "local dir, out = ...
        local function can(f, ...) local ok = f(...) if io.type(ok) then ok:close() end return ok and true or false end
        return {
            can(io.open, dir .. '/a.txt'), can(io.open, out), can(io.open, dir .. '/../out.txt'),
            can(io.open, dir .. '/link'), can(io.open, dir .. '/b.txt', 'w'), can(io.open, out, 'a'),
            can(io.open, dir .. '/dangling', 'w'), can(os.rename, dir .. '/a.txt', dir .. '/c.txt'),
            can(os.rename, out, dir .. '/d.txt'), can(os.remove, out), can(os.execute),
            os.getenv('PATH') ~= nil, os.time() ~= 0, can(io.popen, 'true'), can(os.tmpname),
        }";
    let run = |host: System| -> Vec<bool> {
        let mut vm = Vm::builder(&all_libraries()).host(host).build().expect("a machine");
        let tmpname = "os.tmpname = function() return nil end ";
        vm.eval(&format!("{tmpname}{probe}"), (folder.path("in"), folder.path("out.txt")))
            .expect("a list")
    };
    let is = |given: &[usize]| (0..15).map(|i| given.contains(&i)).collect::<Vec<_>>();
    assert_eq!(run(System::new()), is(&[]));
    assert_eq!(run(System::new().read_folder(folder.path("in"))), is(&[0]));
    assert_eq!(run(System::new().write_folder(folder.path("in"))), is(&[4, 7]));
    std::fs::write(folder.path("in/a.txt"), "inside").expect("a file");
    assert_eq!(run(System::new().clocks().environment()), is(&[11, 12]));
    assert!(!std::path::Path::new(&folder.path("new.txt")).exists());
    let all = run(System::all());
    // (The file to be removed has been renamed before.)
    assert_eq!(all, is(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13]));
}

/// A host that fails in the worst way.
struct Panicking;
impl Host for Panicking {
    fn write(&mut self, _: FileId, _: &[u8]) -> HostResult<()> {
        panic!("no paper")
    }
    fn time(&mut self) -> i64 {
        panic!("no clock")
    }
    fn open(&mut self, _: &[u8], _: &[u8]) -> HostResult<FileId> {
        panic!("no disk")
    }
}

#[test]
fn panics_of_hosts_are_failed_operations() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let mut vm = Vm::builder(&all_libraries()).host(Panicking).build().expect("a machine");
    let result: luka::Result<(Option<bool>, String, i64)> =
        vm.eval("print 'lost' local f, message = io.open('x') return f, message, os.time()", ());
    std::panic::set_hook(hook);
    assert_eq!(result.expect("values"), (None, "x: the host has panicked".to_string(), 0));
}

#[test]
fn memory_has_a_capacity() {
    let host = Memory::new().file("a.txt", "12345").capacity(50_000);
    let view = host.view();
    let mut vm = Vm::builder(&all_libraries()).host(host).build().expect("a machine");
    let full: Vec<String> = vm
        .eval(
            "local list = {}
             local function note(ok, message) list[#list + 1] = message or 'ok' end
             local f = assert(io.open('b.txt', 'w'))
             f:seek('set', 1 << 50)
             note(f:write('x')) note(f:flush())
             f:seek('set', 0)
             note(f:write(('x'):rep(30000)) and nil)
             note(f:write(('x'):rep(30000)))
             f:close()
             for i = 1, 1e4 do if not io.open('n' .. i, 'w') then note(true, 'files: full') break end end
             note(os.remove('b.txt'))
             note(io.open('c.txt', 'w'))
             return list",
            (),
        )
        .expect("a list");
    let text = full.join("; ");
    assert_eq!(text.matches("No space left on device").count(), 2, "{text}");
    assert!(text.contains("files: full"), "{text}");
    assert_eq!(view.file("a.txt").as_deref(), Some(&b"12345"[..]));
}
