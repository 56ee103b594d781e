//! The states a session has been in, and the image that keeps them.
//!
//! After each input the session's state is noted. With an image it is written to the file before the
//! next prompt, so that whatever ends the process takes no more than the input it was at.

use std::path::Path;

use super::Prompt;
use crate::image::{ImageError, ImageFile, Timeline};

/// Bytes of objects in use above which a session without an image notes no states: that would take
/// more time than most inputs do.
const LARGEST: u64 = 128 << 20;

/// The states and where they are kept.
#[derive(Default)]
pub struct States {
    timeline: Timeline,
    image: Option<ImageFile>,
    /// Why the last state was not noted; said once.
    unsaved: Option<String>,
}

impl States {
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    pub fn image(&self) -> Option<&ImageFile> {
        self.image.as_ref()
    }
}

const NO_MEMORY: &str = "there is not enough memory for it";

impl Prompt<'_> {
    /// Goes on with the session of an image, or begins one, and saves it to the image from now on.
    ///
    /// # Errors
    /// What is wrong with the image, which is as it was.
    pub fn open_image(&mut self, file: ImageFile, saved: Option<Timeline>) -> Result<(), String> {
        if let Some(state) = saved.as_ref().and_then(Timeline::present) {
            let bytes = state.bytes().ok_or(NO_MEMORY)?;
            self.go_to_state(&bytes).map_err(|error| error.to_string())?;
            let note = format!("{} as after {}\n", file.path().display(), state.title());
            self.say(&note);
        }
        self.states.timeline = saved.unwrap_or_default();
        self.states.image = Some(file);
        Ok(())
    }

    /// Notes the state the session is in after an input, and saves it to the image.
    pub fn note_state(&mut self, input: &str) {
        if self.states.image.is_none() && self.session.vm.memory_used() > LARGEST {
            let size = self.session.vm.memory_used() >> 20;
            self.pass_state(format!("`:undo` is off: the session has {size} MB of objects"));
            return;
        }
        match self.state() {
            Ok(bytes) => {
                self.states.unsaved = None;
                if self.states.timeline.add(input, &bytes) {
                    self.save_states();
                }
            }
            Err(unsavable) => {
                let why = unsavable.reasons().join("; ");
                self.pass_state(match &self.states.image {
                    Some(_) => format!("this is not saved until it can be: {why}"),
                    None => format!("`:undo` cannot come back to this: {why}"),
                });
            }
        }
    }

    /// The session has gone on to a state that is not noted, for a reason that is said if it is new.
    fn pass_state(&mut self, why: String) {
        self.states.timeline.pass();
        if self.states.unsaved.as_ref() != Some(&why) {
            self.complain(&format!("note: {why}"));
            self.states.unsaved = Some(why);
        }
    }

    /// Writes the image, if there is one; that it cannot be written is reported.
    pub fn save_states(&mut self) -> bool {
        let Some(file) = &self.states.image else { return false };
        if let Err(error) = file.write(&self.states.timeline) {
            let path = file.path().display().to_string();
            self.complain(&format!("not saved: cannot write {path}: {error}"));
            return false;
        }
        true
    }

    /// Writes an image of the session to another file.
    ///
    /// # Errors
    /// The file cannot be written, another session has it open, or it is no image.
    pub fn copy_states(&self, path: &Path) -> Result<(), ImageError> {
        ImageFile::open(path)?.0.write(&self.states.timeline)
    }

    /// Goes to the state with this index; returns whether it could.
    pub fn go_to(&mut self, index: usize) -> bool {
        let Some(state) = self.states.timeline.get(index) else { return false };
        let gone = match state.bytes() {
            Some(bytes) => self.go_to_state(&bytes).map_err(|error| error.to_string()),
            None => Err(NO_MEMORY.to_string()),
        };
        if let Err(error) = gone {
            self.complain(&format!("cannot go there: {error}"));
            return false;
        }
        self.states.timeline.go_to(index);
        self.states.unsaved = None;
        self.save_states();
        true
    }
}
