//! Programs to be stopped anywhere, for tests of snapshots and of their verifier.

/// Programs that between them are in every state that rules are about.
pub const PROGRAMS: &[&str] = &[
    // Calls of every kind, variable arguments, captured variables, values up to the top.
    "local function f(a, ...) local x, y = a, select('#', ...) \
         local g = function() x = x + 1; y = y - 1 return x, y end \
         if a > 0 then local r = {f(a - 1, a, ...)} return g(), ... end \
         return g() end \
     local t = {} for k, v in pairs{1, 2, 3, x = 4} do t[k] = f(v, v, v) end \
     for w in ('a b c d'):gmatch('%a') do t[w] = w end \
     table.sort(t, function(a, b) f(1, 2, 3) return a < b end) \
     print(pcall(f, 2, 'x'), pcall(pcall, f, 1), (('x'):rep(5):gsub('x', function(c) f(1) return c end)))",
    // Metamethods.
    "local function m(a, b) local x = {a, b} return x[1] end local mt = {} \
     for _, e in ipairs{'add', 'concat', 'index', 'newindex', 'lt', 'le', 'eq', 'len', 'call'} do \
         mt['__' .. e] = m end \
     local o, p = setmetatable({}, mt), setmetatable({}, mt) \
     for i = 1, 3 do local x = o + 1, o .. 'x' .. p .. o, o.y, #o, o(1), o < p, o <= p, o == p \
         o.z = 1 end",
    // Variables to be closed, by instructions and by errors.
    "xpcall(function() local x = 1 return x.y.z end, function(m) local t = {} t[1] = m return t end) \
     local function c(x) return setmetatable({}, {__close = function(_, e) local y <close> = nil \
         local z = {e} for i = 1, 3 do z[i] = x end if x > 5 then error{x} end end}) end \
     local function f(n) local a <close> = c(n) local b <close> = c(n + 1) \
         do local d <close> = c(n + 2) end if n % 2 == 0 then error('e' .. n) end return n, a end \
     for n = 1, 6 do pcall(f, n) xpcall(f, function(m) local t = {} t[1] = m return t end, n) end \
     local co = coroutine.wrap(function() local x <close> = c(1) local y <close> = c(2) \
         coroutine.yield(1) error('in') end) \
     co() pcall(co) \
     local open = coroutine.create(function() local x <close> = c(1) local y <close> = c(2) \
         coroutine.yield(1) end) coroutine.resume(open) coroutine.close(open)",
    // Coroutines of every status.
    "local keep = {} keep[1] = coroutine.create(print) \
     keep[6] = coroutine.create(coroutine.yield) coroutine.resume(keep[6]) \
     table.sort({3, 2, 1}, function(a, b) return a < b end) \
     keep[2] = coroutine.create(function(...) local n = 0 local f = function() n = n + 1 end \
         while true do f() coroutine.yield(...) end end) \
     keep[3] = coroutine.create(error) coroutine.resume(keep[3], {}) \
     keep[4] = coroutine.create(function() end) coroutine.resume(keep[4]) \
     keep[5] = coroutine.wrap(function(a) local b = coroutine.wrap(function(c) \
         local d = coroutine.wrap(function(...) for i = 1, 4 do coroutine.yield(i) end end) \
         d(1) d(2) coroutine.yield(c) d(3) end) b(a) coroutine.yield() b() end) \
     for i = 1, 3 do coroutine.resume(keep[2], i) end \
     table.sort({3, 2, 1}, function(a, b) return a < b end) keep[5](1) keep[5]()",
    // Hooks and finalizers.
    "debug.sethook(function(e) local t = {e} end, 'c') math.max(1, 2) debug.sethook() \
     local n = 0 debug.sethook(function(e, l) n = n + 1 local t = {e, l} end, 'crl', 3) \
     local function f(a, ...) return (a or 0) + 1, ... end f(1, 2, 3) math.max(f(2), 3) \
     pcall(error, 'x') debug.sethook() \
     for i = 1, 30 do setmetatable({i}, {__gc = function(o) local x = {} x[1] = o[1] \
         if i % 5 == 0 then error('gc') end local y <close> = setmetatable({}, {__close = function() \
         x[2] = 1 end}) if i % 3 == 0 then error(x) end end}) end \
     collectgarbage() collectgarbage('step') collectgarbage()",
    // A collection in small steps.
    "collectgarbage('incremental', 100, 20, 7) local w = setmetatable({}, {__mode = 'kv'}) \
     local keep = {} for i = 1, 300 do keep[i] = {{}, w} w[i] = keep[i] \
         collectgarbage('step', 0) end",
    // The collector's states, in both modes.
    "local keep, weak, all = {}, setmetatable({}, {__mode = 'k'}), setmetatable({}, {__mode = 'kv'}) \
     local big = {} for i = 1, 9000 do big[i] = {i} end keep.long = ('x'):rep(3000) \
     for round = 1, 2 do if round == 1 then collectgarbage('incremental', 100, 80, 9) else collectgarbage('generational') end \
         for i = 1, 400 do local key = setmetatable({i, x = 'k' .. i}, {__gc = function() end, \
             __index = {i}}) \
             keep[i % 50] = key weak[key] = {key} all[key] = key keep['n' .. i % 90] = ('y'):rep(2 * i) \
             tostring(key) tostring(print) string.format('%p', 'k' .. i) \
             local co = coroutine.wrap(function() local a = {} local f = function() a = {a} end \
                 coroutine.yield(f) end) keep[-(i % 9)] = {co, co()} \
             if i % 3 == 0 then collectgarbage('step', i % 2) end end end \
     for i = 1, 200 do keep['k' .. i] = nil keep['n' .. i] = nil end \
     local t = {1, 2, a = 1, b = 2, c = 3, d = 4} t[{}] = 1 t[2^53] = 1 t.a = nil collectgarbage()",
    // Natives that pause, and their buffers.
    "local t = {} for i = 1, 30000 do t[i] = (i * 7919) % 30011 end table.sort(t) \
     local s = table.concat(t, ',') s:gsub('%d+', function(d) return d end) s:sub(1, 90):find('.-.-.-#') \
     load(function() return nil end) math.random() \
     print((s:gsub('%d', {['1'] = 'one'})):len(), #string.format('%s %s', s, setmetatable({}, \
         {__tostring = function() local x = {} x[1] = s return 's' end})))",
];
