--- Source positions: the lines of positions, the tokens around them.
--
-- Emission visits positions nearly in order, so both lookups start from the last result.

local Positions = {}
Positions.__index = Positions

-- How far a search walks before it halves.
local NEAR = 16

--- Look-ups in the text of `source`, whose tokens are `tokens`.
function Positions.new(tokens, source)
  return setmetatable({
    tokens = tokens,
    starts = tokens.starts,
    stops = tokens.stops,
    count = tokens.count,
    lines = source:lines(),
    token_hint = 1,
  }, Positions)
end

--- The line of a token's end. 0, the end of no token, is on line 1.
function Positions:line(pos)
  if pos == 0 then return 1 end
  return self.lines:line(pos - 1)
end

--- The index of the first token that starts at or after `pos`.
function Positions:token_at(pos)
  local starts, at = self.starts, self.token_hint
  for _ = 1, NEAR do
    if starts[at] < pos then
      if at == self.count then break end
      at = at + 1
    elseif at > 1 and starts[at - 1] >= pos then
      at = at - 1
    else
      self.token_hint = at
      return at
    end
  end
  at = self.tokens:index_at_or_after(pos)
  self.token_hint = at
  return at
end

--- The end of the first token that starts at or after `pos`.
function Positions:end_of_token_at(pos)
  return self.stops[self:token_at(pos)]
end

--- The end of the last token that starts before `pos`; 0 if there is none.
function Positions:end_of_token_before(pos)
  local at = self:token_at(pos)
  return at > 1 and self.stops[at - 1] or 0
end

return Positions
