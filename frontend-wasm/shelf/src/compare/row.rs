//! A line of a comparison.

use kit::i18n::{Message, tr};

use super::difference::Difference;

/// A line of a comparison, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub name: String,
    /// None is not known.
    pub values: [Option<String>; 2],
    pub difference: Difference,
    /// What of it differs, if it has several numbers.
    pub what: Option<String>,
}

impl Row {
    pub fn new(name: String, values: [Option<String>; 2], difference: Difference) -> Self {
        Self { name, values, difference, what: None }
    }

    /// Whether it differs in a way that is known.
    pub fn differs(&self) -> bool {
        self.difference.rank() == 0
    }

    pub fn words(&self) -> String {
        let words = self.difference.words();
        match &self.what {
            Some(what) => tr(Message::LabelValue { label: what, value: &words }),
            None => words,
        }
    }
}

/// What differs first, what is not known last, else in the order in which they came.
pub fn sorted(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by_key(|row| row.difference.rank());
    rows
}
