//! Earlier states of the session, and saving it.

use std::path::Path;

use super::super::Prompt;
use super::super::show::text::grouped;
use super::files::path;
use crate::image::is_image;
use crate::session::Done;

/// `:undo [N]`
pub fn undo(prompt: &mut Prompt, argument: &str) -> Done<()> {
    if let Some(n) = count(prompt, argument) {
        let index = prompt.states.timeline().back(n);
        go(prompt, index, "there is no earlier state; `:checkpoints` lists those that are kept");
    }
    Ok(())
}

/// `:redo [N]`
pub fn redo(prompt: &mut Prompt, argument: &str) -> Done<()> {
    if let Some(n) = count(prompt, argument) {
        let index = prompt.states.timeline().forward(n);
        go(prompt, index, "there is nothing to redo");
    }
    Ok(())
}

/// `:at N`
pub fn at(prompt: &mut Prompt, argument: &str) -> Done<()> {
    match argument.parse() {
        Ok(number) => {
            let index = prompt.states.timeline().numbered(number);
            go(prompt, index, "there is no such state; `:checkpoints` lists them");
        }
        Err(_) => prompt.complain(&format!("`{argument}` is not the number of a state")),
    }
    Ok(())
}

/// The number of steps an argument says; one if it says nothing.
fn count(prompt: &mut Prompt, argument: &str) -> Option<usize> {
    if argument.is_empty() {
        return Some(1);
    }
    let n = argument.parse().ok().filter(|&n| n > 0);
    if n.is_none() {
        prompt.complain(&format!("`{argument}` is not a number of inputs"));
    }
    n
}

fn go(prompt: &mut Prompt, index: Option<usize>, missing: &str) {
    let Some(index) = index else {
        prompt.complain(missing);
        return;
    };
    if prompt.go_to(index)
        && let Some(state) = prompt.states.timeline().present()
    {
        let text = format!("now as after {}\n", state.title());
        prompt.say(&text);
    }
}

/// `:checkpoints`
pub fn list(prompt: &mut Prompt, _: &str) -> Done<()> {
    let timeline = prompt.states.timeline();
    let present = timeline.present().map(|state| state.number);
    let mut text = String::new();
    for state in timeline.states() {
        let mark = if present == Some(state.number) { '>' } else { ' ' };
        let size = grouped(state.size() / 1000);
        text.push_str(&format!("{mark} {:>4}  {:<60} {size:>7} KB\n", state.number, state.label));
    }
    if timeline.is_ahead() {
        text.push_str("  (the session has gone on since to a state that cannot be saved)\n");
    }
    prompt.say(&text);
    Ok(())
}

/// `:save [FILE]`
pub fn save(prompt: &mut Prompt, typed: &str) -> Done<()> {
    if prompt.states.timeline().is_ahead() {
        prompt.complain(
            "the session cannot be saved as it is now; what is saved is as it was before",
        );
    }
    if typed.is_empty() {
        let image = prompt.states.image().map(|image| image.path().display().to_string());
        match image {
            Some(shown) if prompt.save_states() => prompt.say(&format!("saved to {shown}\n")),
            Some(_) => {}
            None => prompt.complain("no image is open; `:save FILE` writes one"),
        }
        return Ok(());
    }
    let file = path(typed);
    let program = file.extension().is_some_and(|end| end == "lua" || end == "luka");
    if program || (file.is_file() && !is_image(&file)) {
        prompt.complain(&format!(
            "{typed} is not an image; `:export {typed}` writes the inputs as a program"
        ));
        return Ok(());
    }
    match copy(prompt, &file) {
        Ok(()) => prompt.say(&format!("saved to {typed}; `luka repl --image {typed}` opens it\n")),
        Err(why) => prompt.complain(&format!("cannot write {typed}: {why}")),
    }
    Ok(())
}

/// Writes an image of the session, which may be the one that is open.
fn copy(prompt: &Prompt, file: &Path) -> Result<(), String> {
    let open = prompt.states.image().map(|image| image.path());
    if open.is_some() && file.canonicalize().ok().as_deref() == open {
        let image = prompt.states.image();
        return image.map_or(Ok(()), |image| {
            image.write(prompt.states.timeline()).map_err(|error| error.to_string())
        });
    }
    prompt.copy_states(file).map_err(|error| error.to_string())
}
