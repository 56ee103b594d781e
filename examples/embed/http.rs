//! A web server whose handlers are scripts of others: each request runs in a machine of its own, with as
//! much fuel and memory as a request may take.
//!
//! `cargo run -p luka --example http -- 8080` serves until Ctrl-C; without a port it asks itself.

use luka::{Budget, Chunk, Outcome, Registry, Vm};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

/// Handlers get method, path and body, and return a status and a text.
const HANDLERS: &[(&str, &str)] = &[
    ("/hello", "local method, path, body = ... return 200, `{method} {path}: {body}`"),
    ("/endless", "while true do end"),
    ("/greedy", "local t = {} while true do t[#t + 1] = ('x'):rep(1000) end"),
    ("/wrong", "error 'no luck'"),
];
/// Units of fuel for a request: some milliseconds.
const FUEL: u64 = 1_000_000;
const MEMORY: u64 = 4 << 20;
/// The most bytes of a head and of a body.
const HEAD: u64 = 16 << 10;
const BODY: u64 = 64 << 10;

/// What a script answers; what it does wrong is a status, too.
fn answer(
    registry: &Registry,
    method: &str,
    path: &str,
    body: &str,
) -> luka::Result<(u16, String)> {
    let name = path.split('?').next().unwrap_or_default();
    let Some((name, script)) = HANDLERS.iter().find(|(known, _)| *known == name) else {
        return Ok((404, "not found".to_string()));
    };
    let mut vm = Vm::builder(registry).memory(MEMORY).build()?;
    let f = vm.compile(Chunk::text(*script).name(format!("@{name}.lua")))?;
    vm.start(&f, (method, path, body))?;
    Ok(match vm.run(Budget::fuel(FUEL)) {
        Outcome::Done(values) => values.get::<(u16, String)>(&vm)?,
        Outcome::OutOfFuel => (503, "the handler took too long".to_string()),
        Outcome::Failed(error) => (500, error.to_string()),
        other => (500, format!("{other:?}")),
    })
}

/// The method, path and body of a request; `None` if it is none.
fn request(stream: &TcpStream) -> Option<(String, String, String)> {
    let mut lines = BufReader::new(stream.take(HEAD + BODY));
    let mut line = String::new();
    lines.read_line(&mut line).ok()?;
    let mut words = line.split(' ');
    let (method, path) = (words.next()?.to_string(), words.next()?.to_string());
    let (mut length, mut head) = (0, line.len() as u64);
    loop {
        let mut header = String::new();
        lines.read_line(&mut header).ok()?;
        head += header.len() as u64;
        if head > HEAD || header.is_empty() {
            return None;
        }
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse::<u64>().ok().filter(|&n| n <= BODY)?;
        }
    }
    let mut body = Vec::new();
    lines.take(length).read_to_end(&mut body).ok()?;
    Some((method, path, String::from_utf8_lossy(&body).into_owned()))
}

fn serve(registry: &Registry, mut stream: TcpStream) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let (status, text) = match request(&stream) {
        Some((method, path, body)) => {
            answer(registry, &method, &path, &body).unwrap_or_else(|error| (500, error.to_string()))
        }
        None => (400, "bad request".to_string()),
    };
    let length = text.len();
    write!(
        stream,
        "HTTP/1.1 {status} Status\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{text}"
    )
}

pub fn main() -> luka::Result<()> {
    let port = std::env::args().nth(1).and_then(|port| port.parse::<u16>().ok());
    let listener = TcpListener::bind(("127.0.0.1", port.unwrap_or(0))).expect("a port");
    let at = listener.local_addr().expect("an address");
    let registry = Registry::default();
    let server = move || {
        for stream in listener.incoming().flatten() {
            if let Err(error) = serve(&registry, stream) {
                eprintln!("{error}");
            }
        }
    };
    if port.is_some() {
        println!("http://{at}/hello");
        server();
        return Ok(());
    }
    std::thread::spawn(server);
    let ask = |head: &str, body: &str| {
        let mut stream = TcpStream::connect(at).expect("the server is there");
        let length = body.len();
        write!(stream, "{head} HTTP/1.1\r\ncontent-length: {length}\r\n\r\n{body}").expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, text) = answer.split_once("\r\n\r\n").expect("a head and a body");
        let status = head.get(9..12).expect("a status");
        println!("{head:.12}: {text}");
        format!("{status} {text}")
    };
    assert_eq!(ask("POST /hello?x", "you"), "200 POST /hello?x: you");
    assert_eq!(ask("GET /endless", ""), "503 the handler took too long");
    assert_eq!(ask("GET /greedy", ""), "500 not enough memory");
    assert_eq!(ask("GET /wrong", ""), "500 /wrong.lua:1: no luck");
    assert_eq!(ask("GET /none", ""), "404 not found");
    Ok(())
}
