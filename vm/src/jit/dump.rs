//! What was compiled, as text.

use super::alloc::{Place, Places};
use super::ir::{Func, Ins, NONE, Resume};
use super::state::Function;
use std::fmt::Write;

/// A unit: where it is from, the intermediate form with the places of its values, the code's bytes.
///
/// `lines` says where code for which line begins.
pub(super) fn unit(
    function: &Function,
    pc: u32,
    f: &Func,
    places: &Places,
    code: &[u8],
    lines: &[(usize, u32)],
) -> String {
    // SAFETY: listed functions are live.
    let data = unsafe { &(*function.proto).data };
    let name = data.chunk.source_name.as_deref().unwrap_or(b"?");
    let name = String::from_utf8_lossy(name.strip_prefix(b"@").unwrap_or(name)).into_owned();
    let line = data.debug.lines.get(pc as usize).copied().unwrap_or(data.line_defined);
    let mut text = format!("-- {name}:{line}, instruction {pc}, {} bytes\n", code.len());
    for (n, block) in f.blocks.iter().enumerate() {
        let params: Vec<String> = block.params.iter().map(|&v| value(v, places)).collect();
        let _ = writeln!(text, "block {n}({})", params.join(", "));
        let mut line = 0;
        for i in &block.ins {
            if i.line != line {
                line = i.line;
                let _ = writeln!(text, "  line {line}");
            }
            let _ = writeln!(text, "    {}", instruction(i, places));
        }
        if !block.args.is_empty() {
            let args: Vec<String> = block.args.iter().map(|&v| value(v, places)).collect();
            let _ = writeln!(text, "    with {}", args.join(", "));
        }
    }
    for (n, exit) in f.exits.iter().enumerate() {
        let _ = writeln!(text, "exit {n}: to {}, {:?}, {:?}", exit.pc, exit.why, exit.flush);
    }
    for Resume { pc, block, tags, exit } in &f.resumes {
        let tags: Vec<String> =
            tags.iter().map(|(offset, tag)| format!("{offset} is {tag}")).collect();
        let _ =
            writeln!(text, "entry: at {pc}, block {block}, if {}, or exit {exit}", tags.join(", "));
    }
    let ends = lines.iter().skip(1).map(|l| l.0).chain([code.len()]);
    for (&(from, line), to) in lines.iter().zip(ends) {
        match line {
            0 => text.push_str("code\n"),
            line => drop(writeln!(text, "code for line {line}")),
        }
        machine_code(&mut text, code, from, to);
    }
    text
}

#[cfg(feature = "disassembler")]
use super::disassemble::write as machine_code;

/// The bytes of a piece of code.
#[cfg(not(feature = "disassembler"))]
fn machine_code(text: &mut String, code: &[u8], from: usize, to: usize) {
    for (n, bytes) in code[from..to].chunks(32).enumerate() {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let _ = writeln!(text, "    {:6x}  {hex}", from + n * 32);
    }
}

fn value(v: u32, places: &Places) -> String {
    let place = match places.of[v as usize] {
        Place::Nowhere => return format!("v{v}"),
        Place::General(r) => format!("r{r}"),
        Place::Float(r) => format!("x{r}"),
        Place::Frame(slot) => format!("[{slot}]"),
        Place::Int(k) => return k.to_string(),
        Place::FloatBits(bits) => return format!("{:?}", f64::from_bits(bits)),
    };
    format!("v{v}:{place}")
}

fn instruction(i: &Ins, places: &Places) -> String {
    let mut text = String::new();
    if i.d != NONE {
        text += &format!("{} := ", value(i.d, places));
    }
    text += &format!("{:?}", i.op);
    for v in i.operands() {
        text += &format!(" {}", value(v, places));
    }
    text += &format!(" k={} y={}", i.k, i.y);
    for (name, n) in [("x", i.x), ("t", i.t), ("f", i.f)] {
        if n != NONE {
            text += &format!(" {name}={n}");
        }
    }
    text
}
