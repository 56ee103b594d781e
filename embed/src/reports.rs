//! How reports of errors look.

use luka_report::Style;

/// Gives names of modules that a name may have been meant to be, from that and `package.path`.
pub type NearModules = fn(&[u8], &[u8]) -> Vec<String>;

/// How the reports of errors look, and where they find texts that the machine has not kept.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Reports {
    /// Colours and width.
    pub style: Style,
    /// Gives the contents of a file by the name its chunk was loaded under; `None` if there is no
    /// such file. By default no file is read.
    pub files: fn(&[u8]) -> Option<Vec<u8>>,
    /// Gives names of modules that a program may have meant by one that is nowhere, from that name and
    /// `package.path`; for hosts with packages. By default reports do not look for any.
    pub modules: Option<NearModules>,
    /// Whether the value of an error that nobody catches becomes its message with the traceback, as
    /// in the program `lua`. Programs see that in one place: what `load` returns when its reader
    /// fails.
    pub traced_values: bool,
}

impl Default for Reports {
    fn default() -> Reports {
        Reports { style: Style::PLAIN, files: |_| None, modules: None, traced_values: false }
    }
}

impl Reports {
    /// Plain reports that read no file.
    pub fn new() -> Reports {
        Reports::default()
    }

    /// Colours and width.
    pub fn style(mut self, style: Style) -> Reports {
        self.style = style;
        self
    }

    /// Makes values of errors messages with tracebacks.
    pub fn traced_values(mut self) -> Reports {
        self.traced_values = true;
        self
    }

    /// Where the texts of files are found.
    pub fn files(mut self, files: fn(&[u8]) -> Option<Vec<u8>>) -> Reports {
        self.files = files;
        self
    }

    /// Where names of modules are found.
    pub fn modules(mut self, modules: NearModules) -> Reports {
        self.modules = Some(modules);
        self
    }
}
