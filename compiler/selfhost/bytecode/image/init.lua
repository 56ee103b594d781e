--- The binary image: what `string.dump`, `luka build` and the standard library's build write.
--
-- Writing is deterministic: equal modules give equal bytes on every machine. This module only writes;
-- docs/image-format.md describes the format to the byte.

return {encode = require "luka.compiler.bytecode.image.encode"}
