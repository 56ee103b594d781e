-- Type annotations are read and mean nothing.

--- variables, parameters, results ---
local a: number, b: string? = 1, "x"
local c <const>: {number} = {1, 2}
local function f(x: number, y: string?, ...: any): (number, string?) return x, y end
local function g<T, U...>(x: T, ...: U...): T return x end
function h(): () end
for i: number = 1, 1 do print(i) end -- expect: 1
for k: string, v: number in pairs {x = 2} do print(k, v) end -- expect: x 2
print(a, b, c[2], f(1, "y"), g(3), h()) -- expect: 1 x 2 1 3
local function r(x: number): number? return x end
print(r(1)) -- expect: 1

--- aliases ---
type A = number
type Pair<T, U = T> = {first: T, second: U}
export type Handler = (event: string, ...any) -> (boolean, string?)
type Mixed = {[string]: number, x: number, ["y z"]: string, read w: boolean}
type Union = | "a" | "b" | nil
type Inter = {x: number} & {y: number}
type Fn = <T>(T) -> T
type Nested = Map<string, Array<Array<number>>>
type Mod = some.Type<typeof(print), true, false>
type Pack<T...> = (T...) -> ...number
print "parsed" -- expect: parsed

--- tokens are split in angle brackets ---
local x: Array<Array<number>> = {}
local y: Array<number>= {1}
local z: Array<Array<number>>= {1, 2}
print(#x, #y, #z) -- expect: 0 1 2
print(load "local x <const>= 5" ~= nil) -- expect: false

--- casts ---
local v = 5 :: number + 1
print(v, (v :: any), -v :: number, 2 ^ 3 :: number) -- expect: 6 6 -6 8.0
local n: number? = nil
print(n :: number? ?? 7, n :: any ?? 8) -- expect: 7 8
print(("x" :: string):rep(2), #("abc" :: any)) -- expect: xx 3
local function two() return 1, 2 end
print(two() :: any) -- expect: 1 2

--- `:: Name ::` is a label ---
do
  local x = 1
  local y = x ::label:: print(x, y) -- expect: 1 1
  if x < 3 then x += 1 goto label2 end
  ::label2::
end

--- `type` and `export` stay names ---
local export = type
type = type or 1
print(type(1), export("x")) -- expect: number string

--- two shifts ---
local f, T, x = 8, 1, 1
print(f<<T>>(x)) -- expect: 8
