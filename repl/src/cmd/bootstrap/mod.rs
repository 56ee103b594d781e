//! `luka bootstrap [--corpus DIR]… [--json]`: proves that the compiler in its own language and the
//! Rust compiler are the same function, on everything at hand.
//!
//! S1 is what the Rust compiler makes of the compiler's sources; S2 what S1 makes of them; S3 what
//! S2 makes of them. They must be equal byte for byte. Then every program of the corpus is compiled
//! by Rust and by S2, and, where PUC Lua is installed, everything once more by the sources running
//! there (diverse double-compiling: D. A. Wheeler, 2009). docs/bootstrap.md says what that proves.

mod difference;
mod outcome;
mod proof;
mod puc;
mod report;
mod texts;

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use super::tool;
use crate::cli::Arguments;
use proof::{Plan, prove};
use texts::{Group, Packed};

pub fn main(args: &[Vec<u8>]) -> i32 {
    let args = match Arguments::of("bootstrap", args) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let values = |name: &'static str| {
        args.flags.iter().filter(move |(flag, _)| flag == name).filter_map(|(_, v)| v.as_deref())
    };
    let folders: Vec<&Path> = values("--corpus").map(path).collect();
    let lua = match args.value("--lua") {
        Some(name) => OsString::from_vec(name.to_vec()),
        None => OsString::from("lua5.4"),
    };
    let lua = (!args.has("--no-lua")).then_some(lua);
    let plan = plan(args.value("--selfhost").map(path), &folders, lua, args.has("--plant"));
    let json = args.has("--json");
    let proof = match plan.and_then(|plan| prove(&plan, json)) {
        Ok(proof) => proof,
        Err(message) => {
            eprintln!("luka bootstrap: {message}");
            return 2;
        }
    };
    if let Some(folder) = args.value("--emit")
        && let Err(message) = proof.write_images(path(folder))
    {
        eprintln!("luka bootstrap: {message}");
        return 2;
    }
    if json {
        tool::print(report::json(&proof).as_bytes());
    } else {
        tool::print(report::verdict(&proof).as_bytes());
    }
    i32::from(!proof.holds())
}

fn path(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

/// Everything the proof is about.
fn plan(
    selfhost: Option<&Path>,
    folders: &[&Path],
    lua: Option<OsString>,
    planted: bool,
) -> Result<Plan, String> {
    let packed = Packed::open()?;
    let files = match selfhost {
        Some(folder) => texts::selfhost_in(folder)?,
        None => packed.selfhost(),
    };
    let library = packed.library();
    let mut groups = vec![Group { title: "conformance suite".to_string(), texts: packed.suite() }];
    for folder in folders {
        groups.push(texts::folder(folder)?);
    }
    let foreign = selfhost.is_some();
    Ok(Plan { modules: texts::modules(&files), files, library, groups, foreign, lua, planted })
}
