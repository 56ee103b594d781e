//! Amounts as the command line writes them.

use std::time::Duration;

/// Units of fuel: a number.
pub fn fuel(text: &str) -> Option<u64> {
    digits(text)
}

/// Bytes: a number, or one with K, M or G behind it (powers of 1024).
pub fn bytes(text: &str) -> Option<u64> {
    let (number, unit) = match text.as_bytes().last()? {
        b'K' | b'k' => (&text[..text.len() - 1], 1 << 10),
        b'M' | b'm' => (&text[..text.len() - 1], 1 << 20),
        b'G' | b'g' => (&text[..text.len() - 1], 1 << 30),
        _ => (text, 1),
    };
    digits(number)?.checked_mul(unit)
}

/// A time: a number with ms, s, m or h behind it; without one, seconds. The number may have a
/// fraction.
pub fn time(text: &str) -> Option<Duration> {
    const UNITS: [(&str, f64); 4] = [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0)];
    let unit = UNITS.iter().find_map(|(name, seconds)| Some((text.strip_suffix(name)?, *seconds)));
    let (number, seconds) = unit.unwrap_or((text, 1.0));
    if !number.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    Duration::try_from_secs_f64(number.parse::<f64>().ok()? * seconds).ok()
}

/// A number without sign.
fn digits(text: &str) -> Option<u64> {
    if text.bytes().all(|b| b.is_ascii_digit()) { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts() {
        assert_eq!(fuel("1000"), Some(1000));
        assert_eq!(bytes("64M"), Some(64 << 20));
        assert_eq!(bytes("1000"), Some(1000));
        assert_eq!(bytes("2k"), Some(2048));
        assert_eq!(time("5s"), Some(Duration::from_secs(5)));
        assert_eq!(time("250ms"), Some(Duration::from_millis(250)));
        assert_eq!(time("1.5m"), Some(Duration::from_secs(90)));
        assert_eq!(time("2"), Some(Duration::from_secs(2)));
        for bad in ["", "-1", "+1", "x", "1x", "M", "99999999999999999999", "99999999999G"] {
            assert_eq!((fuel(bad), bytes(bad)), (None, None), "{bad}");
        }
        for bad in
            ["", "s", "-1s", "1 s", "1d", "1e3", "inf", "nan", "1..2", "99999999999999999999h"]
        {
            assert_eq!(time(bad), None, "{bad}");
        }
    }
}
