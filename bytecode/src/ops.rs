//! The opcode table. One row is one opcode; everything else that knows opcodes is derived from
//! the rows: [`Op`], names, operand roles, control flow, metamethods, the printer, the assembler,
//! the builder, the verifier's rules, `docs/isa.md`, the opcode table of the compiler written in
//! Lua, and the VM's handler table, slow paths and error messages.
//!
//! # Reading a row
//! `Name op_name "MNEMONIC" Flow { field: Role, … } Class [effects]` under a doc comment whose first
//! line is the meaning in pseudo-code: `R[x]` register, `K[x]` constant, `U[x]` upvalue, `P[x]` child
//! prototype, `:=` assignment, `pc` the index of the *next* instruction.
//!
//! * `op_name` names the VM's handler and the builder's method.
//! * [`Flow`] is where control goes, a [`Role`] what an operand is, the [`Class`] what is done with
//!   the operands.
//! * The [`Effect`]s say which registers a window reads, writes and clobbers. Operands that are
//!   single registers need none: their roles say it.
//!
//! CONTRIBUTING.md lists the steps of adding a row.
//!
//! # Naming rules
//! A mnemonic is the verb, then a suffix for the operand kind: no suffix for registers, `K` for a
//! constant, `I` for an immediate. Conditional jumps begin with `J`; `JN…` jumps when the
//! comparison is *false* (not the same as the opposite comparison: NaN).
//!
//! # Fuel
//! Every instruction costs one unit: the VM counts by instruction distance. A superinstruction
//! keeps the words of its parts, so it costs their sum. Natives and allocation charge extra work
//! where they do it.
//!
//! # Windows
//! A call window is `R[A]` function, `R[A+1]` frame link (the VM's, never read by the program),
//! `R[A+2]…` arguments; results land from `R[A]` on. "To top" means up to the end of the values
//! left by the multi-result instruction just before.

use crate::effects::Effect;
use crate::semantics::{self, Class, Flag, Inputs};

/// What an operand field holds. Roles give bounds checks, def/use and the printed form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Register that is written.
    Dst,
    /// Register that is read.
    Src,
    /// First register of a window; the row's effects say how far it reaches.
    Win,
    /// Constant, any kind, index ≤ [`crate::MAX_CONST_OPERAND`].
    Const,
    /// Constant, a number, index ≤ [`crate::MAX_CONST_OPERAND`].
    ConstNum,
    /// Constant, a string of at most [`crate::MAX_SHORT_STRING`] bytes, same range.
    ConstStr,
    /// Constant, any kind, 32-bit index.
    ConstWide,
    /// Upvalue of the running function.
    Upvalue,
    /// Child prototype, 32-bit index into `Proto::protos`.
    Proto,
    /// Unsigned immediate.
    Uint,
    /// Signed 16-bit immediate.
    Int,
    /// Signed 32-bit immediate.
    IntWide,
    /// A count as the row's text defines it.
    Count,
    /// Small flag or variant number; the row's class says what it means ([`Flag`]).
    Flag,
    /// Signed 16-bit distance from `pc`.
    Jump,
    /// Signed 32-bit distance from `pc`.
    JumpWide,
}

/// The field of [`crate::Instr`] an operand is stored in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(non_camel_case_types)]
pub enum Field {
    /// Eight bits.
    n,
    /// Sixteen bits.
    a,
    /// Sixteen bits.
    b,
    /// Sixteen bits.
    c,
    /// The 32 bits of `b` and `c`.
    bx,
}

impl Field {
    /// The field as pseudo-code names it.
    pub const fn letter(self) -> &'static str {
        match self {
            Field::n => "N",
            Field::a => "A",
            Field::b => "B",
            Field::c => "C",
            Field::bx => "Bx",
        }
    }
}

/// One operand of an opcode.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Operand {
    /// Where it is stored.
    pub field: Field,
    /// What it is.
    pub role: Role,
}

/// Where control goes after an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flow {
    /// To the next instruction.
    Next,
    /// To the next instruction or the jump target.
    Branch,
    /// To the jump target only.
    Goto,
    /// To the next instruction or the one after it, which both exist.
    Skip,
    /// To the instruction after the next.
    SkipOne,
    /// Into a callee, then to the next instruction.
    Call,
    /// Out of the function.
    Return,
}

/// A row of the table, as data.
#[derive(Clone, Copy, Debug)]
pub struct OpInfo {
    /// The opcode.
    pub op: Op,
    /// Its name in assembly.
    pub mnemonic: &'static str,
    /// The row's doc comment: first line pseudo-code, then notes.
    pub doc: &'static str,
    /// Where control goes.
    pub flow: Flow,
    /// The operands, in the order of assembly.
    pub operands: &'static [Operand],
    /// The kind of operation.
    pub class: Class,
    /// What it does to the registers of its window, in this order.
    pub effects: &'static [Effect],
    /// Whether it can raise an error or run a metamethod. Computed.
    pub throws: bool,
    /// What N says if it is a flag. Computed.
    pub flag: Option<Flag>,
    /// The operands that a general implementation combines. Computed.
    pub inputs: Inputs,
}

/// Calls `$m!` with every row; the VM builds its handler table with it.
#[macro_export]
macro_rules! for_each_op {
    ($m:path) => {
        $m! {
            // ------------------------------------------------------------ moves and constants
            /// R[A] := R[B]
            Move op_move "MOVE" Next { a: Dst, b: Src } Move
            /// R[A] := integer sBx
            LoadI op_loadi "LOADI" Next { a: Dst, bx: IntWide } Load
            /// R[A] := float sBx
            LoadF op_loadf "LOADF" Next { a: Dst, bx: IntWide } Load
            /// R[A] := K[Bx]
            LoadK op_loadk "LOADK" Next { a: Dst, bx: ConstWide } Load
            /// R[A], …, R[A+B] := nil
            LoadNil op_loadnil "LOADNIL" Next { a: Win, b: Count } LoadNil [Writes(0, Plus(b, 1))]
            /// R[A] := true
            LoadTrue op_loadtrue "LOADTRUE" Next { a: Dst } Load
            /// R[A] := false
            LoadFalse op_loadfalse "LOADFALSE" Next { a: Dst } Load
            /// R[A] := false; pc++
            LFalseSkip op_lfalseskip "LFALSESKIP" SkipOne { a: Dst } Load
            // ------------------------------------------------------------ upvalues and tables
            /// R[A] := U[B]
            GetUpval op_getupval "GETUPVAL" Next { a: Dst, b: Upvalue } GetUpvalue
            /// U[B] := R[A]
            SetUpval op_setupval "SETUPVAL" Next { a: Src, b: Upvalue } SetUpvalue
            /// R[A] := U[B][K[C]]
            GetTabUp op_gettabup "GETTABUP" Next { a: Dst, b: Upvalue, c: ConstStr } Get
            /// R[A] := R[B][R[C]]
            GetTable op_gettable "GETTABLE" Next { a: Dst, b: Src, c: Src } Get
            /// R[A] := R[B][C]
            GetI op_geti "GETI" Next { a: Dst, b: Src, c: Uint } Get
            /// R[A] := R[B][K[C]]
            GetField op_getfield "GETFIELD" Next { a: Dst, b: Src, c: ConstStr } Get
            /// U[A][K[B]] := R[C]
            SetTabUp op_settabup "SETTABUP" Next { a: Upvalue, b: ConstStr, c: Src } Set
            /// U[A][K[B]] := K[C]
            SetTabUpK op_settabupk "SETTABUPK" Next { a: Upvalue, b: ConstStr, c: Const } Set
            /// R[A][R[B]] := R[C]
            SetTable op_settable "SETTABLE" Next { a: Src, b: Src, c: Src } Set
            /// R[A][R[B]] := K[C]
            SetTableK op_settablek "SETTABLEK" Next { a: Src, b: Src, c: Const } Set
            /// R[A][B] := R[C]
            SetI op_seti "SETI" Next { a: Src, b: Uint, c: Src } Set
            /// R[A][B] := K[C]
            SetIK op_setik "SETIK" Next { a: Src, b: Uint, c: Const } Set
            /// R[A][K[B]] := R[C]
            SetField op_setfield "SETFIELD" Next { a: Src, b: ConstStr, c: Src } Set
            /// R[A][K[B]] := K[C]
            SetFieldK op_setfieldk "SETFIELDK" Next { a: Src, b: ConstStr, c: Const } Set
            /// R[A] := {}
            ///
            /// B is the number of record entries and C of list entries to make room for, each
            /// capped at 65535: hints without meaning for the program.
            NewTable op_newtable "NEWTABLE" Next { a: Dst, b: Uint, c: Uint } NewTable [Clobbers(1)]
            /// R[A][Bx+i] := R[A+i], 1 <= i <= N
            ///
            /// N = 0 means all values up to the top. R[A] holds a table made by NEWTABLE. Which border
            /// `#` finds in a list with holes is not said; here the list's end is tried first.
            SetList op_setlist "SETLIST" Next { a: Win, n: Count, bx: Uint } SetList
                [Reads(0, Exactly(1)), Reads(1, OrTop(n, 0))]
            /// R[A+2] := R[B]; R[A] := R[B][K[C]]
            ///
            /// Opens a call window for a method: function in R[A], receiver as first argument in
            /// R[A+2] (R[A+1] is the frame link's slot).
            SelfK op_self "SELF" Next { a: Win, b: Src, c: ConstStr } Method
                [Writes(0, Exactly(1)), Writes(2, Exactly(1))]
            // ------------------------------------------------------------ arithmetic
            /// R[A] := R[B] + C
            ///
            /// N tells the metamethod what the source said: 0 `b + c`, 1 `c + b`, 2 `b - (-c)`.
            AddI op_addi "ADDI" Next { a: Dst, b: Src, c: Int, n: Flag } Arith(Add)
            /// R[A] := R[B] + K[C]
            ///
            /// In all `…K` arithmetic N = 1 says that the source had the constant on the left.
            AddK op_addk "ADDK" Next { a: Dst, b: Src, c: ConstNum, n: Flag } Arith(Add)
            /// R[A] := R[B] - K[C]
            SubK op_subk "SUBK" Next { a: Dst, b: Src, c: ConstNum, n: Flag } Arith(Sub)
            /// R[A] := R[B] * K[C]
            MulK op_mulk "MULK" Next { a: Dst, b: Src, c: ConstNum, n: Flag } Arith(Mul)
            /// R[A] := R[B] % K[C]
            ModK op_modk "MODK" Next { a: Dst, b: Src, c: ConstNum, n: Flag } Arith(Mod)
            /// R[A] := R[B] ^ K[C]
            PowK op_powk "POWK" Next { a: Dst, b: Src, c: ConstNum, n: Flag } Arith(Pow)
            /// R[A] := R[B] / K[C]
            DivK op_divk "DIVK" Next { a: Dst, b: Src, c: ConstNum, n: Flag } Arith(Div)
            /// R[A] := R[B] // K[C]
            IDivK op_idivk "IDIVK" Next { a: Dst, b: Src, c: ConstNum, n: Flag } Arith(IDiv)
            /// R[A] := R[B] & K[C]
            BAndK op_bandk "BANDK" Next { a: Dst, b: Src, c: ConstNum, n: Flag } Arith(BAnd)
            /// R[A] := R[B] | K[C]
            BOrK op_bork "BORK" Next { a: Dst, b: Src, c: ConstNum, n: Flag } Arith(BOr)
            /// R[A] := R[B] ~ K[C]
            BXorK op_bxork "BXORK" Next { a: Dst, b: Src, c: ConstNum, n: Flag } Arith(BXor)
            /// R[A] := R[B] << K[C]
            ShlK op_shlk "SHLK" Next { a: Dst, b: Src, c: ConstNum, n: Flag } Arith(Shl)
            /// R[A] := R[B] >> K[C]
            ShrK op_shrk "SHRK" Next { a: Dst, b: Src, c: ConstNum, n: Flag } Arith(Shr)
            /// R[A] := R[B] + R[C]
            Add op_add "ADD" Next { a: Dst, b: Src, c: Src } Arith(Add)
            /// R[A] := R[B] - R[C]
            Sub op_sub "SUB" Next { a: Dst, b: Src, c: Src } Arith(Sub)
            /// R[A] := R[B] * R[C]
            Mul op_mul "MUL" Next { a: Dst, b: Src, c: Src } Arith(Mul)
            /// R[A] := R[B] % R[C]
            Mod op_mod "MOD" Next { a: Dst, b: Src, c: Src } Arith(Mod)
            /// R[A] := R[B] ^ R[C]
            Pow op_pow "POW" Next { a: Dst, b: Src, c: Src } Arith(Pow)
            /// R[A] := R[B] / R[C]
            Div op_div "DIV" Next { a: Dst, b: Src, c: Src } Arith(Div)
            /// R[A] := R[B] // R[C]
            IDiv op_idiv "IDIV" Next { a: Dst, b: Src, c: Src } Arith(IDiv)
            /// R[A] := R[B] & R[C]
            BAnd op_band "BAND" Next { a: Dst, b: Src, c: Src } Arith(BAnd)
            /// R[A] := R[B] | R[C]
            BOr op_bor "BOR" Next { a: Dst, b: Src, c: Src } Arith(BOr)
            /// R[A] := R[B] ~ R[C]
            BXor op_bxor "BXOR" Next { a: Dst, b: Src, c: Src } Arith(BXor)
            /// R[A] := R[B] << R[C]
            Shl op_shl "SHL" Next { a: Dst, b: Src, c: Src } Arith(Shl)
            /// R[A] := R[B] >> R[C]
            Shr op_shr "SHR" Next { a: Dst, b: Src, c: Src } Arith(Shr)
            /// R[A] := -R[B]
            Unm op_unm "UNM" Next { a: Dst, b: Src } Arith(Unm)
            /// R[A] := ~R[B]
            BNot op_bnot "BNOT" Next { a: Dst, b: Src } Arith(BNot)
            /// R[A] := not R[B]
            Not op_not "NOT" Next { a: Dst, b: Src } Not
            /// R[A] := #R[B]
            Len op_len "LEN" Next { a: Dst, b: Src } Length
            /// R[A] := R[A] .. … .. R[A+B-1]
            ///
            /// B >= 2. The other registers of the window are left undefined. Neighbours that are strings
            /// or numbers may be joined in one piece: no program sees a difference, but in fuel.
            Concat op_concat "CONCAT" Next { a: Win, b: Count } Concat
                [AtLeast(b, 2), Reads(0, Plus(b, 0)), Clobbers(1), Writes(0, Exactly(1))]
            // ------------------------------------------------------------ jumps and tests
            /// pc += sBx
            Jmp op_jmp "JMP" Goto { bx: JumpWide } Jump
            /// if R[A] then pc += sBx
            JT op_jt "JT" Branch { a: Src, bx: JumpWide } Test(true)
            /// if not R[A] then pc += sBx
            JF op_jf "JF" Branch { a: Src, bx: JumpWide } Test(false)
            /// if R[B] then R[A] := R[B]; pc += sC
            JTSet op_jtset "JTSET" Branch { a: Dst, b: Src, c: Jump } TestSet(true)
            /// if not R[B] then R[A] := R[B]; pc += sC
            JFSet op_jfset "JFSET" Branch { a: Dst, b: Src, c: Jump } TestSet(false)
            /// if R[A] == R[B] then pc += sC
            JEq op_jeq "JEQ" Branch { a: Src, b: Src, c: Jump } Compare(Eq, true)
            /// if not (R[A] == R[B]) then pc += sC
            JNe op_jne "JNE" Branch { a: Src, b: Src, c: Jump } Compare(Eq, false)
            /// if R[A] == K[B] (raw) then pc += sC
            JEqK op_jeqk "JEQK" Branch { a: Src, b: Const, c: Jump } RawEqual(true)
            /// if not (R[A] == K[B]) (raw) then pc += sC
            JNeK op_jnek "JNEK" Branch { a: Src, b: Const, c: Jump } RawEqual(false)
            /// if R[A] == sB (a number) then pc += sC
            JEqI op_jeqi "JEQI" Branch { a: Src, b: Int, c: Jump } RawEqual(true)
            /// if not (R[A] == sB) then pc += sC
            JNeI op_jnei "JNEI" Branch { a: Src, b: Int, c: Jump } RawEqual(false)
            /// if R[A] < R[B] then pc += sC
            JLt op_jlt "JLT" Branch { a: Src, b: Src, c: Jump } Compare(Lt, true)
            /// if not (R[A] < R[B]) then pc += sC
            JNlt op_jnlt "JNLT" Branch { a: Src, b: Src, c: Jump } Compare(Lt, false)
            /// if R[A] <= R[B] then pc += sC
            JLe op_jle "JLE" Branch { a: Src, b: Src, c: Jump } Compare(Le, true)
            /// if not (R[A] <= R[B]) then pc += sC
            JNle op_jnle "JNLE" Branch { a: Src, b: Src, c: Jump } Compare(Le, false)
            /// if R[A] < sB then pc += sC
            ///
            /// In all comparisons with an immediate, N = 1 says that the source had a float there
            /// (a metamethod receives the operand as written).
            JLtI op_jlti "JLTI" Branch { a: Src, b: Int, c: Jump, n: Flag } Compare(Lt, true)
            /// if not (R[A] < sB) then pc += sC
            JNltI op_jnlti "JNLTI" Branch { a: Src, b: Int, c: Jump, n: Flag } Compare(Lt, false)
            /// if R[A] <= sB then pc += sC
            JLeI op_jlei "JLEI" Branch { a: Src, b: Int, c: Jump, n: Flag } Compare(Le, true)
            /// if not (R[A] <= sB) then pc += sC
            JNleI op_jnlei "JNLEI" Branch { a: Src, b: Int, c: Jump, n: Flag } Compare(Le, false)
            /// if R[A] > sB then pc += sC
            JGtI op_jgti "JGTI" Branch { a: Src, b: Int, c: Jump, n: Flag } Compare(Gt, true)
            /// if not (R[A] > sB) then pc += sC
            JNgtI op_jngti "JNGTI" Branch { a: Src, b: Int, c: Jump, n: Flag } Compare(Gt, false)
            /// if R[A] >= sB then pc += sC
            JGeI op_jgei "JGEI" Branch { a: Src, b: Int, c: Jump, n: Flag } Compare(Ge, true)
            /// if not (R[A] >= sB) then pc += sC
            JNgeI op_jngei "JNGEI" Branch { a: Src, b: Int, c: Jump, n: Flag } Compare(Ge, false)
            // ------------------------------------------------------------ calls and returns
            /// R[A], …, R[A+C-2] := R[A](R[A+2], …, R[A+B])
            ///
            /// B-1 arguments, B = 0: all values from R[A+2] to top. C-1 results, C = 0: all, and
            /// the top is set after the last.
            Call op_call "CALL" Call { a: Win, b: Count, c: Count } Call
                [Reads(0, Exactly(1)), Reads(2, OrTop(b, 1)), Clobbers(0), Writes(0, OrTop(c, 1))]
            /// return R[A](R[A+2], …, R[A+B])
            ///
            /// B as in CALL. N = 1: close upvalues >= R[0] first. Followed by a RETURN of all
            /// results from R[A] for the case that the callee is not a Lua function.
            TailCall op_tailcall "TAILCALL" Call { a: Win, b: Count, n: Flag } TailCall
                [Reads(0, Exactly(1)), Reads(2, OrTop(b, 1)), Replaces, Clobbers(0), Writes(0, Top)]
            /// return R[A], …, R[A+B-2]
            ///
            /// B-1 values, B = 0: up to top. N = 1: close variables >= R[0] first.
            Return op_return "RETURN" Return { a: Win, b: Count, n: Flag } Return
                [Reads(0, OrTop(b, 1)), Leaves]
            /// return
            Return0 op_return0 "RETURN0" Return {} Return [Leaves]
            /// return R[A]
            Return1 op_return1 "RETURN1" Return { a: Src } Return [Leaves]
            /// Adjusts the frame of a vararg function; its first instruction.
            VarargPrep op_varargprep "VARARGPREP" Next {} VarargPrep
            /// R[A], …, R[A+C-2] := varargs
            ///
            /// C = 0: all, and the top is set after the last.
            Vararg op_vararg "VARARG" Next { a: Win, c: Count } Vararg [Writes(0, OrTop(c, 1))]
            /// R[A] := closure(P[Bx])
            Closure op_closure "CLOSURE" Next { a: Dst, bx: Proto } Closure [Captures, Clobbers(1)]
            /// Closes all upvalues and to-be-closed variables >= R[A].
            Close op_close "CLOSE" Next { a: Win } Close [Reaches(1), Closes]
            /// Marks R[A] as to-be-closed.
            Tbc op_tbc "TBC" Next { a: Src } ToBeClosed [Marks(0)]
            // ------------------------------------------------------------ loops
            /// Prepares a numeric loop; if it runs no iteration, pc += sBx.
            ///
            /// In: R[A] start, R[A+1] limit, R[A+2] step. Out: R[A] index, R[A+1] remaining
            /// iterations (integers) or limit (floats), R[A+2] step, R[A+3] the visible variable.
            /// The jump goes to the instruction after the FORLOOP.
            ForPrep op_forprep "FORPREP" Branch { a: Win, bx: JumpWide } NumericPrep
                [Reads(0, Exactly(3)), Writes(0, Exactly(3)), WritesIfNotTaken(3)]
            /// Steps a numeric loop: next iteration: R[A+3] := index; pc += sBx
            ForLoop op_forloop "FORLOOP" Branch { a: Win, bx: JumpWide } NumericLoop
                [Reads(0, Exactly(3)), WritesIfTaken(0), WritesIfTaken(1), WritesIfTaken(3)]
            /// Marks R[A+3] as to-be-closed; pc += sBx
            ///
            /// Generic loops: R[A] iterator, R[A+1] state, R[A+2] control, R[A+3] closing value,
            /// R[A+4]… the variables. The jump goes to the TFORCALL.
            TForPrep op_tforprep "TFORPREP" Goto { a: Win, bx: JumpWide } GenericPrep
                [Reads(3, Exactly(1)), Marks(3)]
            /// R[A+4], …, R[A+3+C] := R[A](R[A+1], R[A+2])
            ///
            /// Uses R[A+4]…R[A+7] as its call window whatever C is: the frame has them. The next
            /// instruction is the TFORLOOP with the same A.
            TForCall op_tforcall "TFORCALL" Call { a: Win, c: Count } GenericCall
                [AtLeast(c, 1), Reads(0, Exactly(1)), Reads(1, Exactly(2)), Reaches(8), Clobbers(4), Writes(4, Plus(c, 0))]
            /// if R[A+4] ~= nil then R[A+2] := R[A+4]; pc += sBx
            TForLoop op_tforloop "TFORLOOP" Branch { a: Win, bx: JumpWide } GenericLoop
                [Reads(4, Exactly(1)), WritesIfTaken(2)]
        }
    };
}

macro_rules! define_ops {
    ($($(#[doc = $doc:literal])* $name:ident $func:ident $mn:literal $flow:ident
        { $($field:ident : $role:ident),* }
        $class:ident $(($($of:tt)*))? $([$($effect:expr),*])?)*) => {
        /// Opcode numbers, in table order.
        #[allow(rustdoc::broken_intra_doc_links, reason = "R[A] is a register, not a link")]
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum Op { $($(#[doc = $doc])* $name),* }

        /// The table as data, indexed by opcode number.
        pub static OPS: &[OpInfo] = &[$(OpInfo::of(
            Op::$name,
            $mn,
            concat!($($doc, "\n"),*),
            Flow::$flow,
            &[$(Operand { field: Field::$field, role: Role::$role }),*],
            {
                #[allow(unused_imports, reason = "not every row has an operator or a relation")]
                use crate::semantics::{Operator::*, Relation::*};
                Class::$class $(($($of)*))?
            },
            {
                #[allow(unused_imports, reason = "not every row has effects")]
                use {crate::effects::{Count::*, Effect::*}, Field::*};
                &[$($($effect),*)?]
            },
        )),*];

        const ALL: &[Op] = &[$(Op::$name),*];
    };
}
for_each_op!(define_ops);

impl OpInfo {
    /// A row with the columns that follow from the others.
    const fn of(
        op: Op,
        mnemonic: &'static str,
        doc: &'static str,
        flow: Flow,
        operands: &'static [Operand],
        class: Class,
        effects: &'static [Effect],
    ) -> OpInfo {
        OpInfo {
            op,
            mnemonic,
            doc,
            flow,
            operands,
            class,
            effects,
            throws: semantics::throws(class, operands),
            flag: semantics::flag(class, operands),
            inputs: semantics::inputs(class, operands),
        }
    }

    /// The operand in a field, if the instruction has one there.
    pub const fn operand(&self, field: Field) -> Option<Operand> {
        semantics::operand(self.operands, field)
    }
}

impl Op {
    /// The number of opcodes.
    pub const COUNT: usize = ALL.len();

    /// The opcode with this number, if there is one.
    #[inline]
    pub fn from_u8(number: u8) -> Option<Op> {
        ALL.get(number as usize).copied()
    }

    /// The opcode's row.
    #[inline]
    pub fn info(self) -> &'static OpInfo {
        &OPS[self as usize]
    }

    /// The role of the operand in a field, if the instruction has one there.
    pub fn role(self, field: Field) -> Option<Role> {
        self.info().operand(field).map(|operand| operand.role)
    }
}
