//! Sentences for people: templates with values, so that they can be translated.

use std::fmt;

use serde::{Serialize, Serializer};

/// A sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// `%1`, `%2`, … stand for the values.
    pub template: &'static str,
    pub values: Vec<String>,
}

/// Makes a [`Sentence`] from a template and its values. `cargo xtask translations` finds it.
macro_rules! say {
    ($template:literal $(, $value:expr)* $(,)?) => {
        $crate::words::Sentence { template: $template, values: vec![$($value.to_string()),*] }
    };
}
pub(crate) use say;

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.template;
        while let Some((before, behind)) = rest.split_once('%') {
            let digit = behind.chars().next().and_then(|digit| digit.to_digit(10)).unwrap_or_default() as usize;
            let value = digit.checked_sub(1).and_then(|place| self.values.get(place));
            write!(f, "{before}{}", value.map_or("", String::as_str))?;
            rest = behind.get(1..).unwrap_or_default();
        }
        f.write_str(rest)
    }
}

impl Serialize for Sentence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn values_stand_in_their_places_and_are_not_read_again() {
        assert_eq!(say!("%2 of `%1`.", "%%sql", "%1").to_string(), "%1 of `%%sql`.");
    }
}
