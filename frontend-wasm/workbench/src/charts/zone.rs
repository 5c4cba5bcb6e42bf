//! The browser's time zone.

/// How far local time is ahead of UTC at a moment; milliseconds. UTC on the host.
pub fn ahead_ms(at_ms: i64) -> i64 {
    if cfg!(target_arch = "wasm32") {
        let date = js_sys::Date::new(&(at_ms as f64).into());
        -(date.get_timezone_offset() as i64) * 60_000
    } else {
        0
    }
}

/// A moment as ISO 8601 in local time, with its zone.
pub fn iso(at_ms: i64, ahead_ms: i64) -> String {
    let seconds = (at_ms + ahead_ms).div_euclid(1000);
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let of_day = seconds.rem_euclid(86_400);
    let minutes = ahead_ms / 60_000;
    let two = |number: i64| [if number < 10 { "0" } else { "" }, &number.to_string()].concat();
    let date = [year.to_string(), two(month), two(day)].join("-");
    let time = [two(of_day / 3600), two(of_day / 60 % 60), two(of_day % 60)].join(":");
    let sign = if minutes < 0 { "-" } else { "+" };
    [&date, "T", &time, sign, &two(minutes.abs() / 60), ":", &two(minutes.abs() % 60)].concat()
}

/// Year, month and day of a day counted from 1970, in the Gregorian calendar. By Howard Hinnant's `civil_from_days`.
pub fn civil(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let part = (5 * of_year + 2) / 153;
    let month = if part < 10 { part + 3 } else { part - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, of_year - (153 * part + 2) / 5 + 1)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{civil, iso};

    #[test]
    fn days_have_their_dates() {
        assert_eq!([civil(0), civil(-1), civil(11_016)], [(1970, 1, 1), (1969, 12, 31), (2000, 2, 29)]);
    }

    #[test]
    fn a_moment_is_written_with_its_zone() {
        assert_eq!(iso(1_800_014_400_000, 0), "2027-01-15T12:00:00+00:00");
        assert_eq!(iso(1_800_014_400_000, -12_600_000), "2027-01-15T08:30:00-03:30");
        assert_eq!(iso(1_800_014_400_000, 43_200_000), "2027-01-16T00:00:00+12:00");
    }
}
