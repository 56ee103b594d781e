//! `luka test`.

use crate::program::*;

/// A project with these files, in folders.
fn project(files: &[(&str, &str)]) -> Folder {
    let folder = Folder::new(&[]);
    for (path, text) in files {
        let path = folder.0.join(path);
        std::fs::create_dir_all(path.parent().expect("in a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    }
    folder
}

/// Runs `luka test` with a cache of its own.
fn test(folder: &Folder, args: &[&str]) -> Ended {
    let cache = folder.0.join(".cache").display().to_string();
    let args: Vec<&str> = std::iter::once("test").chain(args.iter().copied()).collect();
    folder.run_with(&args, "", &[("XDG_CACHE_HOME", &cache)])
}

const CART: &str = "local M = {}
function M.add(cart, name, price)
  if price < 0 then error(\"a negative price\") end
  cart[#cart + 1] = {name = name, price = price}
end
function M.total(cart)
  local sum = 0
  for _, item in ipairs(cart) do sum = sum + item.price end
  return sum
end
return M
";

const SPEC: &str = "local cart = require \"cart\"
describe(\"a cart\", function()
  local c
  before_each(function() c = {} end)
  it(\"adds #fast\", function()
    cart.add(c, \"a\", 5)
    assert.same({{name = \"a\", price = 5}}, c)
    assert.has_error(function() cart.add(c, \"b\", -1) end, \"a negative price\")
  end)
  it(\"sums\", function()
    cart.add(c, \"a\", 5)
    print(\"adding\", #c)
    assert.same({sum = 6, offers = {{price = 115}}}, {sum = cart.total(c), offers = {{price = 110}}})
  end)
  it(\"waits\", function() pending(\"for later\") end)
end)
";

fn cart() -> Folder {
    project(&[("src/cart.lua", CART), ("spec/cart_spec.lua", SPEC)])
}

#[test]
fn failures_show_values_and_only_what_differs() {
    let ended = test(&cart(), &[]);
    let expected = "FAILED  spec/cart_spec.lua:10  a cart sums
  spec/cart_spec.lua:13
  13 │ assert.same({sum = 6, offers = {{price = 115}}}, {sum = cart.total(c), offers = {{price = 110}}})
     │   c = {{name = \"a\", price = 5}}
  Expected objects to be the same.
  .offers[1].price  expected 115, got 110
  .sum  expected 6, got 5
  output:
  | adding\t1

1 passed, 1 failed, 1 skipped
";
    assert_eq!((ended.out.as_str(), ended.err.as_str()), (expected, ""));
    assert_eq!(ended.code, Some(1));
}

#[test]
fn the_report_does_not_depend_on_the_number_of_processes() {
    let files: Vec<(String, String)> = (0..6)
        .map(|n| {
            (
                format!("spec/t{n}_spec.lua"),
                format!("it('{n}', function() assert.equal({n}, 3) end)\n"),
            )
        })
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let folder = project(&files);
    let one = test(&folder, &["-j", "1", "--verbose"]);
    assert!(one.out.ends_with("1 passed, 5 failed, 0 skipped\n"), "{}", one.out);
    assert_eq!(one.out, test(&folder, &["-j", "4", "--verbose"]).out);
    // The first failure in the order of the files ends it.
    let one = test(&folder, &["-j", "1", "-x"]);
    assert!(one.out.ends_with("0 passed, 1 failed, 0 skipped\n"), "{}", one.out);
    assert_eq!(one.out, test(&folder, &["-j", "4", "-x"]).out);
}

#[test]
fn tests_that_hang_or_exit_do_not_end_the_others() {
    let spec = "describe('x', function()
  it('loops', function() while true do end end, {fuel = 100000})
  it('catches', function()
    while true do pcall(function() while true do end end) end
  end, {fuel = 100000})
  it('exits', function() os.exit(3) end)
  it('swallows', function() pcall(function() while true do end end) end, {fuel = 100000})
  it('goes on', function() end)
end)
";
    let folder = project(&[("spec/x_spec.lua", spec)]);
    let ended = test(&folder, &["-v"]);
    assert_eq!(ended.out.matches("used up its fuel of 100000 units").count(), 3, "{}", ended.out);
    assert!(ended.out.contains("the program has ended itself with exit code 3"), "{}", ended.out);
    assert!(ended.out.contains("ok  spec/x_spec.lua:8  x goes on"), "{}", ended.out);
    assert!(ended.out.ends_with("1 passed, 4 failed, 0 skipped\n"), "{}", ended.out);
    assert_eq!(ended.out, test(&folder, &["-v"]).out);
}

#[test]
fn files_share_what_is_compiled_and_nothing_else() {
    // (Each process does several files here, of which the later ones know how `m` was compiled.)
    let first = "local lfs = require 'lfs'
it('changes what others load', function()
  assert.equal(1, require 'm')
  local file = assert(io.open('src/m.lua', 'w'))
  file:write('return 2')
  file:close()
  string.secret, _G.secret = true, true
  assert(lfs.mkdir('elsewhere') and lfs.chdir('elsewhere'))
end)
";
    let second = "it('loads what is there now', function()
  assert.equal(2, require 'm')
  assert.is_nil(string.secret)
  assert.is_nil(secret)
  assert.is_nil(io.read())
end)
";
    let third = "it('loads it again', function()
  assert.equal(2, require 'm')
  local ok, message = pcall(require, 'broken')
  assert.is_false(ok)
  assert.matches('src/broken.lua:2: syntax error near', message)
end)
";
    let files = [
        ("src/m.lua", "return 1"),
        ("src/broken.lua", "local a\na b"),
        ("spec/a_spec.lua", first),
        ("spec/b_spec.lua", second),
        ("spec/c_spec.lua", third),
        ("spec/d_spec.lua", third),
    ];
    let ended = test(&project(&files), &["-j1"]);
    assert_eq!(ended.out, "4 passed, 0 failed, 0 skipped\n");
    // Neither can be seen in the fuel.
    let fuel = |words: &[&str]| -> String {
        let folder = project(&files);
        let words: Vec<&str> = ["-j1", "--report", "json"].iter().chain(words).copied().collect();
        let report = test(&folder, &words).out;
        let (_, fuel) = report.rsplit_once("\"fuel\":").expect(&report);
        fuel.split([',', '}']).next().expect("a number").to_string()
    };
    assert_eq!(fuel(&["spec/d_spec.lua"]), fuel(&["spec/c_spec.lua", "spec/d_spec.lua"]));
}

#[test]
fn a_process_that_dies_or_waits_is_named() {
    let spec = "it('dies', function() os.execute('kill -9 $PPID') end)
it('waits', function() io.popen('sleep 100'):read('a') end)
it('goes on', function() end)
";
    let ended = test(&project(&[("spec/x_spec.lua", spec)]), &["--timeout", "2"]);
    assert!(
        ended.out.contains("spec/x_spec.lua:1  dies\n  the process has ended: signal: 9"),
        "{}",
        ended.out
    );
    assert!(ended.out.contains("waits\n  nothing was heard for 2s"), "{}", ended.out);
    assert!(ended.out.ends_with("1 passed, 2 failed, 0 skipped\n"), "{}", ended.out);
}

#[test]
fn tests_are_selected() {
    let folder = cart();
    let line = |args: &[&str]| {
        let ended = test(&folder, args);
        ended.out.lines().last().unwrap_or(&ended.err).to_string()
    };
    assert_eq!(line(&["-k", "adds"]), "1 passed, 0 failed, 0 skipped");
    assert_eq!(line(&["--tags", "fast"]), "1 passed, 0 failed, 0 skipped");
    assert_eq!(line(&["--exclude-tags", "fast"]), "0 passed, 1 failed, 1 skipped");
    assert_eq!(line(&["spec/cart_spec.lua:12"]), "0 passed, 1 failed, 0 skipped");
    assert_eq!(line(&["spec/cart_spec.lua:2"]), "1 passed, 1 failed, 1 skipped");
    assert_eq!(line(&["--filter", "^a cart %a+s$"]), "0 passed, 1 failed, 1 skipped");
    assert_eq!(line(&[]), "1 passed, 1 failed, 1 skipped");
    assert_eq!(line(&["--failed"]), "0 passed, 1 failed, 0 skipped");
    assert_eq!(line(&["--shard", "2/2"]), "0 passed, 0 failed, 0 skipped");
    assert_eq!(line(&["--repeat", "3", "-k", "adds"]), "3 passed, 0 failed, 0 skipped");
    assert_eq!(line(&["--isolate"]), "1 passed, 1 failed, 1 skipped");
    let ended = test(&folder, &["-k", "nothing"]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(1), "luka test: no test is selected\n"));
    let ended = test(&folder, &["--list"]);
    let listed = "spec/cart_spec.lua:5: a cart adds #fast\nspec/cart_spec.lua:10: a cart sums\n\
                  spec/cart_spec.lua:15: a cart waits\n";
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), listed));
}

#[test]
fn functions_and_programs_are_tests() {
    let folder = project(&[
        (
            "test/plain_test.lua",
            "function test_b() assert(1 == 1) end\nfunction test_a() local n = 3 assert(n == 4) end\n",
        ),
        ("test/test_good.lua", "print('hello')\nassert(arg[0]:find 'good')\n"),
        ("test/test_exit.lua", "os.exit(0)\n"),
        ("test/test_bad.lua", "os.exit(2)\n"),
    ]);
    let ended = test(&folder, &["-v"]);
    let expected = "ok  test/plain_test.lua:1  test_b
ERROR  test/plain_test.lua:2  test_a
  test/plain_test.lua:2
  2 │ function test_a() local n = 3 assert(n == 4) end
    │   n = 3
  assertion failed!

ERROR  test/test_bad.lua
  it ended with exit code 2

ok  test/test_exit.lua
ok  test/test_good.lua
2 failed";
    let (shown, sum) = ended.out.rsplit_once("3 passed, ").expect("a sum");
    assert_eq!(format!("{shown}{}", &sum[..8]), expected);
}

#[test]
fn examples_run() {
    let page = "# A\n\n```lua\nprint(1 + 1) --> 2\n```\n\n```lua\nlocal m = require \"m\"\nprint(m.one) --> 2\n```\n";
    let source =
        "--- One.\n--- ```lua\n--- assert(require(\"m\").one == 1)\n--- ```\nreturn {one = 1}\n";
    let folder = project(&[("README.md", page), ("src/m.lua", source)]);
    let ended = test(&folder, &["--doc", "-v"]);
    let expected = "ok  README.md:4  example in line 4
ERROR  README.md:8  example in line 8
  README.md:8
  it prints something else than it says
  (- expected, + got)
  - 2
  + 1

ok  src/m.lua:3  example in line 3
2 passed, 1 failed, 0 skipped
";
    assert_eq!(ended.out, expected);
}

#[test]
fn coverage_is_of_lines_and_branches_and_the_same_twice() {
    let folder = cart();
    std::fs::write(folder.0.join("src/other.lua"), "local x = 1\nreturn x\n").expect("written");
    let ended = test(&folder, &["-k", "adds", "--coverage=text,lcov,html,json"]);
    let table = "
file             lines  branches  not executed
src/cart.lua    66.7 %   100.0 %  7-9
src/other.lua    0.0 %         -  1-2
total           54.5 %   100.0 %

1 passed, 0 failed, 0 skipped
";
    assert_eq!(ended.out, table);
    let lcov = std::fs::read_to_string(folder.0.join("lcov.info")).expect("a report");
    let cart = "TN:\nSF:src/cart.lua\nBRDA:3,0,0,1\nBRDA:3,0,1,1\nBRF:2\nBRH:2\nDA:1,1\nDA:2,1\nDA:3,2\nDA:4,1\n";
    assert!(lcov.starts_with(cart), "{lcov}");
    test(&folder, &["-k", "adds", "--coverage=lcov", "-j", "1"]);
    assert_eq!(std::fs::read_to_string(folder.0.join("lcov.info")).expect("a report"), lcov);
    for name in ["coverage.html", "coverage.json"] {
        let text = std::fs::read_to_string(folder.0.join(name)).expect("a report");
        assert!(text.contains("src/other.lua"), "{text}");
    }
    let ended = test(&folder, &["-k", "adds", "--coverage-min", "90"]);
    assert_eq!(ended.code, Some(1));
    assert_eq!(ended.err, "luka test: 54.5 % of the lines are covered, less than 90 %\n");
}

#[test]
fn snapshots_are_kept_compared_and_missed() {
    let spec = "local test = require \"luka.test\"\nfunction test_a() test.snapshot({b = 1, a = {2}}) end\n";
    let folder = project(&[("test/a_test.lua", spec)]);
    let ended = test(&folder, &[]);
    assert!(
        ended.out.contains("there is no snapshot yet: `luka test --update` keeps the value"),
        "{}",
        ended.out
    );
    assert_eq!(test(&folder, &["--update"]).code, Some(0));
    let kept = std::fs::read_to_string(folder.0.join("test/a_test.lua.snap")).expect("kept");
    assert_eq!(kept, "--- test_a\n{\n  a = {\n    2,\n  },\n  b = 1,\n}\n");
    assert_eq!(test(&folder, &[]).code, Some(0));
    let changed = spec.replace("b = 1", "b = 3").replace("test_a", "test_b");
    std::fs::write(folder.0.join("test/a_test.lua"), changed).expect("written");
    let ended = test(&folder, &[]);
    assert!(ended.out.contains("no test uses the snapshot 'test_a'"), "{}", ended.out);
    test(&folder, &["--update"]);
    let kept = std::fs::read_to_string(folder.0.join("test/a_test.lua.snap")).expect("kept");
    assert_eq!(kept, "--- test_b\n{\n  a = {\n    2,\n  },\n  b = 3,\n}\n");
}

#[test]
fn properties_shrink_to_small_values() {
    let spec = "local test = require \"luka.test\"
local gen = test.gen
function test_sum()
  test.check(gen.list(gen.integer(0, 1000)), function(list)
    local sum = 0
    for _, n in ipairs(list) do sum = sum + n end
    assert(sum <= 100)
  end)
end
function test_text()
  test.check({gen.string(), gen.string()}, function(a, b) assert(#(a .. b) < 3 or a == b) end)
end
function test_good()
  test.check(gen.filter(gen.integer(), function(n) return n % 2 == 0 end), function(n) assert(n % 2 == 0) end)
end
";
    let folder = project(&[("test/a_test.lua", spec)]);
    let ended = test(&folder, &[]);
    assert!(ended.out.contains("with the values\n  1: {101}\n"), "{}", ended.out);
    assert!(ended.out.contains("  1: \"\"\n  2: \"aaa\"\n"), "{}", ended.out);
    assert!(ended.out.ends_with("1 passed, 2 failed, 0 skipped\n"), "{}", ended.out);
    assert_eq!(ended.out, test(&folder, &[]).out);
}

#[test]
fn the_clock_is_frozen_and_random_numbers_depend_on_the_name() {
    let spec = "local test = require \"luka.test\"
test.it(\"clock\", function()
  local go = test.clock(86400)
  go(5)
  test.equal({os.time(), os.date(\"!%H:%M:%S\"), os.clock()}, {86405, \"00:00:05\", 5})
end)
test.it(\"after\", function() test.check_that(os.time() > 1e9) end)
test.it(\"random\", function() print(math.random(1000000)) end)
";
    let folder = project(&[("test/a_test.lua", spec)]);
    let ended = test(&folder, &["--show-output"]);
    assert!(ended.out.ends_with("3 passed, 0 failed, 0 skipped\n"), "{}", ended.out);
    assert_eq!(
        test(&folder, &["--show-output", "-k", "random"]).out.lines().nth(2),
        ended.out.lines().nth(2)
    );
    assert_ne!(test(&folder, &["--show-output", "--seed", "2"]).out, ended.out);
}

#[test]
fn reports_are_well_formed() {
    let folder = cart();
    let tap = test(&folder, &["--report", "tap"]).out;
    assert!(
        tap.starts_with(
            "TAP version 13\nok 1 - spec/cart_spec.lua a cart adds \\#fast\nnot ok 2 - "
        ),
        "{tap}"
    );
    assert!(
        tap.ends_with("ok 3 - spec/cart_spec.lua a cart waits # SKIP for later\n1..3\n"),
        "{tap}"
    );
    let json = test(&folder, &["--report", "json"]).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(
        (&json["passed"], &json["failed"], &json["skipped"]),
        (&1.into(), &1.into(), &1.into())
    );
    assert_eq!(json["tests"][1]["caught"][0]["differences"][1], ".sum  expected 6, got 5");
    let ended = test(&folder, &["--report", "junit=out.xml"]);
    assert!(ended.out.ends_with("1 passed, 1 failed, 1 skipped\n"), "{}", ended.out);
    let xml = std::fs::read_to_string(folder.0.join("out.xml")).expect("a report");
    assert!(xml.contains("<testsuite name=\"spec/cart_spec.lua\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\""), "{xml}");
    assert!(xml.ends_with("</testsuites>\n") && xml.matches("<testcase").count() == 3, "{xml}");
}

#[test]
fn settings_of_busted_and_of_the_project() {
    let busted = "return {default = {ROOT = {\"checks\"}, pattern = \"_check\", lpath = \"./lib/?.lua\", helper = \"checks/helper.lua\"}}\n";
    let folder = project(&[
        (".busted", busted),
        ("lib/m.lua", "return {1}\n"),
        ("checks/helper.lua", "function helped() return true end\n"),
        (
            "checks/a_check.lua",
            "describe('x', function() it('y', function() assert.is_true(helped()) assert.same({1}, require 'm') end) end)\n",
        ),
    ]);
    let ended = test(&folder, &[]);
    assert_eq!(ended.out, "1 passed, 0 failed, 0 skipped\n", "{}", ended.err);
    std::fs::write(folder.0.join("luka.toml"), "[test]\npaths = [\"nowhere\"]\nfule = 3\n")
        .expect("written");
    let ended = test(&folder, &[]);
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.err.contains("`test.fule` is no setting")
            && ended.err.contains("did you mean `fuel`?"),
        "{}",
        ended.err
    );
    std::fs::write(folder.0.join(".busted"), "while true do end\n").expect("written");
    std::fs::write(folder.0.join("luka.toml"), "").expect("written");
    let ended = test(&folder, &[]);
    assert_eq!(ended.err, "luka test: .busted: it does not come to an end\n");
}

#[test]
fn blocks_hooks_and_environments_are_busteds() {
    let spec = "
local log = {}
local function note(text) return function() log[#log + 1] = text end end
before_each(note 'B')
after_each(note 'A')
describe('outer', function()
  setup(note 'setup')
  teardown(note 'teardown')
  lazy_setup(note 'lazy')
  before_each(note 'b')
  after_each(note 'a')
  it('one', note '1')
  describe('inner', function()
    insulate('insulated', function()
      it('changes globals', function() _G.changed = 1 package.loaded.fake = {} end)
    end)
    expose('exposed', function() shared = 'seen' _G.kept = true end)
    it 'curried' (function()
      finally(note 'finally')
      assert.is_nil(changed)
      assert.is_nil(package.loaded.fake)
      assert.is_true(kept)
      own = 1
    end)
  end)
  it('sees', function() assert.equal('seen', shared) assert.is_nil(own) end)
end)
it('has the order', function()
  assert.equal('setup lazy B b 1 a A B b a A B b finally a A B b a A teardown B', table.concat(log, ' '))
end)
it('refuses blocks in tests', function()
  assert.error_matches(function() describe('x', function() end) end, 'not supported inside current context block')
  assert.error_matches(function() it('x', function() end) end, 'not supported')
end)
pending('to do')
";
    let ended = test(&project(&[("spec/x_spec.lua", spec)]), &[]);
    assert_eq!(ended.out, "6 passed, 0 failed, 1 skipped\n", "{}", ended.err);
}

/// (It was counted as a program that has passed, too.)
#[test]
fn a_spec_that_cannot_be_read_to_its_end_has_failed_once() {
    let broken = "require 'not there'\ndescribe('a', function() end)";
    let files = [
        ("spec/a_spec.lua", broken),
        ("spec/b_spec.lua", "require 'luacov' it('runs', function() end)"),
    ];
    let ended = test(&project(&files), &[]);
    assert!(ended.out.contains("spec/a_spec.lua:1  the file's body"), "{}", ended.out);
    assert!(ended.out.ends_with("1 passed, 1 failed, 0 skipped\n"), "{}", ended.out);
}

/// (A failure of an assertion with `not` was an error of the runner: it has no differences.)
#[test]
fn failures_of_negated_assertions_are_failures() {
    let spec = "
it('a', function() assert.is_not_true(true) end)
it('b', function() assert.are_not.same({1}, {1}) end)
it('c', function() assert.has_no.errors(function() error('why') end) end)
it('d', function() assert.not_nil(nil) end)
";
    let ended = test(&project(&[("spec/n_spec.lua", spec)]), &[]);
    assert!(ended.out.ends_with("0 passed, 4 failed, 0 skipped\n"), "{}", ended.out);
    assert_eq!(ended.out.matches("FAILED").count(), 4, "{}", ended.out);
    assert!(ended.out.contains("Expected objects to not be the same"), "{}", ended.out);
    assert!(ended.out.contains("why"), "{}", ended.out);
}

#[test]
fn luassert_is_whole() {
    let spec = "
local match = require 'luassert.match'
local say = require 'say'
it('asserts', function()
  assert.is_true(true) assert.is_not_true(1) assert.truthy(1) assert.falsy(nil) assert.Not.falsy(1)
  assert.are.equal(1, 1) assert.are_not.equals({}, {}) assert.same({1, {2}}, {1, {2}})
  assert.near(1, 1.05, 0.1) assert.matches('^a', 'abc') assert.no.match('b$', 'abc', 2)
  assert.unique({1, 2}) assert.has_no.errors(function() end)
  assert.error_matches(function() error({}) end, nil == 1 and '' or '.*') 
end)
it('asserts more', function()
  assert.returned_arguments(2, (function() return 1, 2 end)())
  assert.array({1, nil, 3}).has.holes() assert.is_function(print) assert.is_nil(nil)
  assert.message('mine').is_true(true)
  local ok, failure = pcall(assert.message('mine').equal, 1, 2)
  assert.is_false(ok)
  assert.matches('mine\\nExpected objects to be equal', tostring(failure))
end)
it('spies', function()
  local t = {f = function(x) return x + 1 end}
  local s = spy.on(t, 'f')
  assert.equal(3, t.f(2))
  assert.spy(s).was.called(1) assert.spy(s).was.called_with(2) assert.spy(s).was_not.called_with(3)
  assert.spy(s).returned_with(match.is_near(3, 0.5)) assert.spy(t.f).called_at_least(1)
  t.f:revert()
  assert.is_function(t.f)
  stub(t, 'f').returns(9)
  assert.equal(9, t.f())
  local m = mock({a = {b = function() return 1 end}}, true)
  assert.is_nil(m.a.b())
  assert.stub(m.a.b).was.called(1)
end)
it('takes snapshots', function()
  local t = {f = print}
  local snapshot = assert:snapshot()
  stub(t, 'f')
  snapshot:revert()
  assert.equal(print, t.f)
end)
it('learns', function()
  say:set('assertion.even.positive', 'not even: %s')
  assert:register('assertion', 'even', function(_, arguments) return arguments[1] % 2 == 0 end, 'assertion.even.positive', '')
  assert.is_even(2)
  assert.error_matches(function() assert.is_even(3) end, 'not even: %(number%) 3')
end)
it('matches', function()
  assert.is_true(match.all_of(match.is_number(), match.is_not.near(5, 1))(9))
  assert.is_false(match.any_of(match.is_string(), match.is_nil())(9))
end)
";
    let ended = test(&project(&[("spec/x_spec.lua", spec)]), &[]);
    // (`error_matches` of an error that is a table without a text does not hold.)
    assert!(ended.out.contains("x_spec.lua:4  asserts\n"), "{}", ended.out);
    assert!(ended.out.ends_with("5 passed, 1 failed, 0 skipped\n"), "{}", ended.out);
}
