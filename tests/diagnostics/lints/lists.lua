-- Lists with keys they do not have.
local days = { "Mon", "Tue" }
print(days[0])
for i = 0, #days do print(days[i]) end
for i = 0, #days - 1 do print(days[i]) end
for i = 0, #days do print(i) end
local text = "hello"
for i = 0, #text do print(text:sub(i, i)) end
local ages = { ann = 3, bob = 4 }
for i = 1, #ages do print(ages[i]) end
local zero = { [0] = "a", "b" }
for i = 0, #zero do print(zero[i], zero[0]) end

-- Results of functions without any.
local function add(a, b)
  print(a + b)
end
local sum = add(1, 2)
print(sum)
local function stub() end
local nothing = stub()
print(nothing)
local problem = add(1, 2)
if problem then print(problem) end
print(add(1, 2) + 1)
