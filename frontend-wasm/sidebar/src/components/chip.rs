//! The status-bar chip: the cluster's state in one word, and a tooltip with the rest.

use wire::{Chip, ChipState};
use yew::{AttrValue, Callback, Html, Properties, component, html, use_effect_with, use_reducer};

use kit::api::Api;
use kit::i18n::{Message, tr};
use kit::language;
use kit::loaded::Loaded;
use kit::parts::tone::{Tone, dot};
use kit::poll::{Poll, Pollers, use_poll};
use kit::tab::use_tab_shown;

/// After this many consecutive failed polls the last known state is no longer shown.
const POLLS_TO_DOUBT: u32 = 2;

#[derive(Clone, Properties, PartialEq)]
pub struct ChipAppProps {
    pub api: Api,
    pub pollers: Pollers,
    pub kernel_busy: bool,
    pub on_open: Callback<()>,
    /// Receives the cluster's state: the name of its tone, and words.
    pub on_state: Callback<(&'static str, String)>,
    /// The wait between polls in the person's settings; 0 leaves it to the sidecar. Milliseconds.
    pub wanted_ms: u32,
    /// How many times a person has refreshed.
    pub refreshes: u32,
}

/// The chip, which polls.
#[component]
pub fn ChipApp(props: &ChipAppProps) -> Html {
    let shown = use_tab_shown();
    let chip = use_reducer(Loaded::<Chip>::default);
    let dispatcher = chip.dispatcher();
    let ChipAppProps { kernel_busy, wanted_ms, refreshes, .. } = *props;
    let (api, pollers, route) = (props.api.clone(), props.pollers.clone(), AttrValue::from("panel/chip"));
    let poll = Poll { api, pollers, route, shown, kernel_busy, wanted_ms, refreshes, ..Poll::default() };
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
    let Chip { ready, wanted, .. } = *known;
    match known.state {
        ChipState::NoCluster => (Message::ChipNoCluster, Tone::Muted),
        ChipState::Error => (Message::ChipError, Tone::Bad),
        ChipState::Ready => (Message::ChipReady { ready, wanted }, Tone::Good),
        ChipState::ReadyDriver => (Message::ChipReadyDriver, Tone::Good),
        ChipState::Starting => (Message::ChipStarting { ready, wanted }, Tone::Warn),
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
        Some(body) => lines.extend(known(body, chip.heard_at_ms)),
    }
    if let Some(known) = chip.body() {
        let sentence = |parts: &Vec<String>| {
            let sentence = parts.get(1..).unwrap_or_default().to_vec();
            language::said(&sentence.first().cloned().unwrap_or_default(), &[sentence])
        };
        lines.extend(known.attention.iter().map(sentence));
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

fn known(chip: &Chip, heard_at_ms: i64) -> Vec<String> {
    let Chip { ready, wanted, .. } = *chip;
    let time = &language::time(heard_at_ms);
    let mut lines = vec![tr(match chip.state {
        ChipState::NoCluster => Message::TipNoCluster,
        ChipState::Error => Message::TipError,
        ChipState::ReadyDriver => Message::TipDriver,
        ChipState::Starting | ChipState::Ready => Message::TipWorkers { ready, wanted },
    })];
    if let Some(activity) = &chip.activity {
        let app_name = &activity.app_name;
        let unnamed = tr(Message::Unnamed);
        let stage_name = if activity.stage_name.is_empty() { &unnamed } else { &activity.stage_name };
        let wire::Tasks { done, total, .. } = activity.tasks;
        lines.push(tr(Message::TipActivity { app_name, stages: activity.stages }));
        lines.push(tr(Message::TipStage { stage_name, done, total }));
    }
    lines.push(tr(Message::TipObserved { time }));
    lines
}
