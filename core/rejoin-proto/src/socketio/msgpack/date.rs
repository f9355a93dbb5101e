//! Dates, as the text that `JSON.stringify` makes of a `Date`.

use core::fmt::Write;

/// The type of the timestamp extension.
pub(super) const TIMESTAMP: i8 = -1;

const MILLIS_PER_DAY: i64 = 86_400_000;
/// The range of a JavaScript `Date`.
const MAX_MILLIS: i64 = 100_000_000 * MILLIS_PER_DAY;

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Eight bytes of milliseconds since 1970, as `notepack.io` 2 writes a `Date`.
pub(super) fn from_millis(data: &[u8], json: &mut String) -> Option<()> {
    write_date(number(data).cast_signed(), json)
}

/// The timestamp extension, of 4, 8 or 12 bytes.
pub(super) fn from_timestamp(data: &[u8], json: &mut String) -> Option<()> {
    let (seconds, nanos) = match data.len() {
        4 => (i64::try_from(number(data)).ok()?, 0),
        8 => (i64::try_from(number(data) & 0x3_ffff_ffff).ok()?, number(data) >> 34),
        12 => (number(data.get(4..)?).cast_signed(), number(data.get(..4)?)),
        _ => return None,
    };
    let millis = seconds.checked_mul(1000)?.checked_add(i64::try_from(nanos / 1_000_000).ok()?)?;
    write_date(millis, json)
}

fn write_date(millis: i64, json: &mut String) -> Option<()> {
    if millis.unsigned_abs() > MAX_MILLIS.unsigned_abs() {
        json.push_str("null");
        return Some(());
    }
    let (year, month, day) = civil(millis.div_euclid(MILLIS_PER_DAY));
    let rest = millis.rem_euclid(MILLIS_PER_DAY);
    let (hour, minute, second, milli) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60, rest % 1000);
    json.push('"');
    match year {
        0..=9999 => write!(json, "{year:04}"),
        _ => write!(json, "{year:+07}"),
    }
    .ok()?;
    write!(json, "-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z\"").ok()
}

/// Year, month and day of a day counted from 1970-01-01: years begin in March, so that a leap day is the last one.
fn civil(days: i64) -> (i64, i64, i64) {
    const DAYS_PER_ERA: i64 = 146_097;
    let days = days + 719_468;
    let era = days.div_euclid(DAYS_PER_ERA);
    let day_of_era = days.rem_euclid(DAYS_PER_ERA);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / (DAYS_PER_ERA - 1)) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}
