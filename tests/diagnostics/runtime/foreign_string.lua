local s = "hello"
if s.equals("hello") then print("same") end
