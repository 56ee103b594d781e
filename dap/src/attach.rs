//! Machines of a host that a client can attach to. The host goes on to run them as it does, with
//! [`Debugged::run`] in the place of [`Vm::run`].

use crate::listen::{Door, listen};
use crate::requests::{Came, Requests};
use crate::server::{Move, Programs, Server};
use crate::transport::Client;
use luka::{Budget, Flag, Outcome, Vm, toolchain};
use luka_debug::{Engine, Leash, MEMORY, Program, Reason};
use serde_json::Value;
use std::io::{BufReader, Read, Result, Write};
use std::net::{SocketAddr, ToSocketAddrs};
use std::time::{Duration, Instant};

/// Fuel between two looks at whether a client has come, and how often one that stands still is looked at.
const SLICE: u64 = 5_000_000;
const PERIOD: Duration = Duration::from_millis(20);

/// What clients can do with a machine.
#[derive(Clone, Default, Debug)]
pub struct Options {
    memory: Option<usize>,
}

impl Options {
    /// Clients can look, stop, step and change variables, forward only.
    pub fn new() -> Options {
        Options::default()
    }

    /// Clients can go backward, to any moment since they have attached: states of the machine are kept in
    /// so many bytes of memory, and what the host ([`luka::host::Host`]) answers.
    ///
    /// When a part of the program is run again, the registry's functions are called again. Those that ask
    /// or change the world are better answered by the host ([`RegistryBuilder::call`]): answers are kept.
    /// Others ask [`Cx::is_replay`] and return what they have returned before. Objects of the host's need
    /// [`UserData::save`]: if the machine cannot be saved when a client attaches, it only goes forward.
    ///
    /// [`RegistryBuilder::call`]: luka::RegistryBuilder::call
    /// [`Cx::is_replay`]: luka::Cx::is_replay
    /// [`UserData::save`]: luka::UserData::save
    pub fn record(mut self, bytes: usize) -> Options {
        self.memory = Some(bytes);
        self
    }

    /// As [`Options::record`], with as much memory as `luka debug` takes.
    pub fn recorded(self) -> Options {
        self.record(MEMORY)
    }
}

/// A machine that a client may debug while its host runs it.
pub struct Debugged {
    /// The machine, unless a client has it.
    vm: Vm,
    server: Option<Server<Lent>>,
    door: Option<Door>,
    options: Options,
    /// The host has had the machine in its hands.
    is_touched: bool,
    /// Raised by whoever comes.
    bell: Flag,
}

/// Serves a machine to debuggers.
pub trait DebugServer {
    /// Lets a client attach to the machine at an address of this one (`127.0.0.1:0` is any free port),
    /// one client at a time. It can go forward only.
    ///
    /// # Errors
    /// The address is another machine's, or in use.
    fn debug_server(self, address: impl ToSocketAddrs) -> Result<Debugged>;
}

impl DebugServer for Vm {
    fn debug_server(self, address: impl ToSocketAddrs) -> Result<Debugged> {
        let mut debugged = Debugged::new(self, Options::new());
        debugged.listen(address)?;
        Ok(debugged)
    }
}

/// The machine while a client has it, or may have it.
struct Lent {
    vm: Vm,
    options: Options,
}

impl Programs for Lent {
    fn launch(&mut self, _: &Value) -> std::result::Result<Engine, String> {
        Err("the program runs already: send an attach request".to_string())
    }

    fn attach(&mut self, arguments: &Value) -> std::result::Result<Engine, String> {
        let wanted = arguments["record"].as_bool().unwrap_or(true);
        let mut memory = self.options.memory.filter(|_| wanted);
        let mut note = None;
        if memory.is_some()
            && let Err(why) = self.vm.checkpoint()
        {
            let why = why.reasons().join("; ");
            note = Some(format!("the program can only go forward: it cannot be saved: {why}"));
            memory = None;
        }
        let registry = toolchain::registry(&self.vm);
        let program = Program::hosted(std::mem::take(&mut self.vm), memory.is_some());
        let mut engine = Engine::hosted(program, &registry, memory)?;
        engine.notes.extend(note);
        Ok(engine)
    }
}

impl Debugged {
    /// A machine that waits for clients once it [listens](Debugged::listen), or is
    /// [connected](Debugged::connect).
    pub fn new(vm: Vm, options: Options) -> Debugged {
        let bell = Flag::new();
        Debugged { vm, server: None, door: None, options, is_touched: false, bell }
    }

    /// Waits for clients at an address of this machine, one at a time, beside whatever else happens.
    /// Where: if the port is 0, one that is free.
    ///
    /// # Errors
    /// The address is another machine's, or in use.
    pub fn listen(&mut self, address: impl ToSocketAddrs) -> Result<SocketAddr> {
        let door = Door::open(listen(address)?)?;
        let at = door.address;
        door.ring(&self.bell);
        self.door = Some(door);
        Ok(at)
    }

    /// Where it listens.
    pub fn address(&self) -> Option<SocketAddr> {
        self.door.as_ref().map(|door| door.address)
    }

    /// Serves a client that the host has found itself. One that was there before is let go of.
    pub fn connect(
        &mut self,
        input: impl Read + Send + 'static,
        output: impl Write + Send + 'static,
    ) {
        self.let_go();
        let requests = Requests::read(BufReader::new(input));
        let client = Client::new(Box::new(output));
        let lent = Lent { vm: std::mem::take(&mut self.vm), options: self.options.clone() };
        self.server = Some(Server::new(client, lent, requests));
    }

    /// The machine, for whatever its host does between two runs.
    pub fn vm(&mut self) -> &mut Vm {
        self.is_touched = true;
        match &mut self.server {
            Some(Server { engine: Some(engine), .. }) => engine.timeline.program.vm(),
            Some(server) => &mut server.programs.vm,
            None => &mut self.vm,
        }
    }

    /// Whether a client is attached.
    pub fn is_attached(&self) -> bool {
        self.server.as_ref().is_some_and(|server| server.engine.is_some())
    }

    /// The machine without a debugger. A client that is attached is told that this is the end.
    pub fn into_vm(mut self) -> Vm {
        self.let_go();
        std::mem::take(&mut self.vm)
    }

    /// Runs the machine as [`Vm::run`] does. While a client has stopped it, this waits; the time does not
    /// count.
    pub fn run(&mut self, budget: Budget) -> Outcome {
        let mut leash = self.leash(&budget);
        loop {
            self.take_client();
            let Some(server) = &mut self.server else {
                if let Some(outcome) = self.run_alone(&leash) {
                    return outcome;
                }
                continue;
            };
            server.answer_all();
            if server.ends {
                self.let_go();
                continue;
            }
            let Some(engine) = &mut server.engine else {
                if let Some(outcome) = self.run_alone(&leash) {
                    return outcome;
                }
                continue;
            };
            engine.timeline.leash = leash.clone();
            engine.timeline.program.stops_at_errors = leash.stops_at_errors;
            if std::mem::take(&mut self.is_touched) {
                if engine.timeline.edit().is_err() {
                    engine.timeline.forget();
                    engine.notes.push("the past is forgotten: the program cannot be saved".into());
                }
                engine.has_changed();
            }
            match server.next.take() {
                Some(movement) => server.go(movement),
                None if server.stands => {
                    let begun = Instant::now();
                    match server.requests.within(PERIOD) {
                        Came::Request(request) => server.request(request),
                        Came::End => server.ends = true,
                        Came::Nothing => {}
                    }
                    leash.deadline = leash.deadline.map(|deadline| deadline + begun.elapsed());
                    // The host wants it back: it goes on from where it had come to.
                    if leash.flag.as_ref().is_some_and(Flag::lower) {
                        leash.flag.as_ref().inspect(|flag| flag.raise());
                        server.resume_for_host();
                    }
                }
                None => server.go(Move::Resume),
            }
            if let Some(engine) = &mut server.engine
                && engine.reason == Reason::Left
                && let Some(outcome) = engine.timeline.program.left()
            {
                return outcome;
            }
        }
    }

    /// Waits until a client has attached and said what it wants to see (`configurationDone`), to debug a
    /// program from its beginning. Whether one has come in this time.
    pub fn wait_for_client(&mut self, time: Duration) -> bool {
        let end = Instant::now() + time;
        loop {
            self.take_client();
            let left = end.saturating_duration_since(Instant::now());
            let wait = PERIOD.min(left);
            match &mut self.server {
                Some(server) => {
                    match server.requests.within(wait) {
                        Came::Request(request) => server.request(request),
                        Came::End => server.ends = true,
                        Came::Nothing => {}
                    }
                    if server.is_configured {
                        return true;
                    }
                    if server.ends {
                        self.let_go();
                    }
                }
                None => std::thread::sleep(wait),
            }
            if left.is_zero() {
                return false;
            }
        }
    }

    fn leash(&mut self, budget: &Budget) -> Leash {
        let used = {
            let touched = self.is_touched;
            let used = toolchain::machine(self.vm()).fuel_used();
            self.is_touched = touched;
            used
        };
        let asked = toolchain::asked(budget);
        let fuel = asked.fuel.map(|fuel| used.saturating_add(fuel));
        let until = [fuel, asked.until].into_iter().flatten().min();
        Leash {
            until,
            deadline: asked.deadline,
            flag: asked.flag,
            stops_at_errors: asked.stops_at_errors,
        }
    }

    /// Who has come is served.
    fn take_client(&mut self) {
        let Some(door) = &self.door else { return };
        let Some(stream) = door.client() else { return };
        let _ = stream.set_nodelay(true);
        match stream.try_clone() {
            Ok(input) => self.connect(input, stream),
            Err(_) => door.free(),
        }
    }

    /// Runs it for a while without a debugger; how that has ended for the host, if it has.
    fn run_alone(&mut self, leash: &Leash) -> Option<Outcome> {
        let (vm, interrupt) = match &mut self.server {
            Some(server) => (&mut server.programs.vm, server.requests.any.clone()),
            None => (&mut self.vm, self.bell.clone()),
        };
        // (What has come since the last look is not to wait.)
        let machine = toolchain::machine(vm);
        machine.detach();
        let used = machine.fuel_used();
        if let Some(outcome) = leash.end(used) {
            return Some(outcome);
        }
        let left = leash.until.map_or(u64::MAX, |until| until - used);
        let mut budget = Budget::fuel(left.min(SLICE)).interrupt(&interrupt);
        if leash.stops_at_errors {
            budget = budget.stop_at_errors();
        }
        match vm.run(budget) {
            Outcome::OutOfFuel | Outcome::Interrupted => None,
            outcome => Some(outcome),
        }
    }

    /// The client goes, and the program goes on.
    fn let_go(&mut self) {
        let Some(mut server) = self.server.take() else { return };
        let engine = server.engine.take();
        server.goes();
        self.vm = match engine {
            Some(engine) => engine.leave(),
            None => std::mem::take(&mut server.programs.vm),
        };
        if let Some(door) = &self.door {
            door.free();
        }
    }
}

impl Drop for Debugged {
    fn drop(&mut self) {
        self.let_go();
    }
}

impl std::fmt::Debug for Debugged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let attached = if self.is_attached() { "attached" } else { "alone" };
        write!(f, "Debugged({attached})")
    }
}
