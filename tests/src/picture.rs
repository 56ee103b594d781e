//! Pictures of terminal screens: text with colours as SVG.

use std::fmt::Write;

/// Pixels of a line, of a column, and around the text.
const LINE: usize = 18;
const COLUMN: f64 = 8.4;
const EDGE: usize = 12;

/// How text looks.
#[derive(Clone, Copy, Default)]
struct Look {
    bold: bool,
    faint: bool,
    color: Option<&'static str>,
}

impl Look {
    /// Takes the numbers of an escape sequence (`1;36`).
    fn take(&mut self, numbers: &str) {
        for number in numbers.split(';') {
            match number {
                "" | "0" => *self = Look::default(),
                "1" => self.bold = true,
                "2" => self.faint = true,
                "31" => self.color = Some("#e5534b"),
                "32" => self.color = Some("#57ab5a"),
                "33" => self.color = Some("#c69026"),
                "36" => self.color = Some("#39c5cf"),
                other => panic!("the picture has no look {other}"),
            }
        }
    }

    fn attributes(self) -> String {
        let mut out = String::new();
        if self.bold {
            out.push_str(" font-weight=\"bold\"");
        }
        if let Some(color) = self.color {
            let _ = write!(out, " fill=\"{color}\"");
        } else if self.faint {
            out.push_str(" fill=\"#768390\"");
        }
        out
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The picture of a screen with this text, whose colours are escape sequences.
pub fn svg(screen: &str) -> String {
    let lines: Vec<&str> = screen.lines().collect();
    let columns = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let width = (columns as f64 * COLUMN) as usize + 2 * EDGE;
    let height = lines.len() * LINE + 2 * EDGE;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         font-family=\"ui-monospace, monospace\" font-size=\"14\" fill=\"#cdd9e5\" xml:space=\"preserve\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"#22272e\"/>\n"
    );
    for (n, line) in lines.iter().enumerate() {
        let y = EDGE + n * LINE + 14;
        let _ = write!(out, "<text x=\"{EDGE}\" y=\"{y}\">");
        let mut look = Look::default();
        for (i, piece) in line.split("\x1b[").enumerate() {
            let text = match piece.split_once('m') {
                Some((numbers, text)) if i > 0 => {
                    look.take(numbers);
                    text
                }
                _ => piece,
            };
            if !text.is_empty() {
                let _ = write!(out, "<tspan{}>{}</tspan>", look.attributes(), escaped(text));
            }
        }
        out.push_str("</text>\n");
    }
    out + "</svg>\n"
}
