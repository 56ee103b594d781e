//! The program `luka`, run in a folder of its own.

use luka_tests::{binary, oracle};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A finished run.
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// A folder for the files of a test; gone at its end.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(files: &[(&str, &str)]) -> Folder {
        let folder = oracle::scratch();
        for (name, text) in files {
            let path = folder.join(name);
            let above = path.parent().expect("a folder");
            std::fs::create_dir_all(above).expect("a folder");
            std::fs::write(path, text).expect("written");
        }
        Folder(folder)
    }
    pub fn run(&self, args: &[&str]) -> Ended {
        self.run_with(args, "", &[])
    }
    pub fn run_with(&self, args: &[&str], stdin: &str, environment: &[(&str, &str)]) -> Ended {
        run_program(binary::luka(), &self.0, args, stdin, environment)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub fn run_program(
    program: &Path,
    folder: &Path,
    args: &[&str],
    stdin: &str,
    environment: &[(&str, &str)],
) -> Ended {
    let mut command = Command::new(program);
    for name in ["LUA_INIT", "LUA_INIT_5_4", "LUA_PATH", "LUA_PATH_5_4", "LUKA_PATH"] {
        command.env_remove(name);
    }
    command
        .args(args)
        .envs(environment.iter().copied())
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // A program that was just written may be open for writing in a process that another test is starting.
    let is_busy = |error: &std::io::Error| error.kind() == std::io::ErrorKind::ExecutableFileBusy;
    let mut child = loop {
        match command.spawn() {
            Err(error) if is_busy(&error) => std::thread::yield_now(),
            started => break started.expect("it runs"),
        }
    };
    let mut input = child.stdin.take().expect("piped");
    // A program that does not read its input may be gone already.
    let _ = input.write_all(stdin.as_bytes());
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    Ended {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Runs without any file.
pub fn luka(args: &[&str]) -> Ended {
    Folder::new(&[]).run(args)
}

pub fn piped(args: &[&str], stdin: &str) -> Ended {
    Folder::new(&[]).run_with(args, stdin, &[])
}
