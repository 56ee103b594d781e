-- Types as text. Mirror of compiler/src/ast/types.rs.

local ascii = require "luka.compiler.ast.escape".ascii

local concat = table.concat

local type_text

-- Types one after the other.
local function list(types, between)
  local texts = {}
  for i, ty in ipairs(types) do
    texts[i] = type_text(ty)
  end
  return concat(texts, between)
end

-- Type parameters with their `<>`; nothing if there are none.
local function generics_text(generics)
  if not generics or #generics == 0 then
    return ""
  end
  local texts = {}
  for i, generic in ipairs(generics) do
    local text = ascii(generic.name) .. (generic.is_pack and "..." or "")
    texts[i] = generic.default and text .. " = " .. type_text(generic.default) or text
  end
  return "<" .. concat(texts, ", ") .. ">"
end

local function field_text(field)
  local key
  if field.key_kind == "Name" then
    key = ascii(field.key)
  elseif field.key_kind == "Str" then
    key = '["' .. ascii(field.key) .. '"]'
  else
    key = "[" .. type_text(field.key) .. "]"
  end
  local access = field.access and ascii(field.access) .. " " or ""
  return access .. key .. ": " .. type_text(field.value)
end

-- The text of each kind of type. Types nest no deeper than the parser lets them.
local TEXT <const> = {
  Error = function() return "<error>" end,
  Nil = function() return "nil" end,
  Bool = function(ty) return tostring(ty.value) end,
  Str = function(ty) return '"' .. ascii(ty.value) .. '"' end,
  Named = function(ty)
    local prefix = ty.prefix and ascii(ty.prefix) .. "." or ""
    return prefix .. ascii(ty.name) .. (ty.args and "<" .. list(ty.args, ", ") .. ">" or "")
  end,
  Typeof = function() return "typeof(…)" end,
  Array = function(ty) return "{" .. type_text(ty.ty) .. "}" end,
  Table = function(ty)
    local fields = {}
    for i, field in ipairs(ty.fields) do
      fields[i] = field_text(field)
    end
    return #fields == 0 and "{}" or "{ " .. concat(fields, ", ") .. " }"
  end,
  Function = function(ty)
    local params = {}
    for i, param in ipairs(ty.params) do
      params[i] = (param.name and ascii(param.name) .. ": " or "") .. type_text(param.ty)
    end
    local params_text = "(" .. concat(params, ", ") .. ")"
    return generics_text(ty.generics) .. params_text .. " -> " .. type_text(ty.result)
  end,
  Optional = function(ty) return type_text(ty.ty) .. "?" end,
  Union = function(ty) return list(ty.items, " | ") end,
  Intersection = function(ty) return list(ty.items, " & ") end,
  Paren = function(ty) return "(" .. type_text(ty.ty) .. ")" end,
  Pack = function(ty) return "(" .. list(ty.items, ", ") .. ")" end,
  Variadic = function(ty) return "..." .. type_text(ty.ty) end,
  GenericPack = function(ty) return ascii(ty.name) .. "..." end,
}

-- A type as text.
function type_text(ty)
  return TEXT[ty.kind](ty)
end

return {type_text = type_text, generics_text = generics_text}
