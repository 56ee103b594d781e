local co = coroutine.create(function() end)
print(co())
