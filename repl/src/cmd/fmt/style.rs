//! The style of a file: what `luka.toml` says, else what the `.editorconfig` files above it say, else
//! the defaults.

use ec4rs::property::{IndentSize, IndentStyle, MaxLineLen, TabWidth};
use luka_compiler::Std;
use luka_fmt::{Indent, Options};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::project::FmtSettings;

/// The columns of a tab where nothing says how many.
const TAB: u8 = 4;

/// Finds the style of files.
pub struct Style {
    project: FmtSettings,
    std: Std,
}

impl Style {
    /// The style of the files of a project.
    pub fn new(project: FmtSettings, std: Std) -> Style {
        Style { project, std }
    }

    /// How a file is formatted.
    pub fn options(&self, path: &[u8]) -> Options {
        let project = self.project;
        let (indent, width) = if project.indent.is_some() && project.width.is_some() {
            (None, None)
        } else {
            editor_config(Path::new(OsStr::from_bytes(path)))
        };
        let defaults = Options::default();
        Options {
            std: self.std,
            width: project.width.or(width).unwrap_or(defaults.width),
            indent: project.indent.or(indent).unwrap_or(defaults.indent),
            quotes: project.quotes.unwrap_or(defaults.quotes),
        }
    }
}

/// Indentation and width by the `.editorconfig` files. Those that cannot be read or understood say
/// nothing, as in editors.
fn editor_config(path: &Path) -> (Option<Indent>, Option<usize>) {
    let Ok(mut properties) = ec4rs::properties_of(path) else { return (None, None) };
    properties.use_fallbacks();
    let columns = |n: usize| u8::try_from(n).ok().filter(|n| (1..=16).contains(n));
    let tab = match properties.get::<TabWidth>() {
        Ok(TabWidth::Value(n)) => columns(n),
        _ => None,
    };
    let size = match properties.get::<IndentSize>() {
        Ok(IndentSize::Value(n)) => columns(n),
        Ok(IndentSize::UseTabWidth) => tab,
        Err(_) => None,
    };
    let indent = match properties.get::<IndentStyle>() {
        Ok(IndentStyle::Tabs) => Some(Indent::Tab(tab.or(size).unwrap_or(TAB))),
        Ok(IndentStyle::Spaces) | Err(_) => size.map(Indent::Spaces),
    };
    let width = match properties.get::<MaxLineLen>() {
        Ok(MaxLineLen::Value(n)) if (20..=1000).contains(&n) => Some(n),
        _ => None,
    };
    (indent, width)
}
