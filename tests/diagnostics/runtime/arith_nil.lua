local price = { net = 10 }
local count = 3
local total = count * price.gross + 1
