-- string.pack, unpack, packsize (manual 6.4.2).

local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end
local pack, unpack, packsize = string.pack, string.unpack, string.packsize

--- integers of every size ---
print(hex(pack("b", -1)), hex(pack("B", 255)), hex(pack("<h", 1)), hex(pack(">h", 1)), hex(pack("<H", 65535)))
-- expect: ff ff 0100 0001 ffff
print(hex(pack("<i", 1)), hex(pack(">I", 1)), hex(pack("<l", 1)), hex(pack("<j", -2)), hex(pack(">J", 1)), hex(pack("<T", 258)))
-- expect: 01000000 00000001 0100000000000000 feffffffffffffff 0000000000000001 0201000000000000
for i = 1, 16 do
  local s = pack("<i" .. i, -2)
  if unpack("<i" .. i, s) ~= -2 or unpack(">i" .. i, pack(">i" .. i, 100)) ~= 100 then print("wrong", i) end
end
print(hex(pack("<i3", -2)), hex(pack(">I5", 0x0102030405)), unpack("<i3", pack("<i3", -8388608)))
-- expect: feffff 0102030405 -8388608 4
print(hex(pack("<i16", -1)), hex(pack(">i9", 1)), unpack("<I16", pack("<I16", math.maxinteger)))
-- expect: ffffffffffffffffffffffffffffffff 000000000000000001 9223372036854775807 17

--- overflow ---
print(pcall(pack, "b", 128)) -- expect: false bad argument #2 to 'string.pack' (integer overflow)
print(pcall(pack, "B", -1)) -- expect: false bad argument #2 to 'string.pack' (unsigned overflow)
print(pcall(pack, "i2", 32768)) -- expect: false bad argument #2 to 'string.pack' (integer overflow)
print(pcall(pack, "I3", 1 << 24))
-- expect: false bad argument #2 to 'string.pack' (unsigned overflow)
print(pcall(unpack, "<i9", ("\255"):rep(8) .. "\1"))
-- expect: false 9-byte integer does not fit into Lua Integer
print(unpack("<i9", ("\255"):rep(9)), unpack("<I9", ("\1"):rep(8) .. "\0"))
-- expect: -1 72340172838076673 10
print(hex(pack("<I8", -1)), hex(pack("<j", math.mininteger)))
-- expect: ffffffffffffffff 0000000000000080

--- floats ---
print(hex(pack("<f", 1.5)), hex(pack(">d", -2)), hex(pack("<n", 0.1)))
-- expect: 0000c03f c000000000000000 9a9999999999b93f
print(unpack("<f", pack("<f", 0.1)), unpack("<d", pack("<d", 0.1)), unpack("f", pack("f", 1e40)))
-- expect: 0.10000000149012 0.1 inf 5
print(unpack("<d", pack("<d", 1/0)), unpack("<d", pack("<d", 0/0)) ~= unpack("<d", pack("<d", 0/0)))
-- expect: inf true

--- strings ---
print(hex(pack("z", "ab")), hex(pack("s1", "ab")), hex(pack("<s2", "ab")), hex(pack(">s4", "")), #pack("s", "x"))
-- expect: 616200 026162 02006162 00000000 9
print(hex(pack("c5", "ab")), hex(pack("c0", "")), unpack("c3", "abcdef"))
-- expect: 6162000000  abc 4
print(unpack("z", "ab\0cd"), unpack("s1", "\3abcd"), unpack("<s2z", "\2\0abcd\0"))
-- expect: ab abc ab cd 8
print(pcall(pack, "z", "a\0b"))
-- expect: false bad argument #2 to 'string.pack' (string contains zeros)
print(pcall(pack, "c2", "abc"))
-- expect: false bad argument #2 to 'string.pack' (string longer than given size)
print(pcall(pack, "s1", ("x"):rep(256)))
-- expect: false bad argument #2 to 'string.pack' (string length does not fit in given size)
print(pcall(unpack, "z", "abc"))
-- expect: false bad argument #2 to 'string.unpack' (unfinished string for format 'z')
print(pcall(unpack, "s1", "\5ab"))
-- expect: false bad argument #2 to 'string.unpack' (data string too short)
print(pcall(unpack, "c5", "ab"))
-- expect: false bad argument #2 to 'string.unpack' (data string too short)
print(pcall(pack, "c", "x")) -- expect: false missing size for format option 'c'

--- alignment and padding ---
print(hex(pack("<!4 b i4", 1, 2)), hex(pack("<b!2i4", 1, 2)), hex(pack("<! b d", 1, 0)), hex(pack("bxb", 1, 2)))
-- expect: 0100000002000000 010002000000 01000000000000000000000000000000 010002
print(hex(pack("<!4 b Xi4 b", 1, 2)), hex(pack("<!8 b Xd b", 1, 2)), packsize("<!4 b i4"), packsize("!8 b d b"))
-- expect: 0100000002 010000000000000002 8 17
print(unpack("<!4 b i4", pack("<!4 b i4", 1, 2))) -- expect: 1 2 9
print(pcall(pack, "X"))
-- expect: false bad argument #1 to 'string.pack' (invalid next option for option 'X')
print(pcall(pack, "!3 i4", 1))
-- expect: false bad argument #1 to 'string.pack' (format asks for alignment not power of 2)
print(pcall(pack, "!4 i3", 1))
-- expect: false bad argument #1 to 'string.pack' (format asks for alignment not power of 2)
print(pcall(pack, "Xz"))
-- expect: false bad argument #1 to 'string.pack' (invalid next option for option 'X')
print(pcall(pack, "!17")) -- expect: false integral size (17) out of limits [1,16]

--- packsize ---
print(packsize("b"), packsize("<h"), packsize("i"), packsize("j"), packsize("n"), packsize("f"), packsize("d"), packsize("T"), packsize("c10"), packsize("i3i5"))
-- expect: 1 2 4 8 8 4 8 8 10 8
print(pcall(packsize, "s"))
-- expect: false bad argument #1 to 'string.packsize' (variable-length format)
print(pcall(packsize, "z"))
-- expect: false bad argument #1 to 'string.packsize' (variable-length format)
print(pcall(packsize, "i17")) -- expect: false integral size (17) out of limits [1,16]
print(pcall(packsize, "i0")) -- expect: false integral size (0) out of limits [1,16]
print(pcall(packsize, "c" .. math.maxinteger)) -- expect: false invalid format option '6'
print(pcall(packsize, "c2147483647c2147483647")) -- expect: false invalid format option '7'

--- positions ---
local s = pack("<i2i2i2", 1, 2, 3)
print(unpack("<i2", s, 3), unpack("<i2", s, -2), unpack("<i2i2", s, 3)) -- expect: 2 3 2 3 7
print(select("#", unpack("", s)), unpack("", s), unpack("", s, 7)) -- expect: 1 1 7
print(pcall(unpack, "<i2", s, 6))
-- expect: false bad argument #2 to 'string.unpack' (data string too short)
print(pcall(unpack, "<i2", s, 8))
-- expect: false bad argument #3 to 'string.unpack' (initial position out of string)
print(pcall(unpack, "<i2", s, -7)) -- expect: true 1 3
print(pcall(unpack, "<i4", "abc"))
-- expect: false bad argument #2 to 'string.unpack' (data string too short)

--- byte order and errors ---
print(hex(pack("=I2 <I2 >I2 =I2", 1, 1, 1, 1)), hex(pack(" < i2 ", 1)))
-- expect: 0100010000010100 0100
print(pcall(pack, "i2"))
-- expect: false bad argument #2 to 'string.pack' (number expected, got nil)
print(pcall(pack, "i2", "x"))
-- expect: false bad argument #2 to 'string.pack' (number expected, got string)
print(pcall(pack, "i2", 1.5))
-- expect: false bad argument #2 to 'string.pack' (number has no integer representation)
print(pcall(pack, "q", 1)) -- expect: false invalid format option 'q'
print(pcall(pack, "d", "x"), hex(pack("<i2", "3"))) -- expect: false 0300
print(pcall(unpack, "i2"))
-- expect: false bad argument #2 to 'string.unpack' (string expected, got no value)
