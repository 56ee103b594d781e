//! The nodes of a new table, as inserting short strings leaves them: [`crate::table::set`] does the same with those of a
//! table that is there.

/// A short string: its address and hash.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Key {
    pub payload: u64,
    pub hash: u32,
}

#[derive(Clone, Default)]
struct Node {
    key: Option<Key>,
    /// Distance to the next one of the chain, or 0.
    next: i32,
}

#[derive(Clone)]
pub(super) struct NewNodes {
    /// None, or a power of two.
    nodes: Vec<Node>,
    /// All from here on are taken.
    free_end: usize,
}

/// What inserting a key does.
#[derive(PartialEq, Eq, Debug, Default)]
pub(super) struct Inserted {
    /// The first thing: a node moves to another place, which is free.
    pub moved: Option<(u32, u32)>,
    /// Then: nodes whose distance to the next one is another.
    pub linked: Vec<(u32, i32)>,
    /// From where on all nodes are taken, if that is another.
    pub free_end: Option<u8>,
    /// The key's node, and its distance to the next.
    pub node: u32,
    pub next: i32,
}

impl NewNodes {
    /// Of a table with so many: none, or a power of two below 256.
    pub fn new(count: u32) -> NewNodes {
        NewNodes { nodes: vec![Node::default(); count as usize], free_end: count as usize }
    }

    pub fn len(&self) -> u32 {
        self.nodes.len() as u32
    }

    /// The nodes that have keys.
    pub fn keys(&self) -> impl Iterator<Item = (u8, u64)> + use<'_> {
        self.nodes.iter().enumerate().filter_map(|(n, node)| Some((n as u8, node.key?.payload)))
    }

    fn main(&self, key: Key) -> usize {
        key.hash as usize & (self.nodes.len() - 1)
    }

    fn free_place(&mut self) -> Option<usize> {
        self.free_end = self.nodes[..self.free_end].iter().rposition(|node| node.key.is_none())?;
        Some(self.free_end)
    }

    /// `None`: it is there already, or there is no place; nothing must be done with the nodes any more.
    pub fn insert(&mut self, key: Key) -> Option<Inserted> {
        if self.nodes.is_empty() || self.nodes.iter().any(|node| node.key == Some(key)) {
            return None;
        }
        let (place, free_end) = (self.main(key), self.free_end);
        let mut done = Inserted::default();
        let node = match self.nodes[place].key {
            None => place,
            Some(other) if self.main(other) != place => {
                let mut before = self.main(other);
                let free = self.free_place()?;
                while self.after(before) != place {
                    before = self.after(before);
                }
                let after = self.nodes[place].next;
                done.moved = Some((place as u32, free as u32));
                self.nodes[free].key = Some(other);
                let mut link = |n: usize, next: i32| {
                    self.nodes[n].next = next;
                    done.linked.push((n as u32, next));
                };
                link(before, distance(before, free));
                link(free, if after == 0 { 0 } else { after + distance(free, place) });
                self.nodes[place].next = 0;
                place
            }
            Some(_) => {
                let free = self.free_place()?;
                if self.nodes[place].next != 0 {
                    self.nodes[free].next = distance(free, self.after(place));
                }
                self.nodes[place].next = distance(place, free);
                done.linked.push((place as u32, distance(place, free)));
                free
            }
        };
        self.nodes[node].key = Some(key);
        done.free_end = (self.free_end != free_end).then_some(self.free_end as u8);
        (done.node, done.next) = (node as u32, self.nodes[node].next);
        Some(done)
    }

    fn after(&self, n: usize) -> usize {
        (n as i32 + self.nodes[n].next) as usize
    }
}

fn distance(from: usize, to: usize) -> i32 {
    to as i32 - from as i32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::heap::Heap;
    use crate::table::Table;
    use crate::value::Value;

    /// What a table of this size has after each key, as long as there is room.
    fn same_as_table(heap: &mut Heap, count: u32, names: &[String]) {
        let t = heap.new_table(0, count as usize).unwrap();
        let mut nodes = NewNodes::new(count);
        for name in names {
            let s = heap.intern_or_long(name.as_bytes());
            // SAFETY: the string is new.
            let hash = unsafe { (*s.as_ptr()).hdr.hash };
            let key = Key { payload: Value::from(s).payload, hash };
            let before = nodes.clone();
            let Some(done) = nodes.insert(key) else { break };
            t.set_str(heap, s, Value::int(1)).unwrap();
            // SAFETY: the table is new, and nothing is collected.
            let table: &Table = unsafe { &*t.as_ptr() };
            assert_eq!(table.node_mask + 1, count, "{names:?}");
            assert_eq!(table.last_free as usize, nodes.free_end, "{names:?}");
            let end = done.free_end.map_or(before.free_end, usize::from);
            assert_eq!(end, nodes.free_end, "{names:?}");
            assert_eq!(done.next, nodes.nodes[done.node as usize].next);
            for (n, node) in nodes.nodes.iter().enumerate() {
                // SAFETY: it has so many nodes.
                let real = unsafe { &*table.nodes.add(n) };
                let key = node.key.map_or(0, |key| key.payload);
                assert_eq!((real.key, real.next), (key, node.next), "{names:?} at {n}");
                // What is not said to change has not changed.
                let told = done.node == n as u32
                    || done.moved.is_some_and(|(_, to)| to == n as u32)
                    || done.linked.iter().any(|l| l.0 == n as u32);
                let was = &before.nodes[n];
                assert!(told || (was.key, was.next) == (node.key, node.next), "{names:?} at {n}");
            }
        }
    }

    #[test]
    fn keys_are_where_tables_have_them() {
        let mut heap = Heap::new(&Config::default());
        for round in 0..400 {
            for count in [1, 2, 4] {
                let names: Vec<String> =
                    (0..=count).map(|n| format!("f{}", round * 7 + n * (round % 13 + 1))).collect();
                same_as_table(&mut heap, count, &names);
            }
        }
    }
}
