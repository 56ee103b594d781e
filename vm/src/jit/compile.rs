//! The stages of the compiler on one page.

use super::alloc::allocate;
use super::build::{Built, Source, build};
use super::check::check;
use super::dump;
use super::emit::emit;
use super::flow::Flow;
use super::layout::{Code, Target};
use super::leave::Leaving;
use super::opt::remove_unused;
use super::state::State;
use super::stats::Refusal;
use crate::vm::Vm;

/// Blocks times values of a unit, at most: so many bits say what lives where, and it takes time to find out.
const MOST_LIVES: usize = 1 << 25;

/// Compiles the unit of a function that begins at an instruction, and what it calls is to be compiled
/// next.
pub(super) fn compile(state: &mut State, vm: &mut Vm, number: u32, pc: u32) {
    let begun = vm.heap.stats.timed.then(|| vm.host.clock());
    let result = compile_unit(state, vm, number, pc);
    if let Some(begun) = begun {
        state.counts.seconds += vm.host.clock() - begun;
    }
    if let Err(refusal) = result {
        state.counts.refuse(refusal);
        // It would be refused the next time, too.
        if let Some(function) = state.functions.get_mut(number) {
            match refusal {
                Refusal::Flow => function.finish(),
                Refusal::Shape | Refusal::Size | Refusal::Space => function.leave_alone(pc),
            }
        }
    }
}

fn compile_unit(state: &mut State, vm: &mut Vm, number: u32, pc: u32) -> Result<(), Refusal> {
    let most = state.most_tries();
    let Some(function) = state.functions.get_mut(number) else { return Ok(()) };
    if function.has_entry(pc) || function.is_finished(most) {
        return Ok(());
    }
    function.look_at_caches();
    let callees = function.feedback.called.clone();
    for &callee in &callees {
        if let Some(callee) = state.functions.get_mut(callee) {
            callee.look_at_caches();
        }
    }
    let Some(function) = state.functions.get(number) else { return Ok(()) };
    // SAFETY: listed functions are live.
    let proto = unsafe { &*function.proto };
    let flow = Flow::new(proto, function.plain.clone()).ok_or(Refusal::Flow)?;
    let source = Source {
        number,
        proto,
        plain: &function.plain,
        linked: &function.linked,
        marks: &function.marks,
        feedback: &function.feedback,
        // (They may be packed.)
        lines: if state.dump.is_some() { &proto.data.debug.lines } else { &[] },
    };
    let Built { mut func, is_function } =
        build(source, &flow, &state.functions, &vm.event_names, pc).ok_or(Refusal::Shape)?;
    if func.blocks.len() * func.class.len() > MOST_LIVES {
        return Err(Refusal::Size);
    }
    remove_unused(&mut func);
    let places = allocate(&func);
    func.resumes.retain(|resume| places.blank[resume.block as usize]);
    debug_assert_eq!(check(&func, &places), Ok(()));
    let leaving = Leaving::new(number, pc, proto.code as usize, &func, &places);
    let target = Target {
        code: proto.code as usize,
        constants: proto.k as usize,
        is_function,
        unit: &raw const *leaving as usize,
        entries: leaving.entries.as_ptr(),
        fails: vm.tier.fail_every != 0,
    };
    let Code { bytes, body, resumes, lines } = emit(&func, &places, target).ok_or(Refusal::Size)?;
    if state.dump.is_some() {
        let text = dump::unit(function, pc, &func, &places, &bytes, &lines);
        state.dump.iter_mut().for_each(|dump| dump.push_str(&text));
    }
    state.counts.unit(&func, &flow, bytes.len());
    let body = (is_function && pc == 0).then_some(body);
    if !state.install(number, leaving, &bytes, body, &resumes) {
        return Err(Refusal::Space);
    }
    for callee in callees {
        let hot = state.functions.get(callee);
        let seen = |f: &super::state::Function| f.feedback.sites.iter().any(|site| site.reached);
        if hot.is_some_and(|f| seen(f) && !f.is_vararg) {
            state.want(callee, 0);
        }
    }
    Ok(())
}
