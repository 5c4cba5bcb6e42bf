//! When the workflow runs: the expression, the same in words, and its next moments.

use web_sys::HtmlInputElement;
use wire::export::Conversion;
use yew::{Html, InputEvent, TargetCast, html};

use super::document::Document;
use super::model::{Act, Action, Model};
use super::schedule_words::words;
use kit::i18n::{ExportMessage, tr};
use kit::language;

/// Moments that are shown.
const MOST_NEXT: usize = 3;

pub fn schedule_form((model, document): (&Model, &Document), shown: &Conversion, is_busy: bool, act: &Act) -> Html {
    let oninput =
        act.reform(|event: InputEvent| Action::Schedule(event.target_unchecked_into::<HtmlInputElement>().value()));
    let is_wrong = shown.schedule_error.is_some() && !is_busy;
    let next: Vec<String> = shown.next_runs_ms.iter().take(MOST_NEXT).map(|at_ms| language::time(*at_ms)).collect();
    html! {
        <fieldset class="sparkMonitor-Export-part">
            <legend>{ tr(ExportMessage::ScheduleLabel) }</legend>
            <input
                type="text" class="sparkMonitor-Input" aria-label={tr(ExportMessage::ScheduleLabel)}
                placeholder={tr(ExportMessage::ScheduleHint)} value={model.schedule.clone()} {oninput}
                aria-invalid={is_wrong.then_some("true")} aria-describedby={document.unique("schedule")}
            />
            <div id={document.unique("schedule")}>
                <p>{ shown.schedule_error.clone().filter(|_| is_wrong).unwrap_or_else(|| words(&model.schedule)) }</p>
                if !next.is_empty() && !is_busy {
                    <p class="sparkMonitor-Muted">
                        { tr(ExportMessage::NextRuns { times: &next.join(" · ") }) }
                    </p>
                }
            </div>
        </fieldset>
    }
}
