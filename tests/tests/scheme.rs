//! The second front end, `examples/scheme`: its programs print what stands beside their lines.

use luka_tests::{binary, oracle};
use std::path::Path;
use std::process::{Command, Output};

fn luka(arguments: &[&str]) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut command = Command::new(binary::luka());
    command.current_dir(root).args(arguments).env_remove("LUA_INIT").env_remove("LUA_PATH");
    command.output().expect("it runs")
}

/// What the comments of a program say that it prints.
fn expected(file: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    let text = std::fs::read_to_string(path).expect("a readable file");
    text.lines().filter_map(|line| line.split_once(" expect: ")).map(|(_, e)| e.into()).collect()
}

fn check(file: &str, arguments: &[&str]) {
    let output = luka(arguments);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{errors}");
    let printed = String::from_utf8_lossy(&output.stdout).replace('\t', " ");
    let printed: Vec<&str> = printed.lines().collect();
    let expected = expected(file);
    assert!(expected.len() > 5, "{file} says what it prints");
    assert_eq!(printed, expected);
}

#[test]
fn the_tour_prints_what_it_says() {
    let tour = "examples/scheme/tour.scm";
    check(tour, &["examples/scheme/scheme.luka", tour]);
}

#[test]
fn tables_and_functions_are_shared() {
    let shared = "examples/scheme/shared.luka";
    check(shared, &[shared]);
}

/// Reports show the text of the language the fault is in.
#[test]
fn errors_show_the_scheme_text() {
    let folder = oracle::scratch();
    let program = folder.join("area.scm");
    std::fs::write(&program, "(define (area w h)\n  (* w\n     h))\n(print (area 3 nil))\n")
        .expect("written");
    let output = luka(&["examples/scheme/scheme.luka", &program.display().to_string()]);
    let _ = std::fs::remove_dir_all(folder);
    assert_eq!(output.status.code(), Some(1));
    let report = String::from_utf8_lossy(&output.stderr);
    let fault = "area.scm:2: attempt to perform arithmetic on a nil value (local 'h')";
    for part in [fault, " 2 │   (* w\n", "in global 'area'", "area.scm:4: in main chunk"] {
        assert!(report.contains(part), "no {part:?} in {report}");
    }
}

#[test]
fn it_is_small() {
    let text = include_str!("../../examples/scheme/scheme.luka");
    assert!(text.lines().count() < 300);
    assert!(text.lines().all(|line| line.chars().count() <= 100));
}
