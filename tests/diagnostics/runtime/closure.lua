local count
local function next_count()
  count = count + 1
  return count
end
print(next_count())
