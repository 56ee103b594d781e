//! The steps of the proof, in order, and their results.

use luka_stdlib::embedded;
use luka_stdlib::selfhost::SelfCompiler;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::Path;
use std::time::{Duration, Instant};

use super::difference;
use super::outcome::{Outcome, by_rust, by_self, hash};
use super::puc::{Puc, progress};
use super::report;
use super::texts::{Group, Text};
use crate::cli::{CliError, Console};

/// What is compiled and compared.
pub struct Plan {
    /// The compiler's files, and those of them that are modules.
    pub files: Vec<(String, Vec<u8>)>,
    pub modules: Vec<Text>,
    /// The library's modules that are written in the language.
    pub library: Vec<Text>,
    /// Programs.
    pub groups: Vec<Group>,
    /// Whether the compiler is not the one in this program.
    pub foreign: bool,
    /// PUC Lua, used if it is installed.
    pub lua: Option<OsString>,
    /// For tests: the compiler in its own language leaves a peephole out.
    pub planted: bool,
}

/// The compiler's modules, compiled: a link of the chain.
pub struct Stage {
    /// `S1`.
    pub name: &'static str,
    /// Who compiled: `the Rust compiler`.
    pub by: String,
    pub images: Vec<Outcome>,
    pub hash: String,
    pub time: Duration,
    /// The stage this one must be equal to, and whether it is.
    pub like: Option<(&'static str, bool)>,
}

/// Programs that two compilers were compared on.
pub struct Compared {
    pub title: String,
    /// Who made what is compared with the Rust compiler's.
    pub by: String,
    pub programs: usize,
    pub lines: usize,
    /// How many have faults.
    pub faults: usize,
    /// Of what the Rust compiler made.
    pub hash: String,
    pub time: Duration,
    pub different: usize,
}

/// A difference.
pub struct Difference {
    pub label: String,
    pub by: String,
    pub detail: String,
}

/// What was found.
#[derive(Default)]
pub struct Proof {
    pub modules: usize,
    pub lines: usize,
    pub stages: Vec<Stage>,
    pub compared: Vec<Compared>,
    pub differences: Vec<Difference>,
    /// PUC Lua's version, if it was used.
    pub lua: Option<String>,
    /// The library's modules and the compiler's as S2 made them, by name.
    images: BTreeMap<String, Vec<u8>>,
}

impl Proof {
    pub fn holds(&self) -> bool {
        self.differences.is_empty()
    }

    /// Writes the images S2 made, for a build of the library on them: `NAME.image`.
    ///
    /// # Errors
    /// What cannot be written.
    pub fn write_images(&self, folder: &Path) -> Result<(), String> {
        std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        for (name, image) in &self.images {
            let path = folder.join(format!("{name}.image"));
            std::fs::write(&path, image).map_err(|e| format!("{}: {e}", path.display()))?;
        }
        Ok(())
    }
}

/// Runs all steps. Prints the result of each as it ends, if there is a console.
///
/// # Errors
/// A compiler does not start, or a file cannot be written.
pub fn prove(plan: &Plan, console: Option<&Console>) -> Result<Proof, CliError> {
    let mut run = Run {
        plan,
        console,
        shows: console.is_some() && std::io::stderr().is_terminal(),
        proof: Proof::default(),
    };
    run.proof.modules = plan.modules.len();
    run.proof.lines = plan.modules.iter().map(Text::lines).sum();
    run.say(&report::head(&run.proof))?;
    let Some(mut s2) = run.stages()? else { return Ok(run.proof) };
    run.own_images(&mut s2)?;
    for group in &plan.groups {
        let mut made = Vec::new();
        let start = Instant::now();
        for (n, text) in group.texts.iter().enumerate() {
            run.progress(&group.title, n, group.texts.len());
            made.push(by_self(&mut s2, text, false, plan.planted));
        }
        let texts: Vec<&Text> = group.texts.iter().collect();
        run.compare(&group.title, "S2", &texts, &made, start.elapsed(), false)?;
    }
    if let Some(program) = &plan.lua
        && let Some(puc) = Puc::find(program.clone(), &plan.files).map_err(CliError::Failed)?
    {
        run.proof.lua = Some(puc.version.clone());
        match run.on_puc(&puc) {
            Err(CliError::Failed(why)) => run.fail(&puc.version, why),
            result => result?,
        }
    }
    Ok(run.proof)
}

/// A proof under way.
struct Run<'p> {
    plan: &'p Plan,
    console: Option<&'p Console>,
    /// Whether progress is shown.
    shows: bool,
    proof: Proof,
}

impl Run<'_> {
    /// Prints, if there is a console.
    fn say(&self, text: &str) -> Result<(), CliError> {
        if self.shows {
            progress("");
        }
        self.console.map_or(Ok(()), |console| console.print(text.as_bytes()))
    }

    fn progress(&self, what: &str, done: usize, all: usize) {
        if self.shows {
            progress(&format!("  {what}: {done} of {all}"));
        }
    }

    fn differ(&mut self, text: &Text, by: &str, wanted: &Outcome, made: &Outcome) {
        let detail = difference::describe("Rust", wanted, by, made);
        self.proof.differences.push(Difference {
            label: text.label.clone(),
            by: by.to_string(),
            detail,
        });
    }

    /// S1, S2 and S3; returns the compiler S2, if it runs.
    fn stages(&mut self) -> Result<Option<SelfCompiler>, CliError> {
        let start = Instant::now();
        let s1 = self.plan.modules.iter().map(|text| by_rust(text, false)).collect();
        self.stage("S1", "the Rust compiler", s1, start.elapsed(), None)?;
        let mut compiler = self.compiler(0).map_err(CliError::Failed)?;
        let start = Instant::now();
        let s2 = self.compile_modules(&mut compiler, "S2");
        self.stage("S2", "S1", s2, start.elapsed(), Some(0))?;
        let mut compiler = match self.compiler(1) {
            Ok(compiler) => compiler,
            Err(why) => {
                self.fail("S2", why);
                return Ok(None);
            }
        };
        let start = Instant::now();
        let s3 = self.compile_modules(&mut compiler, "S3");
        self.stage("S3", "S2", s3, start.elapsed(), Some(1))?;
        Ok(Some(compiler))
    }

    /// Records that a step failed.
    fn fail(&mut self, by: &str, why: String) {
        let label = "the proof stops here".to_string();
        self.proof.differences.push(Difference { label, by: by.to_string(), detail: why });
    }

    /// The compiler a stage has made.
    fn compiler(&self, stage: usize) -> Result<SelfCompiler, String> {
        let stage = &self.proof.stages[stage];
        let mut images = Vec::new();
        for (text, outcome) in self.plan.modules.iter().zip(&stage.images) {
            match outcome {
                Outcome::Image(image) => images.push((text.label.as_str(), image.as_slice())),
                Outcome::Fault(fault) => {
                    return Err(String::from_utf8_lossy(&fault.text).into_owned());
                }
                Outcome::Broken(why) => {
                    return Err(format!("{} has failed on {}: {why}", stage.by, text.label));
                }
            }
        }
        SelfCompiler::new(images.into_iter())
            .map_err(|e| format!("{} does not start: {e}", stage.name))
    }

    fn compile_modules(&self, compiler: &mut SelfCompiler, name: &str) -> Vec<Outcome> {
        let modules = &self.plan.modules;
        let mut made = Vec::new();
        for (n, text) in modules.iter().enumerate() {
            self.progress(name, n, modules.len());
            made.push(by_self(compiler, text, false, self.plan.planted));
        }
        made
    }

    fn stage(
        &mut self,
        name: &'static str,
        by: &str,
        images: Vec<Outcome>,
        time: Duration,
        like: Option<usize>,
    ) -> Result<(), CliError> {
        let modules = &self.plan.modules;
        let hash = hash(modules.iter().zip(&images));
        let like = like.map(|at| {
            let other = &self.proof.stages[at];
            (other.name, other.hash == hash)
        });
        let stage = Stage { name, by: by.to_string(), images, hash, time, like };
        if matches!(like, Some((_, false))) {
            let pairs = modules.iter().zip(self.proof.stages[0].images.clone());
            for ((text, wanted), made) in pairs.zip(&stage.images) {
                if wanted != *made {
                    self.differ(text, &format!("{name} (by {by})"), &wanted, made);
                }
            }
        }
        self.say(&report::stage(&stage))?;
        self.proof.stages.push(stage);
        Ok(())
    }

    /// The library's modules and the compiler's own, as S2 makes them: with debug information and
    /// without, and against what this very program has in it.
    fn own_images(&mut self, s2: &mut SelfCompiler) -> Result<(), CliError> {
        let plan = self.plan;
        let start = Instant::now();
        let library: Vec<&Text> = plan.library.iter().collect();
        let made: Vec<Outcome> =
            library.iter().map(|text| by_self(s2, text, false, plan.planted)).collect();
        self.compare("standard library", "S2", &library, &made, start.elapsed(), false)?;
        let s3: Vec<Outcome> = self.proof.stages[2].images.clone();
        for (text, outcome) in library.iter().copied().zip(made).chain(plan.modules.iter().zip(s3))
        {
            if let Outcome::Image(image) = outcome {
                self.proof.images.insert(text.label.clone(), image);
            }
        }
        let all: Vec<&Text> = library.iter().copied().chain(&plan.modules).collect();
        let start = Instant::now();
        let stripped: Vec<Outcome> =
            all.iter().map(|text| by_self(s2, text, true, plan.planted)).collect();
        self.compare("the same, stripped", "S2", &all, &stripped, start.elapsed(), true)?;
        if plan.foreign {
            return Ok(());
        }
        let mut inside = Vec::new();
        for text in &all {
            let image = embedded::image(text.label.as_bytes()).unwrap_or_default();
            inside.push(Outcome::Image(image.to_vec()));
        }
        self.compare("images in this program", "its build", &all, &inside, Duration::ZERO, false)
    }

    /// Compares what `by` made of texts with what the Rust compiler makes of them.
    fn compare(
        &mut self,
        title: &str,
        by: &str,
        texts: &[&Text],
        made: &[Outcome],
        time: Duration,
        strip: bool,
    ) -> Result<(), CliError> {
        let wanted: Vec<Outcome> = texts.iter().map(|text| by_rust(text, strip)).collect();
        let mut compared = Compared {
            title: title.to_string(),
            by: by.to_string(),
            programs: texts.len(),
            lines: texts.iter().map(|text| text.lines()).sum(),
            faults: wanted.iter().filter(|o| matches!(o, Outcome::Fault(_))).count(),
            hash: hash(texts.iter().copied().zip(&wanted)),
            time,
            different: 0,
        };
        for ((text, wanted), made) in texts.iter().zip(&wanted).zip(made) {
            if wanted != made {
                compared.different += 1;
                self.differ(text, by, wanted, made);
            }
        }
        self.say(&report::compared(&compared))?;
        self.proof.compared.push(compared);
        Ok(())
    }

    /// Everything once more, by the sources on PUC Lua.
    fn on_puc(&mut self, puc: &Puc) -> Result<(), CliError> {
        let plan = self.plan;
        let modules: Vec<&Text> = plan.modules.iter().collect();
        let start = Instant::now();
        let made = puc
            .compile(&modules, plan.planted, |n| self.progress("P", n, modules.len()))
            .map_err(CliError::Failed)?;
        let by = format!("the sources, on {}", puc.version);
        self.stage("P", &by, made, start.elapsed(), Some(0))?;
        let library: Vec<&Text> = plan.library.iter().collect();
        let groups = plan.groups.iter().map(|g| (g.title.as_str(), g.texts.iter().collect()));
        for (title, texts) in std::iter::once(("standard library", library)).chain(groups) {
            let start = Instant::now();
            let made = puc
                .compile(&texts, plan.planted, |n| self.progress(title, n, texts.len()))
                .map_err(CliError::Failed)?;
            self.compare(title, &puc.version, &texts, &made, start.elapsed(), false)?;
        }
        Ok(())
    }
}
