//! The program as its users have it: processes on one store, killed at any moment.
//!
//! The store is a SQLite file of the test's own, or the database that DATABASE_URL names, whose tables
//! must be empty. DURABLE_SEED repeats a run's choices.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A folder of a test's own; gone at its end.
struct Place {
    folder: PathBuf,
    lease: &'static str,
}

impl Place {
    fn new(name: &str, lease: &'static str) -> Place {
        let folder = std::env::temp_dir().join(format!("durable_{name}_{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        Place { folder, lease }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_durable"));
        command
            .args(args)
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/scripts"))
            .env("DURABLE_STORE", self.folder.join("store.db"))
            .env("DURABLE_OUTBOX", self.outbox())
            .env("DURABLE_LEASE", self.lease);
        command
    }

    fn outbox(&self) -> PathBuf {
        self.folder.join("notifications.txt")
    }

    /// What a command prints.
    fn says(&self, args: &[&str]) -> String {
        let output = self.command(args).output().expect("it runs");
        text(&output, args)
    }

    fn submit(&self, args: &[&str]) -> String {
        self.says(&[&["submit"], args].concat()).trim().to_string()
    }

    fn worker(&self) -> Child {
        self.command(&["work"]).stderr(Stdio::null()).spawn().expect("it runs")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn text(output: &Output, args: &[&str]) -> String {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}: {error}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % n
    }
}

const ROUNDS: usize = 30;
const WORKERS: usize = 4;

/// Numbers of kills and of jobs; the time the test may take.
const KILLS: usize = 60;
const JOBS: usize = 6;
const PATIENCE: Duration = Duration::from_secs(240);

#[test]
fn killed_workers_lose_and_double_nothing() {
    let seed = std::env::var("DURABLE_SEED").ok().and_then(|text| text.parse().ok());
    let seed = seed.unwrap_or_else(|| std::process::id().into());
    println!("DURABLE_SEED={seed}");
    let mut random = Random(seed);
    let place = Place::new("killed", "400");
    let rounds = ROUNDS.to_string();
    let jobs: Vec<(String, String)> = (0..JOBS)
        .map(|n| {
            let account = format!("account{n}");
            (place.submit(&["accounts.lua", &account, &rounds]), account)
        })
        .collect();

    let mut workers: Vec<Child> = (0..WORKERS).map(|_| place.worker()).collect();
    let begun = Instant::now();
    let mut kills = 0;
    loop {
        for _ in 0..if kills < KILLS { KILLS / 10 } else { 0 } {
            std::thread::sleep(Duration::from_millis(random.below(60)));
            let n = random.below(WORKERS as u64) as usize;
            workers[n].kill().expect("SIGKILL is sent");
            workers[n].wait().expect("it has ended");
            workers[n] = place.worker();
            kills += 1;
        }
        std::thread::sleep(Duration::from_millis(50));
        let list = place.says(&["list"]);
        if list.lines().filter(|line| line.contains("\tdone\t")).count() == JOBS {
            break;
        }
        assert!(!list.contains("\tfailed\t"), "{list}");
        assert!(begun.elapsed() < PATIENCE, "after {kills} kills:\n{list}");
    }
    for mut worker in workers {
        worker.kill().expect("SIGKILL is sent");
        worker.wait().expect("it has ended");
    }

    // The ledger has each entry once, under the key of the step that has made it.
    let ledger = place.says(&["ledger"]);
    let mut entries: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for line in ledger.lines() {
        let [_, account, cents] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        entries.entry(account).or_default().push(cents.parse().expect("a number"));
    }
    assert_eq!(entries.len(), JOBS, "{ledger}");
    for cents in entries.values_mut() {
        cents.sort_unstable();
        assert_eq!(*cents, (1..=ROUNDS as i64).collect::<Vec<_>>(), "{ledger}");
    }
    // Each job has printed each of its lines once, in order.
    for (job, account) in &jobs {
        let mut expected = String::new();
        let mut balance = 0;
        for i in 1..=ROUNDS {
            balance += i;
            expected += &format!("{account}\t{i}\t{balance}\t99\n");
        }
        assert_eq!(place.says(&["show", job]), format!("{expected}done: {balance}\n"));
    }
    // Every notification was made, and one that was made again has the same key and text.
    let outbox = std::fs::read_to_string(place.outbox()).expect("notifications");
    let mut by_key: BTreeMap<&str, &str> = BTreeMap::new();
    for line in outbox.lines() {
        let (key, text) = line.split_once('\t').expect("a key and a text");
        assert_eq!(*by_key.entry(key).or_insert(text), text, "{key}");
    }
    assert_eq!(by_key.len(), JOBS * ROUNDS);
    let again = outbox.lines().count() - by_key.len();
    println!("{kills} kills in {:.1?}; {again} notifications made again", begun.elapsed());
    assert!(kills >= KILLS / 3, "{kills} kills are no test");
}

#[test]
fn a_job_waits_for_an_answer_without_a_process() {
    let place = Place::new("answered", "30000");
    let job = place.submit(&["approval.lua", "leave"]);
    place.says(&["work", "--until", "idle"]);
    let list = place.says(&["list"]);
    assert!(list.contains(&format!("{job}\twaiting\t1\tapproval.lua")), "{list}");
    assert!(!place.command(&["answer", "4711", "yes"]).output().expect("it runs").status.success());
    place.says(&["answer", &job, "no"]);
    // The first answer counts.
    assert!(!place.command(&["answer", &job, "yes"]).output().expect("it runs").status.success());
    while !place.says(&["list"]).contains(&format!("{job}\twaiting\t3\t")) {
        place.says(&["work", "--until", "idle"]);
    }
    place.says(&["answer", &job, "yes"]);
    while !place.says(&["list"]).contains(&format!("{job}\tdone\t")) {
        place.says(&["work", "--until", "idle"]);
    }
    let shown = place.says(&["show", &job]);
    let expected = "answer 1: no\nanswer 2: yes\nfalse\ttool.post cannot be called \
                    with [\"leave\"]\ndone: {\"asked\":2,\"what\":\"leave\"}\n";
    assert_eq!(shown, expected);
}

#[test]
fn what_is_no_program_is_not_submitted() {
    let place = Place::new("refused", "30000");
    let file = place.folder.join("bad.lua");
    std::fs::write(&file, "return return").expect("written");
    let path = file.to_str().expect("a path");
    let output = place.command(&["submit", path]).output().expect("it runs");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("bad.lua:1:8"), "{output:?}");
}
