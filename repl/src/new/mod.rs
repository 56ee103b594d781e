//! `luka new NAME`, `luka init`: a project to begin with. It passes `luka test`, `luka check .` and
//! `luka fmt --check` as it is.

use std::path::Path;

use crate::cli::{Arguments, CliError, Console, Exit, Outcome};
use crate::cmd::tool;

/// The files of a project; `NAME` stands for its name.
const FILES: [(&str, &str); 5] = [
    (
        "luka.toml",
        "# Settings of this project; `luka help test`, `fmt` and `check` describe them.\n\n\
         [test]\npaths = [\"spec\"]\n",
    ),
    (".gitignore", "/lcov.info\n/coverage.html\n/coverage.json\n/lua_modules/\n"),
    (
        "main.lua",
        "-- The program: `luka main.lua [NAME]`.\nlocal greeting = require \"greeting\"\n\n\
         print(greeting.of(arg[1] or \"NAME\"))\n",
    ),
    (
        "greeting.lua",
        "local greeting = {}\n\n--- What to say to somebody.\n---\n--- ```lua\n\
         --- print(require(\"greeting\").of(\"you\")) --> Hello, you!\n--- ```\n\
         function greeting.of(name)\n  return \"Hello, \" .. name .. \"!\"\nend\n\nreturn greeting\n",
    ),
    (
        "spec/greeting_spec.lua",
        "local greeting = require \"greeting\"\n\ndescribe(\"a greeting\", function()\n  \
         it(\"names whom it is for\", function()\n    \
         assert.equal(\"Hello, Ada!\", greeting.of(\"Ada\"))\n  end)\nend)\n",
    ),
];

/// `luka new NAME`: the project in a new folder.
pub fn new(args: &Arguments, console: &Console) -> Outcome {
    let named = args.files.first().map(Vec::as_slice).unwrap_or_default();
    let name = String::from_utf8_lossy(named).into_owned();
    let folder = Path::new(&name);
    let last = folder.file_name().and_then(|last| last.to_str()).unwrap_or_default();
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    if last.is_empty() || last.starts_with(['.', '-']) || !last.chars().all(is_plain) {
        return Err(CliError::Usage(format!(
            "'{name}' is no name for a project: letters, digits, `_`, `-` and `.`"
        )));
    }
    if folder.exists() {
        return Err(CliError::Failed(format!("{name} exists; `luka init` is for folders that do")));
    }
    write(folder, last, console)?;
    console.print(format!("made {name}: `cd {name}`, then `luka test`\n").as_bytes())?;
    Ok(Exit::SUCCESS)
}

/// `luka init`: the project in the current folder. Nothing that is there is changed.
pub fn init(_: &Arguments, console: &Console) -> Outcome {
    let here = std::env::current_dir().ok();
    let name = here.as_deref().and_then(Path::file_name).and_then(|name| name.to_str());
    write(Path::new(""), name.unwrap_or("world"), console)?;
    Ok(Exit::SUCCESS)
}

/// Writes the files that are not there. Modules and tests are left out where there are sources.
fn write(folder: &Path, name: &str, console: &Console) -> Result<(), CliError> {
    let has_sources =
        std::fs::read_dir(if folder == Path::new("") { Path::new(".") } else { folder }).is_ok_and(
            |mut entries| {
                entries.any(|entry| {
                    let path = entry.map(|entry| entry.path()).unwrap_or_default();
                    let is_source = path.extension().is_some_and(|e| e == "lua" || e == "luka");
                    is_source
                        || (path.is_dir() && path.file_name().is_some_and(|name| name == "src"))
                })
            },
        );
    for (path, text) in FILES {
        if has_sources && path.ends_with(".lua") {
            continue;
        }
        let place = folder.join(path);
        let shown = place.display().to_string();
        if place.exists() {
            console.note(&format!("{shown} is there already\n"));
            continue;
        }
        let parent = place.parent().unwrap_or(folder);
        if parent != Path::new("") {
            std::fs::create_dir_all(parent).map_err(|error| {
                tool::failed("make", parent.as_os_str().as_encoded_bytes(), error)
            })?;
        }
        let text = text.replace("NAME\"", &format!("{name}\""));
        tool::write(shown.as_bytes(), text.as_bytes(), console)?;
        console.note(&format!("wrote {shown}\n"));
    }
    Ok(())
}
