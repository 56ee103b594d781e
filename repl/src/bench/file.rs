//! A file of benchmarks in a machine of its own: what it registers, and what each costs.

use luka::{Chunk, Error, Function, Table, Value, toolchain};
use luka_compiler::Std;
use luka_vm::Jit;

use crate::cli::Argv;
use crate::limits::Limits;
use crate::program::Plan;
use crate::session::{Done, Session, Stop};

/// Defines `bench(name, f)`; returns the list it appends to.
const PRELUDE: &str = r#"
local list = {}
function bench(name, f)
  if type(name) ~= "string" then error("bench: the name is a string", 2) end
  if type(f) ~= "function" then error("bench: give the function to call", 2) end
  for _, known in ipairs(list) do
    if known[1] == name then error("bench: there is a '" .. name .. "' already", 2) end
  end
  list[#list + 1] = {name, f}
end
package.path = "./src/?.lua;./src/?/init.lua;" .. package.path
return list
"#;

/// What a call by the host costs by itself.
const NOTHING: &str = "";

/// Calls a function again and again.
const REPEAT: &str = "local f, n = ... for _ = 1, n do f() end";

/// How often a function is called for its fuel, after one call that is not counted.
const CALLS: usize = 5;

/// A benchmark.
pub struct Bench {
    pub name: String,
    f: Value,
    /// What a call costs.
    pub fuel: u64,
    pub bytes: u64,
}

/// A file of benchmarks whose machine is there to call them.
pub struct BenchFile {
    pub path: String,
    pub benches: Vec<Bench>,
    session: Session,
    repeat: Value,
    /// Bytes that a call by the host takes.
    overhead: u64,
}

/// How a file or a benchmark has failed; what went wrong has been reported.
pub struct Failed;

impl BenchFile {
    /// Runs a file and keeps the benchmarks it registers: calls of `bench`, and functions `bench_*`
    /// that are global, in the order of the text.
    pub fn load(path: &str, std: Std, jit: bool) -> Result<BenchFile, Failed> {
        let plan = Plan::new(b"luka bench", std);
        let mut session = Session::new(plan, Limits::default(), false).map_err(|_| Failed)?;
        toolchain::machine(&mut session.vm).set_jit(if jit { Jit::On } else { Jit::Off });
        let argv: Argv = vec![b"luka".to_vec(), path.as_bytes().to_vec()];
        session.set_arg_in_project(&argv, Some(1));
        let begun = begin(&mut session, path);
        let (list, repeat) = begun.map_err(|stop| ended(&mut session, stop))?;
        let benches = registered(&session, &list).map_err(|error| {
            session.report_error(&error);
            Failed
        })?;
        let nothing = compiled(&mut session, NOTHING);
        let nothing = nothing.map_err(|stop| ended(&mut session, stop))?;
        let mut file = BenchFile { path: path.to_string(), benches, session, repeat, overhead: 0 };
        file.overhead = file.cost(&nothing)?.1;
        Ok(file)
    }

    /// Counts what calls of a benchmark cost: before anything depends on time, so that it is always
    /// the same. Of several calls, the middle one.
    pub fn count(&mut self, number: usize) -> Result<(), Failed> {
        let f = self.benches[number].f.clone();
        let (fuel, bytes) = self.cost(&f)?;
        let bench = &mut self.benches[number];
        (bench.fuel, bench.bytes) = (fuel, bytes.saturating_sub(self.overhead));
        Ok(())
    }

    /// Fuel and bytes of a call.
    fn cost(&mut self, f: &Value) -> Result<(u64, u64), Failed> {
        let (mut fuel, mut bytes) = (Vec::new(), Vec::new());
        for call in 0..=CALLS {
            let used = self.session.vm.fuel_used();
            let allocated = toolchain::machine(&mut self.session.vm).heap.allocated();
            let called = self.session.call(f, ());
            called.map_err(|stop| ended(&mut self.session, stop))?;
            if call > 0 {
                fuel.push(self.session.vm.fuel_used() - used);
                let now = toolchain::machine(&mut self.session.vm).heap.allocated();
                bytes.push(now.saturating_sub(allocated));
            }
        }
        Ok((middle(&mut fuel), middle(&mut bytes)))
    }

    /// Calls a benchmark so many times. Processor time, in seconds.
    pub fn time(&mut self, number: usize, calls: u64) -> Result<f64, Failed> {
        let f = self.benches[number].f.clone();
        let repeat = self.repeat.clone();
        let begun = self.session.vm.host().clock();
        let called = self.session.call(&repeat, (f, calls as i64));
        called.map_err(|stop| ended(&mut self.session, stop))?;
        Ok(self.session.vm.host().clock() - begun)
    }

    /// Closes the machine.
    pub fn close(self) {
        // What it cannot write any more is no result of the benchmarks.
        let _ = self.session.end(0, true);
    }
}

fn begin(session: &mut Session, path: &str) -> Done<(Table, Value)> {
    let prelude = compiled(session, PRELUDE)?;
    let list = session.call(&prelude, ())?;
    let repeat = compiled(session, REPEAT)?;
    session.run_script(Some(path.as_bytes()))?;
    match list.iter().next() {
        Some(Value::Table(list)) => Ok((list.clone(), repeat)),
        _ => Err(Stop::Failed),
    }
}

fn compiled(session: &mut Session, text: &str) -> Done<Value> {
    let chunk = Chunk::text(text).name("=luka bench");
    let made = session.vm.compile(chunk).map_err(|error| Error::msg(error.to_string()));
    session.reported(made).map(Value::Function)
}

/// An error has been reported already, an exit has not.
fn ended(session: &mut Session, stop: Stop) -> Failed {
    if let Stop::Exit { code, .. } = stop {
        session.report(format!("the program has ended itself with exit code {code}").as_bytes());
    }
    Failed
}

fn registered(session: &Session, list: &Table) -> luka::Result<Vec<Bench>> {
    let vm = &session.vm;
    let mut found: Vec<(u32, String, Value)> = Vec::new();
    for pair in list.sequence::<Table>(vm)? {
        let (name, f): (String, Function) = (pair.get(vm, 1)?, pair.get(vm, 2)?);
        found.push((0, name, Value::Function(f)));
    }
    let mut functions = Vec::new();
    for (key, value) in Value::Table(vm.globals()).look(vm)?.entries() {
        let name = key.as_bytes().map(String::from_utf8_lossy);
        let Some(name) = name.filter(|name| name.starts_with("bench_")) else { continue };
        if value.is_function() && !found.iter().any(|(_, known, _)| *known == *name) {
            let line = value.function().and_then(|info| info.line).unwrap_or(0);
            functions.push((line, name.into_owned(), value.value()));
        }
    }
    functions.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    found.extend(functions);
    Ok(found.into_iter().map(|(_, name, f)| Bench { name, f, fuel: 0, bytes: 0 }).collect())
}

fn middle(numbers: &mut [u64]) -> u64 {
    numbers.sort_unstable();
    numbers[numbers.len() / 2]
}
