local n = 0
::top::
n = n + 1
if n < 10 then goto top end
do
  local x
  local f = function() return x end
  if f then goto out end
  goto out
end
::out::
for i = 1, 3 do
  local j = i
  local f = function() return j end
  if j == 2 then goto continue end
  f()
  ::continue::
end
do
  goto e
  local x
  ::e:: ;;
end
