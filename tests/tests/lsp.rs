//! `luka lsp`, by the protocol: a client that opens files with markers and asks at them.
//!
//! A marker is a comment below a line: `-- ^name` names the place above its `^`, and is left out of what
//! the server is given.

use luka_tests::{binary, framed, oracle};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::BufReader;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

struct Client {
    child: Child,
    out: BufReader<ChildStdout>,
    folder: PathBuf,
    number: u64,
    /// Notifications that came while an answer was waited for.
    told: Vec<Value>,
    /// Places by file and name of the marker.
    markers: HashMap<(String, String), (u64, u64)>,
    capabilities: Value,
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The name of a marker, and its line and character.
type Marker = (String, (u64, u64));

/// A text without its markers, and where they are.
fn unmarked(text: &str) -> (String, Vec<Marker>) {
    let (mut lines, mut markers) = (Vec::new(), Vec::new());
    for line in text.lines() {
        let marker = line
            .trim_start()
            .strip_prefix("--")
            .and_then(|rest| rest.trim_start().strip_prefix('^'));
        match marker {
            Some(name) => {
                let at = line.find('^').expect("a marker") as u64;
                markers.push((name.trim().to_string(), (lines.len() as u64 - 1, at)));
            }
            None => lines.push(line),
        }
    }
    (lines.join("\n") + "\n", markers)
}

impl Client {
    /// A client with these files in its folder, all of them open.
    fn new(files: &[(&str, &str)]) -> Client {
        Client::with(files, json!({}))
    }

    fn with(files: &[(&str, &str)], capabilities: Value) -> Client {
        let folder = oracle::scratch().canonicalize().expect("a folder");
        let mut markers = HashMap::new();
        for (name, text) in files {
            let (text, found) = unmarked(text);
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().expect("in a folder")).expect("made");
            std::fs::write(path, text).expect("written");
            for (marker, place) in found {
                markers.insert((name.to_string(), marker), place);
            }
        }
        let mut child = Command::new(binary::luka())
            .arg("lsp")
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("luka runs");
        let out = BufReader::new(child.stdout.take().expect("piped"));
        let mut client = Client {
            child,
            out,
            folder,
            number: 0,
            told: Vec::new(),
            markers,
            capabilities: Value::Null,
        };
        let root = format!("file://{}", client.folder.display());
        let result = client.ask(
            "initialize",
            json!({
                "processId": null,
                "rootUri": root,
                "workspaceFolders": [{"uri": root, "name": "w"}],
                "capabilities": capabilities,
            }),
        );
        client.capabilities = result["capabilities"].clone();
        client.tell("initialized", json!({}));
        for (name, text) in files {
            client.open(name, &unmarked(text).0);
        }
        client
    }

    fn uri(&self, name: &str) -> String {
        format!("file://{}", self.folder.join(name).display())
    }

    fn send(&mut self, message: Value) {
        framed::send(self.child.stdin.as_mut().expect("piped"), &message.to_string());
    }

    fn receive(&mut self) -> Value {
        serde_json::from_slice(&framed::receive(&mut self.out)).expect("JSON")
    }

    /// The whole answer to a request.
    fn response(&mut self, method: &str, params: Value) -> Value {
        self.number += 1;
        let id = self.number;
        self.send(json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        loop {
            let message = self.receive();
            if message["id"] == id {
                return message;
            }
            self.told.push(message);
        }
    }

    /// The result of a request that has one.
    fn ask(&mut self, method: &str, params: Value) -> Value {
        let response = self.response(method, params);
        assert!(response["error"].is_null(), "{method}: {}", response["error"]);
        response["result"].clone()
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.send(json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    fn open(&mut self, name: &str, text: &str) {
        let uri = self.uri(name);
        let document = json!({"uri": uri, "languageId": "lua", "version": 1, "text": text});
        self.tell("textDocument/didOpen", json!({"textDocument": document}));
    }

    /// The parameters of a request at a marker.
    fn at(&self, name: &str, marker: &str) -> Value {
        let key = (name.to_string(), marker.to_string());
        let (line, character) =
            self.markers.get(&key).unwrap_or_else(|| panic!("no marker {marker}"));
        json!({
            "textDocument": {"uri": self.uri(name)},
            "position": {"line": line, "character": character},
            "context": {"includeDeclaration": true},
        })
    }

    /// The places of locations: `file:line:character`, sorted.
    fn places(&self, locations: &Value) -> Vec<String> {
        let root = format!("file://{}/", self.folder.display());
        let mut places: Vec<String> = locations
            .as_array()
            .expect("a list")
            .iter()
            .map(|location| {
                let uri = location["uri"].as_str().expect("an address");
                let start = &location["range"]["start"];
                let name = uri.strip_prefix(&root).unwrap_or(uri);
                format!("{name}:{}:{}", start["line"], start["character"])
            })
            .collect();
        places.sort();
        places
    }

    /// Where a marker is, as [`Client::places`] has it.
    fn place(&self, name: &str, marker: &str) -> String {
        let (line, character) = self.markers[&(name.to_string(), marker.to_string())];
        format!("{name}:{line}:{character}")
    }

    fn hover(&mut self, name: &str, marker: &str) -> String {
        let at = self.at(name, marker);
        let result = self.ask("textDocument/hover", at);
        result["contents"]["value"].as_str().unwrap_or_default().to_string()
    }

    fn labels(&mut self, name: &str, marker: &str) -> Vec<String> {
        let at = self.at(name, marker);
        let items = self.ask("textDocument/completion", at);
        let label = |item: &Value| item["label"].as_str().expect("a label").to_string();
        items.as_array().expect("a list").iter().map(label).collect()
    }

    /// Waits for the reports about a file.
    fn reports(&mut self, name: &str) -> Vec<Value> {
        let uri = self.uri(name);
        loop {
            let found = self.told.iter().position(|message| {
                message["method"] == "textDocument/publishDiagnostics"
                    && message["params"]["uri"] == uri.as_str()
            });
            if let Some(at) = found {
                let message = self.told.remove(at);
                return message["params"]["diagnostics"].as_array().expect("a list").clone();
            }
            let message = self.receive();
            self.told.push(message);
        }
    }
}

const CART: &str = "--- A cart.
local M = {}
M.__index = M

--- Makes a cart.
---@param name string whose it is
function M.new(name)
  return setmetatable({name = name, items = {}}, M)
end

--- Adds an item.
function M:add(price, count)
--         ^add
  self.items[#self.items + 1] = price * (count or 1)
end

function M:total()
  local sum = 0
--      ^sum
  for _, price in ipairs(self.items) do sum = sum + price end
--                            ^items
  return sum
end

return M
";

const MAIN: &str = "local cart = require \"cart\"
--                        ^module
local mine = cart.new(\"me\")
--                ^new
mine:add(5, 2)
--   ^add
--        ^argument
print(mine:total(), mine.name, string.rep(\"x\", 3))
--                       ^field       ^rep
local function twice(n) return n + n end
--                             ^use
print(twice(4))
";

fn project() -> Client {
    Client::new(&[
        ("src/cart.lua", CART),
        (
            "main.lua",
            &MAIN.replace(
                "--                       ^field       ^rep",
                "--                       ^field\n--                                    ^rep",
            ),
        ),
    ])
}

#[test]
fn names_lead_to_their_definitions_in_other_files() {
    let mut client = project();
    for (marker, place) in [
        ("module", "src/cart.lua:0:0"),
        ("new", "src/cart.lua:6:11"),
        ("field", "src/cart.lua:7:23"),
        ("use", "main.lua:4:21"),
    ] {
        let at = client.at("main.lua", marker);
        let found = client.ask("textDocument/definition", at);
        assert_eq!(client.places(&found), [place], "{marker}");
    }
    let at = client.at("main.lua", "add");
    let found = client.ask("textDocument/definition", at);
    assert_eq!(client.places(&found), [client.place("src/cart.lua", "add")]);
    let at = client.at("main.lua", "rep");
    assert_eq!(client.ask("textDocument/definition", at), json!([]));
}

#[test]
fn hover_shows_heads_and_comments() {
    let mut client = project();
    let new =
        "```lua\nfunction M.new(name: string)\n```\n\nMakes a cart.\n- `name`: string whose it is";
    assert_eq!(client.hover("main.lua", "new"), new);
    assert!(
        client
            .hover("main.lua", "add")
            .contains("function M:add(price, count)\n```\n\nAdds an item.")
    );
    assert!(
        client
            .hover("main.lua", "rep")
            .starts_with("```lua\nstring.rep(s, n [, sep]) -> string\n```")
    );
    assert!(client.hover("main.lua", "module").ends_with("A cart."));
    assert_eq!(client.hover("src/cart.lua", "sum"), "```lua\nlocal sum: number\n```");
}

const TYPES: &str = "local M = {}

---@class Named
---@field name string what it is called

---@class Item: Named
---@field price number
---@field maker? Named
---@field ready fun(): Named
local Item = {}

function Item:sell() end

---@class Shop
---@field items Item[]
---@field best Item

---@alias Maybe Item?

---@param item Item|nil
--             ^typename
---@param shop Shop where to look
---@return Item item
function M.first(item, shop)
  print(item, shop.best.price)
--      ^item
--            ^shop
--                      ^price
  return item
end

type Point = {x: number, y: number}
local p: Point = {x = 1, y = 2}
--    ^point
print(p)

--- Sells.
-- @tparam Item item
-- @treturn string
function M.sell(item) return item.name end

---@type Maybe
local maybe = nil
local found = M.first(maybe)
--    ^found
print(found)
return M
";

#[test]
fn annotations_are_shown_and_followed() {
    let mut client = Client::new(&[("shop.lua", TYPES)]);
    let code = |text: &str| format!("```lua\n{text}\n```");
    assert_eq!(client.hover("shop.lua", "item"), code("(parameter) item: Item?"));
    assert_eq!(client.hover("shop.lua", "point"), code("local p: Point"));
    let shop = code("(parameter) shop: Shop") + "\n\nwhere to look";
    assert_eq!(client.hover("shop.lua", "shop"), shop);
    assert_eq!(client.hover("shop.lua", "price"), code("(field) price: number"));
    assert!(client.hover("shop.lua", "found").starts_with("```lua\nlocal found: Item"));
    let item = "(class) Item: Named\n  price: number\n  maker?: Named\n  ready: fun(): Named";
    assert!(client.hover("shop.lua", "typename").starts_with(&format!("```lua\n{item}\n```")));
    for (marker, place) in [("typename", "shop.lua:5:10"), ("price", "shop.lua:6:10")] {
        let at = client.at("shop.lua", marker);
        let found = client.ask("textDocument/definition", at);
        assert_eq!(client.places(&found), [place], "{marker}");
    }
    let main = "local shop = require \"shop\"
---@type Item
local item = shop.first()
item.x()
--   ^field
shop.first().maker.x()
--                 ^parent
item:x()
--   ^method
shop.sell(item):x()
--              ^string
item.maker:x()
--         ^none
---@param s Shop
local function f(s, ...) return s.best.x() end
--                                     ^best
local p: Point = shop
--       ^p
p.x()
--^point
f(...)
";
    let main = main.replace("--       ^p\n", "").replace("p.x()\n--^point", "  p.x()\n--  ^point");
    let mut client = Client::new(&[("shop.lua", TYPES), ("main.lua", &main)]);
    let fields = ["price", "maker", "ready", "sell", "name"];
    assert_eq!(client.labels("main.lua", "field"), fields);
    assert_eq!(client.labels("main.lua", "best"), fields);
    assert_eq!(client.labels("main.lua", "parent"), ["name"]);
    assert_eq!(client.labels("main.lua", "method"), ["ready", "sell"]);
    assert!(client.labels("main.lua", "string").contains(&"upper".to_string()));
    assert_eq!(client.labels("main.lua", "point"), ["x", "y"]);
}

#[test]
fn annotations_are_completed() {
    let text = "---@class Item

---@p
--   ^tag
---@param i
--        ^name
---@param item I
--              ^type
function f(item, other) end
";
    let mut client = Client::new(&[("a.lua", text)]);
    assert!(client.labels("a.lua", "tag").contains(&"param".to_string()));
    assert_eq!(client.labels("a.lua", "name"), ["item", "other"]);
    let types = client.labels("a.lua", "type");
    assert!(types.contains(&"Item".to_string()) && types.contains(&"string".to_string()));
}

#[test]
fn references_are_found_in_all_files() {
    let mut client = project();
    let at = client.at("src/cart.lua", "add");
    let found = client.ask("textDocument/references", at);
    let expected = [client.place("main.lua", "add"), client.place("src/cart.lua", "add")];
    assert_eq!(client.places(&found), expected);
    let at = client.at("src/cart.lua", "items");
    let found = client.ask("textDocument/references", at);
    assert_eq!(found.as_array().map(Vec::len), Some(4));
    let at = client.at("src/cart.lua", "sum");
    let found = client.ask("textDocument/documentHighlight", at);
    assert_eq!(found.as_array().map(Vec::len), Some(4));
}

#[test]
fn completion_knows_fields_variables_and_modules() {
    let main = "local cart = require \"cart\"
local mine = cart.new(\"me\")
mine:
--   ^method
print(cart.)
--         ^field
string.
--     ^library
require \"ca
--         ^module
local total = 1
tot
-- ^variable
";
    let mut client = Client::new(&[("src/cart.lua", CART), ("main.lua", main)]);
    client.ask("workspace/symbol", json!({"query": "cart"}));
    assert_eq!(client.labels("main.lua", "method"), ["new", "add", "total"]);
    let fields = client.labels("main.lua", "field");
    assert!(
        ["new", "add", "name", "items"].iter().all(|name| fields.iter().any(|f| f == name)),
        "{fields:?}"
    );
    assert!(client.labels("main.lua", "library").contains(&"rep".to_string()));
    assert_eq!(client.labels("main.lua", "module"), ["cart"]);
    let names = client.labels("main.lua", "variable");
    assert!(
        ["total", "mine", "print", "while"].iter().all(|name| names.iter().any(|n| n == name)),
        "{names:?}"
    );
    let at = client.at("main.lua", "library");
    let items = client.ask("textDocument/completion", at);
    let rep =
        items.as_array().expect("a list").iter().find(|item| item["label"] == "rep").expect("rep");
    let resolved = client.ask("completionItem/resolve", rep.clone());
    assert_eq!(resolved["detail"], "string.rep(s, n [, sep]) -> string");
}

#[test]
fn signatures_follow_the_arguments() {
    let mut client = project();
    client.ask("workspace/symbol", json!({"query": "x"}));
    let at = client.at("main.lua", "argument");
    let help = client.ask("textDocument/signatureHelp", at);
    assert_eq!(help["signatures"][0]["label"], "function M:add(price, count)");
    assert_eq!(help["activeParameter"], 0);
}

#[test]
fn rename_changes_every_use_or_says_why_not() {
    let mut client = project();
    let mut at = client.at("src/cart.lua", "add");
    at["newName"] = "put".into();
    let edit = client.ask("textDocument/rename", at.clone());
    assert_eq!(edit["changes"].as_object().map(|changes| changes.len()), Some(2));
    at["newName"] = "end".into();
    let response = client.response("textDocument/rename", at);
    assert_eq!(response["error"]["message"], "`end` is no name");
    let mut at = client.at("main.lua", "use");
    at["newName"] = "cart".into();
    let edit = client.ask("textDocument/rename", at);
    assert_eq!(edit["changes"][client.uri("main.lua")].as_array().map(Vec::len), Some(3));
    let mut at = client.at("main.lua", "rep");
    at["newName"] = "x".into();
    let response = client.response("textDocument/rename", at);
    assert_eq!(response["error"]["message"], "`rep` is the library's");
    let taken = "local a, b = 1, 2\n--    ^a\nprint(a, b)\n";
    let mut client = Client::new(&[("t.lua", taken)]);
    let mut at = client.at("t.lua", "a");
    at["newName"] = "b".into();
    let response = client.response("textDocument/rename", at);
    assert_eq!(response["error"]["message"], "`b` is the name of another variable there");
    let open = "local t = f()\nt.x = 1\n-- ^x\nreturn g().x\n";
    let mut client = Client::new(&[("t.lua", open)]);
    let mut at = client.at("t.lua", "x");
    at["newName"] = "y".into();
    let response = client.response("textDocument/rename", at);
    assert_eq!(
        response["error"]["message"],
        "`x` is also the name of 1 field of something that is not known"
    );
}

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

#[test]
fn texts_are_formatted_by_what_changes() {
    let text = "local x = 1\nlocal y=2\nprint( x,y )\n";
    let mut client = Client::new(&[("t.lua", text)]);
    let uri = client.uri("t.lua");
    let options = json!({"tabSize": 2, "insertSpaces": true});
    let edits = client
        .ask("textDocument/formatting", json!({"textDocument": {"uri": uri}, "options": options}));
    assert_eq!(
        edits,
        json!([{
            "range": {"start": {"line": 1, "character": 0}, "end": {"line": 3, "character": 0}},
            "newText": "local y = 2\nprint(x, y)\n",
        }])
    );
    let range = json!({"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 3}});
    let edits = client.ask(
        "textDocument/rangeFormatting",
        json!({"textDocument": {"uri": uri}, "range": range, "options": options}),
    );
    assert_eq!(edits[0]["newText"], "local y = 2\n");
}

#[test]
fn files_have_outlines() {
    let mut client = project();
    let uri = client.uri("src/cart.lua");
    let of = json!({"textDocument": {"uri": uri}});
    let symbols = client.ask("textDocument/documentSymbol", of.clone());
    let names: Vec<&str> = symbols
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|symbol| symbol["name"].as_str())
        .collect();
    assert_eq!(names, ["M", "M.__index", "M.new", "M.add", "M.total"]);
    let tokens = client.ask("textDocument/semanticTokens/full", of.clone());
    assert!(tokens["data"].as_array().is_some_and(|data| data.len() > 100 && data.len() % 5 == 0));
    let folds = client.ask("textDocument/foldingRange", of);
    assert_eq!(folds.as_array().map(Vec::len), Some(3));
    let position = json!({"line": 16, "character": 8});
    let ranges = client.ask(
        "textDocument/selectionRange",
        json!({"textDocument": {"uri": uri}, "positions": [position]}),
    );
    let mut range = &ranges[0];
    let mut depth = 0;
    while range["parent"].is_object() {
        range = &range["parent"];
        depth += 1;
    }
    assert!(depth >= 2, "{ranges}");
    let found = client.ask("workspace/symbol", json!({"query": "mtot"}));
    assert_eq!(found[0]["name"], "M.total");
}

/// Whatever is asked anywhere in texts that are being written is answered.
#[test]
fn texts_in_the_middle_of_an_edit_are_answered() {
    let mut texts = vec![CART.to_string(), MAIN.to_string()];
    let luka = "local {a, b ?? 1} = t\nlocal f = |x, y| -> x?.y\nmatch v do case [x, ...r] then print(`{x}`) else end\n";
    texts.push(luka.to_string());
    let mut random = luka_tests::random::Random::new(7);
    let mut client = Client::new(&[("t.lua", "")]);
    let uri = client.uri("t.lua");
    for (number, text) in texts.iter().cycle().take(60).enumerate() {
        let cut = random.below(text.len());
        let cut = (0..=cut).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        let text = match number % 3 {
            0 => text[..cut].to_string(),
            1 => format!("{}.{}", &text[..cut], &text[cut..]),
            _ => text.clone(),
        };
        client.tell(
            "textDocument/didChange",
            json!({"textDocument": {"uri": uri, "version": number + 2}, "contentChanges": [{"text": text}]}),
        );
        for method in METHODS {
            client.ask(method, somewhere(&uri, &text, &mut random));
        }
    }
}

/// Requests about a place in a file, or about the file.
const METHODS: [&str; 16] = [
    "textDocument/hover",
    "textDocument/definition",
    "textDocument/references",
    "textDocument/documentHighlight",
    "textDocument/completion",
    "textDocument/signatureHelp",
    "textDocument/prepareRename",
    "textDocument/documentSymbol",
    "textDocument/semanticTokens/full",
    "textDocument/foldingRange",
    "textDocument/selectionRange",
    "textDocument/formatting",
    "textDocument/rangeFormatting",
    "textDocument/codeAction",
    "textDocument/diagnostic",
    "workspace/symbol",
];

/// What any of these requests needs, about a random place, which need not exist.
fn somewhere(uri: &str, text: &str, random: &mut luka_tests::random::Random) -> Value {
    let line = random.below(text.lines().count() + 2);
    json!({
        "textDocument": {"uri": uri},
        "position": {"line": line, "character": random.below(40)},
        "positions": [{"line": line, "character": 3}],
        "context": {"includeDeclaration": true, "diagnostics": []},
        "range": {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 9}},
        "options": {"tabSize": 2, "insertSpaces": true},
        "query": "a",
    })
}

/// Sources of others that can be read, in the folder that `LUKA_CORPUS` names, from all over it.
fn corpus(most: usize) -> Vec<(PathBuf, String)> {
    let folder = std::env::var_os("LUKA_CORPUS").expect("LUKA_CORPUS names a folder of sources");
    let mut waiting = vec![PathBuf::from(folder)];
    let mut paths = Vec::new();
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            match path.extension() {
                _ if path.is_dir() => waiting.push(path),
                Some(end) if end == "lua" => paths.push(path),
                _ => {}
            }
        }
    }
    paths.sort();
    let step = (paths.len() / most).max(1);
    let texts = paths.into_iter().step_by(step).take(most);
    texts.filter_map(|path| Some((path.clone(), std::fs::read_to_string(path).ok()?))).collect()
}

/// 10,000 requests at random places of 500 files, half of them in the middle of an edit.
#[test]
#[ignore = "needs a folder of sources: tests/modes/lsp.sh"]
fn a_corpus_is_answered_in_the_middle_of_edits() {
    let mut random = luka_tests::random::Random::new(11);
    let mut client = Client::new(&[("t.lua", "")]);
    let uri = client.uri("t.lua");
    let (mut asked, mut version) = (0, 2);
    while asked < 10_000 {
        for (_, text) in corpus(500) {
            let mut text = text;
            if random.below(2) == 0 {
                let cut = random.below(text.len() + 1);
                let cut = (0..=cut).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
                match random.below(3) {
                    0 => text.truncate(cut),
                    1 => text.insert_str(
                        cut,
                        ["(", ".", " end ", "\"", "function ", "---@param "][random.below(6)],
                    ),
                    _ => drop(text.drain(..cut)),
                }
            }
            let change = json!({
                "textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": text}],
            });
            client.tell("textDocument/didChange", change);
            version += 1;
            for _ in 0..20 {
                let method = METHODS[random.below(METHODS.len())];
                // An error answer ends the test.
                client.ask(method, somewhere(&uri, &text, &mut random));
                asked += 1;
            }
        }
    }
    println!("{asked} requests answered");
}

/// Renaming any variable of 300 files changes none of them.
#[test]
#[ignore = "needs a folder of sources: tests/modes/lsp.sh"]
fn a_corpus_stays_the_same_when_variables_are_renamed() {
    use luka_compiler::index::{Index, Place};
    let capabilities = json!({"general": {"positionEncodings": ["utf-8"]}});
    let options = luka_compiler::Options::default();
    let (mut renamed, mut files) = (0, 0);
    let mut client = Client::with(&[("t.lua", "")], capabilities);
    let uri = client.uri("t.lua");
    for (number, (path, text)) in corpus(400).into_iter().enumerate() {
        if files == 300 || luka_compiler::load(text.as_bytes(), b"=x", &options).is_err() {
            continue;
        }
        files += 1;
        let change = json!({
            "textDocument": {"uri": uri, "version": number + 2}, "contentChanges": [{"text": text}],
        });
        client.tell("textDocument/didChange", change);
        let before = code(&text);
        let index = Index::new(&luka_compiler::source::Source::from_text(&text), &options);
        for (id, variable) in index.variables.iter().enumerate() {
            let span = variable.span.start as usize..variable.span.end as usize;
            let is_named = text.get(span) == Some(index.text(variable.name));
            if !is_named || index.place(Place::Variable(id as u32)).is_none() {
                continue;
            }
            let line = text[..variable.span.start as usize].matches('\n').count();
            let begin = text[..variable.span.start as usize].rfind('\n').map_or(0, |at| at + 1);
            let result = client.ask(
                "textDocument/rename",
                json!({
                    "textDocument": {"uri": uri},
                    "position": {"line": line, "character": variable.span.start as usize - begin},
                    "newName": "another_name",
                }),
            );
            let after = edited(&text, &result["changes"][&uri]);
            let name = index.text(variable.name);
            assert_ne!(after, text, "{}:{}: {name}", path.display(), line + 1);
            assert!(code(&after) == before, "{}:{}: {name}", path.display(), line + 1);
            renamed += 1;
        }
    }
    println!("{renamed} variables of {files} files renamed");
    assert!(files > 200 && renamed > 1000, "{renamed} variables of {files} files");
}

#[test]
fn the_server_ends_as_the_protocol_says() {
    let mut client = Client::new(&[("t.lua", "x = 1\n")]);
    let response = client.response("textDocument/nothing", json!({}));
    assert_eq!(response["error"]["code"], -32601);
    client.ask("shutdown", Value::Null);
    client.tell("exit", Value::Null);
    let status = client.child.wait().expect("it ends");
    assert_eq!(status.code(), Some(0));
}

/// A text with edits applied, which are those of a file.
fn edited(text: &str, edits: &Value) -> String {
    let starts: Vec<usize> =
        std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let offset = |place: &Value| {
        let number = |name: &str| place[name].as_u64().expect("a number") as usize;
        starts[number("line")] + number("character")
    };
    let mut edits: Vec<(usize, usize, &str)> = edits
        .as_array()
        .expect("a list")
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            let new = edit["newText"].as_str().expect("a text");
            (offset(&range["start"]), offset(&range["end"]), new)
        })
        .collect();
    edits.sort_unstable();
    let mut text = text.to_string();
    for (from, to, new) in edits.into_iter().rev() {
        text.replace_range(from..to, new);
    }
    text
}

/// The bytecode of a text, without names.
fn code(text: &str) -> Vec<u8> {
    let module = luka_compiler::load(text.as_bytes(), b"=x", &luka_compiler::Options::default());
    let module = module.unwrap_or_else(|message| panic!("{}", String::from_utf8_lossy(&message)));
    let mut module = module.get().clone();
    module.strip();
    luka_bytecode::image::encode(&module)
}

/// Renaming a variable changes no program.
#[test]
fn renamed_variables_leave_the_bytecode_as_it_is() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../benches/programs");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == "lua"));
    paths.sort();
    let capabilities = json!({"general": {"positionEncodings": ["utf-8"]}});
    let mut renamed = 0;
    for path in paths.iter().step_by(3) {
        let text = std::fs::read_to_string(path).expect("a text");
        let mut client = Client::with(&[("t.lua", &text)], capabilities.clone());
        let text = unmarked(&text).0;
        let uri = client.uri("t.lua");
        let tokens =
            client.ask("textDocument/semanticTokens/full", json!({"textDocument": {"uri": uri}}));
        let data: Vec<u64> = tokens["data"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|n| n.as_u64().expect("a number"))
            .collect();
        let before = code(&text);
        let (mut line, mut character) = (0, 0);
        for token in data.chunks(5) {
            character = if token[0] == 0 { character + token[1] } else { token[1] };
            line += token[0];
            // Declared variables, parameters, functions and modules.
            if token[4] & 1 == 0 || !matches!(token[3], 0 | 1 | 3 | 5) {
                continue;
            }
            let response = client.response(
                "textDocument/rename",
                json!({
                    "textDocument": {"uri": uri},
                    "position": {"line": line, "character": character},
                    "newName": "another_name",
                }),
            );
            let edits = &response["result"]["changes"][&uri];
            if edits.is_null() {
                // A function of a table.
                continue;
            }
            let after = edited(&text, edits);
            assert_ne!(after, text);
            let name = &text.lines().nth(line as usize).expect("a line")[character as usize..];
            // (The names of fields and globals are in the bytecode.)
            let is_global = after.contains("function another_name")
                && !after.contains("local function another_name");
            if !is_global {
                assert_eq!(code(&after), before, "{}:{}: {name}", path.display(), line + 1);
                renamed += 1;
            }
        }
    }
    assert!(renamed > 100, "{renamed}");
}
