//! Requests and notifications, and what answers them.

use gen_lsp_types as lsp;
use lsp::{
    CodeActionParams, CompletionItem, DocumentDiagnosticReport, FullDocumentDiagnosticReport,
    Hover, InitializeParams, MarkupContent, MarkupKind, Position, PublishDiagnosticsParams,
    RelatedFullDocumentDiagnosticReport, TextEdit, Uri,
};
use luka_compiler::check::Linter;
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Span, Std};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeSet;

use super::text::{Encoding, Text};
use super::workspace::{FileId, Workspace, path_of, uri_of};
use super::{complete, describe, diagnostics, navigate, outline};
use crate::cli::{CliError, Console};
use crate::cmd::fmt::style::Style;
use crate::cmd::tool;
use crate::{lints, project};

/// Why a request has no result.
pub struct Refused {
    pub code: lsp_server::ErrorCode,
    pub message: String,
}

impl Refused {
    fn request(message: impl Into<String>) -> Refused {
        Refused { code: lsp_server::ErrorCode::RequestFailed, message: message.into() }
    }
}

type Answer = Result<Value, Refused>;

/// A file and a position in it, as most requests have them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct At {
    text_document: Document,
    position: Position,
}

/// A file, as requests about all of it have it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Of {
    text_document: Document,
}

#[derive(Deserialize)]
struct Document {
    uri: Uri,
}

/// A change of a text: without a range, of all of it.
#[derive(Deserialize)]
struct Change {
    range: Option<lsp::Range>,
    text: String,
}

fn read<T: DeserializeOwned>(params: Value) -> Result<T, Refused> {
    serde_json::from_value(params).map_err(|error| Refused {
        code: lsp_server::ErrorCode::InvalidParams,
        message: error.to_string(),
    })
}

fn answer(value: impl serde::Serialize) -> Answer {
    serde_json::to_value(value).map_err(|error| Refused {
        code: lsp_server::ErrorCode::InternalError,
        message: error.to_string(),
    })
}

/// The server's state.
pub struct Server {
    pub workspace: Workspace,
    linter: Linter,
    style: Style,
    /// Whether the client asks for reports; else they are sent.
    pulls: bool,
    /// Open files whose reports are to be sent.
    dirty: BTreeSet<FileId>,
    /// How many files the linter knows.
    collected: usize,
}

/// The folders that a client works in.
fn roots(params: &InitializeParams) -> Vec<String> {
    let folders = match &params.workspace_folders_initialize_params.workspace_folders {
        Some(lsp::WorkspaceFolders::WorkspaceFolderList(folders)) => {
            folders.iter().filter_map(|folder| path_of(&folder.uri)).collect()
        }
        _ => Vec::new(),
    };
    if !folders.is_empty() {
        return folders;
    }
    #[allow(deprecated, reason = "older clients name one folder only")]
    let root = &params.root_uri;
    root.iter().filter_map(path_of).collect()
}

impl Server {
    /// A server for a client.
    ///
    /// # Errors
    /// `luka.toml` cannot be read.
    pub fn new(params: &InitializeParams, console: &Console) -> Result<Server, CliError> {
        let offered =
            params.capabilities.general.as_ref().and_then(|g| g.position_encodings.as_deref());
        let encoding = Encoding::choose(offered);
        let text_document = params.capabilities.text_document.as_ref();
        let pulls = text_document.is_some_and(|text| text.diagnostic.is_some());
        let mut server = Server::of_roots(roots(params), encoding, console)?;
        server.pulls = pulls;
        Ok(server)
    }

    /// A server for the files in folders.
    ///
    /// # Errors
    /// `luka.toml` cannot be read.
    pub fn of_roots(
        roots: Vec<String>,
        encoding: Encoding,
        console: &Console,
    ) -> Result<Server, CliError> {
        let settings = project::load(console)?;
        let (linter, std) = lints::linter(&[], console)?;
        let std = std.unwrap_or(Std::Luka);
        let mut environment = lints::library();
        settings.add_globals(&mut environment);
        Ok(Server {
            workspace: Workspace::new(roots, environment, encoding, std),
            linter,
            style: Style::new(settings.fmt, std),
            pulls: false,
            dirty: BTreeSet::new(),
            collected: 0,
        })
    }

    /// What the server can do.
    pub fn capabilities(&self) -> Value {
        json!({
            "positionEncoding": self.workspace.encoding.kind(),
            "textDocumentSync": {"openClose": true, "change": 2, "save": true},
            "hoverProvider": true,
            "completionProvider": {
                "triggerCharacters": [".", ":", "\"", "'", "@"],
                "resolveProvider": true,
            },
            "signatureHelpProvider": {"triggerCharacters": ["(", ","]},
            "definitionProvider": true,
            "referencesProvider": true,
            "documentHighlightProvider": true,
            "documentSymbolProvider": true,
            "workspaceSymbolProvider": true,
            "codeActionProvider": {"codeActionKinds": ["quickfix"]},
            "renameProvider": {"prepareProvider": true},
            "foldingRangeProvider": true,
            "selectionRangeProvider": true,
            "documentFormattingProvider": true,
            "documentRangeFormattingProvider": true,
            "semanticTokensProvider": {
                "legend": {
                    "tokenTypes": outline::TOKEN_TYPES,
                    "tokenModifiers": outline::TOKEN_MODIFIERS,
                },
                "full": true,
            },
            "diagnosticProvider": {"interFileDependencies": true, "workspaceDiagnostics": false},
        })
    }

    // ---------------------------------------------------------------- work while nothing is asked

    /// Does one more piece of work. Whether there was any.
    pub fn work(&mut self) -> bool {
        for _ in 0..8 {
            if !self.workspace.read_next() {
                return false;
            }
        }
        true
    }

    /// The reports that are to be sent now.
    pub fn reports(&mut self) -> Vec<PublishDiagnosticsParams> {
        let files = std::mem::take(&mut self.dirty);
        if self.pulls {
            return Vec::new();
        }
        let mut reports = Vec::new();
        for file in files {
            let diagnostics = self.diagnostics(file);
            let known = &self.workspace.files[file];
            let version = known.open.as_ref().map(|open| open.version);
            reports.push(PublishDiagnosticsParams {
                uri: uri_of(&known.path),
                version,
                diagnostics,
            });
        }
        reports
    }

    /// Whether reports wait to be sent.
    pub fn has_reports(&self) -> bool {
        !self.dirty.is_empty()
    }

    fn diagnostics(&mut self, file: FileId) -> Vec<lsp::Diagnostic> {
        self.collect();
        if self.workspace.files[file].open.is_none() {
            return Vec::new();
        }
        diagnostics::of_file(&self.workspace, &self.linter, file)
    }

    /// Lets the linter know the definitions of files that are new.
    fn collect(&mut self) {
        let options = tool::options(self.workspace.std);
        while self.collected < self.workspace.files.len() {
            let text = self.workspace.text(self.collected);
            let path = self.workspace.files[self.collected].path.as_bytes();
            let source = tool::source(path, text.as_str().as_bytes().to_vec());
            self.linter.collect_definitions(&source, &options);
            self.collected += 1;
        }
    }

    // ---------------------------------------------------------------- notifications

    /// Takes note of something the client tells. What cannot be read is passed over, as the protocol asks.
    pub fn notified(&mut self, method: &str, params: Value) {
        let _ = match method {
            "textDocument/didOpen" => self.opened(params),
            "textDocument/didChange" => self.changed(params),
            "textDocument/didClose" => self.closed(params),
            "workspace/didChangeWatchedFiles" => self.files_changed(params),
            _ => Ok(()),
        };
    }

    fn opened(&mut self, params: Value) -> Result<(), Refused> {
        #[derive(Deserialize)]
        struct Item {
            uri: Uri,
            version: i32,
            text: String,
        }
        let item: Item = read(params["textDocument"].clone())?;
        if let Some(path) = path_of(&item.uri) {
            let text = Text::new(item.text, self.workspace.encoding);
            let file = self.workspace.open(&path, text, item.version);
            self.dirty.insert(file);
        }
        Ok(())
    }

    fn changed(&mut self, params: Value) -> Result<(), Refused> {
        let of: Of = read(params.clone())?;
        let changes: Vec<Change> = read(params["contentChanges"].clone())?;
        let version = params["textDocument"]["version"].as_i64().unwrap_or_default() as i32;
        let Some(path) = path_of(&of.text_document.uri) else { return Ok(()) };
        let Some(file) = self.workspace.file(&path) else { return Ok(()) };
        let mut text = self.workspace.text(file).into_owned();
        for change in changes {
            text = match change.range {
                Some(range) => text.replaced(text.span(range), &change.text),
                None => Text::new(change.text, self.workspace.encoding),
            };
        }
        self.workspace.open(&path, text, version);
        self.dirty.insert(file);
        Ok(())
    }

    fn closed(&mut self, params: Value) -> Result<(), Refused> {
        let of: Of = read(params)?;
        if let Some(path) = path_of(&of.text_document.uri) {
            self.workspace.close(&path);
            // Its reports go.
            self.dirty.extend(self.workspace.file(&path));
        }
        Ok(())
    }

    fn files_changed(&mut self, params: Value) -> Result<(), Refused> {
        #[derive(Deserialize)]
        struct Changed {
            uri: Uri,
        }
        let changes: Vec<Changed> = read(params["changes"].clone())?;
        for path in changes.iter().filter_map(|change| path_of(&change.uri)) {
            if path.ends_with(".lua") || path.ends_with(".luka") {
                self.workspace.read(&path);
            }
        }
        Ok(())
    }

    // ---------------------------------------------------------------- requests

    fn file(&mut self, document: &Document) -> Result<FileId, Refused> {
        let path = path_of(&document.uri).ok_or_else(|| Refused::request("this is no file"))?;
        if self.workspace.file(&path).is_none() {
            self.workspace.read(&path);
        }
        self.workspace.file(&path).ok_or_else(|| Refused::request("there is no such file"))
    }

    fn at(&mut self, params: Value) -> Result<(FileId, u32), Refused> {
        let at: At = read(params)?;
        let file = self.file(&at.text_document)?;
        Ok((file, self.workspace.text(file).offset(at.position)))
    }

    fn of(&mut self, params: Value) -> Result<FileId, Refused> {
        let of: Of = read(params)?;
        self.file(&of.text_document)
    }

    /// Answers a request.
    ///
    /// # Errors
    /// Why it has no result.
    pub fn request(&mut self, method: &str, params: Value) -> Answer {
        match method {
            "textDocument/hover" => {
                let (file, position) = self.at(params)?;
                answer(self.hover(file, position))
            }
            "textDocument/definition" => {
                let (file, position) = self.at(params)?;
                self.finish_for(file, position);
                answer(navigate::definition(&self.workspace, file, position))
            }
            "textDocument/references" => {
                let with = params["context"]["includeDeclaration"].as_bool().unwrap_or(true);
                let (file, position) = self.at(params)?;
                self.workspace.read_all();
                answer(navigate::references(&self.workspace, file, position, with))
            }
            "textDocument/documentHighlight" => {
                let (file, position) = self.at(params)?;
                answer(navigate::highlights(&self.workspace, file, position))
            }
            "textDocument/completion" => {
                let (file, position) = self.at(params)?;
                answer(complete::complete(&self.workspace, file, position))
            }
            "completionItem/resolve" => {
                let item: CompletionItem = read(params)?;
                answer(complete::resolved(&self.workspace, item))
            }
            "textDocument/signatureHelp" => {
                let (file, position) = self.at(params)?;
                answer(complete::signature(&self.workspace, file, position))
            }
            "textDocument/prepareRename" => {
                let (file, position) = self.at(params)?;
                self.workspace.read_all();
                // What has no name to rename is no error here: the client says so.
                answer(navigate::prepare_rename(&self.workspace, file, position).ok())
            }
            "textDocument/rename" => {
                let new = params["newName"].as_str().unwrap_or_default().to_string();
                let (file, position) = self.at(params)?;
                self.workspace.read_all();
                let edit = navigate::rename(&self.workspace, file, position, &new);
                answer(edit.map_err(Refused::request)?)
            }
            "textDocument/documentSymbol" => {
                let file = self.of(params)?;
                answer(outline::document_symbols(&self.workspace, file))
            }
            "workspace/symbol" => {
                self.workspace.read_all();
                let query = params["query"].as_str().unwrap_or_default();
                answer(outline::workspace_symbols(&self.workspace, query))
            }
            "textDocument/semanticTokens/full" => {
                let file = self.of(params)?;
                answer(outline::semantic_tokens(&self.workspace, file))
            }
            "textDocument/foldingRange" => {
                let file = self.of(params)?;
                answer(outline::folds(&self.workspace, file))
            }
            "textDocument/selectionRange" => {
                let positions: Vec<Position> = read(params["positions"].clone())?;
                let file = self.of(params)?;
                let ranges = positions.into_iter();
                let ranges = ranges.map(|at| outline::selection(&self.workspace, file, at));
                answer(ranges.collect::<Vec<_>>())
            }
            "textDocument/formatting" => {
                let file = self.of(params)?;
                answer(self.format(file, None))
            }
            "textDocument/rangeFormatting" => {
                let range: lsp::Range = read(params["range"].clone())?;
                let file = self.of(params)?;
                answer(self.format(file, Some((range.start.line + 1, range.end.line + 1))))
            }
            "textDocument/codeAction" => {
                let params: CodeActionParams = read(params)?;
                let document = Document { uri: params.text_document.uri.clone() };
                let file = self.file(&document)?;
                self.collect();
                answer(diagnostics::actions(&self.workspace, &self.linter, file, &params))
            }
            "textDocument/diagnostic" => {
                let file = self.of(params)?;
                let items = self.diagnostics(file);
                answer(DocumentDiagnosticReport::RelatedFullDocumentDiagnosticReport(
                    RelatedFullDocumentDiagnosticReport {
                        related_documents: None,
                        full_document_diagnostic_report: FullDocumentDiagnosticReport {
                            result_id: None,
                            items,
                        },
                    },
                ))
            }
            _ => Err(Refused {
                code: lsp_server::ErrorCode::MethodNotFound,
                message: format!("luka does not answer {method}"),
            }),
        }
    }

    /// Reads the other files, if what the name at a position stands for may be there.
    fn finish_for(&mut self, file: FileId, position: u32) {
        let is_variable = matches!(
            self.workspace.at(file, position),
            Some((_, Some(super::workspace::Entity::Place(there, _)))) if there == file
        );
        if !is_variable {
            self.workspace.read_all();
        }
    }

    fn hover(&mut self, file: FileId, position: u32) -> Option<Hover> {
        if let Some(module) = self.workspace.module_at(file, position) {
            let entity = super::workspace::Entity::Module(module);
            let value = describe::describe(&self.workspace, &entity).markdown();
            return Some(hover(value, None));
        }
        self.finish_for(file, position);
        if let Some(mention) = self.workspace.files[file].index.mention_at(position) {
            let range = Some(self.workspace.text(file).range(mention.span));
            let found = self.workspace.declared(&mention.name, file)?;
            return Some(hover(describe::describe_type(&self.workspace, found).markdown(), range));
        }
        let (occurrence, entity) = self.workspace.at(file, position)?;
        let range = Some(self.workspace.text(file).range(occurrence.span));
        let value = match entity {
            Some(entity) => describe::describe(&self.workspace, &entity).markdown(),
            None => {
                let index = &self.workspace.files[file].index;
                let name = index.name_of(occurrence.place).map(|name| index.text(name))?;
                format!("```lua\n(field) {name}\n```")
            }
        };
        Some(hover(value, range))
    }

    /// The edits that format a file, or the statements within some lines. None if it has errors.
    fn format(&self, file: FileId, lines: Option<(u32, u32)>) -> Vec<TextEdit> {
        let text = self.workspace.text(file);
        let path = self.workspace.files[file].path.as_bytes();
        let bytes = text.as_str().as_bytes();
        let source = Source::new([b"@", path].concat(), bytes, SourceKind::File);
        let options = self.style.options(path);
        let formatted = match lines {
            Some((first, last)) => luka_fmt::format_lines(&source, first, last, &options),
            None => luka_fmt::format(&source, &options),
        };
        let Some(new) = formatted.ok().and_then(|new| String::from_utf8(new).ok()) else {
            return Vec::new();
        };
        changed(&text, &new)
    }
}

fn hover(value: String, range: Option<lsp::Range>) -> Hover {
    let content = MarkupContent { kind: MarkupKind::Markdown, value };
    Hover { contents: content.into(), range }
}

/// The edits that make a text another one: the lines that differ.
fn changed(old: &Text, new: &str) -> Vec<TextEdit> {
    let diff = similar::TextDiff::from_lines(old.as_str(), new);
    let mut edits = Vec::new();
    let starts = |lines: &[&str]| {
        let mut at = 0;
        let mut starts = vec![0];
        for line in lines {
            at += line.len();
            starts.push(at);
        }
        starts
    };
    let (from, to) = (starts(&old_lines(old.as_str())), starts(&old_lines(new)));
    for op in diff.ops() {
        if op.tag() == similar::DiffTag::Equal {
            continue;
        }
        let (a, b) = (op.old_range(), op.new_range());
        let span = Span::new(from[a.start] as u32, from[a.end] as u32);
        let text = new[to[b.start]..to[b.end]].to_string();
        edits.push(TextEdit { range: old.range(span), new_text: text });
    }
    edits
}

/// The lines of a text with their ends.
fn old_lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}
