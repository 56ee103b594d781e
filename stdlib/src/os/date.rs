//! `os.date`: `strftime` in the C locale, written here so that every host shows the same.
//!
//! The conversions are those of C99 (`LUA_STRFTIMEOPTIONS` of PUC Lua), including the `E` and `O`
//! modifiers, which change nothing in the C locale. Years are printed as glibc does: as many
//! digits as they have.

use luka_vm::host::{DateTime, Zone};

const DAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Conversions of one letter, and those that may follow `E` and `O`.
const PLAIN: &[u8] = b"aAbBcCdDeFgGhHIjmMnprRStTuUVwWxXyYzZ%";
const AFTER_E: &[u8] = b"cCxXyY";
const AFTER_O: &[u8] = b"deHImMSuUVwWy";

/// Formats `t`; the error is the rest of the format from the specifier that is not one.
pub fn format(spec: &[u8], t: &DateTime, zone: &Zone) -> Result<Vec<u8>, Vec<u8>> {
    let mut out = Vec::with_capacity(spec.len() + 32);
    let mut rest = spec;
    while let Some((&c, after)) = rest.split_first() {
        rest = after;
        if c != b'%' {
            out.push(c);
            continue;
        }
        let (letter, len) = match rest {
            [b'E', x, ..] if AFTER_E.contains(x) => (*x, 2),
            [b'O', x, ..] if AFTER_O.contains(x) => (*x, 2),
            [x, ..] if PLAIN.contains(x) => (*x, 1),
            _ => return Err(rest.to_vec()),
        };
        rest = &rest[len..];
        convert(&mut out, letter, t, zone);
    }
    Ok(out)
}

fn convert(out: &mut Vec<u8>, letter: u8, t: &DateTime, zone: &Zone) {
    let day_name = name(&DAYS, t.wday - 1);
    let month_name = name(&MONTHS, t.month - 1);
    match letter {
        b'a' => text(out, day_name.get(..3).unwrap_or(day_name)),
        b'A' => text(out, day_name),
        b'b' | b'h' => text(out, month_name.get(..3).unwrap_or(month_name)),
        b'B' => text(out, month_name),
        b'c' => many(out, b"a b e T Y", t, zone),
        b'C' => text(out, &t.year.div_euclid(100).to_string()),
        b'd' => two(out, t.day),
        b'D' | b'x' => many(out, b"m/d/y", t, zone),
        b'e' => text(out, &format!("{:2}", t.day)),
        b'F' => many(out, b"Y-m-d", t, zone),
        b'g' => two(out, iso_week(t).0.rem_euclid(100)),
        b'G' => text(out, &iso_week(t).0.to_string()),
        b'H' => two(out, t.hour),
        b'I' => two(out, (t.hour + 11).rem_euclid(12) + 1),
        b'j' => text(out, &format!("{:03}", t.yday)),
        b'm' => two(out, t.month),
        b'M' => two(out, t.min),
        b'n' => out.push(b'\n'),
        b'p' => text(out, if t.hour >= 12 { "PM" } else { "AM" }),
        b'r' => many(out, b"I:M:S p", t, zone),
        b'R' => many(out, b"H:M", t, zone),
        b'S' => two(out, t.sec),
        b't' => out.push(b'\t'),
        b'T' | b'X' => many(out, b"H:M:S", t, zone),
        b'u' => text(out, &((t.wday + 5).rem_euclid(7) + 1).to_string()),
        // weeks counted from the first Sunday (%U) or Monday (%W)
        b'U' => two(out, (t.yday + 6 - (t.wday - 1)).div_euclid(7)),
        b'W' => two(out, (t.yday + 6 - (t.wday + 5).rem_euclid(7)).div_euclid(7)),
        b'V' => two(out, iso_week(t).1),
        b'w' => text(out, &(t.wday - 1).to_string()),
        b'y' => two(out, t.year.rem_euclid(100)),
        b'Y' => text(out, &t.year.to_string()),
        b'z' => {
            let minutes = zone.offset.abs() / 60;
            let sign = if zone.offset < 0 { '-' } else { '+' };
            text(out, &format!("{sign}{:02}{:02}", minutes / 60, minutes % 60));
        }
        b'Z' => text(out, &zone.name),
        _ => out.push(b'%'),
    }
}

/// A conversion made of others: letters are converted, the rest is copied.
fn many(out: &mut Vec<u8>, pattern: &[u8], t: &DateTime, zone: &Zone) {
    for &c in pattern {
        if c.is_ascii_alphabetic() {
            convert(out, c, t, zone);
        } else {
            out.push(c);
        }
    }
}

fn text(out: &mut Vec<u8>, s: &str) {
    out.extend_from_slice(s.as_bytes());
}

fn two(out: &mut Vec<u8>, n: i64) {
    text(out, &format!("{n:02}"));
}

fn name(names: &[&'static str], i: i64) -> &'static str {
    usize::try_from(i).ok().and_then(|i| names.get(i)).copied().unwrap_or("?")
}

fn is_leap(year: i64) -> bool {
    year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0)
}

/// ISO 8601: the year a week belongs to (that of its Thursday) and its number.
fn iso_week(t: &DateTime) -> (i64, i64) {
    let monday_based = (t.wday + 5).rem_euclid(7); // Monday = 0
    let yday = t.yday - 1;
    let thursday = yday - monday_based + 3;
    let length = if is_leap(t.year) { 366 } else { 365 };
    if thursday < 0 {
        let length = if is_leap(t.year - 1) { 366 } else { 365 };
        (t.year - 1, (thursday + length) / 7 + 1)
    } else if thursday >= length {
        (t.year + 1, (thursday - length) / 7 + 1)
    } else {
        (t.year, thursday / 7 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(spec: &str, t: DateTime) -> String {
        let zone = Zone { name: "GMT".into(), offset: -5400 };
        match format(spec.as_bytes(), &t, &zone) {
            Ok(s) => String::from_utf8_lossy(&s).into_owned(),
            Err(s) => format!("error {}", String::from_utf8_lossy(&s)),
        }
    }

    fn date(year: i64, month: i64, day: i64, wday: i64, yday: i64) -> DateTime {
        DateTime { year, month, day, hour: 13, min: 5, sec: 9, wday, yday, isdst: Some(false) }
    }

    #[test]
    fn conversions() {
        let t = date(2026, 11, 21, 7, 325);
        assert_eq!(
            show("%c|%x|%X|%p|%I|%r", t),
            "Sat Nov 21 13:05:09 2026|11/21/26|13:05:09|PM|01|01:05:09 PM"
        );
        assert_eq!(show("%U %V %W %u %w %j %e", t), "46 47 46 6 6 325 21");
        assert_eq!(show("%z %Z %EY %Od %%", t), "-0130 GMT 2026 21 %");
        assert_eq!(show("a%Ez", t), "error Ez");
        assert_eq!(show("%", t), "error ");
    }

    #[test]
    fn iso_years() {
        assert_eq!(show("%G-%V", date(2021, 1, 1, 6, 1)), "2020-53");
        assert_eq!(show("%G-%V", date(2024, 12, 30, 2, 365)), "2025-01");
        assert_eq!(show("%Y|%C|%y", date(-8, 8, 15, 2, 228)), "-8|-1|92");
    }
}
