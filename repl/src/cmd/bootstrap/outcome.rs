//! The outcome of compiling a text, to compare two compilers.

use luka_bytecode::image;
use luka_compiler::diag::first_error;
use luka_compiler::source::Source;
use luka_compiler::{Options, compile};
use luka_stdlib::selfhost::{Fault, Refusal, SelfCompiler, Settings};
use sha2::{Digest, Sha256};

use super::texts::Text;

/// An image, or the first fault, or how the compiler itself failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    Image(Vec<u8>),
    Fault(Fault),
    Broken(String),
}

/// By the Rust compiler.
pub fn by_rust(text: &Text, strip: bool) -> Outcome {
    let source = Source::new(text.name.as_bytes(), text.bytes.as_slice(), Text::KIND);
    let options = Options { std: text.std, ..Options::default() };
    match compile(&source, &options) {
        Ok(module) if strip => {
            let mut module = module.get().clone();
            module.strip();
            Outcome::Image(image::encode(&module))
        }
        Ok(module) => Outcome::Image(image::encode(module.get())),
        Err(diagnostics) => match first_error(&diagnostics) {
            Some(first) => Outcome::Fault(Fault {
                code: first.code.to_string(),
                start: first.span.start as i64,
                stop: first.span.end as i64,
                text: first.load_message(&source),
            }),
            None => Outcome::Broken("it failed without a diagnostic".to_string()),
        },
    }
}

/// By the self-hosted compiler, on our VM.
pub fn by_self(compiler: &mut SelfCompiler, text: &Text, strip: bool, planted: bool) -> Outcome {
    let settings = Settings { std: text.std, kind: Text::KIND, strip, planted };
    match compiler.compile(&text.bytes, text.name.as_bytes(), settings) {
        Ok(image) => Outcome::Image(image),
        Err(Refusal::Fault(fault)) => Outcome::Fault(fault),
        Err(Refusal::Broken(why)) => Outcome::Broken(why),
    }
}

/// The hash of a list of outcomes with their names: SHA-256 over, for each, name, kind and contents,
/// the lengths before them.
pub fn hash<'a>(all: impl Iterator<Item = (&'a Text, &'a Outcome)>) -> String {
    let mut hash = Sha256::new();
    let mut add = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    for (text, outcome) in all {
        add(text.label.as_bytes());
        match outcome {
            Outcome::Image(image) => {
                add(b"image");
                add(image);
            }
            Outcome::Fault(fault) => {
                add(b"fault");
                add(format!("{} {} {}", fault.code, fault.start, fault.stop).as_bytes());
                add(&fault.text);
            }
            Outcome::Broken(why) => {
                add(b"broken");
                add(why.as_bytes());
            }
        }
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
