//! `luka bootstrap [--corpus DIR]… [--json]`: proves that the self-hosted compiler and the Rust
//! compiler compute the same function on all sources available.
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

use crate::cli::{Arguments, CliError, Console, Exit, Outcome};
use proof::{Plan, prove};
use texts::{Group, Packed};

pub fn main(args: &Arguments, console: &Console) -> Outcome {
    let values = |name: &'static str| {
        args.flags.iter().filter(move |(flag, _)| flag == name).filter_map(|(_, v)| v.as_deref())
    };
    let folders: Vec<&Path> = values("--corpus").map(path).collect();
    let lua = match args.value("--lua") {
        Some(name) => OsString::from_vec(name.to_vec()),
        None => OsString::from("lua5.4"),
    };
    let lua = (!args.has("--no-lua")).then_some(lua);
    let selfhost = args.value("--selfhost").map(path);
    let plan = plan(selfhost, &folders, lua, args.has("--plant")).map_err(CliError::Failed)?;
    let json = args.has("--json");
    let proof = prove(&plan, (!json).then_some(console))?;
    if let Some(folder) = args.value("--emit") {
        proof.write_images(path(folder)).map_err(CliError::Failed)?;
    }
    let text = if json { report::json(&proof) } else { report::verdict(&proof) };
    console.print(text.as_bytes())?;
    Ok(if proof.holds() { Exit::SUCCESS } else { Exit::FAILURE })
}

fn path(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

/// Everything that is compared.
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
