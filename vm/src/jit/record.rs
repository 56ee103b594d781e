//! Recording: what the interpreter sees of every instruction, for a while.

use super::feedback::{Access, Callee, Feedback, Seen, Site};
use super::flow::target;
use super::path::{Method, Path, is_found_behind};
use super::state::{Function, State};
use crate::config::Jit;
use crate::function::{LuaFn, NativeObj, ProtoObj};
use crate::interp::nodes::{array_slot, find_field};
use crate::interp::operand::{ra, rb, rc};
use crate::object::lookup::find_int;
use crate::object::proto::unmarked;
use crate::stack::link::{FrameKind, HEADER, Link, SLOT};
use crate::table::{Node, Table};
use crate::value::{Value, tag};
use crate::vm::Vm;
use crate::vm::handler::Ip;
use luka_bytecode::ops::{Field, Role};
use luka_bytecode::semantics::Class;
use luka_bytecode::{Instr, Op};

/// The machine is about to execute an instruction, and records.
///
/// # Safety
/// `ip` is the instruction, `base` the registers of the running frame.
pub(super) unsafe fn event(vm: &mut Vm, ip: Ip, base: *mut Value) {
    vm.with_compiler(|vm, state| {
        // SAFETY: the caller.
        unsafe { state.record(vm, ip, base) };
        if state.mode == Jit::Always {
            return;
        }
        state.recording.left = state.recording.left.saturating_sub(1);
        if state.recording.left == 0 {
            state.stop_recording(vm);
        }
    });
}

/// The loops around an instruction: first and last instruction, inner ones first.
pub(super) fn loops_around(plain: &[Instr], pc: u32) -> Vec<(u32, u32)> {
    let mut loops: Vec<(u32, u32)> = Vec::new();
    for (from, &i) in plain.iter().enumerate() {
        let from = from as u32;
        // (Jumps back before the instruction do not make a loop around it longer.)
        let Some(to) = target(i, from).filter(|to| *to <= pc && pc <= from) else { continue };
        match loops.iter_mut().find(|l| l.0 == to) {
            Some(l) => l.1 = l.1.max(from),
            None => loops.push((to, from)),
        }
    }
    loops.sort_by_key(|l| l.1 - l.0);
    loops
}

/// The types of a frame's registers.
///
/// # Safety
/// A function of this prototype runs with the registers at `base`.
pub(super) unsafe fn types(proto: *const ProtoObj, base: *mut Value) -> Vec<Seen> {
    // SAFETY: the caller.
    unsafe {
        let n = (*proto).frame_bytes as usize / SLOT;
        (0..n).map(|r| Seen::of((*base.add(r)).tag)).collect()
    }
}

/// The registers at the head of a loop hold this; `guess`: perhaps, if nothing is known yet.
pub(super) fn see_head(feedback: &mut Feedback, head: u32, registers: &[Seen], guess: bool) {
    let seen = feedback.heads.entry(head).or_insert_with(|| vec![Seen::default(); registers.len()]);
    for (seen, now) in seen.iter_mut().zip(registers) {
        if !guess || seen.is_empty() {
            seen.add(*now);
        }
    }
}

/// Whether the instruction leaves its result in register A.
fn writes_a(i: Instr) -> bool {
    let row = i.opcode().and_then(|op| op.info().operand(Field::a));
    row.is_some_and(|a| matches!(a.role, Role::Dst | Role::Win))
}

/// The type of the register at a byte offset.
unsafe fn seen(base: *const Value, offset: u16) -> Seen {
    // SAFETY: the callers: it is an operand of a verified instruction.
    unsafe { Seen::of((*base.byte_add(offset as usize)).tag) }
}

unsafe fn array_access(t: *const Value, key: i64) -> Access {
    // SAFETY: the callers: a value of the frame.
    unsafe {
        if (*t).tag != tag::TABLE {
            return Access::MISS;
        }
        let t = (*t).payload as usize as *const Table;
        let mut access = match array_slot(t, key) {
            Some((_, g)) if *g != tag::NIL => Access::HIT,
            Some(_) => Access::EMPTY,
            None => Access::MISS,
        };
        if !(*t).meta.is_null() {
            access.add(Access::META);
        }
        access
    }
}

/// How the value of an integer is found, or that there is none.
unsafe fn int_access(t: *const Value, i: i64) -> Access {
    // SAFETY: the callers: a value of the frame.
    unsafe {
        if (*t).tag != tag::TABLE {
            return Access::MISS;
        }
        let table = (*t).payload as usize as *const Table;
        match array_slot(table, i) {
            Some((_, g)) if *g != tag::NIL => Access::HIT,
            Some(_) | None if (*table).is_scattered() => Access::MISS,
            None if (*table).meta.is_null() || has(find_int(table, i)) => Access::OWN,
            Some(_) if (*table).meta.is_null() => Access::EMPTY,
            Some(_) | None => Access::MISS,
        }
    }
}

/// How the value of a key is found that is not a constant. A short string that the table does not have may be
/// a key of one behind it: that is asked later.
unsafe fn key_access(t: *const Value, key: *const Value) -> Access {
    // SAFETY: the callers: values of the frame.
    unsafe {
        match (*key).tag {
            tag::INT => int_access(t, (*key).payload as i64),
            tag::STR if (*t).tag == tag::TABLE => {
                let table = (*t).payload as usize as *const Table;
                if find_field(table, key).is_null() { Access::default() } else { Access::OWN }
            }
            _ => Access::MISS,
        }
    }
}

/// Whether a node is there and has a value.
unsafe fn has(node: *const Node) -> bool {
    // SAFETY: the callers: a node of a live table, or null.
    unsafe { !node.is_null() && (*node).val_tag != tag::NIL }
}

/// Whether a value is a table with a metatable.
unsafe fn has_metatable(v: *const Value) -> bool {
    // SAFETY: the callers: a value of the frame.
    unsafe { (*v).tag == tag::TABLE && !(*((*v).payload as usize as *const Table)).meta.is_null() }
}

/// How the place for a value is found at a key that is not a constant.
unsafe fn stored_access(t: *const Value, key: *const Value) -> Access {
    // SAFETY: the callers: values of the frame.
    unsafe {
        match (*key).tag {
            tag::INT => array_access(t, (*key).payload as i64),
            tag::STR if (*t).tag == tag::TABLE => {
                let table = (*t).payload as usize as *const Table;
                if has(find_field(table, key)) { Access::OWN } else { Access::MISS }
            }
            _ => Access::MISS,
        }
    }
}

/// The value of an upvalue.
unsafe fn upvalue(closure: *const LuaFn, n: u16) -> *const Value {
    // SAFETY: the callers: the verifier has checked that the closure has it.
    unsafe { (**(*closure).upvals.as_ptr().add(n as usize)).v }
}

/// The table and the key of an instruction that reads a field which is not in the table itself.
///
/// # Safety
/// As for [`note`].
unsafe fn inherits(
    ip: Ip,
    base: *mut Value,
    closure: *const LuaFn,
) -> Option<(*mut Table, *const Value)> {
    // SAFETY: the caller.
    unsafe {
        let i = unmarked(*ip);
        let constant = || (*closure).k.byte_add(i.c as usize);
        let (t, key) = match i.opcode() {
            Some(Op::GetField | Op::SelfK) => (rb(ip, base).cast_const(), constant()),
            Some(Op::GetTabUp) => (upvalue(closure, i.b), constant()),
            Some(Op::GetTable) => (rb(ip, base).cast_const(), rc(ip, base).cast_const()),
            _ => return None,
        };
        if (*t).tag != tag::TABLE || (*key).tag != tag::STR {
            return None;
        }
        let t = (*t).payload as usize as *mut Table;
        find_field(t, key).is_null().then_some((t, key))
    }
}

/// The name of the method that an instruction looks up for a string.
///
/// # Safety
/// As for [`note`].
unsafe fn names_method(ip: Ip, base: *mut Value, closure: *const LuaFn) -> Option<*const Value> {
    // SAFETY: the caller.
    unsafe {
        let i = unmarked(*ip);
        let names = i.opcode() == Some(Op::SelfK) && (*rb(ip, base)).is_string();
        names.then(|| (*closure).k.byte_add(i.c as usize))
    }
}

/// How the field is found, if it is in the table, and the type of its value. The `first` time, it is enough
/// that the cache is going to point to it.
unsafe fn field_access(ip: Ip, t: *const Value, key: *const Value, first: bool) -> (Access, Seen) {
    // SAFETY: the callers: a value of the frame or an upvalue's.
    unsafe {
        if (*t).tag != tag::TABLE {
            return (Access::MISS, Seen::default());
        }
        let t = (*t).payload as usize as *const Table;
        let found: *const Node = find_field(t, key);
        if found.is_null() {
            return (Access::default(), Seen::default());
        }
        // (The interpreter masks its cache; native code does not.)
        let number = found.offset_from((*t).nodes);
        let hits = number == (*ip).n.into() || first && number <= u8::MAX.into();
        (if hits { Access::HIT } else { Access::OWN }, Seen::of((*found).val_tag))
    }
}

/// What was seen of a field that has to be in the table itself.
fn own((access, value): (Access, Seen)) -> (Access, Seen) {
    (if access == Access::default() { Access::MISS } else { access }, value)
}

/// A function begins: if the instruction `last` of the `caller` has called it as a metamethod, that is noted, and
/// whether it is the first operand's.
///
/// # Safety
/// The frame at `base` has been called by a function of the language, with two arguments or more.
unsafe fn see_metamethod(vm: &Vm, caller: &mut Function, number: u32, last: Ip, base: *mut Value) {
    // SAFETY: the caller; an operand that is a table has the metatable in which metamethods are looked for.
    unsafe {
        let link = Link::read(base);
        let code = (*caller.proto).code.cast_const();
        let pc = (last as usize).wrapping_sub(code as usize) / size_of::<Instr>();
        if !link.is(FrameKind::Meta) || link.ip() != last || pc >= caller.plain.len() {
            return;
        }
        let i = unmarked(*last);
        let Some(op) = i.opcode().filter(|op| matches!(op.info().class, Class::Arith(_))) else {
            return;
        };
        let Some(event) = op.info().event(i.n) else { return };
        let name: Value = vm.event_names[event as usize].into();
        let closure = (*base.sub(HEADER)).payload;
        let has_it = (*base).tag == tag::TABLE && {
            let meta = (*((*base).payload as usize as *const Table)).meta;
            let node = if meta.is_null() { std::ptr::null_mut() } else { find_field(meta, &name) };
            !node.is_null() && (*node).val == closure
        };
        caller.feedback.sites[pc].access.add(if has_it { Access::OWN } else { Access::MISS });
        caller.feedback.see_callee(pc as u32, Callee::Function(number));
    }
}

impl State {
    /// # Safety
    /// As for [`event`].
    pub(super) unsafe fn record(&mut self, vm: &mut Vm, ip: Ip, base: *mut Value) {
        // SAFETY: the caller: all pointers are to the running frame, its function and the values in its
        // registers, which the verifier has checked to be there.
        unsafe {
            let closure = (*base.sub(HEADER)).payload as usize as *const LuaFn;
            let proto = (*closure).proto;
            let number = self.number(vm, proto);
            let pc = ip.offset_from((*proto).code) as usize;
            let (last, last_base) = (self.recording.last, self.recording.base);
            (self.recording.last, self.recording.base) = (ip, base);
            let caller = self.recording.function.replace(number);
            if let Some(caller) = caller.filter(|_| pc == 0)
                && let Some(caller) = self.functions.get_mut(caller)
            {
                caller.feedback.see_called(number);
                // SAFETY: listed functions are live.
                see_metamethod(vm, caller, number, last, base);
            }
            let callee = self.callee(vm, ip, base);
            let Some(function) = self.functions.get_mut(number) else { return };
            let feedback = &mut function.feedback;
            let mut entry = pc == 0 && !function.is_vararg;
            // The result of the instruction before this one, if it was one of this frame.
            let before = (last as usize).wrapping_sub((*proto).code as usize) / size_of::<Instr>();
            if last_base == base && before < feedback.sites.len() {
                if writes_a(unmarked(*last)) {
                    feedback.sites[before].result.add(Seen::of((*ra(last, base)).tag));
                }
                if ip <= last {
                    see_head(feedback, pc as u32, &types(proto, base), false);
                    entry = true;
                }
            } else if pc > 0 && unmarked(*ip.sub(1)).op == Op::Call as u8 {
                let result = Seen::of((*ra(ip.sub(1), base)).tag);
                feedback.sites[pc - 1].result.add(result);
            }
            let site = &mut feedback.sites[pc];
            let first = !site.reached;
            site.reached = true;
            note(site, ip, base, closure, first);
            if let Some((t, key)) = inherits(ip, base, closure) {
                if is_found_behind(vm, t, key) {
                    site.access.add(Access::BEHIND);
                } else {
                    site.access.add(Access::MISS);
                }
                // (A way is that of one name.)
                if unmarked(*ip).opcode() != Some(Op::GetTable) {
                    feedback.see_path(pc as u32, Path::find(vm, t, key));
                }
            }
            if let Some(key) = names_method(ip, base, closure) {
                feedback.see_method(pc as u32, Method::find(vm, key));
            }
            if let Some(callee) = callee {
                feedback.see_callee(pc as u32, callee);
            }
            if entry && self.mode == Jit::Always {
                self.visit(vm, number, pc as u32);
            }
        }
    }

    /// Where everything is compiled: what is visited for the second time is compiled.
    fn visit(&mut self, vm: &mut Vm, number: u32, pc: u32) {
        let most = self.most_tries();
        let Some(function) = self.functions.get_mut(number) else { return };
        let visits = function.visits.entry(pc).or_insert(0);
        *visits += 1;
        if *visits == 2 && !function.is_finished(most) {
            self.want(number, pc);
            self.compile_wanted(vm);
        }
    }

    /// What a CALL, TAILCALL or TFORCALL is about to call; of functions of the language that are iterators, which is
    /// not told.
    unsafe fn callee(&mut self, vm: &mut Vm, ip: Ip, base: *mut Value) -> Option<Callee> {
        // SAFETY: the caller.
        unsafe {
            let f = ra(ip, base);
            match unmarked(*ip).opcode() {
                Some(Op::Call | Op::TailCall) => {}
                Some(Op::TForCall) if (*f).tag == tag::NATIVE => {}
                Some(Op::TForCall) => return Some(Callee::Many),
                _ => return None,
            }
            Some(match (*f).tag {
                tag::LUA_FN => {
                    let proto = (*((*f).payload as usize as *const LuaFn)).proto;
                    Callee::Function(self.number(vm, proto))
                }
                tag::NATIVE => Callee::Native((*((*f).payload as usize as *const NativeObj)).def),
                _ => Callee::Many,
            })
        }
    }
}

/// Notes the types of an instruction's operands; it is recorded for the `first` time.
unsafe fn note(site: &mut Site, ip: Ip, base: *mut Value, closure: *const LuaFn, first: bool) {
    use Op::*;
    // SAFETY: the caller, which is `record`.
    unsafe {
        let i = unmarked(*ip);
        let k = (*closure).k;
        let constant = |offset: u16| k.byte_add(offset as usize);
        let a = |site: &mut Site| site.a.add(seen(base, i.a));
        let b = |site: &mut Site| site.b.add(seen(base, i.b));
        let c = |site: &mut Site| site.c.add(seen(base, i.c));
        match i.opcode().unwrap_or(Jmp) {
            Move | Unm | BNot | Not | Len | AddI => b(site),
            AddK | SubK | MulK | ModK | PowK | DivK | IDivK => b(site),
            BAndK | BOrK | BXorK | ShlK | ShrK => b(site),
            Add | Sub | Mul | Mod | Pow | Div | IDiv | BAnd | BOr | BXor | Shl | Shr => {
                b(site);
                c(site);
            }
            GetTable => {
                c(site);
                site.access.add(key_access(rb(ip, base), rc(ip, base)));
            }
            GetI => site.access.add(int_access(rb(ip, base), i.c.into())),
            SetTable | SetTableK => {
                b(site);
                site.access.add(stored_access(ra(ip, base), rb(ip, base)));
                if i.op == SetTable as u8 {
                    c(site);
                }
            }
            SetI | SetIK => {
                site.access.add(array_access(ra(ip, base), i.b.into()));
                if i.op == SetI as u8 {
                    c(site);
                }
            }
            GetField | SelfK => {
                b(site);
                site.access.add(field_access(ip, rb(ip, base), constant(i.c), first).0);
            }
            GetTabUp => {
                let t = upvalue(closure, i.b);
                site.access.add(field_access(ip, t, constant(i.c), first).0);
            }
            SetField | SetFieldK => {
                let (access, before) = own(field_access(ip, ra(ip, base), constant(i.b), first));
                site.access.add(access);
                site.result.add(before);
                if i.op == SetField as u8 {
                    c(site);
                }
            }
            JTSet | JFSet => b(site),
            JEq | JNe | JLt | JNlt | JLe | JNle => {
                a(site);
                b(site);
            }
            JT | JF | JEqK | JNeK | JEqI | JNeI | JLtI | JNltI | JLeI | JNleI => a(site),
            JGtI | JNgtI | JGeI | JNgeI | Return1 => a(site),
            ForPrep | ForLoop => {
                a(site);
                site.b.add(seen(base, i.a + SLOT as u16));
                site.c.add(seen(base, i.a + 2 * SLOT as u16));
            }
            // The first two arguments.
            Call | TailCall => {
                let first = i.a + (HEADER * SLOT) as u16;
                site.b.add(seen(base, first));
                if i.b > 1 && has_metatable(base.byte_add(first as usize)) {
                    site.access.add(Access::META);
                }
                if i.b > 2 {
                    site.c.add(seen(base, first + SLOT as u16));
                }
            }
            LoadI | LoadF | LoadK | LoadNil | LoadTrue | LoadFalse | LFalseSkip => {}
            GetUpval | SetUpval | SetTabUp | SetTabUpK | NewTable | SetList | Concat | Jmp => {}
            Return | Return0 | VarargPrep | Vararg | Closure | Close | Tbc => {}
            TForCall => {
                if has_metatable(base.byte_add(i.a as usize + SLOT)) {
                    site.access.add(Access::META);
                }
            }
            TForPrep | TForLoop => {}
        }
    }
}
