//! The official Lua 5.4 test suite, where a checkout is given:
//! `LUA_TESTS=/path/to/testes cargo test -p luka-tests --test official`.
//!
//! Every file runs by itself on the `luka` binary, with `_port` and `_soft` set as for portable
//! runs and without the C test module, from its text, as native code, and
//! through `string.dump`; then `all.lua` runs them in its order, and `main.lua` runs
//! without `_port` (with it, it does nothing), its one step that needs a C module taken out. The
//! suite is copied to a temporary folder first. `LUKA` names another binary to test.

use libtest_mimic::{Arguments, Failed, Trial};
use luka_tests::{binary, oracle};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// Not run by itself: the driver, what `main_program` runs, and a stress test that fills the memory
/// of the machine, which the suite's own driver leaves out too.
const APART: &[&str] = &["all.lua", "main.lua", "heavy.lua"];
/// What makes a run portable.
const PORTABLE: &str = "_port = true _soft = true";
/// The longest a file may take.
const LIMIT: Duration = Duration::from_secs(600);

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let Some(suite) = std::env::var_os("LUA_TESTS").map(PathBuf::from) else {
        eprintln!("LUA_TESTS is not set: the official test suite is not run");
        let none = Trial::test("official suite (LUA_TESTS is not set)", || Ok(()));
        return libtest_mimic::run(&arguments, vec![none.with_ignored_flag(true)]).exit_code();
    };
    let work = oracle::scratch();
    oracle::copy_folder(&suite, &work).expect("the suite can be copied");
    let mut names: Vec<String> = std::fs::read_dir(&work)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".lua") && !APART.contains(&name.as_str()))
        .collect();
    names.sort();
    let mut trials = Vec::new();
    for name in names {
        let (here, file) = (work.clone(), name.clone());
        trials.push(Trial::test(format!("file::{name}"), move || {
            luka(&here, &["-e", PORTABLE, &file], LIMIT)
        }));
        let (here, file) = (work.clone(), name.clone());
        trials.push(Trial::test(format!("native::{name}"), move || {
            luka(&here, &["--jit=always", "-e", PORTABLE, &file], LIMIT)
        }));
        let here = work.clone();
        trials.push(Trial::test(format!("dumped::{name}"), move || {
            let again = "assert(load(string.dump(assert(loadfile(...)))))()";
            let reload = here.join(format!("reload-{name}"));
            std::fs::write(&reload, again)?;
            let reload = reload.display().to_string();
            luka(&here, &["-e", PORTABLE, &reload, &name], LIMIT)
        }));
    }
    let here = work.clone();
    trials.push(Trial::test("all", move || luka(&here, &["-e", "_U = true", "all.lua"], LIMIT)));
    let here = work.clone();
    trials.push(Trial::test("main", move || main_program(&here)));
    let conclusion = libtest_mimic::run(&arguments, trials);
    let _ = std::fs::remove_dir_all(&work);
    conclusion.exit_code()
}

/// `main.lua` without the step that loads a C module with `-l`.
fn main_program(work: &Path) -> Result<(), Failed> {
    let text = std::fs::read(work.join("main.lua"))?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let step = "RUN(\"env LUA_CPATH='./libs/?.so' lua -l lib2-v2";
    let Some(at) = text.find(step) else { return Err("main.lua has changed".into()) };
    let end = at + text[at..].find("checkout").ok_or("main.lua has changed")?;
    let end = end + text[end..].find('\n').unwrap_or(0);
    let lines = "\n".repeat(text[at..end].matches('\n').count());
    std::fs::write(work.join("main.lua"), format!("{}{lines}{}", &text[..at], &text[end..]))?;
    // Its last part reads what a shell and a program in the background print and expects the shell
    // to be first: on a busy machine, with any Lua, it sometimes is not.
    let mut result = Ok(());
    for _ in 0..5 {
        result = luka(work, &["main.lua"], Duration::from_secs(120));
        match &result {
            Err(e) if e.message().is_some_and(|m| m.contains("testing Ctrl C")) => continue,
            _ => break,
        }
    }
    result
}

/// Runs the binary in the suite's folder; a file passes if it exits with 0.
fn luka(work: &Path, args: &[&str], limit: Duration) -> Result<(), Failed> {
    let binary = match std::env::var_os("LUKA") {
        Some(path) => PathBuf::from(path),
        None => binary::luka().clone(),
    };
    let log = work.join(format!("{}.log", args.join(" ").replace('/', "_")));
    let output = std::fs::File::create(&log)?;
    let mut child = Command::new(binary)
        .args(args)
        .current_dir(work)
        .env_remove("LUA_INIT")
        .env_remove("LUA_PATH")
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output)
        .process_group(0)
        .spawn()?;
    let group = Pid::from_raw(child.id() as i32);
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            // A test that fails may leave programs running.
            let _ = killpg(group, Signal::SIGKILL);
            break status;
        }
        if start.elapsed() > limit {
            let _ = killpg(group, Signal::SIGKILL);
            child.wait()?;
            return Err(format!("takes longer than {} s\n{}", limit.as_secs(), tail(&log)?).into());
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    if status.success() {
        return Ok(());
    }
    Err(format!("{status}\n{}", tail(&log)?).into())
}

/// The end of what a run said.
fn tail(log: &Path) -> std::io::Result<String> {
    let said = String::from_utf8_lossy(&std::fs::read(log)?).into_owned();
    let lines: Vec<&str> = said.lines().collect();
    Ok(lines[lines.len().saturating_sub(30)..].join("\n"))
}
