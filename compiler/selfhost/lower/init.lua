-- Lowering: nodes of the extensions are replaced by plain nodes of Lua 5.4. Mirror of
-- compiler/src/lower/mod.rs.
--
-- Only `??`, `?.`, `if` expressions and compound assignments stay, for which the emitter has code, and
-- `global`, which the resolver checks. A chunk of plain Lua is not touched.
--
-- The library functions that lowered code needs are read once, at the start of the chunk, into
-- hidden variables. Hidden names start with `(` and so meet no name of the program.
--
-- The other files of this folder hold methods of `Lower`, by subject. Where a method takes `out`, it
-- appends to that array the statements it makes.

local M = {}

local Lower = {}
Lower.__index = Lower

for _, file in ipairs {"build", "bind", "error", "expr", "flow", "matching", "protect", "stmt"} do
  for name, method in pairs(require("luka.compiler.lower." .. file)) do
    Lower[name] = method
  end
end

-- A name no program can write.
function Lower:hidden(what)
  local number = self.num_hidden + 1
  self.num_hidden = number
  return "(" .. what .. " " .. number .. ")"
end

-- The hidden variable of a library function: "type", "table.pack".
function Lower:builtin(name)
  local builtins = self.builtins
  if not builtins[name] then
    builtins[name] = true
    builtins[#builtins + 1] = name
  end
  return "(" .. name .. ")"
end

-- Nodes made from now on belong to the text from `start` to `stop`.
function Lower:at(start, stop)
  self.start, self.stop = start, stop
end

-- Declares the library functions that were needed at the start of the chunk.
function Lower:prelude()
  local builtins = self.builtins
  if not builtins[1] then return end
  local start = self.source.start
  self:at(start, start)
  local names, values = {}, {}
  for at, name in ipairs(builtins) do
    local library, field = name:match "^(%w+)%.(%w+)$"
    names[at] = self:builtin(name)
    values[at] = library and self:field(self:name(library), field) or self:name(name)
  end
  local stmts = {self:local_names(names, values)}
  local body = self.chunk.main.body
  table.move(body.stmts, 1, #body.stmts, 2, stmts)
  body.stmts = stmts
end

-- Lowers the body of a function, with the code for its parameters before it.
function Lower:func(func)
  self.frames = {self.new_frame("Function")}
  local prologue = {}
  for _, param in ipairs(func.params) do
    self:parameter(param, prologue)
  end
  local rest = func.named_vararg
  if rest then
    self:at(rest.name_start, rest.name_stop)
    local pack = self:call("table.pack", {self:expr {kind = "Vararg"}})
    local hidden = self.vararg_tables[func]
    if hidden then
      prologue[1 + #prologue] = self:local_names({hidden}, {pack})
      pack = self:name(hidden)
    end
    prologue[#prologue + 1] = self:local_of({rest}, {pack})
  end
  self:block(func.body, prologue)
end

-- Lowers a chunk, in place, if there is anything to lower; returns what is wrong with it.
function M.lower(source, tokens, chunk)
  local diagnostics = {}
  if not chunk.ext then return diagnostics end
  local lower = setmetatable({
    source = source,
    tokens = tokens,
    chunk = chunk,
    -- The number of hidden names so far.
    num_hidden = 0,
    -- The library functions in use, in order, and as keys.
    builtins = {},
    -- By function: the hidden variable of a vararg table whose function uses `...`.
    vararg_tables = {},
    -- The function being lowered, and what it is cut into, the innermost last: see `flow`.
    frames = {},
    -- The text that nodes being made belong to.
    start = 0,
    stop = 0,
    diagnostics = diagnostics,
  }, Lower)
  lower:expressions(chunk.ext.exprs)
  local funcs = chunk.funcs
  for at = 1, #funcs do
    -- One whose parameters have an error has no body.
    if funcs[at].body then lower:func(funcs[at]) end
  end
  lower:prelude()
  return diagnostics
end

return M
