//! Programs that use the network, on this machine alone: each file of `network/` prints what stands
//! beside its lines.

use luka::host::System;
use luka::{Budget, Chunk, Libs, Outcome, Registry, Vm};
use luka_tests::script::{Script, files_here};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

fn luka(arguments: &[&str]) -> Output {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/network");
    let mut command = Command::new(luka_tests::binary::luka());
    // (Modules of LuaSocket that are installed here would be found first.)
    command.env("LUA_PATH", "./?.lua");
    command.args(arguments).current_dir(folder).output().expect("luka runs")
}

#[test]
fn programs_print_what_is_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/network");
    let mut faults = String::new();
    for path in files_here(&folder) {
        let name = path.file_name().expect("a file").to_string_lossy().into_owned();
        let script = Script::parse(&name, &std::fs::read_to_string(&path).expect("readable"));
        assert_eq!(script.sections.len(), 1, "{name}");
        let ran = luka(&[&name]);
        let failed =
            (!ran.status.success()).then(|| String::from_utf8_lossy(&ran.stderr).into_owned());
        if let Err(fault) = script.sections[0].judge(&ran.stdout, failed.as_deref()) {
            faults.push_str(&format!("{name}: {fault}\n"));
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

/// The same programs as parts of a host that gives them little fuel at a time, and 16 MB.
#[test]
fn programs_print_the_same_in_pieces_of_fuel() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/network");
    let mut faults = String::new();
    for path in files_here(&folder) {
        let name = path.file_name().expect("a file").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("readable");
        let script = Script::parse(&name, &text);
        let printed = Printed::default();
        // (One has a text of 16 MB, which no buffer takes.)
        let memory = if name == "sockets.lua" { 64 << 20 } else { 16 << 20 };
        let registry = Registry::builder().libs(Libs::ALL).build();
        let mut vm = Vm::builder(&registry)
            .memory(memory)
            .host(System::all())
            .output(printed.clone())
            .build()
            .expect("a machine");
        let program = format!(
            "package.path = './?.lua' arg = {{[-1] = ...}} \
             require 'luka.process'.set_env('LUA_PATH', package.path) {text}"
        );
        let program = vm.compile(Chunk::text(program).name(format!("@{name}"))).expect("a program");
        let binary = luka_tests::binary::luka().to_str().expect("a name");
        vm.start(&program, binary).expect("started");
        let failed = loop {
            match vm.run(Budget::fuel(5_003)) {
                Outcome::OutOfFuel => {}
                Outcome::Done(_) => break None,
                other => break Some(format!("{other:?}")),
            }
        };
        let printed = printed.0.lock().expect("no panic").clone();
        if let Err(fault) = script.sections[0].judge(&printed, failed.as_deref()) {
            faults.push_str(&format!("{name}: {fault}\n"));
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

/// What a program has printed.
#[derive(Clone, Default)]
struct Printed(Arc<Mutex<Vec<u8>>>);

impl Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A program reaches the hosts that it is given, and no others.
#[test]
fn hosts_are_permitted_one_by_one() {
    let program = "local s = require 'socket'
        local function try(f, ...) local ok, a, b = pcall(f, ...) return not ok and a or a and 'yes' or b end
        print(try(s.bind, '127.0.0.1', 0)) print(try(s.bind, '*', 0)) print(try(s.connect, '127.0.0.1', 1))
        print(try(s.connect, '127.0.0.2', 1)) print(try(s.connect, 'localhost', 1))";
    let closed = "\"net\" is not permitted here (luka --allow=net)\n";
    let not_this = "this host is not permitted here (luka --allow=net=HOST)\n";
    let (yes, refused) = ("yes\n", "connection refused\n");
    for (allow, printed) in [
        ("", closed.repeat(5)),
        ("--allow=net", [yes, yes, refused, refused, refused].concat()),
        ("--allow=net=127.0.0.1", [yes, not_this, refused, not_this, not_this].concat()),
        ("--allow=net=127.0.0.1:1", [not_this, not_this, refused, not_this, not_this].concat()),
        ("--allow=net=localhost", [not_this, not_this, not_this, not_this, refused].concat()),
    ] {
        let mut arguments = vec!["run", "--sandbox", "-e", program];
        if !allow.is_empty() {
            arguments.insert(2, allow);
        }
        let ran = luka(&arguments);
        assert_eq!(String::from_utf8_lossy(&ran.stdout), printed, "{allow}: {ran:?}");
    }
}

/// A machine with open sockets says so when it is to be saved; Ctrl-C ends whatever waits.
#[test]
fn programs_with_sockets_are_not_saved() {
    let file = std::env::temp_dir().join(format!("luka-network-{}.snap", std::process::id()));
    let file = file.to_str().expect("a name");
    let program = "server = assert(require('socket').bind('127.0.0.1', 0)) while true do end";
    let ran = luka(&["run", "--fuel=3000000", "--save-on-stop", file, "-e", program]);
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(said.contains("socket 1: it is open"), "{said}");
    assert!(!Path::new(file).exists());
}

/// A build without TLS says that it is one, where a program asks for it or looks whether it is there.
#[test]
fn without_tls() {
    let program = "package.path = ''
        print(require 'luka.http'.get 'https://localhost/')
        print(require 'luka.http'.server {handler = print, tls = {}})
        print((select(2, pcall(require, 'ssl'))))
        print(pcall(require 'socket.http'.request, 'https://localhost/'))
        print(require 'luka.http'.get 'ftp://localhost/')";
    let ran = luka(&["-e", program]);
    let printed = String::from_utf8_lossy(&ran.stdout);
    let why = "this luka was built without TLS (cargo install --path repl --features tls)";
    let expected = format!(
        "nil\tlocalhost: {why}\t95\nnil\t{why}\t95\n{why}\nfalse\t{why}\n\
         nil\tftp: only http and https are supported\n"
    );
    assert_eq!(printed, expected, "{ran:?}");
}
