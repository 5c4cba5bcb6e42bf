//! The panel's toolbar: its title, the age of its data, and buttons to refresh and to pause.

use yew::{Html, html};

use super::copy_button::copied;
use super::panel_context::Panel;
use crate::model::{Action, Copyable};
use kit::format;
use kit::i18n::{Message, tr};
use kit::parts::icon_button::icon_button;

/// Title, age, refresh, pause.
pub fn toolbar(panel: &Panel<'_>) -> Html {
    let paused = panel.model.paused;
    let pause = if paused { Message::Resume } else { Message::Pause };
    html! {
        <div class="sparkMonitor-Toolbar">
            <h2 class="sparkMonitor-Panel-title">{ tr(Message::Title) }</h2>
            // Browsers do not announce a timer; other live regions would interrupt every second.
            <span class="sparkMonitor-Age" role="timer">{ age(panel) }</span>
            // What was copied from a row's menu, which has closed.
            { copied(panel, Copyable::FromRow) }
            { icon_button("refresh", Message::Refresh, panel.on_click(Action::Refresh)) }
            { icon_button(if paused { "resume" } else { "pause" }, pause, panel.on_click(Action::TogglePause)) }
            <span class="sparkMonitor-Hidden" role="status">
                if paused {
                    { tr(Message::PausedLong) }
                }
            </span>
        </div>
    }
}

fn age(panel: &Panel<'_>) -> String {
    let Some(fresh_at_ms) = panel.model.fresh_at_ms else {
        return String::new();
    };
    let age_ms = u64::try_from(panel.model.now_ms - fresh_at_ms).unwrap_or_default();
    let age = format::duration(age_ms);
    tr(match (panel.model.paused, age_ms / 1000) {
        (true, _) => Message::PausedAge { age: &age },
        (false, 0) => Message::UpdatedNow,
        (false, seconds @ 1..60) => Message::UpdatedSeconds { seconds },
        (false, _) => Message::Updated { age: &age },
    })
}
