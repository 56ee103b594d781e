-- Globals of one function only.
function area(w, h)
  result = w * h
  return result
end
function count()
  calls = (calls or 0) + 1
  return calls
end
function init() state = {} end
function get() return state end
function increment()
  total = total + 1
end
function cached()
  if not cache then cache = {} end
  return cache
end
function report() version = "1" end
