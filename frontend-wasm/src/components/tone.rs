//! The colours, each only ever beside a word.

use wire::Level;
use yew::{Html, Properties, component, html};

use crate::i18n::{Message, tr};

/// How a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    Warn,
    Bad,
    Muted,
}

impl Tone {
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

/// The word that stands beside a level's colour.
pub fn level_word(level: Level) -> String {
    tr(match level {
        Level::Green => Message::LevelGreen,
        Level::Amber => Message::LevelAmber,
        Level::Red => Message::LevelRed,
    })
}

#[derive(Properties, PartialEq)]
pub struct DotProps {
    pub tone: Tone,
}

/// A coloured dot; the words beside it say the same.
#[component]
pub fn Dot(props: &DotProps) -> Html {
    html! { <span class={yew::classes!("sparkMonitor-Dot", props.tone.class())} aria-hidden="true" /> }
}
