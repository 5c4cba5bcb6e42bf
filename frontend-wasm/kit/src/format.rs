//! Numbers as people read them: bytes, durations, shares.

use crate::i18n::{Message, tr};
use crate::language;

/// Bytes, base 1024, one decimal above bytes: `512 B`, `1.0 KB`, `1.5 GB`.
pub fn bytes(bytes: u64) -> String {
    let unit = unit_of(bytes);
    with_unit(unit, &amount(bytes, unit))
}

/// A part of a whole, both in the whole's unit: `1.0/4.0 GB`.
pub fn bytes_of(used: u64, total: u64) -> String {
    let unit = unit_of(total);
    with_unit(unit, &[amount(used, unit), amount(total, unit)].join("/"))
}

/// The power of 1024 in which an amount is written.
fn unit_of(bytes: u64) -> u32 {
    // Rounded to tenths before the unit is chosen, so that the result is never `1024.0 KB`.
    (0..6).find(|unit| if *unit == 0 { bytes < 1024 } else { tenths(bytes, *unit) < 10_240 }).unwrap_or(6)
}

fn tenths(bytes: u64, unit: u32) -> u64 {
    let unit_bytes = 1024_u64.pow(unit);
    bytes / unit_bytes * 10 + (bytes % unit_bytes * 10 + unit_bytes / 2) / unit_bytes
}

fn amount(bytes: u64, unit: u32) -> String {
    if unit == 0 { language::number(bytes) } else { language::tenths(tenths(bytes, unit)) }
}

fn with_unit(unit: u32, amount: &str) -> String {
    tr(match unit {
        0 => Message::Bytes { amount },
        1 => Message::Kilobytes { amount },
        2 => Message::Megabytes { amount },
        3 => Message::Gigabytes { amount },
        4 => Message::Terabytes { amount },
        5 => Message::Petabytes { amount },
        _ => Message::Exabytes { amount },
    })
}

/// Memory in MiB, the master's unit.
pub fn mib(mib: u64) -> String {
    bytes(mib.saturating_mul(1024 * 1024))
}

/// A part of a whole, in MiB.
pub fn mib_of(used: u64, total: u64) -> String {
    let bytes = |mib: u64| mib.saturating_mul(1024 * 1024);
    bytes_of(bytes(used), bytes(total))
}

/// A duration, rounded down: `850ms`, `45s`, `2m 5s`, `2m`, `1h 5m`, `1h`.
pub fn duration(duration_ms: u64) -> String {
    let seconds = duration_ms / 1000;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    tr(match (hours, minutes, seconds % 60) {
        (0, 0, 0) => Message::Milliseconds { milliseconds: duration_ms },
        (0, 0, seconds) => Message::Seconds { seconds },
        (0, minutes, 0) => Message::Minutes { minutes },
        (0, minutes, seconds) => Message::MinutesSeconds { minutes, seconds },
        (hours, 0, _) => Message::Hours { hours },
        (hours, minutes, _) => Message::HoursMinutes { hours, minutes },
    })
}

/// A share of tenths of a percent: `3.4%`.
pub fn permille(permille: u32) -> String {
    tr(Message::Share { percent: &language::tenths(permille.into()) })
}

#[cfg(test)]
mod tests {
    use super::{bytes, duration, mib, mib_of, permille};

    #[test]
    fn bytes_have_one_decimal_above_bytes() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(512), "512 B");
        assert_eq!(bytes(1023), "1023 B");
        assert_eq!(bytes(1024), "1.0 KB");
        assert_eq!(bytes(1536), "1.5 KB");
        assert_eq!(bytes(314 * 1024 * 1024), "314.0 MB");
        assert_eq!(bytes(u64::MAX), "16.0 EB");
    }

    #[test]
    fn bytes_never_read_1024_of_a_unit() {
        assert_eq!(bytes(1024 * 1024 - 1), "1.0 MB");
        assert_eq!(bytes(1024 * 1024 - 52_429), "972.8 KB");
        assert_eq!(bytes(1024 * 1024 * 1024 - 1), "1.0 GB");
    }

    #[test]
    fn the_masters_memory_is_in_mib() {
        assert_eq!(mib(0), "0 B");
        assert_eq!(mib(1024), "1.0 GB");
        assert_eq!(mib(3481), "3.4 GB");
        assert_eq!([mib_of(512, 4096), mib_of(0, 0)], ["0.5/4.0 GB", "0/0 B"]);
    }

    #[test]
    fn durations_are_floored() {
        assert_eq!(duration(0), "0ms");
        assert_eq!(duration(850), "850ms");
        assert_eq!(duration(999), "999ms");
        assert_eq!(duration(1_000), "1s");
        assert_eq!(duration(45_999), "45s");
        assert_eq!(duration(59_999), "59s");
        assert_eq!(duration(60_000), "1m");
        assert_eq!(duration(120_999), "2m");
        assert_eq!(duration(125_000), "2m 5s");
        assert_eq!(duration(3_599_999), "59m 59s");
        assert_eq!(duration(3_600_000), "1h");
        assert_eq!(duration(3_659_999), "1h");
        assert_eq!(duration(3_900_000), "1h 5m");
        assert_eq!(duration(90_000_000), "25h");
    }

    #[test]
    fn shares_keep_one_decimal() {
        assert_eq!(permille(34), "3.4%");
        assert_eq!(permille(1000), "100.0%");
    }
}
