//! Reports and what can be done about them.

use super::client::Client;
use serde_json::json;

#[test]
fn reports_come_after_changes_and_have_actions() {
    let mut client = Client::new(&[("t.lua", "local x = 1\nprint(y)\n")]);
    let reports = client.reports("t.lua");
    let codes: Vec<&str> = reports.iter().filter_map(|report| report["code"].as_str()).collect();
    assert_eq!(codes, ["L0201", "L0209"]);
    assert_eq!(reports.len(), 2, "{reports:?}");
    let uri = client.uri("t.lua");
    let range = reports[0]["range"].clone();
    let actions = client.ask(
        "textDocument/codeAction",
        json!({"textDocument": {"uri": uri}, "range": range, "context": {"diagnostics": []}}),
    );
    let titles: Vec<&str> = actions
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|action| action["title"].as_str())
        .collect();
    assert!(titles.contains(&"allow unused-local here"), "{titles:?}");
    let uri = client.uri("t.lua");
    let change = json!({"range": {"start": {"line": 0, "character": 0}, "end": {"line": 2, "character": 0}}, "text": "local = 1\n"});
    client.tell(
        "textDocument/didChange",
        json!({"textDocument": {"uri": uri, "version": 2}, "contentChanges": [change]}),
    );
    let reports = client.reports("t.lua");
    assert_eq!((reports.len(), &reports[0]["severity"]), (1, &json!(1)), "{reports:?}");
    client.tell("textDocument/didClose", json!({"textDocument": {"uri": uri}}));
    assert_eq!(client.reports("t.lua").len(), 0);
}

#[test]
fn clients_that_ask_for_reports_are_not_sent_any() {
    let capabilities = json!({"textDocument": {"diagnostic": {}}, "general": {"positionEncodings": ["utf-8", "utf-16"]}});
    let mut client = Client::with(&[("t.lua", "local = 1\n")], capabilities);
    assert_eq!(client.capabilities["positionEncoding"], "utf-8");
    let uri = client.uri("t.lua");
    let report = client.ask("textDocument/diagnostic", json!({"textDocument": {"uri": uri}}));
    assert_eq!(
        (&report["kind"], report["items"].as_array().map(Vec::len)),
        (&json!("full"), Some(1))
    );
    std::thread::sleep(std::time::Duration::from_millis(100));
    client.ask("workspace/symbol", json!({"query": ""}));
    assert!(client.told.is_empty(), "{:?}", client.told);
}
