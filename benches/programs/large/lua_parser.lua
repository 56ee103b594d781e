-- A lexer and a parser for Lua over megabytes of source, which a seeded generator writes first;
-- the tree is then walked by a visitor that resolves names, and printed back in short form.

local byte, sub, find, format = string.byte, string.sub, string.find, string.format
local concat = table.concat

---------------------------------------------------------------------------------------------------
-- The source: functions of random statements.

local seed = 20240711
local function random(n)
  seed = (seed * 16807) % 2147483647
  return seed % n + 1
end

local function pick(list)
  return list[random(#list)]
end

local words = {
  "alpha", "count", "index", "value", "node", "left", "right", "total", "name", "item", "buffer",
  "cursor", "limit", "result", "state", "queue",
}
local operators = {
  "+", "-", "*", "/", "%", "..", "==", "~=", "<", "<=", ">", ">=", "and", "or", "^",
}

local out = {}
local function put(text)
  out[#out + 1] = text
end

local expression

local function arguments(depth)
  local parts = {}
  for i = 1, random(4) - 1 do
    parts[i] = expression(depth + 1)
  end
  return concat(parts, ", ")
end

function expression(depth)
  local choice = depth > 4 and random(4) or random(11)
  if choice == 1 then
    return pick(words)
  elseif choice == 2 then
    return tostring(random(100000))
  elseif choice == 3 then
    return format("%q", pick(words) .. " " .. pick(words))
  elseif choice == 4 then
    return pick {"true", "false", "nil", "3.25e2", "0x1F", "'it\\'s'"}
  elseif choice <= 7 then
    return expression(depth + 1) .. " " .. pick(operators) .. " " .. expression(depth + 1)
  elseif choice == 8 then
    return pick(words) .. "." .. pick(words) .. "[" .. expression(depth + 1) .. "]"
  elseif choice == 9 then
    return pick(words) .. ":" .. pick(words) .. "(" .. arguments(depth) .. ")"
  elseif choice == 10 then
    return "{" .. pick(words) .. " = " .. expression(depth + 1) .. ", " .. arguments(depth) .. "}"
  else
    return pick {"not ", "-", "#"} .. "(" .. expression(depth + 1) .. ")"
  end
end

local function block(depth, indent)
  for _ = 1, random(4) + 1 do
    local choice = depth > 3 and random(4) or random(9)
    put(indent)
    if choice == 1 then
      put("local " .. pick(words) .. ", " .. pick(words) .. " = " .. expression(1) .. "\n")
    elseif choice == 2 then
      put(pick(words) .. "." .. pick(words) .. " = " .. expression(1) .. "\n")
    elseif choice == 3 then
      put(pick(words) .. "(" .. arguments(1) .. ")\n")
    elseif choice == 4 then
      put("-- " .. pick(words) .. " of the " .. pick(words) .. "\n")
    elseif choice == 5 then
      put("if " .. expression(2) .. " then\n")
      block(depth + 1, indent .. "  ")
      put(indent .. "else\n")
      block(depth + 1, indent .. "  ")
      put(indent .. "end\n")
    elseif choice == 6 then
      put("for " .. pick(words) .. " = 1, #" .. pick(words) .. " do\n")
      block(depth + 1, indent .. "  ")
      put(indent .. "end\n")
    elseif choice == 7 then
      put("for k, v in pairs(" .. pick(words) .. ") do\n")
      block(depth + 1, indent .. "  ")
      put(indent .. "end\n")
    elseif choice == 8 then
      put("while " .. expression(2) .. " do\n")
      block(depth + 1, indent .. "  ")
      put(indent .. "end\n")
    else
      put("local function " .. pick(words) .. "(" .. pick(words) .. ", ...)\n")
      block(depth + 1, indent .. "  ")
      put(indent .. "  return " .. expression(2) .. "\n" .. indent .. "end\n")
    end
  end
end

local function generate(size)
  local length, counted = 0, 0
  while length < size do
    put("function module." .. pick(words) .. "(" .. pick(words) .. ", " .. pick(words) .. ")\n")
    block(1, "  ")
    put("  return " .. expression(1) .. "\nend\n\n")
    for i = counted + 1, #out do
      length = length + #out[i]
    end
    counted = #out
  end
  return concat(out)
end

---------------------------------------------------------------------------------------------------
-- The lexer: one token at a time, by the first byte.

local keywords = {}
for word in (
  "and break do else elseif end false for function goto if in local nil not or repeat "
  .. "return then true until while"
):gmatch("%a+") do
  keywords[word] = true
end

local escapes = {n = "\n", t = "\t", ["\\"] = "\\", ["'"] = "'", ['"'] = '"', ["\n"] = "\n"}

local Lexer = {}
Lexer.__index = Lexer

function Lexer.new(source)
  local self = setmetatable({source = source, at = 1, line = 1, kind = nil, value = nil}, Lexer)
  self.tokens = 0
  self:advance()
  return self
end

function Lexer:fail(message)
  error(format("line %d: %s near '%s'", self.line, message, tostring(self.value or self.kind)), 0)
end

function Lexer:skip()
  local source, at = self.source, self.at
  while true do
    local c = byte(source, at)
    if c == 10 then
      self.line = self.line + 1
      at = at + 1
    elseif c == 32 or c == 9 or c == 13 then
      at = at + 1
    elseif c == 45 and byte(source, at + 1) == 45 then
      at = find(source, "\n", at, true) or #source + 1
    else
      self.at = at
      return c
    end
  end
end

function Lexer:quoted(quote)
  local source, at = self.source, self.at + 1
  local parts = {}
  local from = at
  while true do
    local c = byte(source, at)
    if c == quote then
      break
    elseif c == 92 then
      parts[#parts + 1] = sub(source, from, at - 1)
      parts[#parts + 1] = escapes[sub(source, at + 1, at + 1)] or self:fail("bad escape")
      at = at + 2
      from = at
    elseif c == nil or c == 10 then
      self:fail("unfinished string")
    else
      at = at + 1
    end
  end
  parts[#parts + 1] = sub(source, from, at - 1)
  self.at = at + 1
  return concat(parts)
end

local two = {
  ["=="] = true,
  ["~="] = true,
  ["<="] = true,
  [">="] = true,
  [".."] = true,
  ["::"] = true,
}

function Lexer:advance()
  local c = self:skip()
  local source, at = self.source, self.at
  self.tokens = self.tokens + 1
  if c == nil then
    self.kind, self.value = "eof", nil
  elseif c >= 97 and c <= 122 or c >= 65 and c <= 90 or c == 95 then
    local _, last = find(source, "^[%w_]*", at)
    local word = sub(source, at, last)
    self.at = last + 1
    if keywords[word] then
      self.kind, self.value = word, nil
    else
      self.kind, self.value = "name", word
    end
  elseif c >= 48 and c <= 57 then
    local _, last = find(source, "^0[xX]%x+", at)
    if not last then
      _, last = find(source, "^%d+%.?%d*", at)
      local _, exponent = find(source, "^[eE][+-]?%d+", last + 1)
      last = exponent or last
    end
    self.kind, self.value = "number", tonumber(sub(source, at, last))
    self.at = last + 1
  elseif c == 34 or c == 39 then
    self.kind, self.value = "string", self:quoted(c)
  else
    local pair = sub(source, at, at + 1)
    if pair == ".." and byte(source, at + 2) == 46 then
      self.kind, self.at = "...", at + 3
    elseif two[pair] then
      self.kind, self.at = pair, at + 2
    else
      self.kind, self.at = sub(pair, 1, 1), at + 1
    end
    self.value = nil
  end
end

function Lexer:accept(kind)
  if self.kind == kind then
    self:advance()
    return true
  end
  return false
end

function Lexer:expect(kind)
  if self.kind ~= kind then
    self:fail("'" .. kind .. "' expected")
  end
  local value = self.value
  self:advance()
  return value
end

---------------------------------------------------------------------------------------------------
-- The parser: recursive descent, precedence climbing.

local parse_expression, parse_block

local function parse_list(lexer)
  local list = {parse_expression(lexer, 0)}
  while lexer:accept(",") do
    list[#list + 1] = parse_expression(lexer, 0)
  end
  return list
end

local function parse_body(lexer, name)
  local params, vararg = {}, false
  lexer:expect("(")
  while lexer.kind ~= ")" do
    if lexer:accept("...") then
      vararg = true
    else
      params[#params + 1] = lexer:expect("name")
    end
    if not lexer:accept(",") then
      break
    end
  end
  lexer:expect(")")
  local body = parse_block(lexer)
  lexer:expect("end")
  return {tag = "function", name = name, params = params, vararg = vararg, body = body}
end

local function parse_table(lexer)
  local node = {tag = "table", keys = {}, values = {}, items = {}}
  lexer:expect("{")
  while lexer.kind ~= "}" do
    if lexer.kind == "name" then
      local value = parse_expression(lexer, 0)
      if value.tag == "name" and lexer:accept("=") then
        node.keys[#node.keys + 1] = value.name
        node.values[#node.values + 1] = parse_expression(lexer, 0)
      else
        node.items[#node.items + 1] = value
      end
    else
      node.items[#node.items + 1] = parse_expression(lexer, 0)
    end
    if not lexer:accept(",") then
      break
    end
  end
  lexer:expect("}")
  return node
end

local function parse_arguments(lexer)
  lexer:expect("(")
  local list = lexer.kind == ")" and {} or parse_list(lexer)
  lexer:expect(")")
  return list
end

local function parse_suffixed(lexer)
  local node
  if lexer:accept("(") then
    node = {tag = "paren", value = parse_expression(lexer, 0)}
    lexer:expect(")")
  else
    node = {tag = "name", name = lexer:expect("name"), line = lexer.line}
  end
  while true do
    local kind = lexer.kind
    if kind == "." then
      lexer:advance()
      node = {tag = "field", object = node, name = lexer:expect("name")}
    elseif kind == "[" then
      lexer:advance()
      node = {tag = "index", object = node, key = parse_expression(lexer, 0)}
      lexer:expect("]")
    elseif kind == ":" then
      lexer:advance()
      local name = lexer:expect("name")
      node = {tag = "method", object = node, name = name, arguments = parse_arguments(lexer)}
    elseif kind == "(" then
      node = {tag = "call", callee = node, arguments = parse_arguments(lexer)}
    else
      return node
    end
  end
end

local function parse_simple(lexer)
  local kind = lexer.kind
  if kind == "number" or kind == "string" then
    local node = {tag = kind, value = lexer.value}
    lexer:advance()
    return node
  elseif kind == "true" or kind == "false" or kind == "nil" or kind == "..." then
    lexer:advance()
    return {tag = "constant", name = kind}
  elseif kind == "{" then
    return parse_table(lexer)
  elseif kind == "function" then
    lexer:advance()
    return parse_body(lexer, "?")
  end
  return parse_suffixed(lexer)
end

local left = {
  ["or"] = 1,
  ["and"] = 2,
  ["<"] = 3,
  [">"] = 3,
  ["<="] = 3,
  [">="] = 3,
  ["~="] = 3,
  ["=="] = 3,
  [".."] = 9,
  ["+"] = 10,
  ["-"] = 10,
  ["*"] = 11,
  ["/"] = 11,
  ["%"] = 11,
  ["^"] = 14,
}
local right = {[".."] = 8, ["^"] = 13}
local unary = {["not"] = true, ["-"] = true, ["#"] = true}

function parse_expression(lexer, limit)
  local node
  if unary[lexer.kind] then
    local operator = lexer.kind
    lexer:advance()
    node = {tag = "unary", operator = operator, operand = parse_expression(lexer, 12)}
  else
    node = parse_simple(lexer)
  end
  while true do
    local operator = lexer.kind
    local power = left[operator]
    if not power or power <= limit then
      return node
    end
    lexer:advance()
    local rest = parse_expression(lexer, right[operator] or power)
    node = {tag = "binary", operator = operator, left = node, right = rest}
  end
end

local statements = {}

statements["if"] = function(lexer)
  local node = {tag = "if", conditions = {}, blocks = {}}
  repeat
    lexer:advance()
    node.conditions[#node.conditions + 1] = parse_expression(lexer, 0)
    lexer:expect("then")
    node.blocks[#node.blocks + 1] = parse_block(lexer)
  until lexer.kind ~= "elseif"
  if lexer:accept("else") then
    node.otherwise = parse_block(lexer)
  end
  lexer:expect("end")
  return node
end

statements["while"] = function(lexer)
  lexer:advance()
  local node = {tag = "while", condition = parse_expression(lexer, 0)}
  lexer:expect("do")
  node.body = parse_block(lexer)
  lexer:expect("end")
  return node
end

statements["for"] = function(lexer)
  lexer:advance()
  local names = {lexer:expect("name")}
  while lexer:accept(",") do
    names[#names + 1] = lexer:expect("name")
  end
  local kind = lexer:accept("=") and "fornum" or lexer:accept("in") and "forin" or lexer:fail("for")
  local node = {tag = kind, names = names, values = parse_list(lexer)}
  lexer:expect("do")
  node.body = parse_block(lexer)
  lexer:expect("end")
  return node
end

statements["local"] = function(lexer)
  lexer:advance()
  if lexer:accept("function") then
    local name = lexer:expect("name")
    return {tag = "localfunction", name = name, value = parse_body(lexer, name)}
  end
  local names = {lexer:expect("name")}
  while lexer:accept(",") do
    names[#names + 1] = lexer:expect("name")
  end
  return {tag = "local", names = names, values = lexer:accept("=") and parse_list(lexer) or {}}
end

statements["function"] = function(lexer)
  lexer:advance()
  local node = {tag = "name", name = lexer:expect("name"), line = lexer.line}
  while lexer:accept(".") do
    node = {tag = "field", object = node, name = lexer:expect("name")}
  end
  return {tag = "assign", targets = {node}, values = {parse_body(lexer, node.name)}}
end

statements["return"] = function(lexer)
  lexer:advance()
  return {tag = "return", values = parse_list(lexer)}
end

local function parse_other(lexer)
  local node = parse_suffixed(lexer)
  if node.tag == "call" or node.tag == "method" then
    return {tag = "callstatement", call = node}
  end
  local targets = {node}
  while lexer:accept(",") do
    targets[#targets + 1] = parse_suffixed(lexer)
  end
  lexer:expect("=")
  return {tag = "assign", targets = targets, values = parse_list(lexer)}
end

local closing = {["end"] = true, ["else"] = true, ["elseif"] = true, ["until"] = true, eof = true}

function parse_block(lexer)
  local list = {tag = "block"}
  while not closing[lexer.kind] do
    list[#list + 1] = (statements[lexer.kind] or parse_other)(lexer)
  end
  return list
end

---------------------------------------------------------------------------------------------------
-- The visitor: scopes, counts of what each name means, a checksum over the shape of the tree.

local Resolver = {}
Resolver.__index = Resolver

function Resolver.new()
  return setmetatable({
    scope = nil,
    locals = 0,
    globals = 0,
    upvalues = 0,
    hash = 7,
    depth = 0,
    level = 0,
  }, Resolver)
end

function Resolver:mix(n)
  self.hash = (self.hash * 31 + n) % 16777213
end

function Resolver:open()
  self.scope = {parent = self.scope, level = self.level, names = {}}
end

function Resolver:close()
  self.scope = self.scope.parent
end

function Resolver:declare(name)
  self.scope.names[name] = self.level
end

function Resolver:list(nodes)
  for i = 1, #nodes do
    self:visit(nodes[i])
  end
end

function Resolver:body(node, ...)
  self:open()
  for i = 1, select("#", ...) do
    self:declare((select(i, ...)))
  end
  self:list(node)
  self:close()
end

local visit = {}

function Resolver:visit(node)
  self:mix(#node.tag)
  return visit[node.tag](self, node)
end

function visit.name(self, node)
  local scope, name = self.scope, node.name
  while scope do
    local level = scope.names[name]
    if level then
      if level == self.level then
        self.locals = self.locals + 1
      else
        self.upvalues = self.upvalues + 1
      end
      return self:mix(level)
    end
    scope = scope.parent
  end
  self.globals = self.globals + 1
end

function visit.number(self, node) self:mix(node.value) end
function visit.string(self, node) self:mix(#node.value) end
function visit.constant(self, node) self:mix(#node.name) end
function visit.paren(self, node) self:visit(node.value) end
function visit.field(self, node) self:visit(node.object) end
function visit.unary(self, node) self:visit(node.operand) end
function visit.callstatement(self, node) self:visit(node.call) end

function visit.index(self, node)
  self:visit(node.object)
  self:visit(node.key)
end

function visit.binary(self, node)
  self:visit(node.left)
  self:visit(node.right)
  self:mix(left[node.operator])
end

function visit.call(self, node)
  self:visit(node.callee)
  self:list(node.arguments)
end

function visit.method(self, node)
  self:visit(node.object)
  self:list(node.arguments)
end

function visit.table(self, node)
  self:list(node.values)
  self:list(node.items)
  self:mix(#node.keys)
end

visit["function"] = function(self, node)
  self.level = self.level + 1
  if self.level > self.depth then
    self.depth = self.level
  end
  self:open()
  for _, name in ipairs(node.params) do
    self:declare(name)
  end
  self:body(node.body)
  self:close()
  self.level = self.level - 1
end

function visit.localfunction(self, node)
  self:declare(node.name)
  self:visit(node.value)
end

visit["local"] = function(self, node)
  self:list(node.values)
  for _, name in ipairs(node.names) do
    self:declare(name)
  end
end

function visit.assign(self, node)
  self:list(node.values)
  self:list(node.targets)
end

visit["if"] = function(self, node)
  for i, condition in ipairs(node.conditions) do
    self:visit(condition)
    self:body(node.blocks[i])
  end
  if node.otherwise then
    self:body(node.otherwise)
  end
end

visit["while"] = function(self, node)
  self:visit(node.condition)
  self:body(node.body)
end

function visit.fornum(self, node)
  self:list(node.values)
  self:body(node.body, node.names[1])
end

function visit.forin(self, node)
  self:list(node.values)
  self:body(node.body, node.names[1], node.names[2])
end

visit["return"] = function(self, node)
  self:list(node.values)
end

---------------------------------------------------------------------------------------------------

local source = generate(2500000)
local lexer = Lexer.new(source)
local tree = parse_block(lexer)
lexer:expect("eof")
local resolver = Resolver.new()
resolver:body(tree)
print(
  format("%d bytes, %d lines, %d tokens, %d functions", #source, lexer.line, lexer.tokens, #tree)
)
print(
  format(
    "%d locals, %d upvalues, %d globals, depth %d, hash %d",
    resolver.locals,
    resolver.upvalues,
    resolver.globals,
    resolver.depth,
    resolver.hash
  )
)
