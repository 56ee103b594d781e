//! `debug.sethook` and `debug.gethook`.
//!
//! The VM keeps hook, mask and count with the thread. The registry's `_HOOKKEY` has the functions
//! once more, by thread, where programs written for PUC Lua look for them.

use super::target;
use crate::os::c_arg;
use crate::prim;
use luka_vm::debug::hook::mask;
use luka_vm::{Gc, NativeResult, Raise, Table, Type, Value, Vm};

const HOOK_TABLE: &str = "_HOOKKEY";

/// Mask letters of the events.
const LETTERS: [(u8, u8); 3] = [(b'c', mask::CALL), (b'r', mask::RETURN), (b'l', mask::LINE)];

pub fn sethook(vm: &mut Vm) -> NativeResult {
    let (thread, arg) = target(vm);
    let func = vm.arg(arg + 1);
    let (mut events, mut count) = (0, 0);
    if !func.is_nil() {
        let letters = c_arg(vm, arg + 2)?;
        vm.check_type(arg + 1, Type::Function)?;
        count = vm.opt_int(arg + 3)?.unwrap_or(0) as i32;
        for (letter, event) in LETTERS {
            if letters.contains(&letter) {
                events |= event;
            }
        }
        if count > 0 {
            events |= mask::COUNT;
        }
    }
    let hooks = hook_table(vm)?;
    prim::set(vm, hooks, thread.into(), func)?;
    vm.set_hook(thread, func, events, count as u32);
    vm.ret0()
}

/// The registry's table of hook functions, made when first asked for. Its keys are weak.
fn hook_table(vm: &mut Vm) -> Result<Gc<Table>, Raise> {
    if let Some(t) = prim::registry_field(vm, HOOK_TABLE).as_table() {
        return Ok(t);
    }
    let t = prim::registry_table(vm, HOOK_TABLE)?;
    let weak_keys = vm.small_str("k");
    prim::set_field(vm, t, "__mode", weak_keys)?;
    t.set_metatable(&mut vm.heap, Some(t));
    Ok(t)
}

pub fn gethook(vm: &mut Vm) -> NativeResult {
    let (thread, _) = target(vm);
    let hook = thread.hook();
    if hook.mask == 0 {
        return vm.ret1(Value::NIL);
    }
    let letters: Vec<u8> = LETTERS
        .iter()
        .filter(|(_, event)| hook.mask & event != 0)
        .map(|(letter, _)| *letter)
        .collect();
    let letters = vm.str(&letters)?;
    vm.push(hook.func);
    vm.push(letters);
    vm.push(Value::int((hook.count as i32).into()));
    Ok(luka_vm::Action::Return(3))
}
