//! From bytes to functions: text through the compiler, images through the verifier; what `load`,
//! `loadfile`, `dofile`, `require` and the command line share.

use crate::os::OPENED;
pub use luka_bytecode::image::is_image;
use luka_bytecode::image::{self, ImageError};
use luka_bytecode::verify::{verify, verify_until};
use luka_bytecode::{Module, Verified};
use luka_compiler::{Limits, Refusal};
use luka_vm::api::BYTES_PER_UNIT;
use luka_vm::host::{FileId, HostError, HostResult, LoadError, LoadLimits, Loader};
use luka_vm::{Gc, LuaFn, Vm};
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

/// The compiler behind the VM's door.
#[derive(Default)]
pub struct CompilerLoader {
    compiler: luka_compiler::Compiler,
    options: luka_compiler::Options,
    /// The longest text that is kept, in bytes.
    kept: usize,
}

impl CompilerLoader {
    /// A loader for texts in this language.
    pub fn new(std: luka_compiler::Std) -> CompilerLoader {
        let options = luka_compiler::Options { std, ..Default::default() };
        CompilerLoader { options, ..CompilerLoader::default() }
    }

    /// Keeps the texts of chunks of up to so many bytes, for reports of errors; they count as memory
    /// of the program.
    pub fn keeping(self, bytes: usize) -> CompilerLoader {
        CompilerLoader { kept: bytes, ..self }
    }
}

impl Loader for CompilerLoader {
    fn load(
        &mut self,
        source: &[u8],
        chunk_name: &[u8],
        limits: LoadLimits<'_>,
    ) -> Result<Verified<Module>, LoadError> {
        compile(&mut self.compiler, source, chunk_name, &self.options, limits)
    }

    fn keep_source(&self, source: &[u8]) -> Option<Rc<[u8]>> {
        (source.len() <= self.kept).then(|| source.into())
    }
}

/// Compiles a text within limits.
///
/// # Errors
/// PUC Lua's message, or which limit it is.
pub fn compile(
    compiler: &mut luka_compiler::Compiler,
    source: &[u8],
    chunk_name: &[u8],
    options: &luka_compiler::Options,
    limits: LoadLimits<'_>,
) -> Result<Verified<Module>, LoadError> {
    let limits = Limits { memory: limits.memory, stop: limits.interrupt };
    compiler.load(source, chunk_name, options, limits).map_err(|refusal| match refusal {
        Refusal::Message(message) => LoadError::Refused(message),
        Refusal::Memory => LoadError::Memory,
        Refusal::Stopped => LoadError::Interrupted,
    })
}

/// Units of fuel that each byte of a chunk costs.
pub(crate) const COMPILED: u64 = 5;

/// Units that a chunk costs, however short.
pub(crate) const LOADING: u64 = 100;

/// Why a chunk was refused: the message `load` returns.
pub type Refused = Vec<u8>;

/// The message when memory is short.
const NO_MEMORY: &[u8] = b"not enough memory";

/// The message of a refused chunk.
pub(crate) fn message(error: LoadError) -> Refused {
    match error {
        LoadError::Refused(message) => message,
        LoadError::Memory => NO_MEMORY.to_vec(),
        LoadError::Interrupted => b"interrupted".to_vec(),
    }
}

/// Makes a function of a chunk. `chunk_name` is in PUC's form (`@file`, `=name` or the text);
/// `mode` is `load`'s: a `b` in it allows images, a `t` text; `None` both.
pub fn load_bytes(
    vm: &mut Vm,
    bytes: &[u8],
    chunk_name: &[u8],
    mode: Option<&[u8]>,
) -> Result<Gc<LuaFn>, Refused> {
    check_mode(bytes, mode)?;
    vm.charge(bytes.len() as u64 * COMPILED);
    load_paid(vm, bytes, chunk_name, None).map_err(message)
}

/// Makes a function of a chunk that has been paid for; gives up when the flag is set.
pub(crate) fn load_paid(
    vm: &mut Vm,
    bytes: &[u8],
    chunk_name: &[u8],
    interrupt: Option<&AtomicBool>,
) -> Result<Gc<LuaFn>, LoadError> {
    let limits = LoadLimits { memory: left_for(vm, bytes.len()), interrupt };
    let (module, text) = if image::is_image(bytes) {
        let module = load_image(bytes, limits).map_err(|e| match e {
            LoadError::Refused(why) => {
                LoadError::Refused([image_name(chunk_name), b": ", &*why].concat())
            }
            e => e,
        })?;
        (module, None)
    } else {
        let loader = vm.loader();
        (loader.load(bytes, chunk_name, limits)?, loader.keep_source(bytes))
    };
    vm.instantiate(module, text).map_err(|_| LoadError::Memory)
}

/// The memory that is left for making a module of so many bytes.
pub(crate) fn left_for(vm: &Vm, bytes: usize) -> usize {
    /// What a byte takes at most: a token of an erroneous text and itself.
    const MOST: usize = 404;
    /// Texts that take so much are compiled without asking the system.
    const LITTLE: usize = 1 << 20;
    let most = bytes.saturating_mul(MOST);
    if most < LITTLE { vm.heap.left() } else { vm.heap.left_for(most) }
}

/// Collects garbage if a text of so many bytes may need the memory.
pub(crate) fn make_room_for(vm: &mut Vm, bytes: usize) {
    /// What compiling usually takes for a byte.
    const USUAL: usize = 32;
    // What is really needed is seen later.
    let _ = vm.make_room(bytes.saturating_mul(USUAL));
}

/// Makes a function of a text, compiled with these options instead of the loader's.
///
/// # Errors
/// As [`load_bytes`].
pub fn load_text(
    vm: &mut Vm,
    text: &[u8],
    chunk_name: &[u8],
    options: &luka_compiler::Options,
) -> Result<Gc<LuaFn>, Refused> {
    let limits = LoadLimits { memory: left_for(vm, text.len()), interrupt: None };
    let mut compiler = luka_compiler::Compiler::default();
    let module = compile(&mut compiler, text, chunk_name, options, limits).map_err(message)?;
    let kept = vm.loader().keep_source(text);
    vm.instantiate(module, kept).map_err(|_| NO_MEMORY.to_vec())
}

/// Whether the mode allows what the bytes are.
pub fn check_mode(bytes: &[u8], mode: Option<&[u8]>) -> Result<(), Refused> {
    let (kind, letter) = if image::is_image(bytes) { ("binary", b'b') } else { ("text", b't') };
    match mode {
        Some(mode) if !mode.contains(&letter) => {
            let mode = String::from_utf8_lossy(mode);
            Err(format!("attempt to load a {kind} chunk (mode is '{mode}')").into_bytes())
        }
        _ => Ok(()),
    }
}

fn load_image(bytes: &[u8], limits: LoadLimits<'_>) -> Result<Verified<Module>, LoadError> {
    let module = image::decode_within(bytes, limits.memory).map_err(|e| match e {
        ImageError::TooLarge => LoadError::Memory,
        e => LoadError::Refused(e.to_string().into_bytes()),
    })?;
    // Only the library passes for native, and `string.dump` writes no such function.
    let verified = match limits.interrupt {
        Some(stop) => verify_until(module, stop),
        None => verify(module).map(Some),
    };
    match verified {
        Ok(Some(module)) if !module.get().native => Ok(module),
        Ok(None) => Err(LoadError::Interrupted),
        _ => Err(LoadError::Refused(b"bad binary format (corrupted chunk)".to_vec())),
    }
}

/// How messages about an image call it (`luaU_undump`).
fn image_name(chunk_name: &[u8]) -> &[u8] {
    match chunk_name {
        [b'@' | b'=', name @ ..] => name,
        [0x1b, ..] => b"binary string",
        name => name,
    }
}

/// Makes a function of a file, or of standard input.
pub fn load_file(
    vm: &mut Vm,
    path: Option<&[u8]>,
    mode: Option<&[u8]>,
) -> Result<Gc<LuaFn>, Refused> {
    let shown = path.unwrap_or(b"stdin");
    let failed = |what: &str, e: luka_vm::host::HostError| {
        [b"cannot ", what.as_bytes(), b" ", shown, b": ", e.message.as_bytes()].concat()
    };
    vm.charge(OPENED + shown.len() as u64 / BYTES_PER_UNIT);
    // The name is part of the chunk's and of messages.
    vm.heap.room_for_message(shown.len()).map_err(|_| NO_MEMORY.to_vec())?;
    let id = match path {
        Some(path) => vm.host().open(path, b"r").map_err(|e| failed("open", e))?,
        None => FileId(0),
    };
    let bytes = read_to_end(vm, id);
    if path.is_some() {
        let _ = vm.host().close(id);
    }
    let mut bytes = bytes.map_err(|e| failed("read", e))?;
    vm.charge_bytes(bytes.len());
    let start = blank_first_line(&mut bytes);
    let name = [if path.is_some() { b"@" } else { b"=" }, shown].concat();
    load_bytes(vm, &bytes[start..], &name, mode)
}

/// "Cannot allocate memory".
const ENOMEM: i64 = 12;

/// All bytes of a file, as long as they fit below the memory limit: some files have no end.
fn read_to_end(vm: &mut Vm, id: FileId) -> HostResult<Vec<u8>> {
    const PIECE: usize = 1 << 16;
    let mut bytes = Vec::new();
    loop {
        let old = bytes.len();
        if vm.heap.grow(&mut bytes, PIECE).is_err() {
            return Err(HostError { message: "not enough memory".into(), code: ENOMEM });
        }
        bytes.resize(old + PIECE, 0);
        let got = vm.host().read(id, &mut bytes[old..])?;
        bytes.truncate(old + got);
        if got == 0 {
            return Ok(bytes);
        }
    }
}

/// Where the chunk in a file's bytes begins: a byte order mark and, before an image, a first line
/// that begins with `#` are skipped. Before text they become spaces, so that lines and byte
/// offsets stay those of the file.
pub fn blank_first_line(bytes: &mut [u8]) -> usize {
    let mark = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let mut comment = mark;
    if bytes.get(mark) == Some(&b'#') {
        comment = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
    }
    let after = if comment > mark { (comment + 1).min(bytes.len()) } else { mark };
    if image::is_image(&bytes[after..]) {
        return after;
    }
    bytes[..comment].fill(b' ');
    0
}
