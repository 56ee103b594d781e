//! Whatever bytes somebody sends in place of a handshake, or behind one, a server ends that connection and goes on.

use crate::ends::{Server, ask, listen};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::channel;
use std::time::Duration;

/// Numbers that look random, and are the same in each run (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
    fn bytes(&mut self, n: usize) -> Vec<u8> {
        (0..n).map(|_| self.below(256) as u8).collect()
    }
}

/// What a client says first.
fn greeting() -> Vec<u8> {
    let (sender, receiver) = channel();
    let port = listen(move |mut stream| {
        let mut buffer = vec![0; 4096];
        let n = stream.read(&mut buffer).expect("a greeting");
        buffer.truncate(n);
        sender.send(buffer).expect("somebody waits");
    });
    ask(port, "http.get(here '/', {timeout = 2, tls = {verify = false}})");
    receiver.recv().expect("a greeting")
}

fn talk(port: u16, bytes: &[u8]) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("connected");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("set");
    // The server may close at any time.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let ended = stream.read_to_end(&mut answer);
    let in_time = !matches!(ended, Err(e) if e.kind() == std::io::ErrorKind::WouldBlock);
    assert!(in_time, "the server does not close after {bytes:02x?}");
    assert!(answer.len() < 20_000, "{}", answer.len());
}

#[test]
fn bytes_that_are_no_handshake() {
    let server = Server::https("cert = pem 'good', key = pem 'good'", "return 'still here'");
    let greeting = greeting();
    assert_eq!(greeting[0], 22, "a handshake begins with its type");
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for round in 0..400 {
        let bytes = match round % 5 {
            0 => {
                let n = random.below(2000);
                random.bytes(n)
            }
            // The head of a record, and no record.
            1 => {
                let n = random.below(600);
                let mut bytes =
                    vec![[20, 21, 22, 23, 24][random.below(5)], 3, random.below(5) as u8];
                bytes.extend_from_slice(&(random.below(700) as u16).to_be_bytes());
                bytes.extend(random.bytes(n));
                bytes
            }
            2 => greeting[..random.below(greeting.len())].to_vec(),
            3 => {
                let mut bytes = greeting.clone();
                for _ in 0..=random.below(8) {
                    let at = random.below(bytes.len());
                    bytes[at] = random.below(256) as u8;
                }
                bytes
            }
            // A greeting, and what does not follow it.
            _ => {
                let n = random.below(300);
                let mut bytes = greeting.clone();
                bytes.extend(random.bytes(n));
                bytes
            }
        };
        talk(server.port, &bytes);
    }
    assert_eq!(ask(server.port, "return http.get(here '/', trusting).body"), "still here");
}

/// The same for a client: servers answer with anything.
#[test]
fn answers_that_are_no_handshake() {
    let mut random = Random(77);
    for round in 0..60 {
        let n = random.below(3000);
        let mut bytes = random.bytes(n);
        if round % 2 == 0 {
            let mut head = vec![[21, 22, 23][random.below(3)], 3, 3];
            head.extend_from_slice(&(random.below(3000) as u16).to_be_bytes());
            bytes.splice(..0, head);
        }
        let port = listen(move |mut stream| {
            let mut buffer = [0; 4096];
            let _ = stream.read(&mut buffer);
            let _ = stream.write_all(&bytes);
        });
        let said = ask(port, "return http.get(here '/', {timeout = 5, tls = {verify = false}})");
        assert!(said.starts_with("nil localhost:"), "{said}");
    }
}
