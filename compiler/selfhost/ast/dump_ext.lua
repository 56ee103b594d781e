-- The statements of the extensions as text. Mirror of compiler/src/ast/dump_ext.rs.

local escape = require "luka.compiler.ast.escape"
local types = require "luka.compiler.ast.types"

-- The writers of the extensions' statements; `add` and `add_all` are those of `dump`.
local function statements(add, add_all)
  local function condition(next, cond)
    if cond.kind == "Expr" then
      add(next, "expr", cond.expr)
    else
      add_all(next, "expr", cond.values)
    end
  end

  local function add_block(next, role, body)
    if body then
      add(next, role, body)
    end
  end

  return {
    ExtLocal = function(node, next)
      add_all(next, "expr", node.values)
      return "local with patterns"
    end,
    ExtIf = function(node, next)
      for _, arm in ipairs(node.arms) do
        condition(next, arm.cond)
        add(next, "then", arm.body)
      end
      add_block(next, "else", node.otherwise)
      return "if local"
    end,
    ExtWhile = function(node, next)
      condition(next, node.cond)
      add(next, "body", node.body)
      return "while local"
    end,
    ExtGlobal = function(node, next)
      add_all(next, "expr", node.values)
      return "global"
    end,
    GlobalFunction = function(node, next)
      add(next, "func", node.func)
      return "global function"
    end,
    Type = function(node)
      local generics = types.generics_text(node.generics)
      return "type " .. escape.ascii(node.name) .. generics .. " = " .. types.type_text(node.ty)
    end,
    Match = function(node, next)
      add(next, "expr", node.subject)
      for _, arm in ipairs(node.arms) do
        if arm.guard then
          add(next, "expr", arm.guard)
        end
        add(next, "case", arm.body)
      end
      add_block(next, "else", node.otherwise)
      return "match"
    end,
    DeferCall = function(node, next)
      add(next, "expr", node.call)
      return "defer"
    end,
    DeferBlock = function(node, next)
      add(next, "body", node.body)
      return "defer"
    end,
    Try = function(node, next)
      add(next, "body", node.body)
      add_block(next, "catch", node.catch and node.catch.body)
      add_block(next, "finally", node.finally)
      return "try"
    end,
  }
end

return {statements = statements}
