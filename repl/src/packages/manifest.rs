//! What a package says of itself in `luka.toml`.
//!
//! ```toml
//! [package]
//! name = "mail"
//! version = "1.2.0"
//!
//! [paths]
//! source = ["src"]            # where `require` finds its modules
//!
//! [dependencies]
//! words = {git = "https://example.org/words.git", tag = "v1.4.0"}
//! local = {path = "../local"}
//! say = {rock = "1.4.1-3", mirror = "file:///srv/rocks"}
//!
//! [dev-dependencies]          # for its tests, not for those that use it
//! checks = {git = "https://example.org/checks.git", branch = "main"}
//! ```

use std::collections::BTreeMap;
use std::fmt;
use toml::de::{DeTable, DeValue};

/// What `luka.toml` says of a package.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Manifest {
    pub name: Option<String>,
    pub version: Option<String>,
    /// The folders that its modules are in; empty: the usual ones.
    pub sources: Vec<String>,
    pub dependencies: BTreeMap<String, Source>,
    pub dev_dependencies: BTreeMap<String, Source>,
}

/// Where a package comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// A folder, relative to that of `luka.toml`.
    Path(String),
    /// A repository of git's, and what of it.
    Git { url: String, at: Reference },
    /// A rock in a mirror of LuaRocks, which has the package's name.
    Rock { mirror: String, version: String },
}

/// A state of a repository.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reference {
    Tag(String),
    Branch(String),
    Commit(String),
}

impl Reference {
    /// The word of `luka.toml`, and its value.
    pub fn words(&self) -> (&'static str, &str) {
        match self {
            Reference::Tag(name) => ("tag", name),
            Reference::Branch(name) => ("branch", name),
            Reference::Commit(name) => ("rev", name),
        }
    }

    /// The version that a tag names: `v1.2.0` and `1.2.0` name the same.
    pub fn version(&self) -> Option<semver::Version> {
        let Reference::Tag(tag) = self else { return None };
        semver::Version::parse(tag.strip_prefix('v').unwrap_or(tag)).ok()
    }
}

impl fmt::Display for Source {
    /// As `luka.lock` has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Path(path) => write!(f, "path+{path}"),
            Source::Git { url, at } => {
                let (word, value) = at.words();
                write!(f, "git+{url}#{word}={value}")
            }
            Source::Rock { mirror, version } => write!(f, "rock+{mirror}#{version}"),
        }
    }
}

/// Whether a package can have this name, which is a folder's name and a word in messages.
pub fn is_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    !name.is_empty()
        && name.len() <= 64
        && !name.starts_with(['.', '-'])
        && name.chars().all(is_plain)
}

type Range = std::ops::Range<usize>;

/// Tables of `luka.toml` that are about packages. What is wrong with them goes to `complain`, with its place.
pub fn read(table: &DeTable<'_>, complain: &mut dyn FnMut(Range, String)) -> Manifest {
    let mut manifest = Manifest::default();
    for (key, value) in table.iter() {
        let DeValue::Table(inner) = value.get_ref() else {
            if KEYS.contains(&key.get_ref().as_ref()) {
                complain(value.span(), format!("`{0}` is a table: `[{0}]`", key.get_ref()));
            }
            continue;
        };
        match key.get_ref().as_ref() {
            "package" => package(inner, &mut manifest, complain),
            "paths" => paths(inner, &mut manifest, complain),
            "dependencies" => manifest.dependencies = dependencies(inner, complain),
            "dev-dependencies" => manifest.dev_dependencies = dependencies(inner, complain),
            _ => {}
        }
    }
    manifest
}

/// The names of the tables.
pub const KEYS: [&str; 4] = ["package", "paths", "dependencies", "dev-dependencies"];

fn string(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        _ => None,
    }
}

fn package(table: &DeTable<'_>, manifest: &mut Manifest, complain: &mut dyn FnMut(Range, String)) {
    for (key, value) in table.iter() {
        let text = string(value.get_ref());
        match key.get_ref().as_ref() {
            "name" => match text.filter(|name| is_name(name)) {
                Some(name) => manifest.name = Some(name),
                None => {
                    complain(value.span(), "a name has letters, digits, `_`, `-` and `.`".into())
                }
            },
            "version" => match text.filter(|text| semver::Version::parse(text).is_ok()) {
                Some(version) => manifest.version = Some(version),
                None => complain(value.span(), "a version has three numbers: \"1.0.0\"".into()),
            },
            // For people.
            "description" | "license" | "homepage" | "repository" if text.is_some() => {}
            "description" | "license" | "homepage" | "repository" => {
                complain(value.span(), format!("`{}` is a text", key.get_ref()));
            }
            other => complain(key.span(), format!("`{other}` is no setting of `[package]`")),
        }
    }
}

fn paths(table: &DeTable<'_>, manifest: &mut Manifest, complain: &mut dyn FnMut(Range, String)) {
    for (key, value) in table.iter() {
        if key.get_ref() != "source" {
            complain(key.span(), format!("`{}` is no setting of `[paths]`", key.get_ref()));
            continue;
        }
        let DeValue::Array(items) = value.get_ref() else {
            complain(value.span(), "`source` is a list of folders: `[\"src\"]`".into());
            continue;
        };
        for item in items.iter() {
            match string(item.get_ref()).filter(|path| is_inside(path)) {
                Some(path) => manifest.sources.push(path),
                None => complain(item.span(), "a folder of the package is expected".into()),
            }
        }
    }
}

/// Whether a relative path stays in its folder.
pub fn is_inside(path: &str) -> bool {
    use std::path::{Component, Path};
    !path.is_empty()
        && Path::new(path)
            .components()
            .all(|c| matches!(c, Component::Normal(_) | Component::CurDir))
}

fn dependencies(
    table: &DeTable<'_>,
    complain: &mut dyn FnMut(Range, String),
) -> BTreeMap<String, Source> {
    let mut all = BTreeMap::new();
    for (key, value) in table.iter() {
        let name = key.get_ref().to_string();
        if !is_name(&name) {
            complain(key.span(), "a name has letters, digits, `_`, `-` and `.`".into());
            continue;
        }
        match source(value.get_ref()) {
            Ok(source) => {
                all.insert(name, source);
            }
            Err(why) => complain(value.span(), why),
        }
    }
    all
}

fn source(value: &DeValue<'_>) -> Result<Source, String> {
    const SHAPE: &str = "a dependency is `{path = \"…\"}`, `{git = \"…\", tag = \"…\"}` or \
        `{rock = \"VERSION\", mirror = \"…\"}`";
    let DeValue::Table(table) = value else { return Err(SHAPE.to_string()) };
    let mut fields = BTreeMap::new();
    for (key, value) in table.iter() {
        let key = key.get_ref().to_string();
        if !["path", "git", "tag", "branch", "rev", "rock", "mirror"].contains(&key.as_str()) {
            return Err(format!("`{key}` is no setting of a dependency"));
        }
        let text = string(value.get_ref()).filter(|text| !text.is_empty());
        fields.insert(key.clone(), text.ok_or_else(|| format!("`{key}` is a text"))?);
    }
    let mut take = |key: &str| fields.remove(key);
    match (take("rock"), take("mirror")) {
        (Some(version), Some(mirror)) if fields.is_empty() => {
            return Ok(Source::Rock { mirror, version });
        }
        (None, None) => {}
        _ => return Err(SHAPE.to_string()),
    }
    let mut take = |key: &str| fields.remove(key);
    match (take("path"), take("git"), take("tag"), take("branch"), take("rev")) {
        (Some(path), None, None, None, None) => Ok(Source::Path(path)),
        (None, Some(url), tag, branch, rev) => {
            let at = match (tag, branch, rev) {
                (Some(tag), None, None) => Reference::Tag(tag),
                (None, Some(branch), None) => Reference::Branch(branch),
                (None, None, Some(rev)) if is_commit(&rev) => Reference::Commit(rev),
                (None, None, Some(_)) => return Err("`rev` has 7 to 64 hexadecimal digits".into()),
                _ => return Err("with `git` goes one of `tag`, `branch` and `rev`".into()),
            };
            if at.words().1.starts_with('-') || url.starts_with('-') {
                return Err("a value cannot begin with `-`".into());
            }
            Ok(Source::Git { url, at })
        }
        _ => Err(SHAPE.to_string()),
    }
}

/// Whether a text can name a commit.
pub fn is_commit(text: &str) -> bool {
    (7..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The manifest of a package that is used.
///
/// # Errors
/// What is wrong with it first.
pub fn parse(text: &str) -> Result<Manifest, String> {
    let table = DeTable::parse(text).map_err(|e| e.message().trim().replace('\n', ", "))?;
    let mut first = None;
    let manifest = read(table.get_ref(), &mut |_, why| {
        first.get_or_insert(why);
    });
    first.map_or(Ok(manifest), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_are_read() {
        let manifest = parse(
            "[package]\nname = 'mail'\nversion = '1.2.0'\n[paths]\nsource = ['src', './lib']\n\
             [dependencies]\na = {path = '../a'}\nb = {git = 'u', tag = 'v1.0.0'}\n\
             [dev-dependencies]\nc = {git = 'u', rev = '0123abc'}\n[lints]\nx = 1\n",
        )
        .expect("a manifest");
        assert_eq!(
            (manifest.name.as_deref(), manifest.version.as_deref()),
            (Some("mail"), Some("1.2.0"))
        );
        assert_eq!(manifest.sources, ["src", "./lib"]);
        assert_eq!(manifest.dependencies["a"].to_string(), "path+../a");
        assert_eq!(manifest.dependencies["b"].to_string(), "git+u#tag=v1.0.0");
        assert_eq!(manifest.dev_dependencies["c"].to_string(), "git+u#rev=0123abc");
    }

    #[test]
    fn mistakes_are_named() {
        for (text, why) in [
            ("dependencies = 1", "`dependencies` is a table"),
            ("[package]\nname = '../x'", "a name has letters"),
            ("[package]\nversion = '1'", "a version has three numbers"),
            ("[package]\nauthor = 'x'", "`author` is no setting of `[package]`"),
            ("[paths]\nsource = ['../x']", "a folder of the package"),
            ("[dependencies]\na = '1.0'", "a dependency is"),
            ("[dependencies]\na = {}", "a dependency is"),
            ("[dependencies]\na = {path = 'x', tag = 'y'}", "a dependency is"),
            ("[dependencies]\na = {git = 'x'}", "with `git` goes one of"),
            ("[dependencies]\na = {git = 'x', rev = 'main'}", "`rev` has 7 to 64"),
            ("[dependencies]\na = {git = '--upload-pack=x', tag = 'y'}", "cannot begin with `-`"),
            ("[dependencies]\na = {get = 'x'}", "`get` is no setting"),
            ("[dependencies", ""),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
