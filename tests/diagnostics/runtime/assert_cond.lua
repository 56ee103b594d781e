local ready = { network = false }
assert(ready.network)
