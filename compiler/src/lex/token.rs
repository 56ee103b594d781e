//! Tokens: kinds, and the flat arrays that hold them.

use crate::diag::Diagnostic;
use crate::{Names, Span, Sym};

macro_rules! token_kinds {
    ($($name:ident $text:literal)*) => {
        /// What a token is. One byte.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum TokenKind { $(#[doc = concat!("`", $text, "`")] $name,)* }

        impl TokenKind {
            /// The token as PUC's messages write it, without quotes: its text, or `<name>`,
            /// `<string>`, `<number>`, `<integer>`, `<eof>`.
            pub const fn text(self) -> &'static str {
                match self { $(TokenKind::$name => $text,)* }
            }
        }
    };
}

token_kinds! {
    // Reserved words, in order of text.
    And "and"
    Break "break"
    Do "do"
    Else "else"
    ElseIf "elseif"
    End "end"
    False "false"
    For "for"
    Function "function"
    Goto "goto"
    If "if"
    In "in"
    Local "local"
    Nil "nil"
    Not "not"
    Or "or"
    Repeat "repeat"
    Return "return"
    Then "then"
    True "true"
    Until "until"
    While "while"
    // Tokens with a payload.
    Name "<name>"
    Str "<string>"
    Int "<integer>"
    Float "<number>"
    // Symbols.
    Plus "+"
    Minus "-"
    Star "*"
    Slash "/"
    SlashSlash "//"
    Percent "%"
    Caret "^"
    Hash "#"
    Amp "&"
    Tilde "~"
    Pipe "|"
    Less "<"
    Greater ">"
    LessLess "<<"
    GreaterGreater ">>"
    LessEq "<="
    GreaterEq ">="
    EqEq "=="
    TildeEq "~="
    Eq "="
    LParen "("
    RParen ")"
    LBrace "{"
    RBrace "}"
    LBracket "["
    RBracket "]"
    ColonColon "::"
    Semi ";"
    Colon ":"
    Comma ","
    Dot "."
    DotDot ".."
    Dots "..."
    // Symbols of the extensions.
    PlusEq "+="
    MinusEq "-="
    StarEq "*="
    SlashEq "/="
    SlashSlashEq "//="
    PercentEq "%="
    CaretEq "^="
    DotDotEq "..="
    AmpEq "&="
    PipeEq "|="
    LessLessEq "<<="
    GreaterGreaterEq ">>="
    QuestionQuestionEq "??="
    Arrow "->"
    Question "?"
    QuestionQuestion "??"
    QuestionDot "?."
    // Pieces of an interpolated string; the payload is the text between the holes.
    InterpWhole "<interpolated string>"
    InterpBegin "<start of an interpolated string>"
    InterpMid "<middle of an interpolated string>"
    InterpEnd "<end of an interpolated string>"
    // A byte that starts no token; the payload is the byte.
    Other "<other>"
    // Invalid text; the payload is the index of its diagnostic.
    Error "<error>"
    // The end of the text; always the last token.
    Eof "<eof>"
}

impl TokenKind {
    /// Is it one of the 22 reserved words?
    pub const fn is_keyword(self) -> bool {
        self as u8 <= TokenKind::While as u8
    }
}

/// A token's kind and payload: the raw [`Sym`] of a `Name` or `Str`, the index into
/// [`Tokens::ints`] or [`Tokens::floats`] of a numeral.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    /// What the token is.
    pub kind: TokenKind,
    /// The payload, by kind.
    pub payload: u32,
}

impl Token {
    /// The symbol of a `Name` or `Str`.
    pub const fn sym(self) -> Sym {
        Sym::from_raw(self.payload)
    }
}

/// The tokens of a chunk, in order; the last one is `Eof`.
#[derive(Clone, Default)]
pub struct Tokens {
    /// The tokens.
    pub tokens: Vec<Token>,
    /// Text span of each token.
    pub spans: Vec<Span>,
    /// Values of integer tokens.
    pub ints: Vec<i64>,
    /// Values of float tokens.
    pub floats: Vec<f64>,
    /// Names and strings.
    pub names: Names,
    /// One diagnostic for each `Error` token, in order.
    pub errors: Vec<Diagnostic>,
}

impl Tokens {
    /// Removes the tokens; the names stay, and the memory.
    pub(super) fn clear(&mut self) {
        self.tokens.clear();
        self.spans.clear();
        self.ints.clear();
        self.floats.clear();
    }

    /// Number of tokens, the `Eof` included.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether there are no tokens, not even `Eof`.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// The first token that starts at or after `pos`; the `Eof` for larger positions.
    pub fn index_at_or_after(&self, pos: u32) -> usize {
        let index = self.spans.partition_point(|span| span.start < pos);
        index.min(self.spans.len().saturating_sub(1))
    }

    /// A byte on the line PUC counts while token `index` is current: the token's last byte.
    pub fn line_at(&self, index: usize) -> u32 {
        let span = self.spans[index];
        span.end.max(span.start + 1) - 1
    }
}
