//! Recovery by repair: what a person would change to make the text a program.
//!
//! Where the grammar refuses a text, small changes of its tokens are tried: those near the fault,
//! those at places where the indentation disagrees with the structure, and mistakes known by name.
//! The grammar itself says how far each one leads (after Burke and Fisher, "A practical method for
//! LR and LL syntactic error diagnosis and recovery", 1987; the indentation is our addition). The
//! best one is what the report is about and becomes its suggested edit; the text is parsed on with
//! it, so that independent faults each get their report and the tree is whole in the end.
//!
//! All this costs nothing as long as nothing is wrong. `trial` tries changes; `candidates` proposes
//! them, `foreign`, `heads`, `characters`, `blocks` and `typo` those that have a name, `lexical` what the
//! lexer could not read; `layout` judges indentation, `words` writes the reports.

mod blocks;
mod candidates;
mod characters;
mod foreign;
mod heads;
mod layout;
mod lexical;
mod trial;
mod typo;
mod words;

use super::fault::Fault;
use super::{Options, Parsed};
use crate::ast::Chunk;
use crate::diag::{Code, Diagnostic};
use crate::lex::{Token, TokenKind as T, Tokens};
use crate::source::Source;
use candidates::{Candidate, What, local, structural};
use layout::layout;
use trial::{Bench, Change, Outcome};

/// Most reports of one text.
const MOST_REPORTS: usize = 20;
/// Most repairs of one text, those without a report of their own included.
const MOST_REPAIRS: usize = 60;
/// Tokens behind a fault in the quick first try of a change.
const NEAR: usize = 50;
/// Tokens before and behind a fault in the second try.
const FAR: usize = 30_000;
/// Most tokens given to the grammar in the second tries at one fault.
const MOST_TRIED: usize = 4_000_000;
/// Candidates that get a second try.
const SECOND: usize = 28;

/// Parses a text whose `tokens` or grammar are known to be faulty, to the end.
pub(super) fn recover(tokens: Tokens, source: &Source, options: &Options) -> Parsed {
    let mut bench = Bench::new(source, tokens, *options);
    let mut diagnostics = lexical::soften(&mut bench);
    let swallowed = diagnostics.iter().any(|d| d.code == Code::UnfinishedLongBracket);
    let lines = diagnostics.iter().map(|d| source.line(d.span.start)).collect();
    let mut repair = Repair { bench: &mut bench, reports: Vec::new(), lines, doubt: None };
    let chunk = repair.run();
    let reports = repair.reports;
    if swallowed {
        // The rest of the text is gone: what is missing there is in it.
        let end = source.bytes().len() as u32;
        let ends = |d: &Diagnostic| d.moment.is_some_and(|moment| moment.token_at >= end);
        diagnostics.extend(reports.into_iter().filter(|d| !ends(d)));
    } else {
        let strings: Vec<u32> = diagnostics.iter().map(|d| source.line(d.span.start)).collect();
        let near = |d: &Diagnostic| {
            let line = source.line(d.moment.map_or(d.span.start, |moment| moment.token_at));
            strings.iter().any(|&string| line == string || line == string + 1)
        };
        diagnostics.extend(reports.into_iter().filter(|d| !near(d)));
    }
    diagnostics.sort_by_key(|d| (d.moment.is_none(), d.moment));
    let mut tokens = bench.tokens;
    tokens.tokens.clear();
    tokens.spans.clear();
    tokens.tokens.extend(bench.cells.iter().map(|cell| cell.token));
    tokens.spans.extend(bench.cells.iter().map(|cell| cell.span));
    Parsed { chunk, tokens, diagnostics }
}

struct Repair<'b, 'a> {
    bench: &'b mut Bench<'a>,
    reports: Vec<Diagnostic>,
    /// Lines that have a report.
    lines: Vec<u32>,
    /// Line of the last fault, if its repair was not convincing.
    doubt: Option<u32>,
}

impl Repair<'_, '_> {
    fn run(&mut self) -> Chunk {
        let mut reached = None;
        for _ in 0..MOST_REPAIRS {
            let all = self.bench.cells.len();
            let outcome = self.bench.run(0, all, &[]);
            let Some((at, found)) = outcome.reach.zip(outcome.found) else { return outcome.chunk };
            // A repair leads on, or another one of the same place does.
            let stuck = reached.is_some_and(|reached| at < reached) || self.bench.budget == 0;
            reached = Some(at);
            if stuck || self.reports.len() >= MOST_REPORTS || matches!(found.fault, Fault::TooDeep)
            {
                if self.reports.is_empty() {
                    let tokens = self.tokens_now();
                    self.reports.push(found.explain(&tokens, self.bench.source));
                }
                return outcome.chunk;
            }
            self.apply_repair(at, &outcome);
        }
        let all = self.bench.cells.len();
        self.bench.run(0, all, &[]).chunk
    }

    /// The tokens as repaired so far.
    fn tokens_now(&mut self) -> Tokens {
        let mut tokens = self.bench.tokens.clone();
        tokens.tokens = self.bench.cells.iter().map(|cell| cell.token).collect();
        tokens.spans = self.bench.cells.iter().map(|cell| cell.span).collect();
        tokens
    }

    /// Repairs the fault at `at` and reports it.
    fn apply_repair(&mut self, at: usize, outcome: &Outcome) {
        let Some(found) = outcome.found else { return };
        if self.mend_meaning(at, &found.fault, outcome) {
            return;
        }
        let choice = self.choose(at, outcome);
        let line = self.bench.cells[at].line;
        let explained = found.explain(&self.tokens_now(), self.bench.source);
        let (convincing, changes, report) = match &choice {
            // It knows what was meant, if nothing has a name for it.
            Some(choice)
                if matches!(found.fault, Fault::Extension(_))
                    && !matches!(choice.candidate.what, What::Known(_)) =>
            {
                (choice.convincing, choice.candidate.changes.clone(), explained)
            }
            Some(choice) => {
                let report = if dropped_value(&found.fault, self.bench, at, choice) {
                    explained
                } else {
                    words::report(self.bench, at, choice, explained)
                };
                (choice.convincing, choice.candidate.changes.clone(), report)
            }
            None => (false, self.give_up(at), explained),
        };
        // One report a line; and what follows a poor repair closely is most likely its fault, not
        // the writer's.
        let doubtful = self.doubt.is_some_and(|doubt| line.abs_diff(doubt) < 4);
        if !doubtful {
            self.push(report);
        }
        self.doubt = (!convincing).then_some(line);
        self.bench.apply(&changes);
    }

    /// Reports, unless there is a report about the line.
    fn push(&mut self, report: Diagnostic) {
        let line = self.bench.source.line(report.span.start);
        if !self.lines.contains(&line) {
            self.lines.push(line);
            self.reports.push(report);
        }
    }

    /// Faults that are no matter of missing or superfluous tokens.
    fn mend_meaning(&mut self, at: usize, fault: &Fault, outcome: &Outcome) -> bool {
        let Some(found) = outcome.found else { return false };
        let change = match *fault {
            Fault::VarargOutside => Change::replace(at, Token { kind: T::Nil, payload: 0 }),
            Fault::UnknownAttribute { span, .. } | Fault::SeveralToClose { second: span, .. } => {
                let inside = |n: &usize| {
                    let cell = self.bench.cells[*n];
                    cell.kind() == T::Name
                        && span.start <= cell.span.start
                        && cell.span.end <= span.end
                };
                let Some(name) = (0..=at).rev().find(inside) else { return false };
                let word = self.bench.word(T::Name, "const");
                Change::replace(name, word)
            }
            _ => return false,
        };
        let explained = found.explain(&self.tokens_now(), self.bench.source);
        self.push(explained);
        self.bench.apply(&[change]);
        true
    }

    /// Nothing leads on: everything up to the next line that starts with a keyword is left out.
    fn give_up(&self, at: usize) -> Vec<Change> {
        let cells = &self.bench.cells;
        let resumes = |n: &usize| {
            let cell = cells[*n];
            cell.kind() == T::Eof
                || (*n > at
                    && cell.indent >= 0
                    && matches!(
                        cell.kind(),
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
        let to = (at..cells.len()).find(resumes).unwrap_or(at);
        if to == at {
            // The end of the text: what is open cannot be closed; the rest is left out from the
            // last statement on.
            let from = at.saturating_sub(1);
            return vec![Change::delete(from, at - from)];
        }
        vec![Change::delete(at, to - at)]
    }

    /// Tries what may be wrong and chooses.
    fn choose(&mut self, at: usize, outcome: &Outcome) -> Option<Choice> {
        let starts = starts(&outcome.chunk);
        let view = layout(&outcome.cells, &starts);
        let (window, statement) = self.window(at, outcome, &starts);
        let openers = open_brackets(self.bench, at);
        let mut near = local(self.bench, at, statement);
        near.extend(foreign::foreign(self.bench, at, statement));
        let mut second = self.first_try(at, window, near);
        second.extend(structural(self.bench, at, outcome, &view.marks, &openers));
        second.extend(blocks::blocks(self.bench, at, &openers));
        let from = second.iter().map(Candidate::first).min().unwrap_or(at);
        let from = self.main_statement(from, outcome).min(window);
        let from = if at - from > FAR { window.max(at.saturating_sub(FAR)) } else { from };
        let to = (at + FAR).min(self.bench.cells.len());
        let mut tried: Vec<(Candidate, Outcome)> = Vec::new();
        let mut seen: Vec<Vec<Change>> = Vec::new();
        let enough = self.bench.budget.saturating_sub(MOST_TRIED);
        for candidate in second {
            if self.bench.budget <= enough {
                break;
            }
            if candidate.first() < from || seen.contains(&candidate.changes) {
                continue;
            }
            seen.push(candidate.changes.clone());
            let outcome = self.bench.run(from, to, &candidate.changes);
            if leads_on(&candidate, &outcome, at) {
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
            // With other faults ahead, how far a repair leads says less: they may be near.
            let (upto, short) = if complete {
                (furthest, 0.0)
            } else {
                let steps = (8 - (reach - at).min(8)) as f32;
                (at + 2, 0.15 * steps + if reach < furthest { 0.3 } else { 0.0 })
            };
            let len = outcome.origin.iter().take_while(|&&origin| origin <= upto).count();
            let view = layout(&outcome.cells[..len], &sorted_starts(&outcome.chunk));
            let score = candidate.cost + view.score + short;
            if best.as_ref().is_none_or(|best| score < best.score) {
                let cells = &self.bench.cells;
                let convincing = outcome.reach.is_none_or(|reach| {
                    let later = reach > at + 2 && cells[reach].line > cells[at].line;
                    reach > at + 12 || later && candidate.cost < 1.3 || candidate.cost <= 0.5
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

    /// Where trials near the fault begin, and where the statement with the fault starts.
    fn window(&self, at: usize, outcome: &Outcome, starts: &[u32]) -> (usize, usize) {
        let here = self.bench.cells[at].span.start;
        let index = starts.partition_point(|&start| start <= here);
        // The statement at the fault may be the fault itself: the one before it counts, too.
        let position = index.checked_sub(1).map_or(0, |index| starts[index]);
        let statement = self.index_of(position).min(at);
        let before = index.checked_sub(2).map_or(0, |index| starts[index]);
        let before = self.index_of(before).min(statement);
        (self.main_statement(before.min(at.saturating_sub(6)), outcome), statement)
    }

    /// The first cell that starts at or behind `position`.
    fn index_of(&self, position: u32) -> usize {
        self.bench.cells.partition_point(|cell| cell.span.start < position)
    }

    /// The start of the statement of the main block in which cell `at` is.
    fn main_statement(&self, at: usize, outcome: &Outcome) -> usize {
        let chunk = &outcome.chunk;
        let main = chunk.block(chunk.func(Chunk::MAIN).body);
        let here = self.bench.cells[at].span.start;
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

    /// The changes near the fault that lead beyond it, the best ones first.
    fn first_try(&mut self, at: usize, from: usize, near: Vec<Candidate>) -> Vec<Candidate> {
        let to = (at + NEAR).min(self.bench.cells.len());
        let mut good: Vec<(usize, Candidate)> = Vec::new();
        for candidate in near {
            if self.bench.budget == 0 {
                break;
            }
            let from = from.min(candidate.first());
            let outcome = self.bench.run(from, to, &candidate.changes);
            if leads_on(&candidate, &outcome, at) {
                good.push((outcome.reach.unwrap_or(usize::MAX), candidate));
            }
        }
        good.sort_by(|(a, x), (b, y)| b.cmp(a).then(x.cost.total_cmp(&y.cost)));
        good.truncate(SECOND);
        good.into_iter().map(|(_, candidate)| candidate).collect()
    }
}

/// Does a change lead beyond the fault at `at`? One that is known by name and stands before it may
/// lead up to it: then the fault is another one.
fn leads_on(candidate: &Candidate, outcome: &Outcome, at: usize) -> bool {
    let known = matches!(candidate.what, What::Known(_)) && candidate.first() < at;
    outcome.reach.is_none_or(|reach| reach > at || known && reach == at)
}

/// Is the fault best told as a value that is computed and dropped? Not if something is plainly
/// missing or doubled.
fn dropped_value(fault: &Fault, bench: &Bench<'_>, at: usize, choice: &Choice) -> bool {
    let Some(change) = choice.candidate.changes.first() else { return false };
    let twin = change.at > 0 && bench.text(change.at) == bench.text(change.at - 1);
    matches!(fault, Fault::NotAStatement { .. })
        && match choice.candidate.what {
            What::Delete => !twin && change.at < at,
            What::Replace(T::Eq) => change.at == at,
            _ => false,
        }
}

/// A repair that was chosen.
struct Choice {
    candidate: Candidate,
    score: f32,
    /// It leads far beyond the fault.
    convincing: bool,
    /// The opener that an inserted closer closes.
    closes: Option<usize>,
}

/// Where statements start, ascending.
fn starts(chunk: &Chunk) -> Vec<u32> {
    sorted_starts(chunk)
}

fn sorted_starts(chunk: &Chunk) -> Vec<u32> {
    let mut starts: Vec<u32> = chunk.stmt_spans.iter().map(|span| span.start).collect();
    starts.sort_unstable();
    starts.dedup();
    starts
}

/// The constructs open at `at`, innermost first, a few of them.
fn open_brackets(bench: &Bench<'_>, at: usize) -> Vec<usize> {
    let mut stack: Vec<(T, usize)> = Vec::new();
    let mut head = 0usize;
    for (n, cell) in bench.cells[..at].iter().enumerate() {
        match cell.kind() {
            T::While | T::For => {
                head += 1;
                stack.push((cell.kind(), n));
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
