//! Machines that have only run programs keep every rule of the verifier of snapshots, wherever they
//! stop.

use libtest_mimic::{Arguments, Failed, Trial};
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, compile};
use luka_stdlib::{CompilerLoader, open_libs};
use luka_tests::capture::Capture;
use luka_tests::script::{Script, files};
use luka_vm::snapshot::verify::verify;
use luka_vm::{Config, Outcome, Value, Vm};
use std::path::Path;
use std::process::ExitCode;

/// Stops in slices of one length; from then on they grow.
const STOPS: usize = 60;

/// A program on a machine that is verified wherever it stops.
struct Verified {
    vm: Vm,
    main: Value,
    slice: u64,
    stops: usize,
}

impl Verified {
    fn load(program: &str, name: &str, slice: u64, gc_stress: u32) -> Option<Verified> {
        let source = Source::new(format!("@{name}"), program.as_bytes(), SourceKind::File);
        let module = compile(&source, &Options::default()).ok()?;
        let (host, ..) = Capture::frozen();
        let config = Config { fuel: Some(slice), gc_stress, ..Config::default() };
        let mut vm = Vm::new(config, Box::new(host), Box::new(CompilerLoader::default())).ok()?;
        open_libs(&mut vm).ok()?;
        let main = vm.instantiate(module, None).ok()?.into();
        Some(Verified { vm, main, slice, stops: 0 })
    }

    fn look(&mut self, when: &str) -> Result<(), Failed> {
        self.stops += 1;
        verify(&self.vm).map_err(|violation| {
            let fuel = self.vm.fuel_used();
            Failed::from(format!("{when} {fuel} units in slices of {}: {violation}", self.slice))
        })
    }

    fn grant(&mut self) {
        if self.stops > STOPS {
            self.slice += self.slice / 4 + 1;
        }
        // (Loading has used more than was granted.)
        self.vm.set_fuel(None);
        self.vm.set_fuel(Some(self.slice));
    }

    /// Runs to the end of the program, then to the end of the machine.
    fn run(mut self) -> Result<(), Failed> {
        self.look("before")?;
        let mut outcome = self.vm.run(self.main, &[]);
        while matches!(outcome, Outcome::OutOfFuel) {
            self.look("after")?;
            self.grant();
            outcome = self.vm.resume_run();
        }
        self.look(&format!("{outcome:?} after"))?;
        loop {
            match self.vm.close() {
                Outcome::OutOfFuel => {
                    self.look("closing after")?;
                    self.grant();
                }
                Outcome::Exit { close: true, .. } => self.look("exited after")?,
                _ => break,
            }
        }
        self.look("closed after")
    }
}

fn suite(path: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(path).expect("a readable file");
    let name = path.file_name().expect("a file").to_string_lossy();
    for section in &Script::parse(&name, &text).sections {
        if section.directives.skips("paused").is_some() {
            continue;
        }
        for (slice, gc_stress) in [(1, 0), (97, 0), (997, 3), (20_011, 0)] {
            // (Every few allocations all of a deep stack would be looked at.)
            if gc_stress > 0 && name == "frames.lua" {
                continue;
            }
            if let Some(machine) = Verified::load(&section.program, &name, slice, gc_stress) {
                machine.run()?;
            }
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("suite");
    for path in files(&root) {
        let name = path.strip_prefix(&root).expect("below the root").display().to_string();
        if !name.starts_with("wishlist/") {
            trials.push(Trial::test(format!("suite::{name}"), move || suite(&path)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}
