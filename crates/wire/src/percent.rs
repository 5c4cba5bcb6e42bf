//! Shares in whole percents.

/// `part` of `whole` in percent, rounded down and at most 100. When both are 0, the result is 0.
#[must_use]
pub fn percent(part: u64, whole: u64) -> u32 {
    let percent = match whole.max(1) {
        whole if part >= whole => 100,
        // 64 bits suffice here; a division of 128 bits would add 3 KB of WebAssembly.
        whole => part.checked_mul(100).map_or_else(|| part / (whole / 100), |hundredfold| hundredfold / whole),
    };
    u32::try_from(percent).unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn a_share_is_floored_and_never_more_than_all() {
        assert_eq!(percent(1, 3), 33);
        assert_eq!(percent(0, 0), 0);
        assert_eq!(percent(3, 2), 100);
        assert_eq!(percent(u64::MAX, 1), 100);
        assert_eq!(percent(u64::MAX / 2, u64::MAX), 50);
    }
}
