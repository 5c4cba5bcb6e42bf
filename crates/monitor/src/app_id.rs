//! Which texts are accepted as application ids.

/// Longest id that is accepted, characters.
const LONGEST: usize = 128;

/// Whether a text is safe to put in a URL as an application id.
#[must_use]
pub fn is_app_id(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LONGEST
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}
