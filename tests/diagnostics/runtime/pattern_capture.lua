print(("a(b"):find("("))
