//! `luka --trace` and `luka --profile-ops`: what is executed, shown and counted.

use luka_tests::binary;
use std::process::Command;

/// What a run says on standard error, and prints.
fn run(options: &[&str], program: &str) -> (String, String) {
    let output = Command::new(binary::luka())
        .args(options)
        .args(["-e", program])
        .env_remove("LUA_INIT")
        .output()
        .expect("it runs");
    assert!(output.status.success());
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (text(output.stderr), text(output.stdout))
}

/// The lines without the chunk's name.
fn lines(trace: &str) -> Vec<&str> {
    trace.lines().map(|line| line.strip_prefix("(command line):").unwrap_or(line)).collect()
}

const CALLS: &str = "local function twice(x)
  return x + x
end
print(twice(21))
for k in pairs { 'a' } do k = k and k end";

#[test]
fn a_trace_shows_instructions_and_values() {
    let (trace, printed) = run(&["--trace"], CALLS);
    assert_eq!(printed, "42\n");
    let expected = r#"1 main    0 VARARGPREP
3 main    1 CLOSURE    R0 P0 -> R0=function:1
4 main    2 GETTABUP   R1 U0 K0 ; U0=table#1 K0="print" -> R1=base.print
4 main    3 MOVE       R3 R0 ; R0=function:1 -> R3=function:1
4 main    4 LOADI      R5 21 -> R5=21
4 main    5 CALL       R3 2 0 ; R3=function:1 R5=21
2 function:1    0 ADD        R1 R0 R0 ; R0=21 -> R1=42
2 function:1    1 RETURN1    R1 ; R1=42
4 main    5 back -> R3=42
4 main    6 CALL       R1 0 1 ; R1=base.print R3=42
5 main    7 GETTABUP   R1 U0 K1 ; U0=table#1 K1="pairs" -> R1=base.pairs
5 main    8 NEWTABLE   R3 0 1 -> R3=table#2
5 main    9 LOADK      R4 K2 ; K2="a" -> R4="a"
5 main   10 SETLIST    R3 1 0 ; R3=table#2 R4="a"
5 main   11 CALL       R1 2 5 ; R1=base.pairs R3=table#2 -> R1=base.next R2=table#2 R3=nil R4=nil
5 main   12 TFORPREP   R1 L14 ; R4=nil -> to 14
5 main   14 TFORCALL   R1 1 ; R1=base.next R2=table#2 R3=nil -> R5=1
5 main   15 TFORLOOP   R1 L13 -> R3=1 to 13
"#;
    let shown = lines(&trace);
    for (i, line) in expected.lines().enumerate() {
        let got = shown.get(i).copied().unwrap_or("nothing");
        assert_eq!(got, line, "line {i}");
    }
    let (silence, printed) = run(&[], CALLS);
    assert_eq!((silence.as_str(), printed.as_str()), ("", "42\n"));
}

#[test]
fn a_trace_can_be_of_some_lines_and_bounded() {
    let (trace, _) = run(&["--trace=2"], CALLS);
    assert_eq!(lines(&trace).len(), 2, "{trace}");
    assert!(lines(&trace).iter().all(|line| line.starts_with("2 function:1")));
    let (trace, _) = run(&["--trace=1-4", "--trace-limit=3"], CALLS);
    let shown = lines(&trace);
    assert_eq!(shown.len(), 4, "{trace}");
    assert_eq!(shown[3], "(no more than 3 are shown)");
    for wrong in ["--trace=", "--trace=0", "--trace=3-2", "--trace-limit=0", "--tracer"] {
        let output = Command::new(binary::luka()).args([wrong, "-e", ""]).output();
        assert!(!output.expect("it runs").status.success(), "{wrong}");
    }
}

#[test]
fn a_trace_follows_coroutines() {
    let program = "local f = coroutine.wrap(function(a) coroutine.yield(a) return -a end)\n\
                   local x = f(1)\nlocal y = f()";
    let (trace, _) = run(&["--trace"], program);
    let back: Vec<&str> = lines(&trace).into_iter().filter(|l| l.contains("back ->")).collect();
    assert_eq!(back, ["2 main    7 back -> R1=1", "3 main    9 back -> R2=-1"], "{trace}");
}

/// The counts of a part of the table: share, count and name of each line.
fn part<'a>(table: &'a str, title: &str) -> Vec<(&'a str, u64, String)> {
    let from = table.lines().skip_while(|line| !line.contains(title)).skip(1);
    from.take_while(|line| line.contains(" % "))
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            (words[0], words[4].parse().expect("a count"), words[5..].join(" "))
        })
        .collect()
}

#[test]
fn instructions_and_their_successions_are_counted() {
    let (table, _) = run(&["--profile-ops"], "for i = 1, 1000 do local x = i + i end");
    // VARARGPREP, three LOADI, FORPREP and RETURN0 beside the loop.
    assert!(table.starts_with("2006 instructions, 6 of 93 opcodes\n"), "{table}");
    let ops = part(&table, "instructions");
    assert_eq!(ops[0], ("49.85", 1000, "ADD".to_string()));
    assert_eq!(ops[1], ("49.85", 1000, "FORLOOP".to_string()));
    assert_eq!(ops.iter().map(|(_, n, _)| n).sum::<u64>(), 2006);
    let pairs = part(&table, "pairs");
    assert_eq!(pairs[0], ("49.85", 1000, "ADD FORLOOP".to_string()));
    assert_eq!((pairs[1].1, pairs[1].2.as_str()), (999, "FORLOOP ADD"));
    let triples = part(&table, "triples");
    assert_eq!((triples[0].1, triples[0].2.as_str()), (999, "ADD FORLOOP ADD"));
    // What the machine does at once is counted one by one.
    let (table, _) = run(&["--profile-ops"], "for k in pairs { 1, 2, 3 } do end");
    let count = |name: &str| part(&table, "instructions").into_iter().find(|l| l.2 == name);
    assert_eq!(count("TFORCALL").map(|l| l.1), Some(4));
    assert_eq!(count("TFORLOOP").map(|l| l.1), Some(4));
}
