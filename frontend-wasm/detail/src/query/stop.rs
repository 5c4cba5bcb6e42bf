//! Stopping the query of the page, if it is the person's own: it asks first, and says what happened.

use kit::i18n::{Message, tr};
use kit::parts::tone::{Tone, toned};
use kit::problem::Problem;
use yew::{Callback, Html, html};

use super::query_view::Page;

/// How far a person's wish to stop the query has come.
#[derive(Clone, Debug, PartialEq)]
pub enum Stopping {
    Asking,
    Sent,
    /// Whether Spark found it running.
    Done(bool),
    Failed(Problem),
}

/// The button, the question, or the result.
pub fn stop(page: &Page<'_>) -> Html {
    match page.stopping {
        Some(Stopping::Asking) => question(&page.on_stop),
        Some(Stopping::Sent) => html! { <p role="status">{ tr(Message::Stopping) }</p> },
        Some(Stopping::Done(found)) => {
            let said = if *found { Message::Stopped } else { Message::StoppedBefore };
            html! { <p role="status">{ tr(said) }</p> }
        }
        Some(Stopping::Failed(problem)) => {
            html! { <p role="alert">{ toned(Tone::Bad, problem.sentence.clone()) }</p> }
        }
        None if page.may_stop => button(&page.on_stop, Message::StopQuery, Some(Stopping::Asking)),
        None => Html::default(),
    }
}

fn question(on_stop: &Callback<Option<Stopping>>) -> Html {
    html! {
        <div class="sparkMonitor-StopAsk" role="group" aria-label={tr(Message::StopQuery)}>
            <p>{ tr(Message::StopAsk) }</p>
            { button(on_stop, Message::StopYes, Some(Stopping::Sent)) }
            { button(on_stop, Message::StopNo, None) }
        </div>
    }
}

fn button(on_stop: &Callback<Option<Stopping>>, label: Message<'_>, then: Option<Stopping>) -> Html {
    html! {
        <button type="button" class="sparkMonitor-Button" onclick={on_stop.reform(move |_| then.clone())}>
            { tr(label) }
        </button>
    }
}
