//! Mirrors of LuaRocks: folders with rocks, and a manifest that lists them, as `luarocks-admin make_manifest`
//! makes it.

use luka::{Budget, Chunk, Libs, Outcome, Registry, Vm};
use std::path::{Path, PathBuf};

use super::archive::{self, Files};
use super::install;
use super::manifest::is_name;
use super::rockspec::{self, Rockspec};
use super::versions::{Requirement, Version};

/// Where the mirror is that `luka add NAME` takes rocks from, if the command does not say it.
pub const VARIABLE: &str = "LUKA_MIRROR";

/// Rocks that need not be installed, because modules that come with Luka stand in for them.
pub const BUILT_IN: [&str; 11] = [
    "luafilesystem",
    "lua-cjson",
    "lpeg",
    "luabitop",
    "bit32",
    "compat53",
    "luasystem",
    "lua-term",
    "luasocket",
    "busted",
    "luassert",
];

/// Units of fuel, and bytes, for a manifest: that of luarocks.org has 6 MB.
const FUEL: u64 = 2_000_000_000;
const MEMORY: u64 = 512 << 20;

/// What is taken of a manifest: the versions of a rock, and the kinds of each.
const TAKE: &str = r#"
    local rock, out = (...), {}
    local versions = type(repository) == "table" and repository[rock]
    for version, kinds in pairs(type(versions) == "table" and versions or {}) do
      for _, kind in pairs(type(kinds) == "table" and kinds or {}) do
        if type(version) == "string" and type(kind) == "table" and type(kind.arch) == "string" then
          out[#out + 1] = version .. " " .. kind.arch
        end
      end
    end
    table.sort(out)
    return table.concat(out, "\n")
"#;

/// The folder of a mirror.
///
/// # Errors
/// It is elsewhere.
fn folder(mirror: &str) -> Result<PathBuf, String> {
    match mirror.strip_prefix("file://") {
        Some(path) if path.starts_with('/') => Ok(PathBuf::from(path)),
        _ => Err(format!(
            "{mirror}: a mirror is a folder, `file:///…`; nothing is fetched from others"
        )),
    }
}

/// The versions of a rock in a mirror, each with a kind it is there in: `src`, `all`, `rockspec`.
fn listed(mirror: &str, rock: &str) -> Result<Vec<(String, String)>, String> {
    let folder = folder(mirror)?;
    let names = ["manifest-5.4", "manifest"];
    let file = names.iter().map(|name| folder.join(name)).find(|file| file.is_file());
    let file = file.ok_or_else(|| format!("{mirror} has no manifest"))?;
    let shown = file.display().to_string();
    let text = read(&file)?;
    let run = || -> Result<String, String> {
        let registry = Registry::builder().libs(Libs::BASE | Libs::TABLE | Libs::STRING).build();
        let mut vm = Vm::builder(&registry).memory(MEMORY).build().map_err(text_of)?;
        let mut listed = String::new();
        for (chunk, argument) in [(text.as_slice(), ""), (TAKE.as_bytes(), rock)] {
            let chunk = vm.compile(Chunk::text(chunk).name("=manifest")).map_err(text_of)?;
            vm.start(&chunk, argument).map_err(text_of)?;
            match vm.run(Budget::fuel(FUEL)) {
                Outcome::Done(values) => listed = values.get(&vm).unwrap_or_default(),
                Outcome::Failed(why) => return Err(why.to_string()),
                _ => return Err("it does not end".to_string()),
            }
        }
        Ok(listed)
    };
    let listed = run().map_err(|why| format!("{shown}: {why}"))?;
    let rows = listed.lines().filter_map(|row| row.split_once(' '));
    Ok(rows.map(|(version, kind)| (version.to_string(), kind.to_string())).collect())
}

fn text_of(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(file)
        .map_err(|e| format!("cannot read {}: {}", file.display(), luka::host::describe(e).message))
}

/// The newest version in a mirror that is what is asked for; versions in development only if there is no other.
///
/// # Errors
/// The mirror cannot be read.
pub fn newest(mirror: &str, wanted: &Requirement) -> Result<Option<String>, String> {
    let listed = listed(mirror, &wanted.name)?;
    let versions = listed.iter().map(|(text, _)| (is_release(text), Version::parse(text), text));
    let allowed = versions.filter(|(_, version, _)| wanted.allows(version));
    let best = allowed.max_by(|a, b| a.0.cmp(&b.0).then(a.1.compare(&b.1)));
    Ok(best.map(|(_, _, text)| text.clone()))
}

fn is_release(version: &str) -> bool {
    !["scm", "dev", "cvs"].iter().any(|word| version.starts_with(word))
}

/// The version of a name that somebody wrote: `say@1.4.1`.
///
/// # Errors
/// The mirror does not have it.
pub fn named(mirror: &str, rock: &str, version: Option<&str>) -> Result<String, String> {
    let text = version.map_or(rock.to_string(), |version| format!("{rock} == {version}"));
    let wanted = Requirement::parse(&text).ok_or_else(|| format!("'{text}' is no version"))?;
    newest(mirror, &wanted)?.ok_or_else(|| {
        let version = version.map_or(String::new(), |version| format!(" {version}"));
        format!("{mirror} has no rock {rock}{version}")
    })
}

/// Puts the files of a rock into an empty folder, as those of a package. Returns what it needs of other rocks.
///
/// # Errors
/// It is not there, is damaged, or has parts in C.
pub fn unpack(mirror: &str, rock: &str, version: &str, to: &Path) -> Result<Vec<String>, String> {
    let is_file = |text: &str| is_name(text) && !text.contains("..");
    if !is_file(rock) || !is_file(version) {
        return Err(format!("{rock} {version} is no name of a rock"));
    }
    let folder = folder(mirror)?;
    let place = |kind: &str| folder.join(format!("{rock}-{version}.{kind}.rock"));
    let (src, all) = (place("src"), place("all"));
    let file = [&src, &all].into_iter().find(|file| file.is_file()).ok_or_else(|| {
        match folder.join(format!("{rock}-{version}.rockspec")).is_file() {
            true => format!(
                "{mirror} has only the rockspec of {rock} {version}; `luarocks pack {rock} {version}` makes \
                 a rock with its sources"
            ),
            false => format!("{mirror} has no rock of {rock} {version} in plain Lua"),
        }
    })?;
    let why = |why: String| format!("{}: {why}", file.display());
    let files = archive::unzip(&read(file)?).map_err(why)?;
    let name = format!("{rock}-{version}.rockspec");
    let text = files.iter().find(|(path, _)| *path == name);
    let text =
        text.map(|(_, text)| text.clone()).ok_or_else(|| why(format!("it has no {name}")))?;
    let spec = rockspec::read(&text).map_err(why)?;
    let files = match *file == src {
        true => sources(files, &name, &spec).map_err(why)?,
        false => modules(files).map_err(why)?,
    };
    for (path, contents) in &files {
        install::write(&to.join(path), contents)?;
    }
    if *file == src {
        install::write(&to.join(&name), &text)?;
    }
    Ok(spec.needs())
}

/// The sources of a rock, as its rockspec names them: what is in it, or in the archive in it.
fn sources(mut files: Files, rockspec: &str, spec: &Rockspec) -> Result<Files, String> {
    files.retain(|(path, _)| path != rockspec);
    if let [(path, contents)] = files.as_slice() {
        let ends = |endings: &[&str]| endings.iter().any(|ending| path.ends_with(ending));
        if ends(&[".tar.gz", ".tgz", ".tar"]) {
            files = archive::untar(contents)?;
        } else if ends(&[".zip"]) {
            files = archive::unzip(contents)?;
        }
    }
    let has = |prefix: &str, file: &String| {
        let file = file.trim_start_matches("./");
        files.iter().any(|(path, _)| path.strip_prefix(prefix) == Some(file))
    };
    let are_there = spec.modules.values().all(|file| has("", file));
    let first = files.first().and_then(|(path, _)| path.split_once('/')).map(|(folder, _)| folder);
    let prefix = match (&spec.folder, first) {
        (Some(folder), _) => format!("{}/", folder.trim_start_matches("./").trim_end_matches('/')),
        (None, Some(folder)) if !are_there || spec.modules.is_empty() => format!("{folder}/"),
        _ => String::new(),
    };
    let is_below = files.iter().any(|(path, _)| path.starts_with(&prefix));
    let prefix = if is_below { prefix } else { String::new() };
    let below = files.into_iter().filter_map(|(path, contents)| {
        let path = path.strip_prefix(&prefix)?.to_string();
        // (The rock's own is the one that counts.)
        let is_spec = path.ends_with(".rockspec");
        (!is_spec).then_some((path, contents))
    });
    Ok(below.collect())
}

/// The modules of a rock that is installed as it is.
fn modules(files: Files) -> Result<Files, String> {
    if let Some((path, _)) = files.iter().find(|(path, _)| path.starts_with("lib/")) {
        return Err(format!("'{path}' is in C"));
    }
    let mut modules: Files =
        files.into_iter().filter(|(path, _)| path.starts_with("lua/")).collect();
    modules.push(("luka.toml".to_string(), b"[paths]\nsource = [\"lua\"]\n".to_vec()));
    Ok(modules)
}
