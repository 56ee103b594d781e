//! The elementary functions that programs reach, compared with a library of arbitrary precision: every
//! result is the double nearest to the exact value, on every machine.
//!
//! `FUZZ_FROM`, `FUZZ_COUNT`, `FUZZ_SECONDS` and `FUZZ_TRACE` as `luka_tests::fuzz::seeds` says; a
//! seed is one argument of each function.

mod arguments;
mod exact;

use exact::Exact;
use luka::{Function, Registry, Vm};
use luka_tests::fuzz::seeds::seeds;
use luka_tests::random::Random;

/// The functions as programs call them.
const CALLS: &str = "
    local calls = setmetatable({
      log = function(x) return math.log(x) end,
      log_to = math.log,
      log2 = function(x) return math.log(x, 2) end,
      log10 = function(x) return math.log(x, 10) end,
      pow = function(x, y) return x ^ y end,
    }, {__index = math})
    return function(name, x, y) return calls[name](x, y) end";

struct Functions {
    vm: Vm,
    call: Function,
    exact: Exact,
}

impl Functions {
    fn new() -> Functions {
        let mut vm = Vm::builder(&Registry::default()).build().unwrap();
        let call = vm.eval(CALLS, ()).unwrap();
        Functions { vm, call, exact: Exact::new() }
    }

    fn value(&mut self, name: &str, x: f64, y: f64) -> f64 {
        self.call.call(&mut self.vm, (name, x, y)).unwrap()
    }

    /// Asserts that a value is the nearest double.
    fn check(&mut self, name: &str, x: f64, y: f64) {
        let (value, exact) = (self.value(name, x, y), self.exact.value(name, x, y));
        assert!(value == exact, "{name}({x:?}, {y:?}) is {value:?}, exactly {exact:?}");
    }
}

#[test]
fn functions_of_one_number() {
    let mut functions = Functions::new();
    let names =
        ["exp", "log", "log2", "log10", "sin", "cos", "tan", "asin", "acos", "sinh", "cosh"];
    for seed in seeds(800) {
        let mut r = Random::new(seed);
        for name in names.into_iter().chain(["tanh", "sqrt"]) {
            let x = arguments::one(name, &mut r);
            functions.check(name, x, 0.0);
        }
    }
}

#[test]
fn functions_of_two_numbers() {
    let mut functions = Functions::new();
    for seed in seeds(2000) {
        let mut r = Random::new(seed);
        let (x, y) = arguments::two(&mut r);
        functions.check("atan", x, y);
        functions.check("fmod", x, y);
        let (x, y) = arguments::power(&mut r);
        functions.check("pow", x, y);
    }
}

#[test]
fn hard_arguments() {
    let mut functions = Functions::new();
    // Subnormal powers; a tie between 0 and the smallest number, and others.
    for (x, y) in [
        (2.0, -1075.0),
        (0.5, 1075.0),
        (0.5, 1074.0),
        (4.0, -537.5),
        (4.0, -511.982679354697),
        (2.0, -1074.4999999999998),
        (1156.0, 6.5),
        (17.0, 13.0),
        (94906267.0, 2.0),
        (94906267.0, -2.0),
        (208063.0, 3.0),
        (9007199254740993.0, 1.5),
        (1e308, -0.5),
        (5e-324, 0.5),
        (5e-324, -0.5),
        (5e-324, 0.3),
        (f64::MAX, 1.0),
        (f64::MAX, -1.0),
        (f64::MIN_POSITIVE, 1.0000000000000002),
        (f64::MIN_POSITIVE.next_down(), 1.0),
        (1f64.next_up(), 1e18),
        (1f64.next_down(), 6.7e18),
        (1f64.next_up(), 5e-324),
    ] {
        functions.check("pow", x, y);
    }
    // The number nearest to a multiple of pi/2, and other near ones.
    for x in
        [6381956970095103.0 * 2f64.powi(797), 65359.26436160885, 7059.158692616265, 1e22, 355.0]
    {
        for name in ["sin", "cos", "tan"] {
            functions.check(name, x, 0.0);
            functions.check(name, -x, 0.0);
        }
    }
    // The first numbers that are too large or too small, and their neighbours.
    for x in [709.782712893384, 709.7827128933841, -745.1332191019411, -745.1332191019412, -708.4] {
        functions.check("exp", x, 0.0);
    }
    for x in [710.4758600739439, 710.475860073944] {
        functions.check("sinh", x, 0.0);
        functions.check("cosh", x, 0.0);
    }
    // Results beside their arguments, or beside 1.
    for exponent in [-1074, -1022, -1000, -54, -53, -30, -27, -26, -20, -10] {
        for factor in [1.0, 1.5, 1.9999999999999998] {
            let x = 2f64.powi(exponent) * factor;
            for name in ["exp", "sin", "cos", "tan", "asin", "acos", "sinh", "cosh", "tanh"] {
                functions.check(name, x, 0.0);
                functions.check(name, -x, 0.0);
            }
            functions.check("atan", x, 1.0);
            functions.check("log", 1.0 + x, 0.0);
        }
    }
}

/// The logarithm to any other base is the quotient of two, as in PUC Lua.
#[test]
fn logarithms_to_other_bases_are_quotients() {
    let mut functions = Functions::new();
    for seed in seeds(200) {
        let mut r = Random::new(seed);
        let (x, base) = (arguments::one("log", &mut r), arguments::one("log", &mut r));
        if base != 2.0 && base != 10.0 {
            let quotient =
                functions.exact.value("log", x, 0.0) / functions.exact.value("log", base, 0.0);
            let value = functions.value("log_to", x, base);
            assert!(value == quotient || value.is_nan(), "log({x:?}, {base:?}) is {value:?}");
        }
    }
}

#[test]
fn infinities_zeros_and_what_is_not_a_number() {
    let mut functions = Functions::new();
    let (inf, nan) = (f64::INFINITY, f64::NAN);
    for (name, x, y, value) in [
        ("exp", inf, 0.0, inf),
        ("exp", -inf, 0.0, 0.0),
        ("log", 0.0, 0.0, -inf),
        ("log_to", 0.0, nan, nan),
        ("log2", 0.0, 0.0, -inf),
        ("log10", inf, 0.0, inf),
        ("log10", -1.0, 0.0, nan),
        ("sin", inf, 0.0, nan),
        ("cos", -inf, 0.0, nan),
        ("tan", nan, 0.0, nan),
        ("sin", -0.0, 0.0, -0.0),
        ("tan", -0.0, 0.0, -0.0),
        ("asin", -0.0, 0.0, -0.0),
        ("asin", 1.5, 0.0, nan),
        ("acos", 1.0, 0.0, 0.0),
        ("atan", -0.0, 1.0, -0.0),
        ("atan", 0.0, -1.0, std::f64::consts::PI),
        ("atan", -0.0, -1.0, -std::f64::consts::PI),
        ("atan", inf, -inf, 2.356194490192345),
        ("atan", 5.0, 0.0, std::f64::consts::FRAC_PI_2),
        ("sinh", -0.0, 0.0, -0.0),
        ("sinh", -inf, 0.0, -inf),
        ("cosh", -inf, 0.0, inf),
        ("tanh", -inf, 0.0, -1.0),
        ("sqrt", -0.0, 0.0, -0.0),
        ("sqrt", -1.0, 0.0, nan),
        ("fmod", 5.0, 0.0, nan),
        ("fmod", -0.0, 3.0, -0.0),
        ("fmod", 5.0, -inf, 5.0),
        ("fmod", inf, 3.0, nan),
        ("pow", 0.0, -3.0, inf),
        ("pow", -0.0, -3.0, -inf),
        ("pow", -0.0, 3.0, -0.0),
        ("pow", -0.0, 2.5, 0.0),
        ("pow", -8.0, 3.0, -512.0),
        ("pow", -2.0, -1075.0, -0.0),
        ("pow", -8.0, 0.5, nan),
        ("pow", -inf, 3.0, -inf),
        ("pow", -inf, -3.0, -0.0),
        ("pow", -1.0, inf, 1.0),
        ("pow", 0.5, -inf, inf),
        ("pow", 1.0, nan, 1.0),
        ("pow", nan, 0.0, 1.0),
        ("pow", nan, 1.0, nan),
    ] {
        let found = functions.value(name, x, y);
        let same = found.is_nan() && value.is_nan() || found.to_bits() == value.to_bits();
        assert!(same, "{name}({x:?}, {y:?}) is {found:?}, should be {value:?}");
    }
}
