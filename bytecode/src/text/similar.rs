//! "Did you mean": the known name nearest to one that is not known.

/// The most similar of the candidates, if one is similar enough that a slip of the fingers, the
/// case or an underscore explains the difference. Of equally similar ones the first.
pub fn similar<'a>(
    name: &[u8],
    candidates: impl IntoIterator<Item = &'a [u8]>,
) -> Option<&'a [u8]> {
    let allowed = match name.len() {
        0..=2 => 0,
        3..=5 => 1,
        6..=9 => 2,
        _ => 3,
    };
    let mut best: Option<(usize, &[u8])> = None;
    for candidate in candidates {
        if candidate == name || candidate.is_empty() {
            continue;
        }
        let distance = if plain(candidate).eq(plain(name)) {
            0
        } else if candidate.len().abs_diff(name.len()) > allowed {
            continue;
        } else {
            distance(name, candidate)
        };
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The letters of a name, without case and underscores.
fn plain(name: &[u8]) -> impl Iterator<Item = u8> {
    name.iter().filter(|&&c| c != b'_').map(u8::to_ascii_lowercase)
}

/// Insertions, deletions, replacements and swaps of neighbours that make one of the other
/// (Damerau and Levenshtein, "optimal string alignment").
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = Vec::with_capacity(last.len());
        row.push(i);
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::similar;

    fn check(name: &str, known: &[&str], expected: Option<&str>) {
        let found = similar(name.as_bytes(), known.iter().map(|k| k.as_bytes()));
        assert_eq!(found, expected.map(str::as_bytes), "{name}");
    }

    #[test]
    fn slips() {
        check("pritn", &["pairs", "print"], Some("print"));
        check("tostirng", &["tonumber", "tostring"], Some("tostring"));
        check("length", &["len", "left"], None);
        check("getItem", &["get_item"], Some("get_item"));
        check("Print", &["print"], Some("print"));
        check("x", &["y"], None);
        check("configuration", &["configration"], Some("configration"));
        check("same", &["same"], None);
    }
}
