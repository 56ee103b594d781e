//! The report of an error nobody caught: the message, the place in the source with what is known
//! of it, the levels of the stack. Made from the machine's fault ([`luka_vm::debug::Fault`]), not
//! from the message, and without running code of the program.
//!
//! * here — the report as data and its text
//! * [`error_site`] — the place as a tree, and what its expressions stand for
//! * [`explain`], [`operators`], [`native_call`], [`missing_module`] — what went wrong there, by the kind of
//!   fault
//! * [`advice`] — what to write instead, by the words of the library
//! * [`hints`] — what might have been meant; [`origins`] — where a wrong value comes from
//! * [`show`] — values on one line
//! * [`frames`], [`sources`] — the levels, and the texts a report quotes

mod advice;
mod error_site;
mod explain;
mod frames;
mod hints;
mod missing_module;
mod native_call;
mod operators;
mod origins;
mod show;
mod sources;

use luka_compiler::Span;
use luka_compiler::diag::{Code, Diagnostic};
use luka_compiler::source::Source;
use luka_vm::debug::fault::FailedCoroutine;
use luka_vm::debug::position::Location;
use luka_vm::debug::{Activation, Raised};
use luka_vm::{Gc, Thread, Value, Vm};
use std::rc::Rc;

use crate::{Style, render, without_heading};
use error_site::ErrorSite;
pub use frames::Frame;
pub use missing_module::{Modules, brief};
pub use show::{quoted, shown, text};
pub use sources::Files;
use sources::Sources;

/// Most levels of a stack in a report.
const LEVELS: usize = 21;

/// The report of a run-time error.
#[derive(Clone, Debug)]
pub struct ErrorReport {
    /// The message as programs see it. Any bytes.
    pub message: Vec<u8>,
    /// The place; `None` if its source is not known any more.
    pub picture: Option<Picture>,
    /// The levels of the coroutines that the error has ended, the first one first.
    pub coroutines: Vec<Vec<Frame>>,
    /// The levels of the coroutine nobody caught it in, the topmost first.
    pub levels: Vec<Frame>,
}

/// A place in a source, and what to say about it.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The text of the chunk.
    pub source: Rc<Source<'static>>,
    /// Labels, notes and help. Its message is empty: that of the report comes first.
    pub diagnostic: Diagnostic,
}

/// What reports ask of the system the program runs on.
#[derive(Clone, Copy)]
pub struct Outside<'a> {
    /// Gives the bytes of source files.
    pub files: Files<'a>,
    /// Gives names of modules, where packages can be added.
    pub modules: Option<Modules<'a>>,
}

impl<'a> Outside<'a> {
    /// Files only.
    pub fn files(files: Files<'a>) -> Outside<'a> {
        Outside { files, modules: None }
    }
}

/// Where an error is shown.
struct Place {
    /// The function, unless its stack is gone.
    level: Option<(Gc<Thread>, Activation)>,
    location: Location,
}

/// Makes the report of an error with the given message.
///
/// Call it inside a message handler, with `skip` 1 for the handler's own level, or after a run
/// that has failed, with `skip` 0: every level is still there.
pub fn report_error(
    vm: &Vm,
    error: Value,
    message: &[u8],
    skip: usize,
    outside: Outside<'_>,
) -> ErrorReport {
    let mut sources = Sources::new(outside.files);
    let raised = vm.raised_error();
    let place = raised.and_then(|raised| place_of(vm, raised));
    let place = place.or_else(|| innermost(vm, vm.current_thread(), skip));
    let picture = place
        .as_ref()
        .and_then(|place| picture(vm, place, error, raised, &mut sources, outside.modules));
    let shown = place.as_ref().filter(|_| picture.is_some()).map(|place| &place.location);
    let mut frames = |levels: Vec<_>| frames::frames(levels, &mut sources, shown);
    let coroutines = raised.map_or(&[][..], |raised| &raised.coroutines).iter();
    let coroutines = coroutines.map(|co| match co {
        FailedCoroutine::Stack(thread) => frames(vm.trace(*thread, 0, LEVELS).collect()),
        FailedCoroutine::Closed(levels) => frames(levels.clone()),
    });
    let coroutines = coroutines.filter(|levels| !levels.is_empty()).collect();
    let levels = frames(vm.trace(vm.current_thread(), skip, LEVELS).collect());
    ErrorReport { message: message.to_vec(), picture, coroutines, levels }
}

/// The levels of a coroutine from one on, the topmost first, each with its line of the source. Of a
/// stack deeper than `most` the middle is left out.
pub fn levels(
    vm: &Vm,
    thread: Gc<Thread>,
    first: usize,
    most: usize,
    files: Files<'_>,
) -> Vec<Frame> {
    let trace = vm.trace(thread, first, most).collect();
    frames::frames(trace, &mut Sources::new(files), None)
}

/// The function a fault happened in.
fn place_of(vm: &Vm, raised: &Raised) -> Option<Place> {
    let fault = &raised.fault;
    if let Some(location) = &raised.location {
        return Some(Place { level: None, location: location.clone() });
    }
    let site = fault.site?;
    let level = vm.activations(fault.thread).find(|level| level.frame.base == site.base)?;
    Some(Place { level: Some((fault.thread, level)), location: vm.fault_location(fault)? })
}

/// The topmost function of the language.
fn innermost(vm: &Vm, thread: Gc<Thread>, skip: usize) -> Option<Place> {
    let mut levels = vm.activations(thread).skip(skip);
    levels.find_map(|level| {
        Some(Place { location: vm.location(&level)?, level: Some((thread, level)) })
    })
}

fn picture(
    vm: &Vm,
    place: &Place,
    error: Value,
    raised: Option<&Raised>,
    sources: &mut Sources,
    modules: Option<Modules<'_>>,
) -> Option<Picture> {
    let span = place.location.span;
    if span == Span::NONE {
        return None;
    }
    let source = sources.of(&place.location)?;
    let fault = raised.map(|raised| &raised.fault);
    let caller = caller_of(vm, place, sources);
    let mut site = ErrorSite::new(vm, place.level, span, source.clone(), fault, caller);
    site.modules = modules;
    site.error = Some(error);
    // A label that only repeats the message is left out.
    let plain = || {
        let label = match error.as_table() {
            Some(_) => format!("the error is {}", show::described(vm, error)),
            None => String::new(),
        };
        Diagnostic::new(Code::Runtime, span, "").with_label(label)
    };
    let mut diagnostic =
        fault.and_then(|fault| explain::explain(&site, fault)).unwrap_or_else(plain);
    if let Some(note) = fault.and_then(|fault| hints::missing_level(vm, fault)) {
        diagnostic = diagnostic.with_note(note);
    }
    if let Some(help) = hints::inside_try_table(&site) {
        diagnostic = diagnostic.with_help(help);
    }
    Some(Picture { source, diagnostic })
}

/// Where the function at a place was called.
fn caller_of(vm: &Vm, place: &Place, sources: &mut Sources) -> Option<(Span, Rc<Source<'static>>)> {
    let (thread, level) = place.level.as_ref()?;
    if level.frame.is_tail {
        return None;
    }
    let mut levels = vm.activations(*thread).skip_while(|l| l.frame.base != level.frame.base);
    let location = vm.location(&levels.nth(1)?)?;
    let source = sources.of(&location)?;
    Some((location.span, source))
}

impl ErrorReport {
    /// The report as text: the message, the picture of the place, the levels. No newline at the end.
    pub fn render(&self, style: Style) -> Vec<u8> {
        let mut out = self.message.clone();
        out.push(b'\n');
        out.extend_from_slice(self.drawn(style).as_bytes());
        for levels in &self.coroutines {
            out.extend_from_slice(b"stack traceback of the coroutine:");
            frames::write(&mut out, levels);
            out.push(b'\n');
        }
        out.extend_from_slice(b"stack traceback:");
        frames::write(&mut out, &self.levels);
        out
    }

    /// The picture of the place as text; empty if there is none.
    pub fn drawn(&self, style: Style) -> String {
        let Some(picture) = &self.picture else { return String::new() };
        let drawn = render(&picture.diagnostic, &picture.source, style);
        without_heading(&drawn).to_string()
    }
}
