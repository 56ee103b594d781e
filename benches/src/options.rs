//! The runner's own command line.

use crate::programs::Set;

/// What to measure.
#[derive(Default)]
pub struct Options {
    pub rounds: usize,
    /// Parts of names of programs; empty for all.
    pub only: Vec<String>,
    /// The sets of programs; empty for all.
    pub sets: Vec<Set>,
    /// The binary to measure instead of the one this workspace builds.
    pub luka: Option<String>,
    /// Another build of luka to compare with.
    pub versus: Option<String>,
    /// The competitors beside luka, by name; empty for all that are installed.
    pub versus_names: Vec<String>,
    /// Count instructions too.
    pub instructions: bool,
    /// Measure the front end on the Lua files under these paths instead.
    pub front: Vec<String>,
    /// Measure the self-hosted compiler instead.
    pub selfhost: bool,
    /// Write the table into benches/README.md.
    pub write: bool,
}

const USAGE: &str = "\
usage: cargo run --release -p luka-benches -- [options] [name...]
  name            only programs whose name contains this
  --set NAME      only this set: small, large or places
  --rounds N      rounds (default 5)
  --luka PATH     the luka to measure (default: that of this workspace)
  --versus PATH   another luka to compare with
  --against NAME  only this competitor, such as lua5.4 (may be repeated)
  --instructions  count instructions of luka and lua5.4 too (valgrind; minutes)
  --front PATH    measure the front end on the Lua files below a path (may be repeated)
  --selfhost      measure the self-hosted compiler compiling itself
  --write         write the table into benches/README.md";

impl Options {
    /// Reads the command line.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(args: &[String]) -> Result<Options, String> {
        let mut options = Options { rounds: 5, ..Options::default() };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let mut value = || args.next().cloned().ok_or_else(|| format!("{arg} needs a value"));
            match arg.as_str() {
                "--rounds" => {
                    let n: usize = value()?.parse().map_err(|_| "--rounds N".to_string())?;
                    options.rounds = n.max(1);
                }
                "--set" => {
                    let name = value()?;
                    let set = Set::ALL.into_iter().find(|set| set.name() == name);
                    options.sets.push(set.ok_or("--set small, --set large or --set places")?);
                }
                "--luka" => options.luka = Some(value()?),
                "--versus" => options.versus = Some(value()?),
                "--against" => options.versus_names.push(value()?),
                "--instructions" => options.instructions = true,
                "--front" => options.front.push(value()?),
                "--selfhost" => options.selfhost = true,
                "--write" => options.write = true,
                // What `cargo bench` adds.
                "--bench" => {}
                _ if arg.starts_with('-') => return Err(USAGE.to_string()),
                _ => options.only.push(arg.clone()),
            }
        }
        Ok(options)
    }
}
