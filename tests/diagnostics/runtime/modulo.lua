local size = 0
return 7 % size
