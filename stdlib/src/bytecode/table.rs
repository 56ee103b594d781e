//! The opcode table as a table of the language.

use crate::prim;
use luka_bytecode::ops::OPS;
use luka_vm::{Gc, NativeResult, Raise, Table, Value, Vm};

/// A list of rows `{name, number, meaning, notes, flow, throws, operands}`; `operands` is a list of
/// `{field, role}`. Names of flows, fields and roles are those of `luka_bytecode::ops`.
pub fn ops(vm: &mut Vm) -> NativeResult {
    let rows = prim::new_table(vm, OPS.len() as u32, 0)?;
    for (number, info) in OPS.iter().enumerate() {
        let row = prim::new_table(vm, 0, 7)?;
        let (meaning, notes) = info.doc.split_once('\n').unwrap_or((info.doc, ""));
        prim::set_field(vm, row, "number", Value::int(number as i64))?;
        prim::set_field(vm, row, "throws", Value::bool(info.throws))?;
        text(vm, row, "name", info.mnemonic)?;
        text(vm, row, "meaning", meaning)?;
        text(vm, row, "notes", notes)?;
        text(vm, row, "flow", &format!("{:?}", info.flow))?;
        let operands = prim::new_table(vm, info.operands.len() as u32, 0)?;
        for (i, operand) in info.operands.iter().enumerate() {
            let entry = prim::new_table(vm, 0, 2)?;
            text(vm, entry, "field", &format!("{:?}", operand.field))?;
            text(vm, entry, "role", &format!("{:?}", operand.role))?;
            prim::set_int(vm, operands, i as i64 + 1, entry.into())?;
        }
        prim::set_field(vm, row, "operands", operands.into())?;
        prim::set_int(vm, rows, number as i64 + 1, row.into())?;
    }
    vm.charge(OPS.len() as u64 * 64);
    vm.ret1(rows)
}

fn text(vm: &mut Vm, row: Gc<Table>, field: &str, text: &str) -> Result<(), Raise> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let text = vm.small_str(lines.join("\n").trim());
    prim::set_field(vm, row, field, text)
}
