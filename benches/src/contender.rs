//! Who takes part: this workspace's `luka` first, then the reference the ratios are against, then
//! whatever else is installed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::options::Options;

/// An implementation of Lua and how it is called.
pub struct Contender {
    pub name: String,
    program: String,
    flags: Vec<String>,
    /// Speaks Lua 5.1: programs that need 5.4 are left out.
    pub is_51: bool,
}

impl Contender {
    fn new(name: &str, program: &str, flags: &[&str], is_51: bool) -> Contender {
        let flags = flags.iter().map(ToString::to_string).collect();
        Contender { name: name.to_string(), program: program.to_string(), flags, is_51 }
    }

    /// The command line that runs a program.
    pub fn command(&self, program: &Path) -> Vec<String> {
        let mut command = self.start();
        command.push(program.display().to_string());
        command
    }

    /// The command line that does nothing.
    pub fn empty(&self) -> Vec<String> {
        let mut command = self.start();
        command.extend(["-e".to_string(), String::new()]);
        command
    }

    fn start(&self) -> Vec<String> {
        let mut command = vec![self.program.clone()];
        command.extend(self.flags.iter().cloned());
        command
    }

    fn installed(&self) -> bool {
        let mut command = Command::new(&self.program);
        command.arg("-v").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }
}

/// The contenders of this machine; luka is built if no binary is given.
pub fn find(options: &Options) -> Result<Vec<Contender>, String> {
    let luka = match &options.luka {
        Some(path) => path.clone(),
        None => build()?.display().to_string(),
    };
    let mut found = vec![Contender::new("luka", &luka, &[], false)];
    if let Some(path) = &options.versus {
        found.push(Contender::new("versus", path, &[], false));
    }
    let others = [
        Contender::new("lua5.4", "lua5.4", &[], false),
        Contender::new("luajit -joff", "luajit", &["-joff"], true),
        Contender::new("luajit", "luajit", &[], true),
    ];
    for other in others {
        if other.installed() {
            found.push(other);
        } else {
            eprintln!("{} is not installed", other.name);
        }
    }
    Ok(found)
}

/// Builds luka with optimisation, beside this program.
fn build() -> Result<PathBuf, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let me = std::env::current_exe().map_err(|e| e.to_string())?;
    let target = me.ancestors().nth(2).ok_or("the runner is not in a target folder")?;
    let status = Command::new(cargo)
        .args(["build", "--release", "--package", "luka", "--bin", "luka", "--target-dir"])
        .arg(target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .map_err(|e| format!("cargo: {e}"))?;
    if !status.success() {
        return Err("luka does not build".to_string());
    }
    Ok(target.join("release").join(format!("luka{}", std::env::consts::EXE_SUFFIX)))
}
