--- Module → bytes. docs/image-format.md describes them.

local Strings = require "luka.compiler.bytecode.image.strings"
local Writer = require "luka.compiler.bytecode.image.writer"
local code = require "luka.compiler.bytecode.image.code"
local header = require "luka.compiler.bytecode.image.header"
local places = require "luka.compiler.bytecode.image.places"
local consts = require "luka.compiler.emit.consts"

-- Bits of a module's first byte.
local NATIVE, NAMED, DEBUG = 1, 2, 4

-- Bits that say which tables for debuggers a function has.
local LINES, SPANS, LOCALS, UPVALUE_NAMES = 1, 2, 4, 8

-- Codes of constants; strings have all from here on.
local NIL, FALSE, TRUE, INT, FLOAT, STRING = 0, 1, 2, 3, 4, 5

-- Kinds of captured variables.
local UPVALUE_KIND = {Regular = 0, Const = 1, ToClose = 2}

local function write_constants(out, strings, constants)
  out:uint(#constants)
  for n = 1, #constants do
    local value = constants[n]
    local kind = math.type(value)
    if kind == "integer" then
      out:uint(INT)
      out:sint(value)
    elseif kind == "float" then
      out:uint(FLOAT)
      out:raw(string.pack("<d", value))
    elseif value == consts.NIL then
      out:uint(NIL)
    elseif value == true then
      out:uint(TRUE)
    elseif value == false then
      out:uint(FALSE)
    else
      strings:write(out, STRING, value)
    end
  end
end

local function write_locals(out, strings, locals)
  out:uint(#locals)
  local last = 0
  for n = 1, #locals do
    local var = locals[n]
    strings:write(out, 0, var.name)
    out:sint(var.start_pc - last)
    out:sint(var.end_pc - var.start_pc)
    out:byte(var.register)
    last = var.start_pc
  end
end

local function write_proto(out, strings, index, proto)
  local upvalues, protos = proto.upvalues, proto.protos
  out:sint(proto.last_line_defined - proto.line_defined)
  out:uint(proto.num_params << 1 | (proto.is_vararg and 1 or 0))
  out:uint(proto.max_stack)
  out:uint(#proto.code)
  code.write(out, proto.code)
  write_constants(out, strings, proto.constants)
  out:uint(#upvalues)
  for n = 1, #upvalues do
    local up = upvalues[n]
    out:uint(up.index << 3 | UPVALUE_KIND[up.kind] << 1 | (up.in_stack and 1 or 0))
  end
  out:uint(#protos)
  local last = index
  for n = 1, #protos do
    out:sint(protos[n] - last)
    last = protos[n]
  end
end

local function write_debug(out, strings, proto)
  local locals, upvalues = proto.locals, proto.upvalues
  out:byte(LINES | SPANS | (#locals > 0 and LOCALS or 0) | (#upvalues > 0 and UPVALUE_NAMES or 0))
  places.write_lines(out, proto.line_defined, proto.lines)
  places.write_spans(out, proto.starts, proto.stops)
  if #locals > 0 then write_locals(out, strings, locals) end
  for n = 1, #upvalues do
    strings:write(out, 0, upvalues[n].name)
  end
end

--- The module as an image; without debug information if `strip`.
local function encode(module, strip)
  local out, strings = Writer.new(), Strings.new()
  local name = not strip and module.source_name
  out:byte((module.native and NATIVE or 0) | (name and NAMED or 0) | (strip and 0 or DEBUG))
  if name then strings:write(out, 0, name) end
  out:uint(#module.protos)
  local line = 0
  for n, proto in ipairs(module.protos) do
    out:sint(proto.line_defined - line)
    line = proto.line_defined
    write_proto(out, strings, n - 1, proto)
  end
  if not strip then
    for _, proto in ipairs(module.protos) do
      write_debug(out, strings, proto)
    end
  end
  local payload = out:finish()
  return header.bytes(#payload) .. payload
end

return encode
