local f = io.open("/tmp/x", "rw")
