-- Weak tables and ephemerons (manual 2.5.4).

--- weak values ---
local t = setmetatable({}, { __mode = "v" })
local kept = {}
t.kept, t.lost, t.number, t.string, t[1], t[2] = kept, {}, 5, "text", {}, kept
collectgarbage()
print(t.kept == kept, t.lost, t.number, t.string, t[1], t[2] == kept)
-- expect: true nil 5 text nil true

--- weak keys ---
local k = setmetatable({}, { __mode = "k" })
local key = {}
k[key], k[{}], k.name, k[1] = "kept", "lost", {}, {}
collectgarbage()
local n = 0
for _ in pairs(k) do n = n + 1 end
print(n, k[key], type(k.name), type(k[1])) -- expect: 3 kept table table

--- ephemerons: a value that refers to its key does not keep it ---
local e = setmetatable({}, { __mode = "k" })
do
  local a = {}
  e[a] = { a }
  local b, c = {}, {}
  e[b], e[c] = c, b
end
collectgarbage()
print(next(e)) -- expect: nil

--- a chain of ephemerons is kept from its start ---
local e = setmetatable({}, { __mode = "k" })
local first = {}
local last = first
for i = 1, 100 do
  local new = {}
  e[last] = new
  last = new
end
e[last] = "end"
last = nil
collectgarbage()
local count, at = 0, first
while type(e[at]) == "table" do
  count = count + 1
  at = e[at]
end
print(count, e[at]) -- expect: 100 end
first, at = nil, nil
collectgarbage()
print(next(e)) -- expect: nil

--- weak keys and values ---
local kv = setmetatable({}, { __mode = "kv" })
local x, y = {}, {}
kv[x], kv[y], kv[{}], kv[1] = y, {}, y, {}
collectgarbage()
n = 0
for _ in pairs(kv) do n = n + 1 end
print(n, kv[x] == y, kv[y], kv[1]) -- expect: 1 true nil nil

--- the mode can change ---
local m = {}
local t = setmetatable({ {}, {} }, m)
collectgarbage()
print(#t) -- expect: 2
m.__mode = "v"
setmetatable(t, m)
collectgarbage()
print(next(t)) -- expect: nil

--- strings, numbers and functions in weak tables ---
local w = setmetatable({}, { __mode = "kv" })
w["a" .. 1] = "b" .. 2
w[2.5] = 7.5
w[true] = print
collectgarbage()
print(w.a1, w[2.5], w[true] == print) -- expect: b2 7.5 true
w[function() end] = 1
w[1] = function() end
w[coroutine.create(print)] = 1
collectgarbage()
n = 0
for _ in pairs(w) do n = n + 1 end
print(n) -- expect: 3

--- a weak table as a cache that is traversed while collecting ---
local cache = setmetatable({}, { __mode = "v" })
for i = 1, 200 do cache[i] = { i } end
n = 0
for i, v in pairs(cache) do
  if i % 50 == 0 then collectgarbage() end
  n = n + 1
end
print(n >= 1 and n <= 200) -- expect: true
collectgarbage()
print(next(cache)) -- expect: nil

--- cleared entries can be set again ---
local c = setmetatable({}, { __mode = "v" })
for round = 1, 3 do
  for i = 1, 50 do c[i] = {} end
  collectgarbage()
end
local keep = {}
for i = 1, 50 do keep[i] = { i } c[i] = keep[i] end
collectgarbage()
local s = 0
for _, v in pairs(c) do s = s + v[1] end
print(s) -- expect: 1275
