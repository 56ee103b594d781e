//! Processor time and peak memory of a command.
//!
//! The kernel adds up what all children of a process have used; so each measured command is run by
//! a child of its own, this same program with a first argument of [`CHILD`], which reports on
//! standard error when it is done.

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use std::process::{Command, ExitCode, Stdio};

/// The first argument that makes this program run a command and report.
pub const CHILD: &str = "--measure";
/// Begins the report line.
const REPORT: &str = "measured:";

/// What a run used.
pub struct Run {
    pub seconds: f64,
    pub peak_kb: i64,
    pub stdout: Vec<u8>,
    pub success: bool,
}

/// Runs a command once.
pub fn run(command: &[String]) -> Result<Run, String> {
    run_many(command, 1)
}

/// Runs a command several times; the time is the sum.
pub fn run_many(command: &[String], times: usize) -> Result<Run, String> {
    let me = std::env::current_exe().map_err(|e| e.to_string())?;
    let output = Command::new(me)
        .arg(CHILD)
        .arg(times.to_string())
        .args(command)
        .stdin(Stdio::null())
        .output()
        .map_err(|e| e.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let report = said.lines().rev().find_map(|line| line.strip_prefix(REPORT));
    let mut numbers = report.unwrap_or_default().split_whitespace();
    let seconds = numbers.next().and_then(|n| n.parse().ok());
    let peak_kb = numbers.next().and_then(|n| n.parse().ok());
    let (Some(seconds), Some(peak_kb)) = (seconds, peak_kb) else {
        return Err(format!("{command:?} could not be measured: {said}"));
    };
    Ok(Run { seconds, peak_kb, stdout: output.stdout, success: output.status.success() })
}

/// The child's part: `TIMES COMMAND…`.
pub fn child(args: &[String]) -> ExitCode {
    let (Some(times), Some(program)) = (args.first().and_then(|n| n.parse().ok()), args.get(1))
    else {
        return ExitCode::from(2);
    };
    let mut code = ExitCode::SUCCESS;
    for _ in 0..times {
        match Command::new(program).args(&args[2..]).status() {
            Ok(status) if status.success() => {}
            Ok(_) => code = ExitCode::FAILURE,
            Err(error) => {
                eprintln!("{program}: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    if let Ok(usage) = getrusage(UsageWho::RUSAGE_CHILDREN) {
        let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
        eprintln!("{REPORT} {:.6} {}", micros as f64 / 1e6, usage.max_rss());
    }
    code
}

/// Keeps this process and its children on one core; false where that is not possible.
pub fn pin() -> bool {
    #[cfg(target_os = "linux")]
    {
        use nix::sched::{CpuSet, sched_setaffinity};
        let mut cores = CpuSet::new();
        cores.set(0).is_ok() && sched_setaffinity(nix::unistd::Pid::from_raw(0), &cores).is_ok()
    }
    #[cfg(not(target_os = "linux"))]
    false
}
