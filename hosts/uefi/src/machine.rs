//! The machine that Luka runs on, as the rest sees it: keys, a screen, clocks. The firmware is one; tests
//! have one of their own.

use crate::editor::{Edit, Editor, History, Key};

/// Keyboard, screen and clocks.
pub trait Machine {
    /// Writes to the screen. Lines end with `\n`.
    fn write(&mut self, text: &str);

    /// Columns of the screen.
    fn columns(&mut self) -> usize;

    /// Moves the cursor to a column of its row, from 0.
    fn set_column(&mut self, column: usize);

    /// The next key, for which it waits.
    fn key(&mut self) -> Key;

    /// Whether Ctrl-C was pressed. Other keys are kept for [`Machine::key`].
    fn interrupted(&mut self) -> bool;

    /// Seconds since it was started.
    fn seconds(&mut self) -> f64;

    /// Seconds since 1970-01-01 UTC, by the clock on the board.
    fn time(&mut self) -> i64;

    /// A number that is another at each start.
    fn seed(&mut self) -> u64;

    /// Bytes of memory that nobody uses.
    fn free_memory(&mut self) -> u64;
}

/// A line with spaces for its tabs, which lead to each eighth column and which no firmware's screen knows. It
/// begins in a column of a screen that has so many.
pub fn without_tabs(line: &str, mut column: usize, columns: usize) -> String {
    let mut plain = String::with_capacity(line.len());
    for c in line.chars() {
        let (c, times) = if c == '\t' { (' ', 8 - column % 8) } else { (c, 1) };
        // A tab ends where the row does.
        let times = times.min(columns.saturating_sub(column).max(1));
        plain.extend(std::iter::repeat_n(c, times));
        column = if c == '\r' { 0 } else { column + times };
        if column >= columns {
            column = 0;
        }
    }
    plain
}

/// What a person at the prompt has typed.
pub enum Typed {
    /// A line.
    Line(String),
    /// Ctrl-C.
    Cancelled,
    /// Ctrl-D.
    End,
}

/// Reads a line with the editor, behind a prompt.
pub fn read_line(machine: &mut dyn Machine, prompt: &str, history: &History) -> Typed {
    let mut editor = Editor::new(history);
    let mut shown = String::new();
    machine.write(prompt);
    loop {
        let key = machine.key();
        match editor.press(key) {
            Edit::Changed => draw(machine, prompt, &editor, &mut shown),
            Edit::Line(line) => {
                machine.write("\n");
                return Typed::Line(line);
            }
            Edit::Cancelled => {
                machine.write("^C\n");
                return Typed::Cancelled;
            }
            Edit::End => {
                machine.write("\n");
                return Typed::End;
            }
        }
    }
}

/// Shows the line as it is, given what is shown.
fn draw(machine: &mut dyn Machine, prompt: &str, editor: &Editor, shown: &mut String) {
    let begin = prompt.chars().count();
    // The last column is left free: writing there would move the screen.
    let columns = machine.columns().saturating_sub(begin + 1);
    let (window, cursor) = editor.window(columns);
    let (old, new) = (shown.chars().count(), window.chars().count());
    if new == old + 1 && cursor == new && window.starts_with(&**shown) {
        // The usual case, a character at the end: nothing flickers.
        machine.write(&window[shown.len()..]);
    } else {
        machine.set_column(begin);
        machine.write(&window);
        machine.write(&" ".repeat(old.saturating_sub(new)));
        machine.set_column(begin + cursor);
    }
    *shown = window;
}

#[cfg(test)]
mod tests {
    use super::without_tabs;

    #[test]
    fn tabs_lead_to_each_eighth_column() {
        assert_eq!(without_tabs("1\t22\t\tx", 0, 80), "1       22              x");
        assert_eq!(without_tabs("a\tb", 6, 80), "a b");
        assert_eq!(without_tabs("\tat", 0, 80), "        at");
        // At the end of a row, and in the next one.
        assert_eq!(without_tabs("a\tb\tc", 77, 80), "a  b       c");
        assert_eq!(without_tabs("plain é", 79, 80), "plain é");
        assert_eq!(without_tabs("\t", 3, 0), " ");
    }
}
