//! Packages: `luka add`, `remove`, `install`, `vendor` and `tree`.
//!
//! `luka.toml` says which packages a project uses (`manifest`), `luka.lock` in which state (`lock`). They
//! come from folders, repositories of git (`git`) and mirrors of LuaRocks (`rocks`); which state of each is taken is found in
//! `resolve`, which modules they have in `modules` and `rockspec`, and `install` puts those in `lua_modules`.

mod archive;
mod digest;
mod edit;
mod git;
mod install;
mod lock;
pub mod manifest;
mod modules;
mod resolve;
mod rocks;
mod rockspec;
mod vendor;
mod versions;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::cli::{Arguments, CliError, Console, Exit, Outcome};
use crate::project;
use git::Cache;
use lock::Lock;
use manifest::{Manifest, Reference, Source};
use resolve::{Options, Package};

/// The files that a module may be in, `?` being its name.
pub const FILES: [&str; 4] = ["?.lua", "?/init.lua", "?.luka", "?/init.luka"];

/// What is added to `package.path` in a folder, each template behind a `;`: where the modules of the project
/// are that the folder is in, as its `luka.toml` says, and those of its packages.
pub fn search_path(from: &Path) -> String {
    let from = if from == Path::new("") { Path::new(".") } else { from };
    let Some(file) = project::find(from) else { return String::new() };
    let root = file.parent().unwrap_or(Path::new(""));
    let here = std::env::current_dir().unwrap_or_default();
    let shown = match root.strip_prefix(&here) {
        Ok(below) => Path::new(".").join(below),
        Err(_) => root.to_path_buf(),
    };
    // (What is wrong with it is said by those verbs that need it.)
    let manifest = std::fs::read_to_string(&file).ok().and_then(|text| manifest::parse(&text).ok());
    let mut folders = manifest.unwrap_or_default().sources;
    if root.join(install::FOLDER).is_dir() {
        folders.push(install::FOLDER.to_string());
    }
    let mut path = String::new();
    for folder in folders {
        path.push_str(&templates(&shown.join(folder)));
    }
    path
}

/// The templates for the modules in a folder, each behind a `;`; none if its name cannot be in a search path.
pub fn templates(folder: &Path) -> String {
    let folder = folder.display().to_string();
    if folder.contains([';', '?']) {
        return String::new();
    }
    FILES.iter().map(|file| format!(";{folder}/{file}")).collect()
}

/// A project and what its files say.
struct Project {
    root: PathBuf,
    manifest: Manifest,
    /// The text of `luka.toml`.
    text: String,
    lock: Lock,
    /// The text of `luka.lock`, if it is there.
    lock_text: Option<String>,
}

fn failed(why: String) -> CliError {
    CliError::Failed(why)
}

impl Project {
    fn load(console: &Console) -> Result<Project, CliError> {
        let Some(path) = project::find(Path::new(".")) else {
            return Err(failed(
                "there is no luka.toml here or above; `luka init` makes one".to_string(),
            ));
        };
        let manifest = project::load(console)?.manifest;
        let root = path.parent().unwrap_or(Path::new(".")).to_path_buf();
        let read = |path: &Path| {
            std::fs::read_to_string(path).map_err(|e| {
                failed(format!(
                    "cannot read {}: {}",
                    path.display(),
                    luka::host::describe(e).message
                ))
            })
        };
        let text = read(&path)?;
        let lock_path = root.join(lock::FILE);
        let lock_text = if lock_path.exists() { Some(read(&lock_path)?) } else { None };
        let lock = lock_text.as_deref().map_or(Ok(Lock::default()), Lock::parse).map_err(failed)?;
        Ok(Project { root, manifest, text, lock, lock_text })
    }

    /// Finds the packages and installs them. `fresh`: those that are looked up anew.
    fn install(
        &self,
        arguments: &Arguments,
        fresh: BTreeSet<String>,
    ) -> Result<Vec<Package>, CliError> {
        // (Their files are there as long as the options are.)
        let (packages, _options) = self.resolve(arguments, fresh)?;
        let locked = Lock::new(packages.iter().map(|package| package.locked.clone()).collect());
        let text = locked.text();
        let is_new = self.lock_text.as_ref() != Some(&text);
        let had_none = self.lock_text.is_none() && packages.is_empty();
        if is_new && arguments.has("--locked") {
            return Err(failed(
                "luka.lock is not what luka.toml asks for; without --locked it is brought up to date".to_string(),
            ));
        }
        install::install(&self.root, &packages).map_err(failed)?;
        if is_new && !had_none {
            install::write(&self.root.join(lock::FILE), text.as_bytes()).map_err(failed)?;
        }
        Ok(packages)
    }

    /// The packages, and the cache that their files are in meanwhile.
    fn resolve(
        &self,
        arguments: &Arguments,
        fresh: BTreeSet<String>,
    ) -> Result<(Vec<Package>, Options), CliError> {
        let cache = Cache::of_user(arguments.has("--offline")).map_err(failed)?;
        let options = Options { cache, root: self.root.clone(), fresh };
        let packages = resolve::resolve(&self.manifest, &self.lock, &options).map_err(failed)?;
        Ok((packages, options))
    }
}

/// What `luka add` is given: a folder, or an address of a repository with a tag behind `@`.
fn source_of(argument: &str, arguments: &Arguments, cache: &Cache) -> Result<Source, CliError> {
    let text =
        |option| arguments.value(option).map(|value| String::from_utf8_lossy(value).into_owned());
    let (branch, rev) = (text("--branch"), text("--rev"));
    let (url, tag) = match argument.rsplit_once('@') {
        Some((url, tag)) if !url.is_empty() && !tag.contains(['/', ':']) => {
            (url, Some(tag.to_string()))
        }
        _ => (argument, None),
    };
    let is_url = |url: &str| {
        url.contains("://") || url.ends_with(".git") || (url.contains('@') && url.contains(':'))
    };
    if !is_url(url) {
        if branch.is_some() || rev.is_some() {
            return Err(CliError::Usage(format!("'{argument}' is no address of a repository")));
        }
        if !Path::new(argument).is_dir() {
            return Err(failed(format!(
                "there is no folder {argument}; addresses of repositories have `://` or end with `.git`, and a \
                 rock of LuaRocks needs `--mirror`"
            )));
        }
        return Ok(Source::Path(argument.trim_end_matches('/').to_string()));
    }
    let at = match (tag, branch, rev) {
        (Some(tag), None, None) => Reference::Tag(tag),
        (None, Some(branch), None) => Reference::Branch(branch),
        (None, None, Some(rev)) if manifest::is_commit(&rev) => Reference::Commit(rev),
        (None, None, Some(rev)) => {
            return Err(CliError::Usage(format!("--rev: '{rev}' is no commit")));
        }
        (None, None, None) => cache.newest(url).map_err(failed)?,
        _ => {
            return Err(CliError::Usage(
                "a tag, --branch and --rev exclude each other".to_string(),
            ));
        }
    };
    if url.starts_with('-') || at.words().1.starts_with('-') {
        return Err(CliError::Usage(format!("'{argument}' cannot begin with '-'")));
    }
    Ok(Source::Git { url: url.to_string(), at })
}

/// What `luka add NAME[@VERSION]` is given: a rock in a mirror, if one is named and there is no folder so called.
fn rock_of(argument: &str, arguments: &Arguments) -> Result<Option<(String, Source)>, CliError> {
    let (name, version) = match argument.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (argument, None),
    };
    let option = arguments.value("--mirror").map(|url| String::from_utf8_lossy(url).into_owned());
    let is_asked = option.is_some();
    let mirror =
        option.or_else(|| std::env::var(rocks::VARIABLE).ok().filter(|url| !url.is_empty()));
    let is_elsewhere =
        !manifest::is_name(name) || name.ends_with(".git") || Path::new(argument).is_dir();
    let Some(mirror) = mirror.filter(|_| is_asked || !is_elsewhere) else { return Ok(None) };
    if !manifest::is_name(name) {
        return Err(CliError::Usage(format!("--mirror: '{argument}' is no name of a rock")));
    }
    if arguments.has("--branch") || arguments.has("--rev") {
        return Err(CliError::Usage("--branch and --rev are of repositories".to_string()));
    }
    let mirror = mirror.trim_end_matches('/').to_string();
    let name = name.to_ascii_lowercase();
    let version = rocks::named(&mirror, &name, version).map_err(failed)?;
    Ok(Some((name, Source::Rock { mirror, version })))
}

/// The name that a package has where none is given: the last of its path.
fn name_of(source: &Source) -> Option<String> {
    let place = match source {
        Source::Path(path) => std::fs::canonicalize(path).ok()?.display().to_string(),
        Source::Git { url, .. } => url.clone(),
        Source::Rock { .. } => return None,
    };
    let last = place.trim_end_matches('/').rsplit(['/', ':']).next()?;
    let name = last.strip_suffix(".git").unwrap_or(last);
    manifest::is_name(name).then(|| name.to_string())
}

/// A path that is relative to the current folder, relative to that of the project.
fn relative_to(root: &Path, path: &str) -> Option<String> {
    if path.starts_with('/') {
        return Some(path.to_string());
    }
    let here = std::env::current_dir().ok()?;
    let below = here.strip_prefix(root).ok()?;
    Some(below.join(path).display().to_string())
}

/// `luka add PATH`, `URL[@TAG]`, `NAME[@VERSION]`
pub fn add(arguments: &Arguments, console: &Console) -> Outcome {
    let mut project = Project::load(console)?;
    let given =
        String::from_utf8_lossy(arguments.files.first().map_or(b"", Vec::as_slice)).into_owned();
    let cache = Cache::of_user(arguments.has("--offline")).map_err(failed)?;
    let (mut source, rock) = match rock_of(&given, arguments)? {
        Some((name, source)) => (source, Some(name)),
        None => (source_of(&given, arguments, &cache)?, None),
    };
    let named = arguments.value("--name").map(|name| String::from_utf8_lossy(name).into_owned());
    if rock.is_some() && named.is_some() {
        return Err(CliError::Usage("--name: a rock has its own".to_string()));
    }
    let Some(name) = rock.or(named).or_else(|| name_of(&source)) else {
        return Err(CliError::Usage(format!("--name says how '{given}' is called")));
    };
    if !manifest::is_name(&name) {
        return Err(CliError::Usage(format!(
            "--name: '{name}' is no name: letters, digits, `_`, `-` and `.`"
        )));
    }
    if let Source::Path(path) = &source {
        let relative = relative_to(&project.root, path);
        source = Source::Path(relative.unwrap_or_else(|| path.clone()));
    }
    let text = edit::add(&project.text, &name, &source, arguments.has("--dev")).map_err(failed)?;
    project.manifest = manifest::parse(&text).map_err(failed)?;
    let packages = project.install(arguments, BTreeSet::from([name.clone()]))?;
    // Only what can be had is written.
    install::write(&project.root.join("luka.toml"), text.as_bytes()).map_err(failed)?;
    for package in packages.iter().filter(|package| package.locked.name == name) {
        let version = package.locked.version.as_deref().map_or(String::new(), |v| format!(" {v}"));
        let mut modules: Vec<String> =
            package.modules.iter().map(|module| required(&module.place)).collect();
        modules.sort();
        let shown =
            modules.iter().take(3).map(|name| format!("require \"{name}\"")).collect::<Vec<_>>();
        let more = if modules.len() > 3 { ", …" } else { "" };
        console.print(format!("added {name}{version}: {}{more}\n", shown.join(", ")).as_bytes())?;
    }
    report_rocks(&packages, console);
    Ok(Exit::SUCCESS)
}

/// The name of a module for `require`.
fn required(place: &str) -> String {
    let name = place.strip_suffix(".lua").or(place.strip_suffix(".luka")).unwrap_or(place);
    name.strip_suffix("/init").unwrap_or(name).replace('/', ".")
}

/// Says which packages want something of LuaRocks that is neither installed nor comes with Luka.
fn report_rocks(packages: &[Package], console: &Console) {
    for package in packages {
        for rock in &package.rocks {
            let name = rock.split([' ', '<', '>', '=', '~']).next().unwrap_or_default();
            let is_there = packages.iter().any(|package| package.locked.name == name);
            if !is_there && !rocks::BUILT_IN.contains(&name) {
                let by = &package.locked.name;
                console.note(&format!(
                    "note: {by} needs '{rock}' of LuaRocks; `luka add` its repository\n"
                ));
            }
        }
    }
}

/// `luka remove NAME`
pub fn remove(arguments: &Arguments, console: &Console) -> Outcome {
    let mut project = Project::load(console)?;
    let name =
        String::from_utf8_lossy(arguments.files.first().map_or(b"", Vec::as_slice)).into_owned();
    let Some(text) = edit::remove(&project.text, &name).map_err(failed)? else {
        return Err(failed(format!("luka.toml has no dependency '{name}'")));
    };
    project.manifest = manifest::parse(&text).map_err(failed)?;
    project.install(arguments, BTreeSet::new())?;
    install::write(&project.root.join("luka.toml"), text.as_bytes()).map_err(failed)?;
    console.print(format!("removed {name}\n").as_bytes())?;
    Ok(Exit::SUCCESS)
}

/// `luka install`
pub fn install(arguments: &Arguments, console: &Console) -> Outcome {
    let project = Project::load(console)?;
    let fresh = if arguments.has("--update") {
        project.lock.packages.iter().map(|package| package.name.clone()).collect()
    } else {
        BTreeSet::new()
    };
    let packages = project.install(arguments, fresh)?;
    report_rocks(&packages, console);
    let count = packages.len();
    let s = if count == 1 { "" } else { "s" };
    console.print(format!("{count} package{s} installed\n").as_bytes())?;
    Ok(Exit::SUCCESS)
}

/// `luka vendor`
pub fn vendor(arguments: &Arguments, console: &Console) -> Outcome {
    let project = Project::load(console)?;
    let lock = project.lock.clone();
    project.install(arguments, BTreeSet::new())?;
    let project = Project::load(console)?;
    let (packages, _options) = project.resolve(arguments, BTreeSet::new())?;
    let force = arguments.has("--force");
    let count = vendor::vendor(&project.root, &packages, &lock, force).map_err(failed)?;
    let s = if count == 1 { "" } else { "s" };
    console.print(format!("{count} package{s} copied to vendor\n").as_bytes())?;
    Ok(Exit::SUCCESS)
}

/// `luka tree`
pub fn tree(_: &Arguments, console: &Console) -> Outcome {
    let project = Project::load(console)?;
    let name = project.manifest.name.clone().unwrap_or_else(|| {
        project
            .root
            .file_name()
            .map_or("project".into(), |name| name.to_string_lossy().into_owned())
    });
    let mut out = format!("{name}\n");
    let mut seen = BTreeSet::new();
    let direct: Vec<(String, bool)> =
        (project.manifest.dependencies.keys().map(|name| (name.clone(), false)))
            .chain(project.manifest.dev_dependencies.keys().map(|name| (name.clone(), true)))
            .collect();
    for (i, (name, dev)) in direct.iter().enumerate() {
        let last = i + 1 == direct.len();
        branch(&project.lock, name, *dev, "", last, &mut seen, &mut out);
    }
    console.print(out.as_bytes())?;
    Ok(Exit::SUCCESS)
}

/// A package in the tree, and below it what it uses.
fn branch(
    lock: &Lock,
    name: &str,
    dev: bool,
    indent: &str,
    last: bool,
    seen: &mut BTreeSet<String>,
    out: &mut String,
) {
    let locked = lock.get(name);
    let version =
        locked.map_or("not installed", |locked| match (&locked.version, &locked.commit) {
            (Some(version), _) => version,
            (None, Some(commit)) => commit.get(..10).unwrap_or(commit),
            (None, None) => "in a folder",
        });
    let corner = if last { "└── " } else { "├── " };
    let again = locked.is_some_and(|locked| !locked.dependencies.is_empty())
        && !seen.insert(name.to_string());
    let notes =
        [if dev { " (for tests)" } else { "" }, if again { " (see above)" } else { "" }].concat();
    out.push_str(&format!("{indent}{corner}{name} {version}{notes}\n"));
    if again {
        return;
    }
    let indent = format!("{indent}{}", if last { "    " } else { "│   " });
    let below = locked.map_or(&[][..], |locked| &locked.dependencies);
    for (i, name) in below.iter().enumerate() {
        branch(lock, name, false, &indent, i + 1 == below.len(), seen, out);
    }
}
