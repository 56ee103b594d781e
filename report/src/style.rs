//! How reports look.

/// Colour and width of rendered reports.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Style {
    /// With ANSI escape sequences for colours.
    pub color: bool,
    /// Columns of source text shown of a line; a longer line is cut to a window of this width
    /// around what the report points at. Less than [`Style::MIN_WIDTH`] counts as that.
    pub width: usize,
}

impl Style {
    /// The smallest width in which a report can be read.
    pub const MIN_WIDTH: usize = 20;

    /// Without colours, lines of up to 120 columns.
    pub const PLAIN: Style = Style { color: false, width: 120 };

    /// [`Style::PLAIN`], with colours if `color`.
    pub fn with_color(color: bool) -> Style {
        Style { color, ..Style::PLAIN }
    }

    /// Columns shown before the first label of a cut line.
    pub(crate) fn lead(self) -> usize {
        self.columns() / 3
    }

    /// The width that counts.
    pub(crate) fn columns(self) -> usize {
        self.width.max(Style::MIN_WIDTH)
    }
}

impl Default for Style {
    fn default() -> Style {
        Style::PLAIN
    }
}
