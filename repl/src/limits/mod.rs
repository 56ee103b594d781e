//! What a program may use, and where its state goes when it stops: `--fuel`, `--memory`, `--time`,
//! `--save-on-stop`, `--save-on-error`, `--record`, `--record-memory`, `--compress`, `--sandbox`.

pub mod amount;
pub mod sandbox;

use sandbox::Sandbox;
use std::time::Duration;

/// The options of `luka run` and `luka resume` about all this.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Limits {
    /// Units of fuel.
    pub fuel: Option<u64>,
    /// Bytes of memory.
    pub memory: Option<u64>,
    /// Time, on the wall.
    pub time: Option<Duration>,
    /// The file for the program when a limit stops it.
    pub save_on_stop: Option<Vec<u8>>,
    /// The file for the program when an error is about to end it.
    pub save_on_error: Option<Vec<u8>>,
    /// The file for a recording of the program.
    pub record: Option<Vec<u8>>,
    /// Bytes for states in it.
    pub record_memory: Option<u64>,
    /// Files with the program are compressed.
    pub compress: bool,
    /// Print the fuel used at the end.
    pub show_fuel: bool,
    /// What the program reaches, if not everything.
    pub sandbox: Option<Sandbox>,
    /// Lists given to `--allow`.
    pub allow: Vec<Vec<u8>>,
}

/// What is wrong with an option.
enum Wrong {
    /// It is none of these.
    Unknown,
    /// Its value is missing or bad; this is what it takes.
    Value(&'static str),
}

impl Limits {
    fn take(&mut self, name: &str, value: Option<&[u8]>) -> Result<(), Wrong> {
        let text = value.and_then(|value| str::from_utf8(value).ok());
        let path = |what: &mut Option<Vec<u8>>| {
            *what = value.filter(|path| !path.is_empty()).map(<[u8]>::to_vec);
            if what.is_some() { Ok(()) } else { Err(Wrong::Value("a file")) }
        };
        match name {
            "fuel" => {
                self.fuel = text.and_then(amount::fuel);
                self.fuel.map(drop).ok_or(Wrong::Value("a number of units"))
            }
            "memory" => {
                self.memory = text.and_then(amount::bytes);
                self.memory.map(drop).ok_or(Wrong::Value("bytes, as 1000000, 512K, 64M or 2G"))
            }
            "time" => {
                self.time = text.and_then(amount::time);
                self.time.map(drop).ok_or(Wrong::Value("a time, as 5s, 250ms, 1.5m or 2h"))
            }
            "save-on-stop" => path(&mut self.save_on_stop),
            "save-on-error" => path(&mut self.save_on_error),
            "record" => path(&mut self.record),
            "record-memory" => {
                self.record_memory = text.and_then(amount::bytes);
                self.record_memory.map(drop).ok_or(Wrong::Value("bytes, as 64M or 2G"))
            }
            "allow" => match value {
                Some(words) => {
                    self.allow.push(words.to_vec());
                    Ok(())
                }
                None => Err(Wrong::Value(sandbox::ALLOWED)),
            },
            _ => Err(Wrong::Unknown),
        }
    }

    /// Takes one of the options that have a value, by its name without dashes. Whether it is one of
    /// these.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(&mut self, name: &str, value: Option<&[u8]>) -> Result<bool, String> {
        match (self.take(name, value), value) {
            (Ok(()), _) => Ok(true),
            (Err(Wrong::Unknown), _) => Ok(false),
            (Err(Wrong::Value(takes)), Some(value)) => {
                Err(format!("--{name}: bad value '{}': {takes}", String::from_utf8_lossy(value)))
            }
            (Err(Wrong::Value(takes)), None) => Err(format!("--{name} needs a value: {takes}")),
        }
    }

    /// Takes one of the options without a value. Whether it is one of these.
    pub fn set(&mut self, name: &str) -> bool {
        match name {
            "sandbox" => self.sandbox = Some(self.sandbox.take().unwrap_or_default()),
            "show-fuel" => self.show_fuel = true,
            "compress" => self.compress = true,
            _ => return false,
        }
        true
    }

    /// When all options are read: puts what is allowed into the sandbox.
    ///
    /// # Errors
    /// A word of `--allow` is none, or there is no sandbox.
    pub fn finish(&mut self) -> Result<(), String> {
        for words in std::mem::take(&mut self.allow) {
            let sandbox = self.sandbox.as_mut().ok_or("--allow needs --sandbox")?;
            sandbox.allow(&words).map_err(|why| format!("--allow: {why}"))?;
        }
        Ok(())
    }

    /// Whether any of them is given that an interactive session does not have.
    pub fn any(&self) -> bool {
        *self != Limits::default()
    }
}
