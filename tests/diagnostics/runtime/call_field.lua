local s = "a,b"
print(string.spilt(s))
