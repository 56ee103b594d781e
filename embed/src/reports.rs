//! How reports of errors look.

use luka_report::Style;

/// How the reports of errors look, and where they find texts that the machine has not kept.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Reports {
    /// Colours and width.
    pub style: Style,
    /// Gives the contents of a file by the name its chunk was loaded under; `None` if there is no
    /// such file. By default no file is read.
    pub files: fn(&[u8]) -> Option<Vec<u8>>,
}

impl Default for Reports {
    fn default() -> Reports {
        Reports { style: Style::PLAIN, files: |_| None }
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

    /// Where the texts of files are found.
    pub fn files(mut self, files: fn(&[u8]) -> Option<Vec<u8>>) -> Reports {
        self.files = files;
        self
    }
}
