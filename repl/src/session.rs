//! A machine with the standard library and what `lua.c` does with it: running chunks, scripts,
//! `LUA_INIT`, `-e` and `-l`, reporting errors.

use luka_bytecode::image;
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, Std, input};
use luka_stdlib::load;
use luka_vm::Outcome;
use luka_vm::host::{FileId, HostError, HostResult};
use luka_vm::{Config, Gc, LuaFn, Native, Value, Vm};

use crate::cli::Argv;
use crate::interrupt::{self, Watch};
use crate::loader::loader;
use crate::natives::{DOCALL, MESSAGE, PLAIN_MESSAGE};
use crate::options::Compiler;
use crate::report::runtime::HandledError;
use crate::report::{self, complain};
use luka::host::Lost;

const STDIN: FileId = FileId(0);

/// Why the program goes no further.
pub enum Stop {
    /// An error that has been reported.
    Failed,
    /// `os.exit`.
    Exit { code: i32, close: bool },
}

/// What a step of the program gives: values, or the end of it.
pub type Done<T> = Result<T, Stop>;

/// The machine and what the command line says about it.
pub struct Session {
    pub vm: Vm,
    lost: Lost,
    std: Std,
    /// What the program was started with, to start again.
    start: Start,
    /// Stands in front of messages; none in interactive mode.
    progname: Option<Vec<u8>>,
    /// Whether reports show the source.
    pictures: bool,
    watch: Option<Watch>,
    /// The watch is one for interactive sessions.
    outlives: bool,
    /// Ctrl-C has raised an error in a program.
    was_interrupted: bool,
}

#[derive(Clone, Default)]
struct Start {
    compiler: Compiler,
    ignore_environment: bool,
    argv: Argv,
    script: Option<usize>,
}

impl Session {
    /// A machine with empty globals.
    ///
    /// # Errors
    /// The text of the failure.
    pub fn new(progname: &[u8], std: Std, compiler: Compiler) -> Result<Session, &'static str> {
        let (vm, lost) = machine(std, compiler)?;
        let progname = Some(progname.to_vec());
        let start = Start { compiler, ..Start::default() };
        Ok(Session {
            vm,
            lost,
            std,
            start,
            progname,
            pictures: true,
            watch: None,
            outlives: false,
            was_interrupted: false,
        })
    }

    /// Ends the program and starts again with a new machine, `LUA_INIT` included.
    pub fn restart(&mut self) -> Done<()> {
        let Ok((vm, lost)) = machine(self.std, self.start.compiler) else {
            self.report(b"cannot create state: not enough memory");
            return Err(Stop::Failed);
        };
        let _ = self.vm.close();
        let _ = self.vm.host().flush_all();
        (self.watch, self.outlives) = (None, false);
        (self.vm, self.lost) = (vm, lost);
        let Start { ignore_environment, argv, script, .. } = self.start.clone();
        self.open_libs(ignore_environment)?;
        self.set_arg(&argv, script);
        if ignore_environment { Ok(()) } else { self.run_init() }
    }

    pub fn options(&self) -> Options {
        Options { std: self.std, ..Options::default() }
    }

    /// Opens the standard library.
    pub fn open_libs(&mut self, ignore_environment: bool) -> Done<()> {
        self.start.ignore_environment = ignore_environment;
        if ignore_environment {
            let registry = self.vm.registry();
            let key = self.vm.small_str("LUA_NOENV");
            self.set(registry, key, Value::TRUE);
        }
        if luka_stdlib::open_libs(&mut self.vm).is_err() {
            self.report(b"not enough memory");
            return Err(Stop::Failed);
        }
        Ok(())
    }

    fn set(&mut self, table: Gc<luka_vm::Table>, key: Value, value: Value) {
        // The keys used here are strings and integers; memory is without limit.
        let _ = self.vm.raw_set(table, key, value);
    }

    pub fn global(&mut self, name: &str) -> Value {
        let key = self.vm.small_str(name);
        self.vm.globals().get(key)
    }

    pub fn set_global(&mut self, name: &[u8], value: Value) {
        let key: Value = self.vm.heap.intern_or_long(name).into();
        let globals = self.vm.globals();
        self.set(globals, key, value);
    }

    /// The global `arg`: the script at 0, its arguments after it, the rest of the command line
    /// before it.
    pub fn set_arg(&mut self, argv: &Argv, script: Option<usize>) {
        (self.start.argv, self.start.script) = (argv.clone(), script);
        let table = self.vm.heap.table();
        let script = script.unwrap_or(0) as i64;
        for (i, arg) in (0..).zip(argv) {
            let text: Value = self.vm.heap.intern_or_long(arg).into();
            self.set(table, Value::int(i - script), text);
        }
        self.set_global(b"arg", table.into());
    }

    // ------------------------------------------------------------------ calling

    /// From now on messages look like those of `lua -i`.
    pub fn enter_interactive(&mut self, pictures: bool) -> Option<Vec<u8>> {
        self.pictures = pictures;
        self.progname.take()
    }

    /// Ctrl-C stops a program and never more than that; one pressed before is forgotten.
    pub fn outlive_interrupts(&mut self) {
        let flag = self.vm.interrupt_flag();
        if !self.outlives {
            self.outlives = true;
            self.watch = Some(Watch::session(&flag));
        }
        flag.store(false, std::sync::atomic::Ordering::Relaxed);
        interrupt::forget();
        self.was_interrupted = false;
    }

    /// Whether Ctrl-C has raised an error in a program since [`Session::outlive_interrupts`].
    pub fn was_interrupted(&self) -> bool {
        self.was_interrupted
    }

    /// Whether Ctrl-C was pressed and no program was stopped by it.
    pub fn interrupted(&self) -> bool {
        self.vm.interrupt_flag().swap(false, std::sync::atomic::Ordering::Relaxed)
    }

    pub fn leave_interactive(&mut self, progname: Option<Vec<u8>>) {
        self.progname = progname;
    }

    /// Calls a function; errors are reported with a traceback.
    pub fn call(&mut self, f: Value, args: &[Value]) -> Done<Vec<Value>> {
        let handler = if self.pictures { &MESSAGE } else { &PLAIN_MESSAGE };
        match self.protected(f, handler, args)? {
            Ok(values) => Ok(values),
            Err(error) => {
                self.report_value(error);
                Err(Stop::Failed)
            }
        }
    }

    /// Calls a function with a message handler; its error is a value.
    pub fn protected(
        &mut self,
        f: Value,
        handler: &'static Native,
        args: &[Value],
    ) -> Done<Result<Vec<Value>, Value>> {
        if self.watch.is_none() {
            self.watch = Some(Watch::program(&self.vm.interrupt_flag()));
        }
        let docall: Value = self.vm.heap.new_native(&DOCALL, &[]).into();
        let handler: Value = self.vm.heap.new_native(handler, &[]).into();
        let mut all = vec![f, handler];
        all.extend_from_slice(args);
        let mut outcome = self.vm.run(docall, &all);
        loop {
            match outcome {
                Outcome::Finished(mut values) if !values.is_empty() => {
                    let ok = values.remove(0);
                    let error = values.first().copied().unwrap_or(Value::NIL);
                    return Ok(if ok.is_falsy() { Err(error) } else { Ok(values) });
                }
                Outcome::Finished(values) => return Ok(Ok(values)),
                Outcome::Failed(error) => return Ok(Err(error)),
                Outcome::Exit { code, close } => return Err(Stop::Exit { code, close }),
                Outcome::OutOfFuel => outcome = self.vm.resume_run(),
                Outcome::Asked => {
                    let error = self.vm.small_str("nobody answers calls of the host here");
                    outcome = self.vm.fail_run(error);
                }
                Outcome::Interrupted => {
                    self.was_interrupted = true;
                    let mut text = self.vm.where_(1);
                    text.extend_from_slice(b"interrupted!");
                    let error: Value = self.vm.heap.intern_or_long(&text).into();
                    outcome = self.vm.fail_run(error);
                }
            }
        }
    }

    // ------------------------------------------------------------------ reporting

    /// Prints a message, the program's name in front (`l_message`).
    pub fn report(&mut self, message: &[u8]) {
        let mut text = Vec::new();
        if let Some(name) = &self.progname {
            text.extend_from_slice(name);
            text.extend_from_slice(b": ");
        }
        text.extend_from_slice(message);
        text.push(b'\n');
        complain(&mut self.vm, &text);
    }

    /// Reports an error that has passed the message handler; one it has made a report of by that.
    fn report_value(&mut self, error: Value) {
        let handled =
            self.vm.host_data.take().and_then(|data| data.downcast::<HandledError>().ok());
        match error.as_str() {
            Some(text) if handled.as_ref().is_some_and(|a| a.text == text.bytes()) => {
                self.report(&handled.map_or(Vec::new(), |a| a.report));
            }
            Some(text) => self.report(text.bytes()),
            None if error.is_number() => {
                let mut text = Vec::new();
                luka_vm::value::format::write_number(error, &mut text);
                self.report(&text);
            }
            None => self.report(b"(error message not a string)"),
        }
    }

    // ------------------------------------------------------------------ chunks

    /// Makes a function of a chunk; what is wrong with it is reported.
    fn load(&mut self, mut text: Vec<u8>, name: &[u8], kind: SourceKind) -> Done<Gc<LuaFn>> {
        let start = match kind {
            SourceKind::File => load::blank_first_line(&mut text),
            SourceKind::Chunk => 0,
        };
        load::load_bytes(&mut self.vm, &text[start..], name, None).map_err(|message| {
            self.report(&message);
            if self.pictures {
                let reports =
                    report::syntax_errors(name, &text[start..], SourceKind::Chunk, self.std);
                complain(&mut self.vm, reports.as_bytes());
            }
            Stop::Failed
        })
    }

    /// Compiles a line of an interactive session; its error is not reported.
    pub fn try_load(&mut self, text: &[u8], name: &[u8]) -> Result<Gc<LuaFn>, Vec<u8>> {
        load::load_bytes(&mut self.vm, text, name, None)
    }

    /// Whether an interactive session asks for more lines of this text, which does not compile.
    pub fn goes_on(&self, text: &[u8]) -> bool {
        let source = Source::new(b"=stdin", text, SourceKind::Chunk);
        input::lua_needs_more(&source, &self.options())
    }

    /// Runs a text (`-e`, `LUA_INIT`).
    pub fn run_text(&mut self, text: &[u8], name: &[u8]) -> Done<()> {
        let f = self.load(text.to_vec(), name, SourceKind::Chunk)?;
        self.call(f.into(), &[]).map(|_| ())
    }

    /// Runs a file, or standard input, as the main program or before it.
    pub fn run_file(&mut self, path: Option<&[u8]>, args: &[Value]) -> Done<()> {
        let shown = path.unwrap_or(b"stdin");
        let text = self.read(path)?;
        if image::is_lua54(&text) && self.std != Std::Lua54 {
            self.report(&[shown, b": built for plain Lua 5.4; run it with --std=5.4"].concat());
            return Err(Stop::Failed);
        }
        let name = [if path.is_some() { b"@" } else { b"=" }, shown].concat();
        let f = self.load(text, &name, SourceKind::File)?;
        self.call(f.into(), args).map(|_| ())
    }

    /// The text of a file, or of standard input; that it cannot be read is reported.
    pub fn read(&mut self, path: Option<&[u8]>) -> Done<Vec<u8>> {
        let text = match path {
            Some(path) => self.read_file(path),
            None => self.read_stdin().map_err(|e| ("read", e)),
        };
        text.map_err(|(what, error)| {
            let shown = path.unwrap_or(b"stdin");
            let message =
                [b"cannot ", what.as_bytes(), b" ", shown, b": ", error.message.as_bytes()];
            self.report(&message.concat());
            Stop::Failed
        })
    }

    fn read_file(&mut self, path: &[u8]) -> Result<Vec<u8>, (&'static str, HostError)> {
        let host = self.vm.host();
        let file = host.open(path, b"r").map_err(|e| ("open", e))?;
        let text = read_to_end(host, file).map_err(|e| ("read", e));
        let _ = host.close(file);
        text
    }

    fn read_stdin(&mut self) -> Result<Vec<u8>, HostError> {
        read_to_end(self.vm.host(), STDIN)
    }

    /// Runs the script, or standard input, with its arguments.
    pub fn run_script(&mut self, path: Option<&[u8]>) -> Done<()> {
        let args = self.script_args()?;
        self.run_file(path, &args)
    }

    /// The script's arguments: those in the global `arg`, which the program may have changed.
    pub fn script_args(&mut self) -> Done<Vec<Value>> {
        let arg = self.global("arg");
        let Some(arg) = arg.as_table() else {
            self.report(b"'arg' is not a table");
            return Err(Stop::Failed);
        };
        let mut args = Vec::new();
        for i in 1..=arg.len() {
            args.push(arg.get_int(i));
        }
        Ok(args)
    }

    /// `-l name` or `-l global=name`.
    pub fn require(&mut self, what: &[u8]) -> Done<()> {
        let (global, module) = match memchr::memchr(b'=', what) {
            Some(at) => (&what[..at], &what[at + 1..]),
            None => {
                // The suffix after a `-` is a version, not part of the name.
                let end = memchr::memchr(b'-', what).unwrap_or(what.len());
                (&what[..end], what)
            }
        };
        let require = self.global("require");
        let module: Value = self.vm.heap.intern_or_long(module).into();
        let values = self.call(require, &[module])?;
        self.set_global(global, values.first().copied().unwrap_or(Value::NIL));
        Ok(())
    }

    /// `LUA_INIT_5_4`, else `LUA_INIT`: a text, or a file after `@`.
    pub fn run_init(&mut self) -> Done<()> {
        for name in ["LUA_INIT_5_4", "LUA_INIT"] {
            let Some(init) = self.vm.host().getenv(name.as_bytes()) else { continue };
            return match init.strip_prefix(b"@") {
                Some(path) => self.run_file(Some(path), &[]),
                None => self.run_text(&init, format!("={name}").as_bytes()),
            };
        }
        Ok(())
    }

    /// Ends the program: closes the state if asked to, writes buffered output. Returns the exit
    /// code, which closing may have changed.
    ///
    /// # Errors
    /// Some of what the program wrote to standard output did not get there.
    pub fn end(mut self, mut code: i32, mut close: bool) -> HostResult<i32> {
        while close {
            // An interrupt ends the closing too: what is left undone goes with the process.
            close = false;
            if let Outcome::Exit { code: last, close: go_on } = self.vm.close() {
                (code, close) = (last, go_on);
            }
        }
        let _ = self.vm.host().flush_all();
        // The process is about to end: giving the heap back piece by piece would only take time.
        std::mem::forget(self.vm);
        self.lost.get().map_or(Ok(code), |error| Err(error.clone()))
    }
}

fn machine(std: Std, compiler: Compiler) -> Result<(Vm, Lost), &'static str> {
    let host = interrupt::system();
    let lost = host.lost_output();
    let mut vm = Vm::new(Config::default(), Box::new(host), loader(std, compiler))
        .map_err(|_| "cannot create state: not enough memory")?;
    vm.keep_levels();
    Ok((vm, lost))
}

fn read_to_end(host: &mut dyn luka_vm::Host, file: FileId) -> Result<Vec<u8>, HostError> {
    let mut text = Vec::new();
    loop {
        let old = text.len();
        text.resize(old + 32 * 1024, 0);
        let got = host.read(file, &mut text[old..]);
        text.truncate(old + *got.as_ref().unwrap_or(&0));
        if got? == 0 {
            return Ok(text);
        }
    }
}
