//! Loops.

use super::dispatch::{go, handlers, jump, slow_handlers, tail};
use super::operand::*;
use crate::value::tag;
use crate::vm::Vm;

slow_handlers! {
    op_forprep_slow => Vm::forprep_slow;
    op_tforprep => Vm::tforprep_instr;
    op_tforcall_slow => Vm::tforcall_instr;
}

handlers! {
    fn op_forprep(vm, ip, base, k, fuel, tb) {
        let a = ra(ip, base);
        if is_int(a) && is_int(a.add(1)) && is_int(a.add(2)) {
            let (start, limit, step) = (int_of(a), int_of(a.add(1)), int_of(a.add(2)));
            if step == 0 {
                tail!(op_forprep_slow, vm, ip, base, k, fuel, tb)
            }
            if if step > 0 { start > limit } else { start < limit } {
                jump!(sbx(ip), vm, ip, base, k, fuel, tb)
            }
            let count = if step > 0 {
                let n = (limit as u64).wrapping_sub(start as u64);
                if step == 1 { n } else { n / step as u64 }
            } else {
                (start as u64).wrapping_sub(limit as u64) / step.unsigned_abs()
            };
            set_int(a.add(1), count as i64);
            set_int(a.add(3), start);
            go!(vm, ip.add(1), base, k, fuel, tb)
        }
        tail!(op_forprep_slow, vm, ip, base, k, fuel, tb)
    }
    fn op_forloop(vm, ip, base, k, fuel, tb) {
        let a = ra(ip, base);
        if is_int(a.add(2)) && is_int(a) {
            let count = int_of(a.add(1)) as u64;
            if count > 0 {
                let index = int_of(a).wrapping_add(int_of(a.add(2)));
                (*a.add(1)).payload = count - 1;
                (*a).payload = index as u64;
                set_int(a.add(3), index);
                jump!(sbx(ip), vm, ip, base, k, fuel, tb)
            }
            go!(vm, ip.add(1), base, k, fuel, tb)
        }
        tail!(op_forloop_float, vm, ip, base, k, fuel, tb)
    }
    #[inline(never)]
    fn op_forloop_float(vm, ip, base, k, fuel, tb) {
        let a = ra(ip, base);
        if is_float(a) && is_float(a.add(1)) && is_float(a.add(2)) {
            let step = float_of(a.add(2));
            let limit = float_of(a.add(1));
            let index = float_of(a) + step;
            if if step > 0.0 { index <= limit } else { limit <= index } {
                set_float(a, index);
                set_float(a.add(3), index);
                jump!(sbx(ip), vm, ip, base, k, fuel, tb)
            }
        }
        // A debugger may have put other values there: the loop ends.
        go!(vm, ip.add(1), base, k, fuel, tb)
    }
    fn op_tforcall(vm, ip, base, k, fuel, tb) {
        let a = ra(ip, base);
        if (*a).tag == tag::NATIVE && super::iterate::next_pair(vm, a, (*ip).c as usize) {
            go!(vm, ip.add(1), base, k, fuel, tb)
        }
        tail!(op_tforcall_slow, vm, ip, base, k, fuel, tb)
    }
    fn op_tforloop(vm, ip, base, k, fuel, tb) {
        let a = ra(ip, base);
        if (*a.add(4)).tag != tag::NIL {
            copy(a.add(2), a.add(4));
            jump!(sbx(ip), vm, ip, base, k, fuel, tb)
        }
        go!(vm, ip.add(1), base, k, fuel, tb)
    }
}
