--- Where things stand in the source: lines of positions, tokens around positions.
--
-- Emission walks the text nearly in order, so both look-ups start from the last answer.

local Place = {}
Place.__index = Place

-- How far a search walks before it halves.
local NEAR = 16

--- Look-ups in the text of `source`, whose tokens are `tokens`.
function Place.new(tokens, source)
  return setmetatable({
    tokens = tokens,
    starts = tokens.starts,
    stops = tokens.stops,
    count = tokens.count,
    lines = source:lines(),
    token_hint = 1,
  }, Place)
end

--- The line of a token's end. 0, the end of no token, is on line 1.
function Place:line(pos)
  if pos == 0 then return 1 end
  return self.lines:line(pos - 1)
end

--- The index of the first token that starts at or after `pos`.
function Place:token_at(pos)
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
function Place:end_of_token_at(pos)
  return self.stops[self:token_at(pos)]
end

--- The end of the last token that starts before `pos`; 0 if there is none.
function Place:end_of_token_before(pos)
  local at = self:token_at(pos)
  return at > 1 and self.stops[at - 1] or 0
end

return Place
