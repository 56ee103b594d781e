--- The compiler as a library, and its pipeline on one page: lex → parse → lower → resolve → emit →
-- image.
--
--   local luka = require "luka.compiler"
--   local image, failure = luka.compile("print 'hello'", "=hello")
--   if image then load(image)() else print(failure.text) end
--
-- `name` is a chunk name as `load` takes it (`@file`, `=literal` or a text); without one the source
-- is its own name. Options, a table that may be left out:
--
--   std       "Luka" (the default) or "Lua54", plain Lua 5.4
--   kind      "Chunk" (the default), a string given to `load`, or "File", in which a byte-order mark
--             and a first line that starts with `#` are skipped
--   strip     leave debug information out
--   c_levels  C levels in use when the parser is called; 2 by default
--   planted   for tests of the comparisons: leave out one peephole, so that the code differs

local Source = require "luka.compiler.source"
local diag = require "luka.compiler.diag"
local emit = require "luka.compiler.emit"
local image = require "luka.compiler.bytecode.image"
local lex = require "luka.compiler.lex"
local lower = require "luka.compiler.lower"
local parse = require "luka.compiler.parse"
local resolve = require "luka.compiler.resolve"

local compiler = {}

--- The options with their defaults.
local function settings(options)
  options = options or {}
  return {
    std = options.std or "Luka",
    kind = options.kind or "Chunk",
    strip = options.strip or false,
    c_levels = options.c_levels or 2,
    planted = options.planted or false,
  }
end

--- Adds the items of `more` to `list`.
local function extend(list, more)
  for _, item in ipairs(more) do
    list[#list + 1] = item
  end
end

--- Runs every stage; none stops at an error. Returns the module and the diagnostics, in the order of
-- the stages; the module is unusable if there are errors.
local function stages(source, options)
  local parsed = parse.parse(source, options)
  local tokens, chunk, diagnostics = parsed.tokens, parsed.chunk, parsed.diagnostics
  extend(diagnostics, lower.lower(source, tokens, chunk))
  local hir, found = resolve.resolve(source, tokens, chunk)
  extend(diagnostics, found)
  hir.has_errors = #diagnostics > 0
  local module
  module, found = emit.emit(source, tokens, hir, options)
  extend(diagnostics, found)
  return module, diagnostics
end

--- Compiles a source. Returns an image, as `string.dump` gives it and `load` takes it; or nil and the
-- error that PUC Lua would stop at, { code, start, stop, text }: the diagnostic's code, its place (bytes
-- from 0, the end not included) and the message of `load`.
function compiler.compile(text, name, options)
  options = settings(options)
  local source = Source.new(name or text, text, options.kind)
  local module, diagnostics = stages(source, options)
  local first = diag.first_error(diagnostics)
  if first then
    return nil, {
      code = first.code,
      start = first.start,
      stop = first.stop,
      text = diag.load_message(first, source),
    }
  end
  return image.encode(module, options.strip)
end

--- The tokens of a source: parallel arrays `kinds`, `values`, `starts`, `stops`, `count` of them.
function compiler.tokens(text, name, options)
  options = settings(options)
  return lex.lex(Source.new(name or text, text, options.kind), options.std)
end

--- The syntax tree of a source, up to its first error, and the diagnostics. README.md describes the
-- nodes.
function compiler.tree(text, name, options)
  options = settings(options)
  local parsed = parse.parse(Source.new(name or text, text, options.kind), options)
  return parsed.chunk, parsed.diagnostics
end

return compiler
