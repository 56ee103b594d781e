//! Takes out what is there for values that nobody uses.

use super::ir::*;

pub(super) fn remove_unused(f: &mut Func) {
    let mut uses = vec![0u32; f.class.len()];
    for block in &f.blocks {
        for &v in &block.args {
            uses[v as usize] += 1;
        }
        for i in &block.ins {
            for v in i.operands() {
                uses[v as usize] += 1;
            }
            for v in
                i.exit().iter().flat_map(|&x| &f.exits[x as usize].flush).flat_map(Flush::values)
            {
                uses[v as usize] += 1;
            }
        }
    }
    for block in f.blocks.iter_mut().rev() {
        let mut kept = Vec::with_capacity(block.ins.len());
        for i in block.ins.drain(..).rev() {
            if i.is_pure() && uses[i.d as usize] == 0 {
                i.operands().for_each(|v| uses[v as usize] -= 1);
            } else {
                kept.push(i);
            }
        }
        kept.reverse();
        block.ins = kept;
    }
}
