local opts = {}
print(string.rep("x", opts.count))
