//! Stopping the query of the page, if it is the person's own: it asks first, and says what happened.

use kit::i18n::{Message, tr};
use kit::parts::tone::{Tone, toned};
use kit::problem::Problem;
use yew::{Callback, Html, html};

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
pub fn stop(may_stop: bool, stopping: Option<&Stopping>, on_stop: &Callback<Option<Stopping>>) -> Html {
    let offer = || if may_stop { button(on_stop, Message::StopQuery, Some(Stopping::Asking)) } else { Html::default() };
    match stopping {
        // Of a query that has ended meanwhile nothing is asked.
        Some(Stopping::Asking) if may_stop => question(on_stop),
        Some(Stopping::Sent) => html! { <p role="status">{ tr(Message::Stopping) }</p> },
        Some(Stopping::Done(found)) => {
            let said = if *found { Message::Stopped } else { Message::StoppedBefore };
            html! { <p role="status">{ tr(said) }</p> }
        }
        Some(Stopping::Failed(problem)) => {
            html! { <><p role="alert">{ toned(Tone::Bad, problem.sentence.clone()) }</p>{ offer() }</> }
        }
        Some(Stopping::Asking) | None => offer(),
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

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use kit::drawn;

    use super::*;

    async fn drawn(may_stop: bool, stopping: Option<Stopping>) -> String {
        drawn::text(stop(may_stop, stopping.as_ref(), &Callback::noop())).await
    }

    #[tokio::test]
    async fn a_query_that_may_be_stopped_is_after_a_question() {
        assert_eq!(drawn(true, None).await.trim(), "Stop");
        let asked = drawn(true, Some(Stopping::Asking)).await;
        assert!(asked.contains("OPERATION_CANCELED") && asked.contains("Stop it"), "{asked}");
        assert_eq!(drawn(true, Some(Stopping::Sent)).await.trim(), "Stopping…");
        assert_eq!(drawn(false, Some(Stopping::Done(true))).await.trim(), "Spark was told to stop it.");
    }

    #[tokio::test]
    async fn a_query_that_is_not_ones_own_or_has_ended_offers_and_asks_nothing() {
        assert_eq!(drawn(false, None).await.trim(), "");
        assert_eq!(drawn(false, Some(Stopping::Asking)).await.trim(), "");
    }

    #[tokio::test]
    async fn after_a_failure_it_can_be_tried_again() {
        let failed = || Some(Stopping::Failed(Problem::unreadable()));
        assert!(drawn(true, failed()).await.ends_with("Stop"));
        assert!(!drawn(false, failed()).await.ends_with("Stop"));
    }
}
