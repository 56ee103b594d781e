//! A machine with the standard library and what `lua.c` does with it: running chunks, scripts,
//! `LUA_INIT`, `-e` and `-l`, reporting errors.

use luka::host::{FileId, Host, HostError, HostResult, Lost, System, describe};
use luka::{
    Budget, Bytes, Chunk, Error, Flag, Function, IntoLua, IntoValues, Libs, Outcome, Rebind,
    Registry, Reports, Restore, Restored, SnapshotError, Value, Values, Vm, toolchain,
};
use luka_bytecode::image;
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, Std, input};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::LazyLock;

use crate::cli::{Argv, Exit};
use crate::executable;
use crate::interrupt::{self, Asked, Watch};
use crate::limits::Limits;
use crate::loader::loader;
use crate::modules;
use crate::packages;
use crate::profile::{By, Sampler, Samples, Tree};
use crate::program::{Plan, Program, Why};
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

/// The exit code of a program, and whether its machine is to be closed.
pub fn exit_of(result: Done<()>) -> (i32, bool) {
    match result {
        Ok(()) => (Exit::SUCCESS.0, true),
        Err(Stop::Failed) => (Exit::FAILURE.0, true),
        Err(Stop::Exit { code, close }) => (code, close),
    }
}

/// What a step of the program gives: values, or the end of it.
pub type Done<T> = Result<T, Stop>;

/// The machine and what the command line says about it.
pub struct Session {
    pub vm: Vm,
    pub program: Program,
    lost: Lost,
    std: Std,
    /// What the program was started with, to start again.
    start: Start,
    /// Stands in front of messages; none in interactive mode.
    progname: Option<Vec<u8>>,
    /// Whether reports show the source.
    pictures: bool,
    asked: Asked,
    watch: Option<Watch>,
    /// The watch is one for interactive sessions.
    outlives: bool,
    /// Ctrl-C has raised an error in a program.
    was_interrupted: bool,
    /// Notes where the program is, for `luka profile`.
    sampler: Option<Box<dyn Samples>>,
}

#[derive(Clone, Default)]
struct Start {
    ignore_environment: bool,
    argv: Argv,
    script: Option<usize>,
}

impl Session {
    /// A machine with the standard library for a plan, whose module paths come from the environment
    /// unless that is ignored.
    ///
    /// # Errors
    /// The text of the failure.
    pub fn new(
        plan: Plan,
        limits: Limits,
        ignore_environment: bool,
    ) -> Result<Session, &'static str> {
        let start = Start { ignore_environment, ..Start::default() };
        let lost = Lost::default();
        let host = host(&plan, &lost);
        let vm = machine(&plan, limits.memory, &start, host)?;
        let program = Program::new(plan, limits, 0);
        Ok(Session::of(vm, program, start, lost))
    }

    /// As [`Session::new`], on a host that `make` makes of the usual one.
    ///
    /// # Errors
    /// The text of the failure.
    pub fn on_host<H: Host + Send + 'static>(
        plan: Plan,
        limits: Limits,
        ignore_environment: bool,
        make: impl FnOnce(System) -> H,
    ) -> Result<Session, &'static str> {
        let start = Start { ignore_environment, ..Start::default() };
        let lost = Lost::default();
        let vm = machine(&plan, limits.memory, &start, make(host(&plan, &lost)))?;
        let program = Program::new(plan, limits, 0);
        Ok(Session::of(vm, program, start, lost))
    }

    /// A program that was saved, with what is left of its plan.
    ///
    /// # Errors
    /// The bytes are no state, or of another version of luka.
    pub fn resumed(bytes: &[u8], plan: Plan, limits: Limits) -> Result<Session, SnapshotError> {
        let lost = Lost::default();
        let restore = restore(&plan, &lost);
        let restore = match limits.memory {
            Some(bytes) => restore.memory(bytes),
            None => restore,
        };
        let Restored { vm, roots, .. } = Vm::restore(&REGISTRY, bytes, restore)?;
        let mut program = Program::new(plan, limits, vm.fuel_used());
        program.held = roots;
        Ok(Session::of(vm, program, Start::default(), lost))
    }

    fn of(vm: Vm, program: Program, start: Start, lost: Lost) -> Session {
        Session {
            vm,
            lost,
            std: program.plan.std,
            start,
            progname: Some(program.plan.name.clone()),
            pictures: true,
            program,
            asked: Asked::default(),
            watch: None,
            outlives: false,
            was_interrupted: false,
            sampler: None,
        }
    }

    /// A machine in an earlier state, with what it was like attached. Files are opened again that
    /// the program had open.
    ///
    /// # Errors
    /// The bytes are no state, or of another version of luka.
    pub fn restored(&mut self, bytes: &[u8]) -> Result<Restored, SnapshotError> {
        // What this machine has written is to be there for the other one.
        let _ = self.vm.host().flush_all();
        Vm::restore(&REGISTRY, bytes, restore(&self.program.plan, &self.lost))
    }

    /// Goes on with another machine. This one ends as if it had never been: nothing of it is called.
    pub fn replace(&mut self, vm: Vm) {
        self.vm = vm;
    }

    /// Ends the program and starts again with a new machine, `LUA_INIT` included.
    pub fn restart(&mut self) -> Done<()> {
        let host = host(&self.program.plan, &self.lost);
        let Ok(vm) = machine(&self.program.plan, None, &self.start, host) else {
            self.report(b"cannot create state: not enough memory");
            return Err(Stop::Failed);
        };
        let _ = self.vm.close(Budget::unlimited());
        let _ = self.vm.host().flush_all();
        self.vm = vm;
        let Start { ignore_environment, argv, script, .. } = self.start.clone();
        self.set_arg_in_project(&argv, script);
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

    /// As [`Session::set_arg`], for a program that finds the modules of its project.
    pub fn set_arg_in_project(&mut self, argv: &Argv, script: Option<usize>) {
        self.set_arg(argv, script);
        if self.std != Std::Lua54 {
            self.search_project();
        }
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
            self.watch = Some(Watch::session(&self.asked));
        }
        self.asked.forget();
        self.was_interrupted = false;
    }

    /// The flag that signals raise.
    pub fn asked_flag(&self) -> Flag {
        Flag::from(self.asked.flag.clone())
    }

    /// Whether a signal asks for the program to be saved.
    pub fn asked_to_save(&self) -> bool {
        self.asked.to_save()
    }

    /// Whether Ctrl-C was pressed.
    pub fn asked_to_stop(&self) -> bool {
        self.asked.to_stop()
    }

    /// Whether Ctrl-C has raised an error in a program since [`Session::outlive_interrupts`].
    pub fn was_interrupted(&self) -> bool {
        self.was_interrupted
    }

    /// Whether Ctrl-C was pressed and no program was stopped by it.
    pub fn interrupted(&self) -> bool {
        self.asked_flag().lower();
        self.asked.to_stop()
    }

    pub fn leave_interactive(&mut self, progname: Option<Vec<u8>>) {
        self.progname = progname;
    }

    /// Calls a value; errors are reported.
    pub fn call(&mut self, f: &Value, args: impl IntoValues) -> Done<Values> {
        let outcome = self.protected(f, args)?;
        self.ended(outcome)
    }

    /// Calls a value; its error is not reported.
    pub fn protected(&mut self, f: &Value, args: impl IntoValues) -> Done<Result<Values, Error>> {
        if let Err(error) = self.vm.start_value(f, args) {
            return Ok(Err(error));
        }
        self.go_on()
    }

    /// From now on notes where the program is.
    pub fn start_sampling(&mut self, by: By) {
        let flag = self.asked_flag();
        self.sampler = Some(Box::new(Sampler::new(by, &mut self.vm, self.std, flag)));
    }

    /// Ends the program as [`Session::end`] does: its exit code, and what the samples add up to.
    pub fn end_sampled(mut self, mut code: i32, close: bool) -> (HostResult<i32>, Tree) {
        if close {
            code = self.close(code);
        }
        let tree = match self.sampler.take() {
            Some(sampler) => sampler.finish(&mut self.vm),
            None => Tree::new(),
        };
        (self.finish(code), tree)
    }

    /// A sample of the program, which is paused. Whether samples are taken.
    pub fn sample(&mut self) -> bool {
        if let Some(sampler) = &mut self.sampler {
            sampler.take(&mut self.vm);
        }
        self.sampler.is_some()
    }

    /// What the program may use until it is looked at.
    pub fn budget(&self) -> Budget {
        let budget = self.program.budget().interrupt(&self.asked_flag());
        match &self.sampler {
            Some(sampler) => sampler.budget(budget),
            None => budget,
        }
    }

    /// Goes on with the call under way.
    pub fn go_on(&mut self) -> Done<Result<Values, Error>> {
        if self.watch.is_none() {
            self.watch = Some(Watch::program(&self.asked));
        }
        let reports = reports();
        // A program in a sandbox may say that it came from any file.
        let reports = match self.program.is_in_sandbox() {
            true => reports,
            false => reports.files(read_source).modules(modules::near),
        };
        self.vm.set_reports(reports);
        loop {
            let error = match self.vm.run(self.budget()) {
                Outcome::Done(values) | Outcome::Yielded(values) => return Ok(Ok(values)),
                Outcome::Failed(error) => return Ok(Err(error)),
                Outcome::Exit { code, close } => return Err(Stop::Exit { code, close }),
                Outcome::OutOfFuel if self.sample() => continue,
                Outcome::OutOfFuel => return Err(self.stopped(Why::Fuel)),
                Outcome::Failing => {
                    self.save_for_error();
                    continue;
                }
                // Nobody debugs it here.
                Outcome::Stopped => continue,
                Outcome::Call(_) => Error::msg("nobody answers calls of the host here"),
                Outcome::Interrupted => {
                    self.sample();
                    if self.asked.to_save() {
                        self.save_for_signal();
                    }
                    if self.asked.to_stop() {
                        self.was_interrupted = true;
                        Error::msg("interrupted!")
                    } else if self.program.is_out_of_time() {
                        return Err(self.stopped(Why::Time));
                    } else {
                        continue;
                    }
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
    pub fn report_error(&mut self, error: &Error) {
        let text = error_text(error, self.pictures);
        self.report(&text);
    }

    // ------------------------------------------------------------------ chunks

    /// Makes a function of a chunk; what is wrong with it is reported.
    pub fn load(&mut self, chunk: Chunk) -> Done<Value> {
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
        let f = self.load_file(path)?;
        self.call(&f, args).map(|_| ())
    }

    /// The function of a file.
    fn load_file(&mut self, path: Option<&[u8]>) -> Done<Value> {
        let shown = path.unwrap_or(b"stdin");
        let text = self.read(path)?;
        if image::is_lua54(&text) && self.std != Std::Lua54 {
            self.report(&[shown, b": built for plain Lua 5.4; run it with --std=5.4"].concat());
            return Err(Stop::Failed);
        }
        let name = [if path.is_some() { b"@" } else { b"=" }, shown].concat();
        self.load(Chunk::file(text).name(name))
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
        if self.program.is_in_sandbox() {
            // The user names it, not the program.
            return std::fs::read(path_of(path)).map_err(|e| ("open", describe(e)));
        }
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
        if let Some(path) = path.filter(|_| self.std != Std::Lua54) {
            self.search_beside(path);
        }
        self.run_file(path, args)
    }

    /// Prepares to run the script with its arguments: its machine is about to begin it. What a call
    /// would hold while it runs.
    pub fn begin_script(&mut self, path: &[u8]) -> Done<Vec<Value>> {
        let args = self.script_args()?;
        let mut held: Vec<Value> = args.iter().cloned().collect();
        if self.std != Std::Lua54 {
            self.search_beside(path);
        }
        let f = self.load_file(Some(path))?;
        let begun = self.vm.start_value(&f, args);
        self.reported(begun)?;
        held.push(f);
        Ok(held)
    }

    /// Lets `require` find the modules beside a script.
    fn search_beside(&mut self, script: &[u8]) {
        let folder = folder_of(script);
        // What is in the current folder is found anyway; in a folder with such a name nothing can be.
        if matches!(folder, b"" | b"./") || folder.iter().any(|c| b";?".contains(c)) {
            return;
        }
        let mut path = Vec::new();
        for file in packages::FILES {
            path.push(b';');
            path.extend_from_slice(folder);
            path.extend_from_slice(file.as_bytes());
        }
        self.search_also(&path);
    }

    /// Lets `require` find the modules of the project that the script, or the current folder, is in, of its
    /// packages, and what LuaRocks has installed for the user.
    fn search_project(&mut self) {
        // (The files of a project are not the program's own in a sandbox.)
        if self.program.is_in_sandbox() {
            return;
        }
        let script = self.start.script.and_then(|at| self.start.argv.get(at)).cloned();
        let mut path = packages::search_path(path_of(folder_of(&script.unwrap_or_default())));
        if let Some(rocks) = modules::rocks_of_user() {
            path.push_str(&packages::templates(&rocks));
        }
        if !path.is_empty() {
            self.search_also(path.as_bytes());
        }
    }

    /// Adds to `package.path`, behind everything that PUC Lua would find. Not where `LUA_PATH` says what it
    /// is: programs that print it get that.
    fn search_also(&mut self, more: &[u8]) {
        let host = self.vm.host();
        if ["LUA_PATH_5_4", "LUA_PATH"].iter().any(|name| host.getenv(name.as_bytes()).is_some()) {
            return;
        }
        let Value::Table(package) = self.global("package") else { return };
        let Ok(Bytes(mut search)) = package.get(&self.vm, "path") else { return };
        search.extend_from_slice(more);
        let _ = package.set(&self.vm, "path", search.as_slice());
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
        let require = self.global("require");
        let values = self.call(&require, required(what).1)?;
        self.set_required(what, values);
        Ok(())
    }

    /// Sets the global of `-l` when the module is there.
    pub fn set_required(&mut self, what: &[u8], values: Values) {
        let module = values.iter().next().cloned().unwrap_or(Value::Nil);
        self.set_global(required(what).0, module);
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

    /// Writes buffered output when the program has ended.
    ///
    /// # Errors
    /// Some of what it wrote to standard output did not get there.
    pub fn finish(mut self, code: i32) -> HostResult<i32> {
        let _ = self.vm.host().flush_all();
        // The process is about to end: giving the heap back piece by piece would only take time.
        std::mem::forget(self.vm);
        self.lost.get().map_or(Ok(code), |error| Err(error.clone()))
    }
}

/// The message of an error, and below it the report or, without pictures, the traceback.
pub fn error_text(error: &Error, pictures: bool) -> Vec<u8> {
    let message = c_text(error.message());
    let mut text = if pictures { luka_report::brief(message) } else { message.into() }.into_owned();
    let rest = if pictures { error.details() } else { error.traceback() };
    if !rest.is_empty() {
        text.push(b'\n');
        text.extend_from_slice(rest);
    }
    text
}

/// How programs of the command line report errors.
pub fn reports() -> Reports {
    Reports::new().style(report::style()).traced_values()
}

/// The global and the module that `-l` names.
fn required(what: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(b'=', what) {
        Some(at) => (&what[..at], &what[at + 1..]),
        None => {
            // The suffix after a `-` is a version, not part of the name.
            let end = memchr::memchr(b'-', what).unwrap_or(what.len());
            (&what[..end], what)
        }
    }
}

/// A path as the operating system has it.
pub fn path_of(path: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(path))
}

/// The folder of a path, with the slash behind it; empty for a mere name.
fn folder_of(path: &[u8]) -> &[u8] {
    path.iter().rposition(|&c| c == b'/').map_or(&[], |end| &path[..=end])
}

/// A message as C prints it: up to the first zero byte.
pub fn c_text(message: &[u8]) -> &[u8] {
    message.split(|&c| c == 0).next().unwrap_or_default()
}

/// The text of a file, for reports.
pub fn read_source(path: &[u8]) -> Option<Vec<u8>> {
    executable::text(path).or_else(|| std::fs::read(path_of(path)).ok())
}

/// The operating system as the program of a plan sees it.
fn host(plan: &Plan, lost: &Lost) -> System {
    match &plan.sandbox {
        Some(sandbox) => sandbox.host(lost),
        None => interrupt::system(lost),
    }
}

fn machine(
    plan: &Plan,
    memory: Option<u64>,
    start: &Start,
    host: impl Host + Send + 'static,
) -> Result<Vm, &'static str> {
    let builder = Vm::builder(&REGISTRY).std(plan.std).host(host).trusted();
    let builder = builder.loader(loader(plan.std, plan.compiler));
    let builder = if start.ignore_environment { builder.default_paths() } else { builder };
    let builder = match memory {
        Some(bytes) => builder.memory(bytes),
        None => builder,
    };
    let mut vm = builder.build().map_err(|_| "cannot create state: not enough memory")?;
    toolchain::machine(&mut vm).keep_levels();
    Ok(vm)
}

/// What a machine of a plan is restored with. Files are opened again that the program had open.
fn restore(plan: &Plan, lost: &Lost) -> Restore {
    Restore::new()
        .std(plan.std)
        .host(host(plan, lost))
        .trusted()
        .loader(loader(plan.std, plan.compiler))
        .files(|_| Rebind::Reopen)
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
