//! What a check says of a program.

use serde::Serialize;

/// The worst thing that was found, from the mildest to the gravest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Each rung proved what it can prove. That is no promise that the program does what it is meant to do.
    Passes,
    /// Nothing wrong was found, and something was not proved.
    Unproven,
    /// It will not run, or not do what was asked.
    Fails,
    /// It does what a program of this kind must not do.
    Refused,
}

impl Verdict {
    /// The word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Passes => "passes",
            Self::Unproven => "unproven",
            Self::Fails => "fails",
            Self::Refused => "refused",
        }
    }
}
