//! `for` loops: pairs of instructions that share consecutive registers.

use super::{FunctionBuilder, Label, Reg, Scope};

/// A numeric loop: from `start` to `limit` by `step`, as Lua's.
#[derive(Debug)]
pub struct NumericLoop {
    base: Reg,
    scope: Scope,
    body: Label,
    end: Label,
    exit: Label,
}

impl NumericLoop {
    /// Where the first value belongs.
    pub fn start(&self) -> Reg {
        self.base
    }
    /// Where the last value belongs.
    pub fn limit(&self) -> Reg {
        self.base.plus(1)
    }
    /// Where the step belongs.
    pub fn step(&self) -> Reg {
        self.base.plus(2)
    }
    /// Where the body finds the current value; assigning to it does not disturb the loop.
    pub fn variable(&self) -> Reg {
        self.base.plus(3)
    }
    /// Where a jump out of the body goes.
    pub fn exit(&self) -> Label {
        self.exit
    }
}

/// A generic loop: over what an iterator gives.
#[derive(Debug)]
pub struct GenericLoop {
    base: Reg,
    count: u16,
    outer: Scope,
    scope: Option<Scope>,
    body: Label,
    call: Label,
    exit: Label,
}

impl GenericLoop {
    /// Where the iterator belongs.
    pub fn iterator(&self) -> Reg {
        self.base
    }
    /// Where the iterator's state belongs.
    pub fn state(&self) -> Reg {
        self.base.plus(1)
    }
    /// Where the first control value belongs.
    pub fn control(&self) -> Reg {
        self.base.plus(2)
    }
    /// Where the value belongs that is closed after the loop, or nil.
    pub fn closing(&self) -> Reg {
        self.base.plus(3)
    }
    /// Where the body finds the `n`-th variable, counted from 0.
    pub fn variable(&self, n: u16) -> Reg {
        self.base.plus(4).plus(n)
    }
    /// Where a jump out of the body goes.
    pub fn exit(&self) -> Label {
        self.exit
    }
}

/// # Loops
///
/// A loop is made, its registers are filled, and its body is emitted between `begin…` and `end…`. Other
/// loops are labels and jumps.
impl FunctionBuilder {
    /// The registers of a numeric loop: fill start, limit and step.
    pub fn numeric_loop(&mut self) -> NumericLoop {
        let scope = self.open_scope();
        let base = self.regs(4);
        let (body, end, exit) = (self.label(), self.label(), self.label());
        NumericLoop { base, scope, body, end, exit }
    }

    /// Begins the body.
    pub fn begin_loop(&mut self, each: &NumericLoop) {
        self.op_forprep(each.base, each.end);
        self.bind(each.body);
    }

    /// Ends the body and the loop.
    pub fn end_loop(&mut self, each: NumericLoop) {
        // The body's variable is a new one every time.
        let mut scope = each.scope;
        scope.first = each.base.plus(3).0;
        let closed = self.close_scope(scope);
        self.op_forloop(each.base, each.body);
        self.bind(each.end);
        self.bind(each.exit);
        if closed {
            self.op_close(each.base.plus(3));
        }
        self.cut(each.base);
    }

    /// The registers of a generic loop with `count` variables: fill iterator, state, control and
    /// closing value (a call with four results does it).
    pub fn generic_loop(&mut self, count: u16) -> GenericLoop {
        let outer = self.open_scope();
        let base = self.regs(4);
        let (body, call, exit) = (self.label(), self.label(), self.label());
        GenericLoop { base, count, outer, scope: None, body, call, exit }
    }

    /// Begins the body.
    pub fn begin_generic(&mut self, each: &mut GenericLoop) {
        self.op_tforprep(each.base, each.call);
        self.bind(each.body);
        each.scope = Some(self.open_scope());
        // The iterator's window: function, link, two arguments.
        self.reach(4);
        self.regs(each.count);
    }

    /// Ends the body and the loop.
    pub fn end_generic(&mut self, each: GenericLoop) {
        match each.scope {
            Some(scope) => {
                self.close_scope(scope);
            }
            None => self.misuse("the loop has not begun"),
        }
        self.bind(each.call);
        self.op_tforcall(each.base, each.count);
        self.op_tforloop(each.base, each.body);
        self.bind(each.exit);
        self.close_scope(each.outer);
    }
}
