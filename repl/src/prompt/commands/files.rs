//! Files that are run, edited and written.

use luka_bytecode::image::is_image;
use luka_stdlib::load::blank_first_line;
use luka_vm::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::Prompt;
use crate::session::{Done, Stop};

/// Session files that run session files.
const NESTED: u32 = 10;

/// A path as it is typed, `~` being home.
fn path(typed: &str) -> PathBuf {
    match (typed.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        _ => PathBuf::from(typed),
    }
}

/// `:load FILE`
pub fn load(prompt: &mut Prompt, typed: &str) -> Done<()> {
    if typed.is_empty() {
        prompt.complain("`:load` takes a file");
        return Ok(());
    }
    let file = path(typed);
    let shown = file.display().to_string();
    let mut text = match std::fs::read(&file) {
        Ok(text) => text,
        Err(error) => {
            let why = crate::host::describe(error).message;
            prompt.complain(&format!("cannot open {shown}: {why}"));
            return Ok(());
        }
    };
    prompt.loaded = Some(typed.to_string());
    prompt.log(&format!(":load {typed}"));
    let start = blank_first_line(&mut text);
    let values = if is_image(&text[start..]) {
        match prompt.session.run_file(Some(shown.as_bytes()), &[]) {
            Err(Stop::Exit { code, close }) => return Err(Stop::Exit { code, close }),
            _ => None,
        }
    } else {
        prompt.evaluate_as(&text[start..], format!("@{shown}").as_bytes())?
    };
    prompt.show(&values.unwrap_or_default())
}

/// `:reload [MODULE]`
pub fn reload(prompt: &mut Prompt, name: &str) -> Done<()> {
    if name.is_empty() {
        return match prompt.loaded.clone() {
            Some(file) => load(prompt, &file),
            None => {
                prompt.complain("nothing has been loaded yet; `:reload MODULE` is for modules");
                Ok(())
            }
        };
    }
    let session = &mut *prompt.session;
    let package = session.global("package").as_table();
    let loaded = package.and_then(|package| package.get_str_bytes(b"loaded").as_table());
    let key: Value = session.vm.heap.intern_or_long(name.as_bytes()).into();
    let Some(loaded) = loaded.filter(|loaded| !loaded.get(key).is_nil()) else {
        prompt.complain(&format!("no module `{name}` has been loaded"));
        return Ok(());
    };
    let old = loaded.get(key);
    session.vm.pin(old);
    let _ = session.vm.raw_set(loaded, key, Value::NIL);
    let require = session.global("require");
    let result = session.call(require, &[key]);
    session.vm.unpin(1);
    match result {
        Ok(values) => {
            let new = values.first().copied().unwrap_or(Value::NIL);
            let kept = refill(session, old, new);
            let _ = session.vm.raw_set(loaded, key, if kept { old } else { new });
            prompt.log(&format!(":reload {name}"));
            prompt.say(&format!("loaded `{name}` again\n"));
        }
        Err(stop) => {
            let _ = session.vm.raw_set(loaded, key, old);
            if !matches!(stop, Stop::Failed) {
                return Err(stop);
            }
        }
    }
    Ok(())
}

/// Gives an old table the contents of a new one; false if these are no two tables.
fn refill(session: &mut crate::session::Session, old: Value, new: Value) -> bool {
    let (Some(to), Some(from)) = (old.as_table(), new.as_table()) else { return false };
    if old.raw_eq(new) {
        return true;
    }
    let stale: Vec<Value> = to.entries().map(|(key, _)| key).collect();
    for key in stale {
        let _ = session.vm.raw_set(to, key, Value::NIL);
    }
    for (key, value) in from.entries() {
        let _ = session.vm.raw_set(to, key, value);
    }
    to.set_metatable(&mut session.vm.heap, from.metatable());
    true
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
    let last = prompt.inputs.borrow().last().map(|text| text.to_string()).unwrap_or_default();
    if let Err(error) = std::fs::write(&file, format!("{last}\n")) {
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

/// Says whether the editor ended well.
fn run_editor(prompt: &mut Prompt, file: &Path) -> bool {
    let editor = ["VISUAL", "EDITOR"].iter().find_map(|name| std::env::var(name).ok());
    let editor = editor.filter(|editor| !editor.is_empty()).unwrap_or_else(|| "vi".to_string());
    // The variables may have arguments: the shell takes them apart.
    let script = format!("{editor} \"$1\"");
    let ended = Command::new("/bin/sh").args(["-c", &script, "sh"]).arg(file).status();
    match ended {
        Ok(status) if status.success() => true,
        Ok(_) => {
            prompt.complain(&format!("the editor `{editor}` has failed"));
            false
        }
        Err(error) => {
            prompt.complain(&format!("cannot run the editor `{editor}`: {error}"));
            false
        }
    }
}

/// `:save FILE`
pub fn save(prompt: &mut Prompt, typed: &str) -> Done<()> {
    if typed.is_empty() {
        prompt.complain("`:save` takes a file");
        return Ok(());
    }
    let text: String = prompt.logged.iter().map(|input| transcript(input)).collect();
    match std::fs::write(path(typed), text) {
        Ok(()) => {
            let n = prompt.logged.len();
            let inputs = if n == 1 { "input" } else { "inputs" };
            prompt.say(&format!("{n} {inputs} written to {typed}\n"));
        }
        Err(error) => {
            let why = crate::host::describe(error).message;
            prompt.complain(&format!("cannot write {typed}: {why}"));
        }
    }
    Ok(())
}

/// `:load-session FILE`
pub fn load_session(prompt: &mut Prompt, typed: &str) -> Done<()> {
    let text = match std::fs::read_to_string(path(typed)) {
        Ok(text) => text,
        Err(error) => {
            prompt.complain(&format!(
                "cannot open {typed}: {}",
                crate::host::describe(error).message
            ));
            return Ok(());
        }
    };
    let Some(inputs) = inputs(&text) else {
        prompt.complain(&format!("{typed} is no session file (`:save` writes them)"));
        return Ok(());
    };
    if prompt.nested >= NESTED {
        prompt.complain("session files run each other without end");
        return Ok(());
    }
    prompt.nested += 1;
    let mut result = Ok(());
    for input in inputs {
        prompt.say(&transcript(&input));
        result = prompt.input(&input);
        if result.is_err() {
            break;
        }
    }
    prompt.nested -= 1;
    result
}

/// An input as session files have it: `> ` before its first line, `>> ` before the others.
fn transcript(input: &str) -> String {
    let lines = input.split('\n').enumerate();
    lines.map(|(i, line)| format!("{} {line}\n", if i == 0 { ">" } else { ">>" })).collect()
}

/// The inputs of a session file.
fn inputs(text: &str) -> Option<Vec<String>> {
    let mut inputs: Vec<String> = Vec::new();
    for line in text.lines() {
        if let Some(more) = line.strip_prefix(">> ").or((line == ">>").then_some("")) {
            let last = inputs.last_mut()?;
            last.push('\n');
            last.push_str(more);
        } else {
            let first = line.strip_prefix("> ").or((line == ">").then_some(""))?;
            inputs.push(first.to_string());
        }
    }
    Some(inputs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_files_give_back_the_inputs() {
        let all = ["local x = 1", "function f()\n\n  return [[\n> x\n]]\nend", ""];
        let text: String = all.iter().map(|input| transcript(input)).collect();
        assert_eq!(inputs(&text).unwrap(), all);
        assert_eq!(inputs("x = 1\n"), None);
        assert_eq!(inputs(">> x\n"), None);
    }
}
