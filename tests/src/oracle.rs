//! PUC Lua as a witness: the same sections under `lua5.4`, where it is installed. `LUKA_ORACLE`
//! names another binary.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::script::version;

pub struct Oracle {
    pub program: String,
    pub version: (u32, u32, u32),
}

/// The PUC Lua of this machine, if there is one.
pub fn find() -> Option<&'static Oracle> {
    static FOUND: OnceLock<Option<Oracle>> = OnceLock::new();
    FOUND
        .get_or_init(|| {
            let given = std::env::var("LUKA_ORACLE").ok();
            let names = given.into_iter().chain(["lua5.4", "lua"].map(String::from));
            names.filter_map(ask_version).find(|o| (o.version.0, o.version.1) == (5, 4))
        })
        .as_ref()
}

fn ask_version(program: String) -> Option<Oracle> {
    let output = Command::new(&program).arg("-v").stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut words = text.split_whitespace();
    // Not ourselves under the name `lua`.
    if words.next() != Some("Lua") {
        return None;
    }
    Some(Oracle { version: version(words.next()?)?, program })
}

impl Oracle {
    /// Runs a program under a file name: what it printed, and its complaint if it failed.
    pub fn run(&self, program: &str, name: &str) -> (Vec<u8>, Option<String>) {
        let folder = scratch();
        let result = std::fs::write(folder.join(name), program).and_then(|()| {
            Command::new(&self.program)
                .arg(name)
                .current_dir(&folder)
                .stdin(Stdio::null())
                .env_remove("LUA_INIT")
                .env_remove("LUA_INIT_5_4")
                .output()
        });
        let _ = std::fs::remove_dir_all(&folder);
        match result {
            Ok(output) if output.status.success() => (output.stdout, None),
            Ok(output) => {
                (output.stdout, Some(String::from_utf8_lossy(&output.stderr).into_owned()))
            }
            Err(error) => (Vec::new(), Some(error.to_string())),
        }
    }
}

/// A folder of its own for a run.
pub fn scratch() -> PathBuf {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("luka-tests-{}-{n}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for temporary files");
    folder
}

/// Copies a folder and what is in it.
///
/// # Errors
/// Those of the files.
pub fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
