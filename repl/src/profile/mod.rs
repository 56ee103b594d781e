//! `luka profile FILE`: what a program uses where.
//!
//! * `sampler` — where the program is now and then; `stack`, `names` — reading that
//! * `tree` — what it adds up to
//! * `text`, `svg`, `forms` — for people and for other programs
//!
//! Fuel is used alike on every machine, with native code and without, so a profile by fuel is the same,
//! byte for byte, whenever a program does the same.

mod forms;
mod names;
mod sampler;
mod stack;
mod svg;
mod text;
mod tree;

pub use sampler::{By, Sampler, Samples};
pub use tree::Tree;

use luka::toolchain;
use luka_vm::Jit;
use std::time::Duration;

use crate::cli::{Arguments, Argv, CliError, Console, Exit, Outcome};
use crate::cmd::tool;
use crate::limits::{Limits, amount};
use crate::program::{Plan, Step};
use crate::session::{Session, exit_of};

/// Fuel between two samples: prime, so that it keeps step with no loop.
const EVERY: u64 = 10_007;

/// The verb.
pub fn main(args: &Arguments, console: &Console) -> Outcome {
    let Some(file) = args.files.first() else {
        return Err(CliError::Usage("give the FILE of a program".into()));
    };
    let by = by(args)?;
    let outputs = outputs(args)?;
    let mut plan = Plan::new(b"luka", args.std);
    plan.steps.extend([Step::Init, Step::Script(Some(file.clone()))]);
    let session = Session::new(plan, Limits::default(), false);
    let mut session = session.map_err(|message| CliError::Failed(message.into()))?;
    let jit = if args.value("--jit") == Some(b"off") { Jit::Off } else { Jit::On };
    toolchain::machine(&mut session.vm).set_jit(jit);
    let mut argv: Argv = vec![b"luka".to_vec()];
    argv.extend(args.files.iter().cloned());
    session.set_arg_in_project(&argv, Some(1));
    session.start_sampling(by);
    let (code, close) = exit_of(session.run_plan());
    let (ended, tree) = session.end_sampled(code, close);
    let code = ended.map_err(CliError::Output)?;
    let program = String::from_utf8_lossy(file).into_owned();
    // Of a program that could not be read there is nothing to show.
    let never_ran = code != Exit::SUCCESS.0 && tree.total == 0;
    if outputs.is_empty() && !never_ran {
        console.note(&text::text(&tree, by));
    }
    for (path, form) in outputs {
        let text = match form {
            Form::Text => text::text(&tree, by),
            Form::Folded => forms::folded(&tree),
            Form::Speedscope => forms::speedscope(&tree, by, &program),
            Form::Svg => svg::svg(&tree, by, &program),
        };
        tool::write(&path, text.as_bytes(), console)?;
        console.note(&format!("wrote {}\n", String::from_utf8_lossy(&path)));
    }
    Ok(Exit(code))
}

/// How a profile is written.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Folded,
    Speedscope,
    Svg,
}

/// The files of `-o`, each in the form that its name ends with.
fn outputs(args: &Arguments) -> Result<Vec<(Vec<u8>, Form)>, CliError> {
    let named = args.flags.iter().filter(|(name, _)| name == "-o");
    let paths = named.filter_map(|(_, path)| path.clone());
    let with_form = paths.map(|path| {
        const FORMS: [(&[u8], Form); 4] = [
            (b".txt", Form::Text),
            (b".folded", Form::Folded),
            (b".json", Form::Speedscope),
            (b".svg", Form::Svg),
        ];
        match FORMS.iter().find(|(end, _)| path.ends_with(end)) {
            Some((_, form)) => Ok((path, *form)),
            None => Err(CliError::Usage(format!(
                "-o {}: the name ends with .txt, .folded, .json (speedscope) or .svg",
                String::from_utf8_lossy(&path)
            ))),
        }
    });
    with_form.collect()
}

/// What is measured.
fn by(args: &Arguments) -> Result<By, CliError> {
    let every = args.value("--every").map(|text| String::from_utf8_lossy(text).into_owned());
    let bad = |takes: &str| {
        let shown = every.clone().unwrap_or_default();
        CliError::Usage(format!("--every: bad value '{shown}': {takes}"))
    };
    Ok(match (args.value("--by"), &every) {
        (Some(b"time"), None) => By::Time(Duration::from_millis(1)),
        (Some(b"time"), Some(every)) => {
            let time = amount::time(every).filter(|time| *time >= Duration::from_micros(50));
            By::Time(time.ok_or_else(|| bad("a time of 0.05ms or more"))?)
        }
        (Some(b"alloc"), None) => By::Allocations,
        (Some(b"alloc"), Some(_)) => {
            return Err(CliError::Usage("--every: with --by alloc nothing is left out".into()));
        }
        (_, None) => By::Fuel(EVERY),
        (_, Some(every)) => {
            let fuel = amount::fuel(every).filter(|&fuel| fuel > 0);
            By::Fuel(fuel.ok_or_else(|| bad("a number of units, 1 or more"))?)
        }
    })
}
