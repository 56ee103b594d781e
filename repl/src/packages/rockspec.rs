//! Rockspecs: how packages for LuaRocks name their modules. They are programs; they run with little fuel
//! and memory, and reach nothing.

use luka::{Budget, Chunk, Libs, Outcome, Registry, Vm};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Units of fuel, and bytes, that a rockspec may use.
const FUEL: u64 = 10_000_000;
const MEMORY: u64 = 16 << 20;

/// What is taken of a rockspec.
#[derive(Debug, Default, Deserialize)]
pub struct Rockspec {
    pub version: Option<String>,
    pub dependencies: Vec<String>,
    pub kind: Option<String>,
    /// Modules, and the files they are in.
    pub modules: BTreeMap<String, String>,
    /// Modules with parts in C.
    pub foreign: Vec<String>,
    /// The folder of the sources that the files are in.
    pub folder: Option<String>,
}

impl Rockspec {
    /// What it needs besides Lua.
    pub fn needs(&self) -> Vec<String> {
        let is_lua =
            |text: &&String| matches!(text.split([' ', '<', '>', '=', '~']).next(), Some("lua"));
        self.dependencies.iter().filter(|text| !is_lua(text)).cloned().collect()
    }
}

/// Takes from the globals that a rockspec sets what is needed, whatever else is in them.
const TAKE: &str = r#"
    local out = {dependencies = {}, modules = {}, foreign = {}}
    if type(version) == "string" then out.version = version end
    for _, text in ipairs(type(dependencies) == "table" and dependencies or {}) do
      if type(text) == "string" then out.dependencies[#out.dependencies + 1] = text end
    end
    local source = type(source) == "table" and source or {}
    if type(source.dir) == "string" then out.folder = source.dir end
    local build = type(build) == "table" and build or {}
    if type(build.type) == "string" then out.kind = build.type end
    local install = type(build.install) == "table" and type(build.install.lua) == "table" and build.install.lua or {}
    for _, modules in ipairs {type(build.modules) == "table" and build.modules or {}, install} do
      for name, file in pairs(modules) do
        if type(name) == "number" and type(file) == "string" then
          out.modules[file:gsub("^.*/", ""):gsub("%.lua$", "")] = file
        elseif type(file) == "string" and file:find "%.lua$" then
          out.modules[name] = file
        else
          out.foreign[#out.foreign + 1] = tostring(name)
        end
      end
    end
    table.sort(out.foreign)
    return out
"#;

/// Reads a rockspec.
///
/// # Errors
/// It cannot be run, or takes too long.
pub fn read(text: &[u8]) -> Result<Rockspec, String> {
    let registry = Registry::builder().libs(Libs::BASE | Libs::TABLE | Libs::STRING).build();
    let mut vm = Vm::builder(&registry).memory(MEMORY).build().map_err(text_of)?;
    let rockspec = vm.compile(Chunk::text(text).name("=rockspec")).map_err(text_of)?;
    vm.start(&rockspec, ()).map_err(text_of)?;
    match vm.run(Budget::fuel(FUEL)) {
        Outcome::Done(_) => {}
        Outcome::Failed(error) => return Err(error.to_string()),
        _ => return Err("it does not end".to_string()),
    }
    let take = vm.compile(TAKE).map_err(text_of)?;
    vm.start(&take, ()).map_err(text_of)?;
    match vm.run(Budget::fuel(FUEL)) {
        Outcome::Done(values) => {
            let value: luka::Value = values.get(&vm).map_err(text_of)?;
            value.to(&vm).map_err(text_of)
        }
        Outcome::Failed(error) => Err(error.to_string()),
        _ => Err("it does not end".to_string()),
    }
}

fn text_of(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rockspecs_are_read() {
        let spec = read(
            b"package = 'x' version = '1.0-1' dependencies = {'lua >= 5.1', 'penlight'}
            build = {type = 'builtin', modules = {['x.y'] = 'src/y.lua', z = {'z.c'}},
            install = {lua = {w = 'w.lua'}, bin = {'b'}}}",
        )
        .expect("a rockspec");
        assert_eq!(spec.version.as_deref(), Some("1.0-1"));
        assert_eq!(spec.dependencies, ["lua >= 5.1", "penlight"]);
        assert_eq!(spec.modules["x.y"], "src/y.lua");
        assert_eq!(spec.modules["w"], "w.lua");
        assert_eq!(spec.foreign, ["z"]);
        assert!(read(b"while true do end").unwrap_err().contains("does not end"));
        assert!(read(b"error 'x'").unwrap_err().contains('x'));
        assert!(read(b"x = ").is_err());
        assert!(read(b"build = 1 dependencies = 2 version = {}").expect("read").modules.is_empty());
    }
}
