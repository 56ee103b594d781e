//! Grammars: tables of rules as one pattern.

use super::facts::{Arena, Node};
use super::tree::{OPEN, Record, Tree, tag};
use super::{Pattern, append_constants, arena, as_object, shown};
use crate::prim;
use luka_vm::{Gc, Raise, Table, Value, Vm};
use std::collections::HashSet;

/// The most rules of a grammar.
const MAX_RULES: usize = 1000;

/// The pattern of a table of rules. The first element is the initial rule, or names it.
pub fn grammar(vm: &mut Vm, table: Gc<Table>) -> Result<Pattern, Raise> {
    let rules = collect(vm, table)?;
    if rules.len() > MAX_RULES {
        return Err(vm.arg_error(1, "grammar has too many rules"));
    }
    // The numbers of the rules, by their names.
    let numbers = vm.heap.table();
    let constants = vm.heap.table();
    let mut count = 0;
    let mut tree = Tree::default();
    for (number, (name, body)) in rules.iter().enumerate() {
        prim::set(vm, numbers, *name, Value::int(number as i64))?;
        let Some(body) = as_object(*body) else { continue };
        let mut body = Pattern::of_object(vm, body);
        let before = count;
        count = append_constants(vm, constants, count, body.constants)?;
        body.tree.shift_keys(before as u32);
        count += 1;
        prim::set_int(vm, constants, count, *name)?;
        vm.heap.reserve(tree.bytes.len() + body.tree.bytes.len())?;
        tree.append(&body.tree);
        tree.push(tag::RULE, &(count as u32).to_le_bytes());
    }
    tree.push(tag::GRAMMAR, &(rules.len() as u32).to_le_bytes());
    let called = resolve(vm, &mut tree, constants, numbers)?;
    let known = arena(vm, &tree)?;
    let Node::Grammar { first, count } = known.nodes[known.root] else {
        return Err(vm.error("attempt to use a damaged pattern"));
    };
    let used = |rule: usize| rule == first || called.contains(&(rule - first));
    let name = |vm: &mut Vm, rule: usize| {
        let name = constants.get_int(known.rules[rule].key.into());
        shown(vm, name)
    };
    let mut done = HashSet::new();
    for rule in (first..first + count).filter(|rule| used(*rule)) {
        vm.charge(8);
        if let Some(recursive) = left_recursive(&known, rule, &mut done) {
            let name = name(vm, recursive);
            return Err(vm.error(format!("rule '{name}' may be left recursive")));
        }
    }
    for rule in (first..first + count).filter(|rule| used(*rule)) {
        if has_empty_loop(&known, known.rules[rule].body) {
            let name = name(vm, rule);
            return Err(vm.error(format!("empty loop in rule '{name}'")));
        }
    }
    Ok(Pattern::of(tree, Some(constants)))
}

/// Names and patterns of the rules, the initial one first.
fn collect(vm: &mut Vm, table: Gc<Table>) -> Result<Vec<(Value, Value)>, Raise> {
    let first = table.get_int(1);
    let (name, body) = match first.is_string() || first.is_number() {
        true => (first, table.get(first)),
        false => (Value::int(1), first),
    };
    if as_object(body).is_none() {
        if body.is_nil() {
            return Err(vm.error("grammar has no initial rule"));
        }
        let name = shown(vm, name);
        return Err(vm.error(format!("initial rule '{name}' is not a pattern")));
    }
    let mut rules = vec![(name, body)];
    for (key, value) in table.entries() {
        vm.charge(1);
        let is_first = key.as_int() == Some(1) || key.raw_eq(name);
        if is_first {
            continue;
        }
        if as_object(value).is_none() {
            let name = shown(vm, key);
            return Err(vm.error(format!("rule '{name}' is not a pattern")));
        }
        rules.push((key, value));
        if rules.len() > MAX_RULES {
            break;
        }
    }
    Ok(rules)
}

/// Gives the open calls the numbers of their rules; which rules are called.
fn resolve(
    vm: &mut Vm,
    tree: &mut Tree,
    constants: Gc<Table>,
    numbers: Gc<Table>,
) -> Result<HashSet<usize>, Raise> {
    vm.charge_bytes(tree.bytes.len());
    let mut called = HashSet::new();
    let mut at = 0;
    while let Some((record, end)) = Record::read(&tree.bytes, at) {
        if record.tag == tag::CALL && record.number(0) == OPEN {
            let name = constants.get_int(record.number(4).into());
            let Some(number) = numbers.get(name).as_int() else {
                let name = shown(vm, name);
                return Err(vm.error(format!("rule '{name}' undefined in given grammar")));
            };
            called.insert(number as usize);
            tree.bytes[at + 1..at + 5].copy_from_slice(&(number as u32).to_le_bytes());
        }
        at = end;
    }
    Ok(called)
}

/// The rules that a node may call before it has taken a byte.
fn left_calls(known: &Arena, node: usize, calls: &mut Vec<usize>) {
    let mut open = vec![node];
    while let Some(n) = open.pop() {
        match &known.nodes[n] {
            Node::Rep(p) | Node::And(p) | Node::Not(p) => open.push(*p),
            Node::Capture { child, .. } | Node::Runtime { child, .. } => open.push(*child),
            Node::Choice(list) => open.extend(list.iter().rev()),
            Node::Seq(list) | Node::Most(list) => {
                let passed = list.iter().position(|p| !known.facts[*p].nullable);
                let upto = passed.map_or(list.len(), |n| n + 1);
                open.extend(list[..upto].iter().rev());
            }
            Node::Call { rule: Some(rule), .. } => calls.push(*rule),
            // (Inner grammars were looked at when they were made.)
            _ => {}
        }
    }
}

/// A rule that comes back to itself without taking a byte, if one is reached from a rule so. `done`:
/// rules from which none is.
fn left_recursive(known: &Arena, from: usize, done: &mut HashSet<usize>) -> Option<usize> {
    let mut path = vec![from];
    let calls_of = |rule: usize| {
        let mut calls = Vec::new();
        left_calls(known, known.rules[rule].body, &mut calls);
        calls
    };
    let mut pending = vec![calls_of(from)];
    while let Some(calls) = pending.last_mut() {
        match calls.pop() {
            Some(rule) if path.contains(&rule) => return Some(rule),
            Some(rule) if done.contains(&rule) => {}
            Some(rule) => {
                path.push(rule);
                pending.push(calls_of(rule));
            }
            None => {
                pending.pop();
                done.extend(path.pop());
            }
        }
    }
    None
}

/// Whether a loop in a node may take nothing each time.
fn has_empty_loop(known: &Arena, node: usize) -> bool {
    let mut open = vec![node];
    while let Some(n) = open.pop() {
        match &known.nodes[n] {
            Node::Rep(p) if known.facts[*p].nullable => return true,
            Node::Rep(p) | Node::And(p) | Node::Not(p) | Node::Behind(_, p) => open.push(*p),
            Node::Capture { child, .. } | Node::Runtime { child, .. } => open.push(*child),
            Node::Choice(list) | Node::Seq(list) | Node::Most(list) => open.extend(list),
            _ => {}
        }
    }
    false
}
