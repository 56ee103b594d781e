-- What the rules share: the tree being built, the nesting depth, the error; and the primitives all rules
-- are written in. Mirror of compiler/src/parse/state.rs and parse/input.rs.
--
-- The state of a parse is a table that every rule takes as `p`. A rule begins with its first token in
-- `p.kind` and leaves there the first one after it. A node's text ends where the last token taken
-- ended, at `p.stop`; after an error no token is taken any more.

-- `LUAI_MAXCCALLS`: nesting levels at which PUC gives up.
local MAX_LEVELS <const> = 200

-- The rules by name. The grammar is recursive and files are not: a rule calls those of files that need
-- its own through this table.
local rules = {}

-- The state at the start of a text.
local function new(tokens, options)
  local funcs = {}
  return {
    tokens = tokens,
    kinds = tokens.kinds,
    values = tokens.values,
    starts = tokens.starts,
    stops = tokens.stops,
    at = 1,                  -- the index of the current token,
    kind = tokens.kinds[1],  -- and its kind
    stop = tokens.starts[1], -- where the token before it ends
    chunk = {funcs = funcs, main = nil, ext = nil},
    funcs = funcs,
    level = options.c_levels, -- levels in use, counted as PUC counts C calls
    vararg = true,            -- what `...` is in the function being parsed: false, an error,
    -- true, the extra arguments, or the function whose table it is
    vararg_uses = 0,               -- how often `...` is in it, as far as read
    luka = options.std ~= "Lua54", -- are there extensions?
    closers = nil,                 -- soft keywords that end the innermost block
    split_at = 0,                  -- a token of which a type has taken the first bytes,
    split_taken = 0,               -- and how many
    error = nil,                   -- the first error
  }
end

-- Takes the current token.
local function skip(p)
  local at = p.at
  p.stop = p.stops[at]
  p.at = at + 1
  p.kind = p.kinds[at + 1]
end

-- The current token cannot be taken, or something about it is wrong. The first error is kept, as
-- `{kind, …}` with the index of the token, and the parse continues at the end of the text.
local function fail(p, found)
  if not p.error then
    found.index = p.at
    p.error = found
    p.at = p.tokens.count
    p.kind = "<eof>"
  end
end

-- The error of a malformed extension.
local function malformed(p, hint)
  fail(p, {kind = "Extension", hint = hint})
end

-- An error node at the error.
local function error_expr(p)
  local at = p.starts[p.error.index]
  return {kind = "Error", start = at, stop = at}
end

-- Where the current token starts.
local function start(p)
  return p.starts[p.at]
end

-- A byte on the line PUC counts while the current token is current.
local function line_at(p)
  return p.tokens:line_at(p.at)
end

-- Where a node ends that started at `from`, if it may have taken no token at all.
local function stop_from(p, from)
  local stop = p.stop
  return stop > from and stop or from
end

-- The kind of the token `ahead` of the current one.
local function kind_ahead(p, ahead)
  return p.kinds[p.at + ahead] or "<eof>"
end

-- Takes the current token if its kind is `wanted`.
local function eat(p, wanted)
  if p.kind == wanted then
    skip(p)
    return true
  end
  return false
end

-- Takes a `wanted` token, which is required.
local function expect(p, wanted)
  if p.kind == wanted then
    skip(p)
  else
    fail(p, {kind = "Expected", wanted = wanted})
  end
end

-- Takes the `closer` of what `opener` began; `open_line_at` is on the line PUC gives the opener, `open_at`
-- where its token starts.
local function expect_closer(p, closer, opener, open_at, open_line_at)
  if p.kind == closer then
    skip(p)
  else
    fail(p, {
      kind = "Unclosed",
      closer = closer, opener = opener, open_at = open_at, open_line_at = open_line_at,
    })
  end
end

-- Takes a name, which must be there: the name, and where it starts and ends. Nil only after an error.
local function name(p)
  if p.kind == "<name>" then
    local at = p.at
    skip(p)
    return p.values[at], p.starts[at], p.stop
  end
  fail(p, {kind = "Expected", wanted = "<name>"})
end

-- Enters one level of nesting; `leave` undoes it.
local function enter(p)
  local level = p.level + 1
  p.level = level
  if level >= MAX_LEVELS then
    fail(p, {kind = "TooDeep"})
  end
end

local function leave(p, levels)
  p.level = p.level - levels
end

-- Says that the chunk has extensions, and gives what is kept of them.
local function extensions(p)
  local ext = p.chunk.ext
  if not ext then
    ext = {exprs = {}}
    p.chunk.ext = ext
  end
  return ext
end

-- A declared local variable or parameter.
local function new_binding(name, name_start, name_stop, attrib)
  return {name = name, name_start = name_start, name_stop = name_stop, attrib = attrib}
end

return {
  MAX_LEVELS = MAX_LEVELS,
  rules = rules,
  new = new,
  skip = skip,
  fail = fail,
  malformed = malformed,
  error_expr = error_expr,
  start = start,
  line_at = line_at,
  stop_from = stop_from,
  kind_ahead = kind_ahead,
  eat = eat,
  expect = expect,
  expect_closer = expect_closer,
  name = name,
  enter = enter,
  leave = leave,
  extensions = extensions,
  new_binding = new_binding,
}
