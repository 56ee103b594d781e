//! The program in a pseudo-terminal: keys go in, the screen is looked at. Nothing here sleeps for a
//! fixed time: a test waits for what it wants to see, on a slow machine longer.

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};
use std::io::{Read, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

pub const ROWS: u16 = 40;
pub const COLUMNS: u16 = 100;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

pub const CTRL_C: &str = "\x03";
pub const CTRL_D: &str = "\x04";
pub const CTRL_R: &str = "\x12";
pub const UP: &str = "\x1b[A";
pub const TAB: &str = "\t";
pub const ENTER: &str = "\r";

/// A folder that goes away.
pub struct Home(pub PathBuf);

impl Home {
    pub fn new(name: &str) -> Home {
        let path = std::env::temp_dir().join(format!("luka-prompt-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder for the test");
        Home(path)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What the reading thread has seen.
struct Seen {
    parser: vt100::Parser,
    /// Everything, escapes included.
    raw: Vec<u8>,
    ended: bool,
}

/// A program at a terminal.
pub struct Terminal {
    pty: Arc<Pty>,
    child: Child,
    seen: Arc<(Mutex<Seen>, Condvar)>,
}

impl Terminal {
    /// Starts `luka` in a home of its own.
    pub fn start(home: &Home, args: &[&str], environment: &[(&str, &str)]) -> Terminal {
        let (pty, pts) = open().expect("a pseudo-terminal");
        pty.resize(Size::new(ROWS, COLUMNS)).expect("a size");
        let mut command = Command::new(luka_tests::binary::luka())
            .args(args)
            .current_dir(&home.0)
            .env("HOME", &home.0)
            .env("TERM", "xterm-256color");
        for name in ["XDG_STATE_HOME", "LUA_INIT", "LUA_INIT_5_4", "NO_COLOR", "EDITOR", "VISUAL"] {
            command = command.env_remove(name);
        }
        for (name, value) in environment {
            command = command.env(name, value);
        }
        let child = command.spawn(pts).expect("luka starts");
        let parser = vt100::Parser::new(size(ROWS), size(COLUMNS), 0);
        let seen = Seen { parser, raw: Vec::new(), ended: false };
        let (pty, seen) = (Arc::new(pty), Arc::new((Mutex::new(seen), Condvar::new())));
        let (from, into) = (pty.clone(), seen.clone());
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            loop {
                let n = (&*from).read(&mut bytes).unwrap_or(0);
                let mut seen = into.0.lock().unwrap();
                seen.parser.process(&bytes[..n]);
                seen.raw.extend_from_slice(&bytes[..n]);
                seen.ended = n == 0;
                into.1.notify_all();
                if n == 0 {
                    break;
                }
            }
        });
        Terminal { pty, child, seen }
    }

    /// Starts and waits for the prompt.
    pub fn at_prompt(home: &Home) -> Terminal {
        let terminal = Terminal::start(home, &[], &[]);
        terminal.wait("the first prompt", |screen| last_line(screen) == ">");
        terminal
    }

    /// Types keys.
    pub fn keys(&self, keys: &str) {
        (&*self.pty).write_all(keys.as_bytes()).expect("the terminal takes keys");
    }

    /// Types a line and Enter on an empty screen, and waits until the prompt is there again; returns
    /// what was shown.
    pub fn line(&self, text: &str) -> String {
        self.clear();
        self.keys(text);
        self.keys(ENTER);
        self.prompt_after(text)
    }

    /// Empties the screen but for the prompt.
    pub fn clear(&self) {
        self.keys("\x0c");
        self.wait("an empty screen", |screen| screen.trim() == ">");
    }

    /// Waits until an input that ends with `text` has been taken; returns what was shown below it.
    pub fn prompt_after(&self, text: &str) -> String {
        let last = text.lines().last().unwrap_or_default().trim().to_string();
        let screen = self.wait(&format!("a prompt after {last:?}"), |screen| {
            last_line(screen) == ">" && below(screen, &last).is_some()
        });
        below(&screen, &last).unwrap_or_default()
    }

    /// Waits until the screen is as it should be.
    pub fn wait(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        match self.within(PATIENCE, wanted) {
            Ok(screen) => screen,
            Err(screen) => panic!("waited for {what}; the screen:\n{screen}\n--"),
        }
    }

    /// The screen, as soon as it is as it should be; the last one if it is not in that time.
    pub fn within(
        &self,
        patience: Duration,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<String, String> {
        let start = Instant::now();
        let mut seen = self.seen.0.lock().unwrap();
        loop {
            let screen = seen.parser.screen().contents();
            if wanted(&screen) {
                return Ok(screen);
            }
            let left = patience.saturating_sub(start.elapsed());
            if left.is_zero() || seen.ended {
                return Err(screen);
            }
            seen = self.seen.1.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// Waits for a text on the screen.
    pub fn wait_for(&self, text: &str) -> String {
        self.wait(&format!("{text:?}"), |screen| screen.contains(text))
    }

    /// Everything written so far.
    pub fn raw(&self) -> String {
        String::from_utf8_lossy(&self.seen.0.lock().unwrap().raw).into_owned()
    }

    /// The lines of the screen up to the last one with something on it, with the looks of their text as
    /// escape sequences.
    pub fn painted(&self) -> String {
        let seen = self.seen.0.lock().unwrap();
        let screen = seen.parser.screen();
        let mut out = String::new();
        for row in 0..ROWS {
            let mut last = String::new();
            for column in 0..COLUMNS {
                let Some(cell) =
                    screen.cell(row, column).filter(|cell| !cell.is_wide_continuation())
                else {
                    continue;
                };
                let look = look(cell);
                if look != last {
                    out.push_str(&format!("\x1b[0m\x1b[{look}m"));
                    last = look;
                }
                out.push_str(if cell.has_contents() { cell.contents() } else { " " });
            }
            while out.ends_with(' ') {
                out.pop();
            }
            out.push('\n');
        }
        format!("{}\n", out.trim_end())
    }

    /// Waits until the cursor is in this column (from 0).
    pub fn wait_column(&self, column: u16) {
        let start = Instant::now();
        let mut seen = self.seen.0.lock().unwrap();
        while seen.parser.screen().cursor_position().1 != column {
            let left = PATIENCE.saturating_sub(start.elapsed());
            if left.is_zero() || seen.ended {
                let screen = seen.parser.screen().contents();
                panic!("waited for the cursor in column {column}; the screen:\n{screen}\n--");
            }
            seen = self.seen.1.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// Waits for the end of the program; its exit code.
    pub fn end(mut self) -> Option<i32> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Ok(Some(status)) = self.child.try_wait() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("the program has not ended");
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The numbers of the escape sequence for the look of a cell.
fn look(cell: &vt100::Cell) -> String {
    let mut numbers = vec!["0".to_string()];
    numbers.extend(cell.bold().then(|| "1".to_string()));
    numbers.extend(cell.dim().then(|| "2".to_string()));
    if let vt100::Color::Idx(n @ 0..8) = cell.fgcolor() {
        numbers.push(format!("3{n}"));
    }
    numbers.join(";")
}

fn size(n: u16) -> NonZero<u16> {
    NonZero::new(n).expect("a size is not 0")
}

/// The last line with something on it.
pub fn last_line(screen: &str) -> &str {
    screen.trim_end().lines().last().unwrap_or_default().trim_end()
}

/// What stands between the last line that ends with `text` and the prompt at the end.
fn below(screen: &str, text: &str) -> Option<String> {
    let lines: Vec<&str> = screen.trim_end().lines().collect();
    let (_, shown) = lines.split_last()?;
    let ends = |line: &&str| line.trim_end().ends_with(text);
    let at = shown.iter().position(|line| line.starts_with('>') && ends(line));
    let at = at.or_else(|| shown.iter().position(ends))?;
    Some(shown[at + 1..].join("\n"))
}

/// A path below a home.
pub fn below_home(home: &Home, path: &str) -> PathBuf {
    Path::new(&home.0).join(path)
}
