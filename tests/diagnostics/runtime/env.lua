local _ENV = { print = print, counter = 1 }
print(conter + 1)
