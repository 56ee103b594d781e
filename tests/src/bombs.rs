//! Programs that do as much work as they can for little fuel, each of its own kind: `GO()` says where the
//! work begins, which has no end.

/// What works, and the program.
pub const BOMBS: &[(&str, &str)] = &[
    ("collect", r#"local t={} for i=1,1e6 do t[i]={} end GO() while true do collectgarbage() end"#),
    (
        "collect_step",
        r#"local t={} for i=1,1e6 do t[i]={} end GO() while true do collectgarbage('step') end"#,
    ),
    (
        "collect_step0",
        r#"local t={} for i=1,1e6 do t[i]={} end GO() while true do collectgarbage('step',0) end"#,
    ),
    (
        "modes",
        r#"local t={} for i=1,1e6 do t[i]={} end GO() while true do collectgarbage('incremental') collectgarbage('generational') end"#,
    ),
    (
        "params",
        r#"collectgarbage('incremental',1,1000,60) local t={} for i=1,1e6 do t[i]={} end GO() while true do local x={} end"#,
    ),
    (
        "pause0",
        r#"local t={} for i=1,1e6 do t[i]={} end collectgarbage('incremental',4,1000,60) GO() while true do local x={} end"#,
    ),
    (
        "gen_major0",
        r#"local t={} for i=1,1e6 do t[i]={} end collectgarbage('generational',1,4) GO() while true do local x={} end"#,
    ),
    (
        "traceback",
        r#"local function down(n) if n==0 then GO() while true do debug.traceback() end end down(n-1) return 1 end down(180000)"#,
    ),
    (
        "traceback2",
        r#"local function down(n) if n==0 then GO() while true do debug.traceback('x',1) end end down(n-1) return 1 end down(180000)"#,
    ),
    (
        "getinfo",
        r#"local function down(n) if n==0 then GO() while true do debug.getinfo(170000,'S') end end down(n-1) return 1 end down(180000)"#,
    ),
    (
        "getlocal",
        r#"local function down(n) if n==0 then GO() while true do debug.getlocal(170000,1) end end down(n-1) return 1 end down(180000)"#,
    ),
    (
        "setlocal",
        r#"local function down(n) if n==0 then GO() while true do debug.setlocal(170000,1,n) end end down(n-1) return 1 end down(180000)"#,
    ),
    (
        "errlevel",
        r#"local function down(n) if n==0 then GO() while true do pcall(error,'x',170000) end end down(n-1) return 1 end down(180000)"#,
    ),
    (
        "collide",
        r#"local t={} for h=0,65535 do t[(65535-h)|h<<16]=h end local k=32767|32768<<16 GO() while true do local x=t[k] end"#,
    ),
    (
        "collide_set",
        r#"GO() while true do local t={} for h=0,16383 do t[(16383-h)|h<<14]=h end end"#,
    ),
    ("set", r#"local s='['..('a'):rep(1e6)..']' GO() while true do ('b'):find(s) end"#),
    (
        "set2",
        r#"local s='['..('a'):rep(1e6)..']' local b=('b'):rep(1000) GO() while true do b:find(s) end"#,
    ),
    (
        "set3",
        r#"local s='['..('a'):rep(1e6)..']*b' local b=('c'):rep(1000) GO() while true do b:gsub(s,'') end"#,
    ),
    ("sopen", r#"local s='['..('a'):rep(1e6) GO() while true do pcall(string.find,'b',s) end"#),
    ("packlt", r#"local s=('<'):rep(1e6) GO() while true do string.pack(s) end"#),
    ("packbl", r#"local s=(' '):rep(1e6) GO() while true do string.packsize(s) end"#),
    ("unpacklt", r#"local s=('<'):rep(1e6) GO() while true do string.unpack(s,'') end"#),
    ("packz", r#"local s=('x'):rep(1e6)..'z' GO() while true do pcall(string.packsize,s) end"#),
    (
        "eph",
        r#"local t={} local k={} for i=1,2000 do local w=setmetatable({},{__mode='k'}) local nk={} w[k]=nk t[2001-i]=w k=nk end GO() while true do collectgarbage() end"#,
    ),
    (
        "searchpath",
        r#"local s=('?'):rep(1000) local n=('a'):rep(1e3) GO() while true do package.searchpath(n,s) end"#,
    ),
    ("searchpath3", r#"local s=('x'):rep(1e6) GO() while true do package.searchpath(s,'?') end"#),
    ("searchpath4", r#"local s=('.'):rep(1e6) GO() while true do package.searchpath(s,'?') end"#),
    ("strnum", r#"local s=('1'):rep(1e6) GO() while true do pcall(function() return s+1 end) end"#),
    ("strnum0", r#"local s=('0'):rep(1e6)..'1' GO() while true do local x=s+1 end"#),
    ("strnumbl", r#"local s=(' '):rep(1e6)..'1' GO() while true do local x=s*1 end"#),
    ("tonum", r#"local s=('0'):rep(1e6)..'1' GO() while true do tonumber(s) end"#),
    ("tonumbase", r#"local s=('0'):rep(1e6)..'1' GO() while true do tonumber(s,10) end"#),
    ("mathint", r#"local s=('0'):rep(1e6)..'1' GO() while true do math.tointeger(s) end"#),
    ("mathfl", r#"local s=('0'):rep(1e6)..'1' GO() while true do math.floor(s) end"#),
    (
        "forstr",
        r#"local s=('0'):rep(1e6)..'1' local t={} GO() while true do t[1]=s..'' pcall(string.rep,'',s) end"#,
    ),
    ("negstr", r#"local s=('0'):rep(1e6)..'1' GO() while true do local x=-s end"#),
    ("warn", r#"local s=('x'):rep(1e6) warn('@on') GO() while true do warn(s) end"#),
    ("warnoff", r#"local s=('x'):rep(1e6) GO() while true do warn(s,s,s) end"#),
    (
        "eq",
        r#"local a=('x'):rep(4e6)..'a' local b=('x'):rep(4e6)..'b' GO() local n=0 while true do if a==b then n=n+1 end end"#,
    ),
    (
        "lt",
        r#"local a=('x'):rep(4e6)..'a' local b=('x'):rep(4e6)..'b' GO() local n=0 while true do if a<b then n=n+1 end end"#,
    ),
    (
        "le",
        r#"local a=('x'):rep(4e6)..'a' local b=('x'):rep(4e6)..'b' GO() local n=0 while true do if a<=b then n=n+1 end end"#,
    ),
    (
        "raweq",
        r#"local a=('x'):rep(4e6)..'a' local b=('x'):rep(4e6)..'b' GO() local n=0 while true do rawequal(a,b) end"#,
    ),
    (
        "eqmul",
        r#"local a=('x'):rep(4e6)..'a' local b=('x'):rep(4e6)..'b' GO() local n=0 while true do n=n+((a==b) and 1 or 2) end"#,
    ),
    (
        "strkey2",
        r#"local a=('x'):rep(4e6)..'1' local b=('x'):rep(4e6)..'1' local t={[a]=1} GO() while true do local x=t[b] end"#,
    ),
    (
        "mathmax",
        r#"local t=table.pack(table.unpack({},1,200000)) for i=1,200000 do t[i]=i end GO() while true do math.max(table.unpack(t)) end"#,
    ),
    (
        "next",
        r#"local t={} for i=1,1e6 do t['k'..i]=i end for i=1,1e6-1 do t['k'..i]=nil end GO() while true do next(t) end"#,
    ),
    (
        "next2",
        r#"local t={} for i=1,1e6 do t[i]=i end for i=1,1e6-1 do t[i]=nil end GO() while true do next(t) end"#,
    ),
    (
        "pairs",
        r#"local t={} for i=1,1e6 do t[i]=i end for i=1,1e6 do t[i]=nil end GO() while true do for k in pairs(t) do end end"#,
    ),
    (
        "forin",
        r#"local t={} for i=1,1e6 do t['k'..i]=i end for i=1,1e6 do t['k'..i]=nil end GO() while true do for k in next,t do end end"#,
    ),
    (
        "vararg",
        r#"local function f(...) while true do local t={...} end end local t={} for i=1,200000 do t[i]=i end GO() f(table.unpack(t))"#,
    ),
    (
        "vararg_l",
        r#"local function f(...) while true do local a,b=... end end local t={} for i=1,200000 do t[i]=i end GO() f(table.unpack(t))"#,
    ),
    (
        "varcall",
        r#"local function g(...) end local function f(...) while true do g(...) end end local t={} for i=1,200000 do t[i]=i end GO() f(table.unpack(t))"#,
    ),
    (
        "varret",
        r#"local function g(...) return ... end local function f(...) while true do g(...) end end local t={} for i=1,200000 do t[i]=i end GO() f(table.unpack(t))"#,
    ),
    (
        "select",
        r#"local function f(...) while true do select(1,...) end end local t={} for i=1,200000 do t[i]=i end GO() f(table.unpack(t))"#,
    ),
    (
        "selectn",
        r#"local function f(...) while true do select('#',...) end end local t={} for i=1,200000 do t[i]=i end GO() f(table.unpack(t))"#,
    ),
    (
        "selectneg",
        r#"local function f(...) while true do local x=select(-1,...) end end local t={} for i=1,200000 do t[i]=i end GO() f(table.unpack(t))"#,
    ),
    (
        "yield",
        r#"local t={} for i=1,200000 do t[i]=i end local co=coroutine.wrap(function(...) while true do coroutine.yield(...) end end) GO() while true do co(table.unpack(t)) end"#,
    ),
    (
        "yield2",
        r#"local t={} for i=1,200000 do t[i]=i end local co=coroutine.wrap(function(...) while true do coroutine.yield(...) end end) co(table.unpack(t)) GO() while true do co() end"#,
    ),
    (
        "pcallv",
        r#"local function f(...) while true do pcall(next,...) end end local t={{}} for i=2,200000 do t[i]=nil end GO() f({}, table.unpack({},1,200000))"#,
    ),
    (
        "tpack",
        r#"local function f(...) while true do table.pack(...) end end local t={} for i=1,200000 do t[i]=i end GO() f(table.unpack(t))"#,
    ),
    (
        "strchar",
        r#"local t={} for i=1,200000 do t[i]=65 end local function f(...) while true do string.char(...) end end GO() f(table.unpack(t))"#,
    ),
    (
        "utf8char",
        r#"local t={} for i=1,200000 do t[i]=65 end local function f(...) while true do utf8.char(...) end end GO() f(table.unpack(t))"#,
    ),
    ("strbyte", r#"local s=('x'):rep(200000) GO() while true do s:byte(1,-1) end"#),
    ("u8cp", r#"local s=('x'):rep(200000) GO() while true do utf8.codepoint(s,1,-1) end"#),
    (
        "u8off",
        r#"local s=('\x80'):rep(1000000) GO() while true do pcall(utf8.offset,s,1,500000) utf8.offset(s,0,500000) end"#,
    ),
    (
        "concatnil",
        r#"local t={} for i=1,200000 do t[i]='' end GO() while true do table.concat(t) end"#,
    ),
    (
        "newtable",
        r#"local a=require'luka.bytecode' local img=a.assemble('.function main vararg\n.upvalue R0\nVARARGPREP\nL1:\nNEWTABLE R0 65535 65535\nJMP L1\n') if not img then error(select(2,a.assemble('.function main vararg\n.upvalue R0\nVARARGPREP\nL1:\nNEWTABLE R0 65535 65535\nJMP L1\n'))) end local f=load(img) GO() f()"#,
    ),
    (
        "coll",
        r#"local t={} for i=1,20000 do t[i*(1<<40)]=i end local k=(1<<40)*30001 GO() while true do local x=t[k] end"#,
    ),
    (
        "coll2",
        r#"local t={} for i=1,20000 do t[i<<44]=i end local k=30001<<44 GO() while true do local x=t[k] end"#,
    ),
    ("fmt0", r#"local s=('x'):rep(1e6) GO() while true do ('%.0s'):format(s) end"#),
    ("fmts", r#"local s=('x'):rep(1e6) GO() while true do ('%.3s'):format(s) end"#),
    ("fmt99", r#"GO() while true do ('%99.99f'):format(1e308) end"#),
    ("fmtq", r#"GO() while true do ('%q'):format(1/3) end"#),
    ("fmta", r#"GO() while true do ('%.99a'):format(1/3) end"#),
    ("fmtpct", r#"local s=('%%'):rep(5e5) GO() while true do s:format() end"#),
    (
        "idxchain",
        r#"local t={} for i=1,1900 do t=setmetatable({},{__index=t}) end GO() while true do local x=t.x end"#,
    ),
    (
        "nidxchain",
        r#"local b={} local t=b for i=1,1900 do t=setmetatable({},{__newindex=t}) end GO() while true do t.x=1 b.x=nil end"#,
    ),
    (
        "callchain",
        r#"local t=print for i=1,1000 do t=setmetatable({},{__call=t}) end GO() while true do pcall(t) end"#,
    ),
    ("ioopen", r#"local s=('x'):rep(1e6) GO() while true do io.open(s) end"#),
    ("osremove", r#"local s=('x'):rep(1e6) GO() while true do os.remove(s) end"#),
    ("osrename", r#"local s=('x'):rep(1e6) GO() while true do os.rename(s,s) end"#),
    ("osgetenv", r#"local s=('x'):rep(1e6) GO() while true do os.getenv(s) end"#),
    ("osexec", r#"local s=('x'):rep(1e6) GO() while true do pcall(os.execute,s) end"#),
    ("popen", r#"local s=('x'):rep(1e6) GO() while true do pcall(io.popen,s) end"#),
    ("osdatex", r#"local s=('x'):rep(1e6) GO() while true do os.date(s) end"#),
    ("ostime", r#"GO() while true do os.time{year=2000,month=1,day=1} end"#),
    ("setloc", r#"local s=('x'):rep(1e6) GO() while true do os.setlocale(s) end"#),
    ("openmode", r#"local s=('r'):rep(1e6) GO() while true do pcall(io.open,'a',s) end"#),
    ("loadmode", r#"local s=('r'):rep(1e6) GO() while true do load('x=1','x',s) end"#),
    ("loadname", r#"local s=('r'):rep(1e6) GO() while true do load('x=',s) end"#),
    ("loadtiny", r#"GO() while true do load('x=') end"#),
    ("loadtiny2", r#"GO() while true do load('x=1') end"#),
    ("loadbig", r#"local s=('x=x+1 '):rep(150000) GO() while true do load(s) end"#),
    ("loadbad", r#"local s=('x=x+1 '):rep(150000)..')' GO() while true do load(s) end"#),
    (
        "loadimg",
        r#"local s=string.dump(load(('x=x+1 '):rep(20000))) GO() while true do load(s) end"#,
    ),
    ("dump", r#"local f=load(('x=x+1 '):rep(20000)) GO() while true do string.dump(f) end"#),
    (
        "getinfoL",
        r#"local f=load(('x=x+1\n'):rep(100000)) GO() while true do debug.getinfo(f,'L') end"#,
    ),
    (
        "getinfoS",
        r#"local f=load(('x=x+1\n'):rep(20000),('x'):rep(1e6)) GO() while true do debug.getinfo(f,'S') end"#,
    ),
    (
        "getinfol",
        r#"local f=load(('x=1\n'):rep(20000)..'local n=... n()') GO() f(function() while true do debug.getinfo(2,'l') end end)"#,
    ),
    (
        "getinfon",
        r#"local f=load(('x=1\n'):rep(20000)..'local n=... n() local y') GO() f(function() while true do debug.getinfo(1,'n') debug.getinfo(2,'n') end end)"#,
    ),
    ("opterr", r#"local s=('x'):rep(1e6) GO() while true do pcall(collectgarbage,s) end"#),
    ("errmsg", r#"local s=('x'):rep(1e6) GO() while true do pcall(error,s) end"#),
    (
        "errtype",
        r#"local t=setmetatable({},{__name=('x'):rep(1e6)}) GO() while true do pcall(string.rep,t) end"#,
    ),
    (
        "tostr",
        r#"local t=setmetatable({},{__name=('x'):rep(1e6)}) GO() while true do tostring(t) end"#,
    ),
    (
        "arith_err",
        r#"local t=setmetatable({},{__name=('x'):rep(1e6)}) GO() while true do pcall(function() return t+1 end) end"#,
    ),
    ("gsubanch", r#"local s=('a'):rep(1e6) GO() while true do s:gsub('^b','') end"#),
    (
        "find_pl",
        r#"local s=('a'):rep(1e6) GO() while true do s:find(('a'):rep(500000)..'b',1,true) end"#,
    ),
    (
        "patq",
        r#"local s=('a'):rep(30) local p=('a?'):rep(30)..('a'):rep(30) GO() while true do s:find(p) end"#,
    ),
    ("patbal", r#"local s=('('):rep(30000) GO() while true do s:find('%b()') end"#),
    ("patfront", r#"local s=('a'):rep(1e6) GO() while true do s:find('%f[b]') end"#),
    (
        "patcap",
        r#"local s=('a'):rep(1e5) local p=('()'):rep(31) GO() while true do s:gsub(p,'') end"#,
    ),
    ("patback", r#"local s=('a'):rep(1e5) GO() while true do s:find('(a*)%1b') end"#),
    (
        "tinsert",
        r#"local t={} for i=1,1e6 do t[i]=i end GO() while true do table.insert(t,1,0) table.remove(t,1) end"#,
    ),
    (
        "tmove",
        r#"local t={} for i=1,1e6 do t[i]=i end GO() while true do table.move(t,1,1e6,2) end"#,
    ),
    ("tsort", r#"local t={} for i=1,1e6 do t[i]=i end GO() while true do table.sort(t) end"#),
    (
        "len",
        r#"local t={} for i=1,1e6 do t[i]=i end GO() while true do local n=#t t[n]=nil t[n]=1 end"#,
    ),
    ("coclose", r#"GO() while true do coroutine.close(coroutine.create(print)) end"#),
    (
        "yield_deep",
        r#"local function down(n) if n==0 then while true do coroutine.yield() end end down(n-1) return 1 end local co=coroutine.wrap(down) co(180000) GO() while true do co() end"#,
    ),
    (
        "yieldable_deep",
        r#"local function down(n) if n==0 then GO() while true do coroutine.isyieldable() end end down(n-1) return 1 end coroutine.wrap(down)(180000)"#,
    ),
    (
        "utf8_codes",
        r#"local s='a'..('\x80'):rep(1e6) local f=utf8.codes('x') GO() while true do pcall(f,s,1) end"#,
    ),
    (
        "utf8_codes_place",
        r#"local s=('1'):rep(1e6) local f=utf8.codes('x') GO() while true do pcall(f,'x',s) end"#,
    ),
    ("hook_letters", r#"local s=('x'):rep(1e6) GO() while true do debug.sethook(print,s) end"#),
    ("info_letters", r#"local s=('l'):rep(1e6) GO() while true do debug.getinfo(1,s) end"#),
    (
        "path_separators",
        r#"local s=('x'):rep(1e6) GO() while true do package.searchpath('a','',s,s) end"#,
    ),
    ("read_format", r#"local s=('x'):rep(1e6) GO() while true do pcall(io.read,s) end"#),
    ("loadfile_mode", r#"local s=('x'):rep(1e6) GO() while true do loadfile('x',s) end"#),
    ("coroutines", r#"GO() while true do coroutine.wrap(function() end)() end"#),
    ("rehash2", r#"GO() while true do local t={} for i=1,5 do t[-i]=1 end end"#),
    ("concatbig", r#"local s=('x'):rep(1e6) GO() while true do local y=s..s end"#),
    (
        "concatmany",
        r#"local s=('x'):rep(100) GO() while true do local y=s..s..s..s..s..s..s..s..s..s..s..s..s..s..s..s..s..s..s end"#,
    ),
    ("rep", r#"GO() while true do ('x'):rep(1e7) end"#),
    ("rep0", r#"GO() while true do (''):rep(1e9) end"#),
    ("rev", r#"local s=('x'):rep(1e6) GO() while true do s:reverse() s:upper() s:lower() end"#),
    ("sub", r#"local s=('x'):rep(1e6) GO() while true do s:sub(2) end"#),
    ("len_s", r#"local s=('x'):rep(1e6) GO() while true do local n=#s end"#),
    ("concatnum", r#"GO() while true do local s=1.1 ..'' end"#),
    ("tostringf", r#"GO() while true do tostring(1/3) end"#),
    ("random", r#"GO() while true do math.random(0) math.random(10) math.random() end"#),
    ("randomr", r#"GO() while true do math.random(1, (1<<62)+1) end"#),
    ("randomseed", r#"GO() while true do math.randomseed(1) end"#),
    ("fmod", r#"GO() while true do math.fmod(1e308, 3e-308) end"#),
    ("fmod2", r#"GO() while true do local x = 1e308 % 3e-308 end"#),
    ("pow", r#"GO() while true do local x = 1.1 ^ 300.3 end"#),
    ("sin", r#"GO() while true do math.sin(1e300) end"#),
    ("exp", r#"GO() while true do math.exp(300.3) math.log(1.1, 3) end"#),
    ("idiv", r#"GO() while true do local x = (1<<62) // 3 end"#),
    (
        "xpcalltb",
        r#"local function f() error'x' end GO() while true do xpcall(f, debug.traceback) end"#,
    ),
    ("pushclosure", r#"GO() while true do local f=function() end end"#),
    (
        "closebig",
        r#"GO() while true do local fs={} for i=1,200 do local x=i fs[i]=function() return x end end end"#,
    ),
    ("utf8len", r#"local s=('x'):rep(1e6) GO() while true do utf8.len(s) end"#),
    ("require", r#"GO() while true do require'string' end"#),
    ("requirebad", r#"GO() while true do pcall(require,'nonexist') end"#),
    (
        "eqconst",
        r#"local f=load('local s=... local n=0 GO() while true do if s=="'..('x'):rep(1e6)..'" then n=n+1 end end') f(('x'):rep(1e6))"#,
    ),
    (
        "sortlong",
        r#"local t={} for i=1,2000 do t[i]=('x'):rep(10000)..i%7 end GO() while true do table.sort(t) end"#,
    ),
    (
        "sortlong2",
        r#"local t={} for i=1,300 do t[i]=('x'):rep(1e5)..i%7 end GO() while true do table.sort(t) end"#,
    ),
    (
        "rehash3",
        r#"local t={} for i=1,2^17-1 do t['k'..i]=i end GO() local i=0 while true do i=i+1 t[-i]=1 t[-i]=nil end"#,
    ),
    (
        "openup",
        r#"local fs={} local function f() local a=1 local g=function() return a end return g end GO() while true do f() end"#,
    ),
];
