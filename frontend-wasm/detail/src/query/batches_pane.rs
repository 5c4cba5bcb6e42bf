//! The newest batches of a stream: how often one begins, and how long one takes.

use wire::{BatchState, StreamBatch, StreamBatches};
use yew::{Callback, Html, Properties, component, html, use_reducer};

use kit::api::Api;
use kit::format;
use kit::i18n::{PageMessage, tr};
use kit::language;
use kit::loaded::Loaded;
use kit::parts::filled::filled;
use kit::parts::notice::muted;
use kit::poll::{Poll, Pollers, use_poll};

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct BatchesPaneProps {
    pub api: Api,
    pub pollers: Pollers,
    /// The page is visible.
    pub shown: bool,
    /// The route of the batches.
    pub route: String,
}

#[component]
pub fn BatchesPane(props: &BatchesPaneProps) -> Html {
    let batches = use_reducer(Loaded::<StreamBatches>::default);
    let poll = Poll {
        api: props.api.clone(),
        pollers: props.pollers.clone(),
        route: props.route.clone().into(),
        shown: props.shown,
        ..Poll::default()
    };
    let dispatcher = batches.dispatcher();
    use_poll(poll, Callback::from(move |news| dispatcher.dispatch(news)));
    html! {
        <section>
            <h3>{ tr(PageMessage::Batches) }</h3>
            { filled(&batches, false, batches.body().map(known_batches)) }
        </section>
    }
}

fn known_batches(known: &StreamBatches) -> Html {
    let period = known.period_ms.map(|ms| tr(PageMessage::BatchEvery { time: &format::duration(ms) }));
    let median = known.median_ms.map(|ms| tr(PageMessage::BatchTakes { time: &format::duration(ms) }));
    let facts = [period, median].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let head = [PageMessage::BatchNumber, PageMessage::BatchBegun, PageMessage::BatchTook, PageMessage::BatchState];
    html! {
        <>
            if !facts.is_empty() {
                <p>{ facts }</p>
            }
            { muted(PageMessage::BatchesOnly) }
            if known.batches.is_empty() {
                { muted(PageMessage::NoBatch) }
            } else {
                <div
                    class="sparkMonitor-Table-scroll" tabindex="0" role="group" aria-label={tr(PageMessage::Batches)}
                >
                    <table class="sparkMonitor-Table">
                        <thead><tr>{ for head.map(|name| html! { <th scope="col">{ tr(name) }</th> }) }</tr></thead>
                        <tbody>{ for known.batches.iter().map(row) }</tbody>
                    </table>
                </div>
            }
        </>
    }
}

fn row(one: &StreamBatch) -> Html {
    let state = tr(match one.state {
        BatchState::Running => PageMessage::StateRunning,
        BatchState::Completed => PageMessage::StateSucceeded,
        BatchState::NotCompleted => PageMessage::BatchNotCompleted,
    });
    html! {
        <tr key={one.batch}>
            <th scope="row">{ one.batch }</th>
            <td>{ language::time(one.begun_at_ms) }</td>
            <td>{ format::duration(one.elapsed_ms) }</td>
            <td>{ state }</td>
        </tr>
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use kit::drawn;

    use super::*;

    #[tokio::test]
    async fn a_stream_tells_its_pace_and_its_newest_batches() {
        let one = |batch, elapsed_ms, state| StreamBatch { batch, begun_at_ms: 0, elapsed_ms, state };
        let known = StreamBatches {
            batches: vec![one(12, 1_200, BatchState::Running), one(11, 3_400, BatchState::NotCompleted)],
            period_ms: Some(2_100),
            ..StreamBatches::default()
        };
        let text = drawn::text(known_batches(&known)).await;
        assert!(text.starts_with("a batch every 2s\n"), "{text}");
        assert!(text.contains("\n12\n") && text.contains("\nfailed or stopped"), "{text}");
    }
}
