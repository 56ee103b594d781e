local co = coroutine.create(function(t)
  local inner = function() return t.deep.value end
  return (inner())
end)
local ok, err = coroutine.resume(co, {})
if not ok then error(err, 0) end
