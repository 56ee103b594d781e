a = 1
b = [[
x
yz
w]]c = "p\
q"
d = 2 -- ce = 3