-- lua: 5.4
-- SHA-256 with 64-bit integers and bitwise operators (not LuaJIT: operators of 5.3 and later).
-- The first 32 fractional bits of the cube and square roots of the first primes.
local K = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
}
local H0 = {
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
}

local function sha256(message)
  local bits = #message * 8
  message = message .. "\128" .. string.rep("\0", (55 - #message) % 64)
  message = message .. string.pack(">I8", bits)
  local h1, h2, h3, h4, h5, h6, h7, h8 = table.unpack(H0)
  local w = {}
  for chunk = 1, #message, 64 do
    for i = 1, 16 do w[i] = string.unpack(">I4", message, chunk + (i - 1) * 4) end
    for i = 17, 64 do
      local x, y = w[i - 15], w[i - 2]
      local s0 = ((x >> 7) | (x << 25)) ~ ((x >> 18) | (x << 14)) ~ (x >> 3)
      local s1 = ((y >> 17) | (y << 15)) ~ ((y >> 19) | (y << 13)) ~ (y >> 10)
      w[i] = (w[i - 16] + (s0 & 0xFFFFFFFF) + w[i - 7] + (s1 & 0xFFFFFFFF)) & 0xFFFFFFFF
    end
    local a, b, c, d, e, f, g, h = h1, h2, h3, h4, h5, h6, h7, h8
    for i = 1, 64 do
      local s1 = ((e >> 6) | (e << 26)) ~ ((e >> 11) | (e << 21)) ~ ((e >> 25) | (e << 7))
      local ch = (e & f) ~ (~e & g)
      local t1 = h + (s1 & 0xFFFFFFFF) + (ch & 0xFFFFFFFF) + K[i] + w[i]
      local s0 = ((a >> 2) | (a << 30)) ~ ((a >> 13) | (a << 19)) ~ ((a >> 22) | (a << 10))
      local maj = (a & b) ~ (a & c) ~ (b & c)
      local t2 = (s0 & 0xFFFFFFFF) + maj
      h, g, f, e = g, f, e, (d + t1) & 0xFFFFFFFF
      d, c, b, a = c, b, a, (t1 + t2) & 0xFFFFFFFF
    end
    h1, h2, h3, h4 =
      (h1 + a) & 0xFFFFFFFF, (h2 + b) & 0xFFFFFFFF, (h3 + c) & 0xFFFFFFFF, (h4 + d) & 0xFFFFFFFF
    h5, h6, h7, h8 =
      (h5 + e) & 0xFFFFFFFF, (h6 + f) & 0xFFFFFFFF, (h7 + g) & 0xFFFFFFFF, (h8 + h) & 0xFFFFFFFF
  end
  return string.format("%08x%08x%08x%08x%08x%08x%08x%08x", h1, h2, h3, h4, h5, h6, h7, h8)
end

print(sha256("abc"))
local text = string.rep("The quick brown fox jumps over the lazy dog. ", 90000)
print(sha256(text))
