//! What a program is to do, as it goes with the program when it is saved.

use luka_compiler::Std;
use std::collections::VecDeque;

use crate::limits::sandbox::Sandbox;
use crate::options::Compiler;
use luka::toolchain::bytes::{Input, Out};

/// What the bytes begin with.
const MAGIC: &[u8] = b"luka run\n";
/// The version of the bytes.
const FORMAT: u64 = 1;

/// What the command line asks for, and what is still to be done of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    /// The program's name, for messages.
    pub name: Vec<u8>,
    /// The language of texts.
    pub std: Std,
    /// The compiler of texts.
    pub compiler: Compiler,
    /// What the program reaches, if not everything.
    pub sandbox: Option<Sandbox>,
    /// Whether there is a limit for its memory.
    pub is_limited: bool,
    /// The steps, the one under way first.
    pub steps: VecDeque<Step>,
    /// The exit code, when everything is done and the machine is being closed.
    pub end: Option<i32>,
}

/// One thing to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// What `LUA_INIT` says.
    Init,
    /// `-e`
    Execute(Vec<u8>),
    /// `-l`
    Require(Vec<u8>),
    /// `-W`
    Warnings,
    /// The script: a file, or standard input.
    Script(Option<Vec<u8>>),
    /// Standard input, where nothing else was asked for: `lua` ends with 0 even if it fails.
    Input,
}

/// Why a program is saved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// It is out of fuel.
    Fuel,
    /// It is out of time.
    Time,
    /// A signal has asked for it.
    Signal,
    /// An error is about to end it.
    Error,
}

impl Why {
    const ALL: [Why; 4] = [Why::Fuel, Why::Time, Why::Signal, Why::Error];

    /// For messages.
    pub fn text(self) -> &'static str {
        match self {
            Why::Fuel => "out of fuel",
            Why::Time => "out of time",
            Why::Signal => "a signal",
            Why::Error => "an error nobody catches",
        }
    }
}

impl Step {
    fn write(&self, out: &mut Out) {
        let (kind, text): (u8, &[u8]) = match self {
            Step::Init => (0, b""),
            Step::Execute(text) => (1, text),
            Step::Require(what) => (2, what),
            Step::Warnings => (3, b""),
            Step::Script(Some(path)) => (4, path),
            Step::Script(None) => (5, b""),
            Step::Input => (6, b""),
        };
        out.u64(kind.into());
        out.bytes(text);
    }

    fn read(input: &mut Input) -> Option<Step> {
        let (kind, text) = (input.u64()?, input.bytes()?.to_vec());
        Some(match kind {
            0 => Step::Init,
            1 => Step::Execute(text),
            2 => Step::Require(text),
            3 => Step::Warnings,
            4 => Step::Script(Some(text)),
            5 => Step::Script(None),
            6 => Step::Input,
            _ => return None,
        })
    }
}

impl Plan {
    /// A plan without steps: somebody else says what is to be done.
    pub fn new(name: &[u8], std: Std) -> Plan {
        Plan {
            name: name.to_vec(),
            std,
            compiler: Compiler::default(),
            sandbox: None,
            is_limited: false,
            steps: VecDeque::new(),
            end: None,
        }
    }

    /// The bytes that go with a program.
    pub fn to_bytes(&self, why: Why) -> Vec<u8> {
        let mut out = Out::default();
        out.0.extend_from_slice(MAGIC);
        out.u64(FORMAT);
        out.u64(why as u64);
        out.bytes(&self.name);
        out.bool(self.std == Std::Lua54);
        out.bool(self.compiler == Compiler::Selfhost);
        out.bool(self.is_limited);
        out.bool(self.sandbox.is_some());
        let words = self.sandbox.as_ref().map_or(Vec::new(), Sandbox::words);
        out.u64(words.len() as u64);
        words.iter().for_each(|word| out.bytes(word));
        out.u64(self.steps.len() as u64);
        self.steps.iter().for_each(|step| step.write(&mut out));
        out.bool(self.end.is_some());
        out.u64(self.end.unwrap_or(0) as u64);
        out.0
    }

    /// The plan of a program, and why it was saved.
    ///
    /// # Errors
    /// The bytes are no plan, or one of another version.
    pub fn of_bytes(bytes: &[u8]) -> Result<(Plan, Why), String> {
        let Some(rest) = bytes.strip_prefix(MAGIC) else {
            return Err("it is not a program of `luka run` but another host's".to_string());
        };
        let mut input = Input(rest);
        match input.u64() {
            Some(FORMAT) => {}
            _ => {
                return Err("another version of luka has saved it: go on with it there".to_string());
            }
        }
        Plan::read(&mut input).ok_or_else(|| "what it was to do is damaged".to_string())
    }

    fn read(input: &mut Input) -> Option<(Plan, Why)> {
        let why = *Why::ALL.get(input.usize()?)?;
        let name = input.bytes()?.to_vec();
        let std = if input.bool()? { Std::Lua54 } else { Std::Luka };
        let compiler = if input.bool()? { Compiler::Selfhost } else { Compiler::Rust };
        let is_limited = input.bool()?;
        let is_in_sandbox = input.bool()?;
        let mut sandbox = Sandbox::default();
        for word in input.list(|input| Some(input.bytes()?.to_vec()))? {
            sandbox.add(&word)?;
        }
        let sandbox = is_in_sandbox.then_some(sandbox);
        let steps = input.list(Step::read)?.into();
        let ends = input.bool()?;
        let end = ends.then_some(input.u64()? as i32).filter(|_| ends);
        input.end()?;
        Some((Plan { name, std, compiler, sandbox, is_limited, steps, end }, why))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_are_bytes() {
        let mut sandbox = Sandbox::default();
        sandbox.allow(b"fs:read=/tmp,env").unwrap();
        let steps = [
            Step::Init,
            Step::Execute(b"x = 1".to_vec()),
            Step::Require(b"m".to_vec()),
            Step::Warnings,
            Step::Script(Some(b"a.lua".to_vec())),
            Step::Script(None),
            Step::Input,
        ];
        let plan = Plan {
            name: b"luka".to_vec(),
            std: Std::Lua54,
            compiler: Compiler::Selfhost,
            sandbox: Some(sandbox),
            is_limited: true,
            steps: steps.into(),
            end: Some(-1),
        };
        for why in Why::ALL {
            let bytes = plan.to_bytes(why);
            assert_eq!(Plan::of_bytes(&bytes), Ok((plan.clone(), why)));
            for end in 0..bytes.len() {
                assert!(Plan::of_bytes(&bytes[..end]).is_err(), "{end}");
            }
        }
        let plain = Plan { sandbox: None, end: None, steps: VecDeque::new(), ..plan };
        assert_eq!(Plan::of_bytes(&plain.to_bytes(Why::Time)), Ok((plain, Why::Time)));
        assert!(Plan::of_bytes(b"").is_err());
    }
}
