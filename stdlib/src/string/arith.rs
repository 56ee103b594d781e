//! Arithmetic on strings: metamethods that convert numerals to numbers (manual §3.4.3).

use luka_vm::debug::FaultKind;
use luka_vm::value::number;
use luka_vm::{Action, Event, Native, NativeResult, Type, Value, Vm};
use luka_vm::{continuations, frame, inner_natives};

/// The arithmetic metamethods of strings.
pub static METAMETHODS: &[(Event, &Native)] = &[
    (Event::Add, &ADD),
    (Event::Sub, &SUB),
    (Event::Mul, &MUL),
    (Event::Mod, &MOD),
    (Event::Pow, &POW),
    (Event::Div, &DIV),
    (Event::IDiv, &IDIV),
    (Event::Unm, &UNM),
];

inner_natives! { pub static INNER;
    ADD: "string:__add" = |vm| arith(vm, Event::Add);
    SUB: "string:__sub" = |vm| arith(vm, Event::Sub);
    MUL: "string:__mul" = |vm| arith(vm, Event::Mul);
    MOD: "string:__mod" = |vm| arith(vm, Event::Mod);
    POW: "string:__pow" = |vm| arith(vm, Event::Pow);
    DIV: "string:__div" = |vm| arith(vm, Event::Div);
    IDIV: "string:__idiv" = |vm| arith(vm, Event::IDiv);
    UNM: "string:__unm" = |vm| arith(vm, Event::Unm);
}

continuations! { pub static THEN;
    /// The other operand's metamethod has returned.
    AFTER: "string:arithmetic" (operands, 1) = |_| Ok(Action::Return(1));
}

frame! {
    /// Slots of an arithmetic metamethod.
    mod operands {
        LEFT: Value,
        RIGHT: Value,
    }
}

fn arith(vm: &mut Vm, event: Event) -> NativeResult {
    let (a, b) = (vm.to_number(vm.arg(1)), vm.to_number(vm.arg(2)));
    let (Some(a), Some(b)) = (a, b) else {
        return other_metamethod(vm, event);
    };
    if let (Some(a), Some(b)) = (a.as_int(), b.as_int()) {
        match event {
            Event::Add => return vm.ret1(a.wrapping_add(b)),
            Event::Sub => return vm.ret1(a.wrapping_sub(b)),
            Event::Mul => return vm.ret1(a.wrapping_mul(b)),
            Event::Mod if b == 0 => {
                return Err(vm.raise_native(FaultKind::ModuloByZero, &[a.into(), b.into()], 0));
            }
            Event::Mod => return vm.ret1(number::int_mod(a, b)),
            Event::IDiv if b == 0 => {
                return Err(vm.raise_native(FaultKind::DivideByZero, &[a.into(), b.into()], 0));
            }
            Event::IDiv => return vm.ret1(number::int_idiv(a, b)),
            Event::Unm => return vm.ret1(a.wrapping_neg()),
            _ => {}
        }
    }
    let (a, b) = (as_float(a), as_float(b));
    vm.ret1(match event {
        Event::Add => a + b,
        Event::Sub => a - b,
        Event::Mul => a * b,
        Event::Mod => number::float_mod(a, b),
        Event::Pow => number::float_pow(a, b),
        Event::Div => a / b,
        Event::IDiv => number::float_idiv(a, b),
        _ => -a,
    })
}

fn as_float(v: Value) -> f64 {
    v.as_float().unwrap_or_else(|| v.as_int().unwrap_or(0) as f64)
}

/// One operand is no number: the second operand's own metamethod may know what to do.
fn other_metamethod(vm: &mut Vm, event: Event) -> NativeResult {
    vm.set_top(2);
    let (a, b) = (vm.arg(1), vm.arg(2));
    let metamethod = match b.type_of() {
        Type::String => Value::NIL,
        _ => vm.metamethod(b, event),
    };
    if metamethod.is_nil() {
        return Err(vm.raise_native(FaultKind::StringArithmetic(event), &[a, b], 1));
    }
    vm.push_call(metamethod, [a, b]);
    vm.call(2, 1, &AFTER)
}
