//! A secret as a header value, marked as sensitive so that it is never printed.

use reqwest::header::{HeaderValue, InvalidHeaderValue};

/// # Errors
/// When the text has characters that a header must not have.
pub fn secret_header(text: &str) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut value = HeaderValue::from_str(text)?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::secret_header;

    #[test]
    fn a_secret_in_a_header_is_not_printed() {
        let value = secret_header("Bearer secret").unwrap();
        assert_eq!((value.as_bytes(), format!("{value:?}")), (&b"Bearer secret"[..], "Sensitive".to_owned()));
        assert!(secret_header("a\nb").is_err());
    }
}
