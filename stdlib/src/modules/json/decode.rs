//! JSON as values: a state machine over the text, so that a long text can be read in pieces.
//!
//! The containers that are open are a list of Rust while it works, and in the slots of the frame while
//! the host looks. `cjson` reads more than JSON (numbers as C reads them, on request comments), and
//! takes a zero byte for the end; a strict reader takes what RFC 8259 describes, in UTF-8.

use super::config::{Config, NULL};
use super::number;
use crate::prim;
use luka_vm::api::frame::slot::Count;
use luka_vm::{Action, Gc, NativeResult, Raise, Str, Table, Value, Vm};
use luka_vm::{continuations, frame};

continuations! { pub static THEN;
    GO_ON: "json.decode:go_on" (at, 0) = go_on;
}

frame! {
    /// Slots: the text, the settings, where reading goes on, then the containers, two slots each: the
    /// table, and the key of its next value, or the number of elements of an array.
    mod at {
        TEXT: Gc<Str>,
        CONFIG: Option<Gc<Table>>,
        POSITION: Count,
        /// Whether failing is nil and a message.
        IS_SAFE: bool,
    }
    rest: Value;
}

/// Units of work between two pauses.
const SLICE: u64 = 4096;

/// A container that is not closed.
#[derive(Clone, Copy)]
struct Level {
    table: Gc<Table>,
    /// The key of the value that is read; of arrays how many elements there are.
    key: Value,
}

/// Why a text is no JSON: what was expected and what was found, and where, from 0.
struct Wrong {
    message: String,
    at: usize,
}

enum Failed {
    Wrong(Wrong),
    Raise(Raise),
}

impl From<Raise> for Failed {
    fn from(raise: Raise) -> Failed {
        Failed::Raise(raise)
    }
}

/// A token and, for strings, numbers and words, its value.
enum Token {
    ObjectBegin,
    ObjectEnd,
    ArrayBegin,
    ArrayEnd,
    Colon,
    Comma,
    End,
    String(Value),
    Integer(Value),
    Number(Value),
    Boolean(Value),
    Null,
    Error(&'static str),
}

impl Token {
    /// Its name in messages.
    fn name(&self, is_strict: bool) -> &'static str {
        match (self, is_strict) {
            (Token::Error(what), _) => what,
            (Token::ObjectBegin, false) => "T_OBJ_BEGIN",
            (Token::ObjectEnd, false) => "T_OBJ_END",
            (Token::ArrayBegin, false) => "T_ARR_BEGIN",
            (Token::ArrayEnd, false) => "T_ARR_END",
            (Token::Colon, false) => "T_COLON",
            (Token::Comma, false) => "T_COMMA",
            (Token::End, false) => "T_END",
            (Token::String(_), false) => "T_STRING",
            (Token::Integer(_), false) => "T_INTEGER",
            (Token::Number(_), false) => "T_NUMBER",
            (Token::Boolean(_), false) => "T_BOOLEAN",
            (Token::Null, false) => "T_NULL",
            (Token::ObjectBegin, true) => "'{'",
            (Token::ObjectEnd, true) => "'}'",
            (Token::ArrayBegin, true) => "'['",
            (Token::ArrayEnd, true) => "']'",
            (Token::Colon, true) => "':'",
            (Token::Comma, true) => "','",
            (Token::End, true) => "the end of the text",
            (Token::String(_), true) => "a string",
            (Token::Integer(_) | Token::Number(_), true) => "a number",
            (Token::Boolean(_) | Token::Null, true) => "a word",
        }
    }
}

/// Reads tokens.
struct Reader {
    text: &'static [u8],
    at: usize,
    config: Config,
    /// Where the last token begins.
    token_at: usize,
    /// What lies before it is charged.
    paid_to: usize,
    /// A string with escapes.
    buffer: Vec<u8>,
}

/// Reads a text as the settings in a table say. `is_safe`: a text that is no JSON gives nil, a message
/// and its position, from 1.
pub fn decode(
    vm: &mut Vm,
    config: Option<Gc<Table>>,
    text: Gc<Str>,
    is_safe: bool,
) -> NativeResult {
    vm.set_top(0);
    vm.push(text.into());
    at::FRAME.prepare(vm, 1);
    at::CONFIG.set(vm, config);
    at::IS_SAFE.set(vm, is_safe);
    run(vm, Vec::new())
}

fn go_on(vm: &mut Vm) -> NativeResult {
    let fixed = at::FRAME.first.len();
    let slots = &vm.slots()[fixed..];
    let levels = slots.chunks(2).map(|slots| match slots {
        [table, key] => Some(Level { table: table.as_table()?, key: *key }),
        _ => None,
    });
    let levels: Option<Vec<Level>> = levels.collect();
    vm.set_top(fixed);
    match levels {
        Some(levels) => run(vm, levels),
        None => Err(vm.error("attempt to go on with a damaged state")),
    }
}

fn run(vm: &mut Vm, mut levels: Vec<Level>) -> NativeResult {
    vm.charge_values(levels.len() * 2);
    let text = at::TEXT.get(vm).bytes();
    let config = at::CONFIG.get(vm);
    let config = Config::read(vm, config);
    let position = (at::POSITION.get(vm) as usize).min(text.len());
    let mut reader = Reader {
        text,
        at: position,
        config,
        token_at: position,
        paid_to: position,
        buffer: Vec::new(),
    };
    let read = reader.read(vm, &mut levels);
    reader.pay(vm);
    match read {
        Ok(Some(value)) => vm.ret1(value),
        Ok(None) => {
            at::POSITION.set(vm, reader.at as i64);
            vm.ensure_stack(levels.len() * 2 + 20, "")?;
            for level in levels {
                vm.push(level.table.into());
                vm.push(level.key);
            }
            Ok(Action::Pause { then: &GO_ON })
        }
        Err(Failed::Raise(raise)) => Err(raise),
        Err(Failed::Wrong(wrong)) if at::IS_SAFE.get(vm) => {
            let message = vm.str(wrong.message.as_bytes())?;
            vm.push(Value::NIL);
            vm.push(message);
            vm.push(Value::int(wrong.at as i64 + 1));
            Ok(Action::Return(3))
        }
        Err(Failed::Wrong(wrong)) => Err(vm.error(wrong.message)),
    }
}

impl Reader {
    /// Reads until the value is complete, or for a while: then where an array or object goes on
    /// behind a value.
    fn read(&mut self, vm: &mut Vm, levels: &mut Vec<Level>) -> Result<Option<Value>, Failed> {
        let mut charged = 0;
        let mut value = if levels.is_empty() {
            if self.text.len() >= 2 && (self.text[0] == 0 || self.text[1] == 0) {
                let message = "JSON parser does not support UTF-16 or UTF-32".to_string();
                return Err(Failed::Wrong(Wrong { message, at: 0 }));
            }
            let token = self.next(vm)?;
            self.value(vm, token, levels)?
        } else {
            self.behind(vm, levels)?
        };
        loop {
            // Containers are opened until there is a value; then those it completes are closed.
            match value {
                None => value = self.inside(vm, levels)?,
                Some(v) => match levels.last_mut() {
                    None => {
                        let token = self.next(vm)?;
                        if let Token::End = token {
                            return Ok(Some(v));
                        }
                        return Err(self.expected("the end", &token));
                    }
                    Some(level) => {
                        if let Some(n) = level.key.as_int() {
                            level.key = Value::int(n + 1);
                            prim::set_int(vm, level.table, n + 1, v)?;
                        } else {
                            prim::set(vm, level.table, level.key, v)?;
                        }
                        charged += self.pay(vm);
                        if charged >= SLICE {
                            return Ok(None);
                        }
                        value = self.behind(vm, levels)?;
                    }
                },
            }
        }
    }

    /// Charges for a value and for the bytes that have been read since the last time; how much.
    fn pay(&mut self, vm: &mut Vm) -> u64 {
        let behind = self.at.max(self.token_at);
        let work = 1 + (behind - self.paid_to) as u64 / 8;
        self.paid_to = behind;
        vm.charge(work);
        work
    }

    fn expected(&self, what: &str, found: &Token) -> Failed {
        let at = self.token_at;
        let found = found.name(self.config.is_strict);
        let message = if self.config.is_strict {
            let before = &self.text[..at.min(self.text.len())];
            let line = memchr::memchr_iter(b'\n', before).count() + 1;
            let column = at - memchr::memrchr(b'\n', before).map_or(0, |n| n + 1) + 1;
            format!("line {line}, column {column}: {what} expected, found {found}")
        } else {
            format!("Expected {what} but found {found} at character {}", at + 1)
        };
        Failed::Wrong(Wrong { message, at })
    }

    /// A value that is complete; `None`: a container has been opened.
    fn value(
        &mut self,
        vm: &mut Vm,
        token: Token,
        levels: &mut Vec<Level>,
    ) -> Result<Option<Value>, Failed> {
        match token {
            Token::String(v) | Token::Integer(v) | Token::Number(v) | Token::Boolean(v) => {
                Ok(Some(v))
            }
            Token::Null => Ok(Some(NULL)),
            Token::ObjectBegin => {
                self.open(vm, levels, Value::NIL)?;
                Ok(None)
            }
            Token::ArrayBegin => {
                let table = self.open(vm, levels, Value::int(0))?;
                if self.config.array_with_array_mt {
                    table.set_metatable(&mut vm.heap, self.config.array_mt);
                }
                Ok(None)
            }
            token => {
                Err(self.expected(if self.config.is_strict { "a value" } else { "value" }, &token))
            }
        }
    }

    fn open(
        &mut self,
        vm: &mut Vm,
        levels: &mut Vec<Level>,
        key: Value,
    ) -> Result<Gc<Table>, Failed> {
        let depth = levels.len() + 1;
        if depth > self.config.decode_max_depth {
            let message =
                format!("Found too many nested data structures ({depth}) at character {}", self.at);
            return Err(Failed::Wrong(Wrong { message, at: self.at }));
        }
        let table = prim::new_table(vm, 0, 0)?;
        vm.charge(2);
        levels.push(Level { table, key });
        Ok(table)
    }

    /// Goes on behind `[` or `{`.
    fn inside(&mut self, vm: &mut Vm, levels: &mut Vec<Level>) -> Result<Option<Value>, Failed> {
        let is_array = levels.last().is_some_and(|level| level.key.as_int().is_some());
        let token = self.next(vm)?;
        match (is_array, &token) {
            (true, Token::ArrayEnd) | (false, Token::ObjectEnd) => {
                Ok(levels.pop().map(|level| level.table.into()))
            }
            (true, _) => self.value(vm, token, levels),
            (false, _) => self.key(vm, token, levels),
        }
    }

    /// Goes on behind a value in a container.
    fn behind(&mut self, vm: &mut Vm, levels: &mut Vec<Level>) -> Result<Option<Value>, Failed> {
        let is_array = levels.last().is_some_and(|level| level.key.as_int().is_some());
        let token = self.next(vm)?;
        match (is_array, &token) {
            (true, Token::ArrayEnd) | (false, Token::ObjectEnd) => {
                Ok(levels.pop().map(|level| level.table.into()))
            }
            (true, Token::Comma) => {
                let token = self.next(vm)?;
                self.value(vm, token, levels)
            }
            (false, Token::Comma) => {
                let token = self.next(vm)?;
                self.key(vm, token, levels)
            }
            (true, _) => Err(self.expected("comma or array end", &token)),
            (false, _) => Err(self.expected("comma or object end", &token)),
        }
    }

    /// A key, its colon, and what follows of the value.
    fn key(
        &mut self,
        vm: &mut Vm,
        token: Token,
        levels: &mut Vec<Level>,
    ) -> Result<Option<Value>, Failed> {
        let Token::String(key) = token else {
            return Err(self.expected("object key string", &token));
        };
        if let Some(level) = levels.last_mut() {
            level.key = key;
        }
        let token = self.next(vm)?;
        let Token::Colon = token else { return Err(self.expected("colon", &token)) };
        let token = self.next(vm)?;
        self.value(vm, token, levels)
    }

    #[inline(always)]
    fn byte(&self, at: usize) -> u8 {
        self.text.get(at).copied().unwrap_or(0)
    }

    fn next(&mut self, vm: &mut Vm) -> Result<Token, Raise> {
        loop {
            while matches!(self.byte(self.at), b' ' | b'\t' | b'\n' | b'\r') {
                self.at += 1;
            }
            if !self.config.allow_comment || self.byte(self.at) != b'/' {
                break;
            }
            let rest = &self.text[self.at + 1..];
            let end = memchr::memchr(0, rest).unwrap_or(rest.len());
            match rest.first() {
                Some(b'/') => self.at += 1 + memchr::memchr(b'\n', &rest[..end]).unwrap_or(end),
                Some(b'*') => match memchr::memmem::find(&rest[1..end], b"*/") {
                    Some(n) => self.at += n + 4,
                    None => {
                        self.at += 1 + end;
                        self.token_at = self.at;
                        return Ok(Token::Error("unclosed multi-line comment"));
                    }
                },
                _ => break,
            }
        }
        self.token_at = self.at;
        let c = self.byte(self.at);
        let single = match c {
            b'{' => Token::ObjectBegin,
            b'}' => Token::ObjectEnd,
            b'[' => Token::ArrayBegin,
            b']' => Token::ArrayEnd,
            b',' => Token::Comma,
            b':' => Token::Colon,
            b'"' => return self.string(vm),
            b'-' | b'0'..=b'9' => return Ok(self.number()),
            0 if self.at >= self.text.len() || !self.config.is_strict => return Ok(Token::End),
            b't' | b'f' | b'n' | b'i' | b'I' | b'N' | b'+' => return Ok(self.word()),
            _ => return Ok(Token::Error(self.invalid())),
        };
        self.at += 1;
        Ok(single)
    }

    fn invalid(&self) -> &'static str {
        if self.config.is_strict { "something else" } else { "invalid token" }
    }

    fn word(&mut self) -> Token {
        let rest = &self.text[self.at..];
        for (word, token) in [
            (&b"true"[..], Token::Boolean(Value::TRUE)),
            (b"false", Token::Boolean(Value::FALSE)),
            (b"null", Token::Null),
        ] {
            if rest.starts_with(word) {
                self.at += word.len();
                return token;
            }
        }
        if self.config.decode_invalid_numbers && number::is_invalid(rest) {
            return self.number();
        }
        Token::Error(self.invalid())
    }

    fn number(&mut self) -> Token {
        let rest = &self.text[self.at..];
        if self.config.is_strict {
            return match number::strict(rest) {
                Some((v, len)) => {
                    self.at += len;
                    Token::Number(v)
                }
                None => {
                    self.at += number::looked_at(rest);
                    Token::Error("an invalid number")
                }
            };
        }
        if !self.config.decode_invalid_numbers && number::is_invalid(rest) {
            return Token::Error("invalid number");
        }
        match number::as_c(rest) {
            Some((v, len)) => {
                self.at += len;
                if v.as_int().is_some() { Token::Integer(v) } else { Token::Number(v) }
            }
            None => {
                self.at += number::looked_at(rest);
                Token::Error("invalid number")
            }
        }
    }

    /// A string, at its first quote.
    fn string(&mut self, vm: &mut Vm) -> Result<Token, Raise> {
        let start = self.at + 1;
        let mut at = start;
        let is_strict = self.config.is_strict;
        let end = loop {
            match self.text.get(at) {
                Some(b'"') => break at,
                Some(b'\\') => return self.string_with_escapes(vm, start, at),
                Some(0) | None if !is_strict => return Ok(self.no_string(at)),
                None => return Ok(self.no_string(at)),
                Some(0..32) if is_strict => {
                    self.token_at = at;
                    return Ok(Token::Error("a control character in a string"));
                }
                Some(_) => at += 1,
            }
        };
        self.at = end + 1;
        let text = &self.text[start..end];
        if is_strict && std::str::from_utf8(text).is_err() {
            return Ok(Token::Error("a string that is not UTF-8"));
        }
        Ok(Token::String(vm.str(text)?))
    }

    fn no_string(&mut self, at: usize) -> Token {
        self.token_at = at;
        Token::Error(if self.config.is_strict {
            "a string without end"
        } else {
            "unexpected end of string"
        })
    }

    /// The same from the first escape on.
    fn string_with_escapes(
        &mut self,
        vm: &mut Vm,
        start: usize,
        escape: usize,
    ) -> Result<Token, Raise> {
        let is_strict = self.config.is_strict;
        self.buffer.clear();
        vm.heap.grow(&mut self.buffer, escape - start + 64)?;
        self.buffer.extend_from_slice(&self.text[start..escape]);
        let mut at = escape;
        loop {
            let run = self.text[at..].iter().position(|&c| c == b'"' || c == b'\\' || c < 32);
            let Some(run) = run else { return Ok(self.no_string(self.text.len())) };
            vm.heap.grow(&mut self.buffer, run + 4)?;
            self.buffer.extend_from_slice(&self.text[at..at + run]);
            at += run;
            match self.text[at] {
                b'"' => break,
                b'\\' => {
                    let plain = match self.byte(at + 1) {
                        c @ (b'"' | b'\\' | b'/') => c,
                        b'b' => 8,
                        b't' => 9,
                        b'n' => 10,
                        b'f' => 12,
                        b'r' => 13,
                        b'u' => match self.unicode(at, is_strict) {
                            Some(len) => {
                                at += len;
                                continue;
                            }
                            None => {
                                self.token_at = at;
                                return Ok(Token::Error(if is_strict {
                                    "an invalid \\u escape"
                                } else {
                                    "invalid unicode escape code"
                                }));
                            }
                        },
                        _ => {
                            self.token_at = at;
                            return Ok(Token::Error(if is_strict {
                                "an invalid escape"
                            } else {
                                "invalid escape code"
                            }));
                        }
                    };
                    self.buffer.push(plain);
                    at += 2;
                }
                0 if !is_strict => return Ok(self.no_string(at)),
                c if !is_strict => {
                    self.buffer.push(c);
                    at += 1;
                }
                _ => {
                    self.token_at = at;
                    return Ok(Token::Error("a control character in a string"));
                }
            }
        }
        self.at = at + 1;
        if is_strict && std::str::from_utf8(&self.buffer).is_err() {
            return Ok(Token::Error("a string that is not UTF-8"));
        }
        Ok(Token::String(vm.str(&self.buffer)?))
    }

    /// Appends the character of a `\u` escape, or of two of them; how long they are.
    fn unicode(&mut self, at: usize, _is_strict: bool) -> Option<usize> {
        let unit = |at: usize| {
            let digits = self.text.get(at..at + 4)?;
            digits.iter().try_fold(0u32, |n, &c| Some(n << 4 | char::from(c).to_digit(16)?))
        };
        let first = unit(at + 2)?;
        let (code, len) = match first {
            0xd800..0xdc00 => {
                if self.byte(at + 6) != b'\\' || self.byte(at + 7) != b'u' {
                    return None;
                }
                let low = unit(at + 8).filter(|low| (0xdc00..0xe000).contains(low))?;
                (0x10000 + ((first & 0x3ff) << 10) + (low & 0x3ff), 12)
            }
            0xdc00..0xe000 => return None,
            code => (code, 6),
        };
        let c = char::from_u32(code)?;
        let mut utf8 = [0; 4];
        self.buffer.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
        Some(len)
    }
}
