//! `luka new`, `luka init`.

use crate::program::*;

#[test]
fn a_new_project_passes_every_check() {
    let folder = Folder::new(&[]);
    let made = folder.run(&["new", "hello"]);
    assert_eq!(made.code, Some(0), "{}", made.err);
    assert_eq!(made.out, "made hello: `cd hello`, then `luka test`\n");
    let project = Folder(folder.0.join("hello"));
    let ended = project.run_with(&["test"], "", &[("XDG_CACHE_HOME", "/nowhere")]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), "1 passed, 0 failed, 0 skipped\n"));
    let ended = project.run_with(&["test", "--doc"], "", &[("XDG_CACHE_HOME", "/nowhere")]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), "1 passed, 0 failed, 0 skipped\n"));
    let ended = project.run(&["check", "."]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), "checked 3 files: nothing to report\n"));
    let ended = project.run(&["fmt", "--check"]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), "checked 3 files: all are formatted\n"));
    assert_eq!(project.run(&["main.lua"]).out, "Hello, hello!\n");
    assert_eq!(project.run(&["main.lua", "Ada"]).out, "Hello, Ada!\n");
    let again = folder.run(&["new", "hello"]);
    assert_eq!(
        (again.code, again.err.as_str()),
        (Some(1), "luka new: hello exists; `luka init` is for folders that do\n")
    );
    for name in ["", "a b", ".x", "x/-y"] {
        assert_eq!(folder.run(&["new", name]).code, Some(2), "{name}");
    }
}

#[test]
fn init_changes_nothing_that_is_there() {
    let folder = Folder::new(&[("luka.toml", "std = \"5.4\"\n"), ("a.lua", "print(1)\n")]);
    let ended = folder.run(&["init"]);
    assert_eq!(
        (ended.code, ended.err.as_str()),
        (Some(0), "luka.toml is there already\nwrote .gitignore\n")
    );
    assert_eq!(
        std::fs::read_to_string(folder.0.join("luka.toml")).expect("there"),
        "std = \"5.4\"\n"
    );
    assert!(!folder.0.join("main.lua").exists());
    let empty = Folder::new(&[]);
    assert_eq!(empty.run(&["init"]).code, Some(0));
    assert_eq!(empty.run_with(&["test"], "", &[("XDG_CACHE_HOME", "/nowhere")]).code, Some(0));
}
