local function producer(list)
  for _, item in ipairs(list) do
    coroutine.yield(item.name:upper())
  end
end
local next_item = coroutine.wrap(producer)
print(next_item({ { name = "a" }, {} }))
print(next_item())
