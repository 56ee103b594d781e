-- Declared globals, as Lua 5.5 has them: in the scope of a `global` declaration every name that is
-- not a local variable must be declared, by its name or by `global *`. Mirror of
-- compiler/src/resolve/global.rs.
--
-- `resolver.declared` holds the declarations in scope: { name, global = true, is_const }, with what
-- `scope` adds to a variable. The one that declares all names has no name the program can write, and
-- the field `all`.

local error = require "luka.compiler.resolve.error"
local scope = require "luka.compiler.resolve.scope"

local M = {}

local function declare(r, var)
  scope.push_var(r, var)
  r.declared[#r.declared + 1] = var
end

-- From here on the bindings `names` are global, or all names if there are none.
function M.declare_globals(r, names, is_const)
  for _, binding in ipairs(names) do
    local const = binding.attrib == "Const"
    declare(r, {name = binding.name, global = true, is_const = const})
  end
  if not names[1] then
    declare(r, {name = "*", global = true, is_const = is_const, all = true})
  end
end

-- What a name means where globals are declared; nil if it is a local variable. `var` is the
-- innermost variable or declaration of that name.
function M.declared_global(r, name, var, start, stop)
  local found = var and var.global and var or nil
  if not found and (var or name == "_ENV") then return nil end
  if not found then
    local declared = r.declared
    for at = #declared, 1, -1 do
      if declared[at].all then
        found = declared[at]
        break
      end
    end
  end
  if not found then
    r:report(error.not_declared(r, name, start, stop))
    return {kind = "Error", start = start, stop = stop}
  end
  local environment = r.by_name._ENV
  if environment and environment.global then
    r:report(error.global_environment(r, name, start, stop))
    return {kind = "Error", start = start, stop = stop}
  end
  local e = {
    kind = "Global",
    start = start,
    stop = stop,
    env = scope.env(r, start, stop),
    name = name,
  }
  e.is_const = found.is_const or nil
  return e
end

return M
