//! What the compiler knows of a text, as JSON with positions in units of UTF-16.

use luka_bytecode::text::{Options as Listing, disassemble};
use luka_bytecode::{Module, Span, image};
use luka_compiler::ast::dump_ast;
use luka_compiler::compile::stages;
use luka_compiler::diag::Diagnostic;
use luka_compiler::lex::{TokenKind, Tokens, lex};
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, Std, compile, diagnose};
use luka_fmt::Refusal;
use serde_json::{Value, json};

use crate::utf16::Utf16;

fn source(name: &str, text: &[u8]) -> Source<'static> {
    Source::new(format!("@{name}"), text, SourceKind::File)
}

/// The errors of a text, in its order; empty if it compiles.
pub fn diagnostics(name: &str, text: &[u8]) -> Value {
    let source = source(name, text);
    of_diagnostics(&diagnose(&source, &Options::default()), &source)
}

fn of_diagnostics(found: &[Diagnostic], source: &Source) -> Value {
    let map = Utf16::new(source.bytes());
    found.iter().map(|one| of_diagnostic(one, source, &map)).collect()
}

fn of_diagnostic(found: &Diagnostic, source: &Source, map: &Utf16) -> Value {
    let labels = found.labels.iter().map(|l| map.range(l.span, json!({ "text": l.text })));
    let fixes = found.fixes.iter().map(|fix| {
        let edits = fix.edits.iter().map(|e| map.range(e.span, json!({ "text": e.text })));
        json!({ "title": fix.title, "safe": fix.safe, "edits": edits.collect::<Value>() })
    });
    let lua = found.puc.as_ref();
    let lua = lua.map(|puc| String::from_utf8_lossy(&puc.full(source)).into_owned());
    map.range(
        found.span,
        json!({
            "code": found.code.to_string(),
            "severity": found.severity.text(),
            "message": found.message,
            "line": source.line(found.span.start),
            "label": found.label,
            "labels": labels.collect::<Value>(),
            "notes": found.notes,
            "help": found.help,
            "fixes": fixes.collect::<Value>(),
            "lua": lua,
        }),
    )
}

/// An image of the program, as `luka build` writes it.
///
/// # Errors
/// The diagnostics.
pub fn build(name: &str, text: &[u8]) -> Result<Vec<u8>, Value> {
    let source = source(name, text);
    match compile(&source, &Options::default()) {
        Ok(module) => Ok(image::encode(module.get())),
        Err(_) => Err(diagnostics(name, text)),
    }
}

/// The text, formatted.
///
/// # Errors
/// The diagnostics, or what the formatter says of its own fault.
pub fn format(name: &str, text: &[u8]) -> Result<Vec<u8>, Value> {
    let source = source(name, text);
    luka_fmt::format(&source, &luka_fmt::Options::default()).map_err(|refusal| match refusal {
        Refusal::Syntax(_) => diagnostics(name, text),
        Refusal::Internal(fault) => json!(fault),
    })
}

/// The tokens and comments in order: `kind` is `keyword`, `name`, `string`, `number`, `symbol`,
/// `comment` or `error`, `text` what messages call the token.
pub fn tokens(name: &str, text: &[u8]) -> Value {
    let source = source(name, text);
    let tokens = lex(&source, Std::default());
    let map = Utf16::new(text);
    let mut found = Vec::new();
    let mut behind = 0;
    for (token, span) in tokens.tokens.iter().zip(&tokens.spans) {
        found.extend(
            comment(text, behind, span.start)
                .map(|span| map.range(span, json!({ "kind": "comment", "text": "<comment>" }))),
        );
        behind = span.end;
        if token.kind != TokenKind::Eof {
            let kind = kind(token.kind);
            found.push(map.range(*span, json!({ "kind": kind, "text": token.kind.text() })));
        }
    }
    Value::Array(found)
}

/// What is not white space between two tokens.
fn comment(text: &[u8], from: u32, to: u32) -> Option<Span> {
    let between = text.get(from as usize..to as usize)?;
    let start = between.iter().position(|b| !b.is_ascii_whitespace())?;
    let end = between.trim_ascii_end().len();
    Some(Span { start: from + start as u32, end: from + end as u32 })
}

fn kind(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::Name => "name",
        TokenKind::Int | TokenKind::Float => "number",
        TokenKind::Error | TokenKind::Other => "error",
        TokenKind::Str | TokenKind::InterpWhole => "string",
        TokenKind::InterpBegin | TokenKind::InterpMid | TokenKind::InterpEnd => "string",
        kind if kind.is_keyword() => "keyword",
        _ => "symbol",
    }
}

/// The syntax tree as `luka dis --stage ast` prints it.
pub fn tree(name: &str, text: &[u8]) -> String {
    let made = stages(&source(name, text), &Options::default());
    let names: &Tokens = &made.tokens;
    dump_ast(&made.chunk, &names.names)
}

/// The listing, and for each instruction its line in it and the range of the source it was made of:
/// `{"text": …, "instructions": [{"line", "function", "pc", "from", "to"}]}`. Lines count from 0.
///
/// # Errors
/// The diagnostics.
pub fn listing(name: &str, text: &[u8]) -> Result<Value, Value> {
    let source = source(name, text);
    let module = compile(&source, &Options::default()).map_err(|_| diagnostics(name, text))?;
    let module: &Module = module.get();
    let listing = disassemble(module, Listing { source: None, editable: false });
    let map = Utf16::new(text);
    let mut instructions = Vec::new();
    // (The first `.function` makes it 0.)
    let mut function = usize::MAX;
    for (line, text) in listing.lines().enumerate() {
        if text.starts_with(".function") {
            function = function.wrapping_add(1);
        }
        // An instruction is the only line that begins with two spaces and a number.
        let Some(pc) = text.strip_prefix("  ").map(str::trim_start) else { continue };
        let Some(Ok(pc)) = pc.split(' ').next().map(str::parse::<usize>) else { continue };
        let span = module.protos.get(function).and_then(|p| p.debug.spans.get(pc));
        let of = json!({ "line": line, "function": function, "pc": pc });
        instructions.extend(span.filter(|span| **span != Span::NONE).map(|s| map.range(*s, of)));
    }
    Ok(json!({ "text": listing, "instructions": instructions }))
}
