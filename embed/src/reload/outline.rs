//! The functions of a text, one in the other, and which of two texts' functions are the same.

use luka_vm::{Gc, ProtoObj};
use std::collections::HashMap;

/// A function of a text.
pub(super) struct Function {
    pub(super) proto: Gc<ProtoObj>,
    /// The one it is written in; `None` for the main function, which is the first.
    pub(super) parent: Option<usize>,
    /// What the enclosing function first stores it in.
    own: Option<Vec<u8>>,
    /// The name with those of all enclosing functions, for people.
    pub(super) name: String,
}

/// All functions of a text, each behind the one it is written in.
pub(super) struct Outline {
    pub(super) functions: Vec<Function>,
    numbers: HashMap<Gc<ProtoObj>, usize>,
}

/// The main function's number.
pub(super) const MAIN: usize = 0;

impl Outline {
    pub(super) fn of(main: Gc<ProtoObj>) -> Outline {
        let first = Function { proto: main, parent: None, own: None, name: String::new() };
        let mut functions = vec![first];
        let mut at = 0;
        while let Some(Function { proto, name: outer, .. }) = functions.get(at) {
            let (proto, outer) = (*proto, outer.clone());
            let mut seen: HashMap<Option<Vec<u8>>, usize> = HashMap::new();
            for (&child, own) in proto.data().protos.iter().zip(proto.definition_names()) {
                let count = seen.entry(own.clone()).or_default();
                *count += 1;
                let inner = match &own {
                    Some(own) if *count == 1 => String::from_utf8_lossy(own).into_owned(),
                    Some(own) => format!("{}#{count}", String::from_utf8_lossy(own)),
                    None => format!("#{count}"),
                };
                let name = if at == MAIN { inner } else { format!("{outer}/{inner}") };
                functions.push(Function { proto: child, parent: Some(at), own, name });
            }
            at += 1;
        }
        let numbers = functions.iter().enumerate().map(|(i, f)| (f.proto, i)).collect();
        Outline { functions, numbers }
    }

    /// Which function of the text a prototype is, unless it is none or the main one.
    pub(super) fn find(&self, proto: Gc<ProtoObj>) -> Option<usize> {
        self.numbers.get(&proto).copied().filter(|&n| n != MAIN)
    }

    /// Whether all names of variables are known.
    pub(super) fn has_names(&self) -> bool {
        self.functions.iter().all(|f| f.proto.has_names())
    }

    /// The functions in a function, by their own names.
    fn children(&self) -> HashMap<(usize, Option<&[u8]>), Vec<usize>> {
        let mut children: HashMap<_, Vec<usize>> = HashMap::new();
        for (i, f) in self.functions.iter().enumerate() {
            if let Some(parent) = f.parent {
                children.entry((parent, f.own.as_deref())).or_default().push(i);
            }
        }
        children
    }
}

/// What has become of a function.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Match {
    /// It is this one of the new text.
    To(usize),
    /// There is none of its name any more, or not of the function it is in.
    Removed,
    /// There are so many of its name now; before it was another number.
    Unclear { before: usize, after: usize },
}

/// Which functions of two texts are the same.
pub(super) struct Matches {
    /// For each old one.
    pub(super) old: Vec<Match>,
    /// New ones that have no predecessor, in functions that have one.
    pub(super) added: Vec<usize>,
}

impl Matches {
    /// Functions are the same if they have the same name in functions that are the same; several
    /// of one name if there are as many, in their order.
    pub(super) fn of(old: &Outline, new: &Outline) -> Matches {
        let (before, after) = (old.children(), new.children());
        let mut found = vec![Match::Removed; old.functions.len()];
        found[MAIN] = Match::To(MAIN);
        for (i, f) in old.functions.iter().enumerate().skip(1) {
            let Some(parent) = f.parent else { continue };
            let Match::To(new_parent) = found[parent] else {
                found[i] = found[parent];
                continue;
            };
            let own = f.own.as_deref();
            let all = &before[&(parent, own)];
            found[i] = match after.get(&(new_parent, own)) {
                Some(now) if now.len() == all.len() => {
                    let nth = all.iter().position(|&n| n == i).unwrap_or(0);
                    Match::To(now[nth])
                }
                Some(now) => Match::Unclear { before: all.len(), after: now.len() },
                None => Match::Removed,
            };
        }
        let mut has_old = vec![false; new.functions.len()];
        for m in &found {
            if let Match::To(n) = m {
                has_old[*n] = true;
            }
        }
        let unclear = |n: usize| {
            let f = &new.functions[n];
            let key = f.parent.and_then(|p| {
                let old_parent = found.iter().position(|m| *m == Match::To(p))?;
                before.get(&(old_parent, f.own.as_deref()))
            });
            key.is_some()
        };
        let added = (1..new.functions.len())
            .filter(|&n| !has_old[n] && new.functions[n].parent.is_some_and(|p| has_old[p]))
            .filter(|&n| !unclear(n))
            .collect();
        Matches { old: found, added }
    }
}
