//! A view's last good data, with the problem if there is one.

use yew::{Html, html};

use super::notice::{loading, problem_notice, stale_line};
use crate::loaded::{Loaded, Trouble};

/// The last good data, with the problem if there is one; or why there is no data.
pub fn filled<T>(loaded: &Loaded<T>, says_stale: bool, content: Option<Html>) -> Html {
    drawn(loaded.trouble(), says_stale, content)
}

/// Separate from [`filled`], so that it is compiled once and not for each type.
fn drawn(trouble: Option<Trouble>, says_stale: bool, content: Option<Html>) -> Html {
    match (content, trouble) {
        (Some(content), None) => content,
        (Some(content), Some(trouble)) => {
            let line = if says_stale { stale_line(&trouble) } else { Html::default() };
            html! { <>{ line }{ content }</> }
        }
        (None, Some(trouble)) => problem_notice(&trouble.problem),
        (None, None) => loading(),
    }
}
