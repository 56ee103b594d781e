--- Table constructors: positional items are collected in registers and stored in batches.

local Emitter = require "luka.compiler.emit.emitter"
local exp = require "luka.compiler.emit.exp"
local instr = require "luka.compiler.bytecode.instr"
local op = require "luka.compiler.bytecode.ops"

local abc, abx = instr.abc, instr.abx

-- How many positional items are stored at a time (`LFIELDS_PER_FLUSH` of PUC Lua 5.4).
local BATCH = 50

--- Emits the instruction that stores items after the table's register, and frees those.
local function set_list(self, cons, count)
  self:emit(instr.with_n(abx(op.SetList, cons.table, cons.stored), count), cons.start, cons.stop)
  self.free = cons.table + 1
end

--- Puts the last positional item in its register, and stores the batch if it is full.
local function close_item(self, cons)
  self:to_next_reg(cons.last)
  cons.last = false
  if cons.waiting == BATCH then
    set_list(self, cons, BATCH)
    cons.stored = cons.stored + BATCH
    cons.waiting = 0
  end
end

--- Stores what is left; true when the last item may be any number of values.
local function last_items(self, cons)
  if cons.waiting == 0 then return false end
  local last = cons.last
  local open = last and exp.is_multi(last)
  if open then
    self:set_returns(last, nil)
    set_list(self, cons, 0)
    cons.waiting = cons.waiting - 1
  else
    if last then self:to_next_reg(last) end
    set_list(self, cons, cons.waiting)
  end
  cons.stored = cons.stored + cons.waiting
  return open
end

--- `key = value` in a constructor.
local function record(self, table, key, value)
  local free = self.free
  local key_exp = self:expr(key)
  self:to_value(key_exp)
  self:at(self.positions:end_of_token_before(value.start))
  local target = exp.new("Reg", table, key.start, value.stop)
  self:index(target, key_exp, key.start, value.stop)
  self:store(target, self:expr(value))
  self.free = free
end

--- Emits `{ … }`, whose text is `start…stop`; the table ends up in the next register.
function Emitter:table(items, start, stop)
  self:at(self.positions:end_of_token_before(start))
  local pc = self:emit(abc(op.NewTable, 0, 0, 0), start, stop)
  local table = self:reserve(1)
  -- Positional items stored, and those waiting in registers or in `last`.
  local cons = {table = table, stored = 0, waiting = 0, last = false, start = start, stop = stop}
  local records = 0
  for n = 1, #items do
    local item = items[n]
    if cons.last then
      self:at(self.positions:end_of_token_at(cons.last.stop))
      close_item(self, cons)
    end
    if item.key then
      records = records + 1
      record(self, table, item.key, item.value)
    else
      local value = item.value
      local last = self:expr(value)
      last.start, last.stop = value.start, value.stop
      cons.last, cons.waiting = last, cons.waiting + 1
    end
  end
  self:at(stop)
  local batches = cons.stored
  local open = last_items(self, cons)
  -- A single batch of open length sizes the table itself, at run time.
  local count = open and batches == 0 and 0 or cons.stored
  self.instrs[pc + 1] = abc(op.NewTable, table, math.min(records, 0xffff), math.min(count, 0xffff))
  return exp.new("Reg", table, start, stop)
end
