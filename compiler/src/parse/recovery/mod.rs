//! Error recovery by repair: the change that would make the text valid.
//!
//! Where the grammar rejects a text, small changes of its tokens are tried: changes near the error,
//! changes where the indentation disagrees with the structure, and repairs of specific mistakes.
//! How far the grammar can parse with a change determines how good it is (after Burke and Fisher, "A practical method for
//! LR and LL syntactic error diagnosis and recovery", 1987; the use of indentation is an addition). The
//! best one determines the report and its suggested edit, and parsing continues with
//! it, so that independent errors are reported separately and the resulting tree is complete.
//!
//! None of this runs for a valid text. `trial` tries changes; `candidates` proposes
//! them, `foreign`, `heads`, `characters`, `blocks` and `typo` those for specific mistakes, `error_tokens` replaces
//! invalid tokens; `layout` scores the indentation, `report` creates the diagnostics.

mod blocks;
mod candidates;
mod characters;
mod error_tokens;
mod foreign;
mod heads;
mod idioms;
mod layout;
mod report;
mod trial;
mod typo;

use super::error::SyntaxError;
use super::{Options, Parsed};
use crate::ast::Chunk;
use crate::diag::{Code, Diagnostic};
use crate::lex::{Token, TokenKind as T, Tokens};
use crate::source::Source;
use candidates::{Candidate, RepairKind, local, structural};
use layout::layout;
use trial::{Change, Context, Outcome};

/// The maximum number of reports for a text.
const MAX_REPORTS: usize = 20;
/// The maximum number of repairs of a text, including those without a report.
const MAX_REPAIRS: usize = 60;
/// Tokens after an error that the first trial of a change parses.
const LOOKAHEAD: usize = 50;
/// Tokens before and after an error that the second trial parses.
const WINDOW: usize = 30_000;
/// The maximum number of tokens parsed in the second trials for one error.
const TRIAL_BUDGET: usize = 4_000_000;
/// The maximum number of candidates with a second trial.
const MAX_SECOND_TRIALS: usize = 28;

/// Parses a text whose `tokens` or grammar are known to be failed, to the end.
pub(super) fn recover(tokens: Tokens, source: &Source, options: &Options) -> Parsed {
    let mut cx = Context::new(source, tokens, *options);
    let mut diagnostics = error_tokens::replace_error_tokens(&mut cx);
    let lexical = diagnostics.clone();
    let mut repair = Repair { cx: &mut cx, reports: Vec::new(), repaired: Vec::new(), doubt: None };
    let chunk = repair.run();
    let reports = repair.reports;
    let follows = |d: &Diagnostic| lexical.iter().any(|error| may_cause(error, d, source));
    diagnostics.extend(reports.into_iter().filter(|d| !follows(d)));
    crate::diag::in_order(&mut diagnostics);
    let mut tokens = cx.tokens;
    tokens.tokens.clear();
    tokens.spans.clear();
    tokens.tokens.extend(cx.lexemes.iter().map(|lexeme| lexeme.token));
    tokens.spans.extend(cx.lexemes.iter().map(|lexeme| lexeme.span));
    Parsed { chunk, tokens, diagnostics }
}

/// May the syntax error `report` be a consequence of a lexical error before it?
fn may_cause(error: &Diagnostic, report: &Diagnostic, source: &Source) -> bool {
    let at = report.puc_order.map_or(report.span.start, |order| order.token_at);
    match error.code {
        // The rest of the text is part of the token: what is missing at the end is in it.
        Code::UnfinishedLongBracket => at >= source.bytes().len() as u32,
        Code::MalformedNumber => {
            at == error.span.start || [at, report.span.start].contains(&error.span.end)
        }
        // The rest of the line is part of the token, or should be.
        Code::UnfinishedString | Code::InvalidLongBracket => {
            let line = source.line(error.span.start);
            at >= error.span.start && (line..=line + 1).contains(&source.line(at))
        }
        _ => false,
    }
}

struct Repair<'b, 'a> {
    cx: &'b mut Context<'a>,
    reports: Vec<Diagnostic>,
    /// The errors with a report.
    repaired: Vec<Repaired>,
    /// The line of the last error, if its repair was unreliable.
    doubt: Option<u32>,
}

/// An error that has been reported and repaired.
struct Repaired {
    line: u32,
    /// Where its report and the error are, whichever is later.
    at: u32,
    convincing: bool,
}

impl Repair<'_, '_> {
    fn run(&mut self) -> Chunk {
        let mut reached = None;
        for _ in 0..MAX_REPAIRS {
            let all = self.cx.lexemes.len();
            let outcome = self.cx.run(0, all, &[]);
            let Some((at, found)) = outcome.reach.zip(outcome.found) else { return outcome.chunk };
            // A repair makes progress, or the next repair at the same place does.
            let stuck = reached.is_some_and(|reached| at < reached) || self.cx.budget == 0;
            reached = Some(at);
            if stuck
                || self.reports.len() >= MAX_REPORTS
                || matches!(found.error, SyntaxError::TooDeep)
            {
                if self.reports.is_empty() {
                    let tokens = self.tokens_now();
                    self.reports.push(found.explain(&tokens, self.cx.source));
                }
                return outcome.chunk;
            }
            self.apply_repair(at, &outcome);
        }
        let all = self.cx.lexemes.len();
        self.cx.run(0, all, &[]).chunk
    }

    /// The tokens as repaired so far.
    fn tokens_now(&mut self) -> Tokens {
        let mut tokens = self.cx.tokens.clone();
        tokens.tokens = self.cx.lexemes.iter().map(|lexeme| lexeme.token).collect();
        tokens.spans = self.cx.lexemes.iter().map(|lexeme| lexeme.span).collect();
        tokens
    }

    /// Repairs the error at `at` and reports it.
    fn apply_repair(&mut self, at: usize, outcome: &Outcome) {
        let Some(found) = outcome.found else { return };
        if self.repair_semantic_error(at, &found.error, outcome) {
            return;
        }
        let choice = self.choose(at, outcome);
        let line = self.cx.lexemes[at].line;
        let explained = found.explain(&self.tokens_now(), self.cx.source);
        let (convincing, changes, report) = match &choice {
            // Its own report is better than that of a generic repair.
            Some(choice)
                if matches!(found.error, SyntaxError::Extension(_))
                    && !matches!(choice.candidate.what, RepairKind::Diagnosed(_)) =>
            {
                (choice.convincing, choice.candidate.changes.clone(), explained)
            }
            Some(choice) => {
                let report = if dropped_value(&found.error, self.cx, at, choice) {
                    explained
                } else {
                    report::report(self.cx, at, choice, explained)
                };
                (choice.convincing, choice.candidate.changes.clone(), report)
            }
            None => (false, self.panic_mode(at), explained),
        };
        // An error right after an unreliable repair is most likely a consequence of it, not
        // a mistake in the text.
        let doubtful = self.doubt.is_some_and(|doubt| line.abs_diff(doubt) < 4);
        if !doubtful {
            self.push(report, at, convincing, &outcome.chunk);
        }
        self.doubt = (!convincing).then_some(line);
        self.cx.apply(&changes);
    }

    /// Adds the report of the error at `at`, unless its line has one of which it may be a
    /// consequence: in the same statement, or after an unreliable repair.
    fn push(&mut self, report: Diagnostic, at: usize, convincing: bool, chunk: &Chunk) {
        let line = self.cx.source.line(report.span.start);
        let here = self.cx.lexemes[at].span.start;
        let last = self.repaired.iter().rfind(|repaired| repaired.line == line);
        let independent = last.is_none_or(|last| {
            let between = |&start: &u32| last.at < start && start < here;
            last.convincing && sorted_starts(chunk).iter().any(between)
        });
        if independent {
            let at = here.max(report.span.start);
            self.repaired.push(Repaired { line, at, convincing });
            self.reports.push(report);
        }
    }

    /// Errors other than missing or superfluous tokens.
    fn repair_semantic_error(&mut self, at: usize, error: &SyntaxError, outcome: &Outcome) -> bool {
        let Some(found) = outcome.found else { return false };
        let change = match *error {
            SyntaxError::VarargOutside => Change::replace(at, Token { kind: T::Nil, payload: 0 }),
            SyntaxError::UnknownAttribute { span, .. }
            | SyntaxError::MultipleToClose { second: span, .. } => {
                let inside = |n: &usize| {
                    let lexeme = self.cx.lexemes[*n];
                    lexeme.kind() == T::Name
                        && span.start <= lexeme.span.start
                        && lexeme.span.end <= span.end
                };
                let Some(name) = (0..=at).rev().find(inside) else { return false };
                let word = self.cx.word(T::Name, "const");
                Change::replace(name, word)
            }
            _ => return false,
        };
        let explained = found.explain(&self.tokens_now(), self.cx.source);
        self.push(explained, at, true, &outcome.chunk);
        self.cx.apply(&[change]);
        true
    }

    /// Panic mode: no change makes progress, so everything up to the next line that starts with a keyword is skipped.
    fn panic_mode(&self, at: usize) -> Vec<Change> {
        let lexemes = &self.cx.lexemes;
        let resumes = |n: &usize| {
            let lexeme = lexemes[*n];
            lexeme.kind() == T::Eof
                || (*n > at
                    && lexeme.indent >= 0
                    && matches!(
                        lexeme.kind(),
                        T::Local
                            | T::If
                            | T::For
                            | T::While
                            | T::Function
                            | T::Return
                            | T::End
                            | T::Name
                    ))
        };
        let to = (at..lexemes.len()).find(resumes).unwrap_or(at);
        if to == at {
            // The end of the text: open constructs cannot be closed, so the rest is skipped from the
            // last statement on.
            let from = at.saturating_sub(1);
            return vec![Change::delete(from, at - from)];
        }
        vec![Change::delete(at, to - at)]
    }

    /// Tries the candidates and chooses the best one.
    fn choose(&mut self, at: usize, outcome: &Outcome) -> Option<Choice> {
        let starts = sorted_starts(&outcome.chunk);
        let view = layout(&outcome.lexemes, &starts);
        let (window, statement) = self.window(at, outcome, &starts);
        let openers = open_constructs(self.cx, at);
        let mut near = local(self.cx, at, statement);
        near.extend(foreign::foreign(self.cx, at, statement));
        let mut second = idioms::idioms(self.cx, at, statement, &openers);
        second.extend(self.first_try(at, window, near));
        second.extend(structural(self.cx, at, outcome, &view.mismatches, &openers));
        second.extend(blocks::blocks(self.cx, at, &openers));
        let from = second.iter().map(Candidate::first).min().unwrap_or(at);
        let from = self.main_statement(from, outcome).min(window);
        let from = if at - from > WINDOW { window.max(at.saturating_sub(WINDOW)) } else { from };
        let to = (at + WINDOW).min(self.cx.lexemes.len());
        let mut tried: Vec<(Candidate, Outcome)> = Vec::new();
        let mut seen: Vec<Vec<Change>> = Vec::new();
        let enough = self.cx.budget.saturating_sub(TRIAL_BUDGET);
        for candidate in second {
            if self.cx.budget <= enough {
                break;
            }
            if candidate.first() < from || seen.contains(&candidate.changes) {
                continue;
            }
            seen.push(candidate.changes.clone());
            let outcome = self.cx.run(from, to, &candidate.changes);
            if makes_progress(&candidate, &outcome, at) {
                tried.push((candidate, outcome));
            }
        }
        let reach = |outcome: &Outcome| outcome.reach.unwrap_or(usize::MAX);
        let furthest = tried.iter().map(|(_, outcome)| reach(outcome)).max()?;
        let complete = furthest == usize::MAX;
        let mut best: Option<Choice> = None;
        for (candidate, outcome) in tried {
            let reach = reach(&outcome);
            if complete && reach < furthest {
                continue;
            }
            // If other errors follow, the distance parsed is less significant: they may be close.
            let (upto, short) = if complete {
                (furthest, 0.0)
            } else {
                let steps = (8 - (reach - at).min(8)) as f32;
                (at + 2, 0.15 * steps + if reach < furthest { 0.3 } else { 0.0 })
            };
            let len = outcome.origin.iter().take_while(|&&origin| origin <= upto).count();
            let view = layout(&outcome.lexemes[..len], &sorted_starts(&outcome.chunk));
            let score = candidate.cost + view.score + short;
            if best.as_ref().is_none_or(|best| score < best.score) {
                let lexemes = &self.cx.lexemes;
                let convincing = outcome.reach.is_none_or(|reach| {
                    let later = reach > at + 2 && lexemes[reach].line > lexemes[at].line;
                    let (from, to) = (lexemes[at].span.start, lexemes[reach].span.start);
                    // A statement begins between this error and the next one.
                    let ended =
                        || sorted_starts(&outcome.chunk).iter().any(|&s| from < s && s < to);
                    reach > at + 12
                        || later && candidate.cost < 1.3
                        || reach > at + 2 && candidate.cost < 1.5 && ended()
                        || candidate.cost <= 0.5
                });
                let origin = &outcome.origin;
                let mut closes = view.closes.iter();
                let closes = closes
                    .find(|&&(closer, _)| origin[closer] == candidate.first())
                    .map(|&(_, opener)| origin[opener]);
                best = Some(Choice { candidate, score, convincing, closes });
            }
        }
        best
    }

    /// Where trials near the error begin, and where the statement with the error starts.
    fn window(&self, at: usize, outcome: &Outcome, starts: &[u32]) -> (usize, usize) {
        let here = self.cx.lexemes[at].span.start;
        let index = starts.partition_point(|&start| start <= here);
        // The statement at the error may itself be superfluous: include the one before it.
        let position = index.checked_sub(1).map_or(0, |index| starts[index]);
        let statement = self.index_of(position).min(at);
        let before = index.checked_sub(2).map_or(0, |index| starts[index]);
        let before = self.index_of(before).min(statement);
        (self.main_statement(before.min(at.saturating_sub(6)), outcome), statement)
    }

    /// The first lexeme that starts at or after `position`.
    fn index_of(&self, position: u32) -> usize {
        self.cx.lexemes.partition_point(|lexeme| lexeme.span.start < position)
    }

    /// The start of the statement of the main block in which lexeme `at` is.
    fn main_statement(&self, at: usize, outcome: &Outcome) -> usize {
        let chunk = &outcome.chunk;
        let main = chunk.block(chunk.func(Chunk::MAIN).body);
        let here = self.cx.lexemes[at].span.start;
        let mut start = 0;
        for stmt in chunk.list(main.stmts) {
            let from = chunk.stmt_span(stmt).start;
            if from > here {
                break;
            }
            start = from;
        }
        self.index_of(start).min(at)
    }

    /// The changes near the error that make progress, the best ones first.
    fn first_try(&mut self, at: usize, from: usize, near: Vec<Candidate>) -> Vec<Candidate> {
        let to = (at + LOOKAHEAD).min(self.cx.lexemes.len());
        let mut good: Vec<(usize, Candidate)> = Vec::new();
        for candidate in near {
            if self.cx.budget == 0 {
                break;
            }
            let from = from.min(candidate.first());
            let outcome = self.cx.run(from, to, &candidate.changes);
            if makes_progress(&candidate, &outcome, at) {
                good.push((outcome.reach.unwrap_or(usize::MAX), candidate));
            }
        }
        luka_bytecode::order::sort_by(&mut good, |(a, x), (b, y)| {
            b.cmp(a).then(x.cost.total_cmp(&y.cost))
        });
        good.truncate(MAX_SECOND_TRIALS);
        good.into_iter().map(|(_, candidate)| candidate).collect()
    }
}

/// Does parsing with a change pass the error at `at`? A repair of a specific mistake before it may
/// also reach it: then there is a second error.
fn makes_progress(candidate: &Candidate, outcome: &Outcome, at: usize) -> bool {
    let known = matches!(candidate.what, RepairKind::Diagnosed(_))
        && candidate.cost >= 0.0
        && candidate.first() < at;
    outcome.reach.is_none_or(|reach| reach > at || known && reach == at)
}

/// Is the error best reported as a value that is computed and discarded? Not if a token is clearly
/// missing or duplicated.
fn dropped_value(error: &SyntaxError, cx: &Context<'_>, at: usize, choice: &Choice) -> bool {
    let Some(change) = choice.candidate.changes.first() else { return false };
    let twin = change.at > 0 && cx.text(change.at) == cx.text(change.at - 1);
    let found = cx.lexemes[change.at].kind();
    let statement = matches!(error, SyntaxError::NotAStatement { .. });
    match choice.candidate.what {
        RepairKind::Delete => statement && !twin && change.at < at,
        RepairKind::Replace(T::Eq) if statement => change.at == at,
        // `a b = 1, 2` may lack a comma; of two words nothing is known.
        RepairKind::Insert(T::Comma) => statement && !assigns_several(cx, change.at),
        RepairKind::Insert(T::Eq) => statement,
        RepairKind::Insert(T::Return) => statement && is_indexed(cx, change.at),
        // A word is no typo for a symbol, nor for a word that begins something else.
        RepairKind::Replace(kind) => {
            found == T::Name && !matches!(kind, T::End | T::Name | T::Str | T::Int | T::Nil)
        }
        _ => false,
    }
}

/// Is the rest of the line an assignment of several values: `a b = 1, 2`?
fn assigns_several(cx: &Context<'_>, at: usize) -> bool {
    let line = cx.lexemes[at].line;
    let rest = cx.lexemes[at..].iter().take_while(|lexeme| lexeme.line == line);
    let mut rest = rest.skip_while(|lexeme| lexeme.kind() != T::Eq).skip(1);
    rest.any(|lexeme| lexeme.kind() == T::Comma)
}

/// Is the statement from here on a name with an index and nothing else: `print["x"]`?
fn is_indexed(cx: &Context<'_>, at: usize) -> bool {
    let kind = |n: usize| cx.lexemes.get(n).map(|lexeme| lexeme.kind());
    kind(at) == Some(T::Name) && kind(at + 1) == Some(T::LBracket)
}

/// A repair that was chosen.
struct Choice {
    candidate: Candidate,
    score: f32,
    /// Parsing continues far beyond the error.
    convincing: bool,
    /// The opener that an inserted closer closes.
    closes: Option<usize>,
}

/// Where statements start, ascending.
fn sorted_starts(chunk: &Chunk) -> Vec<u32> {
    let mut starts: Vec<u32> = chunk.stmt_spans.iter().map(|span| span.start).collect();
    starts.sort_unstable();
    starts.dedup();
    starts
}

/// The constructs open at `at`, innermost first, a few of them.
fn open_constructs(cx: &Context<'_>, at: usize) -> Vec<usize> {
    let mut stack: Vec<(T, usize)> = Vec::new();
    let mut head = 0usize;
    for (n, lexeme) in cx.lexemes[..at].iter().enumerate() {
        match lexeme.kind() {
            T::While | T::For => {
                head += 1;
                stack.push((lexeme.kind(), n));
            }
            T::Do if head > 0 && matches!(stack.last(), Some((T::While | T::For, _))) => head -= 1,
            kind @ (T::If | T::Function | T::Repeat | T::Do) => stack.push((kind, n)),
            kind @ (T::LParen | T::LBrace | T::LBracket) => stack.push((kind, n)),
            T::End | T::Until | T::RParen | T::RBrace | T::RBracket => {
                stack.pop();
            }
            _ => {}
        }
    }
    stack.iter().rev().take(8).map(|&(_, n)| n).collect()
}
