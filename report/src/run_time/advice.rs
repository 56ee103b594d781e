//! What to write instead, by the words with which a function of the library or the machine refuses.

/// Beginnings of messages, and the advice.
const ADVICE: &[(&str, &str)] = &[
    ("unfinished capture", "`(` begins a capture in a pattern: write `%(` for a parenthesis"),
    ("invalid pattern capture", "`)` ends a capture in a pattern: write `%)` for a parenthesis"),
    ("malformed pattern (missing ']')", "`[` begins a set in a pattern: write `%[` for a bracket"),
    ("malformed pattern (ends with '%')", "write `%%` for a percent sign in a pattern"),
    ("malformed pattern (missing arguments to '%b')", "`%b` takes two characters: `%b()`"),
    ("missing '[' after '%f' in pattern", "`%f` takes a set: `%f[%w]` is the start of a word"),
    ("invalid capture index", "`%1` is the first capture `(…)` of the pattern"),
    ("invalid use of '%' in replacement string", "write `%%` for a percent sign in a replacement"),
    ("invalid replacement value", "a function gives a string, a number, or nil to keep the match"),
    ("invalid conversion", "write `%%` for a percent sign, `%s` for any value"),
    (
        "invalid order function for sorting",
        "the function is true if `a` comes before `b`, and false \
     of equal items: compare with `<`, not `<=`",
    ),
    (
        "attempt to yield from outside a coroutine",
        "only code that a coroutine runs can yield: \
     `coroutine.wrap(f)()` runs a function in one",
    ),
    (
        "cannot resume dead coroutine",
        "its function has returned; `coroutine.status(co)` is \
     `\"dead\"`, and a function made by `coroutine.wrap` must not be called again",
    ),
    (
        "cannot resume non-suspended coroutine",
        "a coroutine cannot resume itself, or one that waits \
     for it",
    ),
    ("field 'day' missing in date table", "a date has at least `year`, `month` and `day`"),
    ("field 'month' missing in date table", "a date has at least `year`, `month` and `day`"),
    ("field 'year' missing in date table", "a date has at least `year`, `month` and `day`"),
    (
        "invalid key to 'next'",
        "`next(t, key)` takes a key of `t`; fields must not be added while a \
     table is walked",
    ),
    (
        "too many results to unpack",
        "`table.unpack(t, i, j)` gives `j - i + 1` values, which must \
     fit on the stack",
    ),
    ("cannot change a protected metatable", "the metatable has a field `__metatable`"),
    (
        "wrong number of arguments to 'insert'",
        "write `table.insert(t, x)` or `table.insert(t, i, x)`",
    ),
    ("resulting string too large", "the string would not fit into memory"),
];

/// The advice for a message.
pub fn advice(message: &[u8]) -> Option<&'static str> {
    let found = ADVICE.iter().find(|(begins, _)| message.starts_with(begins.as_bytes()));
    found.map(|(_, advice)| *advice)
}
