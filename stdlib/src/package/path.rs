//! Search paths: templates separated by `;` in which `?` is replaced by the name.

use crate::os::{OPENED, c_arg, opt_c_arg};
use crate::prim;
use luka_vm::api::BYTES_PER_UNIT;
use luka_vm::{NativeResult, Raise, Value, Vm};

/// PUC's default on Unix, then modules with this language's own suffix, then where Debian has modules.
pub const DEFAULT: &str = "/usr/local/share/lua/5.4/?.lua;/usr/local/share/lua/5.4/?/init.lua;\
    /usr/local/lib/lua/5.4/?.lua;/usr/local/lib/lua/5.4/?/init.lua;./?.lua;./?/init.lua;./?.luka;\
    ./?/init.luka;/usr/share/lua/5.4/?.lua;/usr/share/lua/5.4/?/init.lua";
pub const DEFAULT_C: &str = "/usr/local/lib/lua/5.4/?.so;/usr/local/lib/lua/5.4/loadall.so;./?.so";

/// A path from the first environment variable that is set, `;;` in it replaced by the default;
/// the default if none is set or the registry says to ignore them (`-E`).
pub fn from_environment(vm: &mut Vm, variables: &[&str], default: &str) -> Vec<u8> {
    let ignore = !prim::registry_field(vm, "LUA_NOENV").is_falsy();
    let value = variables.iter().find_map(|name| vm.host().getenv(name.as_bytes()));
    let Some(path) = value.filter(|_| !ignore) else {
        return default.as_bytes().to_vec();
    };
    let Some(at) = find(&path, b";;") else { return path };
    let (before, after) = (&path[..at], &path[at + 2..]);
    let mut out = before.to_vec();
    if !before.is_empty() {
        out.push(b';');
    }
    out.extend_from_slice(default.as_bytes());
    if !after.is_empty() {
        out.push(b';');
        out.extend_from_slice(after);
    }
    out
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, what)
}

/// `text` with every `what` (not empty) replaced.
fn replace(vm: &mut Vm, text: &[u8], what: &[u8], with: &[u8]) -> Result<Vec<u8>, Raise> {
    if what.len() > text.len() {
        return Ok(text.to_vec());
    }
    let count = memchr::memmem::find_iter(text, what).count();
    let size = text.len().saturating_add(count.saturating_mul(with.len()));
    vm.heap.reserve(size)?;
    vm.charge((size + text.len()) as u64 / 4 + count as u64);
    let mut out = Vec::with_capacity(size);
    let mut rest = text;
    while let Some(at) = find(rest, what) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(with);
        rest = &rest[at + what.len()..];
    }
    out.extend_from_slice(rest);
    Ok(out)
}

/// The first readable file, or the message that lists where it was looked for.
///
/// # Errors
/// [`Raise::Memory`] if the list of files is larger than the memory limit allows.
pub fn search(
    vm: &mut Vm,
    name: &[u8],
    path: &[u8],
    sep: &[u8],
    rep: &[u8],
) -> Result<Result<Vec<u8>, Vec<u8>>, Raise> {
    vm.heap.room_for_message(name.len() + path.len())?;
    let name = if sep.is_empty() { name.to_vec() } else { replace(vm, name, sep, rep)? };
    let files = replace(vm, path, b"?", &name)?;
    // An empty path has no template, not an empty one.
    for file in files.split(|&c| c == b';').filter(|_| !files.is_empty()) {
        vm.heap.room_for_message(file.len())?;
        vm.charge(OPENED + file.len() as u64 / BYTES_PER_UNIT);
        if let Ok(id) = vm.host().open(file, b"r") {
            let _ = vm.host().close(id);
            return Ok(Ok(file.to_vec()));
        }
    }
    vm.heap.room_for_message(files.len())?;
    let list = replace(vm, &files, b";", b"'\n\tno file '")?;
    Ok(Err([b"no file '", &*list, b"'"].concat()))
}

pub fn searchpath(vm: &mut Vm) -> NativeResult {
    // In the order a C compiler has PUC check them.
    let rep = opt_c_arg(vm, 4)?.unwrap_or(b"/");
    let sep = opt_c_arg(vm, 3)?.unwrap_or(b".");
    let path = c_arg(vm, 2)?;
    let name = c_arg(vm, 1)?;
    match search(vm, name, path, sep, rep)? {
        Ok(file) => {
            let file = vm.str(&file)?;
            vm.ret1(file)
        }
        Err(message) => {
            let message = vm.str(&message)?;
            vm.ret2(Value::NIL, message)
        }
    }
}
