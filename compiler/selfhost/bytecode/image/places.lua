--- Where instructions are in the source: their lines and spans, in an image.
--
-- Lines come in runs, which take a byte if they are short and near the line before. A span is a step
-- from the start of the one before, and a length.

local places = {}

-- A byte of a run: the step in the high five bits, the length less one in the low three.
local LONGEST_RUN = 8
-- The steps that a byte has room for begin here …
local FIRST_STEP = -3
-- … and there are so many. A step code of this value says that the step follows.
local STEPS = 31

--- Writes the line of each instruction; the first is a step from `line`.
function places.write_lines(out, line, lines)
  local n, count = 1, #lines
  while n <= count do
    local this = lines[n]
    local run = 1
    while run < LONGEST_RUN and lines[n + run] == this do
      run = run + 1
    end
    local step = this - line
    local near = step >= FIRST_STEP and step < FIRST_STEP + STEPS
    out:byte((near and step - FIRST_STEP or STEPS) << 3 | run - 1)
    if not near then out:sint(step) end
    line, n = this, n + run
  end
end

--- Writes the span of each instruction.
function places.write_spans(out, starts, stops)
  local last = 0
  for n = 1, #starts do
    local start = starts[n]
    out:sint(start - last)
    out:uint(math.max(stops[n] - start, 0))
    last = start
  end
end

return places
