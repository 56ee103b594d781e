//! Heads of blocks, and strings: afterwards every object exists, has its kind, and can be dropped.

use super::Reader;
use crate::heap::cells::{Block, CLASSES, Cells, class_of};
use crate::heap::objects::MAX_SMALL;
use crate::heap::string_table::MAX_BUCKETS;
use crate::heap::{Header, mark, size};
use crate::object::function::{LuaFn, NativeObj, Upval};
use crate::object::string::Str;
use crate::object::table::Table;
use crate::object::thread::Thread;
use crate::object::userdata::Userdata;
use crate::snapshot::bytes::{Input, Result};
use crate::snapshot::format::LARGE;
use crate::value::{Value, tag};
use luka_bytecode::MAX_SHORT_STRING;
use std::cell::Cell;
use std::ptr::null_mut;

/// What a cell's head says.
struct Head {
    kind: u8,
    marked: u8,
    extra: u8,
    /// Bytes of a string.
    len: usize,
}

impl Head {
    /// Nominal bytes of the object, without parts in its cell.
    fn bytes(&self) -> Option<usize> {
        let extra = self.extra as usize;
        Some(match self.kind {
            tag::STR | tag::LSTR => size::STR.checked_add(self.len)?,
            tag::TABLE => size::TABLE,
            tag::LUA_FN => size::LUA_FN + extra * size::POINTER,
            tag::NATIVE => size::NATIVE + extra * size::VALUE,
            tag::UPVAL => size::UPVAL,
            tag::USERDATA => size::USERDATA,
            tag::THREAD => size::THREAD,
            _ => size::PROTO,
        })
    }
}

/// Stands in the serial number of a cell whose prototype is yet to be written.
pub(super) const UNWRITTEN: u32 = u32::MAX;

impl Reader<'_> {
    /// # Safety
    /// The heap is empty.
    pub(super) unsafe fn blocks(&mut self, mut input: Input) -> Result<()> {
        self.heap.alive = input.u8()?;
        self.heap.last_serial = input.u32()?;
        self.heap.strings.seed = input.u32()?;
        let log = input.u8()?;
        let buckets = 1usize.checked_shl(u32::from(log)).unwrap_or(0);
        if !(crate::heap::string_table::MIN_BUCKETS..=MAX_BUCKETS).contains(&buckets) {
            return Err(input.invalid(format!("a string table cannot have 2^{log} buckets")));
        }
        self.charge(&input, buckets * size::POINTER)?;
        let mut chains = Vec::new();
        chains.try_reserve_exact(buckets).map_err(|_| self.no_memory(&input))?;
        chains.resize(buckets, null_mut());
        self.heap.strings.buckets = chains;
        for class in 0..CLASSES {
            // SAFETY: the classes' blocks come in order.
            unsafe { self.class(&mut input, class)? };
        }
        let n = input.count(2)?;
        if n >= LARGE as usize {
            return Err(input.invalid("too many objects"));
        }
        for _ in 0..n {
            let head = self.head(&mut input)?;
            let bytes = head.bytes().filter(|&bytes| bytes > MAX_SMALL);
            let Some(bytes) = bytes else {
                return Err(input.invalid("an object outside of cells fits a cell"));
            };
            self.charge(&input, bytes)?;
            let before = self.heap.bytes;
            let made = self.heap.try_large_object(bytes, tag::UPVAL, 0);
            let Some(o) = made else { return Err(self.no_memory(&input)) };
            self.heap.bytes = before;
            self.large.push(o);
            // SAFETY: memory of the object's size.
            unsafe {
                self.fill(o, &head);
                (*o).marked |= mark::LARGE;
            }
        }
        input.finish()
    }

    unsafe fn class(&mut self, input: &mut Input, class: usize) -> Result<()> {
        let has_current = input.bool()?;
        let hole = if has_current { (input.u16()?, input.u16()?) } else { (0, 0) };
        let mut lens = [0; 4];
        for len in &mut lens {
            // A block takes 25 bytes at least.
            *len = input.count(25)?;
        }
        for _ in 0..usize::from(has_current) {
            // SAFETY: the class has no current block yet.
            unsafe {
                let b = self.block(input, class)?;
                let (from, to) = (hole.0 as usize, hole.1 as usize);
                let free = |i: usize| (*b).used[i / 64] >> (i % 64) & 1 == 0;
                if from > to || to > (*b).count as usize || !(from..to).all(free) {
                    return Err(input.invalid(format!("cells {from} to {to} are no hole")));
                }
                let c = &mut self.heap.cells.classes[class];
                c.current = b;
                c.next = Block::cell_at(b, from) as *mut u8;
                c.start = c.next;
                c.end = Block::cell_at(b, to) as *mut u8;
            }
        }
        for (list, n) in lens.into_iter().enumerate() {
            for _ in 0..n {
                // SAFETY: as above.
                let b = unsafe { self.block(input, class)? };
                let c = &mut self.heap.cells.classes[class];
                match list {
                    0 => c.touched.push(b),
                    1 => c.unswept.push(b),
                    2 => c.available.push(b),
                    _ => c.full.push(b),
                }
            }
        }
        Ok(())
    }

    /// A block with its cells, in no list yet.
    unsafe fn block(&mut self, input: &mut Input, class: usize) -> Result<*mut Block> {
        let epoch = input.u8()?;
        let Some(b) = Cells::fresh(class, epoch, &mut self.heap.blocks.pages) else {
            return Err(self.no_memory(input));
        };
        // SAFETY: a new block; its cells count as in use when all of them are filled.
        unsafe {
            let (count, cell) = ((*b).count as usize, (*b).cell as usize);
            let mut used = [0; crate::heap::cells::WORDS];
            let mut in_use = 0;
            for (w, used) in used.iter_mut().enumerate().take(count.div_ceil(64)) {
                *used = input.u64()?;
                (*b).mark[w] = input.u64()?;
                (*b).owner[w] = input.u64()?;
                let cells = (count - w * 64).min(64);
                let all = u64::MAX >> (64 - cells);
                if *used & !all != 0 || ((*b).mark[w] | (*b).owner[w]) & !*used != 0 {
                    return Err(input.invalid("bits of a block without cells"));
                }
                in_use += used.count_ones() as usize;
            }
            // The sweep would take a block without objects away.
            self.charge(input, in_use * cell)?;
            for (w, &bits) in used.iter().enumerate() {
                let mut bits = bits;
                while bits != 0 {
                    let i = bits.trailing_zeros() as usize;
                    bits &= bits - 1;
                    let head = self.head(input)?;
                    // A table may have its parts in its cell, too.
                    let fits = head.bytes().is_some_and(|bytes| {
                        bytes <= cell && (head.kind == tag::TABLE || class_of(bytes) == class)
                    });
                    if !fits {
                        return Err(input.invalid(format!(
                            "an object of kind {:#x} in a cell of {cell} bytes",
                            head.kind
                        )));
                    }
                    if matches!(head.kind, tag::STR | tag::USERDATA | tag::THREAD | tag::PROTO) {
                        (*b).owner[w] |= 1 << i;
                    }
                    self.fill(Block::cell_at(b, w * 64 + i), &head);
                }
            }
            (*b).used = used;
        }
        self.blocks.push(b);
        Ok(b)
    }

    #[cfg_attr(not(luka_small), inline(always))]
    fn head(&self, input: &mut Input) -> Result<Head> {
        let (kind, marked) = (input.u8()?, input.u8()?);
        let mut head = Head { kind, marked, extra: 0, len: 0 };
        let colour = marked & (mark::EPOCHS | mark::WHITES);
        if !colour.is_power_of_two() || marked & mark::LARGE != 0 {
            return Err(input.invalid(format!("{marked:#x} are no marks of an object")));
        }
        match kind {
            tag::STR => {
                head.extra = input.u8()?;
                head.len = head.extra as usize;
                if head.len > MAX_SHORT_STRING {
                    return Err(input.invalid(format!("a short string of {} bytes", head.len)));
                }
            }
            tag::LSTR => {
                head.extra = u8::from(input.bool()?);
                head.len = input.size(isize::MAX as usize / 2)?;
                if head.len <= MAX_SHORT_STRING {
                    return Err(input.invalid(format!("a long string of {} bytes", head.len)));
                }
            }
            tag::LUA_FN | tag::NATIVE => head.extra = input.u8()?,
            tag::TABLE | tag::UPVAL | tag::USERDATA | tag::THREAD | tag::PROTO => {}
            _ => return Err(input.invalid(format!("{kind:#x} is no kind of object"))),
        }
        Ok(head)
    }

    /// Writes an object that holds nothing.
    #[cfg_attr(not(luka_small), inline(always))]
    unsafe fn fill(&mut self, o: *mut Header, head: &Head) {
        let &Head { kind, marked, extra, len } = head;
        // SAFETY: the memory is the object's, of the size that its head says.
        unsafe {
            o.write(Header { kind, marked, flags: 0, extra, hash: 0 });
            match kind {
                tag::STR | tag::LSTR => {
                    let s = o as *mut Str;
                    (&raw mut (*s).next).write(null_mut());
                    (&raw mut (*s).len).write(len);
                    Str::data(s).write_bytes(0, len);
                }
                tag::TABLE => {
                    Table::init(o as *mut Table);
                    (*o).flags = 0;
                }
                tag::LUA_FN => {
                    let f = o as *mut LuaFn;
                    (&raw mut (*f).code).write(std::ptr::null());
                    (&raw mut (*f).k).write(std::ptr::null());
                    (&raw mut (*f).proto).write(null_mut());
                    for i in 0..extra as usize {
                        LuaFn::upval_slot(f, i).write(null_mut());
                    }
                }
                tag::NATIVE => {
                    let f = o as *mut NativeObj;
                    (&raw mut (*f).def).write(&crate::interp::natives::PCALL_THEN);
                    for i in 0..extra as usize {
                        NativeObj::upval_slot(f, i).write(Value::NIL);
                    }
                }
                tag::USERDATA => {
                    let hdr = o.read();
                    (o as *mut Userdata).write(Userdata {
                        hdr,
                        meta: null_mut(),
                        type_name: "",
                        host_owned: false,
                        data: Cell::new(0),
                        buffer: Cell::new(Vec::new()),
                        user_values: Vec::new(),
                    });
                }
                tag::THREAD => (o as *mut Thread).write(Thread::new(o.read())),
                _ => {
                    let u = o as *mut Upval;
                    (&raw mut (*u).closed).write(Value::NIL);
                    (&raw mut (*u).v).write(&raw mut (*u).closed);
                    (&raw mut (*u).next_open).write(null_mut());
                    if kind == tag::PROTO {
                        (*o).kind = tag::UPVAL;
                        (*o).hash = UNWRITTEN;
                        self.unwritten_protos += 1;
                    }
                }
            }
        }
    }

    /// # Safety
    /// The blocks have been read.
    pub(super) unsafe fn strings(&mut self, mut input: Input) -> Result<()> {
        let seed = self.heap.strings.seed;
        // SAFETY: all objects exist; lengths are those of their memory.
        unsafe {
            self.each_object(|reader, o| {
                let kind = (*o).kind;
                if kind != tag::STR && kind != tag::LSTR {
                    return Ok(());
                }
                let s = o as *mut Str;
                if kind == tag::LSTR {
                    (*o).hash = seed;
                    if reader.is_dead(o) {
                        (*o).extra = 0;
                        return Ok(());
                    }
                }
                let len = (*s).len;
                let bytes = input.raw(len)?;
                std::ptr::copy_nonoverlapping(bytes.as_ptr(), Str::data(s), len);
                if kind == tag::LSTR {
                    if (*o).extra != 0 {
                        (*o).extra = 0;
                        crate::heap::Gc::from_ptr(s).hash_long();
                    }
                } else if !reader.heap.insert_made(s) {
                    return Err(input.invalid("a short string that is there already"));
                }
                Ok(())
            })?;
        }
        let (used, buckets) = (self.heap.strings.used, self.heap.strings.buckets.len());
        if used > buckets && buckets < MAX_BUCKETS {
            return Err(input.invalid(format!("{used} strings in {buckets} buckets")));
        }
        input.finish()
    }
}
