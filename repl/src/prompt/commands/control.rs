//! The session itself: history, settings, starting again.

use luka_compiler::check::similar;

use super::super::Prompt;
use super::super::settings::ALL;
use crate::session::Done;

/// Inputs `:history` shows.
const SHOWN: usize = 20;

/// `:history [N|TEXT]`
pub fn history(prompt: &mut Prompt, argument: &str) -> Done<()> {
    let entries = prompt.history.entries();
    let number = argument.parse::<usize>().ok();
    let wanted = |entry: &&(usize, &String)| {
        argument.is_empty() || number.is_some() || entry.1.contains(argument)
    };
    let all: Vec<(usize, &String)> = entries.iter().enumerate().collect();
    let found: Vec<&(usize, &String)> = all.iter().filter(wanted).collect();
    let most = if argument.is_empty() { SHOWN } else { number.unwrap_or(usize::MAX) };
    let mut text = String::new();
    for (n, entry) in &found[found.len().saturating_sub(most)..] {
        let head = format!("{:>5}  ", n + 1);
        text.push_str(&format!("{head}{}\n", entry.replace('\n', "\n       ")));
    }
    if text.is_empty() {
        text = "no such input\n".to_string();
    }
    prompt.say(&text);
    Ok(())
}

/// `:set [NAME [VALUE]]`
pub fn set(prompt: &mut Prompt, argument: &str) -> Done<()> {
    let (name, value) = argument.split_once(char::is_whitespace).unwrap_or((argument, ""));
    if name.is_empty() {
        let mut text = String::new();
        for (name, values, what) in ALL {
            let value = prompt.settings.get(name).unwrap_or_default();
            text.push_str(&format!("  {name:<8} {value:<8} {what} ({values})\n"));
        }
        prompt.say(&text);
        return Ok(());
    }
    let Some((_, values, _)) = ALL.iter().find(|(known, ..)| *known == name) else {
        let near = similar(name.as_bytes(), ALL.iter().map(|(known, ..)| known.as_bytes()));
        let near = match near {
            Some(near) => format!("did you mean `{}`?", String::from_utf8_lossy(near)),
            None => "`:set` lists them".to_string(),
        };
        prompt.complain(&format!("there is no setting `{name}`; {near}"));
        return Ok(());
    };
    if value.is_empty() {
        let value = prompt.settings.get(name).unwrap_or_default();
        prompt.say(&format!("{name} is {value}\n"));
    } else if !prompt.settings.set(name, value.trim()) {
        prompt.complain(&format!("`{name}` takes {values}"));
    }
    Ok(())
}

/// The settings and their values.
pub fn settings_help() -> String {
    ALL.iter().map(|(name, values, what)| format!("  {name} {values}: {what}\n")).collect()
}

/// `:reset`
pub fn reset(prompt: &mut Prompt, _: &str) -> Done<()> {
    prompt.restart()?;
    prompt.say("new session: all variables and loaded modules are gone\n");
    Ok(())
}
