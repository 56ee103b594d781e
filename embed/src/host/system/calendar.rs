//! Calendar time: seconds since 1970 to fields and back, in the local zone.
//!
//! The calendar arithmetic is our own, because C's `struct tm` reaches years that calendar crates
//! refuse; the zone's offsets are jiff's. Years that jiff does not know are looked up in the year
//! of the same shape of its 400-year cycle. Days are counted as in Howard Hinnant's "chrono-
//! compatible low-level date algorithms".

use jiff::Timestamp;
use jiff::tz::TimeZone;
use luka_vm::host::{DateTime, Zone};

const DAY: i64 = 86_400;
/// Days and seconds of 400 years.
const CYCLE_DAYS: i64 = 146_097;
const CYCLE: i64 = CYCLE_DAYS * DAY;

/// The local zone, looked up once it is needed.
#[derive(Default)]
pub struct Calendar {
    zone: Option<TimeZone>,
}

/// What a zone says about a moment.
struct Offset {
    seconds: i64,
    dst: bool,
    name: String,
}

impl Calendar {
    fn offset(&mut self, time: i64) -> Offset {
        let zone = self.zone.get_or_insert_with(TimeZone::system);
        let known = -62_000_000_000..253_000_000_000;
        let time = if known.contains(&time) {
            time
        } else {
            // The same moment of a year between 2000 and 2400.
            (time.rem_euclid(CYCLE) - 946_684_800).rem_euclid(CYCLE) + 946_684_800
        };
        match Timestamp::from_second(time) {
            Ok(t) => {
                let info = zone.to_offset_info(t);
                Offset {
                    seconds: info.offset().seconds() as i64,
                    dst: info.dst().is_dst(),
                    name: info.abbreviation().to_string(),
                }
            }
            Err(_) => Offset { seconds: 0, dst: false, name: "UTC".to_string() },
        }
    }

    pub fn zone(&mut self, time: i64, utc: bool) -> Zone {
        if utc {
            return Zone { name: "GMT".to_string(), offset: 0 };
        }
        let offset = self.offset(time);
        Zone { name: offset.name, offset: offset.seconds }
    }

    pub fn local_time(&mut self, time: i64, utc: bool) -> Option<DateTime> {
        if utc {
            return fields(time, Some(false));
        }
        let offset = self.offset(time);
        fields(time.checked_add(offset.seconds)?, Some(offset.dst))
    }

    /// `mktime`. A wrong `isdst` moves the time, an unknown one is found out.
    pub fn make_time(&mut self, t: DateTime) -> Option<(i64, DateTime)> {
        let months = t.year.checked_mul(12)?.checked_add(t.month.checked_sub(1)?)?;
        let days = days_from_civil(months.div_euclid(12), months.rem_euclid(12) + 1, 1)?;
        let days = days.checked_add(t.day.checked_sub(1)?)?;
        let clock = t.hour.checked_mul(3600)?.checked_add(t.min.checked_mul(60)?)?;
        let local = days.checked_mul(DAY)?.checked_add(clock)?.checked_add(t.sec)?;

        let guess = local.checked_sub(self.offset(local).seconds)?;
        let mut time = local.checked_sub(self.offset(guess).seconds)?;
        if let Some(wanted) = t.isdst
            && self.offset(time).dst != wanted
        {
            // Where clocks are never changed, an hour is assumed, as glibc does.
            let hour = if wanted { 3600 } else { -3600 };
            time = match self.other_offset(time, wanted) {
                Some(seconds) => local.checked_sub(seconds)?,
                None => time.checked_sub(hour)?,
            };
        }
        Some((time, self.local_time(time, false)?))
    }

    /// The offset of the nearest time of year at which daylight saving is as wanted.
    fn other_offset(&mut self, time: i64, wanted: bool) -> Option<i64> {
        for weeks in 1..54 {
            for sign in [-1, 1] {
                let offset = self.offset(time.checked_add(sign * weeks * 7 * DAY)?);
                if offset.dst == wanted {
                    return Some(offset.seconds);
                }
            }
        }
        None
    }
}

/// The fields of a count of seconds, `None` if the year does not fit C's `int tm_year`.
fn fields(seconds: i64, isdst: Option<bool>) -> Option<DateTime> {
    let (days, clock) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let (year, month, day) = civil_from_days(days)?;
    i32::try_from(year - 1900).ok()?;
    Some(DateTime {
        year,
        month,
        day,
        hour: clock / 3600,
        min: clock / 60 % 60,
        sec: clock % 60,
        wday: (days + 4).rem_euclid(7) + 1,
        yday: days - days_from_civil(year, 1, 1)? + 1,
        isdst,
    })
}

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar; `month` is in 1..=12.
fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    let year = if month <= 2 { year.checked_sub(1)? } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    era.checked_mul(CYCLE_DAYS)?.checked_add(of_era - 719_468)
}

fn civil_from_days(days: i64) -> Option<(i64, i64, i64)> {
    let days = days.checked_add(719_468)?;
    let (era, of_era) = (days.div_euclid(CYCLE_DAYS), days.rem_euclid(CYCLE_DAYS));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    Some((year, month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_inverse() {
        for days in (-1_000_000..1_000_000).step_by(97) {
            let (y, m, d) = civil_from_days(days).unwrap();
            assert_eq!(days_from_civil(y, m, d), Some(days));
        }
        assert_eq!(civil_from_days(0), Some((1970, 1, 1)));
        assert_eq!(civil_from_days(11_016), Some((2000, 2, 29)));
    }

    #[test]
    fn fields_of_known_moments() {
        let t = fields(951_827_696, None).unwrap();
        assert_eq!((t.year, t.month, t.day, t.hour, t.min, t.sec), (2000, 2, 29, 12, 34, 56));
        assert_eq!((t.wday, t.yday), (3, 60));
        assert_eq!(fields(-1, None).unwrap().year, 1969);
        assert!(fields(1 << 60, None).is_none());
    }

    #[test]
    fn fields_out_of_range_are_normalised() {
        let mut utc = Calendar { zone: Some(TimeZone::UTC) };
        let wanted = DateTime { year: 2000, month: 14, day: 31, hour: 25, ..DateTime::default() };
        let (time, t) = utc.make_time(wanted).unwrap();
        assert_eq!((t.year, t.month, t.day, t.hour), (2001, 3, 4, 1));
        assert_eq!(time, 983_667_600);
        assert!(utc.make_time(DateTime { year: i64::MAX, ..wanted }).is_none());
    }
}
