//! The functions of a text become one tree: names become numbers.

use std::collections::HashMap;

use super::fault::{Fault, FaultKind};
use super::function::{Function, show};
use crate::proto::Span;
use crate::text::similar::similar;

/// Gives each function the numbers of the functions it creates.
pub(super) fn link<'a>(
    functions: &mut [Function<'a>],
    names: &HashMap<&'a [u8], u32>,
    faults: &mut Vec<Fault>,
) {
    let mut known: Vec<(u32, &[u8])> =
        names.iter().map(|(name, number)| (*number, *name)).collect();
    crate::order::sort_by(&mut known, |a, b| a.cmp(b));
    for function in functions.iter_mut() {
        for &(name, span) in &function.children {
            if let Some(&number) = names.get(name) {
                function.proto.protos.push(number);
                continue;
            }
            let message = format!("there is no function `{}`", show(name));
            let fault = Fault::new(FaultKind::Undefined, span, message);
            let near = (faults.len() < 50)
                .then(|| similar(name, known.iter().map(|(_, name)| *name)))
                .flatten();
            faults.push(match near {
                Some(near) => fault.instead(&show(near)),
                None => fault.help(format!("`.function {} …` begins it", show(name))),
            });
        }
    }
}

/// What is wrong with the tree, told by the names: each function but the first is created by one
/// other function, which it follows directly, with its brothers and all they create in order.
/// `names` are the functions' names by number.
pub(super) fn check(functions: &[Function<'_>], names: &[&[u8]], faults: &mut Vec<Fault>) {
    // Who creates each function, and where.
    let mut parents: Vec<Option<(usize, Span)>> = vec![None; functions.len()];
    let before = faults.len();
    for (number, function) in functions.iter().enumerate() {
        for (&child, &(name, span)) in function.proto.protos.iter().zip(&function.children) {
            let Some(parent) = parents.get_mut(child as usize) else { continue };
            let message = match (child, *parent) {
                (0, _) => "the first function of a module is created by no other".to_string(),
                (_, Some(_)) => format!("`{}` is created by two functions", show(name)),
                (_, None) => {
                    *parent = Some((number, span));
                    continue;
                }
            };
            let fault = Fault::new(FaultKind::Place, span, message);
            faults.push(match *parent {
                Some((_, first)) => fault.other(first, "first here").help("write it once for each"),
                None => fault,
            });
        }
    }
    for (number, function) in functions.iter().enumerate().skip(1) {
        if parents[number].is_none() {
            let message = format!("no function creates `{}`", show(names[number]));
            let fault = Fault::new(FaultKind::Place, function.head, message);
            faults.push(fault.help("`CLOSURE` or `.child` names it in the function it belongs to"));
        }
    }
    if faults.len() > before {
        return;
    }
    // The order in which the tree lists them. A number is pushed once, as the child of its parent.
    let mut pending = vec![0];
    for number in 0..functions.len() {
        let Some(next) = pending.pop() else {
            // A ring of functions that create each other.
            let message = format!("`{}` creates itself", show(names[number]));
            let ring = Fault::new(FaultKind::Place, functions[number].head, message);
            return faults.push(ring.label("or it is created by functions that it creates"));
        };
        if next != number {
            let (wanted, found) = (show(names[next]), show(names[number]));
            let message = format!("`{wanted}` should stand before `{found}`");
            let mut fault = Fault::new(FaultKind::Place, functions[number].head, message)
                .label(format!("`{wanted}` should begin here"))
                .other(functions[next].head, "it begins here")
                .help("a function is followed by those it creates, in the order it mentions them, each with its own");
            if let Some((_, span)) = parents[next] {
                fault = fault.other(span, "it is created here");
            }
            return faults.push(fault);
        }
        pending.extend(functions[number].proto.protos.iter().rev().map(|&child| child as usize));
    }
}
