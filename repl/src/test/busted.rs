//! `.busted`: the settings that a project has for busted. It is a program, which returns a table of
//! tables: `default`, others by name, and `_all`. It runs in a machine of its own, with little fuel.

use luka::{Budget, Chunk, Libs, Outcome, Registry, Table, Value, Vm};

use crate::cli::CliError;

/// The file.
const FILE: &str = ".busted";

/// Fuel for it.
const FUEL: u64 = 10_000_000;

/// What `.busted` says.
#[derive(Default)]
pub struct Busted(Option<(Vm, Vec<Table>)>);

impl Busted {
    /// Reads the file in the current folder, if there is one: the table `run`, else `default`, then
    /// `_all`.
    ///
    /// # Errors
    /// It fails, or has no such table.
    pub fn read(run: Option<&str>) -> Result<Busted, CliError> {
        let Ok(text) = std::fs::read(FILE) else {
            return match run {
                Some(run) => Err(CliError::Usage(format!("--run {run}: there is no {FILE}"))),
                None => Ok(Busted::default()),
            };
        };
        let wrong = |what: String| CliError::Failed(format!("{FILE}: {what}"));
        let registry = Registry::builder().libs(Libs::SAFE).build();
        let mut vm = Vm::builder(&registry).build().map_err(|error| wrong(error.to_string()))?;
        let main = vm.compile(Chunk::file(text).name(format!("@{FILE}")));
        let main = main.map_err(|error| wrong(error.to_string()))?;
        vm.start(&main, ()).map_err(|error| wrong(error.to_string()))?;
        let values = match vm.run(Budget::fuel(FUEL)) {
            Outcome::OutOfFuel => return Err(wrong("it does not come to an end".into())),
            outcome => outcome.done().map_err(|error| wrong(error.report()))?,
        };
        let Ok(all) = values.get::<Table>(&vm) else {
            return Err(wrong("it does not return a table".into()));
        };
        let table = |name: &str| all.get::<Option<Table>>(&vm, name).ok().flatten();
        let first = table(run.unwrap_or("default"));
        if let (Some(run), None) = (run, &first) {
            return Err(wrong(format!("it has no table '{run}'")));
        }
        let tables = first.into_iter().chain(table("_all")).collect();
        Ok(Busted(Some((vm, tables))))
    }

    fn value(&self, name: &str) -> Option<(&Vm, Value)> {
        let (vm, tables) = self.0.as_ref()?;
        let mut values = tables.iter().filter_map(|table| table.get::<Value>(vm, name).ok());
        Some((vm, values.find(|value| !value.is_nil())?))
    }

    /// A setting that is a list, or one word of it; words may have commas.
    pub fn list(&self, name: &str) -> Vec<String> {
        let Some((vm, value)) = self.value(name) else { return Vec::new() };
        let words = match value {
            Value::Table(list) => list.sequence::<String>(vm).unwrap_or_default(),
            Value::String(_) => vec![value.to::<String>(vm).unwrap_or_default()],
            _ => Vec::new(),
        };
        let words = words.iter().flat_map(|word| word.split(','));
        words.map(str::to_string).filter(|word| !word.is_empty()).collect()
    }

    /// A setting that is a text.
    pub fn text(&self, name: &str) -> Option<String> {
        let (vm, value) = self.value(name)?;
        value.to(vm).ok()
    }

    /// A setting that is a number.
    pub fn number(&self, name: &str) -> Option<i64> {
        let (vm, value) = self.value(name)?;
        value.to(vm).ok()
    }

    /// Whether a setting is true.
    pub fn has(&self, name: &str) -> bool {
        matches!(self.value(name), Some((_, Value::Boolean(true))))
    }
}
