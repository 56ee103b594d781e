//! Codes of the assembler. The examples are assembly, as docs/assembly.md describes it.

super::codes! {
    701 AsmSyntax Error "a line of assembly that cannot be read"
    "A line is one thing: a directive, which begins with a dot, a label with its colon, or an \
     instruction with its operands. Comments begin with a semicolon."
    { ".function main stack 2
  RETURN0 -- nothing
" => ".function main stack 2
  RETURN0 ; nothing
" }

    702 AsmLiteral Error "a number or string of assembly that is none"
    "Integers have 64 bits, in decimal or hexadecimal; floats have a dot or an exponent, or are \
     `inf`, or are given by their bits (`0f` and sixteen hexadecimal digits). Strings end on the \
     line they begin on; bytes in them may be written `\\xHH`."
    { ".function main stack 2
  LOADK R0 \"open
  RETURN1 R0
" => ".function main stack 2
  LOADK R0 \"open\"
  RETURN1 R0
" }

    703 AsmUnknown Error "an instruction or directive that does not exist"
    "docs/isa.md lists the instructions, docs/assembly.md the directives. All instructions are \
     written in capitals."
    { ".function main stack 2
  LAODTRUE R0
  RETURN1 R0
" => ".function main stack 2
  LOADTRUE R0
  RETURN1 R0
" }

    704 AsmOperand Error "an operand that is missing, too many, or of the wrong kind"
    "Each instruction takes operands of certain kinds in a certain order: registers `R0`, \
     constants (`\"text\"`, `1.5`, `nil`), upvalues `U0`, functions by name, labels, integers."
    { ".function main params 1 stack 2
  GETFIELD R1 R0 R1
  RETURN1 R1
" => ".function main params 1 stack 2
  GETFIELD R1 R0 \"name\"
  RETURN1 R1
" }

    705 AsmRange Error "a number of assembly that is too large for its place"
    "Operands have 8, 16 or 32 bits, a frame has at most 510 registers, names of fields in \
     instructions at most 40 bytes, and short jumps reach 32,767 instructions."
    { ".function main params 1 stack 2
  ADDI R1 R0 100000
  RETURN1 R1
" => ".function main params 1 stack 2
  ADDI R1 R0 10000
  RETURN1 R1
" }

    706 AsmUndefined Error "a label, function or table entry that nothing defines"
    "Labels belong to their function, functions to the module. An upvalue has a line `.upvalue`."
    { ".function main stack 2
again:
  JMP agian
" => ".function main stack 2
again:
  JMP again
" }

    707 AsmTwice Error "something in assembly that is said twice"
    "Labels of a function and functions of a module have different names."
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

    708 AsmPlace Error "something in assembly that contradicts its place"
    "Instructions stand in functions; a function is followed by those it creates, in the order it \
     mentions them; numbers given to instructions and table entries are the ones they have; lines, \
     spans and names of upvalues are given for all of a function or for none."
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

    709 AsmVerifier Error "an instruction the verifier refuses"
    "The text is well written, but the machine would not run it: the verifier proves of every \
     module that it stays within its frame, its tables and its code. docs/isa.md has the rules."
    { ".function main stack 2
  LOADTRUE R0
" => ".function main stack 2
  LOADTRUE R0
  RETURN1 R0
" }
}
