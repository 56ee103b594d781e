//! Register code, a function for each instruction, which ends with a jump to that of the next instruction.
//! The place in the code and the steps that are left are arguments, so they stay in the processor's
//! registers. Rust makes a jump of such a call when it optimizes; without, each is a frame of the stack.

use super::register_code::{Op, compile};
use super::tree::{ARGUMENTS, Program};
use crate::technique::{Refused, Run, Stop};

type Function = fn(&mut Machine, &[Word], usize, u64) -> i64;

struct Machine {
    r: [i64; 256],
    arguments: [i64; ARGUMENTS],
    /// Here and not in what functions return: a result in two registers at most is what lets their calls
    /// be jumps.
    stopped: Option<Stop>,
}

impl Machine {
    #[cold]
    #[inline(never)]
    fn stop(&mut self, why: Stop) -> i64 {
        self.stopped = Some(why);
        0
    }
}

#[derive(Clone, Copy)]
struct Word {
    function: Function,
    a: u8,
    b: u8,
    c: u8,
    /// The number, or where to jump.
    n: i64,
}

/// Compiles to register code and finds the functions.
pub fn make<const CHECK: bool>(program: &Program) -> Result<Run, Refused> {
    let code: Vec<Word> = compile(program).into_iter().map(word::<CHECK>).collect();
    let arguments = program.arguments;
    Ok(Box::new(move |steps| {
        let mut machine = Machine { r: [0; 256], arguments, stopped: None };
        let value = go::<CHECK>(&mut machine, &code, 0, steps);
        machine.stopped.map_or(Ok(value), Err)
    }))
}

fn word<const CHECK: bool>(op: Op) -> Word {
    let word = |function, a, b, c, n| Word { function, a, b, c, n };
    match op {
        Op::Number { a, n } => word(number::<CHECK>, a, 0, 0, n),
        Op::Argument { a, i } => word(argument::<CHECK>, a, 0, i, 0),
        Op::Move { a, b } => word(add_number::<CHECK>, a, b, 0, 0),
        Op::Add { a, b, c } => word(add::<CHECK>, a, b, c, 0),
        Op::AddNumber { a, b, n } => word(add_number::<CHECK>, a, b, 0, n),
        Op::AddArgument { a, b, i } => word(add_argument::<CHECK>, a, b, i, 0),
        Op::Exit { a, to } => word(exit::<CHECK>, a, 0, 0, to.into()),
        Op::Jump { to } => word(jump::<CHECK>, 0, 0, 0, to.into()),
        Op::Return { a } => word(end::<CHECK>, a, 0, 0, 0),
    }
}

#[inline(always)]
fn at<const CHECK: bool>(code: &[Word], ip: usize) -> Option<&Word> {
    if CHECK {
        return code.get(ip);
    }
    // SAFETY: `compile` ends the code with a return, and jumps lead into it.
    Some(unsafe { code.get_unchecked(ip) })
}

#[inline(always)]
fn go<const CHECK: bool>(m: &mut Machine, code: &[Word], ip: usize, steps: u64) -> i64 {
    match at::<CHECK>(code, ip) {
        Some(word) => (word.function)(m, code, ip, steps),
        None => m.stop(Stop::Code),
    }
}

/// A function from what its instruction does; the block's value is where the code goes on.
macro_rules! functions {
    ($($name:ident($m:ident, $w:ident, $next:ident, $steps:ident) $body:block)*) => { $(
        fn $name<const CHECK: bool>(
            $m: &mut Machine,
            code: &[Word],
            ip: usize,
            $steps: u64,
        ) -> i64 {
            let Some($w) = at::<CHECK>(code, ip) else { return $m.stop(Stop::Code) };
            let $next = ip + 1;
            let (ip, steps) = $body;
            go::<CHECK>($m, code, ip, steps)
        }
    )* };
}

functions! {
    number(m, w, next, steps) {
        m.r[w.a as usize] = w.n;
        (next, steps)
    }
    argument(m, w, next, steps) {
        m.r[w.a as usize] = m.arguments[w.c as usize & 1];
        (next, steps)
    }
    add(m, w, next, steps) {
        m.r[w.a as usize] = m.r[w.b as usize].wrapping_add(m.r[w.c as usize]);
        (next, steps)
    }
    add_number(m, w, next, steps) {
        m.r[w.a as usize] = m.r[w.b as usize].wrapping_add(w.n);
        (next, steps)
    }
    add_argument(m, w, next, steps) {
        m.r[w.a as usize] = m.r[w.b as usize].wrapping_add(m.arguments[w.c as usize & 1]);
        (next, steps)
    }
    exit(m, w, next, steps) {
        (if m.r[w.a as usize] <= 0 { w.n as usize } else { next }, steps)
    }
    jump(m, w, _next, steps) {
        if CHECK && steps == 0 {
            return m.stop(Stop::Steps);
        }
        (w.n as usize, if CHECK { steps - 1 } else { steps })
    }
}

fn end<const CHECK: bool>(m: &mut Machine, code: &[Word], ip: usize, _: u64) -> i64 {
    match at::<CHECK>(code, ip) {
        Some(word) => m.r[word.a as usize],
        None => m.stop(Stop::Code),
    }
}
