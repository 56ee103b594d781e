-- Run by tests/modes/editors.sh in a Neovim without a screen: a program is debugged forward and backward by
-- nvim-dap, as the module sets it up, and the language server finds a mistake.
local luka = assert(os.getenv "LUKA")

local function check(what, holds)
  if not holds then
    io.stderr:write("nvim: " .. what .. "\n")
    vim.cmd "cquit 1"
  end
end

local function wait(what, is_there)
  check("nothing came: " .. what, vim.wait(20000, is_there, 20))
end

require("luka").setup { path = luka }
local dap = require "dap"

local file = vim.fn.getcwd() .. "/main.lua"
vim.cmd("edit " .. file)
vim.bo.filetype = "lua"

-- (Neovim starts servers since 0.8.)
if vim.lsp.start then
  wait("the mistake", function()
    return #vim.diagnostic.get(0) > 0
  end)
else
  print "nvim: SKIPPED: this Neovim starts no language servers"
end

local stops = {}
dap.listeners.after.event_stopped.test = function(_, body)
  table.insert(stops, body.reason)
end
local ended = false
dap.listeners.after.event_terminated.test = function()
  ended = true
end

-- The line that the program is at.
local function line()
  local at
  wait("the frame", function()
    local session = dap.session()
    local frame = session and session.current_frame
    at = frame and frame.line
    return at ~= nil
  end)
  return at
end

local function moves(what, move)
  local before = #stops
  move()
  wait(what, function()
    return #stops > before and dap.session() and dap.session().stopped_thread_id
  end)
  vim.wait(200)
  return stops[#stops]
end

vim.api.nvim_win_set_cursor(0, { 4, 0 })
dap.toggle_breakpoint()
check("the breakpoint", moves("the breakpoint", function()
  dap.run(dap.configurations.lua[1])
end) == "breakpoint")
check("the line of the breakpoint", line() == 4)
moves("a step", dap.step_over)
check("a step forward", line() == 3 or line() == 6)
moves("a step back", dap.step_back)
check("a step backward", line() == 4)
check("the beginning", moves("the beginning", dap.reverse_continue) == "entry")
check("the first line", line() == 1)

local value
moves("the breakpoint again", dap.continue)
dap.session():evaluate("sum", function(_, answer)
  value = answer and answer.result
end)
wait("a value", function()
  return value ~= nil
end)
check("the value", value == "0")
dap.clear_breakpoints()
dap.continue()
wait("the end", function()
  return ended
end)

-- A program that serves a debugger itself: it goes on when Neovim has gone.
vim.cmd("edit " .. vim.fn.getcwd() .. "/boat.lua")
vim.bo.filetype = "lua"
vim.api.nvim_win_set_cursor(0, { 5, 0 })
dap.toggle_breakpoint()
local attach = { type = "luka", request = "attach", name = "attach", port = tonumber(os.getenv "ATTACH") }
check("the breakpoint of the other program", moves("the other breakpoint", function()
  dap.run(attach)
end) == "breakpoint")
check("its line", line() == 5)
moves("a step there", dap.step_over)
check("a step forward there", line() == 6)
moves("a step back there", dap.step_back)
check("a step backward there", line() == 5)
local gone = false
dap.disconnect({ terminateDebuggee = false }, function()
  gone = true
end)
wait("the disconnection", function()
  return gone or not dap.session()
end)
print "nvim: ok"
vim.cmd "qall!"
