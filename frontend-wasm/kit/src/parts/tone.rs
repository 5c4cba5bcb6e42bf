//! The colours, each always beside a word.

use wire::{Level, Severity};
use yew::{Html, classes, html};

use crate::i18n::{Message, tr};

/// How good or bad something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    Warn,
    Bad,
    Muted,
}

impl Tone {
    /// The shell's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Muted => "muted",
        }
    }

    /// The class that colours an element.
    pub fn class(self) -> &'static str {
        match self {
            Self::Good => "sparkMonitor-mod-good",
            Self::Warn => "sparkMonitor-mod-warn",
            Self::Bad => "sparkMonitor-mod-bad",
            Self::Muted => "sparkMonitor-mod-muted",
        }
    }
}

impl From<Level> for Tone {
    fn from(level: Level) -> Self {
        match level {
            Level::Green => Self::Good,
            Level::Amber => Self::Warn,
            Level::Red => Self::Bad,
        }
    }
}

impl From<Severity> for Tone {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Info => Self::Muted,
            Severity::Warning => Self::Warn,
            Severity::Error => Self::Bad,
        }
    }
}

/// The word beside a severity's colour.
pub fn severity_word(severity: Severity) -> String {
    tr(match severity {
        Severity::Info => Message::FindingInfo,
        Severity::Warning => Message::FindingWarning,
        Severity::Error => Message::FindingError,
    })
}

/// The word beside a level's colour.
pub fn level_word(level: Level) -> String {
    tr(match level {
        Level::Green => Message::LevelGreen,
        Level::Amber => Message::LevelAmber,
        Level::Red => Message::LevelRed,
    })
}

/// A coloured dot; the words beside it say the same.
pub fn dot(tone: Tone) -> Html {
    html! { <span class={classes!("sparkMonitor-Dot", tone.class())} aria-hidden="true" /> }
}

/// Words with a tone, after a dot of its colour.
pub fn toned(tone: Tone, words: String) -> Html {
    html! { <span class="sparkMonitor-Toned">{ dot(tone) }{ words }</span> }
}
