//! The line that is being typed: keys change it, a window of it is shown, earlier lines come back. Nothing
//! here knows where keys come from and how a screen is drawn.

/// A key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Key {
    /// A character, control characters included: Ctrl-A is `\u{1}`.
    Char(char),
    /// An arrow to an earlier line.
    Up,
    /// An arrow to a later line.
    Down,
    /// An arrow.
    Left,
    /// An arrow.
    Right,
    /// To the beginning of the line.
    Home,
    /// To its end.
    End,
    /// Removes the character at the cursor.
    Delete,
    /// Leaves the line.
    Escape,
    /// A key without a meaning here.
    Other,
}

/// What a key has done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Edit {
    /// The line may look different.
    Changed,
    /// The line is done.
    Line(String),
    /// Ctrl-C: the line is given up.
    Cancelled,
    /// Ctrl-D on an empty line: there are no more.
    End,
}

/// Lines that are remembered.
const HISTORY: usize = 100;
/// The most characters of a line.
const LONGEST: usize = 10_000;

/// Earlier lines, the latest last.
#[derive(Default)]
pub struct History(Vec<String>);

impl History {
    /// Lines that were remembered before.
    pub fn of(lines: Vec<String>) -> History {
        History(lines)
    }

    /// Remembers a line, unless it is empty or the one before.
    pub fn add(&mut self, line: &str) {
        if line.trim().is_empty() || self.0.last().is_some_and(|last| last == line) {
            return;
        }
        if self.0.len() == HISTORY {
            self.0.remove(0);
        }
        self.0.push(line.to_string());
    }

    /// The lines.
    pub fn lines(&self) -> &[String] {
        &self.0
    }
}

/// A line in the making.
pub struct Editor<'a> {
    text: Vec<char>,
    cursor: usize,
    history: &'a History,
    /// Which of the earlier lines is shown; past the last: the new one.
    at: usize,
    /// The new line, while an earlier one is shown.
    new: Vec<char>,
}

impl Editor<'_> {
    /// An empty line.
    pub fn new(history: &History) -> Editor<'_> {
        Editor { text: Vec::new(), cursor: 0, history, at: history.0.len(), new: Vec::new() }
    }

    /// Takes a key.
    pub fn press(&mut self, key: Key) -> Edit {
        match key {
            Key::Char('\r' | '\n') => return Edit::Line(self.text.iter().collect()),
            Key::Char('\u{3}') => return Edit::Cancelled,
            Key::Char('\u{4}') if self.text.is_empty() => return Edit::End,
            Key::Char('\u{4}') | Key::Delete => self.delete(self.cursor),
            Key::Char('\u{8}' | '\u{7f}') if self.cursor > 0 => {
                self.cursor -= 1;
                self.delete(self.cursor);
            }
            Key::Char('\u{1}') | Key::Home => self.cursor = 0,
            Key::Char('\u{5}') | Key::End => self.cursor = self.text.len(),
            Key::Char('\u{2}') | Key::Left => self.cursor = self.cursor.saturating_sub(1),
            Key::Char('\u{6}') | Key::Right => self.cursor = (self.cursor + 1).min(self.text.len()),
            Key::Char('\u{b}') => self.text.truncate(self.cursor),
            Key::Char('\u{15}') => {
                self.text.drain(..self.cursor);
                self.cursor = 0;
            }
            Key::Char('\u{10}') | Key::Up => self.show(self.at.saturating_sub(1)),
            Key::Char('\u{e}') | Key::Down => self.show((self.at + 1).min(self.history.0.len())),
            Key::Escape => self.set(Vec::new()),
            Key::Char('\t') => self.insert(' '),
            Key::Char(c) if !c.is_control() => self.insert(c),
            Key::Char(_) | Key::Other => {}
        }
        Edit::Changed
    }

    fn insert(&mut self, c: char) {
        if self.text.len() < LONGEST {
            self.text.insert(self.cursor, c);
            self.cursor += 1;
        }
    }

    fn delete(&mut self, at: usize) {
        if at < self.text.len() {
            self.text.remove(at);
        }
    }

    fn set(&mut self, text: Vec<char>) {
        self.cursor = text.len();
        self.text = text;
    }

    /// Shows an earlier line, or the new one again.
    fn show(&mut self, at: usize) {
        if at == self.at {
            return;
        }
        if self.at == self.history.0.len() {
            self.new = self.text.clone();
        }
        self.at = at;
        let text = match self.history.0.get(at) {
            Some(line) => line.chars().collect(),
            None => std::mem::take(&mut self.new),
        };
        self.set(text);
    }

    /// The part of the line that fits into so many columns, and the cursor's column in it.
    pub fn window(&self, columns: usize) -> (String, usize) {
        let columns = columns.max(1);
        // The cursor may be behind the last character.
        let start = (self.cursor + 1).saturating_sub(columns);
        let shown = self.text[start..].iter().take(columns - 1);
        let shown: String = match self.text.len() - start {
            rest if rest < columns => shown.collect(),
            _ => shown.chain(self.text.get(start + columns - 1)).collect(),
        };
        (shown, self.cursor - start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed<'a>(history: &'a History, keys: &[Key]) -> (Editor<'a>, Edit) {
        let mut editor = Editor::new(history);
        let mut last = Edit::Changed;
        for &key in keys {
            last = editor.press(key);
        }
        (editor, last)
    }

    fn chars(text: &str) -> Vec<Key> {
        text.chars().map(Key::Char).collect()
    }

    #[test]
    fn keys_change_the_line() {
        let history = History::default();
        let line = |keys: &[Key]| match typed(&history, &[keys, &chars("\r")].concat()).1 {
            Edit::Line(line) => line,
            other => panic!("{other:?}"),
        };
        assert_eq!(line(&chars("ab\u{8}c")), "ac");
        assert_eq!(line(&[&chars("bc")[..], &[Key::Home], &chars("a")].concat()), "abc");
        let keys = [&chars("añb")[..], &[Key::Left, Key::Left, Key::Delete, Key::End], &chars("!")];
        assert_eq!(line(&keys.concat()), "ab!");
        assert_eq!(line(&chars("abc\u{2}\u{b}d")), "abd");
        assert_eq!(line(&chars("abc\u{2}\u{15}d")), "dc");
        assert_eq!(line(&[&chars("abc")[..], &[Key::Escape, Key::Other]].concat()), "");
        assert_eq!(line(&chars("\u{8}\u{7f}a\tb\u{1b}")), "a b");
    }

    #[test]
    fn lines_end_in_three_ways() {
        let history = History::default();
        assert_eq!(typed(&history, &chars("a\u{3}")).1, Edit::Cancelled);
        assert_eq!(typed(&history, &chars("\u{4}")).1, Edit::End);
        assert_eq!(typed(&history, &chars("a\u{2}\u{4}\r")).1, Edit::Line(String::new()));
    }

    #[test]
    fn earlier_lines_come_back() {
        let mut history = History::default();
        for line in ["one", "two", "two", "  ", "three"] {
            history.add(line);
        }
        assert_eq!(history.lines(), ["one", "two", "three"]);
        let window = |keys: &[Key]| typed(&history, keys).0.window(40).0;
        assert_eq!(window(&[Key::Up]), "three");
        assert_eq!(window(&[Key::Up, Key::Up, Key::Up, Key::Up]), "one");
        assert_eq!(window(&[&chars("new")[..], &[Key::Up, Key::Down]].concat()), "new");
        assert_eq!(window(&[Key::Up, Key::Up, Key::Down]), "three");
        for n in 0..HISTORY {
            history.add(&n.to_string());
        }
        assert_eq!((history.lines().len(), &*history.lines()[0]), (HISTORY, "0"));
    }

    #[test]
    fn long_lines_are_shown_in_part() {
        let history = History::default();
        let (editor, _) = typed(&history, &chars("0123456789"));
        assert_eq!(editor.window(20), ("0123456789".to_string(), 10));
        assert_eq!(editor.window(5), ("6789".to_string(), 4));
        let (editor, _) = typed(&history, &[&chars("0123456789")[..], &[Key::Home]].concat());
        assert_eq!(editor.window(5), ("01234".to_string(), 0));
        let (editor, _) = typed(&history, &[&chars("0123456789")[..], &[Key::Left; 3]].concat());
        assert_eq!(editor.window(5), ("34567".to_string(), 4));
        let (editor, _) = typed(&history, &chars("0123456789"));
        assert_eq!(editor.window(0).1, 0);
    }
}
