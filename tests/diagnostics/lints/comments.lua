-- Comments that keep lints silent. luka: allow(unused-local) counts for no line of code here
local a = 1 -- luka: allow(unused-local)
-- luka: allow(L0201, unused-function)
local b = 2
local c = 3
local text = "-- luka: allow(unused-local)"
local d = 4 --luka:allow( unused-local )
local e = 5 -- luka: allow(unused-lokal)
-- luka: allow-file(unused-label)
::label::
