//! The parts of the reference that no table knows: names, operations, frames, calls, errors.

/// Before everything else.
pub const NAMES: &str = "
## Names

A mnemonic is the verb, then a suffix for the operand it takes there:

| suffix | the last operand is | examples |
|---|---|---|
| none | a register | ADD, SETFIELD, JLT |
| K | a constant | ADDK, SETFIELDK, JEQK |
| I | a small integer in the instruction | ADDI, GETI, JLTI |

- LOAD… puts something new into a register, GET… and SET… read and write tables (TABLE: the key is
  in a register; FIELD: it is a constant string; TABUP: so, and the table is in an upvalue) and
  upvalues (UPVAL).
- J… jumps if its condition holds, JN… if its condition does not: JNLT is \"not less than\", which
  for NaN is not JGE. …SET copies what it tests when it jumps.
- Numeric loops are FOR…, generic ones TFOR….
- Operands are N, A, B, C and Bx, in pseudo-code with an `s` in front where they are signed.
- Assembly names registers R0, R1, …, constants K0, …, upvalues U0, …, inner functions P0, …,
  instructions L0, …; see [Roles](#roles). Listings have constants, functions and flags in place of
  their numbers: [assembly.md](assembly.md).
";

/// After roles and flow.
pub const OPERATIONS: &str = "
## Values and operations

A value is nil, a boolean, an integer (64 bits, two's complement), a float (IEEE 754 double), a
string of bytes, a table, a function, a userdata or a coroutine. The pseudo-code below uses:

- **truthy(v)**: v is neither nil nor false.
- **metamethod(v, e)**: the raw field of that name in v's metatable; nil if it has none. Tables and
  userdata have metatables of their own, other values share one by type.
- **callee(f, …)**: while f is no function: h := metamethod(f, `__call`); if h is nil raise \"attempt
  to call a T value\"; put f before the arguments and take h for f.
- **call(f, …)**: the callee is called ([Calls](#calls)); its results.
- **get(o, k)**: up to 2000 times: if o is a table, v := its raw value at k; if v is not nil that is
  it; h := metamethod(o, `__index`), and if h is nil the result is nil. If o is no table, h the same,
  and if h is nil raise \"attempt to index a T value\". If h is a function, the result is the first of
  call(h, o, k); else o := h and again. After that: raise \"'__index' chain too long; possible loop\".
- **set(o, k, v)**: up to 2000 times: if o is a table that has a value other than nil at k, or has no
  metamethod(o, `__newindex`), then the raw value at k becomes v, and that is all. Otherwise h is that
  metamethod; if o is no table and h is nil raise \"attempt to index a T value\". If h is a function
  call(h, o, k, v), results unused; else o := h and again. After that: raise \"'__newindex' chain too
  long; possible loop\". A raw write raises \"table index is nil\" or \"table index is NaN\"; float
  keys with integer values are those integers; writing nil takes the key out.
- **arith(e, x, y)**: if both are numbers and e is not of the bitwise ones (band, bor, bxor, shl, shr,
  bnot): two integers give an integer, wrapping, for add, sub, mul, unm, idiv and mod (these two
  raise if y is 0; idiv rounds down, mod has the sign of y); otherwise both are made floats: add, sub,
  mul, div, unm as IEEE 754 has it; idiv is floor(x / y); mod is C's `fmod`, plus y if the result is
  not 0 and has the other sign than y; pow is exact to the last bit, `10 ^ -2` is 0.01. Bitwise ones
  take integers and floats with an integer value; shl and shr shift by y bits, zeros come in, a
  negative y shifts the other way, 64 or more give 0; shr is without sign. Otherwise (another type,
  a float without integer value) h := metamethod(x, e), if that is nil metamethod(y, e); the result is
  the first of call(h, x, y). If both are nil an error is raised. (Strings are no numbers here; their
  metatable has metamethods for arithmetic, not for bitwise operators.) Metamethods are named
  `__add` and so on.
- **len(v)**: of a string its bytes; else h := metamethod(v, `__len`): if it is not nil the first of
  call(h, v, v); else of a table a border (an n with a value at n, or n = 0, and none at n + 1); of
  other values raise.
- **concat(x, y)**: strings and numbers give a string, numbers written as `tostring` does; else h :=
  metamethod(x, `__concat`), if that is nil metamethod(y, `__concat`); the first of call(h, x, y).
- **rawequal(x, y)**: numbers by mathematical value, exactly (the integer 2^53 + 1 is no float);
  strings by bytes; tables, functions, userdata and coroutines by identity. NaN equals nothing.
- **eq(x, y)**: true if rawequal; else, if both are tables or both userdata, h := metamethod(x,
  `__eq`), if that is nil metamethod(y, `__eq`); if there is one whether the first of call(h, x, y) is
  truthy; else false.
- **lt(x, y)**, **le(x, y)**: numbers by mathematical value, exactly; strings by bytes, without sign;
  else h := metamethod(x, e), if that is nil metamethod(y, e), with `__lt` or `__le`: whether the first
  of call(h, x, y) is truthy. Without `__le`, le(x, y) is the contrary of what `__lt` says of y and x.
  Otherwise raise.
- **clip(limit, step)**, for a loop of integers: a limit that is an integer is itself. A float, or a
  string that spells a number, is rounded towards the start: down if step > 0, else up. If no integer
  is equal to that: for a limit above 0 the greatest integer if step > 0, else there is none; for
  one of 0 or below the least integer if step < 0, else there is none; for NaN there is none.
  What is no number raises.
- **tofloat(v)**: a number, or a string that spells one, as a float; else raise.
- **close_upvalues(r)**, **close(r)**: see [Upvalues](#upvalues), [Variables to be
  closed](#variables-to-be-closed).
- **top**: see [Results in unknown number](#results-in-unknown-number).

In texts of errors T stands for the value's type, or for the `__name` of its metatable if that is a
string. \"With the operand's name\" means that behind it stands, where debug information tells, `
(local 'x')`, `(upvalue 'x')`, `(global 'x')`, `(field 'x')`, `(method 'x')` or `(constant 'x')`.
Texts begin with the place, `chunk:line: `, where lines are known, and `chunk:?: ` else.
";

/// What instructions do together.
pub const MACHINE: &str = "
## Frames

A call of a Lua function has a frame: the function (with its upvalues), *max_stack* registers, the
arguments beyond its parameters if it is a vararg function, the index `pc` of the next instruction, a
list of variables to be closed, and what is to be done with its results. Registers of a new frame hold
the parameters, in order from R[0]; the others are undefined: the verifier makes sure that none
is read before it is written. Frames of one coroutine form a stack, which holds at most 1,000,000
slots (registers, two slots of each frame's own, and arguments): \"stack overflow\".

Execution of a function begins at instruction 0 and takes each time the instruction at `pc`, adds 1 to
`pc`, then does what the instruction says.

## Calls

In a *call window* `R[A]` is the function, `R[A+1]` belongs to the machine (its link to the caller; no
instruction reads it, and it is undefined after the call), `R[A+2]`, `R[A+3]`, … are the arguments.
The results replace the window from `R[A]` on; its registers above the results are undefined then.

1. What is called becomes a function by `__call` if it is none (*callee* above).
2. A Lua function gets a frame. Arguments fill the parameters, nil those without one. Of a vararg
   function, arguments beyond the parameters are kept for VARARG; of any other they are dropped.
3. A native function gets the arguments as they are, and may call functions itself, yield, resume
   coroutines or raise errors.
4. RETURN gives the values to the caller: as many as it wants if it says so, filled up with nil or
   cut; else all. A caller may be an instruction (CALL, TAILCALL, TFORCALL: values go to registers;
   any other: its metamethod's result completes it, and control goes on behind it, or at its target
   if it is a comparison that holds), a native function, or whoever runs or resumes the coroutine.

TAILCALL of a Lua function replaces the running frame, so there may be any number of them in a row. Of
a native function it is an ordinary call, and the RETURN behind it returns the results.

Metamethods are called from the instruction that needs them, in no window of the function: above all
of its registers. They count, as do calls of native functions from functions written in the
language's library and hooks, against a limit of 200 nested ones: \"C stack overflow\".

## Variable arguments

A function is *vararg* if its prototype says so; its first instruction is VARARGPREP, which marks the
place where a machine may move the frame (this one has moved it when VARARGPREP is reached). VARARG
copies them to registers any number of times; nothing changes them, `debug.setlocal` apart.

## Results in unknown number

CALL and VARARG with C = 0, and TAILCALL of a native function, leave any number of values in R[A],
R[A+1], …, possibly beyond the frame's last register, and set `top` to the index of the first
register behind them. The instruction that follows takes them: CALL or TAILCALL with B = 0 as the
last arguments, RETURN with B = 0 as the last values to return, SETLIST with N = 0 as the last items.
It may begin below: `f(x, g())` has x before g's results. `top` means nothing at other times.

## Upvalues

An upvalue is a cell with a value, shared by the functions that have captured the same variable.
CLOSURE captures: if the upvalue's description says *in_stack*, the cell of a register of the running
frame, which is made the first time and shared from then on; else one of the running function's own
upvalues. While a cell is *open* it is the register: both always have the same value.
*close_upvalues(r)* takes all open cells of this frame's registers R[r] and above out of it: they keep
the value they have, and a later capture of the register makes a new one. Returning from a frame
without close_upvalues is allowed only where no cell can be open, which the verifier sees to. An error
that ends a frame closes its cells.

In the pseudo-code `*U[x]` is the value in the cell.

## Variables to be closed

TBC and TFORPREP put the register on the frame's list if its value is neither nil nor false; it needs a
`__close` metamethod then. *close(r)* takes, as long as the list's last one is R[r] or above: it off the
list; closes the upvalues at it and above; calls metamethod(value, `__close`) with the value
and nil, results unused. The method is looked for again at this time; \"attempt to call a nil value
(metamethod 'close')\" if it is gone. What a RETURN returns is fetched before, and not changed by it.

When an error leaves the frame, its variables are closed in the same order, the last first, and each
method gets the error as its second argument; an error in one replaces the error on its way.

## Errors

An error is a value. *Raise* in this text makes a string of a message and the place and raises it;
instructions that raise have changed nothing before, those that had called a metamethod apart.

An error looks for the nearest `pcall`, `xpcall`, `coroutine.close` or resume below. If the nearest
protecting call is an `xpcall`, its message handler is called where the error happened, all frames
still there, and its result takes the error's place; an error in a handler calls the handler again,
until it is \"C stack overflow\" and in the end \"error in error handling\". Then frames above the
catching one are ended, from the top, their variables closed; `pcall` returns false and the error. In a
coroutine that catches nothing the coroutine is dead, its variables stay to be closed by
`coroutine.close`, and the resume returns false and the error.

\"not enough memory\" is raised when a limit of memory is reached even after a collection of everything;
handlers of `xpcall` are not called for it.

## Coroutines

Each has a stack of frames of its own. `coroutine.resume` runs the coroutine's frames until it yields,
ends or fails; `coroutine.yield` may be called wherever no native function that cannot wait is below
(`table.sort`, `string.gsub`, …: \"attempt to yield across a C-call boundary\"), also from metamethods
of any instruction, iterators and `__close`: the instruction is completed when the coroutine goes on.

## Hooks

While `debug.sethook` has set a hook for the running coroutine, and is not running one: *call* and *tail
call* events come when a frame is there and before its first instruction; *return* before its results
leave; *count* before every so many instructions; *line* before an instruction that is on another line
than the last, or that a jump back has reached. VARARGPREP, TFORLOOP, and the first TFORCALL of a
loop count for no event. The hook is called between two instructions and changes no register, except
by `debug.setlocal`.

## Fuel and the collector

Every instruction costs one unit of fuel when it is taken, whether it jumps, finds what it looks for or
calls a metamethod; LFALSESKIP pays nothing for what it skips. Beyond that pay: CONCAT one unit for 64
bytes of each piece it joins, and native functions for what they do. A program whose fuel is used up is
stopped before the next instruction, or the next step of a native function, and goes on later from the
same place as if nothing had happened; what the last step has used beyond its fuel is paid from the
next.

Collections, and with them finalizers, happen after NEWTABLE, CLOSURE, CONCAT and calls of native
functions, and each time the fuel used in total has passed a multiple of 20,000, at the next taken jump,
call or return. They do not depend on how the host grants fuel. A finalizer is called between two instructions, and changes no register.
";
