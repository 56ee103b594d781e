//! What the reference says of each instruction beyond its row: the steps it takes, what it may
//! raise, an example. A new opcode does not compile until something is said of it here.
//!
//! The steps use the operations that [`super::prose`] defines (`get`, `arith`, `call`, …).

use crate::ops::Op;

/// The text about one opcode.
pub struct Details {
    /// The steps, one a line.
    pub steps: String,
    /// What it raises and which metamethods it may call; empty if nothing.
    pub raises: &'static str,
    /// A chunk and the instruction, as [`render`](super::render) prints it, that its main function
    /// has for it. Chunks begin with `local a, b, c = ...`, so R0, R1 and R2 are these three.
    pub example: Option<(&'static str, &'static str)>,
}

const INDEXING: &str = "What `get` raises: \"attempt to index a T value\" with the operand's name, \
    \"'__index' chain too long; possible loop\". May call `__index`.";
const STORING: &str = "What `set` raises: \"attempt to index a T value\" with the operand's name, \
    \"table index is nil\", \"table index is NaN\", \"'__newindex' chain too long; possible \
    loop\". May call `__newindex`. \"not enough memory\".";
const ORDERING: &str = "\"attempt to compare two T values\", \"attempt to compare T with U\". May \
    call `__lt`, for `<=` `__le` and in its absence `__lt`.";
const ARITHMETIC: &str = "\"attempt to perform arithmetic on a T value\" with the operand's name. \
    May call the metamethod.";
const BITWISE: &str = "\"attempt to perform bitwise operation on a T value\", \"number has no \
    integer representation\", with the operand's name. May call the metamethod.";
const CALLING: &str = "\"attempt to call a T value\" with the name of what was called, \"stack \
    overflow\", \"C stack overflow\"; whatever the callee raises. May call `__call`.";
const CLOSING: &str = "Whatever a `__close` method raises; \"attempt to call a nil value \
    (metamethod 'close')\" if the method has gone.";
const MEMORY: &str = "\"not enough memory\".";
const NOTHING: &str = "";

/// Reads of tables.
fn read(object: &str, key: &str, example: (&'static str, &'static str)) -> Details {
    Details {
        steps: format!("R[A] := get({object}, {key})"),
        raises: INDEXING,
        example: Some(example),
    }
}

/// Writes of tables.
fn write(place: [&str; 3], example: (&'static str, &'static str)) -> Details {
    let [object, key, value] = place;
    Details {
        steps: format!("set({object}, {key}, {value})"),
        raises: STORING,
        example: Some(example),
    }
}

/// Operators on two registers.
fn binary(event: &str, raises: &'static str, example: (&'static str, &'static str)) -> Details {
    Details { steps: format!("R[A] := arith({event}, R[B], R[C])"), raises, example: Some(example) }
}

/// Operators on a register and a constant.
fn constant(event: &str, raises: &'static str, example: (&'static str, &'static str)) -> Details {
    Details {
        steps: format!(
            "if N == 0 then R[A] := arith({event}, R[B], K[C])\n\
             if N == 1 then R[A] := arith({event}, K[C], R[B])"
        ),
        raises,
        example: Some(example),
    }
}

/// Comparisons that jump.
fn compare(
    condition: &str,
    raises: &'static str,
    example: (&'static str, &'static str),
) -> Details {
    Details { steps: format!("if {condition} then pc := pc + sC"), raises, example: Some(example) }
}

/// Comparisons with an immediate that jump.
fn immediate(condition: &str, example: (&'static str, &'static str)) -> Details {
    Details {
        steps: format!(
            "i := if N == 1 then float sB else integer sB\nif {condition} then pc := pc + sC"
        ),
        raises: ORDERING,
        example: Some(example),
    }
}

fn plain(steps: &str, example: (&'static str, &'static str)) -> Details {
    Details { steps: steps.to_string(), raises: NOTHING, example: Some(example) }
}

fn raising(steps: &str, raises: &'static str, example: (&'static str, &'static str)) -> Details {
    Details { steps: steps.to_string(), raises, example: Some(example) }
}

const DIVIDE: &str = "\"attempt to divide by zero\" (two integers); \"attempt to perform \
    arithmetic on a T value\" with the operand's name. May call the metamethod.";
const MODULO: &str = "\"attempt to perform 'n%0'\" (two integers); \"attempt to perform \
    arithmetic on a T value\" with the operand's name. May call the metamethod.";

/// What the reference says of an opcode.
pub fn details(op: Op) -> Details {
    use Op::*;
    match op {
        Move => plain("R[A] := R[B]", ("local d = b", "MOVE R3 R1")),
        LoadI => plain("R[A] := integer sBx", ("local d = -7", "LOADI R3 -7")),
        LoadF => plain("R[A] := float sBx", ("local d = 2.0", "LOADF R3 2")),
        LoadK => plain("R[A] := K[Bx]", ("local d = 'text'", "LOADK R3 K0")),
        LoadNil => plain("for i := 0 to B: R[A+i] := nil", ("local d, e", "LOADNIL R3 1")),
        LoadTrue => plain("R[A] := true", ("local d = true", "LOADTRUE R3")),
        LoadFalse => plain("R[A] := false", ("local d = false", "LOADFALSE R3")),
        LFalseSkip => plain("R[A] := false\npc := pc + 1", ("local d = a == b", "LFALSESKIP R3")),
        GetUpval => plain("R[A] := *U[B]", ("return _ENV", "GETUPVAL R3 U0")),
        SetUpval => plain("*U[B] := R[A]", ("_ENV = a", "SETUPVAL R0 U0")),
        GetTabUp => read("*U[B]", "K[C]", ("local d = print", "GETTABUP R3 U0 K0")),
        GetTable => read("R[B]", "R[C]", ("local d = a[b]", "GETTABLE R3 R0 R1")),
        GetI => read("R[B]", "integer C", ("local d = a[9]", "GETI R3 R0 9")),
        GetField => read("R[B]", "K[C]", ("local d = a.x", "GETFIELD R3 R0 K0")),
        SetTabUp => write(["*U[A]", "K[B]", "R[C]"], ("x = a", "SETTABUP U0 K0 R0")),
        SetTabUpK => write(["*U[A]", "K[B]", "K[C]"], ("x = 1", "SETTABUPK U0 K0 K1")),
        SetTable => write(["R[A]", "R[B]", "R[C]"], ("a[b] = c", "SETTABLE R0 R1 R2")),
        SetTableK => write(["R[A]", "R[B]", "K[C]"], ("a[b] = 1", "SETTABLEK R0 R1 K0")),
        SetI => write(["R[A]", "integer B", "R[C]"], ("a[9] = b", "SETI R0 9 R1")),
        SetIK => write(["R[A]", "integer B", "K[C]"], ("a[9] = true", "SETIK R0 9 K0")),
        SetField => write(["R[A]", "K[B]", "R[C]"], ("a.x = b", "SETFIELD R0 K0 R1")),
        SetFieldK => write(["R[A]", "K[B]", "K[C]"], ("a.x = 1", "SETFIELDK R0 K0 K1")),
        NewTable => raising(
            "R[A] := a new empty table without metatable",
            MEMORY,
            ("local d = { a, b, x = c }", "NEWTABLE R3 1 2"),
        ),
        SetList => raising(
            "n := if N == 0 then top - (A+1) else N\n\
             for i := 1 to n: rawset(R[A], Bx + i, R[A+i])",
            "\"not enough memory\". If R[A] is no table (a debugger can do that): \"bad 'SETLIST' \
             operand\".",
            ("local d = { a, b, x = c }", "SETLIST R3 2 0"),
        ),
        SelfK => raising(
            "object := R[B]\nvalue := get(object, K[C])\nR[A+2] := object\nR[A] := value",
            INDEXING,
            ("a:m(b)", "SELF R3 R0 K0"),
        ),
        AddI => raising(
            "if N == 0 then R[A] := arith(add, R[B], integer sC)\n\
             if N == 1 then R[A] := arith(add, integer sC, R[B])\n\
             if N == 2 then R[A] := arith(sub, R[B], integer -sC), of floats as R[B] + float sC",
            ARITHMETIC,
            ("local d = a - 5", "ADDI R3 R0 -5 2"),
        ),
        AddK => constant("add", ARITHMETIC, ("local d = 0.5 + a", "ADDK R3 R0 K0 1")),
        SubK => constant("sub", ARITHMETIC, ("local d = a - 0.5", "SUBK R3 R0 K0 0")),
        MulK => constant("mul", ARITHMETIC, ("local d = a * 2", "MULK R3 R0 K0 0")),
        ModK => constant("mod", MODULO, ("local d = a % 2", "MODK R3 R0 K0 0")),
        PowK => constant("pow", ARITHMETIC, ("local d = a ^ 2", "POWK R3 R0 K0 0")),
        DivK => constant("div", ARITHMETIC, ("local d = a / 2", "DIVK R3 R0 K0 0")),
        IDivK => constant("idiv", DIVIDE, ("local d = a // 2", "IDIVK R3 R0 K0 0")),
        BAndK => constant("band", BITWISE, ("local d = a & 1", "BANDK R3 R0 K0 0")),
        BOrK => constant("bor", BITWISE, ("local d = 1 | a", "BORK R3 R0 K0 1")),
        BXorK => constant("bxor", BITWISE, ("local d = a ~ 1", "BXORK R3 R0 K0 0")),
        ShlK => constant("shl", BITWISE, ("local d = a << 1", "SHLK R3 R0 K0 0")),
        ShrK => constant("shr", BITWISE, ("local d = a >> 1", "SHRK R3 R0 K0 0")),
        Add => binary("add", ARITHMETIC, ("local d = a + b", "ADD R3 R0 R1")),
        Sub => binary("sub", ARITHMETIC, ("local d = a - b", "SUB R3 R0 R1")),
        Mul => binary("mul", ARITHMETIC, ("local d = a * b", "MUL R3 R0 R1")),
        Mod => binary("mod", MODULO, ("local d = a % b", "MOD R3 R0 R1")),
        Pow => binary("pow", ARITHMETIC, ("local d = a ^ b", "POW R3 R0 R1")),
        Div => binary("div", ARITHMETIC, ("local d = a / b", "DIV R3 R0 R1")),
        IDiv => binary("idiv", DIVIDE, ("local d = a // b", "IDIV R3 R0 R1")),
        BAnd => binary("band", BITWISE, ("local d = a & b", "BAND R3 R0 R1")),
        BOr => binary("bor", BITWISE, ("local d = a | b", "BOR R3 R0 R1")),
        BXor => binary("bxor", BITWISE, ("local d = a ~ b", "BXOR R3 R0 R1")),
        Shl => binary("shl", BITWISE, ("local d = a << b", "SHL R3 R0 R1")),
        Shr => binary("shr", BITWISE, ("local d = a >> b", "SHR R3 R0 R1")),
        Unm => raising("R[A] := arith(unm, R[B], R[B])", ARITHMETIC, ("local d = -a", "UNM R3 R0")),
        BNot => raising("R[A] := arith(bnot, R[B], R[B])", BITWISE, ("local d = ~a", "BNOT R3 R0")),
        Not => plain("R[A] := not truthy(R[B])", ("local d = not a", "NOT R3 R0")),
        Len => raising(
            "R[A] := len(R[B])",
            "\"attempt to get length of a T value\" with the operand's name. May call `__len`.",
            ("local d = #a", "LEN R3 R0"),
        ),
        Concat => raising(
            "for i := A+B-2 down to A: R[i] := concat(R[i], R[i+1])",
            "\"attempt to concatenate a T value\" with the operand's name, \"string length \
             overflow\", \"not enough memory\". May call `__concat`.",
            ("local d = a .. b .. c", "CONCAT R3 3"),
        ),
        Jmp => plain("pc := pc + sBx", ("while true do end", "JMP -1")),
        JT => plain("if truthy(R[A]) then pc := pc + sBx", ("repeat until not a", "JT R0 -1")),
        JF => plain("if not truthy(R[A]) then pc := pc + sBx", ("if a then b = 1 end", "JF R0 +1")),
        JTSet => plain(
            "if truthy(R[B]) then R[A] := R[B]; pc := pc + sC",
            ("local d = a or b", "JTSET R3 R0 +1"),
        ),
        JFSet => plain(
            "if not truthy(R[B]) then R[A] := R[B]; pc := pc + sC",
            ("local d = a and b", "JFSET R3 R0 +1"),
        ),
        JEq => compare("eq(R[A], R[B])", EQUALITY, ("if a ~= b then c = 1 end", "JEQ R0 R1 +1")),
        JNe => {
            compare("not eq(R[A], R[B])", EQUALITY, ("if a == b then c = 1 end", "JNE R0 R1 +1"))
        }
        JEqK => compare(
            "rawequal(R[A], K[B])",
            NOTHING,
            ("if a ~= nil then c = 1 end", "JEQK R0 K0 +1"),
        ),
        JNeK => compare(
            "not rawequal(R[A], K[B])",
            NOTHING,
            ("if a == 'x' then c = 1 end", "JNEK R0 K0 +1"),
        ),
        JEqI => compare(
            "rawequal(R[A], integer sB)",
            NOTHING,
            ("if a ~= 7 then c = 1 end", "JEQI R0 7 +1"),
        ),
        JNeI => compare(
            "not rawequal(R[A], integer sB)",
            NOTHING,
            ("if a == 7 then c = 1 end", "JNEI R0 7 +1"),
        ),
        JLt => {
            compare("lt(R[A], R[B])", ORDERING, ("if not (a < b) then c = 1 end", "JLT R0 R1 +1"))
        }
        JNlt => {
            compare("not lt(R[A], R[B])", ORDERING, ("if a < b then c = 1 end", "JNLT R0 R1 +1"))
        }
        JLe => {
            compare("le(R[A], R[B])", ORDERING, ("if not (a <= b) then c = 1 end", "JLE R0 R1 +1"))
        }
        JNle => {
            compare("not le(R[A], R[B])", ORDERING, ("if a <= b then c = 1 end", "JNLE R0 R1 +1"))
        }
        JLtI => immediate("lt(R[A], i)", ("if not (a < 5) then c = 1 end", "JLTI R0 5 +1 0")),
        JNltI => immediate("not lt(R[A], i)", ("if a < 5 then c = 1 end", "JNLTI R0 5 +1 0")),
        JLeI => immediate("le(R[A], i)", ("if not (a <= 5) then c = 1 end", "JLEI R0 5 +1 0")),
        JNleI => immediate("not le(R[A], i)", ("if a <= 5.0 then c = 1 end", "JNLEI R0 5 +1 1")),
        JGtI => immediate("lt(i, R[A])", ("if not (a > 5) then c = 1 end", "JGTI R0 5 +1 0")),
        JNgtI => immediate("not lt(i, R[A])", ("if a > 5 then c = 1 end", "JNGTI R0 5 +1 0")),
        JGeI => immediate("le(i, R[A])", ("if not (5 <= a) then c = 1 end", "JGEI R0 5 +1 0")),
        JNgeI => immediate("not le(i, R[A])", ("if a >= 5 then c = 1 end", "JNGEI R0 5 +1 0")),
        Call => raising(
            "n := if B == 0 then top - (A+2) else B - 1\n\
             results := call(R[A], R[A+2], …, R[A+1+n])\n\
             if C == 0 then R[A], R[A+1], … := all results; top := after the last\n\
             else R[A], …, R[A+C-2] := results, cut or filled with nil to C - 1",
            CALLING,
            ("local d, e = a(b)", "CALL R3 2 3"),
        ),
        TailCall => raising(
            "n := if B == 0 then top - (A+2) else B - 1\n\
             f, arguments := callee(R[A], R[A+2], …, R[A+1+n])\n\
             if N == 1 then close_upvalues(0)\n\
             if f is a Lua function then f with its arguments takes over this frame: what it returns\n\
             goes where this function's results would have gone\n\
             else R[A], R[A+1], … := all results of f(arguments); top := after the last",
            CALLING,
            ("return a(b)", "TAILCALL R3 2 0"),
        ),
        Return => raising(
            "n := if B == 0 then top - A else B - 1\n\
             if N == 1 then close(0); close_upvalues(0)\n\
             return R[A], …, R[A+n-1]",
            CLOSING,
            ("return a, b", "RETURN R3 3 0"),
        ),
        Return0 => plain("return no values", ("", "RETURN0")),
        Return1 => plain("return R[A]", ("return a", "RETURN1 R0")),
        VarargPrep => raising(
            "nothing: the call has put arguments beyond the parameters aside",
            "\"stack overflow\" in a machine that makes the room here.",
            ("", "VARARGPREP"),
        ),
        Vararg => raising(
            "v := the arguments beyond the parameters\n\
             if C == 0 then R[A], R[A+1], … := all of v; top := after the last\n\
             else R[A], …, R[A+C-2] := v, cut or filled with nil to C - 1",
            "\"stack overflow\".",
            ("local d, e = ...", "VARARG R3 3"),
        ),
        Closure => raising(
            "R[A] := a new function of P[Bx]\n\
             for each upvalue u of P[Bx]:\n\
             \x20 if u.in_stack then it is the cell of this frame's R[u.index]\n\
             \x20 else it is U[u.index]",
            MEMORY,
            ("local d = function() return a end", "CLOSURE R3 P0"),
        ),
        Close => raising(
            "close(A)\nclose_upvalues(A)",
            CLOSING,
            ("do local d = a; b = function() return d end end", "CLOSE R3"),
        ),
        Tbc => raising(
            "if truthy(R[A]) then\n\
             \x20 if metamethod(R[A], __close) == nil then raise\n\
             \x20 this frame's list of variables to be closed gets R[A]",
            "\"variable 'NAME' got a non-closable value\".",
            ("local d <close> = a", "TBC R3"),
        ),
        ForPrep => raising(
            "start, limit, step := R[A], R[A+1], R[A+2]\n\
             if start and step are integers then\n\
             \x20 if step == 0 then raise\n\
             \x20 l := clip(limit, step)\n\
             \x20 if there is no l, or step > 0 and start > l, or step < 0 and start < l then\n\
             \x20   pc := pc + sBx\n\
             \x20 else\n\
             \x20   R[A+1] := if step > 0 then (l - start) // step else (start - l) // -step,\n\
             \x20             of integers without sign\n\
             \x20   R[A+3] := start\n\
             else\n\
             \x20 limit, step, start := tofloat(limit), tofloat(step), tofloat(start)\n\
             \x20 if step == 0 then raise\n\
             \x20 if step > 0 and limit < start, or step < 0 and start < limit then pc := pc + sBx\n\
             \x20 else R[A], R[A+1], R[A+2], R[A+3] := start, limit, step, start",
            "\"'for' step is zero\"; \"bad 'for' limit (number expected, got T)\", then the same \
             for 'step' and 'initial value', in this order.",
            ("for i = 1, 10 do end", "FORPREP R3 +1"),
        ),
        ForLoop => plain(
            "if R[A], R[A+1] and R[A+2] are integers then\n\
             \x20 if R[A+1] ~= 0 (without sign: more than 0) then\n\
             \x20   R[A+1] := R[A+1] - 1; R[A] := R[A] + R[A+2], both wrapping\n\
             \x20   R[A+3] := R[A]; pc := pc + sBx\n\
             else if all three are floats then\n\
             \x20 i := R[A] + R[A+2]\n\
             \x20 if R[A+2] > 0 and i <= R[A+1], or not R[A+2] > 0 and R[A+1] <= i then\n\
             \x20   R[A] := i; R[A+3] := i; pc := pc + sBx",
            ("for i = 1, 10 do end", "FORLOOP R3 -1"),
        ),
        TForPrep => raising(
            "as TBC of R[A+3]\npc := pc + sBx",
            "\"variable '(for state)' got a non-closable value\".",
            ("for k, v in a do end", "TFORPREP R3 +0"),
        ),
        TForCall => raising(
            "R[A+4], …, R[A+3+C] := call(R[A], R[A+1], R[A+2]), cut or filled with nil to C\n\
             (the window is R[A+4] the function, R[A+5] the link, R[A+6] and R[A+7] the arguments)",
            CALLING,
            ("for k, v in a do end", "TFORCALL R3 2"),
        ),
        TForLoop => plain(
            "if R[A+4] ~= nil then R[A+2] := R[A+4]; pc := pc + sBx",
            ("for k, v in a do end", "TFORLOOP R3 -2"),
        ),
    }
}

const EQUALITY: &str = "Nothing by itself. May call `__eq`.";
