-- Errors as plain data, with PUC Lua's messages. Mirror of compiler/src/diag/mod.rs without what only
-- reports for people need.
--
-- A diagnostic has a `puc_order`: when, in PUC's single pass, the error is raised. It says while which
-- token is current (`token_at`, where it starts), and in which order among the errors at that token
-- (`phase`): reading the token comes first, then checks of what precedes it, then the grammar's
-- refusal of the token itself. PUC stops at its first error, so of all errors our separate passes
-- find, the one with the smallest puc_order is the one PUC reports.

local chunk_id = require "luka.compiler.source.chunkid".chunk_id

local LEX <const>, SEMANTIC <const>, SYNTAX <const> = 1, 2, 3

-- A diagnostic without PUC's message. The message is one sentence without a full stop.
local function new(code, start, stop, message)
  return {code = code, start = start, stop = stop, message = message}
end

-- Adds PUC's message: the text after the position, and the position's line; no line for a message
-- without position, which PUC raises as a run-time error ("C stack overflow").
local function with_puc(diagnostic, token_at, phase, line, text)
  diagnostic.puc_order = {token_at = token_at, phase = phase}
  diagnostic.puc = {text = text, line = line}
  return diagnostic
end

-- Is the puc_order `a` before `b`? What has no puc_order comes last.
local function is_before(a, b)
  if not a or not b then
    return a ~= nil and b == nil
  elseif a.token_at ~= b.token_at then
    return a.token_at < b.token_at
  end
  return a.phase < b.phase
end

-- Of several passes' reports the error PUC would have stopped at: the smallest puc_order, the earlier
-- report among equals. Nil if there is none.
local function first_error(diagnostics)
  local first = diagnostics[1]
  for i = 2, #diagnostics do
    if is_before(diagnostics[i].puc_order, first.puc_order) then
      first = diagnostics[i]
    end
  end
  return first
end

-- The message `load` returns: PUC's message with their position, `chunk:line: text`, or our own message
-- where PUC has none.
local function load_message(diagnostic, source)
  local puc = diagnostic.puc or {text = diagnostic.message, line = source:line(diagnostic.start)}
  if not puc.line then
    return puc.text
  end
  return chunk_id(source.name) .. ":" .. puc.line .. ": " .. puc.text
end

return {
  new = new,
  with_puc = with_puc,
  first_error = first_error,
  load_message = load_message,
  codes = require "luka.compiler.diag.codes",
  LEX = LEX,
  SEMANTIC = SEMANTIC,
  SYNTAX = SYNTAX,
}
