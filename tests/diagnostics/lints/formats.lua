-- Formats.
print(string.format("%d %s", 1))
print(string.format("%5.2f%%", 1))
print(string.format("%d", 1, 2))
print(string.format("%d", ...))
print(string.format(...))
print(string.format("plain"))
