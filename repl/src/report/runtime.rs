//! The report of an error nobody caught: PUC's message, the picture of the place, the traceback.

use luka_compiler::Span;
use luka_compiler::diag::{Code, Diagnostic};
use luka_compiler::parse::Options;
use luka_report::render;
use luka_vm::debug::Activation;
use luka_vm::debug::error_site::Failure;
use luka_vm::debug::position::{Location, short_source};
use luka_vm::{Gc, Thread, Value, Vm};

use super::error_site::ErrorSite;
use super::explain::explain;
use super::show::described;
use super::sources::Sources;
use super::trace::write_levels;
use super::{style, without_heading};

/// Levels looked at for the place a message names, and shown in a traceback.
const LEVELS: usize = 50;
const TRACE: usize = 21;

/// A report and the text programs see in its stead.
pub struct Aside {
    /// What the message handler returned.
    pub text: Vec<u8>,
    pub report: Vec<u8>,
}

/// Where an error is shown.
struct Place {
    level: Option<(Gc<Thread>, Activation)>,
    location: Location,
    /// The function that raised the error, if it is not the one at the place.
    raiser: Option<(Gc<Thread>, Activation)>,
    /// Bytes of the message in front of its own words.
    prefix: usize,
}

/// The report of an error; to be called by the message handler, every frame still there.
pub fn report(vm: &Vm, error: Value, message: &[u8]) -> Vec<u8> {
    let thread = vm.current_thread();
    let mut sources = Sources::default();
    let coroutine = coroutine_of(vm, error, message);
    let place = match &coroutine {
        Some(behind) => behind.place(vm, message),
        None => place_on(vm, thread, 1, message),
    };
    let mut out = message.to_vec();
    let picture = place.as_ref().and_then(|place| picture(vm, place, error, message, &mut sources));
    out.push(b'\n');
    out.extend_from_slice(picture.as_deref().unwrap_or_default().as_bytes());
    let pictured = place.as_ref().filter(|_| picture.is_some()).map(|p| &p.location);
    if let Some(behind) = &coroutine {
        for levels in behind.traces(vm) {
            out.extend_from_slice(b"stack traceback of the coroutine:");
            write_levels(&mut out, levels, &mut sources, pictured);
            out.push(b'\n');
        }
    }
    out.extend_from_slice(b"stack traceback:");
    write_levels(&mut out, vm.trace(thread, 1, TRACE), &mut sources, pictured);
    out
}

/// The level an error is shown at: the innermost one that the message's position names, else the
/// innermost one of the language.
fn place_on(vm: &Vm, thread: Gc<Thread>, first: usize, message: &[u8]) -> Option<Place> {
    let levels: Vec<Activation> = vm.activations(thread).skip(first).take(LEVELS).collect();
    let places = levels.iter().enumerate().filter_map(|(i, l)| Some((i, vm.location(l)?)));
    let places: Vec<(usize, Location)> = places.collect();
    let named = places.iter().find(|(_, place)| message.starts_with(&position(place)));
    let (i, location) = named.or(places.first())?.clone();
    let prefix = if named.is_some() { position(&location).len() } else { 0 };
    let above = i.checked_sub(1).map(|i| (thread, levels[i]));
    Some(Place { level: Some((thread, levels[i])), location, raiser: above, prefix })
}

fn picture(
    vm: &Vm,
    place: &Place,
    error: Value,
    message: &[u8],
    sources: &mut Sources,
) -> Option<String> {
    if place.location.span == Span::NONE {
        return None;
    }
    let source = sources.of(&place.location)?;
    let words = String::from_utf8_lossy(&message[place.prefix..]);
    let words = match error.as_table() {
        Some(_) => &format!("the error is {}", described(vm, error)),
        None => words.lines().next().unwrap_or_default(),
    };
    let options = Options::default();
    let site = ErrorSite::new(vm, place.level, place.location.span, source, &options);
    let plain = || Diagnostic::new(Code::Runtime, place.location.span, "").with_label(words);
    let diagnostic = explain(&site, words, place.raiser).unwrap_or_else(plain);
    Some(without_heading(&render(&diagnostic, source, style())))
}

/// `chunk:line: ` as messages begin.
fn position(place: &Location) -> Vec<u8> {
    let mut text = short_source(&place.chunk);
    text.extend_from_slice(format!(":{}: ", place.line.unwrap_or(0)).as_bytes());
    text
}

/// The coroutine an error comes from.
enum Behind<'a> {
    /// It was resumed, and its frames are still there.
    Failed(Gc<Thread>),
    /// It was wrapped; what was noted of it and of those around it.
    Noted(&'a [Failure]),
}

/// The coroutine that ended with this error, if the error was raised again outside of it.
fn coroutine_of<'a>(vm: &'a Vm, error: Value, message: &[u8]) -> Option<Behind<'a>> {
    let thread = vm.current_thread();
    let raiser = vm.activations(thread).nth(1)?;
    let wrapped =
        raiser.func().as_native().is_some_and(|n| n.native().name == "coroutine.wrap:function");
    if wrapped && let Some(last) = vm.failures().last() {
        return message.ends_with(&last.message).then_some(Behind::Noted(vm.failures()));
    }
    // `error(…)` or `assert(…)` with what `coroutine.resume` returned: some variable in reach has
    // the coroutine.
    raiser.func().as_native()?;
    for level in vm.activations(thread).skip(1).take(LEVELS) {
        for n in 1..=250 {
            let Some((_, value)) = vm.get_local(thread, &level.frame, n) else { break };
            let Some(co) = value.as_thread() else { continue };
            let Some(failure) = co.failure() else { continue };
            if failure.raw_eq(error) && !failure.is_nil() {
                return Some(Behind::Failed(co));
            }
        }
    }
    None
}

impl Behind<'_> {
    fn place(&self, vm: &Vm, message: &[u8]) -> Option<Place> {
        match self {
            Behind::Failed(co) => place_on(vm, *co, 0, message),
            Behind::Noted(failures) => {
                let first = failures.first()?;
                let location = first.levels.iter().find_map(|level| level.location.clone())?;
                let position = position(&location);
                // Every wrapper has put its own position in front.
                let words = first.message.strip_prefix(&*position).unwrap_or(&first.message);
                let prefix = message.len() - words.len();
                Some(Place { level: None, location, raiser: None, prefix })
            }
        }
    }

    /// The stacks to show, innermost first.
    fn traces(&self, vm: &Vm) -> Vec<Vec<luka_vm::debug::traceback::Level>> {
        match self {
            Behind::Failed(co) => vec![vm.trace(*co, 0, TRACE).collect()],
            Behind::Noted(failures) => failures.iter().map(|f| f.levels.clone()).collect(),
        }
    }
}
