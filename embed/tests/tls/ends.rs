//! Both ends of a connection: a program that serves in a thread of its own, and one that asks.

use luka::host::System;
use luka::{Budget, Chunk, Libs, Outcome, Registry, Vm};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

/// The file of a certificate and its key.
pub fn pem(name: &str) -> String {
    folder().join(name).with_extension("pem").to_str().expect("a name").to_string()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls/certificates")
}

/// What stands before every program.
const PREFIX: &str = "local port <const>, folder <const> = ...
    package.path = ''
    local http, socket, json = require 'luka.http', require 'socket', require 'luka.json'
    local function pem(name) return folder .. '/' .. name .. '.pem' end
    local function here(path) return 'https://localhost:' .. port .. path end
    local trusting = {tls = {ca = pem 'authority'}}
";

/// A machine with everything there is.
pub fn machine(output: impl Write + Send + 'static) -> Vm {
    let registry = Registry::builder().libs(Libs::ALL).build();
    Vm::builder(&registry)
        .memory(16 << 20)
        .host(System::all())
        .output(output)
        .build()
        .expect("a machine")
}

/// Starts a program for a port.
pub fn start(vm: &mut Vm, program: &str, port: u16) {
    let chunk = Chunk::text(format!("{PREFIX} {program}")).name("=program");
    let function = vm.compile(chunk).unwrap_or_else(|e| panic!("{program}: {e:?}"));
    let folder = folder().to_str().expect("a name").to_string();
    vm.start(&function, (i64::from(port), folder)).expect("started");
}

/// What a program returns, which runs in slices of so much fuel.
pub fn ask_in_slices(port: u16, program: &str, slice: u64) -> String {
    let mut vm = machine(std::io::stderr());
    let shown = format!(
        "local results = table.pack((function() {program}
         end)())
         for i = 1, results.n do results[i] = tostring(results[i]) end
         return table.concat(results, ' ')"
    );
    start(&mut vm, &shown, port);
    loop {
        match vm.run(Budget::fuel(slice)) {
            Outcome::OutOfFuel => {}
            Outcome::Done(values) => {
                return values.get(&vm).expect("a text");
            }
            other => panic!("{other:?}"),
        }
    }
}

/// What a program returns.
pub fn ask(port: u16, program: &str) -> String {
    ask_in_slices(port, program, 1_000_000)
}

/// Lines that are written go to a channel.
pub struct Lines(Sender<String>, Vec<u8>);

/// Where a program may write lines, and where they are read.
pub fn lines() -> (Lines, Receiver<String>) {
    let (sender, printed) = channel();
    (Lines(sender, Vec::new()), printed)
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        for &byte in bytes {
            if byte == b'\n' {
                let line = String::from_utf8_lossy(&std::mem::take(&mut self.1)).into_owned();
                // The test may have seen enough.
                let _ = self.0.send(line);
            } else {
                self.1.push(byte);
            }
        }
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A program that serves until this is dropped. The first line it prints is its port.
pub struct Server {
    pub port: u16,
    pub printed: Receiver<String>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// A program that prints its port.
    pub fn of(program: &str) -> Server {
        let (lines, printed) = lines();
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, program) = (stop.clone(), program.to_string());
        let thread = spawn(move || {
            let mut vm = machine(lines);
            start(&mut vm, &program, 0);
            while !stopped.load(Ordering::Relaxed) {
                match vm.run(Budget::fuel(20_000)) {
                    Outcome::OutOfFuel => {}
                    Outcome::Done(_) => return,
                    other => panic!("{other:?}"),
                }
            }
        });
        let port = printed.recv_timeout(Duration::from_secs(20)).expect("a port");
        let port = port.parse().expect("a number");
        Server { port, printed, stop, thread: Some(thread) }
    }

    /// A server of HTTPS with the options of TLS and the body of a handler.
    pub fn https(tls: &str, handler: &str) -> Server {
        Server::of(&format!(
            "local server = assert(http.server {{timeout = 2, tls = {{{tls}}}, most = 10000000,
               on_error = print, handler = function(request) {handler} end}})
             print(server.port) io.flush()
             server:run()"
        ))
    }

    /// The next line that it prints.
    pub fn line(&self) -> String {
        self.printed.recv_timeout(Duration::from_secs(20)).expect("a line")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let ended = self.thread.take().map(JoinHandle::join);
        if !std::thread::panicking() {
            ended.expect("a thread").expect("the server has not failed");
        }
    }
}

/// A server that is no program of ours: what it does with each connection.
pub fn listen(serve: impl Fn(TcpStream) + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    spawn(move || {
        for stream in listener.incoming().flatten() {
            serve(stream);
        }
    });
    port
}

/// Passes connections on to a port, but cuts each as soon as so many bytes have come back.
pub fn cutting(to: u16, after: usize) -> u16 {
    listen(move |mut client| {
        let mut server = TcpStream::connect(("127.0.0.1", to)).expect("connected");
        let (mut from, mut into) =
            (client.try_clone().expect("a clone"), server.try_clone().expect("a clone"));
        let upward = spawn(move || {
            // Either end may be gone.
            let _ = std::io::copy(&mut from, &mut into);
        });
        let mut left = after;
        let mut buffer = [0; 4096];
        while left > 0 {
            let most = left.min(buffer.len());
            let Ok(n @ 1..) = server.read(&mut buffer[..most]) else { break };
            left -= n;
            if client.write_all(&buffer[..n]).is_err() {
                break;
            }
        }
        let _ = client.shutdown(Shutdown::Both);
        let _ = server.shutdown(Shutdown::Both);
        upward.join().expect("ended");
    })
}
