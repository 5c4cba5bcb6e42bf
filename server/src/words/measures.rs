//! Bytes, counts and durations as the panel writes them.

/// Base 1024, one decimal above bytes.
pub(crate) fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let power = (u64::BITS - 1 - bytes.leading_zeros()) / 10;
    let unit = UNITS.get(power as usize - 1).unwrap_or(&"EB");
    let value = bytes as f64 / (1_u64 << (10 * power)) as f64;
    format!("{value:.1} {unit}")
}

/// A count that may be large: `2,737,374`.
pub(crate) fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut written = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

/// A share. The sign belongs to the value, because in a template it would announce one.
pub(crate) fn share(percent: u32) -> String {
    format!("{percent}%")
}

/// The two largest units, floored.
pub(crate) fn duration(ms: u64) -> String {
    let seconds = ms / 1000;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0) => format!("{ms}ms"),
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, 0) => format!("{minutes}m"),
        (0, minutes, seconds) => format!("{minutes}m {seconds}s"),
        (hours, 0, _) => format!("{hours}h"),
        (hours, minutes, _) => format!("{hours}h {minutes}m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_counts_and_durations_as_in_the_panel() {
        let written = [0, 512, 1024, 1536, (1 << 20) - 1, 1 << 30, u64::MAX].map(bytes);
        assert_eq!(written, ["0 B", "512 B", "1.0 KB", "1.5 KB", "1024.0 KB", "1.0 GB", "16.0 EB"]);
        let written = [0, 999, 1000, 12_345, 2_737_374].map(count);
        assert_eq!(written, ["0", "999", "1,000", "12,345", "2,737,374"]);
        let written = [0, 850, 45_900, 120_000, 125_000, 3_600_000, 3_900_000].map(duration);
        assert_eq!(written, ["0ms", "850ms", "45s", "2m", "2m 5s", "1h", "1h 5m"]);
    }
}
