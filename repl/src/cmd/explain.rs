//! `luka explain CODE…`: what a diagnostic code means, with an example. Codes are given as they are
//! (`L0201`) or by name (`unused-local`). Without one, all of them with their titles.

use luka_compiler::check::{Levels, lint_name, similar};
use luka_compiler::diag::{Code, explain};

use crate::cli::{Arguments, CliError, Console, Exit, Outcome};

pub fn main(args: &Arguments, console: &Console) -> Outcome {
    let mut texts = Vec::new();
    for name in &args.files {
        let name = String::from_utf8_lossy(name);
        texts.push(explain(find(&name).map_err(CliError::Usage)?));
    }
    if args.files.is_empty() {
        let lints = Levels::lints("all");
        let lines = Code::rows().map(|row| match lints.contains(&row.code) {
            true => format!("{}  {} ({})\n", row.code, row.title, lint_name(row.code)),
            false => format!("{}  {}\n", row.code, row.title),
        });
        texts.push(lines.collect());
    }
    console.print(texts.join("\n").as_bytes())?;
    Ok(Exit::SUCCESS)
}

/// The diagnostic of a code or name.
///
/// # Errors
/// The message that there is none.
pub fn find(name: &str) -> Result<Code, String> {
    let codes = || Code::rows().map(|row| row.code);
    let named = || codes().find(|&code| lint_name(code) == name);
    Code::parse(name).or_else(named).ok_or_else(|| {
        let names: Vec<String> = codes().map(lint_name).collect();
        let near = similar(name.as_bytes(), names.iter().map(|name| name.as_bytes()));
        let hint = match near {
            Some(near) => format!("did you mean {}?", String::from_utf8_lossy(near)),
            None => "`luka explain` lists all codes".to_string(),
        };
        format!("there is no diagnostic '{name}'; {hint}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names() {
        assert_eq!(find("L0201"), Ok(Code::UnusedLocal));
        assert_eq!(find("unused-local"), Ok(Code::UnusedLocal));
        let near = "there is no diagnostic 'unused-locl'; did you mean unused-local?";
        assert_eq!(find("unused-locl"), Err(near.to_string()));
        assert!(find("L9999").is_err());
    }
}
