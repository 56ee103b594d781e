//! The settings of the prompt (`:set`).

use std::io::IsTerminal;

use super::show::Style;
use crate::report;

/// Key bindings of the line editor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keys {
    Emacs,
    Vi,
}

/// The settings.
#[derive(Clone, Debug)]
pub struct Settings {
    pub keys: Keys,
    /// Signatures after the cursor while typing.
    pub hints: bool,
    /// The numbers of results after them.
    pub numbers: bool,
    /// Columns; 0: as many as the terminal has.
    pub width: usize,
    /// Levels of tables in tables that are shown.
    pub depth: usize,
    /// Entries shown of one table.
    pub items: usize,
    /// Bytes shown of one string.
    pub text: usize,
    /// Columns of the terminal when the last input was read.
    pub columns: usize,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            keys: Keys::Emacs,
            hints: true,
            numbers: false,
            width: 0,
            depth: 4,
            items: 100,
            text: 2000,
            columns: 80,
        }
    }
}

/// The names of the settings, their values and what they do.
pub const ALL: [(&str, &str, &str); 8] = [
    ("keys", "emacs|vi", "key bindings of the line editor"),
    ("hints", "on|off", "show signatures of functions while typing"),
    ("color", "auto|always|never", "colours"),
    ("numbers", "on|off", "show the number of each result"),
    ("depth", "N", "levels of nested tables shown"),
    ("items", "N", "entries shown of one table"),
    ("text", "N", "bytes shown of one string"),
    ("width", "N|auto", "columns used to lay out values"),
];

impl Settings {
    /// How values are shown with these settings.
    pub fn style(&self) -> Style {
        let width = if self.width == 0 { self.columns } else { self.width };
        Style {
            colour: report::colour_on(std::io::stdout().is_terminal()),
            width: width.clamp(20, 1000),
            depth: self.depth,
            items: self.items,
            text: self.text,
        }
    }

    /// The value of a setting as `:set` takes it.
    pub fn get(&self, name: &str) -> Option<String> {
        let on = |on: bool| if on { "on" } else { "off" }.to_string();
        Some(match name {
            "keys" if self.keys == Keys::Vi => "vi".to_string(),
            "keys" => "emacs".to_string(),
            "hints" => on(self.hints),
            "numbers" => on(self.numbers),
            "color" => report::chosen().to_string(),
            "depth" => self.depth.to_string(),
            "items" => self.items.to_string(),
            "text" => self.text.to_string(),
            "width" if self.width == 0 => "auto".to_string(),
            "width" => self.width.to_string(),
            _ => return None,
        })
    }

    /// Changes a setting. Returns false if it has no such value.
    pub fn set(&mut self, name: &str, value: &str) -> bool {
        let on = match value {
            "on" | "yes" | "true" => Some(true),
            "off" | "no" | "false" => Some(false),
            _ => None,
        };
        let number = value.parse::<usize>().ok().filter(|&n| n >= 1);
        match (name, value) {
            ("keys", "vi") => self.keys = Keys::Vi,
            ("keys", "emacs") => self.keys = Keys::Emacs,
            ("width", "auto") => self.width = 0,
            ("hints" | "numbers", _) => match on {
                Some(on) if name == "hints" => self.hints = on,
                Some(on) => self.numbers = on,
                None => return false,
            },
            ("color", _) => {
                let word = match on {
                    Some(true) => "always",
                    Some(false) => "never",
                    None => value,
                };
                match report::Color::parse(word) {
                    Some(color) => color.choose(),
                    None => return false,
                }
            }
            ("depth" | "items" | "text" | "width", _) => match number {
                Some(n) if name == "depth" => self.depth = n.min(100),
                Some(n) if name == "items" => self.items = n,
                Some(n) if name == "text" => self.text = n,
                Some(n) => self.width = n,
                None => return false,
            },
            _ => return false,
        }
        true
    }
}
