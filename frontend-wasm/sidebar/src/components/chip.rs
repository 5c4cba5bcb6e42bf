//! The status-bar chip: the cluster's state in one word, and a tooltip with the rest.

use wire::{Chip, ChipState};
use yew::{Callback, Html, Properties, component, html, use_effect_with, use_reducer};

use kit::i18n::{Message, tr};
use kit::language;
use kit::loaded::Loaded;
use kit::parts::tone::{Tone, dot};
use kit::poll::{Poll, use_poll};
use kit::tab::use_tab_shown;

/// After this many consecutive failed polls the last known state is no longer shown.
const POLLS_TO_DOUBT: u32 = 2;

#[derive(Clone, Properties, PartialEq)]
pub struct ChipAppProps {
    /// What it polls while the browser's tab is shown.
    pub poll: Poll,
    pub on_open: Callback<()>,
    /// Receives the cluster's state: the name of its tone, and words.
    pub on_state: Callback<(&'static str, String)>,
}

/// The chip, which polls.
#[component]
pub fn ChipApp(props: &ChipAppProps) -> Html {
    let shown = use_tab_shown();
    let chip = use_reducer(Loaded::<Chip>::default);
    let dispatcher = chip.dispatcher();
    let poll = Poll { shown, ..props.poll.clone() };
    use_poll(poll, Callback::from(move |news| dispatcher.dispatch(news)));
    let (label, tone) = label(&chip);
    let on_state = props.on_state.clone();
    use_effect_with((tone.name(), tr(label)), move |state| on_state.emit(state.clone()));
    chip_view(&chip, &props.on_open)
}

/// The chip's HTML. Its mark names the part of the panel to which a click leads.
pub fn chip_view(chip: &Loaded<Chip>, on_open: &Callback<()>) -> Html {
    let (label, tone) = label(chip);
    let tip = tooltip(chip).join("\n");
    let onclick = on_open.reform(|_| ());
    let known = chip.body().filter(|_| chip.failed_polls < POLLS_TO_DOUBT);
    let part = known.and_then(|known| known.attention.first()?.first().cloned());
    html! {
        <button type="button" class="sparkMonitor-Chip" title={tip} {onclick}>
            { dot(tone) }
            <span class="sparkMonitor-Chip-label" role="status">{ tr(label) }</span>
            if part.is_some() {
                <span
                    class="sparkMonitor-Chip-mark" role="img" aria-label={tr(Message::ChipAttention)} data-part={part}
                >
                    { "⚠" }
                </span>
            }
        </button>
    }
}

/// The first match, as in the product's table.
fn label(chip: &Loaded<Chip>) -> (Message<'static>, Tone) {
    if chip.is_loading() {
        return (Message::ChipLoading, Tone::Muted);
    }
    let Some(known) = chip.body().filter(|_| chip.failed_polls < POLLS_TO_DOUBT) else {
        return (Message::ChipUnknown, Tone::Muted);
    };
    let (label, tone, _) = words(known);
    (label, tone)
}

/// The label of a state, its tone, and the tooltip's sentence.
fn words(chip: &Chip) -> (Message<'static>, Tone, Message<'static>) {
    let Chip { ready, wanted, .. } = *chip;
    let workers = Message::TipWorkers { ready, wanted };
    match chip.state {
        ChipState::NoCluster => (Message::ChipNoCluster, Tone::Muted, Message::TipNoCluster),
        ChipState::Error => (Message::ChipError, Tone::Bad, Message::TipError),
        ChipState::Ready => (Message::ChipReady { ready, wanted }, Tone::Good, workers),
        ChipState::ReadyDriver => (Message::ChipReadyDriver, Tone::Good, Message::TipDriver),
        ChipState::Starting => (Message::ChipStarting { ready, wanted }, Tone::Warn, workers),
    }
}

/// The state, what is running and its progress, and how old that is and why; one sentence per line.
fn tooltip(chip: &Loaded<Chip>) -> Vec<String> {
    let mut lines = Vec::new();
    if chip.is_demonstration() {
        lines.push(tr(Message::Demonstration));
    }
    match chip.body() {
        None if chip.is_loading() => lines.push(tr(Message::TipLoading)),
        None => lines.push(tr(Message::TipNoData)),
        Some(body) => known(&mut lines, body, chip.heard_at_ms),
    }
    if let (None, Some(problem)) = (chip.body(), &chip.problem) {
        lines.push(problem.sentence.clone());
    } else if let Some(trouble) = chip.trouble() {
        let (time, reason) = (language::time(trouble.since_ms), &trouble.problem.sentence);
        lines.push(tr(Message::StaleSince { time: &time, reason }));
    }
    lines.push(tr(Message::TipOpen));
    lines
}

fn known(lines: &mut Vec<String>, chip: &Chip, heard_at_ms: i64) {
    lines.push(tr(words(chip).2));
    if let Some(activity) = &chip.activity {
        let app_name = &activity.app_name;
        let unnamed = tr(Message::Unnamed);
        let stage_name = if activity.stage_name.is_empty() { &unnamed } else { &activity.stage_name };
        let wire::Tasks { done, total, .. } = activity.tasks;
        lines.push(tr(Message::TipActivity { app_name, stages: activity.stages }));
        lines.push(tr(Message::TipStage { stage_name, done, total }));
    }
    lines.push(tr(Message::TipObserved { time: &language::time(heard_at_ms) }));
    for parts in &chip.attention {
        let sentence = parts.get(1..).unwrap_or_default();
        lines.push(language::said(sentence.first().map_or("", String::as_str), &[sentence.to_vec()]));
    }
}
