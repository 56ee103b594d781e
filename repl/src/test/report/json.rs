//! One object of JSON: `{"tests": […], "passed": N, "failed": N, "skipped": N}`.

use serde_json::{Value, json};

use super::{FileResult, Report, Sum};

#[derive(Default)]
pub struct Json {
    tests: Vec<Value>,
}

impl Report for Json {
    fn file(&mut self, path: &str, result: &FileResult) -> String {
        self.tests.extend(result.ended.iter().map(|ended| {
            let mut test = json!(ended);
            test["file"] = path.into();
            test
        }));
        String::new()
    }

    fn end(&mut self, sum: Sum) -> String {
        let tests = std::mem::take(&mut self.tests);
        let Sum { passed, failed, skipped } = sum;
        format!(
            "{}\n",
            json!({"tests": tests, "passed": passed, "failed": failed, "skipped": skipped})
        )
    }
}
