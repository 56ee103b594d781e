//! Loading files and modules; editing in an external editor.

use luka::{Table, Value, Values};
use luka_bytecode::image::is_image;
use luka_stdlib::load::blank_first_line;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::Prompt;
use super::sessions::Entry;
use crate::session::{Done, Stop};

/// A path as it is typed, `~` being home.
pub(super) fn path(typed: &str) -> PathBuf {
    match (typed.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        _ => PathBuf::from(typed),
    }
}

/// `:load FILE`
pub fn load(prompt: &mut Prompt, typed: &str) -> Done<()> {
    let file = path(typed);
    let shown = file.display().to_string();
    let mut text = match std::fs::read(&file) {
        Ok(text) => text,
        Err(error) => {
            let why = luka::host::describe(error).message;
            prompt.complain(&format!("cannot open {shown}: {why}"));
            return Ok(());
        }
    };
    prompt.loaded = Some(typed.to_string());
    prompt.log(Entry::command(format!(":load {typed}")));
    let start = blank_first_line(&mut text);
    let values = if is_image(&text[start..]) {
        match prompt.session.run_file(Some(shown.as_bytes()), Values::default()) {
            Err(Stop::Exit { code, close }) => return Err(Stop::Exit { code, close }),
            _ => None,
        }
    } else {
        prompt.evaluate_file(&text[start..], format!("@{shown}").as_bytes(), Values::default())?
    };
    prompt.show(&values.unwrap_or_default())
}

/// `:reload [MODULE]`
pub fn reload(prompt: &mut Prompt, name: &str) -> Done<()> {
    if name.is_empty() {
        return match prompt.loaded.clone() {
            Some(file) => load(prompt, &file),
            None => {
                prompt.complain("no file has been loaded yet; `:reload MODULE` reloads a module");
                Ok(())
            }
        };
    }
    let loaded = match prompt.session.global("package") {
        Value::Table(package) => package.get::<Option<Table>>(&prompt.session.vm, "loaded"),
        _ => Ok(None),
    };
    let Ok(Some(loaded)) = loaded else {
        prompt.complain("there is no table `package.loaded`");
        return Ok(());
    };
    let session = &mut *prompt.session;
    let old: Value = session.reported(loaded.get(&session.vm, name))?;
    if old.is_nil() {
        prompt.complain(&format!("no module `{name}` has been loaded"));
        return Ok(());
    }
    let cleared = loaded.set(&session.vm, name, Value::Nil);
    session.reported(cleared)?;
    let require = session.global("require");
    let result = session.call(&require, name);
    let module = match &result {
        Ok(values) => {
            let new = values.iter().next().cloned().unwrap_or(Value::Nil);
            let kept = refill(&session.vm, &old, &new);
            if session.reported(kept)? { old } else { new }
        }
        Err(_) => old,
    };
    let set = loaded.set(&session.vm, name, module);
    session.reported(set)?;
    match result {
        Ok(_) => {
            prompt.log(Entry::command(format!(":reload {name}")));
            prompt.say(&format!("reloaded `{name}`\n"));
            Ok(())
        }
        Err(Stop::Failed) => Ok(()),
        Err(exit) => Err(exit),
    }
}

/// Replaces the contents of an old table by those of a new one. Returns false if either is not a
/// table.
fn refill(vm: &luka::Vm, old: &Value, new: &Value) -> luka::Result<bool> {
    let (Value::Table(to), Value::Table(from)) = (old, new) else { return Ok(false) };
    if to.is_same(from, vm)? {
        return Ok(true);
    }
    for (key, _) in to.entries::<Value, Value>(vm)? {
        to.set(vm, key, Value::Nil)?;
    }
    for (key, value) in from.entries::<Value, Value>(vm)? {
        to.set(vm, key, value)?;
    }
    to.set_metatable(vm, from.metatable(vm)?.as_ref())?;
    Ok(true)
}

/// `:edit [FILE]`
pub fn edit(prompt: &mut Prompt, typed: &str) -> Done<()> {
    if !typed.is_empty() {
        if run_editor(prompt, &path(typed)) {
            return load(prompt, typed);
        }
        return Ok(());
    }
    let file = std::env::temp_dir().join(format!("luka-{}.lua", std::process::id()));
    if let Err(error) = std::fs::write(&file, format!("{}\n", prompt.last)) {
        prompt.complain(&format!("cannot write {}: {error}", file.display()));
        return Ok(());
    }
    let edited = run_editor(prompt, &file);
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    let _ = std::fs::remove_file(&file);
    let text = text.trim_end();
    if !edited || text.is_empty() {
        return Ok(());
    }
    prompt.say(&format!("{text}\n"));
    prompt.remember(text);
    prompt.input(text)
}

/// Runs the editor on a file. Returns whether it succeeded.
fn run_editor(prompt: &mut Prompt, file: &Path) -> bool {
    let editor = ["VISUAL", "EDITOR"].iter().find_map(|name| std::env::var(name).ok());
    let editor = editor.filter(|editor| !editor.is_empty()).unwrap_or_else(|| "vi".to_string());
    // The variable may contain arguments: the shell splits them.
    let script = format!("{editor} \"$1\"");
    let ended = Command::new("/bin/sh").args(["-c", &script, "sh"]).arg(file).status();
    match ended {
        Ok(status) if status.success() => true,
        Ok(_) => {
            prompt.complain(&format!("the editor `{editor}` failed"));
            false
        }
        Err(error) => {
            prompt.complain(&format!("cannot run the editor `{editor}`: {error}"));
            false
        }
    }
}
