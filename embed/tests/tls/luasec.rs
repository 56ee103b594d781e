//! LuaSec's modules: `ssl`, `ssl.https`, and `socket.http` with https.

use crate::ends::{Server, ask, ask_in_slices, listen};

const SERVER: &str = "cert = pem 'good', key = pem 'good'";

#[test]
fn requests() {
    let server = Server::https(
        SERVER,
        "if request.path == '/away' then return {status = 301, headers = {location = '/there'}} end
         if request.path == '/down' then return {status = 301, headers = {location = 'http://localhost:1/'}} end
         return request.method .. ' ' .. request.path .. ' ' .. request.body",
    );
    let said = ask(
        server.port,
        "local https, ltn12 = require 'ssl.https', require 'ltn12'
         local plain = require 'socket.http'
         local out = {}
         local function note(...) out[#out + 1] = table.concat({tostring((...)), tostring((select(2, ...)))}, ' ') end
         local parts = {}
         note(https.request {url = here '/a', cafile = pem 'authority', sink = ltn12.sink.table(parts)})
         note(table.concat(parts), '')
         parts = {}
         note(plain.request {url = here '/b', method = 'POST', cafile = pem 'authority', sink = ltn12.sink.table(parts),
           headers = {['content-length'] = 3}, source = ltn12.source.string 'xyz'})
         note(table.concat(parts), '')
         note(https.request(here '/c'))
         note(https.request {url = here '/d', verify = 'none'})
         parts = {}
         note(plain.request {url = here '/away', cafile = pem 'authority', sink = ltn12.sink.table(parts)})
         note(table.concat(parts), '')
         note(plain.request {url = here '/down', cafile = pem 'authority'})
         note(https.request {url = here '/e', proxy = 'http://x'})
         note(https.request {url = here '/e', create = print})
         return table.concat(out, '\\n')",
    );
    let unknown = "the certificate's authority is not among those that are trusted";
    let expected = format!(
        "1 200\nGET /a  \n1 200\nPOST /b xyz \nnil {unknown}\n1 200\n1 200\nGET /there  \n1 301\n\
         nil proxy not supported\nnil create function not permitted"
    );
    assert_eq!(said, expected);
}

/// A server of lines that begins without TLS.
fn starting() -> Server {
    Server::of(
        "local ssl = require 'ssl'
         local context = assert(ssl.newcontext {mode = 'server', certificate = pem 'good', key = pem 'good',
           alpn = {'b', 'a'}, protocol = 'any', options = 'all'})
         local listener = assert(socket.bind('127.0.0.1', 0))
         print((select(2, listener:getsockname()))) io.flush()
         while true do
           local stream = listener:accept()
           stream:settimeout(5)
           if stream:receive() == 'STARTTLS' then
             stream:send 'go ahead\\n'
             local c = assert(ssl.wrap(stream, context))
             c:settimeout(5)
             local ok, why = c:dohandshake()
             if ok then
               for line in function() return (c:receive()) end do
                 if line == 'quit' then break end
                 c:send(line:upper() .. '\\n')
               end
             else
               print('no handshake: ' .. why)
             end
             c:close()
           end
         end",
    )
}

const CONNECT: &str = "local ssl = require 'ssl'
    local stream = assert(socket.connect('localhost', port))
    assert(stream:send 'STARTTLS\\n')
    assert(stream:receive())
";

#[test]
fn a_connection_becomes_secret() {
    let server = starting();
    let program = format!(
        "{CONNECT}
         local c = assert(ssl.wrap(stream, {{mode = 'client', protocol = 'tlsv1_2', cafile = pem 'authority',
           verify = {{'peer', 'fail_if_no_peer_cert'}}, options = {{'all', 'no_sslv3'}}, alpn = 'a'}}))
         local before = table.pack(c:receive())
         assert(c:dohandshake())
         c:send 'one\\ntwo\\n'
         local one, two = c:receive(), c:receive()
         local peer = c:getpeercertificate()
         local file = io.open(pem 'good'):read 'a'
         local same = ssl.loadcertificate(file) == peer and peer:pem() == ssl.loadcertificate(peer:pem()):pem()
         local read = socket.select({{c}}, nil, 0)
         c:settimeout(0)
         local nothing = table.pack(c:receive())
         local wants = c:want()
         local sent = c:send('x', 1, 0)
         c:settimeout(5)
         c:send 'quit\\n'
         local last = table.pack(c:receive())
         local result = table.concat({{tostring(before[2]), one, two, c:info 'protocol', tostring(c:info('cipher'):find '^TLS_ECDHE_ECDSA_WITH_AES_' ~= nil and c:info().bits >= 128),
           tostring(c:getalpn()), tostring(c:getpeerverification()), #c:getpeerchain(), #peer:digest 'sha256',
           tostring(same), #read, nothing[2], wants, sent, last[2], (c:getsockname())}}, ' ')
         c:close()
         return result, c:send 'x'"
    );
    let expected = "closed ONE TWO TLSv1.2 true a true 1 64 true 0 wantread \
         read 0 closed 127.0.0.1 nil closed 0";
    assert_eq!(ask(server.port, &program), expected);
    assert_eq!(ask_in_slices(server.port, &program, 997), expected);
}

#[test]
fn names_are_verified_unless_nothing_is() {
    let server = starting();
    for (parameters, name, expected) in [
        ("cafile = pem 'authority'", "", "true nil"),
        ("cafile = pem 'authority'", "localhost", "true nil"),
        (
            "cafile = pem 'authority'",
            "elsewhere.example",
            "false the certificate is not for 'elsewhere.example'",
        ),
        ("cafile = pem 'authority', verify = 'peer'", "a b", "false 'a b' is no name of a server"),
        ("verify = 'none'", "elsewhere.example", "true nil"),
        ("", "", "false the certificate's authority is not among those that are trusted"),
    ] {
        let said = ask(
            server.port,
            &format!(
                "{CONNECT}
                 local c = assert(ssl.wrap(stream, {{mode = 'client', {parameters}}}))
                 if '{name}' ~= '' then c:sni '{name}' end
                 local ok, why = c:dohandshake()
                 return ok, tostring(why)"
            ),
        );
        assert_eq!(said, expected, "{parameters}, {name}");
    }
    let refused = "no handshake: the other end has ended the connection: ";
    assert_eq!(server.line(), format!("{refused}BadCertificate"));
    assert_eq!(server.line(), "no handshake: the connection was closed in the handshake");
    assert_eq!(server.line(), format!("{refused}UnknownCA"));
}

/// A handshake goes on whenever it is asked, without waiting.
#[test]
fn handshakes_do_not_wait() {
    let silent = listen(|stream| {
        std::thread::sleep(std::time::Duration::from_secs(1));
        drop(stream);
    });
    let handshake =
        "local c = assert(ssl.wrap(stream, {mode = 'client', cafile = pem 'authority'}))
        c:settimeout(0)
        local ok, why = c:dohandshake()";
    let said = ask(
        silent,
        &format!(
            "local ssl = require 'ssl'
             local stream = assert(socket.connect('localhost', port))
             {handshake}
             return ok, why, c:want()"
        ),
    );
    assert_eq!(said, "false wantread read");
    let server = starting();
    let said = ask(
        server.port,
        &format!(
            "{CONNECT} {handshake}
             while not ok and why == 'wantread' do
               socket.select({{c}}, nil, 1)
               ok, why = c:dohandshake()
             end
             return ok, tostring(why)"
        ),
    );
    assert_eq!(said, "true nil");
}

#[test]
fn contexts_that_cannot_be() {
    for (parameters, expected) in [
        ("", "invalid mode (nil)"),
        (
            "mode = 'client', protocol = 'sslv3'",
            "invalid protocol (sslv3): TLS 1.2 and 1.3 are spoken",
        ),
        ("mode = 'client', verify = 'some'", "invalid verify option (some)"),
        ("mode = 'client', capath = '/'", "'capath' is not supported"),
        ("mode = 'client', cafile = '/no/such'", "/no/such: No such file or directory"),
        ("mode = 'server'", "a server needs a certificate and its key"),
    ] {
        let said = ask(0, &format!("return select(2, require 'ssl'.newcontext {{{parameters}}})"));
        assert_eq!(said, expected, "{parameters}");
    }
    let said = ask(
        0,
        "local ssl = require 'ssl'
         local unconnected = ssl.wrap(socket.tcp(), {mode = 'client', verify = 'none'})
         local ok, why = unconnected:dohandshake()
         return ok, why, pcall(ssl.wrap, nil, nil)",
    );
    assert!(said.starts_with("false closed false "), "{said}");
}
