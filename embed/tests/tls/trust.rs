//! Who is trusted, and who is not.

use crate::ends::{Server, ask, listen, pem};
use std::io::{Read, Write};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

const ANSWER: &str = "return 'hello ' .. (request.headers['x-a'] or '')";

fn server_with(certificate: &str) -> Server {
    Server::https(&format!("cert = pem '{certificate}', key = pem '{certificate}'"), ANSWER)
}

/// What a request gives, or why there is none.
fn get(port: u16, host: &str, tls: &str) -> String {
    ask(
        port,
        &format!(
            "local response, why, code = http.get('https://{host}:' .. port .. '/', {{timeout = 5, tls = {{{tls}}}}})
             if response then return response.status, response.body end
             return why, code"
        ),
    )
}

#[test]
fn certificates_are_verified() {
    let trusting = "ca = pem 'authority'";
    for (certificate, host, tls, expected) in [
        ("good", "localhost", trusting, "200 hello "),
        ("good", "127.0.0.1", trusting, "200 hello "),
        ("rsa", "localhost", trusting, "200 hello "),
        ("good", "localhost", "ca = pem 'authority', version = '1.2'", "200 hello "),
        ("rsa", "localhost", "ca = pem 'authority', version = '1.2'", "200 hello "),
        ("good", "localhost", "ca = pem 'authority', version = '1.3'", "200 hello "),
        (
            "elsewhere",
            "localhost",
            trusting,
            "localhost:{port}: the certificate is not for 'localhost' 71",
        ),
        (
            "elsewhere",
            "127.0.0.1",
            trusting,
            "127.0.0.1:{port}: the certificate is not for '127.0.0.1' 71",
        ),
        ("expired", "localhost", trusting, "localhost:{port}: the certificate has expired 71"),
        ("future", "localhost", trusting, "localhost:{port}: the certificate is not valid yet 71"),
        (
            "unknown",
            "localhost",
            trusting,
            "localhost:{port}: the certificate's authority is not among those that are trusted 71",
        ),
        ("unknown", "localhost", "ca = pem 'stranger'", "200 hello "),
        (
            "client",
            "localhost",
            trusting,
            "localhost:{port}: the certificate is for another purpose 71",
        ),
        // Who asks for it trusts everybody.
        ("expired", "localhost", "verify = false", "200 hello "),
        ("unknown", "localhost", "verify = false", "200 hello "),
        ("elsewhere", "localhost", "verify = false", "200 hello "),
    ] {
        let server = server_with(certificate);
        let expected = expected.replace("{port}", &server.port.to_string());
        assert_eq!(get(server.port, host, tls), expected, "{certificate}, {host}, {tls}");
        // Whatever the client has found, the server serves the next one.
        assert_eq!(get(server.port, "localhost", "verify = false"), "200 hello ", "{certificate}");
    }
}

/// Without anything said, the authorities are the machine's, and the tests' is not among them.
#[test]
fn authorities_of_the_machine() {
    let server = server_with("good");
    let program = std::env::current_exe().expect("this program");
    let asked = |file: &str| {
        let mut command = Command::new(&program);
        command.args([
            "trust::with_the_machines_authorities",
            "--exact",
            "--ignored",
            "--nocapture",
        ]);
        command.env("SSL_CERT_FILE", file).env("LUKA_TEST_PORT", server.port.to_string());
        let ran = command.output().expect("this program runs");
        String::from_utf8_lossy(&ran.stdout).into_owned()
    };
    for (file, expected) in [
        (pem("authority"), "<200 hello >".to_string()),
        (
            pem("stranger"),
            format!(
                "<localhost:{}: the certificate's authority is not among those that are trusted 71>",
                server.port
            ),
        ),
        (
            "/no/such.pem".to_string(),
            "<localhost: /no/such.pem: No such file or directory 71>".to_string(),
        ),
    ] {
        let said = asked(&file);
        assert!(said.contains(&expected), "{file}: {said}");
    }
}

#[test]
#[ignore = "asked by authorities_of_the_machine"]
fn with_the_machines_authorities() {
    // (Alone it has nobody to ask.)
    let Ok(port) = std::env::var("LUKA_TEST_PORT") else { return };
    println!("<{}>", get(port.parse().expect("a port"), "localhost", ""));
}

#[test]
fn clients_show_certificates() {
    for (wanted, tls, expected) in [
        ("true", "cert = pem 'client', key = pem 'client'", "200 hello "),
        ("true", "", "the other end has ended the connection: CertificateRequired 71"),
        (
            "true",
            "cert = pem 'unknown', key = pem 'unknown'",
            "the other end has ended the connection",
        ),
        ("'optional'", "", "200 hello "),
        ("'optional'", "cert = pem 'client', key = pem 'client'", "200 hello "),
    ] {
        let server = Server::https(
            &format!(
                "cert = pem 'good', key = pem 'good', ca = pem 'authority', verify = {wanted}"
            ),
            ANSWER,
        );
        let said = get(server.port, "localhost", &format!("ca = pem 'authority', {tls}"));
        assert!(said.contains(expected.trim_end_matches(" 71")), "{wanted}, {tls}: {said}");
    }
}

/// What cannot work is said when it is said, not at the first connection.
#[test]
fn settings_that_cannot_be_used() {
    for (tls, expected) in [
        ("", "a server needs a certificate and its key"),
        ("cert = pem 'good'", "the key is no private key in PEM"),
        ("cert = pem 'good', key = pem 'rsa'", "the key is not the certificate's"),
        ("cert = pem 'nowhere', key = pem 'good'", "nowhere.pem: No such file or directory"),
        (
            "cert = '-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----', key = pem 'good'",
            "certificate",
        ),
        ("cert = '-----BEGIN', key = pem 'good'", "the certificate is no certificate in PEM"),
        (
            "cert = pem 'good', key = pem 'good', verify = true",
            "there are no authorities for certificates of clients",
        ),
        ("cert = pem 'good', kye = pem 'good'", "unknown field 'kye' of TLS"),
        (
            "cert = 1, key = pem 'good'",
            "bad field 'cert' of TLS (a file or a text in PEM expected)",
        ),
        ("cert = pem 'good', key = pem 'good', verify = 1", "bad field 'verify' of TLS"),
        ("cert = pem 'good', key = pem 'good', version = '1.1'", "invalid 'version' of TLS"),
        ("cert = pem 'good', key = pem 'good', protocols = {''}", "invalid 'protocols' of TLS"),
    ] {
        let said = ask(
            0,
            &format!(
                "local ok, server, why = pcall(http.server, {{handler = print, tls = {{{tls}}}}})
                 return ok and why or server"
            ),
        );
        assert!(said.contains(expected), "{tls}: {said}");
    }
}

#[test]
fn servers_that_do_not_speak_tls() {
    // It answers at once in the words of HTTP.
    let plain = listen(|mut stream| {
        let mut buffer = [0; 1024];
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        while let Ok(1..) = stream.read(&mut buffer) {}
    });
    let said = get(plain, "localhost", "ca = pem 'authority'");
    assert_eq!(said, format!("localhost:{plain}: the other end does not speak TLS 71"));

    let closing = listen(drop);
    let said = get(closing, "localhost", "ca = pem 'authority'");
    let expected = ["the connection was closed in the handshake 71", "closed 104"];
    assert!(expected.iter().any(|end| said.ends_with(end)), "{said}");

    let silent = listen(|stream| {
        sleep(Duration::from_secs(3));
        drop(stream);
    });
    let began = Instant::now();
    let said = ask(
        silent,
        "return select(2, http.get(here '/', {timeout = 0.3, tls = {ca = pem 'authority'}}))",
    );
    assert_eq!(said, format!("localhost:{silent}: timeout nil"));
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

/// Whoever speaks HTTP to a server of HTTPS is told nothing, and the server goes on.
#[test]
fn clients_that_do_not_speak_tls() {
    let server = server_with("good");
    let said =
        ask(server.port, "return http.get('http://localhost:' .. port .. '/', {timeout = 5})");
    assert!(said.starts_with("nil"), "{said}");
    assert_eq!(get(server.port, "localhost", "ca = pem 'authority'"), "200 hello ");
}
