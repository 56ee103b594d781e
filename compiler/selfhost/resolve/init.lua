-- Name resolution: the syntax tree to the resolved tree (`hir`). Mirror of
-- compiler/src/resolve/mod.rs.
--
-- One walk in the order of the text. `scope` looks up names and creates upvalues, `global`
-- declared globals, `jumps` matches `goto` and `break` with labels, `fold` folds constants, `expr` and
-- `stat` walk the tree, `error` predefined the diagnostics. The order in which things are captured and
-- refused is that of PUC Lua's one-pass compiler.

local global = require "luka.compiler.resolve.global"
local hir = require "luka.compiler.resolve.hir"
local jumps = require "luka.compiler.resolve.jumps"
local scope = require "luka.compiler.resolve.scope"
local stat = require "luka.compiler.resolve.stat"

local M = {}

local Resolver = {}
Resolver.__index = Resolver

Resolver.declare_globals = global.declare_globals
Resolver.declared_global = global.declared_global

function Resolver:report(diagnostic)
  self.diagnostics[#self.diagnostics + 1] = diagnostic
end

-- Declares the parameters.
local function parameters(r, func, params)
  local count = 0
  if func.is_method then
    -- PUC declares it after the `(`.
    local tokens = r.tokens
    params[1] = scope.declare(r, "self", "Regular")
    count = 1
    scope.check_locals(r, 1, tokens.stops[tokens:index_at_or_after(func.line_at)])
  end
  for _, binding in ipairs(func.params) do
    count = count + 1
    scope.check_locals(r, count, binding.name_stop)
    params[count] = scope.declare(r, binding.name, "Regular")
  end
  for at = 1, count do
    scope.activate(r, params[at])
  end
  return count
end

-- Resolves a function whose text starts here.
function Resolver:resolve_function(node)
  local functions = self.hir.functions
  local func = {
    id = #functions,
    start = node.start,
    stop = node.stop,
    line_at = node.line_at,
    end_at = node.end_at,
    params = {},
    num_params = 0,
    is_vararg = node.is_vararg,
    body = nil,
    upvalues = {},
    children = {},
  }
  functions[#functions + 1] = func
  local outer = self.func
  if outer then
    local children = outer.func.children
    children[#children + 1] = func
  else
    func.upvalues[1] = {name = "_ENV", in_stack = true, index = 0, kind = "Regular"}
  end
  scope.enter_function(self, func)
  func.num_params = parameters(self, node, func.params)
  func.body = stat.open_block(self, node.body, true)
  jumps.leave_function(self, node.stop, node.complete)
  return func
end

-- Resolves a chunk: the resolved tree, and what is wrong. The tree is total: what is wrong becomes
-- an Error node and a diagnostic.
function M.resolve(source, tokens, chunk)
  local r = setmetatable({
    source = source,
    tokens = tokens,
    hir = hir.new(),
    diagnostics = {},
    -- The open functions, the innermost of them and how many there are.
    funcs = {},
    func = nil,
    depth = 0,
    -- The open blocks and the variables in scope, see `scope`; declared globals, see `global`.
    blocks = {},
    num_blocks = 0,
    vars = {},
    num_vars = 0,
    by_name = {},
    declared = {},
    -- Labels in scope and pending jumps, see `jumps`.
    labels = {},
    pending = {},
  }, Resolver)
  r:resolve_function(chunk.main)
  return r.hir, r.diagnostics
end

M.dump_hir = require "luka.compiler.resolve.dump".dump_hir

return M
