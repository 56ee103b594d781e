//! The compiler in its own language (`compiler/selfhost`, module `luka.compiler`), run on a machine
//! of its own: what it makes of a source, and a [`Loader`] for machines whose programs are to be
//! compiled by it.
//!
//! The machine is private: it has no files, no clock and no environment ([`NullHost`]), and nothing of
//! the program that loads can reach it. What comes out depends on the source alone.

use luka_bytecode::verify::verify;
use luka_bytecode::{Module, Verified, image};
use luka_compiler::Std;
use luka_compiler::source::SourceKind;
use luka_vm::Outcome;
use luka_vm::host::{LoadError, LoadLimits, Loader, NullHost};
use luka_vm::{Config, Gc, Raise, Table, Value, Vm};
use std::rc::Rc;

use crate::load::load_bytes;
use crate::prim;

/// The module's name.
pub const MODULE: &str = "luka.compiler";

/// Where the registry of the private machine keeps the compiler's function.
const COMPILE: &str = "luka.selfhost.compile";

/// Bytes of memory it takes at most for a byte of text.
const PER_BYTE: usize = 800;

/// A fault as the compiler reports it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// The diagnostic's code, `L0103`.
    pub code: String,
    /// Where it begins, an offset into the bytes of the source.
    pub start: i64,
    /// The offset of the first byte behind it.
    pub stop: i64,
    /// What `load` says.
    pub text: Vec<u8>,
}

/// Why there is no image.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// The source has a fault.
    Fault(Fault),
    /// The compiler itself has failed: a message for its makers.
    Broken(String),
}

/// How to compile.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The language.
    pub std: Std,
    /// What the text is.
    pub kind: SourceKind,
    /// Leave debug information out.
    pub strip: bool,
    /// For tests of comparisons: leave out a peephole.
    pub planted: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        let std = Std::default();
        Settings { std, kind: SourceKind::Chunk, strip: false, planted: false }
    }
}

/// The compiler, ready to compile.
pub struct SelfCompiler {
    vm: Vm,
}

impl SelfCompiler {
    /// The compiler that comes with the machine.
    ///
    /// # Errors
    /// What went wrong: the compiler does not start.
    pub fn embedded() -> Result<SelfCompiler, String> {
        SelfCompiler::new(std::iter::empty::<(&str, &[u8])>())
    }

    /// The compiler whose modules these are: names and images. Modules that are missing are the
    /// machine's own.
    ///
    /// # Errors
    /// What went wrong: an image is refused, the compiler does not start.
    pub fn new<'i>(
        images: impl Iterator<Item = (&'i str, &'i [u8])>,
    ) -> Result<SelfCompiler, String> {
        let loader = Box::new(crate::CompilerLoader::default());
        let vm = Vm::new(Config::default(), Box::new(NullHost), loader).map_err(no_memory)?;
        let mut compiler = SelfCompiler { vm };
        let vm = &mut compiler.vm;
        crate::open_libs(vm).map_err(no_memory)?;
        let preload = prim::registry_table(vm, crate::package::PRELOAD).map_err(no_memory)?;
        for (name, bytes) in images {
            let f = load_bytes(vm, bytes, b"", Some(b"b"))
                .map_err(|why| format!("{name}: {}", String::from_utf8_lossy(&why)))?;
            prim::set_field(vm, preload, name, f.into()).map_err(no_memory)?;
        }
        let globals = vm.globals();
        let require = prim::field(vm, globals, "require");
        let name = vm.small_str(MODULE);
        let module = compiler.call(require, &[name])?;
        let module = module.first().and_then(|v| v.as_table());
        let vm = &mut compiler.vm;
        let compile = module.map_or(Value::NIL, |module| prim::field(vm, module, "compile"));
        prim::set_registry_field(vm, COMPILE, compile).map_err(no_memory)?;
        Ok(compiler)
    }

    /// Compiles a source to an image. `name` is the chunk name as `lua_load` takes it.
    ///
    /// # Errors
    /// The source's first fault, or that the compiler has failed.
    pub fn compile(
        &mut self,
        text: &[u8],
        name: &[u8],
        settings: Settings,
    ) -> Result<Vec<u8>, Refusal> {
        let result = self.try_compile(text, name, settings).map_err(Refusal::Broken)?;
        let mut values = result.into_iter();
        if let Some(image) = values.next().unwrap_or(Value::NIL).as_str() {
            return Ok(image.bytes().to_vec());
        }
        let fault = values.next().and_then(|fault| fault.as_table());
        let fault = fault.and_then(|table| self.fault(table));
        Err(match fault {
            Some(fault) => Refusal::Fault(fault),
            None => Refusal::Broken("it returns neither an image nor a fault".to_string()),
        })
    }

    fn try_compile(
        &mut self,
        text: &[u8],
        name: &[u8],
        settings: Settings,
    ) -> Result<Vec<Value>, String> {
        let vm = &mut self.vm;
        let options = prim::new_table(vm, 0, 4).map_err(no_memory)?;
        let std = match settings.std {
            Std::Lua54 => "Lua54",
            Std::Luka => "Luka",
        };
        let kind = match settings.kind {
            SourceKind::Chunk => "Chunk",
            SourceKind::File => "File",
        };
        let fields = [
            ("std", vm.small_str(std)),
            ("kind", vm.small_str(kind)),
            ("strip", Value::bool(settings.strip)),
            ("planted", Value::bool(settings.planted)),
        ];
        for (field, value) in fields {
            prim::set_field(vm, options, field, value).map_err(no_memory)?;
        }
        let text = vm.str(text).map_err(no_memory)?;
        let name = vm.str(name).map_err(no_memory)?;
        let compile = prim::registry_field(vm, COMPILE);
        self.call(compile, &[text, name, options.into()])
    }

    fn fault(&mut self, table: Gc<Table>) -> Option<Fault> {
        let vm = &mut self.vm;
        Some(Fault {
            code: String::from_utf8_lossy(prim::field(vm, table, "code").as_str()?.bytes()).into(),
            start: prim::field(vm, table, "start").as_int()?,
            stop: prim::field(vm, table, "stop").as_int()?,
            text: prim::field(vm, table, "text").as_str()?.bytes().to_vec(),
        })
    }

    fn call(&mut self, f: Value, args: &[Value]) -> Result<Vec<Value>, String> {
        match self.vm.run(f, args) {
            Outcome::Finished(values) => Ok(values),
            Outcome::Failed(error) => Err(match error.as_str() {
                Some(text) => String::from_utf8_lossy(text.bytes()).into_owned(),
                None => format!("an error that is a {}", error.type_of().name()),
            }),
            other => Err(format!("it stopped: {other:?}")),
        }
    }
}

fn no_memory(_: Raise) -> String {
    "not enough memory".to_string()
}

/// Compiles what a machine loads with the compiler in its own language.
pub struct SelfhostLoader {
    std: Std,
    /// Made when it is first needed.
    compiler: Option<SelfCompiler>,
    /// The longest text, in bytes, that modules keep for messages.
    kept: usize,
}

impl SelfhostLoader {
    /// A loader for this language. Texts of up to `kept` bytes are kept for messages.
    pub fn new(std: Std, kept: usize) -> SelfhostLoader {
        SelfhostLoader { std, compiler: None, kept }
    }

    /// Compiles a source.
    ///
    /// # Errors
    /// As [`SelfCompiler::compile`].
    pub fn compile(
        &mut self,
        text: &[u8],
        name: &[u8],
        kind: SourceKind,
    ) -> Result<Verified<Module>, Refusal> {
        let compiler = match &mut self.compiler {
            Some(compiler) => compiler,
            empty => empty.insert(SelfCompiler::embedded().map_err(Refusal::Broken)?),
        };
        let settings = Settings { std: self.std, kind, ..Settings::default() };
        let image = compiler.compile(text, name, settings)?;
        let broken = |why: String| Refusal::Broken(format!("its image is refused: {why}"));
        let module = image::decode(&image).map_err(|e| broken(e.to_string()))?;
        verify(module).map_err(|e| broken(format!("{e:?}")))
    }
}

impl Loader for SelfhostLoader {
    /// The private machine's memory is not that of the program: what a text may take is bounded by
    /// its length.
    fn load(
        &mut self,
        source: &[u8],
        chunk_name: &[u8],
        limits: LoadLimits<'_>,
    ) -> Result<Verified<Module>, LoadError> {
        if source.len() > limits.memory / PER_BYTE {
            return Err(LoadError::Memory);
        }
        self.compile(source, chunk_name, SourceKind::Chunk).map_err(|refusal| {
            LoadError::Refused(match refusal {
                Refusal::Fault(fault) => fault.text,
                Refusal::Broken(why) => {
                    format!("the compiler in its own language has failed: {why}").into_bytes()
                }
            })
        })
    }

    fn keep_source(&self, source: &[u8]) -> Option<Rc<[u8]>> {
        (source.len() <= self.kept).then(|| source.into())
    }
}
