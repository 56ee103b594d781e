local parts = ("a,b"):split(",")
