//! Requests and responses over TLS: long ones, streams, cut ones, and all of it in pieces of fuel.

use crate::ends::{Server, ask, ask_in_slices, cutting, lines, machine, start};
use luka::{Budget, Outcome};

const GOOD: &str = "cert = pem 'good', key = pem 'good'";

/// A server that says how long a body was and what it summed up to, and sends long ones.
fn server() -> Server {
    Server::https(
        GOOD,
        "local hash = require 'luka.hash'
         if request.path == '/sum' then return #request.body .. ' ' .. hash.crc32(request.body) end
         if request.path == '/long' then return ('0123456789abcdef'):rep(300000) end
         if request.path == '/stream' then
           local n = 0
           return {body = function() n += 1 if n <= 200 then return ('%05d,'):format(n):rep(500) end end}
         end
         if request.path == '/away' then return {status = 302, headers = {location = '/long'}} end
         if request.path == '/down' then
           return {status = 302, headers = {location = 'http://localhost:1/secret'}}
         end
         return request.path",
    )
}

#[test]
fn long_bodies_both_ways() {
    let server = server();
    let said = ask(
        server.port,
        "local hash = require 'luka.hash'
         local body = ('x0y1'):rep(500000)
         local sum = assert(http.post(here '/sum', body, trusting)).body
         local streamed = assert(http.request {url = here '/sum', method = 'POST', tls = trusting.tls, body = (function()
           local n = 0
           return function() n += 1 if n <= 100 then return ('ab'):rep(n * 50) end end
         end)()}).body
         local long = assert(http.get(here '/away', trusting))
         local pieces, bytes = 0, 0
         assert(http.get(here '/stream', {tls = trusting.tls, sink = function(piece)
           pieces += 1
           bytes += #piece
         end}))
         return sum == #body .. ' ' .. hash.crc32(body), streamed:match '%d+', #long.body,
           long.body == ('0123456789abcdef'):rep(300000), pieces > 100, bytes",
    );
    assert_eq!(said, "true 505000 4800000 true true 600000");
}

/// In slices of little fuel, each end stops in the middle of everything.
#[test]
fn in_pieces_of_fuel() {
    let server = server();
    let program = "local a = assert(http.get(here '/stream', trusting))
        local b = assert(http.post(here '/sum', ('z'):rep(50000), trusting))
        return #a.body, require 'luka.hash'.crc32(a.body), b.body";
    let whole = ask(server.port, program);
    assert!(whole.starts_with("600000 "), "{whole}");
    for slice in [499, 10_007] {
        assert_eq!(ask_in_slices(server.port, program, slice), whole, "slices of {slice}");
    }
}

/// Wherever a connection is cut, a client says so: it never takes a part for the whole.
#[test]
fn cut_anywhere() {
    let server = server();
    // (How long an answer is without a cut, headers of TLS included, is more than the last number.)
    for after in [0, 1, 5, 100, 700, 1000, 1500, 20_000, 2_000_000] {
        let port = cutting(server.port, after);
        let said = ask(
            port,
            "local response, why = http.get(here '/long', {timeout = 10, tls = trusting.tls})
             return response and 'all' or why",
        );
        let words = ["closed", "eof"];
        assert!(words.iter().any(|word| said.contains(word)), "cut after {after}: {said}");
    }
    // A body that ends with the connection has no length to compare.
    let old = Server::of(
        "local ssl = require 'ssl'
         local listener = assert(socket.bind('127.0.0.1', 0))
         print((select(2, listener:getsockname()))) io.flush()
         while true do
           local stream = listener:accept()
           local c = assert(ssl.wrap(stream, {mode = 'server', certificate = pem 'good', key = pem 'good'}))
           if c:dohandshake() then
             while c:receive() ~= '' do end
             c:send('HTTP/1.0 200 OK\\r\\n\\r\\n' .. ('y'):rep(100000))
           end
           c:close()
         end"
    );
    let get = "local response, why = http.get(here '/', {timeout = 10, tls = trusting.tls})
        return response and #response.body or why";
    assert_eq!(ask(old.port, get), "100000");
    let said = ask(cutting(old.port, 60_000), get);
    assert!(said.contains("eof") || said.contains("closed"), "{said}");
}

/// What was told to a host in secret is not told to one that everybody can listen to.
#[test]
fn secrets_stay_secret() {
    let server = server();
    let said = ask(
        server.port,
        "return select(2, http.get(here '/down', {tls = trusting.tls, headers = {authorization = 'x'}}))",
    );
    assert_eq!(said, "localhost:1: connection refused 111");
    let plain = Server::of(
        "local server = assert(http.server {handler = function(request)
           return request.headers.authorization or 'nothing' end})
         print(server.port) io.flush() server:run()",
    );
    let leads = Server::https(
        GOOD,
        &format!(
            "return {{status = 302, headers = {{location = 'http://localhost:{}/'}}}}",
            plain.port
        ),
    );
    let get =
        "return http.get(here '/', {tls = trusting.tls, headers = {authorization = 'x'}}).body";
    assert_eq!(ask(leads.port, get), "nothing");
}

/// As programs with other sockets.
#[test]
fn a_program_with_secret_connections_is_not_saved() {
    let server = server();
    let (output, printed) = lines();
    let mut vm = machine(output);
    let program = "local ssl = require 'ssl'
        local stream = assert(ssl.wrap(assert(socket.connect('localhost', port)), {mode = 'client', cafile = pem 'authority'}))
        assert(stream:dohandshake())
        print 'agreed' io.flush()
        while true do end";
    start(&mut vm, program, server.port);
    while printed.try_recv().is_err() {
        assert!(matches!(vm.run(Budget::fuel(10_000)), Outcome::OutOfFuel));
    }
    let refused = vm.snapshot().expect_err("an open socket").to_string();
    assert!(refused.contains("it is connected to 127.0.0.1"), "{refused}");
}
