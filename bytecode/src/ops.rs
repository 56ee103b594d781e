//! The opcode table. One row is one opcode; everything else that knows opcodes is derived from
//! the rows: [`Op`], names, operand roles, control flow, the printer, the assembler, the
//! verifier's bounds, `docs/isa.md`, and the VM's handler table (a new row is a type error there
//! until it is implemented).
//!
//! # Reading a row
//! `Name op_name "MNEMONIC" flow throws { field: Role, … }` under a doc comment whose first line
//! is the meaning in pseudo-code: `R[x]` register, `K[x]` constant, `U[x]` upvalue, `P[x]` child
//! prototype, `:=` assignment, `pc` the index of the *next* instruction.
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

/// What an operand field holds. Roles give bounds checks, def/use and the printed form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Register that is written.
    Dst,
    /// Register that is read.
    Src,
    /// First register of a window; the row's text says how far it reaches.
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
    /// Small flag or variant number.
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
    n,
    a,
    b,
    c,
    bx,
}

/// One operand of an opcode.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Operand {
    pub field: Field,
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
    pub op: Op,
    pub mnemonic: &'static str,
    /// The row's doc comment: first line pseudo-code, then notes.
    pub doc: &'static str,
    pub flow: Flow,
    /// Whether it can raise an error or run a metamethod.
    pub throws: bool,
    pub operands: &'static [Operand],
}

/// Calls `$m!` with every row; the VM builds its handler table with it.
#[macro_export]
macro_rules! for_each_op {
    ($m:path) => {
        $m! {
            // ------------------------------------------------------------ moves and constants
            /// R[A] := R[B]
            Move op_move "MOVE" Next false { a: Dst, b: Src }
            /// R[A] := integer sBx
            LoadI op_loadi "LOADI" Next false { a: Dst, bx: IntWide }
            /// R[A] := float sBx
            LoadF op_loadf "LOADF" Next false { a: Dst, bx: IntWide }
            /// R[A] := K[Bx]
            LoadK op_loadk "LOADK" Next false { a: Dst, bx: ConstWide }
            /// R[A], …, R[A+B] := nil
            LoadNil op_loadnil "LOADNIL" Next false { a: Win, b: Count }
            /// R[A] := true
            LoadTrue op_loadtrue "LOADTRUE" Next false { a: Dst }
            /// R[A] := false
            LoadFalse op_loadfalse "LOADFALSE" Next false { a: Dst }
            /// R[A] := false; pc++
            LFalseSkip op_lfalseskip "LFALSESKIP" SkipOne false { a: Dst }
            // ------------------------------------------------------------ upvalues and tables
            /// R[A] := U[B]
            GetUpval op_getupval "GETUPVAL" Next false { a: Dst, b: Upvalue }
            /// U[B] := R[A]
            SetUpval op_setupval "SETUPVAL" Next false { a: Src, b: Upvalue }
            /// R[A] := U[B][K[C]]
            GetTabUp op_gettabup "GETTABUP" Next true { a: Dst, b: Upvalue, c: ConstStr }
            /// R[A] := R[B][R[C]]
            GetTable op_gettable "GETTABLE" Next true { a: Dst, b: Src, c: Src }
            /// R[A] := R[B][C]
            GetI op_geti "GETI" Next true { a: Dst, b: Src, c: Uint }
            /// R[A] := R[B][K[C]]
            GetField op_getfield "GETFIELD" Next true { a: Dst, b: Src, c: ConstStr }
            /// U[A][K[B]] := R[C]
            SetTabUp op_settabup "SETTABUP" Next true { a: Upvalue, b: ConstStr, c: Src }
            /// U[A][K[B]] := K[C]
            SetTabUpK op_settabupk "SETTABUPK" Next true { a: Upvalue, b: ConstStr, c: Const }
            /// R[A][R[B]] := R[C]
            SetTable op_settable "SETTABLE" Next true { a: Src, b: Src, c: Src }
            /// R[A][R[B]] := K[C]
            SetTableK op_settablek "SETTABLEK" Next true { a: Src, b: Src, c: Const }
            /// R[A][B] := R[C]
            SetI op_seti "SETI" Next true { a: Src, b: Uint, c: Src }
            /// R[A][B] := K[C]
            SetIK op_setik "SETIK" Next true { a: Src, b: Uint, c: Const }
            /// R[A][K[B]] := R[C]
            SetField op_setfield "SETFIELD" Next true { a: Src, b: ConstStr, c: Src }
            /// R[A][K[B]] := K[C]
            SetFieldK op_setfieldk "SETFIELDK" Next true { a: Src, b: ConstStr, c: Const }
            /// R[A] := {}
            ///
            /// B is the number of record entries and C of list entries to make room for, each
            /// capped at 65535: hints without meaning for the program.
            NewTable op_newtable "NEWTABLE" Next true { a: Dst, b: Uint, c: Uint }
            /// R[A][Bx+i] := R[A+i], 1 <= i <= N
            ///
            /// N = 0 means all values up to the top. R[A] holds a table made by NEWTABLE. Which border
            /// `#` finds in a list with holes is not said; here the list's end is tried first.
            SetList op_setlist "SETLIST" Next true { a: Win, n: Count, bx: Uint }
            /// R[A+2] := R[B]; R[A] := R[B][K[C]]
            ///
            /// Opens a call window for a method: function in R[A], receiver as first argument in
            /// R[A+2] (R[A+1] is the frame link's slot).
            SelfK op_self "SELF" Next true { a: Win, b: Src, c: ConstStr }
            // ------------------------------------------------------------ arithmetic
            /// R[A] := R[B] + C
            ///
            /// N tells the metamethod what the source said: 0 `b + c`, 1 `c + b`, 2 `b - (-c)`.
            AddI op_addi "ADDI" Next true { a: Dst, b: Src, c: Int, n: Flag }
            /// R[A] := R[B] + K[C]
            ///
            /// In all `…K` arithmetic N = 1 says that the source had the constant on the left.
            AddK op_addk "ADDK" Next true { a: Dst, b: Src, c: ConstNum, n: Flag }
            /// R[A] := R[B] - K[C]
            SubK op_subk "SUBK" Next true { a: Dst, b: Src, c: ConstNum, n: Flag }
            /// R[A] := R[B] * K[C]
            MulK op_mulk "MULK" Next true { a: Dst, b: Src, c: ConstNum, n: Flag }
            /// R[A] := R[B] % K[C]
            ModK op_modk "MODK" Next true { a: Dst, b: Src, c: ConstNum, n: Flag }
            /// R[A] := R[B] ^ K[C]
            PowK op_powk "POWK" Next true { a: Dst, b: Src, c: ConstNum, n: Flag }
            /// R[A] := R[B] / K[C]
            DivK op_divk "DIVK" Next true { a: Dst, b: Src, c: ConstNum, n: Flag }
            /// R[A] := R[B] // K[C]
            IDivK op_idivk "IDIVK" Next true { a: Dst, b: Src, c: ConstNum, n: Flag }
            /// R[A] := R[B] & K[C]
            BAndK op_bandk "BANDK" Next true { a: Dst, b: Src, c: ConstNum, n: Flag }
            /// R[A] := R[B] | K[C]
            BOrK op_bork "BORK" Next true { a: Dst, b: Src, c: ConstNum, n: Flag }
            /// R[A] := R[B] ~ K[C]
            BXorK op_bxork "BXORK" Next true { a: Dst, b: Src, c: ConstNum, n: Flag }
            /// R[A] := R[B] << K[C]
            ShlK op_shlk "SHLK" Next true { a: Dst, b: Src, c: ConstNum, n: Flag }
            /// R[A] := R[B] >> K[C]
            ShrK op_shrk "SHRK" Next true { a: Dst, b: Src, c: ConstNum, n: Flag }
            /// R[A] := R[B] + R[C]
            Add op_add "ADD" Next true { a: Dst, b: Src, c: Src }
            /// R[A] := R[B] - R[C]
            Sub op_sub "SUB" Next true { a: Dst, b: Src, c: Src }
            /// R[A] := R[B] * R[C]
            Mul op_mul "MUL" Next true { a: Dst, b: Src, c: Src }
            /// R[A] := R[B] % R[C]
            Mod op_mod "MOD" Next true { a: Dst, b: Src, c: Src }
            /// R[A] := R[B] ^ R[C]
            Pow op_pow "POW" Next true { a: Dst, b: Src, c: Src }
            /// R[A] := R[B] / R[C]
            Div op_div "DIV" Next true { a: Dst, b: Src, c: Src }
            /// R[A] := R[B] // R[C]
            IDiv op_idiv "IDIV" Next true { a: Dst, b: Src, c: Src }
            /// R[A] := R[B] & R[C]
            BAnd op_band "BAND" Next true { a: Dst, b: Src, c: Src }
            /// R[A] := R[B] | R[C]
            BOr op_bor "BOR" Next true { a: Dst, b: Src, c: Src }
            /// R[A] := R[B] ~ R[C]
            BXor op_bxor "BXOR" Next true { a: Dst, b: Src, c: Src }
            /// R[A] := R[B] << R[C]
            Shl op_shl "SHL" Next true { a: Dst, b: Src, c: Src }
            /// R[A] := R[B] >> R[C]
            Shr op_shr "SHR" Next true { a: Dst, b: Src, c: Src }
            /// R[A] := -R[B]
            Unm op_unm "UNM" Next true { a: Dst, b: Src }
            /// R[A] := ~R[B]
            BNot op_bnot "BNOT" Next true { a: Dst, b: Src }
            /// R[A] := not R[B]
            Not op_not "NOT" Next false { a: Dst, b: Src }
            /// R[A] := #R[B]
            Len op_len "LEN" Next true { a: Dst, b: Src }
            /// R[A] := R[A] .. … .. R[A+B-1]
            ///
            /// B >= 2. The other registers of the window are left undefined. Neighbours that are strings
            /// or numbers may be joined in one piece: no program sees a difference, but in fuel.
            Concat op_concat "CONCAT" Next true { a: Win, b: Count }
            // ------------------------------------------------------------ jumps and tests
            /// pc += sBx
            Jmp op_jmp "JMP" Goto false { bx: JumpWide }
            /// if R[A] then pc += sBx
            JT op_jt "JT" Branch false { a: Src, bx: JumpWide }
            /// if not R[A] then pc += sBx
            JF op_jf "JF" Branch false { a: Src, bx: JumpWide }
            /// if R[B] then R[A] := R[B]; pc += sC
            JTSet op_jtset "JTSET" Branch false { a: Dst, b: Src, c: Jump }
            /// if not R[B] then R[A] := R[B]; pc += sC
            JFSet op_jfset "JFSET" Branch false { a: Dst, b: Src, c: Jump }
            /// if R[A] == R[B] then pc += sC
            JEq op_jeq "JEQ" Branch true { a: Src, b: Src, c: Jump }
            /// if not (R[A] == R[B]) then pc += sC
            JNe op_jne "JNE" Branch true { a: Src, b: Src, c: Jump }
            /// if R[A] == K[B] (raw) then pc += sC
            JEqK op_jeqk "JEQK" Branch false { a: Src, b: Const, c: Jump }
            /// if not (R[A] == K[B]) (raw) then pc += sC
            JNeK op_jnek "JNEK" Branch false { a: Src, b: Const, c: Jump }
            /// if R[A] == sB (a number) then pc += sC
            JEqI op_jeqi "JEQI" Branch false { a: Src, b: Int, c: Jump }
            /// if not (R[A] == sB) then pc += sC
            JNeI op_jnei "JNEI" Branch false { a: Src, b: Int, c: Jump }
            /// if R[A] < R[B] then pc += sC
            JLt op_jlt "JLT" Branch true { a: Src, b: Src, c: Jump }
            /// if not (R[A] < R[B]) then pc += sC
            JNlt op_jnlt "JNLT" Branch true { a: Src, b: Src, c: Jump }
            /// if R[A] <= R[B] then pc += sC
            JLe op_jle "JLE" Branch true { a: Src, b: Src, c: Jump }
            /// if not (R[A] <= R[B]) then pc += sC
            JNle op_jnle "JNLE" Branch true { a: Src, b: Src, c: Jump }
            /// if R[A] < sB then pc += sC
            ///
            /// In all comparisons with an immediate, N = 1 says that the source had a float there
            /// (a metamethod receives the operand as written).
            JLtI op_jlti "JLTI" Branch true { a: Src, b: Int, c: Jump, n: Flag }
            /// if not (R[A] < sB) then pc += sC
            JNltI op_jnlti "JNLTI" Branch true { a: Src, b: Int, c: Jump, n: Flag }
            /// if R[A] <= sB then pc += sC
            JLeI op_jlei "JLEI" Branch true { a: Src, b: Int, c: Jump, n: Flag }
            /// if not (R[A] <= sB) then pc += sC
            JNleI op_jnlei "JNLEI" Branch true { a: Src, b: Int, c: Jump, n: Flag }
            /// if R[A] > sB then pc += sC
            JGtI op_jgti "JGTI" Branch true { a: Src, b: Int, c: Jump, n: Flag }
            /// if not (R[A] > sB) then pc += sC
            JNgtI op_jngti "JNGTI" Branch true { a: Src, b: Int, c: Jump, n: Flag }
            /// if R[A] >= sB then pc += sC
            JGeI op_jgei "JGEI" Branch true { a: Src, b: Int, c: Jump, n: Flag }
            /// if not (R[A] >= sB) then pc += sC
            JNgeI op_jngei "JNGEI" Branch true { a: Src, b: Int, c: Jump, n: Flag }
            // ------------------------------------------------------------ calls and returns
            /// R[A], …, R[A+C-2] := R[A](R[A+2], …, R[A+B])
            ///
            /// B-1 arguments, B = 0: all values from R[A+2] to top. C-1 results, C = 0: all, and
            /// the top is set after the last.
            Call op_call "CALL" Call true { a: Win, b: Count, c: Count }
            /// return R[A](R[A+2], …, R[A+B])
            ///
            /// B as in CALL. N = 1: close upvalues >= R[0] first. Followed by a RETURN of all
            /// results from R[A] for the case that the callee is not a Lua function.
            TailCall op_tailcall "TAILCALL" Call true { a: Win, b: Count, n: Flag }
            /// return R[A], …, R[A+B-2]
            ///
            /// B-1 values, B = 0: up to top. N = 1: close variables >= R[0] first.
            Return op_return "RETURN" Return true { a: Win, b: Count, n: Flag }
            /// return
            Return0 op_return0 "RETURN0" Return false {}
            /// return R[A]
            Return1 op_return1 "RETURN1" Return false { a: Src }
            /// Adjusts the frame of a vararg function; its first instruction.
            VarargPrep op_varargprep "VARARGPREP" Next true {}
            /// R[A], …, R[A+C-2] := varargs
            ///
            /// C = 0: all, and the top is set after the last.
            Vararg op_vararg "VARARG" Next true { a: Win, c: Count }
            /// R[A] := closure(P[Bx])
            Closure op_closure "CLOSURE" Next true { a: Dst, bx: Proto }
            /// Closes all upvalues and to-be-closed variables >= R[A].
            Close op_close "CLOSE" Next true { a: Src }
            /// Marks R[A] as to-be-closed.
            Tbc op_tbc "TBC" Next true { a: Src }
            // ------------------------------------------------------------ loops
            /// Prepares a numeric loop; if it runs no iteration, pc += sBx.
            ///
            /// In: R[A] start, R[A+1] limit, R[A+2] step. Out: R[A] index, R[A+1] remaining
            /// iterations (integers) or limit (floats), R[A+2] step, R[A+3] the visible variable.
            /// The jump goes to the instruction after the FORLOOP.
            ForPrep op_forprep "FORPREP" Branch true { a: Win, bx: JumpWide }
            /// Steps a numeric loop: next iteration: R[A+3] := index; pc += sBx
            ForLoop op_forloop "FORLOOP" Branch false { a: Win, bx: JumpWide }
            /// Marks R[A+3] as to-be-closed; pc += sBx
            ///
            /// Generic loops: R[A] iterator, R[A+1] state, R[A+2] control, R[A+3] closing value,
            /// R[A+4]… the variables. The jump goes to the TFORCALL.
            TForPrep op_tforprep "TFORPREP" Goto true { a: Win, bx: JumpWide }
            /// R[A+4], …, R[A+3+C] := R[A](R[A+1], R[A+2])
            ///
            /// Uses R[A+4]…R[A+7] as its call window whatever C is: the frame has them. The next
            /// instruction is the TFORLOOP with the same A.
            TForCall op_tforcall "TFORCALL" Call true { a: Win, c: Count }
            /// if R[A+4] ~= nil then R[A+2] := R[A+4]; pc += sBx
            TForLoop op_tforloop "TFORLOOP" Branch false { a: Win, bx: JumpWide }
        }
    };
}

macro_rules! define_ops {
    ($($(#[doc = $doc:literal])* $name:ident $func:ident $mn:literal $flow:ident $throws:literal
        { $($field:ident : $role:ident),* })*) => {
        /// Opcode numbers, in table order.
        #[allow(rustdoc::broken_intra_doc_links, reason = "R[A] is a register, not a link")]
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum Op { $($(#[doc = $doc])* $name),* }

        /// The table as data, indexed by opcode number.
        pub static OPS: &[OpInfo] = &[$(OpInfo {
            op: Op::$name,
            mnemonic: $mn,
            doc: concat!($($doc, "\n"),*),
            flow: Flow::$flow,
            throws: $throws,
            operands: &[$(Operand { field: Field::$field, role: Role::$role }),*],
        }),*];

        const ALL: &[Op] = &[$(Op::$name),*];
    };
}
for_each_op!(define_ops);

impl Op {
    /// How many opcodes there are.
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

    /// The operand with this field, if the opcode has one.
    pub fn role(self, field: Field) -> Option<Role> {
        self.info().operands.iter().find(|o| o.field == field).map(|o| o.role)
    }
}
