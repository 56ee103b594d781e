//! The options of `lua`, read as `lua` reads them (`collectargs` in its `lua.c`).

use crate::cli::{Argv, commands, near_option};
use crate::cmd::trace::Range;
use crate::limits::Limits;
use crate::program::Step;
use crate::report::Color;
use luka_compiler::Std;
use luka_vm::Jit;

/// The options.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    /// `-i`
    pub interactive: bool,
    /// `-v`, `--version` or `-i`
    pub version: bool,
    /// `-e`
    pub executes: bool,
    /// `-E`
    pub ignore_environment: bool,
    /// `--profile-ops`
    pub profile_ops: bool,
    /// `--trace…`
    pub trace: Option<Range>,
    /// `--watch`
    pub watches: bool,
    /// `--gc-stats`
    pub gc_stats: bool,
    /// `--jit=…`
    pub jit: Option<Jit>,
    /// `--jit-stats`
    pub jit_stats: bool,
    /// `--jit-dump`
    pub jit_dump: bool,
    /// `--std=…`
    pub std: Std,
    /// `--compiler=…`
    pub compiler: Compiler,
    /// `--color=…`
    pub color: Color,
    /// `--fuel` and so on
    pub limits: Limits,
    /// Index of the script in the command line.
    pub script: Option<usize>,
    /// What to do before the script: `-e`, `-l` and `-W` happen in the order they are written.
    pub steps: Vec<Step>,
}

/// The compiler for the script and for what it loads.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Compiler {
    /// The one in Rust.
    #[default]
    Rust,
    /// The self-hosted one, in Lua.
    Selfhost,
}

/// Reads the options that begin at `argv[from]`.
///
/// # Errors
/// What is wrong with the first bad one.
pub fn parse(argv: &Argv, from: usize) -> Result<Options, String> {
    let mut options = Options {
        interactive: false,
        version: false,
        executes: false,
        ignore_environment: false,
        profile_ops: false,
        trace: None,
        watches: false,
        gc_stats: false,
        jit: None,
        jit_stats: false,
        jit_dump: false,
        std: Std::default(),
        compiler: Compiler::default(),
        color: Color::Auto,
        limits: Limits::default(),
        script: None,
        steps: Vec::new(),
    };
    let mut i = from;
    while let Some(arg) = argv.get(i) {
        let bad = |arg: &[u8]| Err(complaint(&String::from_utf8_lossy(arg)));
        match arg.as_slice() {
            b"-" => {
                options.script = Some(i);
                break;
            }
            b"--" => {
                // The next word is the script, if there is one.
                options.script = (i + 1 < argv.len()).then_some(i + 1);
                break;
            }
            b"--std=5.4" => options.std = Std::Lua54,
            b"--std=luka" => options.std = Std::Luka,
            b"--compiler=rust" => options.compiler = Compiler::Rust,
            b"--compiler=selfhost" => options.compiler = Compiler::Selfhost,
            [b'-', b'-', b'c', b'o', b'l', b'o', b'r', b'=', when @ ..] => {
                match std::str::from_utf8(when).ok().and_then(Color::parse) {
                    Some(color) => options.color = color,
                    None => return bad(arg),
                }
            }
            b"--profile-ops" => options.profile_ops = true,
            [b'-', b'-', b't', b'r', b'a', b'c', b'e', rest @ ..] => {
                let text = std::str::from_utf8(rest).unwrap_or("?");
                match options.trace.unwrap_or(Range::ALL).with(text) {
                    Some(range) => options.trace = Some(range),
                    None => return bad(arg),
                }
            }
            b"--watch" => options.watches = true,
            b"--gc-stats" => options.gc_stats = true,
            b"--jit=off" => options.jit = Some(Jit::Off),
            b"--jit=on" => options.jit = Some(Jit::On),
            b"--jit=always" => options.jit = Some(Jit::Always),
            b"--jit-stats" => options.jit_stats = true,
            b"--jit-dump" => options.jit_dump = true,
            b"-E" => options.ignore_environment = true,
            b"-W" => options.steps.push(Step::Warnings),
            b"-i" => (options.interactive, options.version) = (true, true),
            b"-v" | b"--version" => options.version = true,
            [b'-', kind @ (b'e' | b'l'), attached @ ..] => {
                let text = if attached.is_empty() {
                    i += 1;
                    match argv.get(i) {
                        Some(next) if !next.starts_with(b"-") => next.clone(),
                        _ => {
                            return Err(format!(
                                "'{}' needs argument",
                                String::from_utf8_lossy(arg)
                            ));
                        }
                    }
                } else {
                    attached.to_vec()
                };
                options.executes |= *kind == b'e';
                options.steps.push(match kind {
                    b'e' => Step::Execute(text),
                    _ => Step::Require(text),
                });
            }
            [b'-', b'-', option @ ..] => i += limit(&mut options.limits, option, argv.get(i + 1))?,
            [b'-', ..] => return bad(arg),
            _ => {
                options.script = Some(i);
                break;
            }
        }
        i += 1;
    }
    options.limits.finish()?;
    Ok(options)
}

/// Reads one of the options of [`Limits`]: `name`, `name=value`, or `name` with the value in the next
/// word. How many words follow that belong to it.
///
/// # Errors
/// What is wrong with it.
fn limit(limits: &mut Limits, option: &[u8], next: Option<&Vec<u8>>) -> Result<usize, String> {
    let (name, attached) = match memchr::memchr(b'=', option) {
        Some(at) => (&option[..at], Some(&option[at + 1..])),
        None => (option, None),
    };
    let shown = String::from_utf8_lossy(name);
    if attached.is_none() && limits.set(&shown) {
        return Ok(0);
    }
    match limits.read(&shown, attached.or(next.map(Vec::as_slice)))? {
        true => Ok(usize::from(attached.is_none())),
        false => Err(complaint(&format!("--{}", String::from_utf8_lossy(option)))),
    }
}

/// What is wrong with an option.
fn complaint(option: &str) -> String {
    let (name, value) = option.split_once('=').map_or((option, None), |(n, v)| (n, Some(v)));
    match allowed(name) {
        Some(allowed) => match value {
            Some(value) => format!("{name}: bad value '{value}': {allowed}"),
            None => format!("{name} needs a value: {allowed}"),
        },
        None => match near_option(option) {
            Some(near) => format!("unrecognized option '{option}'; did you mean {near}?"),
            None => format!("unrecognized option '{option}'"),
        },
    }
}

/// The values of an option that takes one.
fn allowed(name: &str) -> Option<String> {
    match name {
        "--trace" => return Some("a line N or lines N-M".into()),
        "--trace-limit" => return Some("a number from 1 on".into()),
        "--compiler" => return Some("rust or selfhost".into()),
        _ => {}
    }
    let run = commands::verb("run");
    let name = name.strip_prefix("--")?;
    let option = run.get_arguments().find(|arg| arg.get_long() == Some(name))?;
    let values = option.get_possible_values();
    let values: Vec<&str> = values.iter().map(|value| value.get_name()).collect();
    let (last, others) = values.split_last().filter(|_| option.get_action().takes_values())?;
    Some(if others.is_empty() {
        last.to_string()
    } else {
        format!("{} or {last}", others.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::sandbox::Sandbox;

    fn read(line: &str) -> Result<Options, String> {
        parse(&line.split(' ').map(|w| w.as_bytes().to_vec()).collect(), 1)
    }

    #[test]
    fn options_stop_at_the_script() {
        let o = read("luka -e x=1 -lm -W -i f.lua -v").unwrap();
        let x1 = Step::Execute(b"x=1".to_vec());
        assert_eq!(o.steps, [x1, Step::Require(b"m".to_vec()), Step::Warnings]);
        assert_eq!((o.script, o.interactive, o.executes), (Some(6), true, true));
    }

    #[test]
    fn dashes() {
        assert_eq!(read("luka - -h").unwrap().script, Some(1));
        assert_eq!(read("luka -- -x").unwrap().script, Some(2));
        assert_eq!(read("luka --").unwrap().script, None);
        assert_eq!(read("luka -v").unwrap().script, None);
    }

    #[test]
    fn bad_options() {
        for (line, message) in [
            ("luka -h", "unrecognized option '-h'; did you mean --help?"),
            ("luka ---", "unrecognized option '---'"),
            ("luka -Ex", "unrecognized option '-Ex'"),
            ("luka -vv", "unrecognized option '-vv'"),
            ("luka -iv", "unrecognized option '-iv'"),
            ("luka -e", "'-e' needs argument"),
            ("luka -e -v", "'-e' needs argument"),
            ("luka -i -l", "'-l' needs argument"),
            ("luka --gc-stat", "unrecognized option '--gc-stat'; did you mean --gc-stats?"),
            ("luka --std=5.3", "--std: bad value '5.3': luka or 5.4"),
            ("luka --std", "--std needs a value: luka or 5.4"),
            ("luka --jit=no", "--jit: bad value 'no': on, off or always"),
            ("luka --color=red", "--color: bad value 'red': auto, always or never"),
            ("luka --trace=b", "--trace: bad value 'b': a line N or lines N-M"),
            ("luka --trace-limit=0", "--trace-limit: bad value '0': a number from 1 on"),
            ("luka --fuel", "--fuel needs a value: a number of units"),
            ("luka --fuel -1 f.lua", "--fuel: bad value '-1': a number of units"),
            ("luka --time=5x", "--time: bad value '5x': a time, as 5s, 250ms, 1.5m or 2h"),
            ("luka --feul 5 f.lua", "unrecognized option '--feul'; did you mean --fuel?"),
            ("luka --allow run f.lua", "--allow needs --sandbox"),
            (
                "luka --sandbox --allow network f.lua",
                "--allow: bad value 'network': fs[:read|:write][=DIR], net[=HOST[:PORT]], run, env, clock or random",
            ),
        ] {
            assert_eq!(read(line), Err(message.to_string()), "{line}");
        }
    }

    #[test]
    fn limits() {
        let o = read("luka --fuel 10 --memory=2K --save-on-stop x.snap --sandbox f.lua").unwrap();
        assert_eq!((o.limits.fuel, o.limits.memory, o.script), (Some(10), Some(2048), Some(7)));
        assert_eq!(o.limits.save_on_stop.as_deref(), Some(&b"x.snap"[..]));
        assert_eq!(o.limits.sandbox, Some(Sandbox::default()));
    }

    /// What help, completions and the manual page promise is what is read here.
    #[test]
    fn every_option_of_the_definitions_is_read() {
        let run = crate::cli::commands::verb("run");
        let mut seen = 0;
        for arg in run.get_arguments().filter(|arg| arg.get_id() != "help" && !arg.is_positional())
        {
            let mut word = match (arg.get_long(), arg.get_short()) {
                (Some(long), _) => format!("--{long}"),
                (None, short) => format!("-{}", short.expect("a name")),
            };
            if arg.get_action().takes_values() {
                let values = arg.get_possible_values();
                let value = values.first().map_or("1", |value| value.get_name());
                let value = if arg.get_id() == "allow" { "env" } else { value };
                word.push_str(if arg.get_long().is_some() { "=" } else { " " });
                word.push_str(value);
            }
            let before = read("luka f.lua").unwrap();
            let needed = if word.starts_with("--allow") { "--sandbox " } else { "" };
            let options = read(&format!("luka {needed}{word} f.lua")).expect(&word);
            assert!(options.script.is_some_and(|script| script > 1), "{word}");
            // (The first values of `--std` and `--color` are the defaults.)
            let changes = !matches!(arg.get_id().as_str(), "std" | "color");
            assert_eq!(changes, Options { script: before.script, ..options } != before, "{word}");
            seen += 1;
        }
        assert!(seen >= 11, "{seen}");
    }
}
