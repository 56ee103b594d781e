//! The layout of a text as a flat list of commands: what to print, where a line may end, and which
//! parts are laid out together.

use luka_compiler::Span;

/// A command.
#[derive(Clone, Copy, Debug)]
pub enum Cmd {
    /// A piece of the source, with its width.
    Text(Span, Width),
    /// Fixed text in one line.
    Fixed(&'static str),
    /// A text of [`Doc::owned`].
    Owned(u32, Width),
    /// A comment. If it ends its line, a line break follows whatever comes next.
    Comment {
        /// The text.
        span: Span,
        /// Whether nothing may follow on its line.
        ends_line: bool,
        /// Whether it stands behind something else on its line.
        trailing: bool,
    },
    /// A blank.
    Space,
    /// A blank, or a line break where the group is broken.
    Line,
    /// Nothing, or a line break where the group is broken.
    Soft,
    /// A blank, or a line break where the group is broken and what follows does not fit.
    Fill,
    /// A line break; `true`: and a blank line.
    Hard(bool),
    /// A line break around a comment, where there is none yet; `true`: and a blank line.
    Fresh(bool),
    /// A text that is printed if the group is broken.
    IfBroken(&'static str),
    /// One level of indentation more, unless the group hugs.
    Indent,
    /// Ends what `Indent` began.
    Dedent,
    /// The start of a group.
    Open(Group),
    /// The end of a group.
    Close,
    /// Where a function or a table that ends the line begins its own lines.
    HugPoint,
}

/// How the lines of a group are laid out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Group {
    /// All on one line if they fit, else all broken.
    Plain,
    /// The same, but where the part up to the first [`Cmd::HugPoint`] fits, only the groups inside
    /// break: `f(function()`, `x = a or {`.
    Hug,
    /// Never broken.
    Flat,
}

/// The width of a text in characters.
#[derive(Clone, Copy, Debug)]
pub struct Width {
    /// Of its first line.
    pub first: u32,
    /// Whether there are more lines.
    pub multiline: bool,
}

impl Width {
    /// The width of a text.
    pub fn of(bytes: &[u8]) -> Width {
        let end = bytes.iter().position(|&b| b == b'\n' || b == b'\r');
        Width {
            first: chars(&bytes[..end.unwrap_or(bytes.len())]) as u32,
            multiline: end.is_some(),
        }
    }
}

/// The number of characters: of bytes that do not continue one.
pub fn chars(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&b| b & 0xC0 != 0x80).count()
}

/// A laid-out text before it is rendered.
#[derive(Default)]
pub struct Doc {
    /// The commands.
    pub cmds: Vec<Cmd>,
    /// Texts that are not in the source.
    pub owned: Vec<Vec<u8>>,
}
