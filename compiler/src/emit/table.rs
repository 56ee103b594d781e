//! Table constructors: positional items are collected in registers and stored in batches.

use luka_bytecode::{Instr, Op, Span};

use super::Emitter;
use super::exp::{Exp, Kind};
use crate::resolve::hir::{ExprId, List, NO_KEY};

/// How many positional items are stored at a time (`LFIELDS_PER_FLUSH` of PUC Lua 5.4).
const BATCH: u32 = 50;

/// A constructor being emitted.
struct Constructor {
    table: u16,
    /// Positional items stored, and those waiting in registers or in `last`.
    stored: u32,
    waiting: u32,
    last: Exp,
}

impl Emitter<'_> {
    /// Emits `{ … }`; the table ends up in the next register.
    pub fn table(&mut self, items: List, span: Span) -> Exp {
        let before = self.positions.end_of_token_before(span.start);
        self.at(before);
        let pc = self.emit(Instr::abc(Op::NewTable, 0, 0, 0), span);
        let table = self.reserve(1);
        let nothing = Exp::new(Kind::Void, span);
        let mut cons = Constructor { table, stored: 0, waiting: 0, last: nothing };
        let hir = self.hir;
        let mut records: u32 = 0;
        for (n, pair) in hir.list(items).chunks_exact(2).enumerate() {
            let (key, value) = (pair[0], ExprId(pair[1]));
            if n > 0 && cons.last.kind != Kind::Void {
                let separator = self.positions.end_of_token_at(cons.last.span.end);
                self.at(separator);
                self.close_item(&mut cons, span);
            }
            if key == NO_KEY {
                cons.last = self.expr(value);
                cons.last.span = hir.span(value);
                cons.waiting += 1;
            } else {
                records += 1;
                self.record(table, ExprId(key), value);
            }
        }
        self.at(span.end);
        let batches = cons.stored;
        let open = self.last_items(&mut cons, span);
        // A single batch of open length sizes the table itself, at run time.
        let items = if open && batches == 0 { 0 } else { cons.stored };
        let size = |n: u32| n.min(u16::MAX as u32) as u16;
        *self.instr_mut(pc) = Instr::abc(Op::NewTable, table, size(records), size(items));
        Exp::new(Kind::Reg(table), span)
    }

    /// `key = value` in a constructor.
    fn record(&mut self, table: u16, key: ExprId, value: ExprId) {
        let free = self.f.free;
        let hir = self.hir;
        let mut key_exp = self.expr(key);
        self.to_value(&mut key_exp);
        let equals = self.positions.end_of_token_before(hir.span(value).start);
        self.at(equals);
        let span = Span::new(hir.span(key).start, hir.span(value).end);
        let mut target = Exp::new(Kind::Reg(table), span);
        self.index(&mut target, &mut key_exp, span);
        let mut value = self.expr(value);
        self.store(&target, &mut value);
        self.f.free = free;
    }

    /// Puts the last positional item in its register, and stores the batch if it is full.
    fn close_item(&mut self, cons: &mut Constructor, span: Span) {
        self.to_next_reg(&mut cons.last);
        cons.last.kind = Kind::Void;
        if cons.waiting == BATCH {
            self.set_list(cons, cons.waiting as u8, span);
            cons.stored += cons.waiting;
            cons.waiting = 0;
        }
    }

    /// Stores what is left; true when the last item may be any number of values.
    fn last_items(&mut self, cons: &mut Constructor, span: Span) -> bool {
        if cons.waiting == 0 {
            return false;
        }
        let open = cons.last.is_multi();
        if open {
            self.set_returns(&cons.last, None);
            self.set_list(cons, 0, span);
            cons.waiting -= 1;
        } else {
            if cons.last.kind != Kind::Void {
                self.to_next_reg(&mut cons.last);
            }
            self.set_list(cons, cons.waiting as u8, span);
        }
        cons.stored += cons.waiting;
        open
    }

    /// Emits the instruction that stores items after the table's register, and frees those.
    fn set_list(&mut self, cons: &Constructor, count: u8, span: Span) {
        self.emit(Instr::abx(Op::SetList, cons.table, cons.stored).with_n(count), span);
        self.f.free = cons.table as u32 + 1;
    }
}
