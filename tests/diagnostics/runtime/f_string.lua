local name = "Bob"
print(f"hello {name}")
