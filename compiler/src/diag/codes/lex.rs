//! Codes of the lexer: characters that make no token.

super::codes! {
    1 SourceTooLarge Error "the source text is too large"
    "Positions in a source are 32-bit numbers; a text of two gigabytes or more is refused. Keep \
     data in a data file and read it with `io.open`, or split the program."
    {}

    2 MalformedNumber Error "a numeral that is not a number"
    "A numeral begins with a digit (or a dot and a digit), and everything that touches it belongs \
     to it: `3x`, `0xg`, `1e` and `1.2.3` are not numbers. Put a space or an operator behind the \
     number, or complete it."
    { "local width = 10px\n" => "local width = 10 -- px\n" }

    3 UnfinishedString Error "a string without its closing quote"
    "A string in quotes ends on the line on which it began, with the quote it began with. To \
     continue it in the next line end the line with `\\`; for a text of several lines use a long \
     string, `[[ … ]]`."
    { "print(\"hello)\n" => "print(\"hello\")\n" }

    4 UnfinishedLongBracket Error "a long string or comment without its closing bracket"
    "A long string or comment ends with the bracket that has as many `=` as the one it began \
     with: `[[` with `]]`, `[==[` with `]==]`. Without it the whole rest of the file belongs to \
     the string or comment."
    { "--[[ a note\nprint(1)\n" => "--[[ a note ]]\nprint(1)\n" }

    5 InvalidEscape Error "an escape sequence that does not exist or is incomplete"
    "Behind a backslash a string may have `a b f n r t v \\ \" '`, a line end, `z`, `x` and two \
     hexadecimal digits, up to three decimal digits up to 255, or `u{…}` with hexadecimal digits. \
     A backslash itself is written `\\\\`."
    { "local path = \"C:\\data\"\n" => "local path = \"C:\\\\data\"\n" }

    6 InvalidLongBracket Error "`[=` that does not open a long string"
    "`[` with `=` behind it opens a long string only if a second `[` follows: `[==[`."
    { "local s = [=x\n" => "local s = [=[x]=]\n" }

    7 StrayCharacter Error "a character that belongs to no token"
    "Outside of strings and comments a program consists of ASCII letters, digits and the symbols \
     of the language. `$`, `@`, `!`, `?`, `\\`, no-break spaces, invisible marks and the like \
     have no meaning there, and often come in with copied text."
    { "local price = $5\n" => "local price = 5\n" }

    8 TypographicQuotes Error "typographic quotes around a string"
    "Strings stand in straight quotes, `\"…\"` or `'…'`. Curved quotes come from word processors \
     and web pages that \"improve\" what is typed."
    { "print(“hello”)\n" => "print(\"hello\")\n" }

    9 NonAsciiName Error "a name with letters outside of ASCII"
    "Names consist of the letters A–Z and a–z, digits and underscores, and do not begin with a \
     digit. Other letters are welcome in strings and comments, and as keys: `t[\"größe\"]`."
    { "local größe = 3\n" => "local groesse = 3\n" }
}
