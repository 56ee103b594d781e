local s = " x "
print(s:trim())
