//! The HTML of the tab "My queries".

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

use wire::past::{PastQueries, PastRuns, PastShape};
use yew::{Callback, Html, InputEvent, MouseEvent, html};

use super::facts::{duration, ended, slower, whole};
use super::master_detail::{Entry, list, newest, refresh};
use super::model::{Act, Action};
use super::runs_chart::runs_chart;
use super::runs_table::{Of, runs_table};
use super::which::Which;
use kit::i18n::{CompareMessage, Message, PastMessage, tr};
use kit::language;
use kit::parts::notice::muted;
use kit::parts::tone::{Tone, toned};

/// What decides which queries are listed.
pub fn query_tools(which: Which, oninput: Callback<InputEvent>, act: &Act) -> Html {
    let filter = |(this, name): (Which, PastMessage<'static>)| {
        html! {
            <button
                type="button" class="sparkMonitor-Button" aria-pressed={(which == this).to_string()}
                onclick={act.reform(move |_| Action::Show(this))}
            >
                { tr(name) }
            </button>
        }
    };
    html! {
        <div class="sparkMonitor-Buttons">
            <input
                type="search" class="sparkMonitor-Input" aria-label={tr(PastMessage::SearchQueries)}
                placeholder={tr(PastMessage::SearchQueries)} {oninput}
            />
            <div class="sparkMonitor-Charts-ranges" role="group" aria-label={tr(PastMessage::WhichQueries)}>
                { for Which::ALL.map(filter) }
            </div>
            { refresh(act) }
        </div>
    }
}

/// The queries, the last run first.
pub fn queries_list(queries: &PastQueries, which: Which, is_search: bool, chosen: Option<&str>, act: &Act) -> Html {
    let shown: Vec<_> = queries.shapes.iter().filter(|shape| which.has(shape)).map(entry).collect();
    if shown.is_empty() {
        return muted(which.none(is_search && queries.shapes.is_empty()));
    }
    list(PastMessage::MyQueries, shown, chosen, 0, act)
}

fn entry(shape: &PastShape) -> Entry {
    let facts = shape.newest.as_ref().map(|run| {
        let (tone, state) = ended(run);
        let last = tr(PastMessage::LastRun { time: &language::time(run.submitted_at_ms) });
        let words = [duration(run), last, tr(PastMessage::Runs { runs: whole(shape.runs) })].join(" · ");
        html! {
            <>
                { toned(tone, state) }
                <span>{ words }</span>
                { slower(run).map(|slower| toned(Tone::Warn, slower)) }
            </>
        }
    });
    Entry {
        key: shape.shape_id.to_string(),
        name: shape.label.clone(),
        is_code: true,
        facts: facts.unwrap_or_default(),
    }
}

/// One query with its runs. `go` leads to the cell of the newest one, `compare` to its comparison with another.
pub fn shape_view(
    label: &str,
    copied: Option<bool>,
    copy: &Callback<String>,
    go: Callback<MouseEvent>,
    compare: Callback<MouseEvent>,
    runs: Html,
) -> Html {
    let text = label.to_owned();
    html! {
        <section aria-label={text.clone()}>
            <pre class="sparkMonitor-Runs-text" dir="auto">{ &text }</pre>
            <div class="sparkMonitor-Buttons">
                <button type="button" class="sparkMonitor-Button" onclick={copy.reform(move |_| text.clone())}>
                    { tr(PastMessage::CopyQuery) }
                </button>
                <button type="button" class="sparkMonitor-Button" onclick={go}>{ tr(PastMessage::GoToItsCell) }</button>
                <button type="button" class="sparkMonitor-Button" onclick={compare}>
                    { tr(CompareMessage::CompareLast) }
                </button>
                <span role="status">
                    { copied.map(|done| tr(if done { Message::Copied } else { Message::NotCopied })) }
                </span>
            </div>
            { runs }
        </section>
    }
}

/// The runs of one query. `looked_at_ms` is when the one that is looked at began.
pub fn runs_view(runs: &PastRuns, looked_at_ms: Option<i64>, act: &Act, open: &Callback<String>) -> Html {
    let moments: Vec<i64> = runs.runs.iter().map(|run| run.submitted_at_ms).collect();
    let looked = moments.iter().position(|at_ms| Some(*at_ms) == looked_at_ms);
    let look =
        act.reform(move |place: Option<usize>| Action::Look(place.and_then(|place| moments.get(place).copied())));
    html! {
        <>
            { runs_chart(&runs.runs, looked, &look) }
            { newest(runs.has_more, runs.runs.len()) }
            { runs_table(&runs.runs, Of::Query, looked, open) }
        </>
    }
}
