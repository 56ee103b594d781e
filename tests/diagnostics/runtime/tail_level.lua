local function fail(message) error(message, 2) end
local function check(x)
  return fail("not a number")
end
local function area(w, h)
  check(w)
  return w * h
end
area("1", 2)
