local x = 1
pritn("hello", x)
