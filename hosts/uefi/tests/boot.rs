//! The application under QEMU with OVMF, typed to over the serial line: an old processor without random
//! numbers, 64 MB. `LUKA_EFI` names the application; tests/modes/uefi.sh builds it and sets the variable.
//! `LUKA_CUTS` says how often the power goes (5).

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const FIRMWARE: &str = "/usr/share/OVMF/OVMF_CODE_4M.fd";
/// An emulated machine on a busy one takes its time.
const LIMIT: Duration = Duration::from_secs(120);

/// The application, if these tests are to run.
fn application() -> Option<PathBuf> {
    let path = std::env::var_os("LUKA_EFI").map(PathBuf::from);
    if path.is_none() {
        println!("SKIPPED: LUKA_EFI does not name the application");
    }
    path
}

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().expect(program);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A disk that firmware starts from.
struct Disk(PathBuf);

impl Disk {
    fn new(name: &str, application: &Path) -> Disk {
        let name = format!("luka-uefi-{}-{name}.img", std::process::id());
        let disk = Disk(std::env::temp_dir().join(name));
        let file = std::fs::File::create(&disk.0).unwrap();
        file.set_len(48 << 20).unwrap();
        run("mformat", &["-i", disk.path(), "-F", "::"]);
        run("mmd", &["-i", disk.path(), "::/EFI", "::/EFI/BOOT"]);
        disk.put(application, "/EFI/BOOT/BOOTX64.EFI");
        disk
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }

    fn put(&self, file: &Path, name: &str) {
        let to = format!("::{name}");
        run("mcopy", &["-o", "-i", self.path(), file.to_str().unwrap(), &to]);
    }

    fn contents(&self, name: &str) -> String {
        run("mtype", &["-i", self.path(), &format!("::{name}")])
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// An emulated machine that is on.
struct Machine {
    child: Child,
    keys: ChildStdin,
    output: Receiver<Vec<u8>>,
    /// What has come over the line since the last input began.
    said: Vec<u8>,
}

/// What a person reads of the bytes of a terminal: without the sequences that move the cursor.
fn plain(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut plain = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' if rest.next() == Some('[') => {
                rest.find(char::is_ascii_alphabetic);
            }
            '\u{1b}' | '\r' => {}
            c => plain.push(c),
        }
    }
    plain
}

impl Machine {
    fn start(disk: &Disk, options: &[&str]) -> Machine {
        let drive = format!("format=raw,file={}", disk.path());
        let firmware = format!("if=pflash,format=raw,readonly=on,file={FIRMWARE}");
        let mut child = Command::new("qemu-system-x86_64")
            .args(["-machine", "q35,accel=tcg", "-nographic", "-net", "none", "-boot", "menu=off"])
            .args(["-drive", &firmware, "-drive", &drive])
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("qemu-system-x86_64");
        let (keys, mut from) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n @ 1..) = from.read(&mut buffer) {
                if sender.send(buffer[..n].to_vec()).is_err() {
                    return;
                }
            }
        });
        Machine { child, keys, output, said: Vec::new() }
    }

    /// An old processor and little memory.
    fn small(disk: &Disk) -> Machine {
        let mut machine = Machine::start(disk, &["-m", "64", "-cpu", "qemu64"]);
        machine.wait("\n> ");
        machine
    }

    /// Waits until what was said is enough.
    fn until(&mut self, is_enough: impl Fn(&str) -> bool) -> String {
        let start = Instant::now();
        loop {
            let said = plain(&self.said);
            if is_enough(&said) {
                return said;
            }
            match self.output.recv_timeout(LIMIT.saturating_sub(start.elapsed())) {
                Ok(bytes) => self.said.extend(bytes),
                Err(_) => panic!("it does not come to what is waited for:\n{said}"),
            }
        }
    }

    /// Waits until what was said ends with a text.
    fn wait(&mut self, end: &str) -> String {
        self.until(|said| said.ends_with(end))
    }

    /// Presses keys, as fast as a serial line takes them.
    fn press(&mut self, keys: &str) {
        for byte in keys.bytes() {
            self.keys.write_all(&[byte]).and_then(|()| self.keys.flush()).expect("a machine");
            std::thread::sleep(Duration::from_millis(4));
        }
    }

    /// Types an input and waits for the next prompt. Returns what is between.
    fn input(&mut self, text: &str) -> String {
        self.said.clear();
        self.press(&format!("{text}\r"));
        let said = self.until(|said| said.contains('\n') && said.ends_with("\n> "));
        let (_, said) = said.split_once('\n').unwrap();
        said.strip_suffix("> ").unwrap().trim_end_matches('\n').to_string()
    }

    /// Pulls the plug.
    fn cut(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits until the machine has turned itself off.
    fn off(&mut self) {
        let start = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            assert!(start.elapsed() < LIMIT, "the machine stays on");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn inputs_files_and_errors() {
    let Some(application) = application() else { return };
    let disk = Disk::new("inputs", &application);
    let mut machine = Machine::small(&disk);
    assert_eq!(machine.input("1 + 1"), "2");
    assert_eq!(machine.input("local x = 41"), "");
    assert_eq!(machine.input("x + 1, 'two'"), "42      \"two\"");
    machine.press("function f(n)\r");
    machine.wait(">> ");
    machine.press("return n * 2\r");
    machine.wait("2\n>> ");
    assert_eq!(machine.input("end"), "");
    assert_eq!(machine.input("f(21)"), "42");
    assert!(machine.input("nil + 1").contains("attempt to perform arithmetic on a nil value"));
    assert!(machine.input("x = = 1").contains("Error"));
    let written = "local h = io.open('/note.txt', 'w') h:write('kept\\n') h:close()";
    assert_eq!(machine.input(written), "");
    assert_eq!(machine.input("for l in io.lines('note.txt') do print(l) end"), "kept");
    assert_eq!(
        machine.input("(select(2, io.open('nothing.txt')))"),
        "\"nothing.txt: No such file or directory\""
    );
    assert_eq!(machine.input("os.time() > 1.6e9, os.clock() > 0"), "true    true");
    assert_eq!(machine.input("string.format('%.4f', math.sin(1))"), "\"0.8415\"");
    let full = machine.input("local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end");
    assert!(full.contains("not enough memory"), "{full}");
    // There is memory to save a state that is as large as it can be, and to go on from it.
    machine.cut();
    let mut machine = Machine::small(&disk);
    let said = plain(&machine.said);
    assert!(said.contains("as after input"), "{said}");
    assert_eq!(machine.input("t = nil"), "");
    assert_eq!(machine.input("x"), "41");
    machine.press("os.exit()\r");
    machine.off();
    assert_eq!(disk.contents("/note.txt"), "kept\n");
}

#[test]
fn lines_are_edited_and_come_back() {
    let Some(application) = application() else { return };
    let disk = Disk::new("lines", &application);
    let mut machine = Machine::small(&disk);
    assert_eq!(machine.input("1 + 2\u{1b}[D\u{1b}[D\u{1b}[D * 10"), "12");
    // Up, Up: the line before the last.
    assert_eq!(machine.input("'last'"), "\"last\"");
    machine.press("\u{1b}[A\u{1b}[A");
    assert_eq!(machine.input(""), "12");
    machine.press("not this\u{3}");
    machine.wait("^C\n> ");
    assert_eq!(machine.input("x\u{8}7"), "7");
    // A line that is longer than the screen is wide.
    let long = format!("#'{}'", "a".repeat(150));
    assert_eq!(machine.input(&long).lines().last(), Some("150"));
    assert_eq!(
        machine.input("(function() print('name?') return io.read() end)()\rAda"),
        "name?\nAda\n\"Ada\""
    );
    // The end of input turns the machine off.
    machine.press("\u{4}");
    machine.off();
}

#[test]
fn programs_that_do_not_end_are_stopped() {
    let Some(application) = application() else { return };
    let disk = Disk::new("stops", &application);
    let mut machine = Machine::small(&disk);
    assert_eq!(machine.input("n = 0"), "");
    machine.press("while true do n = n + 1 end\r");
    machine.wait("end\n");
    std::thread::sleep(Duration::from_secs(1));
    machine.press("\u{3}");
    assert!(machine.wait("\n> ").contains("interrupted!"));
    assert_eq!(machine.input("n > 0"), "true");
    machine.press("while true do pcall(function() while true do end end) end\r");
    machine.wait("end) end\n");
    for _ in 0..2 {
        std::thread::sleep(Duration::from_secs(1));
        machine.press("\u{3}");
    }
    machine.wait("\n> ");
    assert_eq!(machine.input("'well'"), "\"well\"");
}

#[test]
fn the_session_is_there_after_power_cuts() {
    let Some(application) = application() else { return };
    let disk = Disk::new("cuts", &application);
    // What was known to be done, and what was typed.
    let (mut done, mut typed) = (0, 0);
    // Numbers that are spread well enough; the same each time.
    let mut random = 12345u64;
    let rounds = std::env::var("LUKA_CUTS").map_or(5, |n| n.parse().expect("a number of cuts"));
    for round in 0..rounds {
        let mut machine = Machine::small(&disk);
        let said = plain(&machine.said);
        assert_eq!(said.contains("as after input"), round > 0, "{said}");
        if round == 0 {
            machine.input("local n, log = 0, {}");
        }
        let n: u64 = machine.input("n").trim().parse().unwrap();
        assert!(done <= n && n <= typed, "{done} <= {n} <= {typed}");
        assert_eq!(machine.input("#log"), n.to_string());
        (done, typed) = (n, n);
        for _ in 0..3 {
            typed += 1;
            machine.input("n = n + 1 log[n] = ('x'):rep(20000)");
            done += 1;
        }
        typed += 1;
        machine.press("n = n + 1 log[n] = ('x'):rep(20000)\r");
        random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        std::thread::sleep(Duration::from_millis(random >> 33 & 255));
        machine.cut();
    }
    // Half an image is not used, and says so.
    let half = std::env::temp_dir().join(format!("luka-uefi-{}-half", std::process::id()));
    std::fs::write(&half, b"half").unwrap();
    disk.put(&half, "/luka.img");
    disk.put(&half, "/luka.new");
    std::fs::remove_file(&half).unwrap();
    let mut machine = Machine::small(&disk);
    let said = plain(&machine.said);
    assert!(said.contains("cannot be used"), "{said}");
    assert_eq!(machine.input("n"), "nil");
    machine.input("local kept = 1");
    assert_eq!(machine.input(":reset"), "");
    assert_eq!(machine.input("kept"), "nil");
}

#[test]
fn new_machines_are_fine_too() {
    let Some(application) = application() else { return };
    let disk = Disk::new("new", &application);
    let mut machine =
        Machine::start(&disk, &["-m", "256", "-cpu", "max", "-device", "virtio-rng-pci"]);
    machine.wait("\n> ");
    assert_eq!(machine.input("math.type(math.random(1, 6))"), "\"integer\"");
    // Deep calls and deep texts, on the stack that the firmware gives.
    let deep = "pcall(function() local function f() return 1 + f() end return f() end)";
    let ended = machine.input(deep);
    assert!(ended.contains("stack overflow") || ended.contains("not enough memory"), "{ended}");
    let nested =
        "pcall(function() local function f() return (('a'):gsub('a', f)) end return f() end)";
    assert!(machine.input(nested).contains("C stack overflow"));
    assert_eq!(machine.input("load('return ' .. ('('):rep(180) .. 1 .. (')'):rep(180))()"), "1");
}
