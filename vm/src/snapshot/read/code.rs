//! Chunks and prototypes, every function verified as one of a module.

use super::Reader;
use super::blocks::UNWRITTEN;
use crate::function::proto::{ProtoParts, proto_size, write_proto};
use crate::function::stretch::longest_stretch;
use crate::heap::{Gc, Header};
use crate::object::function::{ChunkInfo, ProtoObj};
use crate::object::string::Str;
use crate::snapshot::bytes::{Input, Result};
use crate::value::{Value, tag};
use luka_bytecode::{Constant, LazyDebug, MAX_SHORT_STRING, Module, Proto, image, verify};
use std::rc::Rc;

impl Reader<'_> {
    /// # Safety
    /// Strings have been read.
    pub(super) unsafe fn code(&mut self, mut input: Input) -> Result<()> {
        for _ in 0..input.count(1)? {
            let chunk = read_chunk(&mut input)?;
            self.chunks.push(Rc::new(chunk));
        }
        for _ in 0..input.count(8)? {
            // SAFETY: the contract of this function.
            unsafe { self.tree(&mut input)? };
        }
        for _ in 0..input.count(16)? {
            let number = input.u32()?;
            let p = self.unwritten(&input, number)?;
            // SAFETY: the object exists.
            if unsafe { !self.is_dead(p as *mut Header) } {
                return Err(input.invalid("a prototype without code is no garbage"));
            }
            let chunk = self.chunk(&mut input)?;
            let nominal = input.size(super::heap::MOST)?;
            let parts = ProtoParts {
                code: &[],
                constants: &[],
                protos: &[],
                upvalues: &[],
                debug: LazyDebug::default(),
                chunk,
                line_defined: 0,
                last_line_defined: 0,
                max_stack: 0,
                nominal,
            };
            // SAFETY: the prototype is not written yet.
            unsafe { self.write(&input, p, parts, 0, false)? };
        }
        if self.unwritten_protos > 0 || self.chunks.iter().any(|c| c.functions.get() == 0) {
            return Err(input.invalid("a prototype without code, or a chunk without prototype"));
        }
        input.finish()
    }

    pub(super) fn chunk(&self, input: &mut Input) -> Result<Rc<ChunkInfo>> {
        let n = input.u32()?;
        let chunk = self.chunks.get(n as usize).cloned();
        chunk.ok_or_else(|| input.invalid(format!("there is no chunk {n}")))
    }

    /// The cell of a prototype that is not written yet; each is given out once.
    fn unwritten(&self, input: &Input, number: u32) -> Result<*mut ProtoObj> {
        match self.any(number) {
            // SAFETY: the object exists.
            Some(o) if unsafe { (*o).kind == tag::UPVAL && (*o).hash == UNWRITTEN } => {
                // SAFETY: as above.
                unsafe { (*o).hash = 0 };
                Ok(o as *mut ProtoObj)
            }
            _ => Err(input.invalid(format!("object {number:#x} is no prototype to be made"))),
        }
    }

    unsafe fn write(
        &mut self,
        input: &Input,
        p: *mut ProtoObj,
        parts: ProtoParts<'_>,
        num_params: u8,
        is_vararg: bool,
    ) -> Result<()> {
        let functions = parts.chunk.functions.get();
        let shared = if functions == 0 { parts.chunk.nominal() } else { 0 };
        self.charge(input, parts.nominal.saturating_add(shared))?;
        let Some(block) = self.heap.blocks.try_alloc(parts.bytes()) else {
            return Err(self.no_memory(input));
        };
        parts.chunk.functions.set(functions + 1);
        self.heap.longest_stretch = self.heap.longest_stretch.max(longest_stretch(parts.code));
        // SAFETY: the cell has a prototype's size; the block that of its parts.
        unsafe {
            let o = p as *mut Header;
            (*o).kind = tag::PROTO;
            (*o).hash = 0;
            write_proto(p, block, parts, num_params, is_vararg);
        }
        self.unwritten_protos -= 1;
        Ok(())
    }

    /// The functions of an image.
    unsafe fn tree(&mut self, input: &mut Input) -> Result<()> {
        let chunk = self.chunk(input)?;
        let bytes = input.bytes()?;
        let module = image::decode(bytes)
            .map_err(|e| input.invalid(format!("the code is no image: {}", e.reason())))?;
        if module.source_name.is_some() || module.lua54 || module.native != chunk.native {
            return Err(input.invalid("the image is not one of its chunk"));
        }
        let verified =
            verify::verify(module).map_err(|e| input.invalid(format!("invalid code: {e}")))?;
        let Module { mut protos, .. } = verified.into_inner();
        let mut cells: Vec<*mut ProtoObj> = Vec::new();
        let mut constants: Vec<Vec<Value>> = Vec::new();
        for proto in &protos {
            let number = input.u32()?;
            let p = self.unwritten(input, number)?;
            // SAFETY: the object exists.
            if unsafe { self.is_dead(p as *mut Header) } {
                return Err(input.invalid("a prototype with code is garbage"));
            }
            cells.push(p);
            constants.push(self.constants(input, proto)?);
        }
        // Children stand behind their parents.
        let mut children = Vec::new();
        while let Some(p) = protos.pop() {
            let i = protos.len();
            children.clear();
            for &child in &p.protos {
                let Some(&child) = cells.get(child as usize) else { continue };
                // SAFETY: written before, as it stands behind.
                children.push(unsafe { Gc::from_ptr(child) });
            }
            let parts = ProtoParts {
                code: &p.code,
                constants: &constants[i],
                protos: &children,
                upvalues: &p.upvalues,
                nominal: proto_size(&p),
                debug: p.debug,
                chunk: chunk.clone(),
                line_defined: p.line_defined,
                last_line_defined: p.last_line_defined,
                max_stack: p.max_stack,
            };
            // SAFETY: each cell is written once.
            unsafe { self.write(input, cells[i], parts, p.num_params, p.is_vararg)? };
        }
        Ok(())
    }

    /// A function's constants: the image says their values, references which strings they are.
    fn constants(&self, input: &mut Input, proto: &Proto) -> Result<Vec<Value>> {
        let mut values = Vec::with_capacity(proto.constants.len());
        for constant in &proto.constants {
            values.push(match constant {
                Constant::Nil => Value::NIL,
                Constant::False => Value::FALSE,
                Constant::True => Value::TRUE,
                Constant::Int(n) => Value::int(*n),
                Constant::Float(f) => Value::float(*f),
                Constant::Str(text) => {
                    let kind = if text.len() <= MAX_SHORT_STRING { tag::STR } else { tag::LSTR };
                    let o = self.object(input, kind)?;
                    // SAFETY: a string of the heap.
                    let s = unsafe { Gc::from_ptr(o as *mut Str) };
                    if s.bytes() != &text[..] {
                        return Err(input.invalid("a constant is another string than the code's"));
                    }
                    s.into()
                }
            });
        }
        Ok(values)
    }
}

/// A chunk's name and text.
pub(super) fn read_chunk(input: &mut Input) -> Result<ChunkInfo> {
    let flags = input.u8()?;
    if flags > 7 {
        return Err(input.invalid(format!("{flags} are no flags of a chunk")));
    }
    let name = if flags & 2 != 0 { Some(input.bytes()?.into()) } else { None };
    let text = if flags & 4 != 0 { Some(input.bytes()?.into()) } else { None };
    Ok(ChunkInfo::new(name, flags & 1 != 0, text))
}
