//! A loader that knows modules which were compiled before: files of tests often load the same ones, each in a
//! machine of its own. A program cannot tell the difference, in fuel neither: that is charged for the text.

use luka_bytecode::{Module, Verified};
use luka_compiler::Std;
use luka_vm::host::{LoadError, LoadLimits, Loader};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::loader::loader;
use crate::options::Compiler;

/// What is known of files, by the name of the chunk.
#[derive(Default)]
struct Known {
    modules: BTreeMap<Vec<u8>, (Vec<u8>, Verified<Module>)>,
    /// Files that had to be compiled.
    compiled: Vec<Vec<u8>>,
}

/// Modules that loaders share.
#[derive(Clone, Default)]
pub struct Recall(Arc<Mutex<Known>>);

impl Recall {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A loader for a machine.
    pub fn loader(&self) -> Box<dyn Loader> {
        let compiler = loader(Std::Luka, Compiler::Rust);
        Box::new(RecallLoader { compiler, recall: self.clone() })
    }

    /// The names of files that had to be compiled since the last call.
    pub fn compiled(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.known().compiled)
    }

    /// Compiles a file, so that it will be known. One that cannot be compiled is left to those who need it.
    pub fn learn(&self, name: &[u8]) {
        let Some(path) = name.strip_prefix(b"@") else { return };
        let Ok(mut text) = std::fs::read(crate::session::path_of(path)) else { return };
        if luka_stdlib::load::is_image(&text) {
            return;
        }
        let start = luka_stdlib::load::blank_first_line(&mut text);
        let text = text.split_off(start);
        let limits = LoadLimits { memory: usize::MAX, interrupt: None::<&AtomicBool> };
        if let Ok(module) = loader(Std::Luka, Compiler::Rust).load(&text, name, limits) {
            self.known().modules.insert(name.to_vec(), (text, module));
        }
    }
}

struct RecallLoader {
    compiler: Box<dyn Loader>,
    recall: Recall,
}

impl Loader for RecallLoader {
    fn load(
        &mut self,
        source: &[u8],
        chunk_name: &[u8],
        limits: LoadLimits<'_>,
    ) -> Result<Verified<Module>, LoadError> {
        if !chunk_name.starts_with(b"@") {
            return self.compiler.load(source, chunk_name, limits);
        }
        let mut known = self.recall.known();
        if let Some((text, module)) = known.modules.get(chunk_name)
            && text == source
        {
            return Ok(module.clone());
        }
        known.compiled.push(chunk_name.to_vec());
        drop(known);
        self.compiler.load(source, chunk_name, limits)
    }

    fn keep_source(&self, source: &[u8]) -> Option<Rc<[u8]>> {
        self.compiler.keep_source(source)
    }
}
