//! What is said of a run.

use wire::past::{PastRun, RunState};

use kit::format;
use kit::i18n::{Message, PastMessage, tr};
use kit::language;
use kit::parts::tone::Tone;

/// A number that cannot be negative, although the database could have one.
pub fn whole(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

pub fn state(state: RunState) -> (Tone, String) {
    match state {
        RunState::Succeeded => (Tone::Good, tr(Message::QuerySucceeded)),
        RunState::Failed => (Tone::Bad, tr(Message::QueryFailed)),
        RunState::Canceled => (Tone::Warn, tr(Message::QueryCanceled)),
        RunState::Lost => (Tone::Bad, tr(PastMessage::StateLost)),
        RunState::Unknown => (Tone::Muted, tr(Message::QueryUnknown)),
    }
}

/// Its state, with the error's class.
pub fn ended(run: &PastRun) -> (Tone, String) {
    let (tone, state) = state(run.state);
    match &run.error_class {
        Some(class) => (tone, tr(Message::LabelValue { label: &state, value: class })),
        None => (tone, state),
    }
}

/// Why it was slower than usual; none if it was not.
pub fn slower(run: &PastRun) -> Option<String> {
    run.slower.map(|_| language::said(&run.slower_words, &run.slower_sentences))
}

pub fn duration(run: &PastRun) -> String {
    format::duration(whole(run.duration_ms))
}

/// All of it in a line, to be heard.
pub fn in_a_line(run: &PastRun) -> String {
    let when = tr(Message::ValueAt { value: &duration(run), time: &language::time(run.submitted_at_ms) });
    [when, ended(run).1].into_iter().chain(slower(run)).collect::<Vec<_>>().join(", ")
}
