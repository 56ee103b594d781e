-- os.time, os.date, os.difftime, os.clock (manual 6.9). Everything in UTC or independent of the
-- zone.
--! lua 5.4.8

local function try(f, ...) print(pcall(f, ...)) end

--- every conversion ---
for _, t in ipairs {0, 951782400, 1000000000, 1293839999, 1735603200, -1, 253402300800, -62135596801} do
  print(os.date("!%a|%A|%b|%B|%c|%C|%d|%D|%e|%F|%g|%G|%h|%H|%I|%j|%m|%M|%p|%r|%R|%S|%T", t))
-- expect: Thu|Thursday|Jan|January|Thu Jan  1 00:00:00 1970|19|01|01/01/70| 1|1970-01-01|70|1970|Jan|00|12|001|01|00|AM|12:00:00 AM|00:00|00|00:00:00
  print(os.date("!%u|%U|%V|%w|%W|%x|%X|%y|%Y|%z|%Z|%%", t), #os.date("!%n%t", t))
-- expect: 4|00|01|4|00|01/01/70|00:00:00|70|1970|+0000|GMT|% 2
-- expect: Tue|Tuesday|Feb|February|Tue Feb 29 00:00:00 2000|20|29|02/29/00|29|2000-02-29|00|2000|Feb|00|12|060|02|00|AM|12:00:00 AM|00:00|00|00:00:00
-- expect: 2|09|09|2|09|02/29/00|00:00:00|00|2000|+0000|GMT|% 2
-- expect: Sun|Sunday|Sep|September|Sun Sep  9 01:46:40 2001|20|09|09/09/01| 9|2001-09-09|01|2001|Sep|01|01|252|09|46|AM|01:46:40 AM|01:46|40|01:46:40
-- expect: 7|36|36|0|36|09/09/01|01:46:40|01|2001|+0000|GMT|% 2
-- expect: Fri|Friday|Dec|December|Fri Dec 31 23:59:59 2010|20|31|12/31/10|31|2010-12-31|10|2010|Dec|23|11|365|12|59|PM|11:59:59 PM|23:59|59|23:59:59
-- expect: 5|52|52|5|52|12/31/10|23:59:59|10|2010|+0000|GMT|% 2
-- expect: Tue|Tuesday|Dec|December|Tue Dec 31 00:00:00 2024|20|31|12/31/24|31|2024-12-31|25|2025|Dec|00|12|366|12|00|AM|12:00:00 AM|00:00|00|00:00:00
-- expect: 2|52|01|2|53|12/31/24|00:00:00|24|2024|+0000|GMT|% 2
-- expect: Wed|Wednesday|Dec|December|Wed Dec 31 23:59:59 1969|19|31|12/31/69|31|1969-12-31|70|1970|Dec|23|11|365|12|59|PM|11:59:59 PM|23:59|59|23:59:59
-- expect: 3|52|01|3|52|12/31/69|23:59:59|69|1969|+0000|GMT|% 2
-- expect: Sat|Saturday|Jan|January|Sat Jan  1 00:00:00 10000|100|01|01/01/00| 1|10000-01-01|99|9999|Jan|00|12|001|01|00|AM|12:00:00 AM|00:00|00|00:00:00
-- expect: 6|00|52|6|00|01/01/00|00:00:00|00|10000|+0000|GMT|% 2
-- expect: Sun|Sunday|Dec|December|Sun Dec 31 23:59:59 0|0|31|12/31/00|31|0-12-31|00|0|Dec|23|11|366|12|59|PM|11:59:59 PM|23:59|59|23:59:59
-- expect: 7|53|52|0|52|12/31/00|23:59:59|00|0|+0000|GMT|% 2
end

--- the modifiers ---
print(os.date("!%Ec|%EC|%Ex|%EX|%Ey|%EY", 1e9 // 1 | 0))
-- expect: Sun Sep  9 01:46:40 2001|20|09/09/01|01:46:40|01|2001
print(os.date("!%Od|%Oe|%OH|%OI|%Om|%OM|%OS|%Ou|%OU|%OV|%Ow|%OW|%Oy", 1000000000))
-- expect: 09| 9|01|01|09|46|40|7|36|36|0|36|01

--- weeks around the new year ---
for _, t in ipairs {1230768000, 1262304000, 1325376000, 1388534400, 1451606400, 1609459200} do
  print(os.date("!%F %a %U %W %G-W%V-%u", t))
-- expect: 2009-01-01 Thu 00 00 2009-W01-4
-- expect: 2010-01-01 Fri 00 00 2009-W53-5
-- expect: 2012-01-01 Sun 01 00 2011-W52-7
-- expect: 2014-01-01 Wed 00 00 2014-W01-3
-- expect: 2016-01-01 Fri 00 00 2015-W53-5
-- expect: 2021-01-01 Fri 00 00 2020-W53-5
end

--- tables ---
local d = os.date("!*t", 1000000000)
print(d.year, d.month, d.day, d.hour, d.min, d.sec, d.wday, d.yday, d.isdst)
-- expect: 2001 9 9 1 46 40 1 252 false

--- formats that are not ---
try(os.date, "%Ez")
-- expect: false bad argument #1 to 'os.date' (invalid conversion specifier '%Ez')
try(os.date, "%") -- expect: false bad argument #1 to 'os.date' (invalid conversion specifier '%')
try(os.date, "%E") -- expect: false bad argument #1 to 'os.date' (invalid conversion specifier '%E')
try(os.date, "%Q") -- expect: false bad argument #1 to 'os.date' (invalid conversion specifier '%Q')
try(os.date, "x%Oqrest")
-- expect: false bad argument #1 to 'os.date' (invalid conversion specifier '%Oqrest')
try(os.date, {}) -- expect: false bad argument #1 to 'os.date' (string expected, got table)
try(os.date, "*t", 1.5)
-- expect: false bad argument #2 to 'os.date' (number has no integer representation)
try(os.date, "*t", 1 << 60) -- expect: false date result cannot be represented in this installation
print(os.date("", 0) == "", os.date("!", 0) == "", os.date("!*tx", 0), os.date("!plain", 0))
-- expect: true true *tx plain

--- os.time reads a table ---
local a = os.time {year = 2020, month = 1, day = 1, hour = 0}
local b = os.time {year = 2019, month = 1, day = 1, hour = 0}
print(a - b) -- expect: 31536000
print(os.time {year = "2020", month = "01", day = 1.0} - a) -- expect: 43200
try(os.time, {}) -- expect: false field 'year' missing in date table
try(os.time, {year = 2020}) -- expect: false field 'month' missing in date table
try(os.time, {year = 2020, month = 1}) -- expect: false field 'day' missing in date table
try(os.time, {year = 2020, month = "x", day = 1}) -- expect: false field 'month' is not an integer
try(os.time, {year = 2020, month = 1.5, day = 1}) -- expect: false field 'month' is not an integer
try(os.time, {year = 1 << 40, month = 1, day = 1}) -- expect: false field 'year' is out-of-bound
try(os.time, {year = 2020, month = math.mininteger, day = 1})
-- expect: false field 'month' is out-of-bound
try(os.time, 5) -- expect: false bad argument #1 to 'os.time' (table expected, got number)

--- os.time normalises the fields ---
local t = {year = 2020, month = 14, day = 35, hour = 25, min = -1, sec = 61, isdst = false}
os.time(t)
print(t.year, t.month, t.day, t.hour, t.min, t.sec, t.wday, t.yday) -- expect: 2021 3 8 1 0 1 2 67

--- os.time through metamethods ---
local log = {}
os.time(setmetatable({}, {
  __index = function(_, k) log[#log + 1] = k return ({year = 2001, month = 2, day = 3})[k] end,
  __newindex = function(_, k, v) log[#log + 1] = k .. "=" .. tostring(v) end,
}))
print(table.concat(log, " "))
-- expect: year month day hour min sec isdst year=2001 month=2 day=3 hour=12 min=0 sec=0 yday=34 wday=7 isdst=false

--- kinds of numbers ---
print(math.type(os.time()), math.type(os.clock()), math.type(os.difftime(1, 2)))
-- expect: integer float float
print(os.difftime(5, 3), os.difftime(math.maxinteger, math.mininteger))
-- expect: 2.0 1.844674407371e+19
try(os.difftime) -- expect: false bad argument #1 to 'os.difftime' (number expected, got no value)
try(os.difftime, 5)
-- expect: false bad argument #2 to 'os.difftime' (number expected, got no value)
try(os.difftime, 1.5, 2)
-- expect: false bad argument #1 to 'os.difftime' (number has no integer representation)
