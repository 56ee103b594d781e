//! `luka lsp --query WHAT FILE:LINE:COLUMN`: one question, for scripts and tests. The answer is JSON.

use gen_lsp_types::Position;
use serde_json::{Value, json};

use super::server::Server;
use super::text::Encoding;
use super::workspace::uri_of;
use crate::cli::{Arguments, CliError, Console, Exit, Outcome};

/// What can be asked, and the requests that answer.
const QUESTIONS: [(&str, &str); 10] = [
    ("hover", "textDocument/hover"),
    ("definition", "textDocument/definition"),
    ("references", "textDocument/references"),
    ("highlight", "textDocument/documentHighlight"),
    ("completion", "textDocument/completion"),
    ("signature", "textDocument/signatureHelp"),
    ("rename", "textDocument/rename"),
    ("symbols", "textDocument/documentSymbol"),
    ("folds", "textDocument/foldingRange"),
    ("diagnostics", "textDocument/diagnostic"),
];

fn usage(message: impl Into<String>) -> CliError {
    CliError::Usage(message.into())
}

/// `FILE:LINE:COLUMN` or `FILE`; lines and columns count from 1, columns in bytes.
fn place(word: &str) -> Option<(&str, u32, u32)> {
    let number = |text: &str| text.parse::<u32>().ok().filter(|&n| n > 0);
    if std::path::Path::new(word).is_file() {
        return Some((word, 1, 1));
    }
    let (rest, column) = word.rsplit_once(':')?;
    let (path, line) = rest.rsplit_once(':')?;
    Some((path, number(line)?, number(column)?))
}

/// Answers one question.
pub fn main(args: &Arguments, console: &Console) -> Outcome {
    let question = String::from_utf8_lossy(args.value("--query").unwrap_or_default()).into_owned();
    let found = QUESTIONS.iter().find(|(name, _)| *name == question);
    let Some((_, method)) = found else {
        let known: Vec<&str> = QUESTIONS.iter().map(|(name, _)| *name).collect();
        return Err(usage(format!("--query takes {}, not '{question}'", known.join(", "))));
    };
    let words: Vec<String> =
        args.files.iter().map(|file| String::from_utf8_lossy(file).into_owned()).collect();
    let (word, new_name) = match words.as_slice() {
        [word] => (word, None),
        [word, new] if question == "rename" => (word, Some(new.as_str())),
        _ => return Err(usage("--query needs FILE:LINE:COLUMN, and for rename a new name")),
    };
    let Some((path, line, column)) = place(word) else {
        return Err(usage(format!("'{word}' is no FILE:LINE:COLUMN")));
    };
    let failed = |error: std::io::Error| CliError::Failed(format!("cannot open {path}: {error}"));
    let text = std::fs::read_to_string(path).map_err(failed)?;
    let path = std::path::absolute(path).map_err(failed)?.to_string_lossy().into_owned();
    let root = std::env::current_dir().map_err(failed)?.to_string_lossy().into_owned();
    let mut server = Server::of_roots(vec![root], Encoding::Utf8, console)?;
    server.workspace.read_all();
    let uri = uri_of(&path);
    server.notified(
        "textDocument/didOpen",
        json!({"textDocument": {"uri": uri, "languageId": "lua", "version": 1, "text": text}}),
    );
    let position = Position { line: line - 1, character: column - 1 };
    let params = json!({
        "textDocument": {"uri": uri},
        "position": position,
        "context": {"includeDeclaration": true},
        "newName": new_name,
    });
    let answer: Value =
        server.request(method, params).map_err(|refused| CliError::Failed(refused.message))?;
    console.print(format!("{answer:#}\n").as_bytes())?;
    Ok(Exit::SUCCESS)
}
