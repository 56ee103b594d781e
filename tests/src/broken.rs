//! The corpus of broken programs, `tests/diagnostics/*.broken`.
//!
//! A file has sections `=== title` with a program each. Every line of a program stands behind two
//! columns: `> ` marks a true line of the fault, two spaces any other.

/// A broken program.
pub struct Broken {
    pub title: String,
    pub text: String,
    /// The lines a report may rightly be about.
    pub true_lines: Vec<u32>,
}

/// Reads the sections of a file.
pub fn sections(file: &str) -> Vec<Broken> {
    let mut out: Vec<Broken> = Vec::new();
    for line in file.lines() {
        if let Some(title) = line.strip_prefix("=== ") {
            let (title, text) = (title.to_string(), String::new());
            out.push(Broken { title, text, true_lines: Vec::new() });
            continue;
        }
        let Some(section) = out.last_mut() else { continue };
        if line.starts_with("> ") {
            section.true_lines.push(section.text.lines().count() as u32 + 1);
        }
        section.text.push_str(line.get(2..).unwrap_or(""));
        section.text.push('\n');
    }
    out
}
