//! The examples of `examples/embed` run, each as it stands; what they show, they assert.

#[path = "../../../examples/embed/game_tick.rs"]
mod game_tick;
#[path = "../../../examples/embed/hello.rs"]
mod hello;
#[path = "../../../examples/embed/host.rs"]
mod host;
#[path = "../../../examples/embed/http.rs"]
mod http;
#[path = "../../../examples/embed/repl.rs"]
mod repl;
#[path = "../../../examples/embed/sandbox.rs"]
mod sandbox;
#[path = "../../../examples/embed/tenants.rs"]
mod tenants;
#[path = "../../../examples/embed/tool_call.rs"]
mod tool_call;

#[test]
fn hello_runs() {
    hello::main().expect("the example runs");
}

#[test]
fn sandbox_runs() {
    sandbox::main().expect("the example runs");
}

#[test]
fn host_runs() {
    host::main().expect("the example runs");
}

#[test]
fn http_runs() {
    http::main().expect("the example runs");
}

#[test]
fn tool_call_runs() {
    tool_call::main().expect("the example runs");
}

#[test]
fn game_tick_runs() {
    game_tick::main().expect("the example runs");
}

#[test]
fn repl_shows_values_errors_and_goes_on() {
    let input = "1 + 2\nfunction f()\nreturn 'x'\nend\nf(), 2\nerror('no', 0)\nx = = 1\n";
    let mut output = Vec::new();
    repl::session(input.as_bytes(), &mut output).expect("the example runs");
    let output = String::from_utf8(output).expect("UTF-8");
    assert!(output.starts_with("3\n\"x\"  2\nno\n"), "{output}");
    for part in ["error('no', 0)", "stack traceback:", "x = = 1"] {
        assert!(output.contains(part), "{part}: {output}");
    }
}

#[test]
fn tenants_take_turns() {
    let report = tenants::serve(100).expect("the example runs");
    assert_eq!(report.done, 100, "{report:?}");
}
