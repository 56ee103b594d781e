-- Asks somebody, as often as it takes, and goes on when the answer is yes.
local what = ...
local asked = 0
repeat
  asked = asked + 1
  local answer = tool.ask("May I " .. what .. "?")
  print("answer " .. asked .. ": " .. answer)
  tool.sleep(0.05)
until answer == "yes"
local ok, message = pcall(tool.post, what)
print(ok, message)
return {asked = asked, what = what}
