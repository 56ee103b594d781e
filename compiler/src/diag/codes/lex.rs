//! Codes of lexical errors.

super::codes! {
    1 SourceTooLarge Error "the source text is too large"
    "Positions in a source are 32-bit numbers; a text of two gigabytes or more is rejected. Keep \
     large data in a separate file and read it with `io.open`, or split the program."
    {}

    2 MalformedNumber Error "malformed number"
    "A numeral begins with a digit, or with a dot and a digit, and extends over all letters, digits \
     and dots that follow: `3x`, `0xg`, `1e` and `1.2.3` are not numbers. Insert a space or an \
     operator after the number, or complete it."
    { "local width = 10px\n" => "local width = 10 -- px\n" }

    3 UnfinishedString Error "unfinished string"
    "A quoted string must be closed on the line on which it begins, by the same kind of quote. To \
     continue it on the next line, end the line with `\\`; for text that spans several lines use a \
     long string, `[[ … ]]`."
    { "print(\"hello)\n" => "print(\"hello\")\n" }

    4 UnfinishedLongBracket Error "unfinished long string or comment"
    "A long string or comment is closed by a bracket with the same number of `=` as the opening \
     one: `[[` by `]]`, `[==[` by `]==]`. Without it, the rest of the file is part of the string or \
     comment."
    { "--[[ a note\nprint(1)\n" => "--[[ a note ]]\nprint(1)\n" }

    5 InvalidEscape Error "invalid escape sequence"
    "A backslash in a string must be followed by one of `a b f n r t v \\ \" '`, a line break, `z`, \
     `x` and two hexadecimal digits, up to three decimal digits with a value of at most 255, or \
     `u{…}` with hexadecimal digits. A literal backslash is written `\\\\`."
    { "local path = \"C:\\data\"\n" => "local path = \"C:\\\\data\"\n" }

    6 InvalidLongBracket Error "`[=` that does not open a long string"
    "`[` followed by `=` opens a long string only if a second `[` follows: `[==[`."
    { "local s = [=x\n" => "local s = [=[x]=]\n" }

    7 StrayCharacter Error "invalid character"
    "Outside of strings and comments, a program consists of ASCII letters, digits and the symbols \
     of the language. `$`, `@`, `!`, `?`, `\\`, no-break spaces and invisible characters have no \
     meaning there; they often come from copied text."
    { "local price = $5\n" => "local price = 5\n" }

    8 TypographicQuotes Error "typographic quotes around a string"
    "Strings are enclosed in straight quotes, `\"…\"` or `'…'`. Curly quotes come from word \
     processors and web pages that convert straight quotes."
    { "print(“hello”)\n" => "print(\"hello\")\n" }

    9 NonAsciiName Error "a name with non-ASCII letters"
    "Names consist of the letters A–Z and a–z, digits and underscores, and do not begin with a \
     digit. Other letters may be used in strings, in comments, and as string keys: `t[\"größe\"]`."
    { "local größe = 3\n" => "local groesse = 3\n" }
}
