//! Small programs that are compiled to most of what native code can do.

pub const PROGRAMS: &[(&str, &str)] = &[
    (
        "sums",
        "local s, f = 0, 0.5 for i = 1, 400 do s = s + i * 3 - (i // 7) % 5 f = f * 1.0625 + i / 3 \
         if f > 1e6 then f = f - 1e6 end end print(s, f)
         for i = 10, 1, -3 do s = s ~ (i << 3) | (s >> 2) & ~i end for x = 0.5, 9 do f = f + x end print(s, f)",
    ),
    (
        "recursion",
        "local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
         local function ack(m, n) if m == 0 then return n + 1 elseif n == 0 then return ack(m - 1, 1) end
           return ack(m - 1, ack(m, n - 1)) end
         local function deep(n) if n == 0 then return 0 end return 1 + deep(n - 1) end
         print(fib(13), ack(2, 4), deep(3000))",
    ),
    (
        "tables",
        "local p, a = { x = 1, y = 2.5 }, {} for i = 1, 90 do a[i] = i * i end
         local function sum(a, n) local s = 0 for i = 1, n do s = s + a[i] end return s end
         for r = 1, 30 do for i = 1, 90 do a[i] = a[i] + r p.x = p.x + a[i] p.y = p.y * 1.5 end
           if r % 9 == 0 then p.x = 0.5 a[7] = 1.25 end if r == 20 then setmetatable(p, {}) end end
         print(sum(a, 90), p.x, p.y)",
    ),
    (
        "inlined",
        "local n = 0 local function get() return n end local function set(p, v) p.x = v end
         local function mid(a, b) local c = a + b return c * 0.5 end local p = { x = 1 } local s = 0
         for r = 1, 40 do for i = 1, 20 do n = n + 1 s = mid(s, get()) + p.x set(p, i)
           if i == 19 and r % 7 == 0 then set(p, 1.5) s = s // 1 end end end print(s, p.x)",
    ),
    (
        "shapes",
        "local function get(o) return o.name, o.n end local log = {}
         local os = { { name = 'a', n = 1 }, { n = 2, name = 'b', z = 0 }, setmetatable({}, { __index = { name = 'c', n = 3 } }),
           setmetatable({}, { __index = function(t, k) return k end }) }
         for i = 1, 200 do local a, b = get(os[i % 4 + 1]) log[#log + 1] = a log[#log + 1] = tostring(b) end
         print(table.concat(log):len(), log[17])",
    ),
    (
        "matrix",
        "local n = 7 local function new(f) local m = {} for i = 1, n do local row = {} for j = 1, n do row[j] = f(i, j) end m[i] = row end return m end
         local function mul(a, b) local c = {} for i = 1, n do local row, ai = {}, a[i] for j = 1, n do local s = 0.0
           for k = 1, n do s = s + ai[k] * b[k][j] end row[j] = s end c[i] = row end return c end
         local a = new(function(i, j) return i + j / 8 end) for i = 1, 4 do a = mul(a, a) for i = 1, n do for j = 1, n do a[i][j] = a[i][j] % 3.0 end end end
         print(a[1][1], a[7][3])",
    ),
    (
        "sieve",
        "local count for r = 1, 3 do local a = {} for i = 1, 300 do a[i] = true end count = 0
         for i = 2, 300 do if a[i] then count = count + 1 for j = i + i, 300, i do a[j] = false end end end end print(count)",
    ),
    (
        "queens",
        "local N, count = 5, 0 local function ok(a, n, c) for i = 1, n - 1 do
           if a[i] == c or a[i] - i == c - n or a[i] + i == c + n then return false end end return true end
         local function add(a, n) if n > N then count = count + 1 return end
           for c = 1, N do if ok(a, n, c) then a[n] = c add(a, n + 1) end end end
         add({ 0, 0, 0, 0, 0 }, 1) print(count)",
    ),
    (
        "objects",
        "local P = {} P.__index = P function P.new(x) return setmetatable({ x = x, log = {} }, P) end
         function P:add(d) self.x = self.x + d self.log[#self.log + 1] = d return self end
         local keep = setmetatable({}, { __mode = 'v' }) for i = 1, 120 do local p = P.new(i):add(1):add(0.5)
           keep[i % 10 + 1] = p local t = { p, p.x, i } keep[11] = t end
         local n = 0 for k, v in pairs(keep) do n = n + 1 end print(n)",
    ),
    (
        "finalizers",
        "local log = {} collectgarbage('generational') for i = 1, 150 do
           local o = setmetatable({ i }, { __gc = function(o) log[#log + 1] = o[1] end }) local a, b, c = o, { o }, i
           if i % 30 == 0 then collectgarbage() log[#log + 1] = collectgarbage('count') end end
         collectgarbage('incremental') local w = setmetatable({}, { __mode = 'k' })
         for i = 1, 150 do local k = { i } w[k] = { k } local x, y = k, i * 2 if i % 40 == 0 then collectgarbage('step') end end
         local n = 0 for _ in pairs(w) do n = n + 1 end print(#log, n, log[5])",
    ),
    (
        "coroutines",
        "local function gen(n) for i = 1, n do local x = i * 2 coroutine.yield(x) end return 'end' end
         local s = 0 for r = 1, 12 do local co = coroutine.wrap(gen) for i = 1, 9 do s = s + co(9) end end print(s)
         local function f(h, ...) local a, b = h(...) return a, b end
         print(f(pcall, f, error, 'message')) for i = 1, 20 do f(pcall, f, error, { i }) f(math.max, i, 3) end",
    ),
    (
        "errors",
        "local function f(t, i) local x = i + 1 local y = t.a + x return y end local ok, n = 0, 0
         for i = 1, 60 do local t = { a = i } if i % 11 == 0 then t = nil elseif i % 7 == 0 then t.a = 'x' elseif i % 13 == 0 then t.a = {} end
           local good, e = pcall(f, t, i) if good then ok = ok + e else n = n + #e end end print(ok, n)",
    ),
    (
        "locals seen and changed",
        "local function peek(n) local name, v = debug.getlocal(2, n) return name, v end
         local function change(n, v) return debug.setlocal(2, n, v) end
         local function f(a, b) local s = a * 2 for i = 1, 4 do s = s + i local k, v = peek(3) assert(v == s, k)
           if b and i == 2 then change(3, 'text') s = #s + 0.5 end end local t = { s } return s, t end
         local x = 0 for i = 1, 40 do x = x + f(i, i % 9 == 0) end print(x)
         local function g(n) local before, v = n, 7 if n > 0 then g(n - 1) end if n == 0 then debug.setlocal(4, 2, 'text') debug.setlocal(3, 3, 1.5) end return before, v end
         for i = 1, 30 do local a, b = g(i % 7) x = x + b + #tostring(a) end print(x)",
    ),
    (
        "hooks",
        "local n = 0 local function work(k) local s = 0 for i = 1, k do s = s + i end return s end
         for r = 1, 12 do work(20) if r % 4 == 0 then debug.sethook(function(e) n = n + 1 end, r % 8 == 0 and 'l' or 'cr', 5) end
           work(15) debug.sethook() end print(n)",
    ),
    (
        "strings and closures",
        "local t, s = {}, '' for i = 1, 80 do local k = 'k' .. i % 9 t[k] = (t[k] or 0) + i s = s .. k:sub(1, 1)
           local f = function() i = i + 1 return i end t[f() % 5] = f() end
         local keys = {} for k, v in pairs(t) do keys[#keys + 1] = tostring(k) .. '=' .. tostring(v) end table.sort(keys) print(#s, table.concat(keys, ' '))
         for i, v in ipairs(keys) do if i > 3 then break end s = s .. #v end print(#s)",
    ),
    (
        "captured registers",
        "local function counter() local n = 0 local function up(d) n = n + d return n end local function get() return n end
           for i = 1, 10 do up(i) n = n * 1.5 if get() ~= n then error('?') end end return n end
         local s = 0 for i = 1, 25 do s = s + counter() local x = i local f = function() x = x .. '!' end f() s = s + #x end print(s)",
    ),
    (
        "natives",
        "local sqrt, floor, abs = math.sqrt, math.floor, math.abs local s = 0.5
         for i = 1, 150 do s = s + sqrt(i + 0.25) + floor(s / 3) - abs(s - i) local t = floor(-s) s = s + t % 7
           if i % 40 == 0 then s = sqrt(-1.0) s = s ~= s and 1.5 or s sqrt = i == 80 and function(x) return x end or math.sqrt end end print(s)",
    ),
    (
        "variable arguments",
        "local function sum(...) local s = 0 for i = 1, select('#', ...) do s = s + (select(i, ...)) end return s, ... end
         local function pass(...) return sum(...) end local x = 0
         for i = 1, 60 do x = x + sum(i, 2, 3) + pass(i) local a, b, c = pass(1, i) x = x + b - a end print(x)",
    ),
    (
        "inherited fields",
        "local A = { k = 1, f = function(self, d) return self.x + d + self.k end } A.__index = A
         local B = setmetatable({ k = 2 }, A) B.__index = B local C = setmetatable({}, { __index = B }) C.__index = C
         local os = { setmetatable({ x = 1 }, A), setmetatable({ x = 2, y = 0, z = 0, w = 1, v = 2 }, B), setmetatable({ y = 1, x = 3.5 }, C),
           setmetatable({ x = 5 }, A), setmetatable({ k = 7, x = 9 }, B) }
         local function call(o, d) return o:f(d) end local function look(o) return o.missing, o.k, o.k2 end
         local s = 0 for i = 1, 260 do local o = os[i % 5 + 1] o.x = o.x + 1 s = s + call(o, i % 3)
           local m, k, k2 = look(o) s = s + k + (m and #m or 0) + (k2 or 0) A.k = i % 11
           if i == 90 then A.f = function(self, d) return self.x - d end elseif i == 120 then B.f = function(self) return self.k end
           elseif i == 140 then B.f = nil elseif i == 150 then C.__index = A elseif i == 160 then A.missing = 'now'
           elseif i == 170 then for j = 1, 9 do B['n' .. j] = j end elseif i == 190 then setmetatable(os[1], B) os[4].f = function() return 3 end
           elseif i == 200 then A.missing = nil B.k2 = 0.5 elseif i == 220 then setmetatable(A, { __index = function(_, k) return #k end })
           elseif i == 240 then os[2] = setmetatable({ x = 4 }, { __index = function(o, k) return A[k] end }) end end print(s)
         local t = { n = 0 } for i = 1, 60 do if t.done == nil then t.n = t.n + 1 end if i == 40 then t.done = false end end print(t.n)
         local own = { go = function(self, n) self.n = n return n end } for i = 1, 50 do s = s + own:go(i) + own.n end print(s)",
    ),
    (
        "long chains",
        "local t = { deep = 1 } local chain = { t } for i = 1, 14 do t = setmetatable({}, { __index = t }) chain[#chain + 1] = t end
         local function get(o) return o.deep, o.none end local s = 0
         for i = 1, 150 do local a, b = get(chain[i % 15 + 1]) s = s + a + (b and 1 or 0) end print(s)
         local loop = setmetatable({}, {}) getmetatable(loop).__index = loop
         for i = 1, 30 do local ok, why = pcall(get, i % 3 == 0 and loop or chain[7]) s = s + (ok and why or 100) end print(s)",
    ),
    (
        "calls of many functions",
        "local log, n = {}, 0 local function note(x) n = n + 1 log[n % 20 + 1] = x end
         local fs = { function(a, b) return a + b end, function(a) return a * 2 end, function(a, b, c) return c end, function(...) return select('#', ...) end,
           math.max, function(a, b) note(a) end, function(a, b) if b % 5 == 0 then error('five') end return b end,
           setmetatable({}, { __call = function(self, a, b) return a - b end }), function(a, b) return coroutine.yield(a) or b end,
           function(a, b) return a, b, 3 end, function(a, b) local function r(k) if k == 0 then return b end return r(k - 1) end return r(a % 7) end }
         local function go(k, i) local f = fs[k] local x = f(i, i + 1) f(i, 2) note(x or 0) return x end
         local co = coroutine.wrap(function() local s = 0 for i = 1, 240 do local ok, x = pcall(go, i % #fs + 1, i) s = s + (ok and tonumber(x) or 1) end return 'end', s end)
         local s = 0 while true do local a, b = co() if a == 'end' then print(b, n, s) break end s = s + a end
         local function deep(k, g) if k == 0 then return 0 end return 1 + g(k - 1, g) end print(deep(900, deep))
         print(pcall(function() local function over(g) return 1 + g(g) end return over(over) end))",
    ),
    (
        "first iterations",
        "local function mid(a, b) local c, z = a + b, nil return c * 0.5 end local function pick(a, i) local v = a[i] return v end
         local a, b = {}, {} for i = 1, 30 do a[i], b[i] = i, i / 4 end local s, x = 0, nil
         for r = 1, 60 do
           for i = 1, r % 7 do s = s + mid(i, r) x = pick(a, i) local dead = x + 1 dead = nil end
           for i = r % 5, 3 do local v = b[i + 1] if v > 2 then break end s = s + v * mid(v, i) end
           local n = r % 4 while n > 0 do local t = a if n == 2 then t = b end s = s + t[n] n = n - 1 end
           local k = 0.5 repeat local w = mid(k, 1) k = k + w if r % 9 == 0 then k = k // 1 end until k > 6 or k < -6 s = s + k
           for i = 1, 6 do local v = i == 1 and 1 or i * 0.5 s = s + v local last = v if i == r % 6 then last = 'text' s = s + #last end end
           if r == 20 then a[3] = 2.5 elseif r == 30 then mid = function(p, q) return p - q end elseif r == 40 then setmetatable(b, {}) a[40] = 1 end
         end print(s, x)
         for r = 1, 9 do local f = 1 for i = 1, 5 do f = f * (i == 1 and 1 or 1.5) end for i = 1, r % 3 do f = f + i end s = s + f end print(s)
         local m = {} for i = 1, 6 do m[i] = {} for j = 1, 6 do m[i][j] = i * j end end
         for r = 1, 12 do for i = 1, 6 do local row, t = m[i], 0 for j = 1, 6 do t = t + row[j] * m[j][i] end row[i] = t % 17 if r == 8 then row[2] = t / 4 end end end print(m[6][6], m[3][2])",
    ),
    (
        // (What was known of a class before a loop was believed in it, though the loop changed it later on.)
        "classes that change in loops",
        "local A, B = { m = 1 }, { m = 100 } A.__index = A B.__index = B
         local function swap(t, n, odd, A, B) local s, x = 0, nil
           for i = 1, n do s = s + t.m if x ~= nil then A.__index = B end if i == odd then x = 1 end end return s end
         local t, total = setmetatable({}, A), 0
         for r = 1, 60 do A.__index = B A.__index = A total = total + swap(t, 12, r > 6 and r % 12 or 3, A, B) end print(total)
         local C, D = { m = 1, k = 2 }, { m = 5 } C.__index = C setmetatable(C, { __index = D })
         local u = { setmetatable({}, C), setmetatable({ a = 1, b = 2, c = 3 }, C), setmetatable({ m = 3 }, C) }
         local function drop(o, n, odd, C, v) local s, x = o.m, nil
           for i = 1, n do s = s + o.m if x ~= nil then C.m = v end if i == odd then x = 1 end end return s end
         for r = 1, 90 do C.m = nil C.m = 1 total = total + drop(u[r % 3 + 1], 9, r > 9 and r % 9 or 4, C, r % 2 == 0 and 7 or nil) end print(total)
         local function own(o, n, odd) local s, x = 0, nil
           for i = 1, n do s = s + (o.m or 50) if x ~= nil then o.m = nil end if i == odd then x = 1 end end return s end
         for r = 1, 60 do local o = u[3] o.m = r total = total + own(o, 9, r > 6 and r % 9 or 4) end print(total)",
    ),
    (
        "strings and integers as keys",
        "local words = {'a','bb','ccc','dd','e'}
         local C = setmetatable({a=100}, {__index = {bb = 5}})
         local sum = 0
         for r = 1, 50 do
           local counts = {}
           for i = 1, 300 do
             local w = words[i % 5 + 1]
             counts[w] = (counts[w] or 0) + 1
             sum = sum + (C[w] or 1)
           end
           for k, v in pairs(counts) do sum = sum + v end
           local q = {}
           for i = 1, 200 do q[i * 1000] = i q[-i] = i q[i * 0x100000001] = 3 end
           for i = 1, 200 do sum = sum + q[i * 1000] + q[-i] + (q[i * 7] or 2) + q[i * 0x100000001] end
           local m = setmetatable({}, {__index = function(t, k) return 7 end})
           for i = 1, 100 do sum = sum + m[-i] if i % 3 == 0 then m[-i] = 9 end sum = sum + m[-i] end
           if r == 30 then C.e = 1 C.zz = 2 C.ccc = 3 end
         end
         print(sum)",
    ),
    (
        "functions whose variables outlive them",
        "local function counter(k) local n = k return function(step) n = n + step return n end end
         local function many(a, b) local x, y = a, b local f = function(d) x = x + d y = y - d return x, y end f(1) return f, x, y end
         local function none(a) local x = a local g = function() return x end if g() > 5 then return end x = x + 1 return x end
         local function tail(a) local x = a local g = function() x = x + 1 return x end return counter(g()) end
         local function tailv(a) local x = a local g = function() x = x + 1 return x end return select(2, g(), g(), x) end
         local function closing(a) local x <close> = setmetatable({}, {__close = function() total = (total or 0) + 1 end}) local g = function() return x end return a, g() ~= nil end
         local function inloop(t) for k, v in pairs(t) do local f = function() return v end if v == 3 then return f, v end end return nil end
         local function byfor(n) for i = 1, n do local c = i local f = function() c = c + 1 return c end if i == n then return f() + c end end end
         local sum = 0
         for i = 1, 300 do
           local c = counter(i) c(2) sum = sum + c(1)
           local f, x, y = many(i, 2) local p, q = f(3) sum = sum + p - q + x * y
           sum = sum + (none(i % 9) or 100)
           sum = sum + tail(i)(2)
           sum = sum + tailv(i) + #{tailv(i)}
           local a, b = closing(i) sum = sum + a if not b then sum = 0 end
           local g, v = inloop{1, 2, 3, 4} sum = sum + g() + v
           sum = sum + byfor(i % 5 + 1)
           if i % 70 == 0 then collectgarbage() end
         end
         print(sum, total)",
    ),
    (
        "functions that instructions and natives call",
        "local V = {} V.__index = V
         local function new(x, y) return setmetatable({x = x, y = y}, V) end
         V.__add = function(a, b) return new(a.x + b.x, a.y + b.y) end
         V.__mul = function(a, k) return new(a.x * k, a.y * k) end
         V.__eq = function(a, b) return a.x == b.x end
         V.__lt = function(a, b) if a.x > 250 and b.x > 250 then return a.y < b.y end return a.x < b.x end
         V.__le = function(a, b) return not (b < a) end
         V.__len = function(a) return a.x end
         V.__call = function(self, n) return self.x + n end
         V.__concat = function(a, b) return (a.x or 0) .. ':' .. (type(b) == 'table' and b.x or b) end
         V.__index = function(t, k) if k == 'fail' then error('no ' .. k) end return V[k] or #k end
         V.__newindex = function(t, k, v) rawset(t, k, v) end
         V.__unm = function(a) return new(-a.x, -a.y) end
         local function range(n) local i = 0 return function() i = i + 1 if i <= n then return i, i * 2 end end end
         local function deep(n) if n == 0 then return 0 end return #(setmetatable({x = n}, {__len = function() return deep(n - 1) end})) + 1 end
         local sum, p = 0, new(1, 2)
         for r = 1, 300 do
           local q = new(r, -r)
           p = p + q
           local s = (q * 2 + p) * 1
           if s == p then sum = sum + 1 end
           if q < p then sum = sum + 2 end
           if p <= q then sum = sum + 3 end
           sum = sum + #q + q(3) + q.missing + (-q).y
           q.other = r sum = sum + q.other
           if r % 40 == 0 then sum = sum + #(q .. p) + select('#', pcall(function() return q.fail end)) end
           for i, j in range(r % 7) do sum = sum + i * j end
           local list = {r % 5, 3, r % 3, 9, 1}
           table.sort(list, function(a, b) return a < b end)
           sum = sum + list[1] + list[5]
           local text = ('a,b;c'):gsub('%a', function(c) return c:byte() + r end)
           sum = sum + #text
           local ok, e = pcall(function(x) if x % 50 == 0 then error({x}) end return x end, r)
           sum = sum + (ok and e or e[1] * 2)
           if r % 60 == 0 then sum = sum + deep(30) collectgarbage() end
           local co = coroutine.wrap(function(a) for i = 1, 3 do a = a + coroutine.yield(a) end return -a end)
           sum = sum + co(1) + co(2) + co(3) + co(4)
           if r == 200 then V.__add = function(a, b) return new(b.x - a.x, coroutine.isyieldable() and 1 or 2) end end
         end
         print(sum, p.x, p.y)
         local gen = coroutine.wrap(function() for i = 1, 50 do local v = new(i, i) + new(coroutine.yield(i), 2) sum = sum + v.x end end)
         gen() for i = 1, 49 do gen(i) end print(sum)",
    ),
    (
        "methods of strings",
        "local s, long = 'abcdef', ('xyz'):rep(40)
         local sum = 0
         local function scan(s, n) local t = 0 for i = 1, n do t = t + s:byte(i) + s:len() + #s end return t end
         local function words(s) local n = 0 for i = 1, #s do if s:sub(i, i) == 'x' then n = n + 1 end end return n end
         local function at(s, i) return s:byte(i) end
         local function kinds(...) local n = 0 for i = 1, select('#', ...) do local v = select(i, ...) if type(v) == 'string' then n = n + v:byte() else n = n + #tostring(v) end end return n end
         for r = 1, 200 do
           sum = sum + scan(s, 6) + scan(long, 9) + words(long)
           sum = sum + (at(s, r % 9) or 1) + (at(long, -1) or 2) + (at('', 1) or 3)
           sum = sum + kinds(1, 'b', 2.5, true, long, nil, 'c')
           sum = sum + math.max(r, 3) + math.min(r, 2.5) // 1 + s:upper():byte(2) + (r % 3 == 0 and '12' or 12) * 1
           if r == 60 then string.twice = function(s) return s .. s end end
           if r > 60 then sum = sum + #s:twice() end
           if r == 90 then string.len = function(s) return 1000 end end
           if r == 110 then getmetatable('').__index = setmetatable({len = function() return 3 end}, {__index = string}) end
           if r == 130 then getmetatable('').__index = function(s, k) return string[k] end end
           if r == 150 then getmetatable('').__index = string end
           if r == 170 then print(pcall(at, {byte = function(t, i) return i end}, 4)) end
           if r == 171 then print(pcall(at, 12, 4)) end
           if r == 172 then print(pcall(at, nil, 4)) end
           if r == 173 then print(pcall(at, s, 'x')) end
           if r == 174 then print(at(s, '2'), at(s, 2.0), at(s, math.mininteger), at(s)) end
         end
         print(sum)",
    ),
    (
        // When a program was stopped between the first TFORCALL of a loop and its TFORLOOP, native code came in
        // there and went to the loop's head past what the head checks.
        "generic loops that are entered at their ends",
        "local t = {10, 20, 30}
         local function f(v) local s = '' for _, x in next, t do s = s .. tostring(v) .. x end return s end
         local out = {}
         for i = 1, 12 do out[#out + 1] = f(i) end
         for i = 1, 40 do out[#out + 1] = f(nil) .. f(1.5) .. f('x') end
         print(#table.concat(out))",
    ),
    (
        "new tables",
        "local kept, sum, C = {}, 0, {}
         C.__index = C
         function C:get() return self.x + (self.extra or 0) end
         C.__newindex = function(t, k, v) rawset(t, k, math.type(v) and v + 1 or v) end
         local D = setmetatable({}, C) D.__gc = function(o) sum = sum + 1 end D.__index = C
         local function new(x, y) return setmetatable({x = x, y = y}, C) end
         local function dies(x) return setmetatable({x = x, y = 1}, D) end
         local function fields(v, i) return {name = v, [1] = i, i, i > 3, v, kind = 'k', n = i, last = v} end
         local function two(i, odd) local t = {a = i} if odd then t.b = 2 else t.c = 3 end t.d = 4 return t end
         local function around(n) local t = {p = 1, q = 2} for i = 1, n do if i % 2 == 0 then t.r = i else t.s = i end end return t end
         local function nested(i) return {pos = {x = i, y = {i, i + 1}}, list = {{}, {i}}, f = i / 2} end
         local function nils(i) return {a = nil, b = i, c = i % 2 == 0 and i or nil, nil, i} end
         for i = 1, 400 do
           local o = new(i, i * 0.5)
           o.extra = i % 3
           sum = sum + o:get() + o.y + dies(i):get()
           local t = fields(i % 5 == 0 and 'text' or i, i)
           sum = sum + #t + t.n + (t[3] == 'text' and 1 or t[3])
           local u = two(i, i % 3 == 0)
           sum = sum + u.a + (u.b or 7) + (u.c or 8) + u.d
           for k, v in pairs(u) do sum = sum + #k * v end
           local w = around(i % 6) for k, v in pairs(w) do sum = sum + #k * v end
           local n = nested(i) n.pos.x = n.list[2][1] n.pos.z = n.f n.list[3] = n.pos.y[2]
           sum = sum + n.pos.x + n.pos.z + #n.list
           local m = nils(i) sum = sum + m.b + (m.c or 0) + (m[2] or 0) + select('#', table.unpack(m, 1, 2))
           kept[i % 7 + 1] = {o, t, u, prev = kept[i % 7 + 1] and kept[i % 7 + 1][1]}
           if i == 300 then C.extra = 2 C.get = function(self) return self.y end end
           if i % 90 == 0 then collectgarbage() end
         end
         for i = 1, 7 do sum = sum + kept[i][1].x + kept[i].prev.x end
         print(sum)",
    ),
    (
        "small natives",
        "local max, min, nan = math.max, math.min, 0/0
         local function hi(a, b) return max(a, b) end
         local function lo(a, b) return min(a, b) end
         local function kind(v) return type(v) end
         local function ints(n) local a, b = 0, 0 for i = 1, n do a = max(a, i * 7 % 13) b = min(b, -i % 5 - 3) end return a * 100 + b end
         local function floats(n) local a, b = -1e9, 1e9 for i = 1, n do a = max(a, i * 0.7 % 13) b = min(b, i * 0.3 % 5) end return a * 100 + b end
         local values = {1, 2.5, 'x', ('y'):rep(50), {}, print, kind, nil, true, false, coroutine.create(print), io.stdout}
         local sum = 0
         for r = 1, 200 do
           sum = sum + ints(r % 20) + floats(r % 20 + 1) + hi(r, 100) + lo(r, 100) + hi(r * 0.5, 3.5) + lo(2.5, r * 0.25)
           if hi(nan, 1.0) == 1.0 then sum = sum + 1 end
           if hi(1.0, nan) == 1.0 then sum = sum + 2 end
           if lo(nan, 1.0) == 1.0 then sum = sum + 4 end
           if lo(1.0, nan) == 1.0 then sum = sum + 8 end
           sum = sum + #kind(values[r % 12 + 1]) + #kind(r) + hi(-0.0, 0.0) + lo(0.0, -0.0)
           if r % 50 == 0 then sum = sum + hi(r, 0.5) + hi(-7, r) + select('#', pcall(hi, {}, 1)) + select('#', pcall(lo, r, '3')) end
           if r == 150 then max = function(a, b) return a end end
           if r == 170 then type = function(v) return 'none' end end
         end
         print(sum, 1 / hi(-0.0, 0.0), 1 / lo(0.0, -0.0))",
    ),
    (
        "functions in functions",
        "local log = {}
         local function sign(x) if x < 0 then return -1 elseif x == 0 then return 0 end return 1 end
         local function clamp(x, lo, hi) if x < lo then return lo end if x > hi then return hi end return x end
         local function half(x) return math.floor(x * 0.5) end
         local function both(x, y) local a = clamp(x, -5, 50) local b = sign(y) if a > 10 and b < 0 then log[#log + 1] = a end return a * 10 + b end
         local function void(o, x) if x > 90 then return end o.v = half(x) + sign(-x) end
         local function text(x) if x == 77 then error('seventy-seven') end return x end
         local P = {} P.__index = P
         function P:size() return self.w * self.h end
         function P:wide() if self.w > self.h then return true end return false end
         function P:show() if self:wide() then return self:size() + half(self.w) end return -self:size() end
         local function shown(p, n) local s = 0 for i = 1, n do p.w = i s = s + p:show() + both(i, 3 - i) end return s end
         local p, q, sum = setmetatable({w = 1, h = 4}, P), setmetatable({w = 2.5, h = 1}, {__index = P}), 0
         for i = 1, 300 do
           sum = sum + shown(p, i % 9) + both(i - 20, i % 3 - 1) % 1009
           void(p, i % 100)
           sum = sum + (p.v or 0) + q:show()
           local ok, m = pcall(text, i % 120) if not ok then sum = sum + #m end
           if i == 200 then sign = function(x) return x > 0 and 2 or -2 end end
           if i == 220 then P.size = function(self) return self.w + self.h + (self.extra or 0) end end
           if i == 240 then setmetatable(p, {__index = function(t, k) return P[k] end}) end
         end
         print(sum, #log, both(3, -1))",
    ),
    (
        "loops over tables",
        "local function count(t) local n = 0 for k, v in pairs(t) do n = n + v end return n end
         local function keys(t) local n = 0 for k in pairs(t) do n = n + #tostring(k) end return n end
         local function list(t) local n = 0.0 for i, v in ipairs(t) do n = n + i * v end return n end
         local function first(t) for i, v in ipairs(t) do if v > 3 then return i, v end end end
         local function clears(t) for k in next, t do t[k] = nil end return next(t) end
         local function three(t) local n = 0 for k, v, w in pairs(t) do n = n + v + (w and 1 or 0) end return n end
         local function doubles(t) for k, v in pairs(t) do t[k] = v * 2 end for i, v in ipairs(t) do t[i] = v // 2 end end
         local t, u, sum = {}, {}, 0
         for i = 1, 12 do t[i] = i u['k' .. i] = i end
         local proxy = setmetatable({}, {__index = function(_, i) if i < 6 then return i * 2 end end,
                                         __pairs = function(o) return function(_, k) k = (k or 0) + 1 if k < 9 then return k, k end end, o, nil end})
         for r = 1, 250 do
           sum = sum + count(t) + count(u) + keys(u) + list(t) + three(u)
           local i, v = first(t) sum = sum + i * (v or 0)
           if r % 3 == 0 then sum = sum + list(proxy) + count(proxy) + (first(proxy) or 0) end
           if r % 10 == 0 then local w = {1, 2, x = 3, [2.5] = 4, [true] = 5, nil, 7} sum = sum + count(w) w[1] = nil sum = sum + count(w) + list(w) sum = sum + (clears(w) and 1 or 0) + count(w) end
           if r == 50 then t[40] = 7 u.k3 = nil end
           if r == 90 then t[5] = nil u[1] = 1 u[-1] = 2.5 end
           if r == 130 then t[5] = 2.5 t[3] = 1 << 60 end
           if r > 150 then doubles(u) for k, v in pairs(u) do if v > 1e9 then u[k] = 1 end end end
           if r == 170 then for i = 1, 300 do u['n' .. i] = i end for i = 1, 300 do u['n' .. i] = nil end end
           if r == 190 then sum = sum + (pcall(function() for k in pairs(t) do t[k .. 'x'] = 1 if k == 7 then t[{}] = 1 end end end) and 1 or 2) for k in pairs(t) do if math.type(k) ~= 'integer' then t[k] = nil end end end
           if r == 200 then local pairs_before = pairs pairs = function(x) return next, x end end
         end
         print(sum)",
    ),
    (
        "numeric loops",
        "local big, small, nan = math.maxinteger, math.mininteger, 0/0
         local function by(s, a, b) local n = 0 for i = a, b, s do n = n + i if n ~= n or n > 1e15 then break end end return n end
         local function twos(a, b) local n, c = 0, 0 for i = a, b, 2 do n = n + i c = c + 1 if c > 40 then break end end return n + c end
         local function sevens(a, b) local n, c = 0, 0 for i = a, b, -7 do n = n ~ i c = c + 1 if c > 40 then break end end return n + c end
         local function down(a, b) local c = 0 for i = a, b, -1 do for j = i, 1, -3 do c = c + j end if c > 500 then break end end return c end
         local function tenths(a, b) local c = 0.0 for x = a, b, 0.1 do c = c + x if c > 90 then break end end return c end
         local function falls(a, b) local c = 0 for x = a, b, -0.25 do c = c + 1 if c > 50 then break end end return c end
         local function steps(a, b, s) local c = 0.0 for x = a, b, s do c = c + x end return c end
         local t, sum, wrong = {}, 0, 0
         for r = 1, 260 do
           sum = sum + twos(r % 7, 20) + down(r % 6 + 1, 1) + sevens(r, r % 50) % 1000
           sum = sum + tenths(r % 3 + 0.5, 3.25) + falls(r % 5 * 1.0, -1.0) + steps(0.0, r % 4 + 0.5, 0.5) + steps(2.0, r % 3 - 0.5, -0.75)
           if r % 20 == 0 then
             sum = sum + twos(big - 3, big) % 97 + twos(big, big - 1) + twos(small, big) % 89 + sevens(small + 9, small) % 91 + sevens(big, small) % 83
             sum = sum + falls(nan, 1.0) + falls(1.0, nan) + steps(1.0, 0.0, 0.5) + (pcall(steps, 1.0, 2.0, 0.0) and 1 or 2) + tenths(0, 1)
           end
           if r == 120 then sum = sum + by(1, 1, 5) + by(-2, 9, 1) + by(0.5, 1, 2) + by(2, 1, 7.5) + (pcall(by, 0, 1, 2) and 1 or 2) + (pcall(by, 1, 'x', 2) and 1 or 2) end
           for i = 3, 1, -1 do t[i] = i * r end
         end
         print(sum, t[3])",
    ),
    (
        "several results",
        "local function two(a, b) return a + b, a - b end
         local function three(x) if x > 50 then return x, x * 0.5, 'big' elseif x > 40 then return x end return 1, nil, x end
         local function none(x) if x % 2 == 0 then return end return end
         local function inner(x) local p, q = two(x, 2) local r, s, t, u = two(p, q) return r, s, t, u end
         local function long(n) local s = 0 for i = 1, n do s = s + i end return s, n, s > 10 end
         local function swap(a, b) if a > b then a, b = b, a end return a, b end
         local function floor(x) return math.floor(x) end
         local function all(n) return two(n, 1) end
         local o = {v = 1} function o:both() return self.v, self.v + 1 end
         local t, sum = {}, 0
         for r = 1, 250 do
           local a, b = two(r, 3)
           local c, d, e = three(r % 70)
           local f, g = none(r)
           local h, i, j, k = inner(r)
           local l, m, n = long(r % 6)
           local p, q = swap(r % 7, 3)
           two(r, r) three(r) none(r) floor(r + 0.5) inner(r)
           t[1], t[2], t[3] = two(r, 1)
           o.v = r % 5
           local u, v, w = o:both()
           local x, y = all(r)
           sum = sum + a * b + c + (d or 7) + #tostring(e) + (f == nil and 1 or 2) + h + i + (j or 3) + (k or 4) + l + m + (n and 1 or 0) + p * q + t[2] + (t[3] or 5) + u + v + (w or 6) + x + y + floor(r * 0.7)
           if r == 150 then two = function(a, b) return a, b, 9 end end
           if r == 180 then o.both = function(self) return self.v end end
           if r == 200 then long = function(...) return ... end end
           sum = sum % 1e12
         end
         print(sum, select('#', two(1, 2)), select('#', none(1)), (inner(4)))",
    ),
    (
        "natives in place",
        "local abs, floor, ceil, tonumber, tostring = math.abs, math.floor, math.ceil, tonumber, tostring
         local function round(x) return floor(x) + ceil(x) * 3 + abs(x) * 5 end
         local function must(x, m) local y = assert(x, m) assert(x) return y end
         local function num(x) return tonumber(x) end
         local function str(x) return tostring(x) end
         local function total(t) local n = 0 for k, v in pairs(t) do n = n + v end for i, v in ipairs(t) do n = n + i end return n end
         local function abs_only(x) return abs(x) end
         local with = setmetatable({5, 6, x = 7}, {__index = {8}})
         local own = setmetatable({}, {__pairs = function(t) return function(_, k) if not k then return 1, 9 end end, t, nil end})
         local t, sum = {1, 2, 3, x = 4}, 0
         for i = 1, 300 do
           sum = sum + round(i % 7 - 3) + must(i) + num(i) + #str('s') + total(t)
           if i > 100 then sum = sum + round(i * 0.37 - 40) + num(i * 0.5) + #must('x' .. i % 10, 'm') end
           if i % 10 == 0 then sum = sum + (round(2^60) < 0 and 1 or 2) + (select(2, pcall(must, nil, 7)) or 0) + (select(2, pcall(must, false, 8))) + #str(i) + (num('12') or 0) + (num('x') or 1) + total(with) + total(own) end
           if i % 50 == 0 then sum = sum + (abs_only(math.mininteger) == math.mininteger and 1 or 0) + (round(0/0) ~= 0 and 1 or 0) + #tostring(pcall(round, 'x')) + (pcall(total, 5) and 1 or 2) end
           sum = sum + abs_only(-i) + abs_only(i) + abs_only(-0.5)
         end
         print(sum, ceil(-0.5), ceil(2.0), floor(-2.5), math.type(ceil(-3.5)), 1 / abs_only(-0.0))",
    ),
    (
        "short tail calls",
        "local C = {} C.__index = C
         local function complex(x, y) return setmetatable({re = x, im = y}, C) end
         local function add(a, b) return complex(a.re + b.re, a.im + b.im) end
         local function twice(a) return add(a, a) end
         local function norm(a) return a.re * a.re + a.im * a.im end
         local function size(a) if a.re > 1e6 then return norm(complex(1, 1)) end return norm(a) end
         local function pick(x, y, z) if x then return y end return z end
         local function choose(n) return pick(n % 3 == 0, n, -n) end
         local function void(n) return pick(n) end
         local function level(n) if n > 45 then return error('too high') end return choose(n) end
         local function trace(n) if n == 37 then return (debug.traceback('t')) end return void(n) end
         local function deep(n) return trace(n) end
         function C:double() return twice(self) end
         function C:both(o) return self:double(), add(self, o) end
         local sum, z, one = 0, complex(0, 0), complex(1, 2)
         for i = 1, 300 do
           z = add(z, one) z = twice(z)
           sum = sum + size(z) % 1013 + choose(i) + (void(i) or 1)
           if z.re > 2e6 then z = complex(i, 0.5) end
           local ok, m = pcall(level, i % 50) sum = sum + (ok and m or #m)
           local p, q = one:both(z) sum = sum + p.re + q.im % 7
           local t = deep(i % 40) if t then sum = sum + #t:gsub('[^%a]', '') end
           deep(i % 40) void(i)
           if i == 200 then add = function(a, b) return complex(a.re - b.re, a.im) end end
           if i == 230 then complex = function(x, ...) return setmetatable({re = x, im = ...}, C) end end
           if i == 260 then norm = math.abs end
           if i == 261 then norm = function(a) return -a.re end end
           sum = sum % 1e9
         end
         print(sum)",
    ),
    (
        "arithmetic by metamethods",
        "local V = {} V.__index = V
         local function vec(x, y) return setmetatable({x = x, y = y}, V) end
         V.__add = function(a, b) return vec(a.x + b.x, a.y + b.y) end
         V.__sub = function(a, b) if b.x > 100 then return vec(0, 0) end return vec(a.x - b.x, a.y - b.y) end
         V.__mul = function(a, b) if type(a) == 'number' then return vec(a * b.x, a * b.y) end if type(b) == 'number' then return vec(a.x * b, a.y * b) end return a.x * b.x + a.y * b.y end
         V.__div = function(a, k) if k == 0 then error('zero') end return vec(a.x / k, a.y / k) end
         V.__mod = function(a, b) return end
         V.__band = function(a, b) return a.x, b end
         V.__unm = function(a) return vec(-a.x, -a.y) end
         V.__pow = function(a, b) return (a + a) * b end
         local Plain = {}
         local function sum3(a, b, c) return a + b - c end
         local function scale(k, a) return k * a end
         local function nest(a, b) return (a + b) * (a - b) end
         local function over(a, k) return a / k end
         local one, z, sum = vec(1, 2), vec(0, 0), 0
         for i = 1, 320 do
           z = sum3(z, one, vec(0.5, i % 3)) + scale(0.25, one) * 2
           sum = sum + nest(z, one) % 1009 + (one * z) % 13
           local ok, m = pcall(over, z, i % 40) sum = sum + (ok and m.x or #m)
           sum = sum + ((z % one) == nil and 1 or 0) + (one & i) + (one ^ 3).x
           if z.x > 300 then z = -one end
           if i == 150 then V.__add = function(a, b) return vec(a.x + b.x + 1, a.y) end end
           if i == 200 then V.__sub = function(...) local a, b = ... return vec(a.x, b.y) end end
           if i == 230 then V.__mul = function(a, b) return rawequal(a, one) and 3 or b end sum = sum + (scale(2, one) == one and 1 or 2) end
           if i == 231 then V.__mul = function(a, b) if type(a) == 'number' then return vec(a, b.y) end return type(b) == 'number' and vec(b, b) or 5 end end
           if i == 260 then sum = sum + (pcall(sum3, one, Plain, one) and 1 or 2) + (pcall(sum3, Plain, one, one) and 1 or 2) + (pcall(scale, 'x', one) and 1 or 2) end
           if i == 290 then V.__add = nil V.__add = V.__sub end
           sum = sum % 1e9
         end
         local function deep(n) return setmetatable({n = n}, {__add = function(a, b) if a.n <= 0 then return 0 end return deep(a.n - 1) + b + 1 end}) end
         for i = 1, 4 do sum = sum + (deep(20) + 0) end
         print(sum, z.x, z.y, pcall(function() return deep(300) + 0 end))",
    ),
];
