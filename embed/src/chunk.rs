//! Texts and images to be made functions of.

use crate::error::{Error, Result};
use luka_compiler::diag::Diagnostic;
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, Std, diagnose};
use luka_report::{Style, render_all, without_heading};
use luka_stdlib::load;
use std::fmt;

/// A program, or a part of one: its text or image, and its name.
#[derive(Clone, Debug)]
pub struct Chunk {
    pub(crate) content: Content,
    pub(crate) name: Vec<u8>,
    pub(crate) std: Option<Std>,
}

#[derive(Clone, Debug)]
pub(crate) enum Content {
    Text(Vec<u8>),
    Image(Vec<u8>),
}

impl Chunk {
    /// A chunk of source text.
    pub fn text(text: impl AsRef<[u8]>) -> Chunk {
        let text = text.as_ref().to_vec();
        Chunk { name: text.clone(), content: Content::Text(text), std: None }
    }

    /// A chunk that `luka build` or `string.dump` has written. It is verified before it is used, so
    /// it may come from anywhere.
    pub fn image(bytes: impl AsRef<[u8]>) -> Chunk {
        let content = Content::Image(bytes.as_ref().to_vec());
        Chunk { name: b"=image".to_vec(), content, std: None }
    }

    /// A text or an image, as the first byte says.
    pub fn bytes(bytes: impl AsRef<[u8]>) -> Chunk {
        if load::is_image(bytes.as_ref()) { Chunk::image(bytes) } else { Chunk::text(bytes) }
    }

    /// The contents of a file, a text or an image. A first line that begins with `#` is for the
    /// operating system and left out.
    pub fn file(contents: impl Into<Vec<u8>>) -> Chunk {
        let mut bytes = contents.into();
        let start = load::blank_first_line(&mut bytes);
        Chunk::bytes(&bytes[start..])
    }

    /// Whether it is an image, not a text.
    pub fn is_image(&self) -> bool {
        matches!(self.content, Content::Image(_))
    }

    /// The name that messages show, in PUC Lua's form: `@` before a file name, `=` before a name
    /// to show as it is; otherwise the name is taken for the text itself.
    pub fn name(mut self, name: impl AsRef<[u8]>) -> Chunk {
        self.name = name.as_ref().to_vec();
        self
    }

    /// Which language the text is in; by default the one with extensions.
    pub fn std(mut self, std: Std) -> Chunk {
        self.std = Some(std);
        self
    }
}

impl From<&str> for Chunk {
    fn from(text: &str) -> Chunk {
        Chunk::text(text)
    }
}
impl From<String> for Chunk {
    fn from(text: String) -> Chunk {
        Chunk::text(text)
    }
}
impl From<&String> for Chunk {
    fn from(text: &String) -> Chunk {
        Chunk::text(text)
    }
}
impl From<&[u8]> for Chunk {
    fn from(text: &[u8]) -> Chunk {
        Chunk::text(text)
    }
}
impl From<Vec<u8>> for Chunk {
    fn from(text: Vec<u8>) -> Chunk {
        Chunk::text(text)
    }
}

/// Why a chunk could not be compiled.
#[derive(Clone)]
pub struct CompileError {
    message: Vec<u8>,
    /// What is needed to find all faults of a text; `None` for images and lack of memory.
    text: Option<(Vec<u8>, Vec<u8>, Options)>,
}

impl CompileError {
    pub(crate) fn of_text(message: Vec<u8>, name: &[u8], text: &[u8], options: Options) -> Self {
        CompileError { message, text: Some((name.to_vec(), text.to_vec(), options)) }
    }

    pub(crate) fn plain(message: impl Into<Vec<u8>>) -> CompileError {
        CompileError { message: message.into(), text: None }
    }

    /// The message as `load` returns it: the first fault, in PUC Lua's words.
    pub fn message(&self) -> &[u8] {
        &self.message
    }

    /// Every independent fault of the text with its places and fixes; empty if the chunk was an
    /// image.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        match &self.text {
            Some((name, text, options)) => diagnose(&source(name, text), options),
            None => Vec::new(),
        }
    }

    /// The reports of all faults with the lines of the source, as `luka check` shows them.
    pub fn render(&self) -> String {
        self.render_with(Style::PLAIN)
    }

    /// [`CompileError::render`] in colours or in another width.
    pub fn render_with(&self, style: Style) -> String {
        match &self.text {
            Some((name, text, options)) => {
                let source = source(name, text);
                render_all(&diagnose(&source, options), &source, style)
            }
            None => format!("{self}\n"),
        }
    }
}

fn source(name: &[u8], text: &[u8]) -> Source<'static> {
    Source::new(name, text, SourceKind::Chunk)
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.message))
    }
}

impl fmt::Debug for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for CompileError {}

impl From<CompileError> for Error {
    fn from(error: CompileError) -> Error {
        let report = error.render();
        if error.message == b"not enough memory" {
            return Error::memory();
        }
        Error::syntax(error.message).with_details(without_heading(&report))
    }
}

/// A result whose error is a compile error.
pub(crate) type Compiled<T> = Result<T, CompileError>;
