//! Sentences for people: in English, and as templates with values, which the frontend translates.
//!
//! `cargo xtask translations` finds each `say!` and `subject!`.

pub(crate) mod attention;
pub(crate) mod cell_query;
pub(crate) mod doctor;
pub(crate) mod errors;
pub(crate) mod export;
pub(crate) mod export_airflow;
pub(crate) mod export_standalone;
pub(crate) mod findings;
pub(crate) mod git;
pub(crate) mod history;
pub(crate) mod measures;
pub(crate) mod pipelines;
pub(crate) mod runs;
pub(crate) mod shipments;
pub(crate) mod upstreams;

use std::fmt;

/// A sequence of sentences.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said(Vec<Sentence>);

/// A template in which `%1`, `%2`, … stand for the values.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sentence {
    template: &'static str,
    /// If present, it replaces `%1`. Unlike the values, it is translated.
    subject: Option<&'static str>,
    values: Vec<String>,
}

/// Makes a sentence from a template and its values. After a semicolon comes a [`subject!`] for `%1`.
macro_rules! say {
    ($template:literal $(, $value:expr)* $(,)?) => {
        $crate::words::Said::sentence($template, None, vec![$($value.to_string()),*])
    };
    ($template:literal; $subject:expr $(, $value:expr)* $(,)?) => {
        $crate::words::Said::sentence($template, Some($subject), vec![$($value.to_string()),*])
    };
}
pub(crate) use say;

/// Marks a text that sentences use as their subject, so that it is translated.
macro_rules! subject {
    ($text:literal) => {
        $text
    };
}
pub(crate) use subject;

impl Said {
    pub(crate) fn sentence(template: &'static str, subject: Option<&'static str>, values: Vec<String>) -> Self {
        Self(vec![Sentence { template, subject, values }])
    }

    /// These sentences followed by more.
    #[must_use]
    pub(crate) fn then(mut self, more: Self) -> Self {
        self.0.extend(more.0);
        self
    }

    /// The sentences in a form that can be translated.
    #[must_use]
    pub(crate) fn sentences(&self) -> wire::Sentences {
        let parts = |Sentence { template, subject, values }: &Sentence| {
            [*template, subject.unwrap_or_default()]
                .map(str::to_owned)
                .into_iter()
                .chain(values.iter().cloned())
                .collect()
        };
        self.0.iter().map(parts).collect()
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, sentence) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str(" ")?;
            }
            sentence.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = || self.subject.into_iter().chain(self.values.iter().map(String::as_str));
        let mut parts = self.template.split('%');
        f.write_str(parts.next().unwrap_or_default())?;
        for part in parts {
            let place = part.chars().next().and_then(|digit| digit.to_digit(10)).unwrap_or_default() as usize;
            f.write_str(values().nth(place.wrapping_sub(1)).unwrap_or_default())?;
            f.write_str(part.get(1..).unwrap_or_default())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn values_stand_in_their_places_and_are_not_read_again() {
        let said = say!("%2 of %1 %1.", "%2", 3).then(say!("Wait."));
        assert_eq!(said.to_string(), "3 of %2 %2. Wait.");
        assert_eq!(said.sentences(), [vec!["%2 of %1 %1.", "", "%2", "3"], vec!["Wait.", ""]]);
        let said = say!("%1 answered %2."; subject!("The driver"), 500);
        assert_eq!(said.to_string(), "The driver answered 500.");
        assert_eq!(said.sentences(), [["%1 answered %2.", "The driver", "500"]]);
    }
}
