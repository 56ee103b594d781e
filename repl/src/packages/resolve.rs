//! Which packages a project uses, and in which state: of two versions that are asked for, the greater, as
//! Go's minimal version selection has it. Nothing newer than what somebody asks for is ever taken.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::digest;
use super::git::Cache;
use super::lock::{Lock, Locked};
use super::manifest::{self, Manifest, Source};
use super::modules::{self, Module};
use super::rocks;
use super::rockspec;
use super::vendor;
use super::versions::{Requirement, Version};

/// How packages are looked for.
pub struct Options {
    pub cache: Cache,
    /// The folder of `luka.toml`.
    pub root: PathBuf,
    /// Packages whose references are looked up anew; the others stay as the lock has them.
    pub fresh: BTreeSet<String>,
}

/// A package of a project.
#[derive(Debug)]
pub struct Package {
    pub locked: Locked,
    pub modules: Vec<Module>,
    /// Where its files are.
    pub folder: PathBuf,
    /// What it says that it needs of LuaRocks, which is looked for only in the mirror that it is from.
    pub rocks: Vec<String>,
    /// What of that is in the mirror.
    needs: Vec<(String, Source)>,
}

/// Who asks for the packages that `luka.toml` names.
const THE_PROJECT: &str = "the project";

/// What asks for a package.
struct Wanted {
    name: String,
    source: Source,
    by: String,
}

/// The packages of a project, in the order of their names.
///
/// # Errors
/// A package cannot be had, is not what the lock says, or two ask for states of one that exclude each other.
pub fn resolve(project: &Manifest, lock: &Lock, options: &Options) -> Result<Vec<Package>, String> {
    let direct = || project.dependencies.iter().chain(&project.dev_dependencies);
    let mut chosen: BTreeMap<String, (Source, String)> = BTreeMap::new();
    let mut packages: BTreeMap<String, Package> = BTreeMap::new();
    let mut queue: Vec<Wanted> = direct()
        .map(|(name, source)| Wanted {
            name: name.clone(),
            source: source.clone(),
            by: THE_PROJECT.to_string(),
        })
        .collect();
    while let Some(wanted) = queue.pop() {
        let Wanted { name, source, by } = wanted;
        // What the project itself says is final.
        if by != THE_PROJECT && direct().any(|(direct, _)| *direct == name) {
            continue;
        }
        if let Some((other, other_by)) = chosen.get(&name)
            && (*other == source || !replaces(&name, (other, other_by), (&source, &by))?)
        {
            continue;
        }
        let package = package(&name, &source, lock, options)?;
        let needs = needs(&package, &name, &source)?;
        queue.extend(needs.into_iter().map(|(needed, source)| Wanted {
            name: needed,
            source,
            by: name.clone(),
        }));
        chosen.insert(name.clone(), (source, by));
        packages.insert(name, package);
    }
    Ok(reachable(packages, direct().map(|(name, _)| name.clone()).collect()))
}

/// Whether the second of two states of a package takes the place of the first.
fn replaces(
    name: &str,
    (old, old_by): (&Source, &str),
    (new, new_by): (&Source, &str),
) -> Result<bool, String> {
    if let (Source::Git { url, at }, Source::Git { url: new_url, at: new_at }) = (old, new)
        && url == new_url
        && let (Some(version), Some(new_version)) = (at.version(), new_at.version())
    {
        return Ok(new_version > version);
    }
    Err(format!(
        "{name} is asked for as {old} by {old_by}, and as {new} by {new_by}: which it is can be said in \
         [dependencies] of the project"
    ))
}

/// Without the packages that only versions have asked for that were not taken.
fn reachable(mut packages: BTreeMap<String, Package>, mut names: Vec<String>) -> Vec<Package> {
    let mut kept = BTreeMap::new();
    while let Some(name) = names.pop() {
        if let Some(package) = packages.remove(&name) {
            names.extend(package.locked.dependencies.iter().cloned());
            kept.insert(name, package);
        }
    }
    kept.into_values().collect()
}

fn package(name: &str, source: &Source, lock: &Lock, options: &Options) -> Result<Package, String> {
    let known = lock.get(name).filter(|known| known.source == source.to_string());
    let known = known.filter(|_| !options.fresh.contains(name));
    let mut rocks = None;
    let (folder, commit, sha256) = match source {
        Source::Path(path) => {
            let folder = options.root.join(path);
            if !folder.is_dir() {
                return Err(format!("{name}: there is no folder {path}"));
            }
            (folder, None, None)
        }
        Source::Git { url, at } => {
            let pinned = known.and_then(|known| known.commit.clone());
            let copy = vendor::copy_of(&options.root, name);
            let same = |folder: &Path| -> Result<bool, String> {
                let Some(wanted) = known.and_then(|known| known.sha256.as_ref()) else {
                    return Ok(false);
                };
                Ok(folder.is_dir() && digest::tree(folder)? == *wanted)
            };
            let (folder, commit) = match pinned {
                Some(commit) if same(&copy)? => (copy, commit),
                Some(commit) => (options.cache.files(url, &commit)?, commit),
                None => {
                    let commit = options.cache.commit(url, at, true)?;
                    (options.cache.files(url, &commit)?, commit)
                }
            };
            let digits = digest::tree(&folder).map_err(|why| format!("{name}: {why}"))?;
            if let Some(wanted) = known.and_then(|known| known.sha256.as_ref())
                && *wanted != digits
            {
                return Err(format!(
                    "{name}: the files of commit {commit} are not those that luka.lock names \
                     (sha256 {digits}, not {wanted})"
                ));
            }
            (folder, Some(commit), Some(digits))
        }
        Source::Rock { mirror, version } => {
            let (folder, digits, found) = rock(name, mirror, version, known, options)?;
            rocks = Some(found);
            (folder, None, Some(digits))
        }
    };
    let content = modules::read(&folder).map_err(|why| format!("{name}: {why}"))?;
    let version = content.version.or_else(|| match source {
        Source::Git { at, .. } => at.version().map(|version| version.to_string()),
        Source::Rock { version, .. } => Some(version.clone()),
        Source::Path(_) => None,
    });
    let rocks = rocks.unwrap_or(content.rocks);
    let needs = match source {
        Source::Rock { mirror, .. } => match known.and_then(|known| locked_rocks(known, lock)) {
            // (The mirror need not be there.)
            Some(needs) => needs,
            None => rocks_of(&rocks, mirror, lock, options)?,
        },
        _ => Vec::new(),
    };
    let names = content.manifest.dependencies.keys().chain(needs.iter().map(|(name, _)| name));
    let dependencies: BTreeSet<String> = names.cloned().collect();
    let dependencies = dependencies.into_iter().collect();
    let locked = Locked {
        name: name.to_string(),
        version,
        source: source.to_string(),
        commit,
        sha256,
        dependencies,
    };
    Ok(Package { locked, modules: content.modules, folder, rocks, needs })
}

/// The files of a rock, their digits, and what it needs of others.
fn rock(
    name: &str,
    mirror: &str,
    version: &str,
    known: Option<&Locked>,
    options: &Options,
) -> Result<(PathBuf, String, Vec<String>), String> {
    let wanted = known.and_then(|known| known.sha256.as_deref());
    let copy = vendor::copy_of(&options.root, name);
    if let Some(wanted) = wanted
        && copy.is_dir()
        && digest::tree(&copy)? == wanted
    {
        // (A copy is what its rockspec says, too.)
        let file = copy.join(format!("{name}-{version}.rockspec"));
        let needs = match std::fs::read(&file) {
            Ok(text) => rockspec::read(&text).map_err(|why| format!("{name}: {why}"))?.needs(),
            Err(_) => known.map_or(Vec::new(), |known| known.dependencies.clone()),
        };
        return Ok((copy, wanted.to_string(), needs));
    }
    let folder = options.cache.empty_folder(&format!("{name}-{version}"))?;
    let needs =
        rocks::unpack(mirror, name, version, &folder).map_err(|why| format!("{name}: {why}"))?;
    let digits = digest::tree(&folder).map_err(|why| format!("{name}: {why}"))?;
    match wanted {
        Some(wanted) if wanted != digits => Err(format!(
            "{name}: the files of rock {version} are not those that luka.lock names (sha256 {digits}, not \
             {wanted})"
        )),
        _ => Ok((folder, digits, needs)),
    }
}

/// The rocks that a locked one needs; `None` if the lock does not have them all.
fn locked_rocks(known: &Locked, lock: &Lock) -> Option<Vec<(String, Source)>> {
    let mut needs = Vec::new();
    for name in &known.dependencies {
        if let Some(rock) = lock.get(name)?.source.strip_prefix("rock+") {
            let (mirror, version) = rock.rsplit_once('#')?;
            let source = Source::Rock { mirror: mirror.to_string(), version: version.to_string() };
            needs.push((name.clone(), source));
        }
    }
    Some(needs)
}

/// The rocks that one needs, as far as the mirror has them: as the lock has them if that is what is needed, else
/// the newest.
fn rocks_of(
    needs: &[String],
    mirror: &str,
    lock: &Lock,
    options: &Options,
) -> Result<Vec<(String, Source)>, String> {
    let mut found = Vec::new();
    for text in needs {
        let Some(wanted) = Requirement::parse(text) else { continue };
        if rocks::BUILT_IN.contains(&wanted.name.as_str()) || !manifest::is_name(&wanted.name) {
            continue;
        }
        let locked = lock.get(&wanted.name).filter(|_| !options.fresh.contains(&wanted.name));
        let prefix = format!("rock+{mirror}#");
        let locked = locked.and_then(|locked| locked.source.strip_prefix(&prefix));
        let locked = locked.filter(|version| wanted.allows(&Version::parse(version)));
        let version = match locked {
            Some(version) => Some(version.to_string()),
            None => rocks::newest(mirror, &wanted)?,
        };
        if let Some(version) = version {
            let source = Source::Rock { mirror: mirror.to_string(), version };
            found.push((wanted.name, source));
        }
    }
    Ok(found)
}

/// What a package asks for; folders are relative to the project.
fn needs(package: &Package, name: &str, source: &Source) -> Result<Vec<(String, Source)>, String> {
    let mut needs = package.needs.clone();
    let path = package.folder.join("luka.toml");
    let Ok(text) = std::fs::read_to_string(&path) else { return Ok(needs) };
    let found = manifest::parse(&text).map_err(|why| format!("{name}: luka.toml: {why}"))?;
    for (needed, asked) in found.dependencies {
        let asked = match (asked, source) {
            (Source::Path(path), Source::Git { .. } | Source::Rock { .. }) => {
                return Err(format!(
                    "{name} asks for {needed} in the folder {path}, and is itself from {}",
                    if matches!(source, Source::Rock { .. }) { "a mirror" } else { "a repository" }
                ));
            }
            (Source::Path(path), Source::Path(of)) => {
                Source::Path(normal(&format!("{}/{path}", of.trim_end_matches('/')), &path))
            }
            (asked, _) => asked,
        };
        needs.push((needed, asked));
    }
    Ok(needs)
}

/// A path without `.` and with `..` only at its beginning; an absolute `path` as it is.
fn normal(joined: &str, path: &str) -> String {
    if path.starts_with('/') {
        return path.to_string();
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| !matches!(*last, ".." | "")) => {
                parts.pop();
            }
            "" if !parts.is_empty() => {}
            other => parts.push(other),
        }
    }
    if parts.is_empty() { ".".to_string() } else { parts.join("/") }
}
