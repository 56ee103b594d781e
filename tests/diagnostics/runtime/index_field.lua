local config = { host = "localhost", prot = 80 }
local function connect()
  return config.port.number
end
connect()
