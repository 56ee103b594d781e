//! What this crate keeps beside a machine, as the last section of its snapshot
//! (docs/snapshot-format.md): what the machine is in the middle of, the objects of userdata, the
//! details of an error on its way.

use crate::call::CallId;
use crate::error::{ErrorData, ErrorKind, Level};
use crate::handle::Handle;
use crate::host::{Buffering, FileId, FileSource, FileState, HostState};
use crate::native;
use crate::run::Phase;
use crate::state::{Missing, Objects, Place, State};
use crate::thread::Thread;
use crate::vm::Vm;
use luka_vm::Type;
use luka_vm::snapshot::bytes::{Input, Out};
use luka_vm::snapshot::format::Section;
use luka_vm::snapshot::{SnapshotError, SnapshotErrorKind as Kind, Unsavable};
use std::any::Any;

type Read<T> = std::result::Result<T, SnapshotError>;

/// The version of this section.
const VERSION: u8 = 4;

/// No root.
const NONE: u32 = u32::MAX;

/// The type of an object that could not be saved: only in copies that a debugger looks into. (No type of
/// userdata has this name.)
const MISSING: &str = "?";

/// Kinds of phases.
mod phase {
    pub const IDLE: u8 = 0;
    pub const START: u8 = 1;
    pub const PAUSED: u8 = 2;
    pub const RAISE: u8 = 3;
    pub const WAITING: u8 = 4;
    pub const CLOSING: u8 = 5;
    pub const CLOSED: u8 = 6;
}

const ERROR_KINDS: [ErrorKind; 9] = [
    ErrorKind::Runtime,
    ErrorKind::Syntax,
    ErrorKind::Memory,
    ErrorKind::Conversion,
    ErrorKind::ForeignHandle,
    ErrorKind::Busy,
    ErrorKind::Panic,
    ErrorKind::Unfinished,
    ErrorKind::Host,
];

/// The beginning of the section: its version and the attachment.
pub(super) fn read_attachment<'a>(input: &mut Input<'a>) -> Read<&'a [u8]> {
    let version = input.u8()?;
    if version != VERSION {
        let message = format!("what the host keeps has format {version}, not {VERSION}");
        return Err(input.fail(Kind::Version, message));
    }
    input.bytes()
}

impl Vm {
    pub(super) fn host_section(
        &mut self,
        attachment: &[u8],
    ) -> std::result::Result<Vec<u8>, Unsavable> {
        let mut out = Out::default();
        out.u8(VERSION);
        out.bytes(attachment);
        out.u64(self.fuel_used);
        write_phase(&mut out, &self.phase);
        let saves_all = self.with_state(|state| state.saves_all);
        let (files, mut reasons) = match saves_all {
            true => match self.with(|machine| machine.host().export()) {
                Ok(state) => (state, Vec::new()),
                Err(reasons) => (HostState::default(), reasons),
            },
            false => (HostState::default(), Vec::new()),
        };
        self.with_state(|state| {
            out.u64(state.calls);
            write_failure(&mut out, state.failure.as_ref());
            write_objects(&mut out, state, &mut reasons);
        });
        write_files(&mut out, &files);
        if reasons.is_empty() { Ok(out.0) } else { Err(Unsavable::new(reasons)) }
    }

    /// Takes over what [`Vm::host_section`] has written; the machine's roots are there.
    /// Says which files the program had open, and returns the attachment.
    pub(super) fn read_host_section(&mut self, bytes: &[u8]) -> Read<(HostState, Vec<u8>)> {
        let mut input = Input::new(Section::Host, bytes);
        let attachment = read_attachment(&mut input)?.to_vec();
        let fuel_used = input.u64()?;
        let phase = self.read_phase(&mut input)?;
        let calls = input.u64()?;
        let failure = read_failure(&mut input)?;
        let objects = self.read_objects(&mut input)?;
        let files = read_files(&mut input)?;
        input.finish()?;
        self.fuel_used = fuel_used;
        self.phase = phase;
        // What was there before a rollback is dropped outside: that is code of the host's.
        let before = self.with_state(|state| {
            (state.calls, state.failure, state.asked) = (calls, failure, None);
            std::mem::replace(&mut state.objects, objects)
        });
        drop(before);
        Ok((files, attachment))
    }

    /// A handle of a root.
    pub(super) fn root_handle(&self, number: u32) -> Handle {
        self.with_state(|state| {
            let owner = state.releases.clone();
            state.roots.handle(number, &owner)
        })
    }

    fn read_root(&self, input: &mut Input) -> Read<Option<Handle>> {
        let number = input.u32()?;
        if number == NONE {
            return Ok(None);
        }
        if number as usize >= self.with(|machine| machine.host_roots().len()) {
            return Err(input.invalid(format!("there is no root {number}")));
        }
        Ok(Some(self.root_handle(number)))
    }

    fn read_thread(&self, input: &mut Input) -> Read<Option<Thread>> {
        let Some(handle) = self.read_root(input)? else { return Ok(None) };
        match handle.raw(self).map(|raw| raw.type_of()) {
            Ok(Type::Thread) => Ok(Some(Thread::from_handle(handle))),
            _ => Err(input.invalid("a root that is no coroutine")),
        }
    }

    fn read_phase(&self, input: &mut Input) -> Read<Phase> {
        Ok(match input.u8()? {
            phase::IDLE => Phase::Idle,
            phase::START => {
                let name = input.name()?;
                let starters = [&native::MAIN, &native::RESUME];
                let Some(&native) = starters.iter().find(|native| native.name == name) else {
                    return Err(input.invalid(format!("a run cannot begin with '{name}'")));
                };
                let mut values = Vec::new();
                for _ in 0..input.count(4)? {
                    let Some(value) = self.read_root(input)? else {
                        return Err(input.invalid("a run without one of its values"));
                    };
                    values.push(value);
                }
                if values.is_empty() {
                    return Err(input.invalid("a run without its function"));
                }
                Phase::Start { native, values, thread: self.read_thread(input)? }
            }
            phase::PAUSED => Phase::Paused { thread: self.read_thread(input)? },
            phase::RAISE => {
                let Some(error) = self.read_root(input)? else {
                    return Err(input.invalid("an error without its value"));
                };
                Phase::Raise { error, thread: self.read_thread(input)? }
            }
            phase::WAITING => {
                let machine = self.with_state(|state| state.machine);
                let id = CallId { machine, number: input.u64()? };
                let name = input.name()?;
                let known = self.with_state(|state| {
                    let names = &state.registry.entries().names;
                    names.iter().map(|(known, _)| *known).find(|known| *known == name)
                });
                let name = known.ok_or_else(|| {
                    let message = format!("there is no host function '{name}' here");
                    input.fail(Kind::Missing, message)
                })?;
                Phase::Waiting { id, name, thread: self.read_thread(input)? }
            }
            phase::CLOSING => Phase::Closing,
            phase::CLOSED => Phase::Closed,
            n => return Err(input.invalid(format!("{n} is no phase of a run"))),
        })
    }

    fn read_objects(&self, input: &mut Input) -> Read<Objects> {
        let registry = self.with_state(|state| state.registry.clone());
        let mut places = Vec::new();
        for _ in 0..input.count(5)? {
            let generation = input.u32()?;
            let name = input.name()?;
            if name.is_empty() {
                places.push((generation, None));
                continue;
            }
            if name == MISSING {
                places.push((generation, Some(Box::new(Missing) as Box<dyn Any + Send>)));
                continue;
            }
            let Some(info) = registry.entries().types.iter().find(|info| info.name == name) else {
                let message = format!("there is no type of userdata '{name}' here");
                return Err(input.fail(Kind::Missing, message));
            };
            let bytes = input.bytes()?;
            let object = (info.load)(bytes).map_err(|e| {
                input.fail(Kind::Host, format!("an object of type {name} cannot be loaded: {e}"))
            })?;
            places.push((generation, Some(object)));
        }
        let mut free = Vec::new();
        for _ in 0..input.count(4)? {
            free.push(input.u32()?);
        }
        Objects::of_places(places, free).ok_or_else(|| input.invalid("places of objects twice"))
    }
}

fn write_files(out: &mut Out, state: &HostState) {
    out.u64(state.clock.to_bits());
    out.count(state.files.len());
    for file in &state.files {
        out.u64(file.id.0);
        match &file.source {
            FileSource::Standard => out.u8(0),
            FileSource::Path(path) => {
                out.u8(1);
                out.bytes(path);
            }
            FileSource::Contents(contents) => {
                out.u8(2);
                out.bytes(contents);
            }
        }
        out.bytes(&file.mode);
        out.u64(file.position);
        out.bytes(&file.input);
        let (buffering, size) = match file.buffering {
            None => (0, 0),
            Some(Buffering::None) => (1, 0),
            Some(Buffering::Full(size)) => (2, size),
            Some(Buffering::Line(size)) => (3, size),
        };
        out.u8(buffering);
        out.size(size);
    }
}

fn read_files(input: &mut Input) -> Read<HostState> {
    let clock = f64::from_bits(input.u64()?);
    let mut files = Vec::new();
    for _ in 0..input.count(34)? {
        let id = FileId(input.u64()?);
        let source = match input.u8()? {
            0 => FileSource::Standard,
            1 => FileSource::Path(input.bytes()?.to_vec()),
            2 => FileSource::Contents(input.bytes()?.to_vec()),
            n => return Err(input.invalid(format!("{n} is no kind of file"))),
        };
        let mode = input.bytes()?.to_vec();
        let position = input.u64()?;
        let unread = input.bytes()?.to_vec();
        let (kind, size) = (input.u8()?, input.size(1 << 31)?);
        let buffering = match kind {
            0 => None,
            1 => Some(Buffering::None),
            2 => Some(Buffering::Full(size)),
            3 => Some(Buffering::Line(size)),
            n => return Err(input.invalid(format!("{n} is no way to buffer"))),
        };
        files.push(FileState { id, source, mode, position, input: unread, buffering });
    }
    Ok(HostState { files, clock })
}

fn write_root(out: &mut Out, handle: Option<&Handle>) {
    out.u32(handle.map_or(NONE, Handle::number));
}

fn write_thread(out: &mut Out, thread: &Option<Thread>) {
    write_root(out, thread.as_ref().map(Thread::handle));
}

fn write_phase(out: &mut Out, phase: &Phase) {
    match phase {
        Phase::Idle => out.u8(phase::IDLE),
        Phase::Start { native, values, thread } => {
            out.u8(phase::START);
            out.name(native.name);
            out.count(values.len());
            for value in values {
                write_root(out, Some(value));
            }
            write_thread(out, thread);
        }
        Phase::Paused { thread } => {
            out.u8(phase::PAUSED);
            write_thread(out, thread);
        }
        Phase::Raise { error, thread } => {
            out.u8(phase::RAISE);
            write_root(out, Some(error));
            write_thread(out, thread);
        }
        Phase::Waiting { id, name, thread } => {
            out.u8(phase::WAITING);
            out.u64(id.number);
            out.name(name);
            write_thread(out, thread);
        }
        Phase::Closing => out.u8(phase::CLOSING),
        Phase::Closed => out.u8(phase::CLOSED),
    }
}

/// Whether an object can be saved.
fn is_saved(state: &State, object: &(dyn Any + Send)) -> bool {
    let entries = state.registry.entries();
    let info = entries.type_ids.get(&object.type_id()).and_then(|&i| entries.types.get(i));
    info.is_some_and(|info| (info.save)(object, &mut Vec::new()).is_ok())
}

fn write_objects(out: &mut Out, state: &State, reasons: &mut Vec<String>) {
    let entries = state.registry.entries();
    let places = state.objects.places();
    out.count(places.len());
    for (generation, place) in places {
        out.u32(generation);
        let object = match place {
            Place::Free => {
                out.name("");
                continue;
            }
            Place::Object(object) if !state.saves_all && !is_saved(state, object) => {
                out.name(MISSING);
                continue;
            }
            Place::InUse if !state.saves_all => {
                out.name(MISSING);
                continue;
            }
            Place::InUse => {
                reasons.push("an object is in use".to_string());
                continue;
            }
            Place::Object(object) => object,
        };
        let info = entries.type_ids.get(&object.type_id()).and_then(|&i| entries.types.get(i));
        let Some(info) = info else {
            reasons.push("an object of a type that is not registered".to_string());
            continue;
        };
        let mut bytes = Vec::new();
        match (info.save)(object, &mut bytes) {
            Ok(()) => {
                out.name(info.name);
                out.bytes(&bytes);
            }
            Err(e) => reasons.push(format!("an object of type {}: {e}", info.name)),
        }
    }
    let free = state.objects.free_places();
    out.count(free.len());
    for &place in free {
        out.u32(place);
    }
}

fn write_failure(out: &mut Out, failure: Option<&ErrorData>) {
    let Some(data) = failure else { return out.u8(0) };
    out.u8(1);
    let kind = ERROR_KINDS.iter().position(|kind| *kind == data.kind).unwrap_or(0);
    out.u8(kind as u8);
    out.bytes(&data.message);
    out.count(data.levels.len());
    for level in &data.levels {
        out.bytes(level.function.as_bytes());
        let (source, line) = level.place.as_ref().map_or(("", 0), |(s, line)| (s, *line));
        out.u8(u8::from(level.place.is_some()));
        out.bytes(source.as_bytes());
        out.u32(line);
    }
    out.bytes(&data.details);
    out.bytes(&data.traceback);
}

fn read_failure(input: &mut Input) -> Read<Option<ErrorData>> {
    if !input.bool()? {
        return Ok(None);
    }
    let text = |input: &mut Input| -> Read<String> {
        let bytes = input.bytes()?;
        Ok(String::from_utf8_lossy(bytes).into_owned())
    };
    let kind = input.u8()?;
    let Some(&kind) = ERROR_KINDS.get(kind as usize) else {
        return Err(input.invalid(format!("{kind} is no kind of error")));
    };
    let message = input.bytes()?.to_vec();
    let mut levels = Vec::new();
    for _ in 0..input.count(13)? {
        let function = text(input)?;
        let placed = input.bool()?;
        let (source, line) = (text(input)?, input.u32()?);
        levels.push(Level { function, place: placed.then_some((source, line)) });
    }
    let (details, traceback) = (input.bytes()?.to_vec(), input.bytes()?.to_vec());
    Ok(Some(ErrorData { kind, message, value: None, levels, details, traceback, number: None }))
}
