//! Prints the programs of seeds: `generated FROM [COUNT FOLDER]` (see `luka_tests::fuzz::objects`).

use luka_tests::fuzz::objects::program;
use luka_tests::random::Random;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let text = |seed| program(&mut Random::new(seed));
    match args.as_slice() {
        [seed] => match seed.parse() {
            Ok(seed) => println!("{}", text(seed)),
            Err(_) => return ExitCode::from(2),
        },
        [from, count, folder] => {
            let (Ok(from), Ok(count)) = (from.parse::<u64>(), count.parse::<u64>()) else {
                return ExitCode::from(2);
            };
            for seed in from..from + count {
                let file = Path::new(folder).join(format!("{seed}.lua"));
                if let Err(error) = std::fs::write(&file, text(seed)) {
                    eprintln!("{}: {error}", file.display());
                    return ExitCode::FAILURE;
                }
            }
        }
        _ => return ExitCode::from(2),
    }
    ExitCode::SUCCESS
}
