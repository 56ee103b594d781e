coroutine.resume(function() end)
