//! From bytes to functions: text through the compiler, images through the verifier; what `load`,
//! `loadfile`, `dofile`, `require` and the command line share.

use crate::os::OPENED;
use luka_bytecode::image;
use luka_bytecode::verify::verify;
use luka_bytecode::{Module, Verified};
use luka_vm::api::BYTES_PER_UNIT;
use luka_vm::host::{FileId, HostError, HostResult, LoadError, Loader};
use luka_vm::{Gc, LuaFn, Vm};
use std::rc::Rc;

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
    fn load(&mut self, source: &[u8], chunk_name: &[u8]) -> Result<Verified<Module>, LoadError> {
        self.compiler
            .load(source, chunk_name, &self.options)
            .map_err(|message| LoadError { message })
    }

    fn keep_source(&self, source: &[u8]) -> Option<Rc<[u8]>> {
        (source.len() <= self.kept).then(|| source.into())
    }
}

/// Units of fuel that each byte of a chunk costs.
pub(crate) const COMPILED: u64 = 5;

/// Why a chunk was refused: the message `load` returns.
pub type Refused = Vec<u8>;

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
    let (module, text) = if image::is_image(bytes) {
        let module =
            load_image(bytes).map_err(|why| [image_name(chunk_name), b": ", &*why].concat())?;
        (module, None)
    } else {
        let loader = vm.loader();
        (loader.load(bytes, chunk_name).map_err(|e| e.message)?, loader.keep_source(bytes))
    };
    vm.instantiate(module, text).map_err(|_| b"not enough memory".to_vec())
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
    let module = luka_compiler::load(text, chunk_name, options)?;
    let kept = vm.loader().keep_source(text);
    vm.instantiate(module, kept).map_err(|_| b"not enough memory".to_vec())
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

fn load_image(bytes: &[u8]) -> Result<Verified<Module>, Vec<u8>> {
    let module = image::decode(bytes).map_err(|e| e.to_string().into_bytes())?;
    // Only the library passes for native, and `string.dump` writes no such function.
    match verify(module) {
        Ok(module) if !module.get().native => Ok(module),
        _ => Err(b"bad binary format (corrupted chunk)".to_vec()),
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

/// `ENOMEM`.
const NO_MEMORY: i64 = 12;

/// All bytes of a file, as long as they fit below the memory limit: some files have no end.
fn read_to_end(vm: &mut Vm, id: FileId) -> HostResult<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let old = bytes.len();
        bytes.resize(old + (1 << 16), 0);
        let got = vm.host().read(id, &mut bytes[old..])?;
        bytes.truncate(old + got);
        if got == 0 {
            return Ok(bytes);
        }
        if vm.heap.reserve(bytes.len()).is_err() {
            return Err(HostError { message: "not enough memory".into(), code: NO_MEMORY });
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
