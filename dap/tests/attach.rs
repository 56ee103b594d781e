//! A client attaches to the machine of a host, which goes on when it has gone.

#[path = "../../examples/embed/attach.rs"]
mod attach;
mod common;

use common::Client;
use luka::{Budget, Flag, Outcome, Registry, UserData, Vm};
use luka_dap::{DebugServer, Debugged, Options};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

#[test]
fn the_example_runs() {
    attach::main().expect("the example runs");
}

/// The last answer of the script, and everything it has shown.
type Played = (f64, i64, Vec<f64>);

/// A game in a thread of its own that plays at least so many frames, and goes on until it is told to end:
/// where it listens, and what comes of it.
fn game(frames: u32, end: &Arc<AtomicBool>) -> (SocketAddr, JoinHandle<Played>) {
    let (sender, address) = channel();
    let end = end.clone();
    let played = std::thread::spawn(move || {
        let (mut game, tick) = attach::game().expect("a game");
        sender.send(game.listen("127.0.0.1:0").expect("a port")).expect("sent");
        assert!(game.wait_for_client(Duration::from_secs(30)));
        let mut last = attach::play(&mut game, &tick, frames).expect("played");
        while !end.load(Ordering::SeqCst) {
            last = attach::play(&mut game, &tick, 1).expect("played");
        }
        let shown = game.vm().with_data(|shown: &mut attach::Shown| shown.0.clone());
        (last.0, last.1, shown.expect("shown"))
    });
    (address.recv().expect("an address"), played)
}

/// What comes of as many frames without a debugger.
fn alone(frames: usize) -> Played {
    let (mut game, tick) = attach::game().expect("a game");
    let (x, asked) = attach::play(&mut game, &tick, frames as u32).expect("played");
    let shown = game.vm().with_data(|shown: &mut attach::Shown| shown.0.clone());
    (x, asked, shown.expect("shown"))
}

fn same_as_alone(played: JoinHandle<Played>) {
    let played = played.join().expect("played");
    assert_eq!(played, alone(played.2.len()));
}

#[test]
fn a_game_is_debugged_forward_and_backward_and_goes_on() {
    let (at, played) = game(60, &Arc::new(AtomicBool::new(true)));
    let mut client = Client::new(at);
    client.attach("boat.lua", &[5]);
    assert_eq!(client.event("capabilities")["capabilities"]["supportsStepBack"], true);
    assert_eq!(client.stopped(), "breakpoint");
    assert_eq!((client.line(), client.value("boat.speed")), (5, "1".to_string()));
    // Over lines and host functions, out, and into the next call of the host.
    assert_eq!((client.go("next"), client.line()), ("step".to_string(), 6));
    assert_eq!(client.value("boat.speed"), "1.25");
    assert_eq!((client.go("stepOut"), client.line()), ("step".to_string(), 11));
    assert_eq!(client.value("now"), "1.25");
    // What the host does is not done to look at something, and looking changes nothing.
    let refused = client.value("show(100)");
    assert!(refused.contains("'show' is the host's"), "{refused}");
    assert_eq!(client.value("tick and boat.x + 1"), "1");
    // Back over the line; `stepBack` undoes `next`.
    assert_eq!((client.go("stepBack"), client.line()), ("step".to_string(), 10));
    assert_eq!((client.go("continue"), client.line()), ("breakpoint".to_string(), 5));
    assert_eq!((client.go("stepOut"), client.line()), ("step".to_string(), 11));
    assert_eq!((client.go("next"), client.line()), ("step".to_string(), 12));
    assert_eq!((client.go("stepBack"), client.line()), ("step".to_string(), 11));
    // Through three calls of the host.
    let mut speeds = Vec::new();
    for _ in 0..3 {
        assert_eq!(client.go("continue"), "breakpoint");
        speeds.push(client.value("boat.speed"));
    }
    assert_eq!(speeds, ["1.25", "1.5", "1.75"]);
    // And back through all of them, to where the client has attached.
    for speed in ["1.5", "1.25", "1"] {
        assert_eq!(client.go("reverseContinue"), "breakpoint");
        assert_eq!(client.value("boat.speed"), speed);
    }
    assert_eq!(client.go("reverseContinue"), "entry");
    // When did it change?
    for _ in 0..12 {
        assert_eq!(client.go("continue"), "breakpoint");
    }
    let frames = client.ask("stackTrace", json!({ "threadId": 1 })).unwrap();
    let frame = frames["stackFrames"][0]["id"].clone();
    let why = json!({ "expression": "boat.speed", "frameId": frame });
    let why = client.ask("luka/why", why).unwrap();
    assert_eq!(why["stores"][0]["line"], 5, "{why}");
    client.ask("disconnect", json!({})).unwrap();
    same_as_alone(played);
}

#[test]
fn answers_of_the_host_are_kept() {
    let (at, played) = game(60, &Arc::new(AtomicBool::new(true)));
    let mut client = Client::new(at);
    client.attach("boat.lua", &[13]);
    assert_eq!(client.stopped(), "breakpoint");
    // Over a call that the host answers, and back: it is asked once.
    assert_eq!((client.go("next"), client.line()), ("step".to_string(), 14));
    assert_eq!(client.value("log[1]"), "\"harbour 0\"");
    assert_eq!((client.go("stepBack"), client.line()), ("step".to_string(), 13));
    assert_eq!(client.value("#log"), "0");
    assert_eq!((client.go("next"), client.line()), ("step".to_string(), 14));
    assert_eq!(client.value("log[1]"), "\"harbour 0\"");
    // A step out of the script ends where the host calls it again.
    assert_eq!((client.go("stepOut"), client.line()), ("step".to_string(), 10));
    client.ask("disconnect", json!({})).unwrap();
    same_as_alone(played);
}

#[test]
fn clients_come_and_go_while_it_runs() {
    let end = Arc::new(AtomicBool::new(false));
    let (at, played) = game(100, &end);
    let mut client = Client::new(at);
    client.attach("boat.lua", &[16]);
    assert_eq!(client.stopped(), "breakpoint");
    // The second one is turned away.
    let mut second = Client::new(at);
    assert!(second.event("output")["output"].as_str().unwrap().contains("another client"));
    // One that goes without a word, in the past.
    assert_eq!(client.go("continue"), "breakpoint");
    assert_eq!(client.go("reverseContinue"), "breakpoint");
    drop(client);
    let mut third = loop {
        let mut third = Client::new(at);
        third.send("initialize", json!({}));
        let first = third.receive().expect("something");
        if first["type"] == "response" {
            break third;
        }
    };
    third.ask("attach", json!({})).unwrap();
    third.breakpoints("boat.lua", &[16]);
    assert_eq!(third.stopped(), "breakpoint");
    end.store(true, Ordering::SeqCst);
    third.ask("disconnect", json!({})).unwrap();
    same_as_alone(played);
}

struct Socket;

impl UserData for Socket {
    const NAME: &'static str = "Socket";
    fn methods(methods: &mut luka::Methods<Socket>) {
        methods.get("number", |_, _| Ok(7));
        methods.call_mut("send", |_, _, text: String| Ok(text.len() as i64));
    }
}

const ENDLESS: &str = "\
local socket = open()
local n = 0
while true do
  n = n + 1
  if n % 1000 == 0 then socket:send('x') end
end
";

/// An object of the host's that cannot be saved: forward only, and said so; the host's budgets hold.
#[test]
fn machines_that_cannot_be_saved_go_forward() {
    let registry = Registry::builder()
        .userdata::<Socket>()
        .function("open", |cx, ()| cx.userdata(Socket))
        .build();
    let mut vm = Vm::builder(&registry).build().unwrap();
    let script = vm.compile(luka::Chunk::text(ENDLESS).name("=endless")).unwrap();
    vm.start(&script, ()).unwrap();
    assert!(matches!(vm.run(Budget::fuel(1000)), Outcome::OutOfFuel));
    let mut program = Debugged::new(vm, Options::new().recorded());
    let at = program.listen("127.0.0.1:0").unwrap();
    let flag = Flag::new();
    let stop = flag.clone();
    let (sender, ready) = channel();
    let host = std::thread::spawn(move || {
        assert!(program.wait_for_client(Duration::from_secs(30)));
        let used = program.vm().fuel_used();
        // A budget of fuel, one of time, then until somebody asks for the end.
        assert!(matches!(program.run(Budget::fuel(5000)), Outcome::OutOfFuel));
        assert_eq!(program.vm().fuel_used(), used + 5000);
        let time = Duration::from_millis(50);
        let begun = Instant::now();
        assert!(matches!(program.run(Budget::unlimited().time(time)), Outcome::Interrupted));
        assert!(begun.elapsed() >= time);
        sender.send(()).expect("sent");
        let budget = Budget::unlimited().interrupt(&stop);
        assert!(matches!(program.run(budget), Outcome::Interrupted));
        // Clients that are there when it ends are told.
        drop(program);
    });
    let mut client = Client::new(at);
    client.attach("endless", &[]);
    assert_eq!(client.event("capabilities")["capabilities"]["supportsStepBack"], false);
    assert!(client.event("output")["output"].as_str().unwrap().contains("only go forward"));
    ready.recv().expect("the budgets have held");
    client.ask("pause", json!({ "threadId": 1 })).unwrap();
    assert_eq!(client.stopped(), "pause");
    assert_eq!(client.value("n > 0"), "true");
    let gone = client.value("socket.number");
    assert!(gone.contains("gone"), "{gone}");
    assert!(client.value("socket:send('x')").contains("is the host's"));
    let no = client.ask("stepBack", json!({ "threadId": 1 }));
    assert!(no.is_ok());
    assert_eq!(client.stopped(), "pause");
    let said = client.events.iter().any(|event| {
        event["body"]["output"].as_str().is_some_and(|text| text.contains("only goes forward"))
    });
    assert!(said, "{:?}", client.events);
    client.breakpoints("endless", &[5]);
    assert_eq!(client.go("continue"), "breakpoint");
    assert_eq!((client.go("next"), client.line()), ("step".to_string(), 4));
    // The host asks for the end while it stands still.
    flag.raise();
    client.event("continued");
    host.join().expect("the host");
    client.event("terminated");
}

#[test]
fn a_machine_waits_for_nobody() {
    let mut vm = Vm::builder(&Registry::default()).build().unwrap();
    let script = vm.compile("local n = 0 for i = 1, 3000000 do n = n + i end return n").unwrap();
    vm.start(&script, ()).unwrap();
    let mut program = vm.debug_server("127.0.0.1:0").unwrap();
    assert!(!program.wait_for_client(Duration::from_millis(50)));
    // Who only looks through the keyhole, or says nothing, holds up nothing.
    let _silent = std::net::TcpStream::connect(program.address().unwrap()).unwrap();
    let Outcome::Done(values) = program.run(Budget::unlimited()) else { panic!("it ends") };
    assert_eq!(values.get::<i64>(program.vm()).unwrap(), 4_500_001_500_000);
    assert!(!program.is_attached());
    let mut vm = program.into_vm();
    assert_eq!(vm.eval::<_, i64>("return 1 + 1", ()).unwrap(), 2);
    let elsewhere = vm.debug_server("0.0.0.0:0").expect_err("it is refused");
    assert!(elsewhere.to_string().contains("only addresses of this machine"));
}
