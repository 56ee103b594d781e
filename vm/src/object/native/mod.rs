//! Natives: functions written in Rust, and how they talk to the VM.
//!
//! A native never calls back into the VM on the Rust stack. It *returns* what should happen next:
//! results, a call with a continuation, a tail call, a yield. A continuation is again a
//! [`Native`], found by address in the frame link and by name in a snapshot; what it needs to
//! remember it keeps in the slots of its frame, as values, and its [`contract`] says which.

pub mod contract;
pub mod registry;

use self::contract::Contract;
use crate::error::Raise;

/// The Rust side of a native at the level of objects, which know no machine: see
/// [`NativeFn`](crate::vm::native::NativeFn), the only thing it is made of.
pub(crate) type Entry = unsafe fn(*mut ()) -> NativeResult;

/// What a native asks the VM to do next.
#[derive(Clone, Copy)]
pub enum Action {
    /// Return the top `n` values of the frame.
    Return(u32),
    /// Call the function pushed with [`crate::Vm::push_fn`] with the `nargs` values pushed after it.
    /// Its results (`nres` of them, -1 for all) replace function and arguments; then `then` runs
    /// in the same frame, which still holds everything below.
    Call {
        /// Number of arguments.
        nargs: u32,
        /// Number of results wanted, -1 for all.
        nres: i32,
        /// What runs with the results.
        then: &'static Native,
    },
    /// As `Call`, but the callee's results are the native's.
    TailCall {
        /// Number of arguments.
        nargs: u32,
    },
    /// Suspend the running coroutine with the top `n` values; when it is resumed, `then` runs with
    /// the resume arguments on top of the frame (below them everything that was below the `n`).
    Yield {
        /// Number of values yielded.
        n: u32,
        /// What runs when the coroutine is resumed.
        then: &'static Native,
    },
    /// Resume the coroutine in the slot below the top `nargs` values with those; its yielded or
    /// returned values (or its error value) replace coroutine and arguments, preceded by a boolean
    /// that says whether it went well; then `then` runs.
    Resume {
        /// Number of arguments.
        nargs: u32,
        /// What runs with the outcome.
        then: &'static Native,
    },
    /// Close the coroutine on top of the frame (see `coroutine.close`): a boolean, and after
    /// `false` the error, replace it; then `then` runs.
    Close {
        /// What runs with the outcome.
        then: &'static Native,
    },
    /// Ask the host: the run ends with [`Outcome::Asked`](crate::Outcome::Asked) while
    /// the native's frame stays as it is. When the host goes on with the run, `then` runs in the
    /// same frame, with what the host has pushed.
    Ask {
        /// What runs with the host's answer.
        then: &'static Native,
    },
    /// Let the host look: `then` goes on in the same frame, at once or, if the host's fuel is used
    /// up or it interrupts, when it resumes the run. Natives that may work long return this every
    /// few thousand units of work ([`crate::Vm::charge`]).
    Pause {
        /// What goes on.
        then: &'static Native,
    },
}

/// What a native returns: what is next, or an error.
pub type NativeResult = Result<Action, Raise>;

/// What a continuation does about errors below it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Catches {
    /// They pass.
    No,
    /// They end here, and message handlers outside do not see them (`pcall`).
    Errors,
    /// They end here when the message handler in force has seen them (`load` with a reader).
    HandledErrors,
}

/// A native, declared once: code, signature and documentation.
pub struct Native {
    /// Registered name, unique: `"string.rep"`; continuations `"string.gsub:after"`.
    pub name: &'static str,
    /// The code.
    pub(crate) entry: Entry,
    /// Signature as documentation shows it: `"string.rep(s, n [, sep]) -> string"`. It says how
    /// many arguments a call may have. Empty for continuations.
    pub sig: &'static str,
    /// What it does, first line a summary. Empty for continuations.
    pub doc: &'static str,
    /// Continuations: what they find in the frame. `None` for functions that programs call.
    pub contract: Option<&'static Contract>,
    /// A call whose results are not used has no effect.
    pub pure: bool,
    /// Continuations: whether the program may yield below them (PUC's functions with a
    /// continuation: `pcall`, `xpcall`, `dofile`, …).
    pub yieldable: bool,
    /// Continuations: whether errors below them end here.
    pub catches: Catches,
    /// Whether generic loops know what it does.
    pub walk: Walk,
    /// What calls do in place in plain cases.
    pub intrinsic: Intrinsic,
}

/// Iterators that generic loops run without a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Walk {
    /// A native that loops call like any other.
    Other,
    /// `next`.
    Next,
    /// What `ipairs` returns.
    Ipairs,
}

/// Calls `$m!` with a row for each intrinsic: its name and the interpreter's handler, which is made
/// into the table of handlers by these rows.
macro_rules! for_each_intrinsic {
    ($m:ident) => {
        $m! {
            /// Nothing is done in place.
            None op_call_native_any
            /// `math.abs` of a number.
            Abs intrinsic_abs
            /// `assert` that passes, for one result or none.
            Assert intrinsic_assert
            /// `string.byte`: one byte inside the string.
            Byte intrinsic_byte
            /// `math.ceil` of a number.
            Ceil intrinsic_ceil
            /// `string.char` of one byte.
            Char intrinsic_char
            /// `math.floor` of a number.
            Floor intrinsic_floor
            /// `getmetatable` of a table without a `__metatable` field.
            GetMetatable intrinsic_getmetatable
            /// `table.insert` at the end of a plain table.
            Insert intrinsic_insert
            /// `ipairs`: iterator, value and 0, for a generic loop.
            Ipairs intrinsic_ipairs
            /// `string.len` of a string.
            Len intrinsic_len
            /// `math.max` of two integers or two floats.
            Max intrinsic_max
            /// `math.min` of two integers or two floats.
            Min intrinsic_min
            /// `pairs` of a table without `__pairs`, for a generic loop.
            Pairs intrinsic_pairs
            /// `rawequal` of two values.
            RawEqual intrinsic_rawequal
            /// `rawget` from a table.
            RawGet intrinsic_rawget
            /// `table.remove` of the last element of a plain table.
            Remove intrinsic_remove
            /// `select`: how many arguments, or one of them.
            Select intrinsic_select
            /// `setmetatable`: the first metatable of a table.
            SetMetatable intrinsic_setmetatable
            /// `math.sqrt` of a number that is not negative.
            Sqrt intrinsic_sqrt
            /// `string.sub`: a short part of a string.
            Sub intrinsic_sub
            /// `tonumber` of a number.
            ToNumber intrinsic_tonumber
            /// `tostring` of a string.
            ToString intrinsic_tostring
            /// `type`: the names are the function's upvalues.
            Type intrinsic_type
        }
    };
}
pub(crate) use for_each_intrinsic;

macro_rules! intrinsic_enum {
    ($($(#[doc = $doc:literal])* $name:ident $handler:ident)*) => {
        /// Natives whose plain cases calls carry out in place, without a frame: the machine has a
        /// handler for each (`interp::intrinsics`). Whatever is not plain goes to the native.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum Intrinsic { $($(#[doc = $doc])* $name),* }
        impl Intrinsic {
            /// Number of intrinsics, `None` included.
            pub const COUNT: usize = [$(Intrinsic::$name),*].len();
        }
    };
}
for_each_intrinsic!(intrinsic_enum);

impl Native {
    /// A native with code and texts, and nothing special about it.
    pub(crate) const fn plain(
        name: &'static str,
        sig: &'static str,
        doc: &'static str,
        entry: Entry,
    ) -> Native {
        Native {
            name,
            entry,
            sig,
            doc,
            contract: None,
            pure: false,
            yieldable: false,
            catches: Catches::No,
            walk: Walk::Other,
            intrinsic: Intrinsic::None,
        }
    }
    /// Says that a call whose results are not used has no effect, whatever the arguments.
    pub const fn pure(self) -> Native {
        Native { pure: true, ..self }
    }
    /// Lets the program yield below the continuation.
    pub const fn yieldable(self) -> Native {
        Native { yieldable: true, ..self }
    }
    /// Lets errors below the continuation end at it. Under the called function there must be a slot
    /// with `true`; after an error it holds `false`, and the error is the only result.
    pub const fn catching(self) -> Native {
        self.with_outcome_slot();
        Native { catches: Catches::Errors, ..self }
    }
    /// As [`Native::catching`], but a message handler that is set outside runs first.
    pub const fn catching_handled(self) -> Native {
        self.with_outcome_slot();
        Native { catches: Catches::HandledErrors, ..self }
    }
    const fn with_outcome_slot(&self) {
        match self.contract {
            Some(contract) => assert!(contract.ends_in_bool(), "no slot for the outcome"),
            None => panic!("only continuations catch errors"),
        }
    }
    /// Marks `next`, which generic loops run without a call.
    pub const fn walks_pairs(self) -> Native {
        Native { walk: Walk::Next, ..self }
    }
    /// Marks the iterator of `ipairs`, which generic loops run without a call.
    pub const fn walks_list(self) -> Native {
        Native { walk: Walk::Ipairs, ..self }
    }
    /// Lets calls carry out plain cases in place.
    pub const fn intrinsic_is(self, intrinsic: Intrinsic) -> Native {
        Native { intrinsic, ..self }
    }
    /// The function's own name without the library: `rep` of `string.rep`.
    pub fn short_name(&self) -> &'static str {
        self.name.rsplit(['.', ':']).next().unwrap_or(self.name)
    }
}

impl std::fmt::Debug for Native {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Native({})", self.name)
    }
}

/// Declares a library: one `static` [`Native`] per row and a table of all of them.
///
/// ```ignore
/// natives! { pub static MATH = "math";
///     floor: "math.floor(x) -> integer|float" "Largest integral value not above x." [pure] = floor,
/// }
/// ```
/// makes `pub static MATH: &[(&str, &Native)]` with entries `("floor", …)`. In brackets stand methods of
/// [`Native`] without arguments; `=> Floor` at the end of a row names an [`Intrinsic`].
#[macro_export]
macro_rules! natives {
    ($vis:vis static $table:ident = $lib:literal;
     $($name:ident : $sig:literal $doc:literal $([$($attribute:ident),*])? = $func:expr
        $(=> $intrinsic:ident)?),* $(,)?) => {
        #[allow(missing_docs)]
        $vis static $table: &[(&str, &$crate::Native)] = &[$(
            (stringify!($name), {
                static N: $crate::Native = $crate::Native::new(
                    concat!($lib, ".", stringify!($name)), $sig, $doc, $func)
                    $($(.$attribute())*)?
                    $(.intrinsic_is($crate::native::Intrinsic::$intrinsic))?;
                &N
            }),
        )*];
    };
}

/// Declares functions that programs reach only through others (iterators, metamethods), or that are
/// made one by one: a `static` [`Native`] each and a table of all of them.
///
/// ```ignore
/// inner_natives! { pub static INNER;
///     IPAIRS_NEXT: "base.ipairs:next" [walks_list] = ipairs_next;
///     NEXT: "base.next" "next(t [, key]) -> key, value | nil" "The pair after a key." = next;
/// }
/// ```
#[macro_export]
macro_rules! inner_natives {
    ($vis:vis static $table:ident;
     $($(#[$meta:meta])* $name:ident : $full:literal $($sig:literal $doc:literal)?
        $([$($attribute:ident),*])? = $func:expr;)*) => {
        $(
            $(#[$meta])*
            $vis static $name: $crate::Native = $crate::Native::new(
                $full, concat!("", $($sig)?), concat!("", $($doc)?), $func)
                $($(.$attribute())*)?;
        )*
        /// The functions of this file that no library lists.
        $vis static $table: &[&$crate::Native] = &[$(&$name),*];
    };
}

/// Declares continuations: a `static` [`Native`] each, with its contract, and a table of all of them.
///
/// ```ignore
/// continuations! { pub static THEN;
///     /// An element has been compared.
///     STEP: "table.sort:step" (at, 1) = sort_step;
///     DONE: "pcall:then" (pcall_frame, any) [yieldable, catching] = |vm| vm.ret_from(1);
/// }
/// ```
/// In parentheses stand the module that [`frame!`](crate::frame) made and the
/// [`Results`](contract::Results): a number, `any` or `outcome`.
#[macro_export]
macro_rules! continuations {
    ($vis:vis static $table:ident;
     $($(#[$meta:meta])* $name:ident : $full:literal ($frame:ident, $results:tt)
        $([$($attribute:ident),*])? = $func:expr;)*) => {
        $(
            $(#[$meta])*
            $vis static $name: $crate::Native = {
                static CONTRACT: $crate::native::contract::Contract =
                    $crate::native::contract::Contract::new(
                        $frame::FRAME, $crate::results!($results));
                $crate::Native::then($full, &CONTRACT, $func)
                    $($(.$attribute())*)?
            };
        )*
        /// The continuations of this file.
        $vis static $table: &[&$crate::Native] = &[$(&$name),*];
    };
}

/// The [`Results`](contract::Results) that [`continuations!`](crate::continuations) names.
#[doc(hidden)]
#[macro_export]
macro_rules! results {
    (any) => {
        $crate::native::contract::Results::Any
    };
    (outcome) => {
        $crate::native::contract::Results::Outcome
    };
    ($n:literal) => {
        $crate::native::contract::Results::Exactly($n)
    };
}
