//! One method per opcode, made from the table, and the emission they share.

use super::{Arg, Const, FunctionBuilder, Inner, Label, Reg, Upvalue};
use crate::effects::Effect;
use crate::instr::Instr;
use crate::operand;
use crate::ops::{Field, Op, Operand, Role};
use crate::{MAX_CONST_OPERAND, for_each_op};

/// The type of an operand's argument.
macro_rules! argument {
    (Dst $field:ident) => {
        Reg
    };
    (Src $field:ident) => {
        Reg
    };
    (Win $field:ident) => {
        Reg
    };
    (Const $field:ident) => {
        Const
    };
    (ConstNum $field:ident) => {
        Const
    };
    (ConstStr $field:ident) => {
        Const
    };
    (ConstWide $field:ident) => {
        Const
    };
    (Upvalue $field:ident) => {
        Upvalue
    };
    (Proto $field:ident) => {
        Inner
    };
    (Jump $field:ident) => {
        Label
    };
    (JumpWide $field:ident) => {
        Label
    };
    (Int $field:ident) => {
        i16
    };
    (IntWide $field:ident) => {
        i32
    };
    (Flag $field:ident) => {
        u8
    };
    ($role:ident n) => {
        u8
    };
    ($role:ident bx) => {
        u32
    };
    ($role:ident $field:ident) => {
        u16
    };
}

macro_rules! define_methods {
    ($($(#[doc = $doc:literal])* $name:ident $func:ident $mn:literal $flow:ident
        { $($field:ident : $role:ident),* } $class:ident $(($($of:tt)*))? $([$($effect:tt)*])?)*) => {
        /// # One method per opcode
        ///
        /// Each appends one instruction; the arguments are its operands in the table's order, and
        /// its documentation is the table's row. A 16-bit jump that does not reach its label
        /// becomes three instructions at the end.
        #[allow(rustdoc::broken_intra_doc_links, reason = "R[A] is a register, not a link")]
        impl FunctionBuilder {
            $(
                $(#[doc = $doc])*
                pub fn $func(&mut self $(, $field: argument!($role $field))*) {
                    self.emit(Op::$name, &[$($field.into()),*]);
                }
            )*
        }
    };
}
for_each_op!(define_methods);

impl FunctionBuilder {
    /// Appends an instruction with operands in the table's order: for callers that know the opcode
    /// at run time only. What does not fit the roles is a misuse.
    pub fn emit(&mut self, op: Op, args: &[Arg]) {
        let info = op.info();
        if args.len() != info.operands.len() {
            let (wanted, got) = (info.operands.len(), args.len());
            self.misuse(format!("{} has {wanted} operands, not {got}", info.mnemonic));
            return;
        }
        let mut instr = Instr::abc(op, 0, 0, 0);
        let mut target = None;
        for (&operand, &arg) in info.operands.iter().zip(args) {
            match self.raw(op, operand, arg, &mut target) {
                Ok(raw) => operand::set(&mut instr, operand.field, raw),
                Err(why) => {
                    self.misuse(format!("{}: {why}", info.mnemonic));
                    return;
                }
            }
        }
        if info.effects.iter().any(|effect| matches!(effect, Effect::Marks(_))) {
            self.to_close += 1;
            self.closes = true;
        }
        if let Some(label) = target {
            self.jumps.push((self.pc(), label));
        }
        self.code.push(instr);
        self.places.push(self.place);
    }

    /// The operand's bits.
    fn raw(
        &self,
        op: Op,
        operand: Operand,
        arg: Arg,
        target: &mut Option<Label>,
    ) -> Result<u32, String> {
        let there_is = |what: &str, index: u32, count: usize| match (index as usize) < count {
            true => Ok(index),
            false => Err(format!("there is no {what} {index} in this function")),
        };
        match (operand.role, arg) {
            (Role::Dst | Role::Src | Role::Win, Arg::Reg(reg)) => {
                there_is("register", reg.0.into(), self.high as usize)
            }
            (Role::ConstWide, Arg::Const(index)) => {
                there_is("constant", index.0, self.constants.list.len())
            }
            (Role::Const | Role::ConstNum | Role::ConstStr, Arg::Const(index)) => {
                if index.0 > MAX_CONST_OPERAND {
                    return Err(format!(
                        "constant {} is beyond {MAX_CONST_OPERAND}: it must go through a register",
                        index.0
                    ));
                }
                there_is("constant", index.0, self.constants.list.len())
            }
            (Role::Upvalue, Arg::Upvalue(index)) => {
                there_is("upvalue", index.0.into(), self.upvalues.len())
            }
            (Role::Proto, Arg::Inner(index)) => {
                there_is("inner function", index.0, self.inner.len())
            }
            (Role::Jump | Role::JumpWide, Arg::Label(label)) => {
                there_is("label", label.0, self.labels.len())?;
                *target = Some(label);
                Ok(0)
            }
            (role, Arg::Number(number)) => immediate(role, operand.field, number),
            (role, arg) => {
                let letter = format!("{:?}", operand.field).to_ascii_uppercase();
                let name = op.info().mnemonic;
                Err(format!("operand {letter} of {name} is a {role:?}, not {arg:?}"))
            }
        }
    }
}

/// The bits of a number in a field, if it fits.
fn immediate(role: Role, field: Field, number: i64) -> Result<u32, String> {
    let (low, high) = match (role, field) {
        (Role::Int, _) => (i16::MIN.into(), i16::MAX.into()),
        (Role::IntWide, _) => (i32::MIN.into(), i32::MAX.into()),
        (Role::Uint | Role::Count | Role::Flag, Field::n) => (0, u8::MAX.into()),
        (Role::Uint | Role::Count | Role::Flag, Field::bx) => (0, u32::MAX.into()),
        (Role::Uint | Role::Count | Role::Flag, _) => (0, u16::MAX.into()),
        _ => return Err(format!("a {role:?} is not a number")),
    };
    if (low..=high).contains(&number) {
        Ok(number as u32)
    } else {
        Err(format!("{number} is not in {low}..{high}"))
    }
}
