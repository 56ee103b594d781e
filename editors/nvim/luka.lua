-- Luka in Neovim: the debugger (nvim-dap) and the language server. Put it where Neovim finds modules, as
-- ~/.config/nvim/lua/luka.lua, and call require("luka").setup {} in init.lua.
--
-- While a program is stopped, require("dap").step_back() and reverse_continue() go backward.
local M = {}

--- Sets everything up. `options.path` is the program luka, "luka" unless it is given.
function M.setup(options)
  local path = options and options.path or "luka"
  M.debugger(path)
  M.server(path)
end

--- Programs are debugged by `luka dap`, if nvim-dap is there.
function M.debugger(path)
  local found, dap = pcall(require, "dap")
  if not found then
    return
  end
  dap.adapters.luka = function(use, configuration)
    if configuration.request == "attach" then
      -- (A program that serves a debugger itself.)
      use { type = "server", host = configuration.host or "127.0.0.1", port = configuration.port }
    else
      use { type = "executable", command = path, args = { "dap" } }
    end
  end
  dap.configurations.lua = dap.configurations.lua or {}
  table.insert(dap.configurations.lua, {
    type = "luka",
    request = "launch",
    name = "Luka: this file",
    program = "${file}",
    cwd = "${workspaceFolder}",
  })
  table.insert(dap.configurations.lua, {
    type = "luka",
    request = "attach",
    name = "Luka: attach",
    port = function()
      return tonumber(vim.fn.input "Port: ")
    end,
  })
  dap.configurations.luka = dap.configurations.lua
end

--- Buffers of Lua have `luka lsp`, in Neovim 0.8 and later.
function M.server(path)
  if not vim.lsp.start then
    return
  end
  vim.filetype.add { extension = { luka = "luka" } }
  vim.api.nvim_create_autocmd("FileType", {
    pattern = { "lua", "luka" },
    callback = function(event)
      local start = vim.fs.find({ "luka.toml", ".git" }, {
        upward = true,
        path = vim.fs.dirname(vim.api.nvim_buf_get_name(event.buf)),
      })[1]
      vim.lsp.start {
        name = "luka",
        cmd = { path, "lsp" },
        root_dir = start and vim.fs.dirname(start) or vim.fn.getcwd(),
      }
    end,
  })
end

return M
