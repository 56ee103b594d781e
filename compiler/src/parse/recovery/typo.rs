//! Misspelled keywords, and the keywords of other languages.

use crate::diag::Code;
use crate::lex::TokenKind as T;

const KEYWORDS: &[T] = &[
    T::And,
    T::Break,
    T::Do,
    T::Else,
    T::ElseIf,
    T::End,
    T::False,
    T::For,
    T::Function,
    T::Goto,
    T::If,
    T::In,
    T::Local,
    T::Nil,
    T::Not,
    T::Or,
    T::Repeat,
    T::Return,
    T::Then,
    T::True,
    T::Until,
    T::While,
];

/// The equivalents of a keyword of another language, and the code under which it is reported.
pub(super) fn foreign_word(word: &str) -> Vec<(T, Code)> {
    let kinds: &[T] = match word {
        "fn" | "func" | "fun" | "def" | "sub" | "proc" | "procedure" | "lambda" => &[T::Function],
        "var" | "let" | "my" | "auto" | "const" | "int" | "string" | "char" | "double" | "bool" => {
            &[T::Local]
        }
        "endif" | "fi" | "done" | "endwhile" | "endfor" | "endfunction" | "esac" => &[T::End],
        "foreach" => &[T::For],
        "begin" => &[T::Do, T::Then],
        "of" => &[T::In],
        "to" | "step" | "by" => &[T::Comma],
        "is" => &[T::EqEq],
        "null" | "NULL" | "None" => &[T::Nil],
        "elsif" | "elif" | "elseIf" | "ElseIf" => return vec![(T::ElseIf, Code::ForeignElseIf)],
        _ => &[],
    };
    kinds.iter().map(|&kind| (kind, Code::ForeignKeyword)).collect()
}

/// The keyword that is written so.
pub(super) fn keyword(word: &[u8]) -> Option<T> {
    KEYWORDS.iter().copied().find(|kind| kind.text().as_bytes() == word)
}

/// Keywords that a word may be a typo for, with the edit distance: one, or two for long keywords.
pub(super) fn misspelled(word: &str) -> Vec<(T, usize)> {
    if word.len() < 2 || word.len() > 11 {
        return Vec::new();
    }
    let lower = word.to_ascii_lowercase();
    let mut out = Vec::new();
    for &kind in KEYWORDS {
        let keyword = kind.text();
        if lower == keyword {
            out.push((kind, 1));
            continue;
        }
        let most = match keyword.len() {
            0..=2 => 0,
            3..=4 => 1,
            _ => 2,
        };
        let distance = distance(lower.as_bytes(), keyword.as_bytes());
        if distance <= most {
            out.push((kind, distance));
        }
    }
    out
}

/// Insertions, deletions, replacements and swaps of neighbours that make `b` of `a` (the
/// restricted Damerau–Levenshtein distance).
pub(super) fn distance(a: &[u8], b: &[u8]) -> usize {
    let wide = b.len() + 1;
    let mut rows = vec![0; (a.len() + 1) * wide];
    for (j, lexeme) in rows[..wide].iter_mut().enumerate() {
        *lexeme = j;
    }
    for i in 1..=a.len() {
        rows[i * wide] = i;
        for j in 1..=b.len() {
            let same = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[(i - 1) * wide + j] + 1)
                .min(rows[i * wide + j - 1] + 1)
                .min(rows[(i - 1) * wide + j - 1] + same);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[(i - 2) * wide + j - 2] + 1);
            }
            rows[i * wide + j] = best;
        }
    }
    rows[a.len() * wide + b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typos() {
        assert_eq!(distance(b"fucntion", b"function"), 1);
        assert_eq!(distance(b"", b"end"), 3);
        assert_eq!(distance(b"retrun", b"return"), 1);
        assert_eq!(misspelled("thne"), [(T::Then, 1)]);
        assert!(misspelled("position").is_empty());
    }
}
