local co = coroutine.wrap(function() return 1 end)
co() co()
