local a, b = table.unpack(nil)
