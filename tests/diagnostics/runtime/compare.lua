local limits = { max = "10" }
local n = 5
if n > limits.max then print "over" end
