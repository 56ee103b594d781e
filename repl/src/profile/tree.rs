//! What samples add up to: a tree of calls, in which each function has what was used while it was the
//! running one, and what was used in each line.

use std::collections::{BTreeMap, HashMap};

/// A function, by its number.
pub type SymbolId = usize;

/// A call on the way from the program's start to a function, by its number.
pub type NodeId = usize;

/// The most changes of the running function that are kept in order.
const ORDER: usize = 200_000;

/// A function as reports call it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Symbol {
    /// `M.update`, `function`, `string.rep`.
    pub name: String,
    /// The file as messages show it; empty for functions of libraries.
    pub file: String,
    /// The line it begins in; 0 for the main function of a file.
    pub line: u32,
}

impl Symbol {
    /// Something that has no place in a file.
    pub fn without_place(name: impl Into<String>) -> Symbol {
        Symbol { name: name.into(), file: String::new(), line: 0 }
    }

    /// `M.update (src/m.lua:12)`
    pub fn label(&self) -> String {
        let Symbol { name, file, line } = self;
        match (file.as_str(), line) {
            ("", _) => name.clone(),
            (file, 0) => format!("{name} ({file})"),
            (file, line) => format!("{name} ({file}:{line})"),
        }
    }
}

/// A function in the place where it was called.
#[derive(Debug)]
pub struct Node {
    /// Who has called it; none for the root.
    pub parent: Option<NodeId>,
    pub symbol: SymbolId,
    /// What was used while it ran itself.
    pub own: u64,
    /// What it has called, by symbol.
    children: HashMap<SymbolId, NodeId>,
}

/// What samples add up to.
#[derive(Debug)]
pub struct Tree {
    pub symbols: Vec<Symbol>,
    /// Every call, behind its caller; the first is the root, which is no function.
    pub nodes: Vec<Node>,
    /// By file and line: what was used while it was the running one.
    pub lines: BTreeMap<(String, u32), u64>,
    /// Which node used how much, one after the other, as long as they are not too many.
    pub order: Option<Vec<(NodeId, u64)>>,
    pub samples: u64,
    pub total: u64,
    numbers: HashMap<Symbol, SymbolId>,
}

impl Tree {
    /// A tree without samples.
    pub fn new() -> Tree {
        let mut tree = Tree {
            symbols: Vec::new(),
            nodes: Vec::new(),
            lines: BTreeMap::new(),
            order: Some(Vec::new()),
            samples: 0,
            total: 0,
            numbers: HashMap::new(),
        };
        let symbol = tree.symbol(Symbol::without_place("all"));
        tree.nodes.push(Node { parent: None, symbol, own: 0, children: HashMap::new() });
        tree
    }

    /// The number of a function.
    pub fn symbol(&mut self, symbol: Symbol) -> SymbolId {
        if let Some(&known) = self.numbers.get(&symbol) {
            return known;
        }
        self.symbols.push(symbol.clone());
        self.numbers.insert(symbol, self.symbols.len() - 1);
        self.symbols.len() - 1
    }

    /// So much was used in the last of these functions, each of which was called by the one before it,
    /// in a line of it if that is known.
    pub fn add(&mut self, stack: &[SymbolId], line: Option<u32>, used: u64) {
        if used == 0 {
            return;
        }
        let mut at = 0;
        for &symbol in stack {
            at = self.child(at, symbol);
        }
        self.nodes[at].own += used;
        self.total += used;
        self.samples += 1;
        if let (Some(line), Some(&symbol)) = (line, stack.last()) {
            let file = self.symbols[symbol].file.clone();
            *self.lines.entry((file, line)).or_default() += used;
        }
        if let Some(order) = &mut self.order {
            let is_full = order.len() == ORDER;
            match order.last_mut() {
                Some((node, sum)) if *node == at => *sum += used,
                _ if is_full => self.order = None,
                _ => order.push((at, used)),
            }
        }
    }

    fn child(&mut self, parent: NodeId, symbol: SymbolId) -> NodeId {
        if let Some(&known) = self.nodes[parent].children.get(&symbol) {
            return known;
        }
        let node = Node { parent: Some(parent), symbol, own: 0, children: HashMap::new() };
        self.nodes.push(node);
        let number = self.nodes.len() - 1;
        self.nodes[parent].children.insert(symbol, number);
        number
    }

    /// What was used in each call and in all that it called, by node.
    pub fn totals(&self) -> Vec<u64> {
        let mut totals: Vec<u64> = self.nodes.iter().map(|node| node.own).collect();
        // (Callers stand before what they call.)
        for (id, node) in self.nodes.iter().enumerate().rev() {
            if let Some(parent) = node.parent {
                totals[parent] += totals[id];
            }
        }
        totals
    }

    /// The calls of a node, sorted by what is written for them.
    pub fn calls(&self, node: NodeId) -> Vec<NodeId> {
        let mut calls: Vec<NodeId> = self.nodes[node].children.values().copied().collect();
        calls.sort_by_key(|&call| &self.symbols[self.nodes[call].symbol]);
        calls
    }

    /// The functions from the outermost to a node's.
    pub fn path(&self, node: NodeId) -> Vec<SymbolId> {
        let mut path = Vec::new();
        let mut at = node;
        while let Some(parent) = self.nodes[at].parent {
            path.push(self.nodes[at].symbol);
            at = parent;
        }
        path.reverse();
        path
    }

    /// By function: what was used in itself, and in it or anything it called, each unit once.
    pub fn by_symbol(&self) -> Vec<(SymbolId, u64, u64)> {
        let totals = self.totals();
        let mut sums = vec![(0, 0); self.symbols.len()];
        // Depth first: the functions on the way to a node.
        let mut active = vec![0usize; self.symbols.len()];
        let mut waiting = vec![(0, false)];
        while let Some((id, is_left)) = waiting.pop() {
            let symbol = self.nodes[id].symbol;
            if is_left {
                active[symbol] -= 1;
                continue;
            }
            sums[symbol].0 += self.nodes[id].own;
            if active[symbol] == 0 {
                sums[symbol].1 += totals[id];
            }
            active[symbol] += 1;
            waiting.push((id, true));
            waiting.extend(self.nodes[id].children.values().map(|&child| (child, false)));
        }
        let root = self.nodes[0].symbol;
        let sums = sums.into_iter().enumerate().filter(|(symbol, _)| *symbol != root);
        let mut sums: Vec<_> = sums.map(|(symbol, (own, total))| (symbol, own, total)).collect();
        sums.sort_by(|a, b| {
            let order = b.1.cmp(&a.1).then(b.2.cmp(&a.2));
            order.then_with(|| self.symbols[a.0].cmp(&self.symbols[b.0]))
        });
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::{Symbol, Tree};

    #[test]
    fn a_function_that_calls_itself_is_counted_once() {
        let mut tree = Tree::new();
        let f = tree.symbol(Symbol::without_place("f"));
        let g = tree.symbol(Symbol::without_place("g"));
        tree.add(&[f], Some(1), 5);
        tree.add(&[f, f, g], None, 7);
        tree.add(&[f, f], Some(2), 1);
        tree.add(&[], None, 2);
        assert_eq!(tree.by_symbol(), [(g, 7, 7), (f, 6, 13)]);
        assert_eq!((tree.total, tree.totals()[0]), (15, 15));
        assert_eq!(tree.symbol(Symbol::without_place("g")), g);
    }
}
