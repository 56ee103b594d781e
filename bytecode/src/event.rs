//! Metamethod events, one row each.

macro_rules! events {
    ($($name:ident = $text:literal),* $(,)?) => {
        /// A metamethod event (Lua 5.4 manual §2.4), in the order of PUC Lua's `ltm.h`. The first
        /// eight can be cached as absent in a metatable's header flags.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum Event {
            $(#[doc = concat!("`", $text, "`")] $name),*
        }

        impl Event {
            /// Every event, in order.
            pub const ALL: &'static [Event] = &[$(Event::$name),*];

            /// The number of events.
            pub const COUNT: usize = Self::ALL.len();

            /// The metatable field that holds the handler: `__index`.
            pub const fn name(self) -> &'static str {
                const NAMES: &[&str] = &[$($text),*];
                NAMES[self as usize]
            }
        }
    };
}

events! {
    Index = "__index", NewIndex = "__newindex", Gc = "__gc", Mode = "__mode", Len = "__len",
    Eq = "__eq", Call = "__call", Close = "__close",
    Add = "__add", Sub = "__sub", Mul = "__mul", Mod = "__mod", Pow = "__pow", Div = "__div",
    IDiv = "__idiv", BAnd = "__band", BOr = "__bor", BXor = "__bxor", Shl = "__shl",
    Shr = "__shr", Unm = "__unm", BNot = "__bnot", Lt = "__lt", Le = "__le",
    Concat = "__concat", Name = "__name", ToString = "__tostring", Metatable = "__metatable",
    Pairs = "__pairs",
}
