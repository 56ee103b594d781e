-- tier 1
for i = 1, 5 do
  if i == 3 then continue end
  io.write(i, " ")
end
print()
local n = 0
repeat
  n += 1
  if n == 2 then continue end
  local k = n * 2
  io.write(k, ",")
until n >= 4
print()
local t = {a = 1, b = {c = 2}}
t.a += 5; t.b.c *= 10; t["x"] ??= 7; t.x ??= 8
print(t.a, t.b.c, t.x)
const K = 10
const function fact(n) return if n <= 1 then 1 else n * fact(n - 1) end
print(fact(K), 1_000_000, 0xFF_FF, 0b1010)
local name = "world"
print(`hello {name} {1 + 1} \{x} 100% {`nested {name}`}`, `plain`, `{nil}`)
local o = nil
print(o?.x, o?.x.y.z, t?.b?.c, t?.b.c, o?.[1], o?.(1), o?.:m(1, 2))
print(o ?? 1, false ?? 2, nil ?? nil ?? 3, 1 ?? error("x"))
local add = |a, b| -> a + b
local id = x -> x
print(add(1, 2), id(3), (|...| -> select("#", ...))(1, 2, 3), (|| -> 5)())
local d = x -> do return x * 2 end
print(d(4))
local function f(a, b = 2, c = a + b) return a, b, c end
print(f(1)) print(f(1, 5)) print(f(1, nil, 9),)
type Foo = { x: number, y: string? }
export type Bar<T> = Map<string, Array<T>>
local function g(a: number, b: string?): (number, string) return a, b ?? "none" end
print(g(1))
local z: Array<Array<number>>= {} :: any
print(#z, ("5" :: any) + 1)
o?.x = error
t?.b.q = 9
t?.b.q += 1
print(t.b.q)
local a <const>: number = 5
print(a)
local s = "a"
s ..= "b" .. "c"
print(s, 7 // 2, 2^3)
