//! Every technique gives the results of every program, and stops or refuses its hostile twins.

mod scripts;
mod twins;

use luka_study::expression::tree::Expr::{Add, Number, Set, Then, Variable, While};
use luka_study::expression::tree::{self, Index};
use luka_study::measure::{Group, Make, Row, measure};
use luka_study::stack::code::assemble;
use luka_study::stack::programs::{DIVIDED, primes, remainders};
use luka_study::technique::{Guard, Run, Stop, Technique};
use luka_study::{expression, stack};
use twins::{program_of, twins};

/// Steps enough for the programs here, and few enough for techniques whose calls are frames of the stack
/// where nothing is optimized.
const STEPS: u64 = 20_000;

fn run<P>(technique: &Technique<P>, program: &P, steps: u64) -> Result<Result<i64, Stop>, String> {
    let mut run = (technique.make)(program).map_err(|refused| refused.to_string())?;
    let first = run(steps);
    assert_eq!(first, run(steps), "{}: the second run is another", technique.name);
    Ok(first)
}

fn name<P>(technique: &Technique<P>) -> String {
    format!("{} ({})", technique.name, technique.guard.name())
}

#[test]
fn trees_give_their_sums() {
    for technique in expression::techniques() {
        for n in [0, 1, 1000] {
            let program = tree::Program::sum(n).unwrap();
            assert_eq!(run(&technique, &program, STEPS), Ok(Ok(n * 13)), "{}", name(&technique));
        }
    }
}

#[test]
fn all_kinds_of_trees_mean_the_same() {
    let (x, y) = (Index::new(2).unwrap(), Index::new(7).unwrap());
    let b = Box::new;
    // The right side sets the variable that the left side has read.
    let late = Add(b(Variable(x)), b(Then(b(Set(x, b(Number(5)))), b(Variable(x)))));
    // A statement as a value is 0; a value as a statement is dropped.
    let odd = Add(b(Set(y, b(late))), b(Then(b(Add(b(Variable(y)), b(Number(1)))), b(Number(40)))));
    // A loop whose condition is a sum, and in it another.
    let inner = While(b(Variable(x)), b(Set(x, b(Add(b(Variable(x)), b(Number(-1)))))));
    let add = Set(y, b(Add(b(Variable(y)), b(Add(b(Variable(y)), b(Variable(x)))))));
    let outer =
        While(b(Add(b(Number(100)), b(Add(b(Number(0)), b(Set(x, b(Number(1)))))))), b(Number(0)));
    let bounded = While(
        b(Add(b(Number(9)), b(Then(b(Number(1)), b(Variable(x)))))),
        b(Set(x, b(Number(-9)))),
    );
    let all = Then(
        b(odd.clone()),
        b(Then(b(inner), b(Then(b(bounded), b(Then(b(add), b(Add(b(Variable(y)), b(odd))))))))),
    );
    let program = tree::Program::new(all, [1, 2]).unwrap();
    let endless = tree::Program::new(outer, [1, 2]).unwrap();
    // y = 0 + 5, then x = 0, then x = -9, y = 5 + (5 - 9), and 1 + (0 + 40) with y as it was read.
    let expected = Ok(Ok(1 + 40));
    for technique in expression::techniques().iter().filter(|t| t.guard != Guard::Native) {
        assert_eq!(run(technique, &program, STEPS), expected, "{}", name(technique));
        if technique.guard.counts_steps() {
            assert_eq!(run(technique, &endless, 50), Ok(Err(Stop::Steps)), "{}", name(technique));
        }
    }
}

#[test]
fn trees_that_do_not_end_are_stopped() {
    let b = Box::new;
    let endless = While(b(Number(1)), b(While(b(Number(1)), b(Number(2)))));
    let twin = tree::Program::new(Then(b(endless), b(Number(3))), [0, 0]).unwrap();
    for technique in expression::techniques().iter().filter(|t| t.guard.counts_steps()) {
        assert_eq!(run(technique, &twin, STEPS), Ok(Err(Stop::Steps)), "{}", name(technique));
    }
}

#[test]
fn steps_are_counted_exactly() {
    let program = tree::Program::sum(100).unwrap();
    for technique in expression::techniques().iter().filter(|t| t.guard.counts_steps()) {
        assert_eq!(run(technique, &program, 100), Ok(Ok(1300)), "{}", name(technique));
        assert_eq!(run(technique, &program, 99), Ok(Err(Stop::Steps)), "{}", name(technique));
    }
    let words =
        program_of("push 3 again: push 0 over sub jz out push 1 swap sub jump again out: halt");
    // One, three times around a loop of eight, and five to leave it.
    for technique in stack::techniques().iter().filter(|t| t.guard.counts_steps()) {
        let needed = (1..200).find(|&steps| run(technique, &words, steps) == Ok(Ok(0)));
        assert_eq!(needed, Some(1 + 3 * 8 + 5), "{}", name(technique));
    }
}

#[test]
fn trees_that_are_too_deep_or_name_what_there_is_not_are_refused() {
    let mut deep = Number(1);
    for _ in 0..1000 {
        deep = Add(Box::new(deep), Box::new(Number(1)));
    }
    assert!(tree::Program::new(deep, [0, 0]).is_err());
    assert!(Index::<8>::new(8).is_err());
    assert!(Index::<8>::new(256).is_err());
    assert!(Index::<8>::new(7).is_ok());
}

#[test]
fn stack_programs_give_their_results() {
    let even: u32 = (2..300).filter(|c| (DIVIDED % c).is_multiple_of(2)).sum();
    for technique in stack::techniques() {
        let made = primes(30).unwrap();
        assert_eq!(run(&technique, &made, STEPS), Ok(Ok(129)), "{}", name(&technique));
        let made = remainders(300).unwrap();
        assert_eq!(run(&technique, &made, STEPS), Ok(Ok(even.into())), "{}", name(&technique));
    }
}

#[test]
fn every_instruction_means_the_same() {
    let program = program_of(
        "push 7 push 5 over swap sub print  ; 7 (5 over 7): 5 - 7 wraps, printed
         push 3 push 17 mod print           ; 17 mod 3
         inc print push -1 inc jz zero halt
         zero: push 9 drop push 4 push 6 swap print print halt",
    );
    let expected = i64::from(5u32.wrapping_sub(7)) + 2 + 8 + 4 + 6;
    for technique in stack::techniques().iter().filter(|t| t.guard != Guard::Native) {
        assert_eq!(run(technique, &program, STEPS), Ok(Ok(expected)), "{}", name(technique));
    }
}

#[test]
fn values_change_places_where_blocks_end() {
    let program = program_of(
        "push 7 push 5 push 9 jump one
         one: swap jump two                    ; 7 9 5
         two: over over mod over swap jump three
         three: sub print sub print halt       ; 5 mod 9 is 5; 9 under 5 is taken from it, and 7 from 5",
    );
    let technique = stack::techniques();
    let switched = technique.iter().find(|t| t.guard == Guard::Checked).unwrap();
    let expected = run(switched, &program, STEPS);
    assert!(matches!(expected, Ok(Ok(_))), "{expected:?}");
    for technique in technique.iter().filter(|t| t.guard != Guard::Native) {
        assert_eq!(run(technique, &program, STEPS), expected, "{}", name(technique));
    }
}

#[test]
fn rows_with_another_result_are_no_measurements() {
    let group = |make: fn() -> Result<Run, String>| Group {
        key: "sum",
        title: String::new(),
        unit: ("step", 1),
        result: 13,
        rows: vec![Row {
            name: "row".to_string(),
            guard: "checked",
            source: None,
            make: Make::Here(Box::new(make)),
        }],
    };
    assert!(measure(&group(|| Ok(Box::new(|_| Ok(13)))), 3).is_ok());
    let wrong = measure(&group(|| Ok(Box::new(|_| Ok(12)))), 3);
    assert_eq!(wrong.unwrap_err(), "row: the result is 12, not 13");
    let stopped = measure(&group(|| Ok(Box::new(|_| Err(Stop::Stack)))), 3);
    assert_eq!(stopped.unwrap_err(), "row: stopped: Stack");
    // One that is wrong the second time only.
    let later = measure(
        &group(|| {
            let mut runs = 0;
            Ok(Box::new(move |_| {
                runs += 1;
                Ok(if runs == 1 { 13 } else { 14 })
            }))
        }),
        3,
    );
    assert_eq!(later.unwrap_err(), "row: the result is 14, not 13");
    assert!(measure(&group(|| Err("is not made".to_string())), 3).is_err());
}

#[test]
fn hostile_stack_programs_are_stopped_or_refused() {
    for (twin, program, why) in twins() {
        for technique in stack::techniques().iter().filter(|t| t.guard != Guard::Native) {
            let got = run(technique, &program, STEPS);
            if technique.guard == Guard::Checked {
                assert_eq!(got, Ok(Err(why)), "{twin}: {}", name(technique));
            } else {
                assert!(got.is_err(), "{twin}: {} takes it: {got:?}", name(technique));
            }
        }
        assert!(stack::translate::lua(&program).is_err(), "{twin}: is translated");
    }
}

#[test]
fn a_full_stack_is_allowed_everywhere() {
    let program = program_of(&format!("{} print halt", "push 2 ".repeat(32)));
    for technique in stack::techniques().iter().filter(|t| t.guard != Guard::Native) {
        assert_eq!(run(technique, &program, STEPS), Ok(Ok(2)), "{}", name(technique));
    }
}

#[test]
fn divisions_by_zero_and_endless_programs_are_stopped() {
    let zero = program_of("push 0 push 1 mod halt");
    let endless = program_of("push 1 again: inc push 0 jz again halt");
    for technique in stack::techniques().iter().filter(|t| t.guard != Guard::Native) {
        assert_eq!(run(technique, &zero, STEPS), Ok(Err(Stop::Division)), "{}", name(technique));
        if technique.guard.counts_steps() {
            assert_eq!(
                run(technique, &endless, STEPS),
                Ok(Err(Stop::Steps)),
                "{}",
                name(technique)
            );
        }
    }
}

#[test]
fn texts_that_are_no_programs_are_refused() {
    for text in ["nothing", "push", "jump nowhere", &"inc ".repeat(513)] {
        assert!(assemble(text).is_err(), "{text}");
    }
}
