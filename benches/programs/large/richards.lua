-- Richards: the kernel of a small operating system. Tasks with priorities pass packets to each
-- other: an idler that releases devices by a shift register, a worker that fills packets, two
-- handlers that distribute them, two devices. The counts of queued packets and of holds are known.

local floor = math.floor

local IDLER, WORKER, HANDLER_A, HANDLER_B, DEVICE_A, DEVICE_B = 1, 2, 3, 4, 5, 6
local DEVICE_PACKET, WORK_PACKET = 0, 1
local PACKET_SIZE = 4

---------------------------------------------------------------------------------------------------
-- Packets form queues.

local Packet = {}
Packet.__index = Packet

function Packet.new(link, ident, kind)
  local data = {}
  for i = 1, PACKET_SIZE do
    data[i] = 0
  end
  return setmetatable({link = link, ident = ident, kind = kind, datum = 0, data = data}, Packet)
end

-- Puts this packet at the end of a queue; the queue's head.
function Packet:append_to(queue)
  self.link = nil
  if not queue then
    return self
  end
  local last = queue
  while last.link do
    last = last.link
  end
  last.link = self
  return queue
end

---------------------------------------------------------------------------------------------------
-- Task control blocks

local Task = {}
Task.__index = Task

function Task.new(scheduler, link, ident, priority, queue, work)
  return setmetatable({
    scheduler = scheduler,
    link = link,
    ident = ident,
    priority = priority,
    queue = queue,
    work = work,
    pending = queue ~= nil,
    waiting = queue == nil,
    held = false,
  }, Task)
end

function Task:stopped()
  return self.held or (self.waiting and not self.pending)
end

function Task:check_priority(task, packet)
  if not self.queue then
    self.queue = packet
    self.pending = true
    if self.priority > task.priority then
      return self
    end
  else
    self.queue = packet:append_to(self.queue)
  end
  return task
end

function Task:run()
  local packet
  if self.waiting and self.pending then
    packet = self.queue
    self.queue = packet.link
    self.waiting = false
    self.pending = self.queue ~= nil
  end
  return self.work:run(self.scheduler, packet)
end

---------------------------------------------------------------------------------------------------
-- The scheduler

local Scheduler = {}
Scheduler.__index = Scheduler

function Scheduler.new()
  return setmetatable({
    queued = 0,
    holds = 0,
    tasks = {},
    list = nil,
    current = nil,
    current_ident = nil,
  }, Scheduler)
end

function Scheduler:add(ident, priority, queue, work)
  local task = Task.new(self, self.list, ident, priority, queue, work)
  self.list = task
  self.tasks[ident] = task
  return task
end

function Scheduler:schedule()
  self.current = self.list
  while self.current do
    local task = self.current
    if task:stopped() then
      self.current = task.link
    else
      self.current_ident = task.ident
      self.current = task:run()
    end
  end
end

function Scheduler:release(ident)
  local task = self.tasks[ident]
  if not task then
    return task
  end
  task.held = false
  if task.priority > self.current.priority then
    return task
  end
  return self.current
end

function Scheduler:hold()
  self.holds = self.holds + 1
  self.current.held = true
  return self.current.link
end

function Scheduler:suspend()
  self.current.waiting = true
  return self.current
end

function Scheduler:send(packet)
  local task = self.tasks[packet.ident]
  if not task then
    return task
  end
  self.queued = self.queued + 1
  packet.link = nil
  packet.ident = self.current_ident
  return task:check_priority(self.current, packet)
end

---------------------------------------------------------------------------------------------------
-- What tasks do

local function class()
  local c = {}
  c.__index = c
  return c
end

-- Exclusive or with 0xD008, whose bits are 15, 14, 12 and 3, by arithmetic.
local function flip(n, bit)
  return floor(n / bit) % 2 == 0 and n + bit or n - bit
end

local Idler = class()

function Idler:run(scheduler)
  self.count = self.count - 1
  if self.count == 0 then
    return scheduler:hold()
  end
  if self.shift % 2 == 0 then
    self.shift = self.shift / 2
    return scheduler:release(DEVICE_A)
  end
  local half = (self.shift - 1) / 2
  self.shift = flip(flip(flip(flip(half, 32768), 16384), 4096), 8)
  return scheduler:release(DEVICE_B)
end

local Worker = class()

function Worker:run(scheduler, packet)
  if not packet then
    return scheduler:suspend()
  end
  self.target = self.target == HANDLER_A and HANDLER_B or HANDLER_A
  packet.ident = self.target
  packet.datum = 0
  local data = packet.data
  for i = 1, PACKET_SIZE do
    self.letter = self.letter % 26 + 1
    data[i] = self.letter
  end
  return scheduler:send(packet)
end

local Handler = class()

function Handler:run(scheduler, packet)
  if packet then
    if packet.kind == WORK_PACKET then
      self.work = packet:append_to(self.work)
    else
      self.devices = packet:append_to(self.devices)
    end
  end
  local work = self.work
  if work then
    local count = work.datum
    if count < PACKET_SIZE then
      local device = self.devices
      if device then
        self.devices = device.link
        device.datum = work.data[count + 1]
        work.datum = count + 1
        return scheduler:send(device)
      end
    else
      self.work = work.link
      return scheduler:send(work)
    end
  end
  return scheduler:suspend()
end

local Device = class()

function Device:run(scheduler, packet)
  if not packet then
    local held = self.packet
    if not held then
      return scheduler:suspend()
    end
    self.packet = nil
    return scheduler:send(held)
  end
  self.packet = packet
  return scheduler:hold()
end

---------------------------------------------------------------------------------------------------

local function packets(n, ident, kind)
  local queue
  for _ = 1, n do
    queue = Packet.new(queue, ident, kind)
  end
  return queue
end

local function simulate(count)
  local scheduler = Scheduler.new()
  local idler = scheduler:add(IDLER, 0, nil, setmetatable({shift = 1, count = count}, Idler))
  scheduler:add(WORKER, 1000, packets(2, WORKER, WORK_PACKET), setmetatable({
    target = HANDLER_A,
    letter = 0,
  }, Worker))
  scheduler:add(HANDLER_A, 2000, packets(3, DEVICE_A, DEVICE_PACKET), setmetatable({}, Handler))
  scheduler:add(HANDLER_B, 3000, packets(3, DEVICE_B, DEVICE_PACKET), setmetatable({}, Handler))
  scheduler:add(DEVICE_A, 4000, nil, setmetatable({}, Device))
  scheduler:add(DEVICE_B, 5000, nil, setmetatable({}, Device))
  idler.waiting = false
  scheduler:schedule()
  return scheduler.queued, scheduler.holds
end

local queued, holds
for _ = 1, 40 do
  queued, holds = simulate(10000)
  assert(queued == 23246 and holds == 9297, "the system went wrong")
end
print(queued, holds)
