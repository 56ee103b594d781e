//! An instruction's operands, read by their roles.

use super::fault::{Fault, FaultKind, Result};
use super::function::{Function, Later};
use super::lex::{Kind, Token};
use super::line::Line;
use crate::instr::Instr;
use crate::ops::{Field, Op, Operand, Role};
use crate::proto::Constant;
use crate::text::literal as print;
use crate::text::similar::similar;
use crate::{MAX_CONST_OPERAND, MAX_REGISTERS, MAX_SHORT_STRING, operand};

/// Reads what follows the mnemonic and appends the instruction.
pub(super) fn instruction<'a>(
    line: &mut Line<'a, '_>,
    function: &mut Function<'a>,
    op: Op,
) -> Result<Instr> {
    let mut instr = Instr::abc(op, 0, 0, 0);
    for (number, &operand) in op.info().operands.iter().enumerate() {
        let at = Place { op, number, operand };
        let value = match operand.role {
            Role::Flag => flag(line, at)?,
            _ if line.is(Kind::End) => return at.missing(line).err(),
            Role::Dst | Role::Src | Role::Win => register(line, function, at)?,
            Role::Const | Role::ConstNum | Role::ConstStr | Role::ConstWide => {
                constant(line, function, at)?
            }
            Role::Upvalue => {
                let token = line.peek();
                let Some(number) = line.numbered(token, b'U') else { return at.wrong(line).err() };
                line.next();
                function.check_later(Later::Upvalue, number, token.span);
                number as u32
            }
            Role::Proto => child(line, function, at)?,
            Role::Uint | Role::Count | Role::Int | Role::IntWide => immediate(line, at)?,
            Role::Jump | Role::JumpWide => jump(line, function, at)?,
        };
        operand::set(&mut instr, operand.field, value);
    }
    if !line.is(Kind::End) {
        return surplus(line, op).err();
    }
    Ok(instr)
}

/// Which operand is being read.
#[derive(Clone, Copy)]
struct Place {
    op: Op,
    number: usize,
    operand: Operand,
}

impl Place {
    /// "`GETFIELD` takes R R K: its third operand".
    fn begin(self) -> String {
        format!("{}: its {} operand", takes(self.op), ordinal(self.number))
    }

    fn missing(self, line: &Line<'_, '_>) -> Fault {
        let what = describe(self.operand);
        let message = format!("{}, {what}, is missing", self.begin());
        Fault::new(FaultKind::Operand, line.peek().span, message)
            .label(format!("{what} is missing"))
    }

    /// The next token is of another kind.
    fn wrong(self, line: &Line<'_, '_>) -> Fault {
        let (token, what) = (line.peek(), describe(self.operand));
        let message = format!("{} is {what}, not {}", self.begin(), line.describe(token));
        let fault = Fault::new(FaultKind::Operand, token.span, message)
            .label(format!("{what} is expected here"));
        // `r0` for `R0`.
        let upper = line.shown(token).to_ascii_uppercase();
        let letter = match self.operand.role {
            Role::Dst | Role::Src | Role::Win => b'R',
            Role::Upvalue => b'U',
            _ => return fault,
        };
        let meant = token.kind == Kind::Word
            && upper.as_bytes().first() == Some(&letter)
            && super::super::functions::is_numbered(upper.as_bytes());
        if meant { fault.instead(&upper) } else { fault }
    }

    /// The next token's value is out of range.
    fn outside(self, line: &Line<'_, '_>, token: Token, label: String) -> Fault {
        let (which, name) = (ordinal(self.number), self.op.info().mnemonic);
        let message = format!("the {which} operand of `{name}` cannot be `{}`", line.shown(token));
        Fault::new(FaultKind::Range, token.span, message).label(label)
    }
}

fn ordinal(number: usize) -> &'static str {
    ["first", "second", "third", "fourth", "fifth"].get(number).copied().unwrap_or("next")
}

/// "`GETFIELD` takes R R K".
fn takes(op: Op) -> String {
    let info = op.info();
    let mut out = format!("`{}` takes", info.mnemonic);
    for operand in info.operands {
        out.push_str(match operand.role {
            Role::Dst | Role::Src | Role::Win => " R",
            Role::Const | Role::ConstNum | Role::ConstStr | Role::ConstWide => " K",
            Role::Upvalue => " U",
            Role::Proto => " function",
            Role::Uint | Role::Count | Role::Int | Role::IntWide => " number",
            Role::Flag => "",
            Role::Jump | Role::JumpWide => " label",
        });
    }
    let words = op.info().flag_words();
    if info.operands.is_empty() {
        out.push_str(" nothing");
    } else if !words.is_empty() {
        out.push_str(&format!(" and perhaps `{}`", words.join("` or `")));
    }
    out
}

fn describe(operand: Operand) -> String {
    match operand.role {
        Role::Dst | Role::Src | Role::Win => "a register (`R0`)".to_string(),
        Role::Const | Role::ConstWide => "a constant (`\"text\"`, `1.5`, `nil`)".to_string(),
        Role::ConstNum => "a number".to_string(),
        Role::ConstStr => "a string".to_string(),
        Role::Upvalue => "an upvalue (`U0`)".to_string(),
        Role::Proto => "the name of a function".to_string(),
        Role::Uint | Role::Count | Role::Int | Role::IntWide => {
            let (least, most) = range(operand);
            format!("an integer from {least} to {most}")
        }
        Role::Flag => "a flag".to_string(),
        Role::Jump | Role::JumpWide => "a label".to_string(),
    }
}

/// What an immediate operand can hold.
fn range(operand: Operand) -> (i64, i64) {
    match (operand.role, operand.field) {
        (Role::Int | Role::Jump, _) => (i16::MIN as i64, i16::MAX as i64),
        (Role::IntWide | Role::JumpWide, _) => (i32::MIN as i64, i32::MAX as i64),
        (_, Field::n) => (0, u8::MAX as i64),
        (_, Field::bx) => (0, u32::MAX as i64),
        _ => (0, u16::MAX as i64),
    }
}

fn surplus(line: &Line<'_, '_>, op: Op) -> Fault {
    let count = op.info().operands.len();
    let token = line.peek();
    let message = match count {
        0 => format!("{}, but {} follows", takes(op), line.describe(token)),
        _ => format!("{}: {} is too many", takes(op), line.describe(token)),
    };
    Fault::new(FaultKind::Operand, token.span, message).label("the line should end here")
}

fn register(line: &mut Line<'_, '_>, function: &Function<'_>, at: Place) -> Result<u32> {
    let token = line.peek();
    let Some(number) = line.numbered(token, b'R') else { return at.wrong(line).err() };
    // An empty window may begin behind the last register.
    let beyond = u64::from(at.operand.role == Role::Win);
    if number >= MAX_REGISTERS as u64 + beyond {
        let label = format!("a frame has at most {MAX_REGISTERS} registers");
        return at.outside(line, token, label).err();
    }
    if let Some((stack, place)) = function.stack
        && number >= stack as u64 + beyond
    {
        let label = format!("the frame has {stack} registers, `R0` to `R{}`", stack.max(1) - 1);
        return at.outside(line, token, label).other(place, "as said here").err();
    }
    line.next();
    Ok(number as u32)
}

fn constant<'a>(line: &mut Line<'a, '_>, function: &mut Function<'a>, at: Place) -> Result<u32> {
    let token = line.peek();
    let index = if let Some(number) = line.numbered(token, b'K') {
        line.next();
        function.check_later(Later::Constant, number, token.span);
        number.min(u32::MAX as u64) as u32
    } else {
        let Some(value) = line.constant()? else { return at.wrong(line).err() };
        let fits = match at.operand.role {
            Role::ConstNum => matches!(value, Constant::Int(_) | Constant::Float(_)),
            Role::ConstStr => matches!(value, Constant::Str(_)),
            _ => true,
        };
        if !fits {
            let what = describe(at.operand);
            let message = format!("{} is {what}, not {}", at.begin(), print::constant(&value));
            return Fault::new(FaultKind::Operand, token.span, message)
                .label(format!("{what} is expected here"))
                .err();
        }
        if let Constant::Str(text) = &value
            && at.operand.role == Role::ConstStr
            && text.len() > MAX_SHORT_STRING
        {
            let label =
                format!("{} bytes; here at most {MAX_SHORT_STRING} are possible", text.len());
            let message = format!("{} is a shorter string", at.begin());
            return Fault::new(FaultKind::Range, token.span, message)
                .label(label)
                .help("load it with LOADK and use GETTABLE or SETTABLE")
                .err();
        }
        function.constant(value)
    };
    if at.operand.role != Role::ConstWide && index > MAX_CONST_OPERAND {
        let label = format!("this is K{index}; operands reach K{MAX_CONST_OPERAND}");
        return at.outside(line, token, label).help("load it into a register with LOADK").err();
    }
    Ok(index)
}

fn child<'a>(line: &mut Line<'a, '_>, function: &mut Function<'a>, at: Place) -> Result<u32> {
    let token = line.peek();
    if let Some(number) = line.numbered(token, b'P') {
        line.next();
        function.check_later(Later::Child, number, token.span);
        return Ok(number.min(u32::MAX as u64) as u32);
    }
    if token.kind != Kind::Word {
        return at.wrong(line).err();
    }
    let (name, span) = line.name("a function")?;
    Ok(function.child(name, span))
}

fn immediate(line: &mut Line<'_, '_>, at: Place) -> Result<u32> {
    let token = line.peek();
    if token.kind != Kind::Number {
        return at.wrong(line).err();
    }
    let (least, most) = range(at.operand);
    match line.constant()? {
        Some(Constant::Int(value)) if (least..=most).contains(&value) => Ok(value as u32),
        Some(Constant::Int(_)) => {
            at.outside(line, token, format!("{least} to {most} is possible")).err()
        }
        _ => at.outside(line, token, format!("{} is expected", describe(at.operand))).err(),
    }
}

fn flag(line: &mut Line<'_, '_>, at: Place) -> Result<u32> {
    let (token, words) = (line.peek(), at.op.info().flag_words());
    match token.kind {
        Kind::End => Ok(0),
        Kind::Number => {
            line.next();
            Ok(line.number_in(token, "flag", words.len() as u64)? as u32)
        }
        Kind::Word => {
            let bytes = line.bytes(token);
            if let Some(number) = words.iter().position(|word| word.as_bytes() == bytes) {
                line.next();
                return Ok(number as u32 + 1);
            }
            let fault = surplus(line, at.op);
            match similar(bytes, words.iter().map(|word| word.as_bytes())) {
                Some(near) => fault.instead(&String::from_utf8_lossy(near)).err(),
                None => fault.err(),
            }
        }
        _ => surplus(line, at.op).err(),
    }
}

fn jump<'a>(line: &mut Line<'a, '_>, function: &mut Function<'a>, at: Place) -> Result<u32> {
    let token = line.peek();
    let bytes = line.bytes(token);
    if token.kind == Kind::Number && matches!(bytes.first(), Some(b'+' | b'-')) {
        return immediate(line, at);
    }
    if token.kind != Kind::Word {
        let fault = at.wrong(line);
        if token.kind == Kind::Number {
            let text = format!("+{}", line.shown(token));
            let title = format!("a distance from the next instruction has a sign: `{text}`");
            return fault.edit(title, token.span, &text).err();
        }
        return fault.err();
    }
    if super::super::functions::is_numbered(bytes) {
        return at.wrong(line).err();
    }
    line.next();
    function.jump(bytes, token.span, at.operand);
    Ok(0)
}
