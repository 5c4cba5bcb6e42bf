//! Numbers as people read them: bytes, durations, shares.

use crate::i18n::{Message, tr};
use crate::language;

/// Bytes, base 1024, one decimal above bytes: `512 B`, `1.0 KB`, `1.5 GB`.
pub fn bytes(bytes: u64) -> String {
    if bytes < 1024 {
        return tr(Message::Bytes { amount: &language::number(bytes) });
    }
    let mut unit_bytes: u64 = 1024;
    let mut unit = 1;
    loop {
        // Rounded to tenths before the unit is chosen, so that the result is never `1024.0 KB`.
        let tenths = bytes / unit_bytes * 10 + (bytes % unit_bytes * 10 + unit_bytes / 2) / unit_bytes;
        if tenths < 10_240 || unit == 6 {
            let amount = &language::tenths(tenths);
            return tr(match unit {
                1 => Message::Kilobytes { amount },
                2 => Message::Megabytes { amount },
                3 => Message::Gigabytes { amount },
                4 => Message::Terabytes { amount },
                5 => Message::Petabytes { amount },
                _ => Message::Exabytes { amount },
            });
        }
        unit_bytes *= 1024;
        unit += 1;
    }
}

/// Memory in MiB, the master's unit.
pub fn mib(mib: u64) -> String {
    bytes(mib.saturating_mul(1024 * 1024))
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
    use super::{bytes, duration, mib, permille};

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
