local line = "-" * 10
print(line)
