//! The table of diagnostic codes: number, name, severity and one line for people.

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    Error,
    Warning,
    Note,
}

macro_rules! codes {
    ($($number:literal $name:ident $severity:ident $about:literal)*) => {
        /// What a diagnostic is about. Numbers never change their meaning.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u16)]
        pub enum Code { $(#[doc = $about] $name = $number,)* }

        impl Code {
            /// Every code, in order of number.
            pub const ALL: &[Code] = &[$(Code::$name),*];

            pub const fn severity(self) -> Severity {
                match self { $(Code::$name => Severity::$severity,)* }
            }

            /// One line saying what the code means.
            pub const fn about(self) -> &'static str {
                match self { $(Code::$name => $about,)* }
            }
        }
    };
}

codes! {
    // Reading characters.
    100 SourceTooLarge Error "the source text is too large"
    101 MalformedNumber Error "a numeral that is not a number"
    102 UnfinishedString Error "a string without its closing quote"
    103 UnfinishedLongBracket Error "a long string or comment without its closing bracket"
    104 InvalidEscape Error "an escape sequence that does not exist or is incomplete"
    105 InvalidLongBracket Error "`[=` that does not open a long string"
    // The grammar.
    200 UnexpectedToken Error "a token that cannot stand here"
    201 Expected Error "a certain token must stand here"
    202 Unclosed Error "a construct without its closing token"
    203 NotAStatement Error "an expression that is neither a call nor assigned to"
    204 VarargOutside Error "`...` in a function that takes no varargs"
    205 UnknownAttribute Error "a local attribute that does not exist"
    206 SeveralToClose Error "more than one to-be-closed variable in one declaration"
    207 TooDeep Error "constructs nested too deeply"
    // Names, scopes and jumps.
    300 AssignToConst Error "assignment to a constant variable"
    301 BreakOutsideLoop Error "`break` outside a loop"
    302 UndefinedLabel Error "`goto` without a visible label"
    303 DuplicateLabel Error "two visible labels with one name"
    304 JumpIntoScope Error "`goto` into the scope of a local variable"
    305 TooManyLocals Error "too many local variables in one function"
    306 TooManyUpvalues Error "too many upvalues in one function"
    307 TooManyRegisters Error "a function or expression needs too many registers"
    308 TooLarge Error "some other limit of the compiler is passed"
    // A program running.
    900 Runtime Error "an error raised while the program ran"
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{:03}", ["E", "W", "N"][self.severity() as usize], *self as u16)
    }
}
