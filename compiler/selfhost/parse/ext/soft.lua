-- Soft keywords: what they are, and where they end a block. Mirror of compiler/src/parse/ext/soft.rs.
--
-- Closers say which soft keywords end a block at the start of a statement or after `return`: a set with
-- `case` (the block is an arm's), `catch` (a `try`'s body), `finally` (the same, or a `catch`'s block).

local state = require "luka.compiler.parse.state"

local kind_ahead = state.kind_ahead

local ARM <const> = {case = true}
local TRY <const> = {catch = true, finally = true}
local CATCH <const> = {finally = true}

-- A set of the kinds of tokens.
local function set(kinds)
  local members = {}
  for _, kind in ipairs(kinds) do
    members[kind] = true
  end
  return members
end

-- What may follow a `case`.
local STARTS_PATTERN <const> = set {
  "<name>", "<integer>", "<number>", "<string>", "nil", "true", "false", "-", "{", "[",
}

-- What makes a name `match` before it a keyword.
local STARTS_SUBJECT <const> = set {
  "<name>", "<integer>", "<number>", "nil", "true", "false", "...", "not", "-", "#", "~",
  "function",
  "if", "|", "<interpolated string>", "<start of an interpolated string>",
}

-- The text of the name `ahead` of the current token; empty if that is no name.
local function word(p, ahead)
  local at = p.at + ahead
  return p.kinds[at] == "<name>" and p.values[at] or ""
end

-- Is the token `ahead` of the current one a soft keyword that ends a block with these closers?
local function closes(p, ahead, closers)
  local text = word(p, ahead)
  if text == "case" and closers.case then
    return STARTS_PATTERN[kind_ahead(p, ahead + 1)] == true
  elseif text == "catch" and closers.catch then
    return kind_ahead(p, ahead + 1) == "<name>"
  elseif text == "finally" and closers.finally then
    return kind_ahead(p, ahead + 1) == "do"
  end
  return false
end

return {
  ARM = ARM,
  TRY = TRY,
  CATCH = CATCH,
  STARTS_PATTERN = STARTS_PATTERN,
  STARTS_SUBJECT = STARTS_SUBJECT,
  set = set,
  word = word,
  closes = closes,
}
