print(string.split("a,b", ","))
