//! The interactive session at a terminal: keys are typed, the screen is read. (Without a terminal:
//! `cli/interactive.rs`.)

mod debugger;
mod images;
mod screen;
mod sessions;
mod watching;

use std::time::Duration;

use screen::*;

// ---------------------------------------------------------------------- evaluation

#[test]
fn expressions_show_values_and_statements_run() {
    let home = Home::new("values");
    let t = Terminal::at_prompt(&home);
    assert_eq!(t.line("1 + 1"), "2");
    assert_eq!(t.line("1.0, 'a\\n\"b\"', nil, true"), "1.0, \"a\\n\\\"b\\\"\", nil, true");
    assert_eq!(t.line("x = 5"), "");
    assert_eq!(t.line("=x"), "5");
    assert_eq!(t.line("return x, x"), "5, 5");
    assert_eq!(t.line("print(x)"), "5");
    // The prompt does not write over what has no line end.
    assert_eq!(t.line("local f = io.write('no end')"), "no end");
    assert!(t.line("io.write('no end')").starts_with("no end\nfile ("));
    assert_eq!(t.line("::here:: x = 6"), "");
    t.keys(CTRL_D);
    assert_eq!(t.end(), Some(0));
}

#[test]
fn local_variables_stay() {
    let home = Home::new("locals");
    let t = Terminal::at_prompt(&home);
    t.line("local n = 1");
    t.line("local function up() n = n + 1 return n end");
    assert_eq!(t.line("up(), n"), "2, 2");
    // Functions see later assignments.
    t.line("n = 10");
    assert_eq!(t.line("up()"), "11");
    // A redefinition is another variable.
    t.line("local n = 'new'");
    assert_eq!(t.line("n, up()"), "\"new\", 12");
    t.line("local limit <const> = 7");
    assert!(t.line("limit = 8").contains("limit"));
    assert_eq!(t.line("limit"), "7");
    t.line("local {a, b} = {a = 1, b = 2}");
    assert_eq!(t.line("a + b"), "3");
    // What an error keeps from being declared stays what it was.
    t.line("local a = error('no')");
    assert_eq!(t.line("a  "), "1");
    assert!(t.line("local c <close> = nil").contains("`c` has ended with the input"));
    t.line("global a; a = 'global'");
    assert_eq!(t.line("a   "), "\"global\"");
}

#[test]
fn past_results_have_names() {
    let home = Home::new("results");
    let t = Terminal::at_prompt(&home);
    t.line("10");
    t.line("20, 30");
    assert_eq!(t.line("_"), "20");
    assert_eq!(t.line("_1, _2, _3, _4"), "10, 20, 30, 20");
    // A program's own `_` counts.
    t.line("_ = 'mine'");
    t.line("1");
    assert_eq!(t.line("_   "), "\"mine\"");
}

#[test]
fn errors_show_the_input_and_leave_the_session_whole() {
    let home = Home::new("errors");
    let t = Terminal::at_prompt(&home);
    t.line("local keep = 1");
    let syntax = t.line("x = = 2");
    assert!(syntax.contains("x = = 2") && syntax.contains("(input 2):1"), "{syntax}");
    let runtime = t.line("keep.field.deeper = 1");
    assert!(runtime.contains("(input 3):1: attempt to"), "{runtime}");
    assert!(runtime.contains("1 │ keep.field.deeper = 1"), "{runtime}");
    let value = t.line("error({code = 2})");
    assert!(value.contains("error object"), "{value}");
    assert_eq!(t.line("keep"), "1");
}

#[test]
fn ctrl_c_stops_a_program_and_keeps_the_session() {
    let home = Home::new("interrupt");
    let t = Terminal::at_prompt(&home);
    t.line("local keep = 1");
    let endless = [
        "print('running') while true do end",
        "print('running') string.find(('a'):rep(50), ('a*'):rep(50) .. 'b')",
        "print('running') while true do ('x'):rep(1e8) end",
        "print('running') table.sort(t, function(a, b) return a < b end) while true do end",
        "print('running') while true do table.sort(t) t[1] = 0 end",
        "print('running') while true do pcall(error) end",
        "print('running') coroutine.wrap(function() while true do end end)()",
        "print('running') io.read('l')",
        "setmetatable({}, {__tostring = function() print('running') while true do end end})",
        "print('running') os.execute('sleep 1000')",
    ];
    t.line("t = {} for i = 1, 200000 do t[i] = -i end");
    for program in endless {
        t.clear();
        t.keys(program);
        t.keys(ENTER);
        t.wait("the program", |screen| screen.lines().any(|line| line.trim_end() == "running"));
        t.keys(CTRL_C);
        let stopped = |screen: &str| screen.contains("interrupted!") && last_line(screen) == ">";
        // A key pressed in the instant in which the command starts may be lost on it: a person
        // presses again.
        if program.contains("os.execute") && t.within(Duration::from_secs(3), stopped).is_err() {
            t.keys(CTRL_C);
        }
        t.wait(program, stopped);
    }
    assert_eq!(t.line("keep"), "1");
}

#[test]
fn os_exit_leaves() {
    let home = Home::new("exit");
    let t = Terminal::at_prompt(&home);
    t.keys("os.exit(3)\r");
    assert_eq!(t.end(), Some(3));
}

// ---------------------------------------------------------------------- editing

#[test]
fn an_input_goes_on_until_the_parser_has_enough() {
    let home = Home::new("continue");
    let t = Terminal::at_prompt(&home);
    t.keys("function f(x)\r");
    t.wait_column(2);
    t.keys("if x then\r");
    t.wait_column(4);
    t.keys("return [[one\r");
    t.wait_column(0);
    t.keys("two]]\r");
    t.wait_column(4);
    t.keys("else\r");
    t.wait_for("\n  else");
    t.keys("return 2\r");
    t.keys("end\r");
    t.wait_for("\n  end");
    t.keys("end\r");
    t.wait_for("\n  end\nend\n>");
    assert_eq!(t.line("f(true), f()"), "\"one\\ntwo\", 2");
    // Nothing that more lines could fix.
    assert!(t.line("x = 'a").contains("not closed"));
    t.keys("1 +\r2\r");
    assert_eq!(t.prompt_after("2"), "3");
}

#[test]
fn typed_ahead_is_not_lost() {
    let home = Home::new("ahead");
    let t = Terminal::at_prompt(&home);
    t.keys("a = 1\rb = 2\rfunction f()\rreturn a + b\rend\rf(a)\r");
    assert_eq!(t.prompt_after("f(a)"), "3");
}

#[test]
fn pasted_text_is_taken_as_it_is() {
    let home = Home::new("paste");
    let t = Terminal::at_prompt(&home);
    t.keys("\x1b[200~for i = 1, 2 do\n    print('line', i)\nend\x1b[201~");
    t.wait_for("    print('line', i)\nend");
    t.keys(ENTER);
    assert_eq!(t.prompt_after("end"), "line    1\nline    2");
}

#[test]
fn words_have_colours_unless_refused() {
    let home = Home::new("colour");
    let t = Terminal::at_prompt(&home);
    t.line("local x = 1");
    assert!(t.raw().contains("\x1b[35mlocal\x1b[0m"));
    let t = Terminal::start(&home, &[], &[("NO_COLOR", "1")]);
    t.wait("the first prompt", |screen| last_line(screen) == ">");
    t.line("local x = {1, 'a'}, y z = = 1");
    let raw = t.raw();
    let mut escapes = raw.split("\x1b[").skip(1);
    let coloured = |escape: &str| {
        escape.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';').starts_with('m')
    };
    assert!(!escapes.any(coloured), "{raw:?}");
}

#[test]
fn vi_keys() {
    let home = Home::new("vi");
    let t = Terminal::at_prompt(&home);
    t.line(":set keys vi");
    // Escape, to the beginning, delete a word, insert.
    t.keys("wrong 1 + 2");
    t.wait_for("> wrong 1 + 2");
    t.keys("\x1b");
    t.keys("0dwi4 * \r");
    t.wait_for("> 4 * 1 + 2");
    assert_eq!(t.prompt_after("4 * 1 + 2"), "6");
}

#[test]
fn a_terminal_without_a_cursor_works() {
    let home = Home::new("dumb");
    let t = Terminal::start(&home, &[], &[("TERM", "dumb")]);
    t.wait("the first prompt", |screen| last_line(screen) == ">");
    let line = |text: &str| {
        t.keys(text);
        t.keys(ENTER);
        t.prompt_after(text)
    };
    assert_eq!(line("1 + 1"), "2");
    t.keys("function f()\r");
    t.wait("a second prompt", |screen| last_line(screen) == ">>");
    t.keys("return 'f' end\r");
    t.prompt_after("return 'f' end");
    assert_eq!(line("print(f())"), "f");
    t.keys("junk(\r");
    t.wait("a second prompt", |screen| last_line(screen) == ">>");
    t.keys(CTRL_C);
    t.wait("the prompt", |screen| last_line(screen) == ">");
    assert_eq!(line("2 + 2"), "4");
    assert!(!t.raw().contains('\x1b'), "{:?}", t.raw());
    t.keys(CTRL_D);
    assert_eq!(t.end(), Some(0));
}

// ---------------------------------------------------------------------- history

#[test]
fn history_outlives_the_session() {
    let home = Home::new("history");
    let t = Terminal::at_prompt(&home);
    t.keys("\x1b[200~function first()\n  return 1\nend\x1b[201~\r");
    t.prompt_after("end");
    t.line("second = 2");
    t.keys(CTRL_D);
    t.end();
    let t = Terminal::at_prompt(&home);
    t.keys(UP);
    t.wait_for("> second = 2");
    t.keys(UP);
    // One entry, however many lines it has.
    t.wait_for("> function first()\n  return 1\nend");
    t.keys(CTRL_C);
    t.wait("the prompt", |screen| last_line(screen) == ">");
    t.keys(CTRL_R);
    t.keys("sec");
    t.wait_for("(reverse-i-search)`sec': second = 2");
    t.keys(ENTER);
    t.wait("the prompt", |screen| last_line(screen) == ">");
    assert_eq!(t.line("second"), "2");
    assert!(below_home(&home, ".local/state/luka/history").exists());
}

#[test]
fn two_sessions_share_the_history() {
    let home = Home::new("sharing");
    let state = below_home(&home, "state");
    let environment = [("XDG_STATE_HOME", state.to_str().unwrap())];
    let start = || {
        let t = Terminal::start(&home, &[], &environment);
        t.wait("the first prompt", |screen| last_line(screen) == ">");
        t
    };
    let (a, b) = (start(), start());
    a.line("a = 1");
    b.line("b = 1");
    a.line("a = 2");
    for t in [a, b] {
        t.keys(CTRL_D);
        t.end();
    }
    let text = std::fs::read_to_string(state.join("luka/history")).unwrap();
    assert_eq!(text, "a = 1\nb = 1\na = 2\n");
}

// ---------------------------------------------------------------------- completion and hints

#[test]
fn tab_completes() {
    let home = Home::new("complete");
    std::fs::write(below_home(&home, "module_one.lua"), "return {answer = 42}").unwrap();
    let t = Terminal::at_prompt(&home);
    let completes = |keys: &str, whole: &str| {
        t.keys(keys);
        t.wait_for(&format!("> {keys}"));
        t.keys(TAB);
        t.wait_for(&format!("> {whole}"));
        t.keys(CTRL_C);
        t.wait("the prompt", |screen| last_line(screen) == ">");
    };
    completes("coro", "coroutine");
    completes("string.forma", "string.format");
    completes("whi", "while");
    t.line("local session_local = {inner = {deepest = 1}}");
    completes("session_", "session_local");
    completes("session_local.inner.dee", "session_local.inner.deepest");
    completes("io.stdout:wri", "io.stdout:write");
    t.line("text = 'a'");
    completes("text:rev", "text:reverse");
    // Metamethods are not called; tables they name are looked at.
    t.line("object = setmetatable({}, {__index = function() print('called') end})");
    t.line("derived = setmetatable({}, {__index = {inherited = 1}})");
    completes("derived.inh", "derived.inherited");
    completes("require 'module_", "require 'module_one");
    completes("dofile(\"module_", "dofile(\"module_one.lua");
    completes(":hist", ":history");
    t.keys("object.x");
    t.keys(TAB);
    t.keys("y");
    let screen = t.wait_for("object.xy");
    assert!(!screen.contains("called\n"), "{screen}");
}

#[test]
fn functions_have_hints() {
    let home = Home::new("hints");
    let t = Terminal::at_prompt(&home);
    t.keys("string.rep(");
    t.wait_for("string.rep(s, n [, sep])");
    t.keys(CTRL_C);
    t.wait("the prompt", |screen| last_line(screen) == ">");
    t.keys(
        "\x1b[200~-- Adds two numbers.\nfunction add(one, other) return one + other end\x1b[201~\r",
    );
    t.prompt_after("end");
    t.keys("add(");
    t.wait_for("add(one, other) — Adds two numbers.");
}

// ---------------------------------------------------------------------- showing

#[test]
fn tables_are_shown_by_structure() {
    let home = Home::new("show");
    let t = Terminal::at_prompt(&home);
    assert_eq!(t.line("{1, 2, {3}}"), "{ 1, 2, { 3 } }");
    assert_eq!(t.line("{}"), "{}");
    assert_eq!(
        t.line("{b = 1, a = 'x', [10] = 1.5, ['not a name'] = {}, 'first'}"),
        "{\n  \"first\",\n  [10] = 1.5,\n  a = \"x\",\n  b = 1,\n  [\"not a name\"] = {}\n}"
    );
    t.line("c = {name = 'c'} c.self = c");
    assert_eq!(t.line("c"), "&1 {\n  name = \"c\",\n  self = *1\n}");
    t.line("s = {} d = {{s}, {s}}");
    assert_eq!(t.line("d"), "{ { &1 {} }, { *1 } }");
    assert_eq!(t.line("{{{{{{1}}}}}}"), "{ { { { {…} } } } }");
    t.line("big = {} for i = 1, 1000 do big[i] = i end");
    assert!(t.line("big").contains("… 900 more"));
    assert!(t.line("table.unpack(big)").contains("… 900 more values"));
    assert!(t.line("('x'):rep(1e6)").contains("(1,000,000 bytes in all)"));
    t.line("P = setmetatable({}, {__name = 'Point'})");
    assert_eq!(t.line("P"), "Point {}");
    t.line("Q = setmetatable({}, {__tostring = function() return 'a Q' end})");
    assert_eq!(t.line("{Q, Q}"), "{ a Q, a Q }");
    t.line("R = setmetatable({}, {__tostring = function() error('broken', 0) end})");
    assert_eq!(t.line("R"), "<table: error in __tostring: broken>");
    t.line("function named(a, b, ...) end");
    assert!(t.line("named").starts_with("function named(a, b, ...) at (input "));
    assert!(t.line("print ").starts_with("function print("));
}

// ---------------------------------------------------------------------- commands

#[test]
fn commands() {
    let home = Home::new("commands");
    std::fs::write(below_home(&home, "lib.lua"), "local hidden = 1\nreturn {v = 1}").unwrap();
    std::fs::write(below_home(&home, "prog.lua"), "#!luka\nlocal loaded = 5\n").unwrap();
    let t = Terminal::at_prompt(&home);
    assert!(t.line(":help").contains(":load-session FILE"));
    assert!(t.line(":hlep").contains("did you mean `:help`?"));
    assert!(t.line(":doc string.rep").starts_with("string.rep(s, n [, sep])"));
    assert_eq!(
        t.line(":type 1, 1.0, 'ab', {1}, nil"),
        "integer, float, string of 2 bytes, table, a list of 1, nil"
    );
    assert_eq!(t.line(":type function(a, ...) end"), "function(a, ...)");
    assert!(t.line(":type print").starts_with("function print("));
    assert!(t.line(":dis 1 + x").contains("RETURN"));
    t.line("function twice(x) return x * 2 end");
    assert!(t.line(":dis twice").contains("MUL"));
    assert!(t.line(":ast x + 1").contains('x'));
    assert!(t.line(":tokens x + 1").contains("<name>"));
    let time = t.line(":time twice(21)");
    assert!(time.starts_with("42\n") && time.contains("instructions"), "{time}");
    t.line(":load prog.lua");
    assert_eq!(t.line("loaded"), "5");
    t.line("local lib = require 'lib'");
    std::fs::write(below_home(&home, "lib.lua"), "return {v = 2}").unwrap();
    t.line(":reload lib");
    assert_eq!(t.line("lib.v"), "2");
    assert!(t.line(":set depth 1").is_empty());
    assert_eq!(t.line("{{1}}"), "{ {…} }");
    assert!(t.line(":set dpeth 1").contains("did you mean `depth`?"));
    assert!(t.line(":history lib.v").contains("lib.v"));
    t.line(":export session.luka");
    t.line(":reset");
    assert_eq!(t.line("loaded "), "nil");
    assert!(t.line("help(string.rep)").starts_with("string.rep(s, n [, sep])"));
    t.line(":load-session session.luka");
    assert_eq!(t.line("loaded  "), "5");
    t.keys(":quit\r");
    assert_eq!(t.end(), Some(0));
}

#[test]
fn bench_measures() {
    let home = Home::new("bench");
    let t = Terminal::at_prompt(&home);
    t.line("function work() local t = {} for i = 1, 100 do t[i] = i end end");
    let said = t.line(":bench work()");
    assert!(said.contains("a run (median of") && said.contains("instructions"), "{said}");
}

#[test]
fn the_editor_gives_an_input() {
    let home = Home::new("edit");
    let script = below_home(&home, "editor.sh");
    std::fs::write(&script, "#!/bin/sh\nprintf 'edited = 1\\nedited + 1\\n' > \"$1\"\n").unwrap();
    let editor = format!("sh {}", script.display());
    let t = Terminal::start(&home, &[], &[("EDITOR", &editor)]);
    t.wait("the first prompt", |screen| last_line(screen) == ">");
    let said = t.line(":edit");
    // `edited + 1` is no statement.
    assert!(said.starts_with("edited = 1\nedited + 1\n"), "{said}");
    std::fs::write(&script, "#!/bin/sh\nprintf 'edited = 7' > \"$1\"\n").unwrap();
    t.line(":edit ");
    assert_eq!(t.line("edited"), "7");
}
