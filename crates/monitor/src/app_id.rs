//! Which ids of applications are believed at all.

/// Longest id that is believed, characters.
const LONGEST: usize = 128;

/// Whether a text may stand in an address as the id of an application.
#[must_use]
pub fn is_app_id(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LONGEST
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}
