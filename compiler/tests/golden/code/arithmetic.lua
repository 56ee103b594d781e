-- constants go right, small integers into the instruction; `^` is never folded
local a, b = ...
local r = a + 1, 1 + a, a - 1, 5 - a, a + 100000, a * 2, 2 * a, a / 2.5, a // 2, a % 3, a ^ 2
r = a & 7, 7 & a, a | 1.0, a ~ b, a << 1, 1 << a, a >> 3
r = -a, ~a, #a, not a, - - a
r = 1 + 2 * 3, 7 // 2, 7 % -3, 1 / 0, 0.0 * 1, -0.0, 2 ^ 10, 1 << 62, 3 | 4.0, "1" + 2
r = 2147483647 + 1, 1e300 * 1e300, 3 == 3, "a" .. "b" .. 1
r = a .. b .. (r .. a)
local k <const>, n <const> = 10, -1
r = k + a, n, k * n
