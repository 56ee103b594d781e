//! `collectgarbage`.

use luka_vm::{Action, NativeResult, Raise, Value, Vm, continuations, frame};

continuations! { pub static THEN;
    GO_ON: "base.collectgarbage:go_on" (at, 0) = go_on;
}

frame! {
    /// Slots of a collection: the option, and whether it has begun.
    mod at {
        OPTION: Value,
        BEGUN: bool,
    }
}

const OPTIONS: &[&str] = &[
    "stop",
    "restart",
    "collect",
    "count",
    "step",
    "setpause",
    "setstepmul",
    "isrunning",
    "generational",
    "incremental",
];

pub fn collectgarbage(vm: &mut Vm) -> NativeResult {
    let option = vm.check_option(1, Some("collect"), OPTIONS)?;
    let (a, b, c) = match OPTIONS[option] {
        "step" | "setpause" | "setstepmul" => (number(vm, 2)?, 0, 0),
        "generational" => (number(vm, 2)?, number(vm, 3)?, 0),
        "incremental" => (number(vm, 2)?, number(vm, 3)?, number(vm, 4)?),
        _ => (0, 0, 0),
    };
    // Inside a finalizer nothing of this is possible.
    if !vm.heap.can_collect() {
        return vm.ret1(Value::NIL);
    }
    if matches!(OPTIONS[option], "collect" | "step" | "generational" | "incremental") {
        vm.charge_collection();
    }
    match OPTIONS[option] {
        "stop" => vm.heap.stop(),
        "restart" => vm.heap.restart(),
        "count" => {
            let kbytes = vm.heap.bytes() as f64 / 1024.0;
            return vm.ret1(kbytes);
        }
        "step" => {
            let done = vm.gc_step_kb(a);
            return vm.ret1(done);
        }
        "setpause" => {
            let old = vm.heap.set_pause(a);
            return vm.ret1(i64::from(old));
        }
        "setstepmul" => {
            let old = vm.heap.set_step_mul(a);
            return vm.ret1(i64::from(old));
        }
        "isrunning" => {
            let running = vm.heap.is_running();
            return vm.ret1(running);
        }
        "generational" => {
            vm.heap.set_generational_params(a, b);
            return mode(vm, true);
        }
        "incremental" => {
            vm.heap.set_incremental_params(a, b, c);
            return mode(vm, false);
        }
        _ => {
            at::FRAME.prepare(vm, 1);
            at::BEGUN.set(vm, false);
            return go_on(vm);
        }
    }
    vm.ret1(0i64)
}

/// Goes on with a collection of everything.
fn go_on(vm: &mut Vm) -> NativeResult {
    let mut begun = at::BEGUN.get(vm);
    if vm.gc_full_piece(&mut begun) {
        return vm.ret1(0i64);
    }
    at::BEGUN.set(vm, begun);
    Ok(Action::Pause { then: &GO_ON })
}

fn number(vm: &mut Vm, i: usize) -> Result<i32, Raise> {
    Ok(vm.opt_int(i)?.unwrap_or(0) as i32)
}

fn mode(vm: &mut Vm, generational: bool) -> NativeResult {
    let was = vm.gc_set_generational(generational);
    let name = vm.small_str(if was { "generational" } else { "incremental" });
    vm.ret1(name)
}
