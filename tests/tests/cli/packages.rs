//! `luka add`, `remove`, `install`, `vendor`, `tree`, with repositories made here.

use crate::program::*;
use luka_tests::binary;
use std::process::Command;

/// A folder with an empty project in `app`, and a cache of its own.
struct World {
    folder: Folder,
}

impl World {
    /// `None` if git is not installed, which is said.
    fn new() -> Option<World> {
        if Command::new("git").arg("--version").output().is_err() {
            eprintln!("SKIPPED: git is not installed");
            return None;
        }
        let world = World { folder: Folder::new(&[]) };
        world.write("app/luka.toml", "# The project.\n");
        Some(world)
    }

    fn write(&self, path: &str, text: &str) {
        let place = self.folder.0.join(path);
        std::fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
        std::fs::write(place, text).expect("written");
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.folder.0.join(path)).unwrap_or_default()
    }

    fn git(&self, folder: &str, arguments: &[&str]) -> String {
        let mut git = Command::new("git");
        git.current_dir(self.folder.0.join(folder)).args(["-c", "init.defaultBranch=main"]);
        git.args(["-c", "user.name=a", "-c", "user.email=a@example.org"]).args(arguments);
        let ran = git.output().expect("git runs");
        assert!(ran.status.success(), "{arguments:?}: {ran:?}");
        String::from_utf8_lossy(&ran.stdout).trim().to_string()
    }

    /// A commit with these files, and a tag on it.
    fn release(&self, name: &str, tag: &str, files: &[(&str, &str)]) {
        std::fs::create_dir_all(self.folder.0.join(name)).expect("a folder");
        if !self.folder.0.join(name).join(".git").exists() {
            self.git(name, &["init", "-q"]);
        }
        for (path, text) in files {
            self.write(&format!("{name}/{path}"), text);
        }
        self.git(name, &["add", "."]);
        self.git(name, &["commit", "-q", "-m", tag]);
        self.git(name, &["tag", tag]);
    }

    fn url(&self, name: &str) -> String {
        format!("file://{}", self.folder.0.join(name).display())
    }

    fn luka(&self, arguments: &[&str]) -> Ended {
        self.luka_with(arguments, &[])
    }

    fn luka_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
        let cache = self.folder.0.join("cache").display().to_string();
        let mut all = vec![("XDG_CACHE_HOME", cache.as_str())];
        all.extend_from_slice(environment);
        run_program(binary::luka(), &self.folder.0.join("app"), arguments, "", &all)
    }

    fn succeeds(&self, arguments: &[&str]) -> String {
        let ran = self.luka(arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.err);
        ran.out
    }

    fn fails(&self, arguments: &[&str], why: &str) {
        let ran = self.luka(arguments);
        assert_eq!(ran.code, Some(1), "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(why), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn packages_are_added_and_removed() {
    let Some(world) = World::new() else { return };
    world.release("words", "v1.0.0", &[("src/words.lua", "return 'words 1.0'")]);
    world.release("words", "v1.1.0", &[("src/words.lua", "return 'words 1.1'")]);
    world.write("near/near.luka", "return `near`");
    let words = world.url("words");
    // Without a tag it is the newest version.
    assert_eq!(world.succeeds(&["add", &words]), "added words 1.1.0: require \"words\"\n");
    assert_eq!(
        world.succeeds(&["add", "../near", "--name", "n", "--dev"]),
        "added n: require \"near\"\n"
    );
    assert_eq!(
        world.read("app/luka.toml"),
        format!(
            "# The project.\n\n[dependencies]\nwords = {{ git = \"{words}\", tag = \"v1.1.0\" }}\n\n\
             [dev-dependencies]\nn = {{ path = \"../near\" }}\n"
        )
    );
    let program = ["-e", "print((require 'words'), (require 'near'))"];
    assert_eq!(world.succeeds(&program), "words 1.1\tnear\n");
    assert_eq!(world.succeeds(&["tree"]), "app\n├── words 1.1.0\n└── n in a folder (for tests)\n");
    // What is there is what other programs find, too.
    assert_eq!(world.read("app/lua_modules/share/lua/5.4/words.lua"), "return 'words 1.1'");
    // The same again changes nothing; what was taken stays, though there is more.
    let lock = world.read("app/luka.lock");
    world.release("words", "v1.2.0", &[("src/words.lua", "return 'words 1.2'")]);
    assert_eq!(world.succeeds(&["install", "--locked", "--offline"]), "2 packages installed\n");
    assert_eq!(world.read("app/luka.lock"), lock);
    // Another state in the place of the first.
    world.succeeds(&["add", &format!("{words}@v1.0.0")]);
    assert_eq!(world.succeeds(&program), "words 1.0\tnear\n");
    assert_eq!(world.succeeds(&["remove", "words"]), "removed words\n");
    assert_eq!(world.succeeds(&["remove", "n"]), "removed n\n");
    assert!(!world.folder.0.join("app/lua_modules/share/lua/5.4/words.lua").exists());
    assert!(world.read("app/luka.toml").starts_with("# The project.\n"));
    assert_eq!(world.read("app/luka.lock").matches("[[package]]").count(), 0);
    // Mistakes.
    world.fails(&["remove", "words"], "luka.toml has no dependency 'words'");
    world.fails(&["add", "../none"], "there is no folder ../none");
    world.fails(&["add", &format!("{words}@v9.0.0")], "has no tag v9.0.0");
    world.fails(&["add", &words, "--branch", "none"], "has no branch none");
    world.fails(&["add", &world.url("nothing")], "does not appear to be a git repository");
    assert!(!world.read("app/luka.toml").contains("git"));
    assert_eq!(world.luka(&["add", &words, "--rev", "x"]).code, Some(2));
    let outside = run_program(binary::luka(), &world.folder.0.join("near"), &["install"], "", &[]);
    assert!(outside.err.contains("there is no luka.toml here or above"), "{}", outside.err);
}

#[test]
fn of_two_versions_the_greater_is_taken() {
    let Some(world) = World::new() else { return };
    world.release("base", "v1.0.0", &[("base.lua", "return '1.0'")]);
    world.release("base", "v1.4.0", &[("base.lua", "return '1.4'")]);
    world.release("base", "v1.10.0", &[("base.lua", "return '1.10'")]);
    let base = world.url("base");
    let needs =
        |tag: &str| format!("[dependencies]\nbase = {{git = \"{base}\", tag = \"{tag}\"}}\n");
    world.release("a", "v1.0.0", &[("luka.toml", &needs("v1.4.0")), ("a.lua", "return 'a'")]);
    world.release("b", "v1.0.0", &[("luka.toml", &needs("v1.0.0")), ("b.lua", "return 'b'")]);
    world.release(
        "c",
        "v1.0.0",
        &[
            ("luka.toml", &needs("v1.10.0").replace("tag = \"v1.10.0\"", "branch = \"main\"")),
            ("c.lua", ""),
        ],
    );
    world.succeeds(&["add", &world.url("b")]);
    assert_eq!(world.succeeds(&["-e", "print((require 'base'))"]), "1.0\n");
    world.succeeds(&["add", &world.url("a")]);
    assert_eq!(world.succeeds(&["-e", "print((require 'base'))"]), "1.4\n");
    let tree = "app\n├── a 1.0.0\n│   └── base 1.4.0\n└── b 1.0.0\n    └── base 1.4.0\n";
    assert_eq!(world.succeeds(&["tree"]), tree);
    // States that are not versions exclude each other, until the project says which it is.
    world.fails(&["add", &world.url("c")], "base is asked for as git+");
    world.succeeds(&["add", &format!("{base}@v1.10.0")]);
    world.succeeds(&["add", &world.url("c")]);
    assert_eq!(world.succeeds(&["-e", "print((require 'base'))"]), "1.10\n");
}

#[test]
fn what_was_changed_is_refused() {
    let Some(world) = World::new() else { return };
    world.release("words", "v1.0.0", &[("words.lua", "return 'first'")]);
    let words = world.url("words");
    world.succeeds(&["add", &words]);
    let toml = world.read("app/luka.toml");
    let lock = world.read("app/luka.lock");
    // A tag that leads elsewhere now: the lock's commit is still taken.
    world.write("words/words.lua", "return 'second'");
    world.git("words", &["commit", "-q", "-a", "-m", "second"]);
    world.git("words", &["tag", "-f", "v1.0.0"]);
    std::fs::remove_dir_all(world.folder.0.join("app/lua_modules")).expect("removed");
    world.succeeds(&["install", "--locked"]);
    assert_eq!(world.succeeds(&["-e", "print((require 'words'))"]), "first\n");
    world.succeeds(&["install", "--update"]);
    assert_eq!(world.succeeds(&["-e", "print((require 'words'))"]), "second\n");
    // A lock that is not what luka.toml asks for, and one whose digits are others.
    world.write("app/luka.lock", &lock);
    world.write("app/luka.toml", &toml.replace("v1.0.0", "v1.0.1"));
    world.git("words", &["tag", "v1.0.1"]);
    world.fails(&["install", "--locked"], "luka.lock is not what luka.toml asks for");
    world.write("app/luka.toml", &toml);
    let digits = lock.split("sha256 = \"").nth(1).and_then(|rest| rest.get(..64)).expect("digits");
    world.write("app/luka.lock", &lock.replace(digits, &"0".repeat(64)));
    world.fails(&["install"], "are not those that luka.lock names");
    world.write("app/luka.lock", "version = 9\n");
    world.fails(&["install"], "luka.lock is of version 9");
    world.write("app/luka.lock", "x");
    world.fails(&["install"], "luka.lock: ");
    // Files of others are left alone.
    world.write("app/luka.lock", &lock);
    world.write("app/luka.toml", "");
    world.succeeds(&["install"]);
    world.write("app/lua_modules/share/lua/5.4/words.lua", "mine");
    world.write("app/luka.toml", &toml);
    world.fails(&["install"], "is there already, and not from words");
    assert_eq!(world.read("app/lua_modules/share/lua/5.4/words.lua"), "mine");
}

#[test]
fn vendored_packages_need_nothing() {
    let Some(world) = World::new() else { return };
    let spec = "package = 'rock' version = '1.2-1' dependencies = {'lua >= 5.1', 'elsewhere'}
        build = {type = 'builtin', modules = {['rock.one'] = 'lib/one.lua', rock = 'lib/init.lua'}}";
    let files = [
        ("rock-1.2-1.rockspec", spec),
        ("lib/one.lua", "return 1"),
        ("lib/init.lua", "return 'rock'"),
    ];
    world.release("rock", "1.2", &files);
    let added = world.luka(&["add", &world.url("rock"), "--branch", "main"]);
    assert_eq!(added.out, "added rock 1.2-1: require \"rock\", require \"rock.one\"\n");
    assert!(added.err.contains("rock needs 'elsewhere' of LuaRocks"), "{}", added.err);
    assert_eq!(world.succeeds(&["vendor"]), "1 package copied to vendor\n");
    std::fs::remove_dir_all(world.folder.0.join("cache")).expect("removed");
    std::fs::remove_dir_all(world.folder.0.join("app/lua_modules")).expect("removed");
    let ran = world.luka_with(&["install", "--locked", "--offline"], &[("PATH", "/nowhere")]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(
        world.succeeds(&["-e", "print((require 'rock'), (require 'rock.one'))"]),
        "rock\t1\n"
    );
    // A copy that was changed is not taken: without git there is no other.
    world.write("app/vendor/rock/lib/one.lua", "return 2");
    let ran = world.luka_with(&["install", "--offline"], &[("PATH", "/nowhere")]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
}

/// `luka vendor` replaced whatever was in `vendor/NAME`.
#[test]
fn changes_in_vendored_packages_are_not_lost() {
    let Some(world) = World::new() else { return };
    world.release("one", "v1.0.0", &[("one.lua", "return 1")]);
    world.release("two", "v1.0.0", &[("two.lua", "return 1")]);
    for name in ["one", "two"] {
        world.succeeds(&["add", &world.url(name), "--branch", "main"]);
    }
    // What somebody else has put there.
    world.write("app/vendor/two/notes", "mine");
    world.fails(&["vendor"], "vendor/two is not as it was copied from git+");
    assert!(!world.folder.0.join("app/vendor/one").exists());
    assert_eq!(world.read("app/vendor/two/notes"), "mine");
    assert_eq!(world.succeeds(&["vendor", "--force"]), "2 packages copied to vendor\n");
    assert_eq!(world.read("app/vendor/two/notes"), "");
    assert_eq!(world.succeeds(&["vendor"]), "2 packages copied to vendor\n");
    // What is as it was copied makes room for something newer, without a lock, too.
    world.release("one", "v1.1.0", &[("one.lua", "return 2")]);
    world.succeeds(&["install", "--update"]);
    std::fs::remove_file(world.folder.0.join("app/luka.lock")).expect("removed");
    world.succeeds(&["vendor"]);
    assert_eq!(world.read("app/vendor/one/one.lua"), "return 2");
    // What was changed does not, nor does the package whose turn it would be before.
    world.write("app/vendor/two/two.lua", "return 'mended'");
    world.release("one", "v1.2.0", &[("one.lua", "return 3")]);
    world.succeeds(&["install", "--update"]);
    world.fails(&["vendor"], "vendor/two is not as it was copied");
    assert_eq!(world.read("app/vendor/one/one.lua"), "return 2");
    assert_eq!(world.read("app/vendor/two/two.lua"), "return 'mended'");
    world.succeeds(&["vendor", "--force"]);
    assert_eq!(world.read("app/vendor/one/one.lua"), "return 3");
    assert_eq!(world.read("app/vendor/two/two.lua"), "return 1");
    let left: Vec<_> =
        std::fs::read_dir(world.folder.0.join("app")).expect("a folder").flatten().collect();
    assert!(!left.iter().any(|entry| entry.file_name().to_string_lossy().ends_with(".new")));
}

#[test]
fn packages_that_cannot_be_used_say_why() {
    let Some(world) = World::new() else { return };
    let spec = |build: &str| format!("package = 'p' version = '1-1' build = {build}");
    for (i, (file, text, why)) in [
        (
            "p-1-1.rockspec",
            spec("{type = 'builtin', modules = {p = {'p.c'}}}"),
            "'p' is in C, which is not built",
        ),
        (
            "p-1-1.rockspec",
            spec("{type = 'make'}"),
            "its modules are built by 'make', which is not run",
        ),
        ("p-1-1.rockspec", "while true do end".to_string(), "it does not end"),
        ("p-1-1.rockspec", spec("{modules = {p = '../../x.lua'}}"), "there is no file ../../x.lua"),
        ("luka.toml", "[package]\nversion = '1'\n".to_string(), "a version has three numbers"),
        (
            "luka.toml",
            "[dependencies]\nx = {path = '../../x'}\n".to_string(),
            "is itself from a repository",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("p{i}");
        world.release(&name, "v1.0.0", &[(file, &text)]);
        world.fails(&["add", &world.url(&name)], why);
    }
    std::fs::create_dir_all(world.folder.0.join("link")).expect("a folder");
    std::os::unix::fs::symlink("/etc/passwd", world.folder.0.join("link/a.lua")).expect("a link");
    world.release("link", "v1.0.0", &[]);
    world.fails(&["add", &world.url("link")], "a.lua is a link");
    assert_eq!(world.read("app/luka.toml"), "# The project.\n");
}

/// A zip archive whose files are not packed.
fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let crc = |bytes: &[u8]| {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 }
            })
        })
    };
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let place = out.len() as u32;
        let mut common = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        for word in [crc(text.as_bytes()), text.len() as u32, text.len() as u32] {
            common.extend_from_slice(&word.to_le_bytes());
        }
        common.extend_from_slice(&[name.len() as u8, 0, 0, 0]);
        out.extend([b"PK\x03\x04", common.as_slice(), name.as_bytes(), text.as_bytes()].concat());
        directory.extend([b"PK\x01\x02\x14\0", common.as_slice(), &[0; 10]].concat());
        directory.extend([&place.to_le_bytes(), name.as_bytes()].concat());
    }
    let (at, size) = (out.len() as u32, directory.len() as u32);
    let count = files.len() as u8;
    out.extend_from_slice(&directory);
    out.extend([b"PK\x05\x06\0\0\0\0".as_slice(), &[count, 0, count, 0]].concat());
    out.extend([size.to_le_bytes(), at.to_le_bytes()].concat());
    out.extend_from_slice(&[0, 0]);
    out
}

fn mirror(rocks: &[(&str, Vec<u8>)], manifest: &str) -> (World, String) {
    let world = World { folder: Folder::new(&[]) };
    world.write("app/luka.toml", "");
    world.write("mirror/manifest", manifest);
    for (name, bytes) in rocks {
        std::fs::write(world.folder.0.join("mirror").join(name), bytes).expect("written");
    }
    let url = world.url("mirror");
    (world, url)
}

fn rockspec(name: &str, version: &str, rest: &str) -> String {
    format!("package = '{name}' version = '{version}' source = {{url = 'git+x'}} {rest}")
}

#[test]
fn rocks_are_taken_from_mirrors() {
    let words = |version: &str| {
        let needs = "'lua >= 5.1', 'ink ~> 2.0', 'luasocket', 'elsewhere >= 1'";
        let spec = rockspec(
            "words",
            version,
            &format!(
                "dependencies = {{{needs}}} build = {{type = 'builtin', modules = {{words = 'src/words.lua',
                ['words.init_'] = 'src/more.lua'}}}}"
            ),
        );
        // As `luarocks pack` packs a repository: in a folder.
        zip(&[
            (&format!("words-{version}.rockspec"), &spec),
            ("words/src/words.lua", &format!("return 'words {version} ' .. require 'ink'")),
            ("words/src/more.lua", "return 1"),
            ("words/words-scm-1.rockspec", "error 'not this one'"),
        ])
    };
    let ink = |version: &str| {
        let spec =
            rockspec("ink", version, "build = {type = 'builtin', modules = {ink = 'ink.lua'}}");
        let text = format!("return 'ink {version}'");
        zip(&[(&format!("ink-{version}.rockspec"), &spec), ("lua/ink.lua", &text), ("doc/a", "")])
    };
    let c = zip(&[("c-1-1.rockspec", &rockspec("c", "1-1", "")), ("lib/c.so", "")]);
    let rocks = [
        ("words-1.0-1.src.rock", words("1.0-1")),
        ("words-1.10-1.src.rock", words("1.10-1")),
        ("ink-2.0-1.all.rock", ink("2.0-1")),
        ("ink-2.0.3-1.all.rock", ink("2.0.3-1")),
        ("ink-2.1-1.all.rock", ink("2.1-1")),
        ("c-1-1.all.rock", c),
        ("cut-1-1.src.rock", words("1.0-1")[..300].to_vec()),
        ("far-1-1.src.rock", zip(&[("../../far", "")])),
        ("spec-1-1.rockspec", b"x = 1".to_vec()),
    ];
    let manifest = r#"
        commands = {} modules = {}
        repository = {
          words = {["1.0-1"] = {{arch = "src"}}, ["1.10-1"] = {{arch = "src"}, {arch = "rockspec"}}, ["scm-1"] = {{arch = "rockspec"}}},
          ink = {["2.0-1"] = {{arch = "all"}}, ["2.0.3-1"] = {{arch = "all"}}, ["2.1-1"] = {{arch = "all"}}},
          c = {["1-1"] = {{arch = "all"}}}, cut = {["1-1"] = {{arch = "src"}}}, far = {["1-1"] = {{arch = "src"}}},
          spec = {["1-1"] = {{arch = "rockspec"}}},
        }"#;
    let (world, url) = mirror(&rocks, manifest);
    let program = ["-e", "print((require 'words'))"];
    // The newest version, and the newest that it allows of what it needs.
    let added = world.luka(&["add", "words", "--mirror", &url]);
    assert_eq!(
        added.out, "added words 1.10-1: require \"words\", require \"words.init_\"\n",
        "{}",
        added.err
    );
    assert!(added.err.contains("words needs 'elsewhere >= 1' of LuaRocks"), "{}", added.err);
    assert!(!added.err.contains("luasocket"), "{}", added.err);
    assert_eq!(world.succeeds(&program), "words 1.10-1 ink 2.0.3-1\n");
    assert_eq!(
        world.read("app/luka.toml"),
        format!("[dependencies]\nwords = {{ rock = \"1.10-1\", mirror = \"{url}\" }}\n")
    );
    assert_eq!(world.succeeds(&["tree"]), "app\n└── words 1.10-1\n    └── ink 2.0.3-1\n");
    let lock = world.read("app/luka.lock");
    world.succeeds(&["install", "--locked", "--offline"]);
    assert_eq!(world.read("app/luka.lock"), lock);
    // A certain version, by the variable.
    let ran = world.luka_with(&["add", "words@1.0"], &[("LUKA_MIRROR", &url)]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(world.succeeds(&program), "words 1.0-1 ink 2.0.3-1\n");
    // Copied, and installed from there without the mirror.
    assert_eq!(world.succeeds(&["vendor"]), "2 packages copied to vendor\n");
    std::fs::rename(world.folder.0.join("mirror"), world.folder.0.join("gone")).expect("moved");
    std::fs::remove_dir_all(world.folder.0.join("app/lua_modules")).expect("removed");
    world.succeeds(&["install"]);
    assert_eq!(world.succeeds(&program), "words 1.0-1 ink 2.0.3-1\n");
    std::fs::rename(world.folder.0.join("gone"), world.folder.0.join("mirror")).expect("moved");
    std::fs::remove_dir_all(world.folder.0.join("app/vendor")).expect("removed");
    // Another rock under the same name is refused.
    std::fs::write(world.folder.0.join("mirror/ink-2.0.3-1.all.rock"), {
        let spec = rockspec("ink", "2.0.3-1", "");
        zip(&[("ink-2.0.3-1.rockspec", &spec), ("lua/ink.lua", "return 'another'")])
    })
    .expect("written");
    world.fails(&["install"], "the files of rock 2.0.3-1 are not those that luka.lock names");
    std::fs::write(world.folder.0.join("mirror/ink-2.0.3-1.all.rock"), ink("2.0.3-1"))
        .expect("written");
    for (rock, why) in [
        ("c", "'lib/c.so' is in C"),
        ("cut", "the archive is damaged"),
        ("far", "a file named '../../far'"),
        ("spec", "has only the rockspec of spec 1-1"),
        ("none", "has no rock none"),
        ("words@7", "has no rock words 7"),
    ] {
        world.fails(&["add", rock, "--mirror", &url], why);
    }
    world.fails(&["add", "words", "--mirror", "https://luarocks.org"], "a mirror is a folder");
    world.fails(&["add", "words"], "needs `--mirror`");
    world.write("mirror/manifest", "while true do end");
    let ran = world.luka(&["add", "words", "--mirror", &url]);
    assert!(ran.err.contains("manifest: it does not end"), "{}", ran.err);
}
