//! Malformed extensions: what is wrong with them, and what to write instead.

/// A malformed extension.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::parse) enum Hint {
    OptionalName,
    InterpolatedCall,
    EmptyHole,
    HoleEnd,
    CaseOutside,
    CatchName,
    CatchOutside,
    MatchCase,
    ContinueLast,
    DeferCall,
    Increment,
    LocalPattern,
    PatternTarget,
    ConstPattern,
    LocalCondition,
    ShortParameter,
    GlobalClose,
    CompoundTarget,
    Type,
    MixedType,
    Pattern,
}

impl Hint {
    /// PUC Lua's message there.
    pub(in crate::parse) fn puc(self) -> &'static str {
        match self {
            Hint::LocalPattern => "<name> expected",
            Hint::EmptyHole | Hint::HoleEnd | Hint::LocalCondition => "unexpected symbol",
            _ => "syntax error",
        }
    }

    /// The message, the label, and the help.
    pub(in crate::parse) fn texts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Hint::OptionalName => (
                "`?.` is followed by a name, `[`, `(` or `:`",
                "expected a name, `[`, `(` or `:`",
                "write `a?.b`, `a?.[k]`, `f?.(x)` or `a?.:m(x)`",
            ),
            Hint::InterpolatedCall => (
                "an interpolated string cannot be the argument of a call without parentheses",
                "this string is interpolated",
                "write f(`…`)",
            ),
            Hint::EmptyHole => (
                "an interpolated string has a hole without an expression",
                "expected an expression",
                "write `\\{` for a brace",
            ),
            Hint::HoleEnd => (
                "the hole of an interpolated string is not closed",
                "expected `}`",
                "a hole takes one expression; write `\\{` for a brace",
            ),
            Hint::CaseOutside => (
                "this `case` is not inside a `match`",
                "`case` starts an arm of a `match`",
                "`match` before `(`, `{`, `[` or a string is a name, and this a call: put the \
                 value in a variable, or write `match value do` without parentheses",
            ),
            Hint::CatchName => {
                ("`catch` takes a name for the error", "expected a name", "write `catch e then`")
            }
            Hint::CatchOutside => (
                "this is not part of a `try` block",
                "no enclosing `try do`",
                "write `try do … catch e then … finally do … end`",
            ),
            Hint::MatchCase => (
                "a `match` has arms that start with `case`",
                "expected `case`, `else` or `end`",
                "write `case pattern then …`",
            ),
            Hint::ContinueLast => (
                "`continue` must be the last statement of its block",
                "this can never be reached",
                "put it in a block of its own: `do continue end`",
            ),
            Hint::DeferCall => (
                "`defer` takes a call or a block",
                "this is not a call",
                "write `defer f(x)` or `defer do … end`",
            ),
            Hint::Increment => {
                ("there is no `++` or `--` operator", "expected an expression", "write `x += 1`")
            }
            Hint::LocalPattern => (
                "`[[` opens a long string",
                "this is a string",
                "put a space between the brackets of a pattern: `[ [a, b], c]`",
            ),
            Hint::PatternTarget => (
                "expected a name or a pattern",
                "expected a name, `{` or `[`",
                "a destructuring names variables: `local {x, y = other ?? 0} = t`",
            ),
            Hint::ConstPattern => {
                ("`const` takes names, not patterns", "a pattern", "write `local {x} = t`")
            }
            Hint::LocalCondition => (
                "a condition cannot declare a variable here",
                "`local` in an expression",
                "only `if`, `elseif` and `while` statements take `local x = value` as condition",
            ),
            Hint::ShortParameter => (
                "expected a parameter of a short function",
                "expected a name, `...`, a pattern or `|`",
                "a parameter with a type or a default is written in parentheses: `|(a: number), (b = 2)| -> a + b`",
            ),
            Hint::GlobalClose => (
                "a global variable cannot be to-be-closed",
                "not for global variables",
                "declare the variable `local`",
            ),
            Hint::CompoundTarget => (
                "only a variable, a field or an item can be assigned to",
                "cannot be assigned to",
                "a compound assignment has one target: `t.n += 1`",
            ),
            Hint::Type => ("expected a type", "expected a type", "types are written as in Luau"),
            Hint::Pattern => (
                "expected a pattern",
                "expected a literal, a name, `{` or `[`",
                "a pattern is a literal, a name, `_`, `{k = pattern}` or `[pattern, ...rest]`",
            ),
            Hint::MixedType => (
                "`|` and `&` cannot be mixed in a type",
                "the other operator",
                "put one of them in parentheses",
            ),
        }
    }
}
