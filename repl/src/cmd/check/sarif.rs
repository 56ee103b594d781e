//! Reports as SARIF 2.1.0, the format that code hosts and editors read (`--error-format sarif`).

use luka_compiler::Span;
use luka_compiler::check::lint_name;
use luka_compiler::diag::{Code, Diagnostic};
use luka_compiler::source::Source;
use serde_json::{Value, json};

use super::format::{file_name, place};

/// The reports of a run.
#[derive(Default)]
pub struct Sarif {
    /// The codes that were reported, in the order in which they first were.
    codes: Vec<Code>,
    results: Vec<Value>,
}

impl Sarif {
    /// Adds the reports about the source at `path`.
    pub fn add(&mut self, diagnostics: &[Diagnostic], source: &Source, path: &[u8]) {
        let uri = uri(&file_name(path));
        for diagnostic in diagnostics {
            let code = diagnostic.code;
            let known = self.codes.iter().position(|known| *known == code);
            let rule = known.unwrap_or_else(|| {
                self.codes.push(code);
                self.codes.len() - 1
            });
            let location = |span: Span, text: Option<&str>| {
                let mut location = json!({"physicalLocation": {
                    "artifactLocation": {"uri": uri},
                    "region": region(span, source),
                }});
                if let Some(text) = text.filter(|text| !text.is_empty()) {
                    location["message"] = json!({"text": text});
                }
                location
            };
            let mut message = diagnostic.message.clone();
            for more in diagnostic.notes.iter().chain(&diagnostic.help) {
                message.push('\n');
                message.push_str(more);
            }
            let mut result = json!({
                "ruleId": code.to_string(),
                "ruleIndex": rule,
                "level": diagnostic.severity.text(),
                "message": {"text": message},
                "locations": [location(diagnostic.span, None)],
            });
            if !diagnostic.labels.is_empty() {
                let labels = diagnostic.labels.iter();
                let labels = labels.map(|label| location(label.span, Some(&label.text)));
                result["relatedLocations"] = labels.collect();
            }
            if !diagnostic.fixes.is_empty() {
                let fixes = diagnostic.fixes.iter().map(|fix| {
                    let edits = fix.edits.iter().map(|edit| {
                        json!({
                            "deletedRegion": region(edit.span, source),
                            "insertedContent": {"text": edit.text},
                        })
                    });
                    json!({
                        "description": {"text": fix.title},
                        "artifactChanges": [{
                            "artifactLocation": {"uri": uri},
                            "replacements": edits.collect::<Vec<_>>(),
                        }],
                    })
                });
                result["fixes"] = fixes.collect();
            }
            self.results.push(result);
        }
    }

    /// The whole file.
    pub fn text(&self) -> String {
        let rules = self.codes.iter().map(|code| {
            let row = code.row();
            json!({
                "id": code.to_string(),
                "name": lint_name(*code),
                "shortDescription": {"text": row.title},
                "fullDescription": {"text": row.explanation},
                "defaultConfiguration": {"level": row.severity.text()},
            })
        });
        let file = json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": {"driver": {
                    "name": "luka check",
                    "version": env!("CARGO_PKG_VERSION"),
                    "rules": rules.collect::<Vec<_>>(),
                }},
                "columnKind": "unicodeCodePoints",
                "results": self.results,
            }],
        });
        // (A tree of strings and numbers can always be written.)
        format!("{}\n", serde_json::to_string_pretty(&file).unwrap_or_default())
    }
}

fn region(span: Span, source: &Source) -> Value {
    let (line, column) = place(source, span.start);
    let (end_line, end_column) = place(source, span.end);
    json!({
        "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column,
    })
}

/// A path as a relative address.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.strip_prefix("./").unwrap_or(path).bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
