//! A machine with the standard library and what `lua.c` does with it: running chunks, scripts,
//! `LUA_INIT`, `-e` and `-l`, reporting errors.

use luka::host::{FileId, Host, HostError, HostResult, Lost};
use luka::{
    Budget, Chunk, Error, Flag, Function, IntoLua, IntoValues, Libs, Outcome, Rebind, Registry,
    Reports, Restore, Restored, SnapshotError, Value, Values, Vm, toolchain,
};
use luka_bytecode::image;
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, Std, input};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;

use crate::cli::Argv;
use crate::interrupt::{self, Watch};
use crate::loader::loader;
use crate::options::Compiler;
use crate::report::{self, complain};

const STDIN: FileId = FileId(0);

/// What programs find: the whole library.
pub static REGISTRY: LazyLock<Registry> =
    LazyLock::new(|| Registry::builder().libs(Libs::ALL).build());

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
    /// Ctrl-C raises it.
    pressed: Arc<AtomicBool>,
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
    /// A machine with the standard library, whose module paths come from the environment unless that
    /// is ignored.
    ///
    /// # Errors
    /// The text of the failure.
    pub fn new(
        progname: &[u8],
        std: Std,
        compiler: Compiler,
        ignore_environment: bool,
    ) -> Result<Session, &'static str> {
        let start = Start { compiler, ignore_environment, ..Start::default() };
        let lost = Lost::default();
        let vm = machine(std, &start, &lost)?;
        Ok(Session {
            vm,
            lost,
            std,
            start,
            progname: Some(progname.to_vec()),
            pictures: true,
            pressed: Arc::default(),
            watch: None,
            outlives: false,
            was_interrupted: false,
        })
    }

    /// A machine in an earlier state, with what it was like attached. Files are opened again that
    /// the program had open.
    ///
    /// # Errors
    /// The bytes are no state, or of another version of luka.
    pub fn restored(&mut self, bytes: &[u8]) -> Result<Restored, SnapshotError> {
        // What this machine has written is to be there for the other one.
        let _ = self.vm.host().flush_all();
        let restore = Restore::new()
            .std(self.std)
            .host(interrupt::system(&self.lost))
            .loader(loader(self.std, self.start.compiler))
            .files(|_| Rebind::Reopen);
        Vm::restore(&REGISTRY, bytes, restore)
    }

    /// Goes on with another machine. This one ends as if it had never been: nothing of it is called.
    pub fn replace(&mut self, vm: Vm) {
        self.vm = vm;
    }

    /// Ends the program and starts again with a new machine, `LUA_INIT` included.
    pub fn restart(&mut self) -> Done<()> {
        let Ok(vm) = machine(self.std, &self.start, &self.lost) else {
            self.report(b"cannot create state: not enough memory");
            return Err(Stop::Failed);
        };
        let _ = self.vm.close(Budget::unlimited());
        let _ = self.vm.host().flush_all();
        self.vm = vm;
        let Start { ignore_environment, argv, script, .. } = self.start.clone();
        self.set_arg(&argv, script);
        if ignore_environment { Ok(()) } else { self.run_init() }
    }

    pub fn options(&self) -> Options {
        Options { std: self.std, ..Options::default() }
    }

    /// A global variable, without metamethods.
    pub fn global(&self, name: &str) -> Value {
        // Every value is a `Value`.
        self.vm.globals().get(&self.vm, name).unwrap_or(Value::Nil)
    }

    pub fn set_global(&self, name: &[u8], value: impl IntoLua) {
        // The keys used here are strings; memory is without limit.
        let _ = self.vm.globals().set(&self.vm, name, value);
    }

    /// The global `arg`: the script at 0, its arguments after it, the rest of the command line
    /// before it.
    pub fn set_arg(&mut self, argv: &Argv, script: Option<usize>) {
        (self.start.argv, self.start.script) = (argv.clone(), script);
        let script = script.unwrap_or(0) as i64;
        let Ok(table) = self.vm.table() else { return };
        for (i, arg) in (0..).zip(argv) {
            let _ = table.set(&self.vm, i - script, arg.as_slice());
        }
        self.set_global(b"arg", table);
    }

    // ------------------------------------------------------------------ calling

    /// From now on messages look like those of `lua -i`.
    pub fn enter_interactive(&mut self, pictures: bool) -> Option<Vec<u8>> {
        self.pictures = pictures;
        self.progname.take()
    }

    /// Ctrl-C stops a program and never more than that; one pressed before is forgotten.
    pub fn outlive_interrupts(&mut self) {
        if !self.outlives {
            self.outlives = true;
            self.watch = Some(Watch::session(&self.pressed));
        }
        self.flag().lower();
        interrupt::forget();
        self.was_interrupted = false;
    }

    fn flag(&self) -> Flag {
        Flag::from(self.pressed.clone())
    }

    /// Whether Ctrl-C has raised an error in a program since [`Session::outlive_interrupts`].
    pub fn was_interrupted(&self) -> bool {
        self.was_interrupted
    }

    /// Whether Ctrl-C was pressed and no program was stopped by it.
    pub fn interrupted(&self) -> bool {
        self.flag().lower()
    }

    pub fn leave_interactive(&mut self, progname: Option<Vec<u8>>) {
        self.progname = progname;
    }

    /// Calls a value; errors are reported.
    pub fn call(&mut self, f: &Value, args: impl IntoValues) -> Done<Values> {
        match self.protected(f, args)? {
            Ok(values) => Ok(values),
            Err(error) => {
                self.report_error(&error);
                Err(Stop::Failed)
            }
        }
    }

    /// Calls a value; its error is not reported.
    pub fn protected(&mut self, f: &Value, args: impl IntoValues) -> Done<Result<Values, Error>> {
        if self.watch.is_none() {
            self.watch = Some(Watch::program(&self.pressed));
        }
        let reports = Reports::new().style(report::style()).files(read_source).traced_values();
        self.vm.set_reports(reports);
        if let Err(error) = self.vm.start_value(f, args) {
            return Ok(Err(error));
        }
        let budget = Budget::unlimited().interrupt(&self.flag());
        loop {
            let error = match self.vm.run(budget.clone()) {
                Outcome::Done(values) | Outcome::Yielded(values) => return Ok(Ok(values)),
                Outcome::Failed(error) => return Ok(Err(error)),
                Outcome::Exit { code, close } => return Err(Stop::Exit { code, close }),
                Outcome::OutOfFuel => continue,
                Outcome::Call(_) => Error::msg("nobody answers calls of the host here"),
                Outcome::Interrupted => {
                    self.was_interrupted = true;
                    Error::msg("interrupted!")
                }
            };
            if let Err(error) = self.vm.fail(error) {
                return Ok(Err(error));
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

    /// The result of something that only fails for want of memory; that it failed is reported.
    pub fn reported<T>(&mut self, result: luka::Result<T>) -> Done<T> {
        result.map_err(|error| {
            self.report(error.message());
            Stop::Failed
        })
    }

    /// Reports an error: its message, and below it the report or, where messages look like those of
    /// `lua -i`, the traceback.
    fn report_error(&mut self, error: &Error) {
        let mut text = c_text(error.message()).to_vec();
        let rest = if self.pictures { error.details() } else { error.traceback() };
        if !rest.is_empty() {
            text.push(b'\n');
            text.extend_from_slice(rest);
        }
        self.report(&text);
    }

    // ------------------------------------------------------------------ chunks

    /// Makes a function of a chunk; what is wrong with it is reported.
    fn load(&mut self, chunk: Chunk) -> Done<Value> {
        match self.vm.compile(chunk) {
            Ok(f) => Ok(Value::Function(f)),
            Err(error) => {
                self.report(error.message());
                if self.pictures {
                    let reports = error.render_with(report::style());
                    complain(&mut self.vm, luka_report::without_heading(&reports).as_bytes());
                }
                Err(Stop::Failed)
            }
        }
    }

    /// Compiles a line of an interactive session; its error is not reported.
    pub fn try_load(&mut self, text: &[u8], name: &[u8]) -> Result<Function, Vec<u8>> {
        let chunk = Chunk::bytes(text).name(name);
        self.vm.compile(chunk).map_err(|error| error.message().to_vec())
    }

    /// Whether an interactive session asks for more lines of this text, which does not compile.
    pub fn goes_on(&self, text: &[u8]) -> bool {
        let source = Source::new(b"=stdin", text, SourceKind::Chunk);
        input::lua_needs_more(&source, &self.options())
    }

    /// Runs a text (`-e`, `LUA_INIT`).
    pub fn run_text(&mut self, text: &[u8], name: &[u8]) -> Done<()> {
        let f = self.load(Chunk::bytes(text).name(name))?;
        self.call(&f, ()).map(|_| ())
    }

    /// Runs a file, or standard input, as the main program or before it.
    pub fn run_file(&mut self, path: Option<&[u8]>, args: Values) -> Done<()> {
        let shown = path.unwrap_or(b"stdin");
        let text = self.read(path)?;
        if image::is_lua54(&text) && self.std != Std::Lua54 {
            self.report(&[shown, b": built for plain Lua 5.4; run it with --std=5.4"].concat());
            return Err(Stop::Failed);
        }
        let name = [if path.is_some() { b"@" } else { b"=" }, shown].concat();
        let f = self.load(Chunk::file(text).name(name))?;
        self.call(&f, args).map(|_| ())
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
        self.run_file(path, args)
    }

    /// The script's arguments: those in the global `arg`, which the program may have changed.
    pub fn script_args(&mut self) -> Done<Values> {
        let args = match self.global("arg") {
            Value::Table(arg) => arg.sequence::<Value>(&self.vm),
            _ => Err(Error::msg("'arg' is not a table")),
        };
        args.map(Values::from).map_err(|error| {
            self.report(error.message());
            Stop::Failed
        })
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
        let values = self.call(&require, module)?;
        self.set_global(global, values.iter().next().cloned().unwrap_or(Value::Nil));
        Ok(())
    }

    /// `LUA_INIT_5_4`, else `LUA_INIT`: a text, or a file after `@`.
    pub fn run_init(&mut self) -> Done<()> {
        for name in ["LUA_INIT_5_4", "LUA_INIT"] {
            let Some(init) = self.vm.host().getenv(name.as_bytes()) else { continue };
            return match init.strip_prefix(b"@") {
                Some(path) => self.run_file(Some(path), Values::default()),
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
        let budget = Budget::unlimited().interrupt(&self.flag());
        while close {
            // An interrupt ends the closing too: what is left undone goes with the process.
            close = false;
            if let Outcome::Exit { code: last, close: go_on } = self.vm.close(budget.clone()) {
                (code, close) = (last, go_on);
            }
        }
        let _ = self.vm.host().flush_all();
        // The process is about to end: giving the heap back piece by piece would only take time.
        std::mem::forget(self.vm);
        self.lost.get().map_or(Ok(code), |error| Err(error.clone()))
    }
}

/// A message as C prints it: up to the first zero byte.
pub fn c_text(message: &[u8]) -> &[u8] {
    message.split(|&c| c == 0).next().unwrap_or_default()
}

/// The text of a file, for reports.
fn read_source(path: &[u8]) -> Option<Vec<u8>> {
    std::fs::read(OsStr::from_bytes(path)).ok()
}

fn machine(std: Std, start: &Start, lost: &Lost) -> Result<Vm, &'static str> {
    let host = interrupt::system(lost);
    let builder = Vm::builder(&REGISTRY).std(std).host(host).loader(loader(std, start.compiler));
    let builder = if start.ignore_environment { builder.default_paths() } else { builder };
    let mut vm = builder.build().map_err(|_| "cannot create state: not enough memory")?;
    toolchain::machine(&mut vm).keep_levels();
    Ok(vm)
}

fn read_to_end(host: &mut dyn Host, file: FileId) -> Result<Vec<u8>, HostError> {
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
