//! Table constructors: positional items are collected in registers and stored in batches.

use luka_bytecode::{Instr, Op, Span};

use super::Emitter;
use super::exp::{Exp, Kind};
use crate::resolve::hir::{ExprId, List, NO_KEY};

/// How many positional items are stored at a time (`LFIELDS_PER_FLUSH` of PUC Lua 5.4).
const BATCH: u32 = 50;

/// A constructor being emitted.
pub(super) struct Constructor {
    /// Its `NEWTABLE`, and the register of the table.
    pc: u32,
    table: u16,
    /// Its text, if it is known.
    span: Option<Span>,
    /// Where instructions wait for the span.
    without_span: Vec<u32>,
    /// Fields with a key.
    records: u32,
    /// Positional items stored, and those waiting in registers or in `last`.
    stored: u32,
    waiting: u32,
    last: Exp,
}

/// A field with a key, whose value comes next.
pub(super) struct Record {
    target: Exp,
    /// The first free register before it.
    free: u32,
}

impl Emitter<'_> {
    /// Emits `{ … }`; the table ends up in the next register.
    pub fn table(&mut self, items: List, span: Span) -> Exp {
        let mut cons = self.open_table(span.start, Some(span));
        let hir = self.hir;
        for pair in hir.list(items).chunks_exact(2) {
            self.field(&mut cons, pair[0], ExprId(pair[1]));
        }
        self.close_table(cons, span)
    }

    /// Begins a constructor at `start`; the table ends up in the next register.
    pub fn open_table(&mut self, start: u32, span: Option<Span>) -> Constructor {
        let before = self.positions.end_of_token_before(start);
        self.at(before);
        let at_start = Span::new(start, start);
        let pc = self.emit(Instr::abc(Op::NewTable, 0, 0, 0), span.unwrap_or(at_start));
        let table = self.reserve(1);
        let last = Exp::new(Kind::Void, at_start);
        let (records, stored, waiting) = (0, 0, 0);
        let mut cons = Constructor {
            pc,
            table,
            span,
            without_span: Vec::new(),
            records,
            stored,
            waiting,
            last,
        };
        if span.is_none() {
            cons.without_span.push(pc);
        }
        cons
    }

    /// A field of a constructor; its key is [`NO_KEY`] if it is a positional item.
    pub fn field(&mut self, cons: &mut Constructor, key: u32, value: ExprId) {
        self.next_field(cons);
        if key == NO_KEY {
            let item = self.expr(value);
            self.item(cons, item, self.hir.span(value));
        } else {
            let span = self.hir.span(value);
            let record = self.open_record(cons, ExprId(key), span.start);
            let value = self.expr(value);
            self.close_record(record, value, span.end);
        }
    }

    /// Between two fields: the last positional item goes to its register.
    pub fn next_field(&mut self, cons: &mut Constructor) {
        if cons.last.kind != Kind::Void {
            let separator = self.positions.end_of_token_at(cons.last.span.end);
            self.at(separator);
            self.close_item(cons);
        }
    }

    /// A positional item, which has been emitted.
    pub fn item(&mut self, cons: &mut Constructor, item: Exp, span: Span) {
        cons.last = Exp { span, ..item };
        cons.waiting += 1;
    }

    /// `key =` in a constructor, before the value at `value_at`.
    pub fn open_record(&mut self, cons: &mut Constructor, key: ExprId, value_at: u32) -> Record {
        cons.records += 1;
        let free = self.f.free;
        let hir = self.hir;
        let mut key_exp = self.expr(key);
        self.to_value(&mut key_exp);
        let equals = self.positions.end_of_token_before(value_at);
        self.at(equals);
        let span = Span::new(hir.span(key).start, value_at);
        let mut target = Exp::new(Kind::Reg(cons.table), span);
        self.index(&mut target, &mut key_exp, span);
        Record { target, free }
    }

    /// The value of a field with a key; it ends at `end`.
    pub fn close_record(&mut self, mut record: Record, mut value: Exp, end: u32) {
        record.target.span.end = end;
        self.store(&record.target, &mut value);
        self.f.free = record.free;
    }

    /// Ends a constructor.
    pub fn close_table(&mut self, mut cons: Constructor, span: Span) -> Exp {
        self.at(span.end);
        let batches = cons.stored;
        let open = self.last_items(&mut cons);
        // A single batch of open length sizes the table itself, at run time.
        let items = if open && batches == 0 { 0 } else { cons.stored };
        let size = |n: u32| n.min(u16::MAX as u32) as u16;
        let new = Instr::abc(Op::NewTable, cons.table, size(cons.records), size(items));
        *self.instr_mut(cons.pc) = new;
        for pc in cons.without_span {
            self.f.spans[pc as usize] = span;
        }
        Exp::new(Kind::Reg(cons.table), span)
    }

    /// Puts the last positional item in its register, and stores the batch if it is full.
    fn close_item(&mut self, cons: &mut Constructor) {
        self.to_next_reg(&mut cons.last);
        cons.last.kind = Kind::Void;
        if cons.waiting == BATCH {
            self.set_list(cons, cons.waiting as u8);
            cons.stored += cons.waiting;
            cons.waiting = 0;
        }
    }

    /// Stores what is left; true when the last item may be any number of values.
    fn last_items(&mut self, cons: &mut Constructor) -> bool {
        if cons.waiting == 0 {
            return false;
        }
        let open = cons.last.is_multi();
        if open {
            self.set_returns(&cons.last, None);
            self.set_list(cons, 0);
            cons.waiting -= 1;
        } else {
            if cons.last.kind != Kind::Void {
                self.to_next_reg(&mut cons.last);
            }
            self.set_list(cons, cons.waiting as u8);
        }
        cons.stored += cons.waiting;
        open
    }

    /// Emits the instruction that stores items after the table's register, and frees those.
    fn set_list(&mut self, cons: &mut Constructor, count: u8) {
        let instr = Instr::abx(Op::SetList, cons.table, cons.stored).with_n(count);
        let pc = self.emit(instr, cons.span.unwrap_or(Span::NONE));
        if cons.span.is_none() {
            cons.without_span.push(pc);
        }
        self.f.free = cons.table as u32 + 1;
    }
}
