//! Words for the flags of instructions.

use crate::ops::Op;

/// What the flag's values 1, 2, … are called; 0 is not written. The row's text says what they mean.
pub(super) fn words(op: Op) -> &'static [&'static str] {
    match op {
        Op::AddI => &["flipped", "minus"],
        Op::AddK | Op::SubK | Op::MulK | Op::ModK | Op::PowK | Op::DivK | Op::IDivK => &["flipped"],
        Op::BAndK | Op::BOrK | Op::BXorK | Op::ShlK | Op::ShrK => &["flipped"],
        Op::JLtI | Op::JNltI | Op::JLeI | Op::JNleI => &["float"],
        Op::JGtI | Op::JNgtI | Op::JGeI | Op::JNgeI => &["float"],
        Op::TailCall | Op::Return => &["close"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use crate::ops::{OPS, Role};

    #[test]
    fn flags_have_words_and_stand_last() {
        for info in OPS {
            let flag = info.operands.iter().position(|operand| operand.role == Role::Flag);
            assert_eq!(flag.is_some(), !super::words(info.op).is_empty(), "{}", info.mnemonic);
            if let Some(flag) = flag {
                assert_eq!(flag + 1, info.operands.len(), "{}", info.mnemonic);
            }
        }
    }
}
