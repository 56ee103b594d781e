//! The number that tells instruction sets apart: an image made for another table is refused.
//!
//! It is FNV-1a (64 bits) over a text with one line per row of the opcode table:
//! `MNEMONIC Flow field:Role field:Role…\n`, the operands in the row's order.

use crate::ops::{Field, Flow, OPS, Role};

/// The hash of this build's opcode table.
pub const ISA_HASH: u64 = hash_table();

const fn hash_table() -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut row = 0;
    while row < OPS.len() {
        let info = &OPS[row];
        hash = add(hash, info.mnemonic);
        hash = add(hash, " ");
        hash = add(hash, flow_name(info.flow));
        let mut i = 0;
        while i < info.operands.len() {
            hash = add(hash, " ");
            hash = add(hash, field_name(info.operands[i].field));
            hash = add(hash, ":");
            hash = add(hash, role_name(info.operands[i].role));
            i += 1;
        }
        hash = add(hash, "\n");
        row += 1;
    }
    hash
}

const fn add(mut hash: u64, text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        i += 1;
    }
    hash
}

const fn flow_name(flow: Flow) -> &'static str {
    match flow {
        Flow::Next => "Next",
        Flow::Branch => "Branch",
        Flow::Goto => "Goto",
        Flow::Skip => "Skip",
        Flow::SkipOne => "SkipOne",
        Flow::Call => "Call",
        Flow::Return => "Return",
    }
}

const fn field_name(field: Field) -> &'static str {
    match field {
        Field::n => "n",
        Field::a => "a",
        Field::b => "b",
        Field::c => "c",
        Field::bx => "bx",
    }
}

const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Dst => "Dst",
        Role::Src => "Src",
        Role::Win => "Win",
        Role::Const => "Const",
        Role::ConstNum => "ConstNum",
        Role::ConstStr => "ConstStr",
        Role::ConstWide => "ConstWide",
        Role::Upvalue => "Upvalue",
        Role::Proto => "Proto",
        Role::Uint => "Uint",
        Role::Int => "Int",
        Role::IntWide => "IntWide",
        Role::Count => "Count",
        Role::Flag => "Flag",
        Role::Jump => "Jump",
        Role::JumpWide => "JumpWide",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_tables_own() {
        let mut text = String::new();
        for info in OPS {
            text += &format!("{} {:?}", info.mnemonic, info.flow);
            for o in info.operands {
                text += &format!(" {:?}:{:?}", o.field, o.role);
            }
            text += "\n";
        }
        assert_eq!(add(0xcbf2_9ce4_8422_2325, &text), ISA_HASH);
    }
}
