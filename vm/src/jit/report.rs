//! What the compiler tells of its work.

/// Exits of units at one place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExitCount {
    /// The chunk's name, and the line.
    pub chunk: String,
    /// 0 if it is not known.
    pub line: u32,
    /// The mnemonic of the instruction.
    pub instruction: &'static str,
    /// `guard`, `unseen` or `end`.
    pub why: &'static str,
    /// How often.
    pub taken: u64,
}

/// What the compiler of a machine has done ([`crate::Vm::jit_stats`]).
#[derive(Clone, PartialEq, Debug, Default)]
pub struct JitStats {
    /// Units of native code that were made, and given up again.
    pub units: u64,
    /// See `units`.
    pub given_up: u64,
    /// Units that the interpreter does not enter any more, because they were left too soon.
    pub left_alone: u64,
    /// Instructions of bytecode that they were made of, of the intermediate form, and bytes of code.
    pub instructions: u64,
    /// See `instructions`.
    pub operations: u64,
    /// See `instructions`.
    pub bytes: u64,
    /// Processor time, if the machine's collector is timed; else 0.
    pub seconds: f64,
    /// How often something was not compiled, with reasons.
    pub refused: Vec<(&'static str, u64)>,
    /// For each mnemonic: instructions that were translated, and those left to the interpreter's
    /// handlers.
    pub translated: Vec<(&'static str, u64, u64)>,
    /// Exits, the most frequent first.
    pub exits: Vec<ExitCount>,
}
