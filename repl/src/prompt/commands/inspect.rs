//! Documentation, types, variables, and what the compiler makes of an input.

use luka::{Look, Type, Value};
use luka_bytecode::text::{Options as Listing, disassemble};
use luka_compiler::ast::dump_ast;
use luka_compiler::diag::explain;
use luka_compiler::input::compile_input;
use luka_compiler::lex::{dump_tokens, lex};
use luka_compiler::parse::parse_input;
use luka_compiler::source::{Source, SourceKind};

use super::super::show::{signature, text::escaped};
use super::super::view::{View, path_at_end};
use super::super::{KEYWORDS, Prompt, highlight};
use crate::cmd::explain::find;
use crate::session::Done;

/// `:doc NAME`
pub fn doc(prompt: &mut Prompt, name: &str) -> Done<()> {
    let locals = prompt.locals();
    let view = View { vm: &prompt.session.vm, locals: &locals };
    let path = path_at_end(name).filter(|(path, _)| path.join(".").len() == name.len());
    let Some(value) = path.and_then(|(path, _)| view.path(&path)) else {
        let word = KEYWORDS.contains(&name) || highlight::SOFT.contains(&name);
        let what = if word { "is a keyword" } else { "has no value" };
        prompt.complain(&format!("`{name}` {what}; `:doc` shows functions and libraries"));
        return Ok(());
    };
    if !matches!(value.type_of(), Type::Function | Type::Table) {
        let kind = value.type_of().name();
        prompt.complain(&format!("`{name}` is a {kind}; `:doc` shows functions and libraries"));
        return Ok(());
    }
    let text = value.describe(Some(name.as_bytes()));
    prompt.say(&format!("{}\n", escaped_lines(&text)));
    Ok(())
}

/// Text for the terminal: the names in it are the program's, and may hold anything.
fn escaped_lines(text: &[u8]) -> String {
    let lines: Vec<String> = text.split(|&c| c == b'\n').map(|l| escaped(l, false)).collect();
    lines.join("\n")
}

/// `:type EXPR`
pub fn types(prompt: &mut Prompt, text: &str) -> Done<()> {
    let Some(values) = prompt.evaluate(text)? else { return Ok(()) };
    let looks = values.iter().filter_map(|value| value.look(&prompt.session.vm).ok());
    let kinds: Vec<String> = looks.map(kind).collect();
    let text = if kinds.is_empty() { "no values".to_string() } else { kinds.join(", ") };
    prompt.say(&format!("{text}\n"));
    Ok(())
}

fn kind(value: Look) -> String {
    let named = value.metamethod("__name").as_bytes();
    let named = named.map(|name| String::from_utf8_lossy(name).into_owned());
    let basic = match value.type_of() {
        Type::Number if value.as_integer().is_some() => "integer".to_string(),
        Type::Number => "float".to_string(),
        Type::String => {
            let n = value.as_bytes().map_or(0, <[u8]>::len);
            format!("string of {n} byte{}", if n == 1 { "" } else { "s" })
        }
        Type::Table => {
            let list = (1..).take_while(|&n| !value.index(n).is_nil()).count();
            let all = value.entries().len();
            match (list, all - list) {
                (0, 0) => "empty table".to_string(),
                (n, 0) => format!("table, a list of {n}"),
                (0, n) => format!("table with {n} key{}", if n == 1 { "" } else { "s" }),
                (n, m) => format!(
                    "table, a list of {n} and {m} other key{}",
                    if m == 1 { "" } else { "s" }
                ),
            }
        }
        Type::Function => {
            let signature = signature(value, None);
            let space = if signature.starts_with('(') { "" } else { " " };
            format!("function{space}{signature}")
        }
        other => other.name().to_string(),
    };
    match named {
        Some(name) => format!("{name} ({basic})"),
        None => basic,
    }
}

/// `:vars`: the local variables, then the globals that the session has added, by name.
pub fn variables(prompt: &mut Prompt, _: &str) -> Done<()> {
    let vm = &prompt.session.vm;
    let locals = prompt.scope.locals(vm).into_iter();
    let mut named: Vec<(String, Value)> = locals
        .map(|(name, value)| (format!("local {}", String::from_utf8_lossy(name)), value))
        .collect();
    let mut added: Vec<(String, Value)> = Vec::new();
    for (key, value) in vm.globals().entries(vm).unwrap_or_default() {
        let Value::String(name) = key else { continue };
        let name = name.bytes(vm).unwrap_or_default();
        if !prompt.start.contains(name) {
            added.push((escaped(name, false), value));
        }
    }
    added.sort_by(|a, b| a.0.cmp(&b.0));
    named.append(&mut added);
    if named.is_empty() {
        prompt.say("no variables yet\n");
    }
    let (names, values): (Vec<String>, Vec<Value>) = named.into_iter().unzip();
    let shown = prompt.shown(&values)?;
    for (name, text) in names.iter().zip(shown) {
        prompt.say(&format!("{name} = {text}\n"));
    }
    Ok(())
}

fn source(text: &str) -> Source<'static> {
    Source::new(b"=input", text.as_bytes(), SourceKind::Chunk)
}

/// `:dis EXPR`
pub fn bytecode(prompt: &mut Prompt, text: &str) -> Done<()> {
    let path = path_at_end(text).filter(|(path, _)| path.join(".").len() == text.len());
    let locals = prompt.locals();
    let view = View { vm: &prompt.session.vm, locals: &locals };
    let function = path.and_then(|(path, _)| view.path(&path)).map(Look::value);
    if let Some(Value::Function(f)) = function
        && let Ok(Some(image)) = f.image(&prompt.session.vm)
        && let Ok(module) = luka_bytecode::image::decode(&image)
    {
        prompt.say(&disassemble(&module, Listing::default()));
        return Ok(());
    }
    let source = source(text);
    let variables = prompt.scope.variables(&prompt.session.vm);
    match compile_input(&source, &prompt.session.options(), &variables) {
        Ok(input) => prompt.say(&disassemble(&input.module.into_inner(), Listing::default())),
        Err(diagnostics) => prompt.refuse(&diagnostics, &source),
    }
    Ok(())
}

/// `:ast EXPR`
pub fn tree(prompt: &mut Prompt, text: &str) -> Done<()> {
    let source = source(text);
    let (parsed, _) = parse_input(&source, &prompt.session.options());
    prompt.say(&dump_ast(&parsed.chunk, &parsed.tokens.names));
    prompt.refuse(&parsed.diagnostics, &source);
    Ok(())
}

/// `:tokens EXPR`
pub fn tokens(prompt: &mut Prompt, text: &str) -> Done<()> {
    let source = source(text);
    let tokens = lex(&source, prompt.session.options().std);
    prompt.say(&dump_tokens(&tokens, &source));
    prompt.refuse(&tokens.errors, &source);
    Ok(())
}

/// `:explain CODE|NAME`
pub fn explain_code(prompt: &mut Prompt, name: &str) -> Done<()> {
    match find(name) {
        Ok(code) => prompt.say(&explain(code)),
        Err(message) => prompt.complain(&message),
    }
    Ok(())
}
