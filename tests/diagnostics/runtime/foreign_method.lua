local items = {}
items.append("x")
