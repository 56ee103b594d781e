//! Arithmetic on strings: metamethods that convert numerals to numbers (manual §3.4.3).

use luka_vm::debug::FaultKind;
use luka_vm::value::number;
use luka_vm::{Action, Event, Native, NativeResult, Type, Value, Vm};

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

static ADD: Native = Native::new("string:__add", "", "", |vm| arith(vm, Event::Add));
static SUB: Native = Native::new("string:__sub", "", "", |vm| arith(vm, Event::Sub));
static MUL: Native = Native::new("string:__mul", "", "", |vm| arith(vm, Event::Mul));
static MOD: Native = Native::new("string:__mod", "", "", |vm| arith(vm, Event::Mod));
static POW: Native = Native::new("string:__pow", "", "", |vm| arith(vm, Event::Pow));
static DIV: Native = Native::new("string:__div", "", "", |vm| arith(vm, Event::Div));
static IDIV: Native = Native::new("string:__idiv", "", "", |vm| arith(vm, Event::IDiv));
static UNM: Native = Native::new("string:__unm", "", "", |vm| arith(vm, Event::Unm));
static AFTER: Native = Native::then("string:arithmetic", |_| Ok(Action::Return(1)));

/// All natives of this file.
pub static NATIVES: &[&Native] = &[&ADD, &SUB, &MUL, &MOD, &POW, &DIV, &IDIV, &UNM, &AFTER];

fn arith(vm: &mut Vm, event: Event) -> NativeResult {
    let (Some(a), Some(b)) = (vm.arg(1).to_number(), vm.arg(2).to_number()) else {
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
    vm.push_fn(metamethod);
    vm.push(a);
    vm.push(b);
    Ok(Action::Call { nargs: 2, nres: 1, then: &AFTER })
}
