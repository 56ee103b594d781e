//! `luka check`.

use crate::program::*;

#[test]
fn check() {
    let folder = Folder::new(&[("good.lua", "return 1"), ("bad.lua", "local x = \nprint(x")]);
    let ended = folder.run(&["check", "good.lua"]);
    let nothing = "checked 1 file: nothing to report\n";
    assert_eq!((ended.code, ended.out.as_str(), ended.err.as_str()), (Some(0), "", nothing));
    let ended = folder.run(&["check", "good.lua", "bad.lua"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("bad.lua:2"), "{}", ended.err);
    let ended = folder.run(&["check", "missing.lua"]);
    assert_eq!(ended.code, Some(1));
    assert_eq!(ended.err, "luka check: cannot open missing.lua: No such file or directory\n");
    let ended = folder.run(&["check", "missing.lua", "good.lua"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.ends_with(&format!("directory\n{nothing}")), "{}", ended.err);
    assert_eq!(folder.run(&["check", "--nonsense"]).code, Some(2));
    // Without a name, what is below the current folder.
    let all = folder.run(&["check"]);
    assert_eq!((all.code, &all.err), (Some(1), &folder.run(&["check", "."]).err));
    assert!(all.err.contains("checked 2 files"), "{}", all.err);
}

#[test]
fn check_reads_directories_in_order_and_sums_up() {
    let folder = Folder::new(&[("b.lua", "x = = 1\n"), ("a.lua", "if x then\n"), ("c.txt", "?")]);
    std::fs::create_dir(folder.0.join("d")).expect("made");
    std::fs::write(folder.0.join("d/e.luka"), "print(1\n").expect("written");
    std::fs::write(folder.0.join("d/good.lua"), "print(1)\n").expect("written");
    let ended = folder.run(&["check", "."]);
    assert_eq!(ended.code, Some(1));
    let place = |what: &str| ended.err.find(what).unwrap_or(usize::MAX);
    assert!(place("a.lua") < place("b.lua") && place("b.lua") < place("d/e.luka"), "{}", ended.err);
    assert!(ended.err.ends_with("checked 4 files: 3 errors in 3 files\n"), "{}", ended.err);
    assert!(!ended.err.contains('\x1b') && ended.out.is_empty());
    let good = folder.run(&["check", "d/good.lua"]);
    let nothing = "checked 1 file: nothing to report\n";
    assert_eq!((good.code, good.err.as_str()), (Some(0), nothing));
    // The line was left out for one file.
    assert_eq!(
        folder.run(&["check", "d/good.lua", "d/good.lua"]).err,
        nothing.replace("1 file", "2 files")
    );
    assert_eq!(folder.run(&["check", "--error-format=short", "d/good.lua"]).err, "");
}

#[test]
fn check_speaks_to_programs() {
    let folder = Folder::new(&[("a.lua", "local ä = 1\nif x != 2 then\nend\n")]);
    let short = folder.run(&["check", "--error-format=short", "a.lua"]);
    assert_eq!(
        short.out,
        "a.lua:1:7: error[L0009]: `ä` cannot be a name: it contains non-ASCII letters\n\
         a.lua:2:6: error[L0112]: not equal is written `~=`\n"
    );
    let json = folder.run(&["check", "--error-format", "json", "a.lua"]);
    assert_eq!((json.code, json.out.lines().count()), (Some(1), 2));
    let second = json.out.lines().nth(1).unwrap_or_default();
    let value: serde_json::Value = serde_json::from_str(second).expect("an object a line");
    assert_eq!(value["code"], "L0112");
    assert_eq!(value["span"]["line"], 2);
    assert_eq!(value["span"]["start"], 18);
    assert_eq!(value["fixes"][0]["edits"][0]["text"], "~=");
    assert_eq!(value["fixes"][0]["safe"], true);
}

#[test]
fn check_writes_sarif() {
    let folder = Folder::new(&[
        ("a.lua", "local ä = 1\nif x != 2 then\nend\n"),
        ("d/b c.lua", "local unused = 1\n"),
    ]);
    let ended = folder.run(&["check", "--error-format=sarif", "."]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(1), ""));
    let file: serde_json::Value = serde_json::from_str(&ended.out).expect("JSON");
    assert_eq!(file["version"], "2.1.0");
    let run = &file["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("a list");
    let results = run["results"].as_array().expect("a list");
    assert_eq!(results.len(), 3);
    for result in results {
        let rule = result["ruleIndex"].as_u64().expect("a number") as usize;
        assert_eq!(rules[rule]["id"], result["ruleId"]);
    }
    let second = &results[1];
    assert_eq!((&second["ruleId"], &second["level"]), (&"L0112".into(), &"error".into()));
    let place = &second["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a.lua");
    assert_eq!(
        (&place["region"]["startLine"], &place["region"]["startColumn"]),
        (&2.into(), &6.into())
    );
    let change = &second["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(change["insertedContent"]["text"], "~=");
    let third = &results[2];
    assert_eq!((&third["ruleId"], &third["level"]), (&"L0201".into(), &"warning".into()));
    assert_eq!(third["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "d/b%20c.lua");
    // Without reports it is a file, too.
    let empty = Folder::new(&[("a.lua", "print(1)\n")]);
    let ended = empty.run(&["check", "--error-format=sarif", "a.lua"]);
    let file: serde_json::Value = serde_json::from_str(&ended.out).expect("JSON");
    assert_eq!((ended.code, &file["runs"][0]["results"]), (Some(0), &serde_json::json!([])));
}

#[test]
fn check_applies_safe_edits() {
    let broken = "if a != b && c then\n  print(“x”)\nelsif !c then\n  t.end = 1\nend\nretrun\n";
    let folder = Folder::new(&[("a.lua", broken)]);
    let ended = folder.run(&["check", "--fix", "a.lua"]);
    let text = std::fs::read_to_string(folder.0.join("a.lua")).expect("read");
    let fixed =
        "if a ~= b and c then\n  print(\"x\")\nelseif not c then\n  t[\"end\"] = 1\nend\nreturn\n";
    assert_eq!(text, fixed, "{}", ended.err);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let says = "applied 7 fixes\nchecked 1 file: nothing to report\n";
    assert_eq!(ended.err, says);
}
