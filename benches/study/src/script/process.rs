//! Other implementations of Lua, and the program `luka`: each is a process that is kept while rounds are
//! measured, loads scripts and runs them when it is asked, and measures itself.

use super::Script;
use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::rc::Rc;
use std::time::Duration;

/// What may be installed: the name in tables, the program, its options.
const PROGRAMS: [(&str, &str, &[&str]); 5] = [
    ("luka --jit=off", "luka", &["--jit=off"]),
    ("luka, native code", "luka", &["--jit=on"]),
    ("lua5.4", "lua5.4", &[]),
    ("luajit -joff", "luajit", &["-joff"]),
    ("luajit", "luajit", &[]),
];

/// A process that runs scripts.
pub struct Server {
    /// The name in tables.
    pub name: &'static str,
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Server {
    fn start(name: &'static str, program: &Path, options: &[&str]) -> Result<Server, String> {
        // What begins with a dash is taken for an option.
        let text = concat!(" ", include_str!("../../programs/serve.lua"));
        let mut command = Command::new(program);
        command.args(options).args(["-e", text]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("{name}: {error}"))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => {
                Ok(Server { name, child, input, output: BufReader::new(output) })
            }
            _ => Err(format!("{name}: no pipes")),
        }
    }

    fn ask(&mut self, request: &str) -> Result<String, String> {
        let failed = |error: std::io::Error| format!("{}: {error}", self.name);
        self.input
            .write_all(request.as_bytes())
            .and_then(|()| self.input.flush())
            .map_err(failed)?;
        let mut answer = String::new();
        self.output.read_line(&mut answer).map_err(failed)?;
        match answer.strip_suffix('\n') {
            Some(line) => Ok(line.to_string()),
            None => Err(format!("{}: ended", self.name)),
        }
    }

    /// # Errors
    /// The script does not compile, or the process has ended.
    fn load(&mut self, key: &str, script: &Script) -> Result<(), String> {
        let length = script.text.len();
        match self.ask(&format!("load {key} {length}\n{}\n", script.text))?.as_str() {
            "ready" => Ok(()),
            other => Err(format!("{}: {other}", self.name)),
        }
    }

    fn run(&mut self, key: &str, script: &Script) -> Result<(i64, Duration), String> {
        let mut request = format!("run {key}");
        for argument in &script.arguments {
            write!(request, " {argument}").expect("a string takes any text");
        }
        let answer = self.ask(&(request + "\n"))?;
        let parsed = answer.split_once(' ').and_then(|(result, seconds)| {
            Some((result.parse().ok()?, Duration::try_from_secs_f64(seconds.parse().ok()?).ok()?))
        });
        parsed.ok_or_else(|| format!("{}: {answer}", self.name))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // That it may have ended by itself is no reason to fail.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where a program is: `luka` where `LUKA` says or beside this program, others on the path.
fn find(program: &str) -> Option<PathBuf> {
    if program == "luka" {
        if let Some(named) = std::env::var_os("LUKA") {
            return Some(PathBuf::from(named));
        }
        let beside = std::env::current_exe().ok()?.with_file_name("luka");
        return beside.exists().then_some(beside);
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.exists())
}

/// A process that several rows share.
pub type Shared = Rc<RefCell<Server>>;

/// All implementations that are installed, as processes that are waiting, and the names of the others.
///
/// # Errors
/// One that is installed does not start.
pub fn installed() -> Result<(Vec<Shared>, Vec<&'static str>), String> {
    let (mut servers, mut missing) = (Vec::new(), Vec::new());
    for (name, program, options) in PROGRAMS {
        match find(program) {
            Some(path) => servers.push(Rc::new(RefCell::new(Server::start(name, &path, options)?))),
            None => missing.push(name),
        }
    }
    Ok((servers, missing))
}

/// A script in a process that is ready: runs it, and says its result and the processor's time.
pub type Ready = Box<dyn FnMut() -> Result<(i64, Duration), String>>;

/// Loads a script into a process, under a key of its own.
///
/// # Errors
/// What the process says.
pub fn make(server: &Shared, key: String, script: &Script) -> Result<Ready, String> {
    server.borrow_mut().load(&key, script)?;
    let (server, script) = (Rc::clone(server), script.clone());
    Ok(Box::new(move || server.borrow_mut().run(&key, &script)))
}
