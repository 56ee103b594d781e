//! `luka build --exe`: a Lua program with its modules in one file that runs by itself: a copy of the program
//! `luka-runtime`, or of this one, with a bundle behind it.
//!
//! * `find` — the modules that a program loads
//! * `bundle` — what stands behind the program; `mark` — how the program knows; `sum` — the checksum
//! * `elf` — the part of the program that is needed to run it

mod bundle;
mod elf;
mod find;
mod mark;
mod sum;

use luka::{Chunk, Table, Value, Values, toolchain};
use luka_compiler::Std;
use luka_vm::Jit;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::cli::{Arguments, Argv, CliError, Console, Exit, Outcome};
use crate::cmd::tool;
use crate::limits::Limits;
use crate::program::Plan;
use crate::session::{Done, Session, exit_of, path_of};
use bundle::Part;
use find::Finder;
use mark::{Mark, Refused};

/// The texts of the program in this file by their paths, deflated.
static TEXTS: OnceLock<BTreeMap<Vec<u8>, Vec<u8>>> = OnceLock::new();

/// The text of a file that is in this program, for reports.
pub fn text(path: &[u8]) -> Option<Vec<u8>> {
    bundle::inflated(TEXTS.get()?.get(path)?)
}

/// `luka build --exe`
pub fn build(args: &Arguments, main: &[u8], out: &[u8], console: &Console) -> Outcome {
    let Ok(main) = str::from_utf8(main) else {
        return Err(CliError::Usage("--exe: the name of the FILE is no text".into()));
    };
    if main == "-" || out == b"-" {
        return Err(CliError::Usage("--exe needs a FILE and a file to write".into()));
    }
    let others = args.flags.iter().filter(|(name, _)| name == "--include");
    let others = others.filter_map(|(_, name)| name.as_deref().map(String::from_utf8_lossy));
    let others: Vec<String> = others.map(|name| name.into_owned()).collect();
    let found = Finder::new(main, args.std).find(main, &others)?;
    for missing in &found.missing {
        console.note(&format!("{missing}: the program will look for it when it runs\n"));
    }
    let strip = args.has("--strip");
    let mut parts = Vec::new();
    let mut has_errors = false;
    for unit in &found.units {
        match unit.image(args.std, strip) {
            Ok(image) => parts.push(Part {
                name: unit.name.clone().into(),
                path: unit.path.clone().into(),
                image,
                text: if strip { Vec::new() } else { bundle::deflated(unit.source.bytes()) },
            }),
            Err(diagnostics) => {
                console.show(&diagnostics, &unit.source);
                has_errors = true;
            }
        }
    }
    if has_errors {
        return Ok(Exit::FAILURE);
    }
    let runtime = Runtime::choose(args)?;
    let shown = runtime.path.display();
    let program = fs::read(&runtime.path).map_err(|error| {
        let why = luka::host::describe(error).message;
        CliError::Failed(format!("cannot open {shown}: {why}"))
    })?;
    let made = mark::with_bundle(elf::loaded(program), &bundle::encode(&parts));
    let made = made.map_err(|why| CliError::Failed(format!("{shown}: {why}")))?;
    tool::write(out, &made, console)?;
    let permissions = fs::Permissions::from_mode(0o755);
    fs::set_permissions(path_of(out), permissions).map_err(|e| tool::failed("write", out, e))?;
    let modules = match parts.len() - 1 {
        0 => String::new(),
        1 => " and 1 module".to_string(),
        more => format!(" and {more} modules"),
    };
    let size = made.len() as f64 / 1e6;
    let out = String::from_utf8_lossy(out);
    let what = runtime.what;
    console.note(&format!("{out}: {size:.1} MB: {main}{modules}, behind {what}\n"));
    Ok(Exit::SUCCESS)
}

/// The program that is copied.
struct Runtime {
    path: PathBuf,
    what: String,
}

impl Runtime {
    /// The one that an option names, else `luka-runtime` beside this program, else this program.
    fn choose(args: &Arguments) -> Result<Runtime, CliError> {
        if let Some(path) = args.value("--runtime") {
            let path = PathBuf::from(path_of(path));
            return Ok(Runtime { what: path.display().to_string(), path });
        }
        let own = std::env::current_exe().map_err(unreadable)?;
        // A link to this program is followed: what belongs to it is where it is.
        let own = own.canonicalize().unwrap_or(own);
        let beside = own.with_file_name("luka-runtime");
        if beside.is_file() {
            return Ok(Runtime { path: beside, what: "luka-runtime".into() });
        }
        let what = "luka with its tools (there is no luka-runtime beside it)".into();
        Ok(Runtime { path: own, what })
    }
}

fn unreadable(error: std::io::Error) -> CliError {
    let why = luka::host::describe(error).message;
    CliError::Failed(format!("the program's own file cannot be read: {why}"))
}

/// If there is a Lua program in this file: runs it with the words of the command line, and returns how it has
/// ended.
pub fn run(argv: &Argv) -> Option<Outcome> {
    Mark::of_this_program().map(|mark| run_marked(mark, argv))
}

fn run_marked(mark: Mark, argv: &Argv) -> Outcome {
    let path = std::env::current_exe().map_err(unreadable)?;
    let damaged = |why| CliError::Failed(format!("{} is damaged: {why}", path.display()));
    let file = fs::File::open(&path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    let bundle = mark.bundle(file, size).map_err(|refused| match refused {
        Refused::Unreadable(error) => unreadable(error),
        Refused::Damaged(why) => damaged(why),
    })?;
    let parts = bundle::decode(&bundle).ok_or_else(|| damaged("it is no bundle"))?;
    let is_lua54 = luka_bytecode::image::is_lua54(&parts[0].image);
    let std = if is_lua54 { Std::Lua54 } else { Std::Luka };
    let name = argv.first().cloned().unwrap_or_default();
    let file_name = Path::new(path_of(&name)).file_name().map(|name| name.as_encoded_bytes());
    let plan = Plan::new(file_name.unwrap_or(&name), std);
    let session = Session::new(plan, Limits::default(), true);
    let mut session = session.map_err(|message| CliError::Failed(message.into()))?;
    toolchain::machine(&mut session.vm).set_jit(Jit::On);
    session.set_arg(argv, Some(0));
    TEXTS.get_or_init(|| bundle::texts(&parts));
    let (code, close) = exit_of(run_parts(&mut session, &parts));
    session.end(code, close).map(Exit).map_err(CliError::Output)
}

/// Makes functions of the parts, puts the modules where `require` looks first, and calls the main chunk.
fn run_parts(session: &mut Session, parts: &[Part]) -> Done<()> {
    let Some((main, modules)) = parts.split_first() else { return Ok(()) };
    if let Value::Table(package) = session.global("package") {
        let preload = package.get::<Table>(&session.vm, "preload");
        let preload = session.reported(preload)?;
        for part in modules {
            let function = function(session, part)?;
            let put = preload.set(&session.vm, part.name.as_slice(), function);
            session.reported(put)?;
        }
    }
    let main = function(session, main)?;
    let args: Values = session.script_args()?;
    session.call(&main, args).map(drop)
}

/// The function of a part. (An image has no text whose faults could be shown.)
fn function(session: &mut Session, part: &Part) -> Done<Value> {
    let chunk = Chunk::image(&part.image).name([b"@", part.path.as_slice()].concat());
    let function = session.vm.compile(chunk).map_err(luka::Error::from);
    session.reported(function).map(Value::Function)
}
