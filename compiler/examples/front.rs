//! The front end by itself: `front tokens|ast|check|render FILE…` prints a stage, PUC's
//! message for the first error, or the report for people; `front lex|parse|compile FILE…` goes so far
//! and prints nothing; `front time FILE` measures reading and parsing.

#![allow(clippy::disallowed_methods, reason = "a tool of its own: command line, files and clock")]

use std::time::Instant;

use luka_compiler::ast::dump_ast;
use luka_compiler::compile::{compile, load};
use luka_compiler::lex::{dump_tokens, lex};
use luka_compiler::parse::{Options, Std, parse};
use luka_compiler::source::{Source, SourceKind};
use luka_report::{Style, render_all};

fn main() {
    let mut args = std::env::args().skip(1);
    let verb = args.next().unwrap_or_default();
    for file in args {
        let Ok(bytes) = std::fs::read(&file) else {
            eprintln!("cannot read {file}");
            std::process::exit(1);
        };
        let source = Source::new(format!("@{file}"), bytes, SourceKind::File);
        match verb.as_str() {
            "tokens" => print!("{}", dump_tokens(&lex(&source, Std::Luka), &source)),
            "ast" => {
                let parsed = parse(&source, &Options::default());
                print!("{}", dump_ast(&parsed.chunk, &parsed.tokens.names));
            }
            "check" => {
                for diagnostic in parse(&source, &Options::default()).diagnostics {
                    println!("{}", String::from_utf8_lossy(&diagnostic.load_message(&source)));
                }
            }
            "render" => {
                let parsed = parse(&source, &Options::default());
                print!("{}", render_all(&parsed.diagnostics, &source, Style::PLAIN));
            }
            "lex" => drop(std::hint::black_box(lex(&source, Std::Luka))),
            "parse" => drop(std::hint::black_box(parse(&source, &Options::default()))),
            "compile" => drop(std::hint::black_box(compile(&source, &Options::default()))),
            "many" => many(source.bytes()),
            "time" => time(&source),
            _ => eprintln!(
                "usage: front tokens|ast|check|render|lex|parse|compile|many|time FILE..."
            ),
        }
    }
}

fn time(source: &Source) {
    let megabytes = source.bytes().len() as f64 / 1e6;
    for _ in 0..5 {
        let begin = Instant::now();
        let tokens = lex(source, Std::Luka).len();
        let lexed = begin.elapsed().as_secs_f64();
        let begin = Instant::now();
        let parsed = parse(source, &Options::default());
        let both = begin.elapsed().as_secs_f64();
        println!(
            "{megabytes:.1} MB, {tokens} tokens, {} expressions: lex {:.0} MB/s, lex + parse {:.0} MB/s",
            parsed.chunk.exprs.len(),
            megabytes / lexed,
            megabytes / both,
        );
    }
}

/// Compiles many chunks packed into one file (four bytes of length, little-endian, then the
/// text): one line for each, the message or `OK`. Made for comparing with `lua5.4` in bulk.
fn many(mut packed: &[u8]) {
    while let Some((len, rest)) = packed.split_first_chunk::<4>() {
        let (text, rest) = rest.split_at(u32::from_le_bytes(*len) as usize);
        packed = rest;
        match load(text, b"=m", &Options::default()) {
            Err(message) => println!("{}", message.escape_ascii()),
            Ok(_) => println!("OK"),
        }
    }
}
