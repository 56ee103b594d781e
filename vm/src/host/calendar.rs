//! Dates of the proleptic Gregorian calendar in UTC, by arithmetic alone: what hosts use that have
//! no time zones.

use super::DateTime;

const DAY: i64 = 86_400;

/// Days from 1970-01-01 to the first of a month, 1–12 (Howard Hinnant's `days_from_civil`).
fn days_before(year: i64, month: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year and month (1–12) of a day counted from 1970-01-01 (Howard Hinnant's `civil_from_days`).
fn year_and_month(days: i64) -> (i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month)
}

/// The date of a time in seconds since 1970-01-01 UTC; `None` if its year is not a C `int`
/// counted from 1900.
pub fn date_of(time: i64) -> Option<DateTime> {
    let (days, rest) = (time.div_euclid(DAY), time.rem_euclid(DAY));
    // 2^31 years have fewer days than this: no sum below overflows.
    if days.unsigned_abs() > 1 << 40 {
        return None;
    }
    let (year, month) = year_and_month(days);
    i32::try_from(year - 1900).ok()?;
    Some(DateTime {
        year,
        month,
        day: days - days_before(year, month) + 1,
        hour: rest / 3600,
        min: rest / 60 % 60,
        sec: rest % 60,
        wday: (days + 4).rem_euclid(7) + 1,
        yday: days - days_before(year, 1) + 1,
        isdst: Some(false),
    })
}

/// The time of a date in UTC, whose fields may be out of range (`mktime`), and the date with its
/// fields in range; `None` if it cannot be represented.
pub fn time_of(t: DateTime) -> Option<(i64, DateTime)> {
    let months = t.year.checked_mul(12)?.checked_add(t.month.checked_sub(1)?)?;
    if months.unsigned_abs() > 1 << 40 {
        return None;
    }
    let first = days_before(months.div_euclid(12), months.rem_euclid(12) + 1);
    let seconds = first.checked_add(t.day.checked_sub(1)?)?.checked_mul(DAY)?;
    let seconds = seconds.checked_add(t.hour.checked_mul(3600)?)?;
    let seconds = seconds.checked_add(t.min.checked_mul(60)?)?.checked_add(t.sec)?;
    Some((seconds, date_of(seconds)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_dates() {
        let t = date_of(1_000_000_000).unwrap_or_default();
        assert_eq!((t.year, t.month, t.day, t.hour, t.min, t.sec), (2001, 9, 9, 1, 46, 40));
        assert_eq!((t.wday, t.yday), (1, 252));
        let t = date_of(-1).unwrap_or_default();
        assert_eq!((t.year, t.month, t.day, t.hour, t.wday), (1969, 12, 31, 23, 4));
        assert_eq!(date_of(i64::MAX), None);
        let moved = time_of(DateTime { month: 14, day: 0, ..t });
        assert_eq!(moved.map(|(_, t)| (t.year, t.month, t.day)), Some((1970, 1, 31)));
        assert_eq!(time_of(DateTime { hour: i64::MAX, ..t }), None);
    }

    #[test]
    fn every_day_comes_back() {
        for days in (-800_000..800_000).step_by(13) {
            let t = date_of(days * DAY + 5).unwrap_or_default();
            assert_eq!(time_of(t).map(|(time, _)| time), Some(days * DAY + 5));
        }
    }
}
