//! The implementations compared: this workspace's `luka` first, then the reference of the ratios,
//! then whatever else is installed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::options::Options;
use crate::programs::Program;

/// What a competitor runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    /// All programs.
    Lua54,
    /// Those that need no later version than 5.1.
    Lua51,
    /// A relative of Lua 5.1, which may refuse a program without being wrong.
    LikeLua,
    /// `programs/js`.
    JavaScript,
    /// `programs/c`, the variant with this suffix.
    C { suffix: &'static str },
}

/// An implementation of a language and how it is called.
pub struct Competitor {
    pub name: String,
    program: String,
    flags: Vec<String>,
    pub language: Language,
    /// Where compiled programs go.
    build: PathBuf,
}

impl Competitor {
    fn new(name: &str, program: &str, flags: &[&str], language: Language) -> Competitor {
        let flags = flags.iter().map(ToString::to_string).collect();
        let (name, program) = (name.to_string(), program.to_string());
        Competitor { name, program, flags, language, build: PathBuf::new() }
    }

    /// Whether it has a column of the table of Lua programs; others stand in the second table.
    pub fn is_lua(&self) -> bool {
        !matches!(self.language, Language::JavaScript | Language::C { .. })
    }

    /// The command line that runs a program, built first where that is needed; `None` where there
    /// is no such program for this competitor.
    ///
    /// # Errors
    /// The compiler's, in words.
    pub fn command(&self, program: &Program) -> Result<Option<Vec<String>>, String> {
        let file = match self.language {
            Language::Lua54 => program.lua.clone(),
            Language::Lua51 | Language::LikeLua if program.only_54 => return Ok(None),
            Language::Lua51 | Language::LikeLua => program.lua.clone(),
            Language::JavaScript => match program.counterpart("js", "") {
                Some(path) => path,
                None => return Ok(None),
            },
            Language::C { suffix } => match program.counterpart("c", suffix) {
                Some(source) => return self.compile(&source).map(Some),
                None => return Ok(None),
            },
        };
        let mut command = self.start();
        command.push(file.display().to_string());
        Ok(Some(command))
    }

    fn compile(&self, source: &Path) -> Result<Vec<String>, String> {
        let name = source.file_stem().unwrap_or_default();
        let target = self.build.join(name);
        let mut command = Command::new(&self.program);
        command.args(&self.flags).arg(source).arg("-o").arg(&target);
        match command.status() {
            Ok(status) if status.success() => Ok(vec![target.display().to_string()]),
            Ok(_) => Err(format!("{} does not compile", source.display())),
            Err(error) => Err(format!("{}: {error}", self.program)),
        }
    }

    /// The command line that does nothing; `None` for compilers and for those without `-e`.
    pub fn empty(&self) -> Option<Vec<String>> {
        if !matches!(self.language, Language::Lua54 | Language::Lua51) {
            return None;
        }
        let mut command = self.start();
        command.extend(["-e".to_string(), String::new()]);
        Some(command)
    }

    fn start(&self) -> Vec<String> {
        let mut command = vec![self.program.clone()];
        command.extend(self.flags.iter().cloned());
        command
    }
}

/// Whether the shell would find a program of this name.
pub fn installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// The competitors of this machine; luka is built if no binary is given.
///
/// # Errors
/// Those of building luka, in words.
pub fn find(options: &Options) -> Result<Vec<Competitor>, String> {
    let luka = luka(options)?;
    let mut found = vec![Competitor::new("luka", &luka, &[], Language::Lua54)];
    if let Some(path) = &options.versus {
        found.push(Competitor::new("versus", path, &[], Language::Lua54));
    }
    let others = [
        Competitor::new("lua5.4", "lua5.4", &[], Language::Lua54),
        Competitor::new("luajit -joff", "luajit", &["-joff"], Language::Lua51),
        Competitor::new("luajit", "luajit", &[], Language::Lua51),
        Competitor::new("luau", "luau", &["-O2"], Language::LikeLua),
        Competitor::new("minivm", "minivm", &[], Language::LikeLua),
        Competitor::new("paka", "paka", &[], Language::LikeLua),
        Competitor::new("node", "node", &[], Language::JavaScript),
        Competitor::new("C", "cc", &["-O2"], Language::C { suffix: "" }),
        Competitor::new("C, pool", "cc", &["-O2"], Language::C { suffix: "_pool" }),
    ];
    let known = |name: &String| others.iter().any(|other| other.name == *name);
    if let Some(unknown) = options.versus_names.iter().find(|name| !known(name)) {
        let names: Vec<&str> = others.iter().map(|other| other.name.as_str()).collect();
        return Err(format!("no competitor is called {unknown}: there are {}", names.join(", ")));
    }
    let scratch = target()?.join("benches-c");
    std::fs::create_dir_all(&scratch).map_err(|e| format!("{}: {e}", scratch.display()))?;
    for mut other in others {
        let wanted = options.versus_names.is_empty() || options.versus_names.contains(&other.name);
        if wanted && installed(&other.program) {
            other.build.clone_from(&scratch);
            found.push(other);
        } else if wanted {
            eprintln!("{} is not installed", other.program);
        }
    }
    Ok(found)
}

/// The folder this program was built into.
fn target() -> Result<PathBuf, String> {
    let me = std::env::current_exe().map_err(|e| e.to_string())?;
    me.ancestors()
        .nth(2)
        .map(Path::to_path_buf)
        .ok_or("the runner is not in a target folder".into())
}

/// The luka to measure, which is built if no binary is given.
///
/// # Errors
/// Those of building it, in words.
pub fn luka(options: &Options) -> Result<String, String> {
    match &options.luka {
        Some(path) => Ok(path.clone()),
        None => Ok(build()?.display().to_string()),
    }
}

/// Builds luka with optimisation, beside this program.
fn build() -> Result<PathBuf, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target = target()?;
    let status = Command::new(cargo)
        .args(["build", "--release", "--package", "luka", "--bin", "luka", "--target-dir"])
        .arg(&target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null())
        .status()
        .map_err(|e| format!("cargo: {e}"))?;
    if !status.success() {
        return Err("luka does not build".to_string());
    }
    Ok(target.join("release").join(format!("luka{}", std::env::consts::EXE_SUFFIX)))
}
