//! One function of a module, with the functions inside it, as a module of its own: what
//! `string.dump` writes.

use crate::proto::Module;

/// The function `root` and all functions inside it. `None` if the module has no such function.
///
/// Functions are in pre-order, so those inside `root` are the ones that follow it up to the first
/// that is not a descendant.
pub fn extract(module: &Module, root: u32) -> Option<Module> {
    let from = root as usize;
    // One past the last descendant seen so far; each descendant may push it on.
    let mut end = module.protos.get(from).map(|_| from + 1)?;
    let mut at = from;
    while at < end {
        for &child in &module.protos.get(at)?.protos {
            end = end.max(child as usize + 1);
        }
        at += 1;
    }
    let mut protos = module.protos.get(from..end)?.to_vec();
    for proto in &mut protos {
        for child in &mut proto.protos {
            *child = child.checked_sub(root)?;
        }
    }
    Some(Module { protos, source_name: module.source_name.clone(), ..*module })
}
