package.preload.foo = function() end
local foo = require("foo")
foo.bar()
