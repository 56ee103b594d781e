//! What functions are called where they are written: `M.update`, `helper`, found by reading the code
//! that makes them, as [`super::names`] does for values.

use super::names::{field, index, local_in, plain_name, string_constant, upvalue_name, writes};
use crate::function::{ProtoData, ProtoObj};
use crate::heap::Gc;
use luka_bytecode::{Class, Instr, Op, Role};

/// Tables in tables that a name is followed through.
const DEPTH: usize = 20;

impl ProtoData {
    /// As [`Gc<ProtoObj>::definition_names`].
    pub fn definition_names(&self) -> Vec<Option<Vec<u8>>> {
        let mut names = vec![None; self.protos.len()];
        for (pc, i) in self.instrs().enumerate() {
            if i.opcode() == Some(Op::Closure)
                && let Some(name) = names.get_mut(i.bx() as usize)
            {
                *name = destination(self, pc, index(i.a), DEPTH);
            }
        }
        names
    }
}

impl Gc<ProtoObj> {
    /// For each function written in this one, in order: the variable or field it is first stored
    /// in, with the tables it is in (`M.sub.f`); `None` for one that is stored nowhere, such as an
    /// argument.
    pub fn definition_names(&self) -> Vec<Option<Vec<u8>>> {
        self.data().definition_names()
    }

    /// Whether the names of variables are known.
    pub fn has_names(&self) -> bool {
        let proto = self.data();
        proto.debug.upvalue_names.len() == proto.upvalues.len()
    }

    /// The name of an upvalue (from 0); `?` when stripped.
    pub fn upvalue_name(&self, n: usize) -> &[u8] {
        upvalue_name(self.data(), n)
    }
}

/// Where the value goes that the instruction at `pc` puts in a register.
fn destination(proto: &ProtoData, pc: usize, register: usize, depth: usize) -> Option<Vec<u8>> {
    if let Some(name) = local_in(proto, register, pc + 1) {
        return Some(name.to_vec());
    }
    for (at, i) in proto.instrs().enumerate().skip(pc + 1) {
        let mut begun = proto.debug.locals.iter().filter(|local| local.start_pc as usize == at);
        if let Some(local) = begun.find(|local| local.register as usize == register) {
            return (!local.name.starts_with(b"(")).then(|| local.name.to_vec());
        }
        let op = i.opcode()?;
        match (op.info().class, op.info().inputs) {
            (Class::SetUpvalue, _) if index(i.a) == register => {
                return Some(upvalue_name(proto, i.b as usize).to_vec());
            }
            (Class::Move, _) if index(i.b) == register => {
                return local_in(proto, index(i.a), at + 1).map(<[u8]>::to_vec);
            }
            (Class::Set, [Some(_), Some(_), Some(value)])
                if value.role == Role::Src && index(field(i, value)) == register =>
            {
                return path(proto, at, i, depth);
            }
            _ => {}
        }
        if writes(op, i, register) {
            return None;
        }
    }
    None
}

/// Table and key that an instruction reads or writes. Fields of the globals have no table in front.
fn path(proto: &ProtoData, pc: usize, i: Instr, depth: usize) -> Option<Vec<u8>> {
    let [Some(object), Some(key), _] = i.opcode()?.info().inputs else { return None };
    let key = if key.role == Role::ConstStr {
        string_constant(proto, index(field(i, key)))?.to_vec()
    } else if key.role == Role::Uint {
        field(i, key).to_string().into_bytes()
    } else {
        match plain_name(proto, pc, index(field(i, key))) {
            Ok(name) if name.what == "constant" => name.name.to_vec(),
            _ => b"?".to_vec(),
        }
    };
    let table = if object.role == Role::Upvalue {
        Some(upvalue_name(proto, field(i, object) as usize).to_vec())
    } else {
        table_name(proto, pc, index(field(i, object)), depth)
    };
    match table {
        Some(table) if table != b"_ENV" => Some([&*table, b".", &key].concat()),
        _ => Some(key),
    }
}

/// What the table in a register is called, or will be.
fn table_name(proto: &ProtoData, pc: usize, register: usize, depth: usize) -> Option<Vec<u8>> {
    let origin = match plain_name(proto, pc, register) {
        Ok(name) => return Some(name.name.to_vec()),
        Err(origin) => origin?,
    };
    let depth = depth.checked_sub(1)?;
    let i = proto.instr(origin);
    let class = i.opcode()?.info().class;
    if class == Class::Get {
        path(proto, origin, i, depth)
    } else if class == Class::NewTable {
        destination(proto, origin, register, depth)
    } else {
        None
    }
}
