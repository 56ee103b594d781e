//! `[test]`: what `luka test` runs, and how.
//!
//! ```toml
//! [test]
//! paths = ["spec"]         # files and folders of tests
//! sources = ["src"]        # what `--coverage` looks at
//! helper = "spec/helper.lua"   # run before each file of tests
//! lpath = "./lib/?.lua"    # in front of `package.path`
//! fuel = 2000000000        # for a test
//! coverage-min = 80        # percent of the lines
//! seed = 1                 # what `math.random` depends on
//! ```

use toml::de::{DeTable, DeValue};

use super::Reader;

/// What a project says about its tests.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TestSettings {
    pub paths: Vec<String>,
    pub sources: Vec<String>,
    pub helper: Option<String>,
    pub lpath: Option<String>,
    pub fuel: Option<u64>,
    pub coverage_min: Option<f64>,
    pub seed: Option<i64>,
}

/// The strings of a list.
fn strings(value: &DeValue<'_>) -> Option<Vec<String>> {
    let DeValue::Array(items) = value else { return None };
    let text = |value: &DeValue<'_>| match value {
        DeValue::String(text) => Some(text.to_string()),
        _ => None,
    };
    items.iter().map(|item| text(item.get_ref())).collect()
}

impl Reader {
    pub(super) fn test(&mut self, table: &DeTable<'_>) {
        for (key, value) in table.iter() {
            let text = match value.get_ref() {
                DeValue::String(text) => Some(text.to_string()),
                _ => None,
            };
            let number = match value.get_ref() {
                DeValue::Integer(number) => number.as_str().parse::<i64>().ok(),
                _ => None,
            };
            let test = &mut self.settings.test;
            let (is_right, what) = match key.get_ref().as_ref() {
                name @ ("paths" | "sources") => {
                    let list = strings(value.get_ref());
                    let is_right = list.is_some();
                    let list = list.unwrap_or_default();
                    if name == "paths" {
                        test.paths = list;
                    } else {
                        test.sources = list;
                    }
                    (is_right, "a list of files and folders: `[\"spec\"]`")
                }
                "helper" => {
                    test.helper = text;
                    (test.helper.is_some(), "the name of a file or a module")
                }
                "lpath" => {
                    test.lpath = text;
                    (test.lpath.is_some(), "a search path, as `package.path` is")
                }
                "fuel" => {
                    test.fuel = number.and_then(|n| u64::try_from(n).ok()).filter(|&n| n > 0);
                    (test.fuel.is_some(), "a number of units, 1 or more")
                }
                "seed" => {
                    test.seed = number;
                    (number.is_some(), "a number")
                }
                "coverage-min" => {
                    test.coverage_min = number.filter(|n| (0..=100).contains(n)).map(|n| n as f64);
                    (test.coverage_min.is_some(), "a number of percent, 0 to 100")
                }
                other => {
                    self.complain(key.span(), format!("`test.{other}` is no setting"));
                    self.suggest(
                        other,
                        &[
                            b"paths",
                            b"sources",
                            b"helper",
                            b"lpath",
                            b"fuel",
                            b"coverage-min",
                            b"seed",
                        ],
                    );
                    continue;
                }
            };
            if !is_right {
                self.complain(value.span(), format!("`{}` is {what}", key.get_ref()));
            }
        }
    }
}
