//! Repositories, by the program `git`.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::digest;
use super::manifest::Reference;

/// Repositories that were fetched, and states of them.
pub struct Cache {
    folder: PathBuf,
    /// Nothing is fetched.
    offline: bool,
}

/// Runs git and returns what it prints.
fn git(arguments: &[&OsStr], index: Option<&Path>) -> Result<String, String> {
    let mut command = Command::new("git");
    command.args(arguments).stdin(Stdio::null());
    // What it asks and says must not depend on where it is run, nor wait for a person.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"] {
        command.env_remove(name);
    }
    command.env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C");
    if let Some(index) = index {
        command.env("GIT_INDEX_FILE", index);
    }
    let ran = command.output().map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => "git is not installed, or not in PATH".to_string(),
        _ => format!("git: {}", luka::host::describe(e).message),
    })?;
    if ran.status.success() {
        return Ok(String::from_utf8_lossy(&ran.stdout).trim_end().to_string());
    }
    let said = String::from_utf8_lossy(&ran.stderr);
    let line = said.lines().find(|line| line.starts_with("fatal:")).or(said.lines().last());
    Err(line.unwrap_or("it failed").trim_start_matches("fatal: ").to_string())
}

impl Drop for Cache {
    fn drop(&mut self) {
        // What is left is in nobody's way.
        let _ = std::fs::remove_dir_all(self.trees());
    }
}

impl Cache {
    /// Where the files of commits are put while this process lasts.
    fn trees(&self) -> PathBuf {
        self.folder.join("trees").join(std::process::id().to_string())
    }

    /// The cache of the user: `$XDG_CACHE_HOME/luka`, else `~/.cache/luka`.
    ///
    /// # Errors
    /// Neither variable is set.
    pub fn of_user(offline: bool) -> Result<Cache, String> {
        let variable = |name| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        let folder = variable("XDG_CACHE_HOME")
            .or_else(|| variable("HOME").map(|home| home.join(".cache")))
            .ok_or("neither XDG_CACHE_HOME nor HOME is set")?;
        Ok(Cache { folder: folder.join("luka"), offline })
    }

    /// The copy of a repository, which may not be there.
    fn repository(&self, url: &str) -> PathBuf {
        self.folder.join("git").join(digest::text(url.as_bytes()).get(..32).unwrap_or_default())
    }

    /// Brings a copy up to date.
    fn fetch(&self, url: &str) -> Result<(), String> {
        let folder = self.repository(url);
        if self.offline {
            return Err(format!("{url} is not in the cache, and --offline fetches nothing"));
        }
        if folder.join("HEAD").is_file() {
            let options = ["--git-dir".as_ref(), folder.as_os_str()];
            let fetch =
                ["fetch", "--quiet", "--prune", "--force", "--tags", "--", url, "+refs/*:refs/*"];
            let arguments: Vec<&OsStr> = options.into_iter().chain(fetch.map(OsStr::new)).collect();
            return git(&arguments, None).map(drop).map_err(|why| format!("{url}: {why}"));
        }
        let failed = |e: std::io::Error| {
            format!("cannot write {}: {}", folder.display(), luka::host::describe(e).message)
        };
        std::fs::create_dir_all(folder.parent().unwrap_or(&folder)).map_err(failed)?;
        // (It takes its name when it is whole.)
        let new = folder.with_extension(format!("{}.new", std::process::id()));
        let _ = std::fs::remove_dir_all(&new);
        let mut arguments: Vec<&OsStr> =
            ["clone", "--quiet", "--mirror", "--", url].map(OsStr::new).to_vec();
        arguments.push(new.as_os_str());
        let cloned = git(&arguments, None).map_err(|why| format!("{url}: {why}"));
        if cloned.is_err() {
            let _ = std::fs::remove_dir_all(&new);
        }
        cloned?;
        match std::fs::rename(&new, &folder) {
            Ok(()) => Ok(()),
            // Another process was faster.
            Err(_) if folder.join("HEAD").is_file() => {
                let _ = std::fs::remove_dir_all(&new);
                Ok(())
            }
            Err(e) => Err(failed(e)),
        }
    }

    fn look_up(&self, url: &str, name: &str) -> Option<String> {
        let folder = self.repository(url);
        let name = format!("{name}^{{commit}}");
        let words = ["rev-parse", "--verify", "--quiet", "--end-of-options", &name];
        let options = ["--git-dir".as_ref(), folder.as_os_str()];
        let arguments: Vec<&OsStr> = options.into_iter().chain(words.map(OsStr::new)).collect();
        if !folder.join("HEAD").is_file() {
            return None;
        }
        git(&arguments, None).ok().filter(|commit| !commit.is_empty())
    }

    /// The commit that a reference names. `fresh`: as the repository has it now, not the cache.
    ///
    /// # Errors
    /// There is none, or it cannot be fetched.
    pub fn commit(&self, url: &str, at: &Reference, fresh: bool) -> Result<String, String> {
        let name = match at {
            Reference::Tag(tag) => format!("refs/tags/{tag}"),
            Reference::Branch(branch) => format!("refs/heads/{branch}"),
            Reference::Commit(commit) => commit.clone(),
        };
        let known = self.look_up(url, &name);
        let may_move = !matches!(at, Reference::Commit(_));
        if let Some(commit) = &known
            && (self.offline || !(fresh && may_move))
        {
            return Ok(commit.clone());
        }
        self.fetch(url)?;
        let (word, value) = at.words();
        self.look_up(url, &name).ok_or_else(|| format!("{url} has no {word} {value}"))
    }

    /// The reference that stands for a repository when none is named: the tag of its newest version, else
    /// its main branch.
    ///
    /// # Errors
    /// It cannot be fetched, or is empty.
    pub fn newest(&self, url: &str) -> Result<Reference, String> {
        self.fetch(url)?;
        let folder = self.repository(url);
        let with = |words: &[&str]| {
            let options = ["--git-dir".as_ref(), folder.as_os_str()];
            let arguments: Vec<&OsStr> =
                options.into_iter().chain(words.iter().map(OsStr::new)).collect();
            git(&arguments, None)
        };
        let tags = with(&["tag", "--list"])?;
        let newest = tags
            .lines()
            .map(|tag| Reference::Tag(tag.to_string()))
            .filter_map(|tag| Some((tag.version().filter(|v| v.pre.is_empty())?, tag)))
            .max_by(|a, b| a.0.cmp(&b.0));
        if let Some((_, tag)) = newest {
            return Ok(tag);
        }
        let head = with(&["symbolic-ref", "--short", "HEAD"])?;
        match self.look_up(url, &format!("refs/heads/{head}")) {
            Some(_) => Ok(Reference::Branch(head)),
            None => Err(format!("{url} has no commits")),
        }
    }

    /// A new, empty folder, which is there as long as this is.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn empty_folder(&self, name: &str) -> Result<PathBuf, String> {
        let folder = self.trees().join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).map_err(|e| {
            format!("cannot write {}: {}", folder.display(), luka::host::describe(e).message)
        })?;
        Ok(folder)
    }

    /// The files of a commit, in a folder of their own.
    ///
    /// # Errors
    /// It cannot be fetched or written.
    pub fn files(&self, url: &str, commit: &str) -> Result<PathBuf, String> {
        if self.look_up(url, commit).is_none() {
            self.fetch(url)?;
            if self.look_up(url, commit).is_none() {
                return Err(format!("{url} does not have the commit {commit} any more"));
            }
        }
        let folder = self.empty_folder(commit)?;
        let repository = self.repository(url);
        let index = folder.with_extension("index");
        let arguments: [&OsStr; 12] = [
            "--git-dir".as_ref(),
            repository.as_os_str(),
            "--work-tree".as_ref(),
            folder.as_os_str(),
            "-c".as_ref(),
            "core.autocrlf=false".as_ref(),
            "checkout".as_ref(),
            "--quiet".as_ref(),
            "--force".as_ref(),
            commit.as_ref(),
            "--".as_ref(),
            ".".as_ref(),
        ];
        let done = git(&arguments, Some(&index));
        let _ = std::fs::remove_file(&index);
        done.map_err(|why| format!("{url}: {why}"))?;
        Ok(folder)
    }
}
