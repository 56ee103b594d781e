-- A message that looks like the machine's, and is not.
error("attempt to index a nil value (local 'x')")
