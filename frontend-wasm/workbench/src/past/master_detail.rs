//! A list, and beside or below it what was chosen of it.

use yew::{Html, html};

use super::model::{Act, Action};
use kit::i18n::{Message, PastMessage, tr};
use kit::parts::notice::muted;

/// An entry of the list.
pub struct Entry {
    pub key: String,
    pub name: String,
    /// Whether the name is code.
    pub is_code: bool,
    pub facts: Html,
}

/// `opens`: how many times the tab was opened with an entry.
pub fn list(label: PastMessage<'_>, entries: Vec<Entry>, chosen: Option<&str>, opens: u32, act: &Act) -> Html {
    let entry = |Entry { key, name, is_code, facts }: Entry| {
        let class = if is_code { "sparkMonitor-Choice-name sparkMonitor-mod-code" } else { "sparkMonitor-Choice-name" };
        let (is_chosen, of_list) = ((chosen == Some(key.as_str())).to_string(), key.clone());
        let choose = act.reform(move |_| Action::Choose { key: key.clone(), opens });
        html! {
            <li key={of_list}>
                <button type="button" class="sparkMonitor-Choice" aria-pressed={is_chosen} onclick={choose}>
                    <span class={class} dir="auto">{ name }</span>
                    <span class="sparkMonitor-Past-facts">{ facts }</span>
                </button>
            </li>
        }
    };
    html! {
        <ul class="sparkMonitor-Choices" aria-label={tr(label)}>{ for entries.into_iter().map(entry) }</ul>
    }
}

/// Says that a list has only the `shown` newest of more; a filter looks at no others.
pub fn newest(has_more: bool, shown: usize) -> Html {
    let number = u64::try_from(shown).unwrap_or_default();
    if has_more { muted(PastMessage::NewestOnly { number }) } else { Html::default() }
}

pub fn columns(list: Html, note: Html, detail: Html) -> Html {
    html! {
        <div class="sparkMonitor-PastColumns">
            <div>{ list }{ note }</div>
            <div class="sparkMonitor-Detail">{ detail }</div>
        </div>
    }
}

/// The button that asks again.
pub fn refresh(act: &Act) -> Html {
    html! {
        <button type="button" class="sparkMonitor-Button" onclick={act.reform(|_| Action::Refresh)}>
            { tr(Message::Refresh) }
        </button>
    }
}
