--- The opcode table.
--
-- Made from bytecode/src/ops.rs by bytecode/src/reference_lua.rs; do not edit.
-- `BLESS=1 cargo test -p luka-bytecode` rewrites it. docs/isa.md says what each opcode does.

local op = {}

--- The rows by number: {name, mnemonic, flow, operands}, an operand {field, role}.
op.rows = {}

--- Opcodes with a 32-bit jump, by number.
op.HAS_WIDE_JUMP = {}

local count = 0

local function row(name, mnemonic, flow, fields)
  local operands = {}
  for field, role in fields:gmatch "(%w+):(%w+)" do
    operands[#operands + 1] = {field = field, role = role}
    if role == "JumpWide" then op.HAS_WIDE_JUMP[count] = true end
  end
  op.rows[count] = {name = name, mnemonic = mnemonic, flow = flow, operands = operands}
  op[name] = count
  count = count + 1
end

row("Move", "MOVE", "Next", "a:Dst b:Src")
row("LoadI", "LOADI", "Next", "a:Dst bx:IntWide")
row("LoadF", "LOADF", "Next", "a:Dst bx:IntWide")
row("LoadK", "LOADK", "Next", "a:Dst bx:ConstWide")
row("LoadNil", "LOADNIL", "Next", "a:Win b:Count")
row("LoadTrue", "LOADTRUE", "Next", "a:Dst")
row("LoadFalse", "LOADFALSE", "Next", "a:Dst")
row("LFalseSkip", "LFALSESKIP", "SkipOne", "a:Dst")
row("GetUpval", "GETUPVAL", "Next", "a:Dst b:Upvalue")
row("SetUpval", "SETUPVAL", "Next", "a:Src b:Upvalue")
row("GetTabUp", "GETTABUP", "Next", "a:Dst b:Upvalue c:ConstStr")
row("GetTable", "GETTABLE", "Next", "a:Dst b:Src c:Src")
row("GetI", "GETI", "Next", "a:Dst b:Src c:Uint")
row("GetField", "GETFIELD", "Next", "a:Dst b:Src c:ConstStr")
row("SetTabUp", "SETTABUP", "Next", "a:Upvalue b:ConstStr c:Src")
row("SetTabUpK", "SETTABUPK", "Next", "a:Upvalue b:ConstStr c:Const")
row("SetTable", "SETTABLE", "Next", "a:Src b:Src c:Src")
row("SetTableK", "SETTABLEK", "Next", "a:Src b:Src c:Const")
row("SetI", "SETI", "Next", "a:Src b:Uint c:Src")
row("SetIK", "SETIK", "Next", "a:Src b:Uint c:Const")
row("SetField", "SETFIELD", "Next", "a:Src b:ConstStr c:Src")
row("SetFieldK", "SETFIELDK", "Next", "a:Src b:ConstStr c:Const")
row("NewTable", "NEWTABLE", "Next", "a:Dst b:Uint c:Uint")
row("SetList", "SETLIST", "Next", "a:Win n:Count bx:Uint")
row("SelfK", "SELF", "Next", "a:Win b:Src c:ConstStr")
row("AddI", "ADDI", "Next", "a:Dst b:Src c:Int n:Flag")
row("AddK", "ADDK", "Next", "a:Dst b:Src c:ConstNum n:Flag")
row("SubK", "SUBK", "Next", "a:Dst b:Src c:ConstNum n:Flag")
row("MulK", "MULK", "Next", "a:Dst b:Src c:ConstNum n:Flag")
row("ModK", "MODK", "Next", "a:Dst b:Src c:ConstNum n:Flag")
row("PowK", "POWK", "Next", "a:Dst b:Src c:ConstNum n:Flag")
row("DivK", "DIVK", "Next", "a:Dst b:Src c:ConstNum n:Flag")
row("IDivK", "IDIVK", "Next", "a:Dst b:Src c:ConstNum n:Flag")
row("BAndK", "BANDK", "Next", "a:Dst b:Src c:ConstNum n:Flag")
row("BOrK", "BORK", "Next", "a:Dst b:Src c:ConstNum n:Flag")
row("BXorK", "BXORK", "Next", "a:Dst b:Src c:ConstNum n:Flag")
row("ShlK", "SHLK", "Next", "a:Dst b:Src c:ConstNum n:Flag")
row("ShrK", "SHRK", "Next", "a:Dst b:Src c:ConstNum n:Flag")
row("Add", "ADD", "Next", "a:Dst b:Src c:Src")
row("Sub", "SUB", "Next", "a:Dst b:Src c:Src")
row("Mul", "MUL", "Next", "a:Dst b:Src c:Src")
row("Mod", "MOD", "Next", "a:Dst b:Src c:Src")
row("Pow", "POW", "Next", "a:Dst b:Src c:Src")
row("Div", "DIV", "Next", "a:Dst b:Src c:Src")
row("IDiv", "IDIV", "Next", "a:Dst b:Src c:Src")
row("BAnd", "BAND", "Next", "a:Dst b:Src c:Src")
row("BOr", "BOR", "Next", "a:Dst b:Src c:Src")
row("BXor", "BXOR", "Next", "a:Dst b:Src c:Src")
row("Shl", "SHL", "Next", "a:Dst b:Src c:Src")
row("Shr", "SHR", "Next", "a:Dst b:Src c:Src")
row("Unm", "UNM", "Next", "a:Dst b:Src")
row("BNot", "BNOT", "Next", "a:Dst b:Src")
row("Not", "NOT", "Next", "a:Dst b:Src")
row("Len", "LEN", "Next", "a:Dst b:Src")
row("Concat", "CONCAT", "Next", "a:Win b:Count")
row("Jmp", "JMP", "Goto", "bx:JumpWide")
row("JT", "JT", "Branch", "a:Src bx:JumpWide")
row("JF", "JF", "Branch", "a:Src bx:JumpWide")
row("JTSet", "JTSET", "Branch", "a:Dst b:Src c:Jump")
row("JFSet", "JFSET", "Branch", "a:Dst b:Src c:Jump")
row("JEq", "JEQ", "Branch", "a:Src b:Src c:Jump")
row("JNe", "JNE", "Branch", "a:Src b:Src c:Jump")
row("JEqK", "JEQK", "Branch", "a:Src b:Const c:Jump")
row("JNeK", "JNEK", "Branch", "a:Src b:Const c:Jump")
row("JEqI", "JEQI", "Branch", "a:Src b:Int c:Jump")
row("JNeI", "JNEI", "Branch", "a:Src b:Int c:Jump")
row("JLt", "JLT", "Branch", "a:Src b:Src c:Jump")
row("JNlt", "JNLT", "Branch", "a:Src b:Src c:Jump")
row("JLe", "JLE", "Branch", "a:Src b:Src c:Jump")
row("JNle", "JNLE", "Branch", "a:Src b:Src c:Jump")
row("JLtI", "JLTI", "Branch", "a:Src b:Int c:Jump n:Flag")
row("JNltI", "JNLTI", "Branch", "a:Src b:Int c:Jump n:Flag")
row("JLeI", "JLEI", "Branch", "a:Src b:Int c:Jump n:Flag")
row("JNleI", "JNLEI", "Branch", "a:Src b:Int c:Jump n:Flag")
row("JGtI", "JGTI", "Branch", "a:Src b:Int c:Jump n:Flag")
row("JNgtI", "JNGTI", "Branch", "a:Src b:Int c:Jump n:Flag")
row("JGeI", "JGEI", "Branch", "a:Src b:Int c:Jump n:Flag")
row("JNgeI", "JNGEI", "Branch", "a:Src b:Int c:Jump n:Flag")
row("Call", "CALL", "Call", "a:Win b:Count c:Count")
row("TailCall", "TAILCALL", "Call", "a:Win b:Count n:Flag")
row("Return", "RETURN", "Return", "a:Win b:Count n:Flag")
row("Return0", "RETURN0", "Return", "")
row("Return1", "RETURN1", "Return", "a:Src")
row("VarargPrep", "VARARGPREP", "Next", "")
row("Vararg", "VARARG", "Next", "a:Win c:Count")
row("Closure", "CLOSURE", "Next", "a:Dst bx:Proto")
row("Close", "CLOSE", "Next", "a:Win")
row("Tbc", "TBC", "Next", "a:Src")
row("ForPrep", "FORPREP", "Branch", "a:Win bx:JumpWide")
row("ForLoop", "FORLOOP", "Branch", "a:Win bx:JumpWide")
row("TForPrep", "TFORPREP", "Goto", "a:Win bx:JumpWide")
row("TForCall", "TFORCALL", "Call", "a:Win c:Count")
row("TForLoop", "TFORLOOP", "Branch", "a:Win bx:JumpWide")

--- How many opcodes there are.
op.COUNT = 93

--- Tells instruction sets apart; images carry it.
op.ISA_HASH = 0x7a2a83bcfc91cbc3

--- Longest string, in bytes, that may name a field in an instruction.
op.MAX_SHORT_STRING = 40

--- Highest constant index that fits a 16-bit operand.
op.MAX_CONST_OPERAND = 4095

return op
