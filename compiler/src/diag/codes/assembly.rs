//! Codes of the assembler. The examples are assembly, as docs/assembly.md describes it.

super::codes! {
    701 AsmSyntax Error "malformed line of assembly"
    "A line is either a directive, which begins with a dot, a label followed by a colon, or an \
     instruction with its operands. Comments begin with a semicolon."
    { ".function main stack 2
  RETURN0 -- nothing
" => ".function main stack 2
  RETURN0 ; nothing
" }

    702 AsmLiteral Error "malformed number or string in assembly"
    "Integers have 64 bits and are written in decimal or hexadecimal. Floats have a dot or an \
     exponent, or are `inf`, or are given by their bits (`0f` and sixteen hexadecimal digits). \
     Strings end on the line on which they begin; bytes can be written `\\xHH`."
    { ".function main stack 2
  LOADK R0 \"open
  RETURN1 R0
" => ".function main stack 2
  LOADK R0 \"open\"
  RETURN1 R0
" }

    703 AsmUnknown Error "unknown instruction or directive"
    "docs/isa.md lists the instructions, docs/assembly.md the directives. Instructions are written \
     in capitals."
    { ".function main stack 2
  LAODTRUE R0
  RETURN1 R0
" => ".function main stack 2
  LOADTRUE R0
  RETURN1 R0
" }

    704 AsmOperand Error "missing, superfluous or invalid operand"
    "Each instruction takes operands of certain kinds in a certain order: registers `R0`, constants \
     (`\"text\"`, `1.5`, `nil`), upvalues `U0`, functions by name, labels, integers."
    { ".function main params 1 stack 2
  GETFIELD R1 R0 R1
  RETURN1 R1
" => ".function main params 1 stack 2
  GETFIELD R1 R0 \"name\"
  RETURN1 R1
" }

    705 AsmRange Error "number out of range in assembly"
    "Operands have 8, 16 or 32 bits, a frame has at most 510 registers, field names in instructions \
     have at most 40 bytes, and the distance of a short jump is at most 32,767 instructions."
    { ".function main params 1 stack 2
  ADDI R1 R0 100000
  RETURN1 R1
" => ".function main params 1 stack 2
  ADDI R1 R0 10000
  RETURN1 R1
" }

    706 AsmUndefined Error "undefined label, function or table entry"
    "Labels are local to their function, functions to the module. Each upvalue needs a `.upvalue` \
     directive."
    { ".function main stack 2
again:
  JMP agian
" => ".function main stack 2
again:
  JMP again
" }

    707 AsmDuplicate Error "duplicate definition in assembly"
    "The labels of a function, and the functions of a module, must have different names."
    { ".function main stack 2
here:
  LOADTRUE R0
here:
  RETURN1 R0
" => ".function main stack 2
here:
  LOADTRUE R0
there:
  RETURN1 R0
" }

    708 AsmInconsistent Error "inconsistent assembly"
    "Instructions belong to functions; a function is followed by the functions it creates, in the \
     order in which it refers to them. Explicit indices of instructions and table entries must \
     match their positions. Lines, spans and upvalue names are given for a whole function or not at \
     all."
    { ".function main stack 2
  CLOSURE R0 answer
  RETURN1 R0
.function answer stack 2
  LOADI R0 42
  RETURN1 R0
.function forgotten stack 2
  RETURN0
" => ".function main stack 2
  CLOSURE R0 answer
  RETURN1 R0
.function answer stack 2
  LOADI R0 42
  RETURN1 R0
" }

    709 AsmVerifier Error "instruction rejected by the verifier"
    "The text is well-formed, but would not be executed: the verifier proves that a module stays \
     within its frames, its tables and its code. docs/isa.md has the rules."
    { ".function main stack 2
  LOADTRUE R0
" => ".function main stack 2
  LOADTRUE R0
  RETURN1 R0
" }
}
