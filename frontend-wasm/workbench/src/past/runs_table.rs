//! Runs as a table.

use wire::past::{PastRun, RunState};
use yew::{Callback, Html, classes, html};

use super::facts::{duration, ended, slower, whole};
use kit::format;
use kit::i18n::{Message, PastMessage, tr};
use kit::language;
use kit::parts::tone::{Tone, toned};

/// What the rows say besides.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// The runs of one query: their application, to which `open` leads.
    Query,
    /// The runs of one application: which query.
    Application,
}

/// The newest first. `looked` is the run that is looked at in the chart.
pub fn runs_table(runs: &[PastRun], of: Of, looked: Option<usize>, open: &Callback<String>) -> Html {
    let mut names = vec![tr(PastMessage::State), tr(PastMessage::Duration)];
    names.extend([PastMessage::Waited, PastMessage::Read, PastMessage::Shuffle, PastMessage::Spilled].map(tr));
    names.extend([Message::TaskSlots, Message::ColumnTasks].map(tr));
    match of {
        Of::Query => {
            names.insert(0, tr(PastMessage::Submitted));
            names.push(tr(Message::Application));
        }
        Of::Application => {
            names.insert(0, tr(PastMessage::QueryColumn));
            names.insert(2, tr(PastMessage::Submitted));
        }
    }
    html! {
        <div class="sparkMonitor-Table-scroll" tabindex="0" role="region" aria-label={tr(Message::AsTable)}>
            <table class="sparkMonitor-Table sparkMonitor-Runs">
                { head(names) }
                <tbody>{ for runs.iter().enumerate().map(|(place, run)| row(run, of, looked == Some(place), open)) }</tbody>
            </table>
        </div>
    }
}

/// The names of a table's columns.
pub fn head(names: Vec<String>) -> Html {
    html! {
        <thead><tr>{ for names.into_iter().map(|name| html! { <th scope="col">{ name }</th> }) }</tr></thead>
    }
}

/// Cells of a row. A list of each kind would bring its own copy of what draws it.
pub fn cells(words: Vec<String>) -> Html {
    words.into_iter().map(|words| html! { <td>{ words }</td> }).collect()
}

fn row(run: &PastRun, of: Of, is_looked: bool, open: &Callback<String>) -> Html {
    let (tone, state) = ended(run);
    let long = (run.state == RunState::Lost).then(|| tr(PastMessage::StateLostLong));
    let submitted = language::time(run.submitted_at_ms);
    // The header of the row, and the first cells.
    let (name, first) = match of {
        Of::Query => (submitted, vec![duration(run)]),
        Of::Application => (run.label.clone(), vec![submitted, duration(run)]),
    };
    let mut numbers = vec![format::duration(whole(run.waited_ms))];
    numbers
        .extend([run.read_bytes, run.shuffle_read_bytes, run.spilled_bytes].map(|bytes| format::bytes(whole(bytes))));
    numbers.extend([run.task_slots, run.tasks].map(|count| language::number(whole(count))));
    let (app_id, open) = (run.app_id.clone(), open.clone());
    html! {
        <tr key={[&*run.app_id, &*run.query_id].join(" ")} class={classes!(is_looked.then_some("sparkMonitor-mod-looked"))}>
            <th scope="row" class="sparkMonitor-Runs-name" dir="auto" title={name.clone()}>{ name }</th>
            <td class="sparkMonitor-Runs-state" title={long}>
                { toned(tone, state) }
                { slower(run).map(|slower| toned(Tone::Warn, slower)) }
                { kept_texts(run) }
            </td>
            { cells(first) }
            { cells(numbers) }
            if of == Of::Query {
                <td>
                    <button type="button" class="sparkMonitor-Jump" onclick={move |_| open.emit(app_id.clone())}>
                        { &run.app_id }
                    </button>
                </td>
            }
        </tr>
    }
}

/// Its SQL and why it failed, where a setting keeps them.
fn kept_texts(run: &PastRun) -> Html {
    let texts: Vec<_> = [&run.statement, &run.message].into_iter().filter(|text| !text.is_empty()).collect();
    if texts.is_empty() {
        return Html::default();
    }
    html! {
        <details>
            <summary>{ tr(PastMessage::Text) }</summary>
            { for texts.into_iter().map(|text| html! { <pre class="sparkMonitor-Runs-text" dir="auto">{ text }</pre> }) }
        </details>
    }
}
