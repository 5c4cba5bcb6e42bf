//! The HTML of the tab "Spark charts".

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

use yew::{Html, html};

use super::chart::{Drawing, chart};
use super::model::{Act, Action, Answer, File, Model};
use super::quantity::QUANTITIES;
use super::span::{DAY_MS, HOUR_MS};
use super::table::table;
use kit::i18n::{ChartMessage, Message, tr};
use kit::language;
use kit::parts::notice::{loading, muted, problem_notice};
use kit::parts::section::section;
use kit::problem::Problem;

const RANGES: [(i64, ChartMessage<'static>); 5] = [
    (HOUR_MS, ChartMessage::LastHour),
    (12 * HOUR_MS, ChartMessage::LastHalfDay),
    (7 * DAY_MS, ChartMessage::LastWeek),
    (30 * DAY_MS, ChartMessage::LastMonth),
    (365 * DAY_MS, ChartMessage::LastYear),
];

/// The whole tab.
pub fn charts_view(model: &Model, act: &Act) -> Html {
    let content = match (&model.answer, &model.problem) {
        (Some(answer), _) if !answer.remembers => muted(ChartMessage::ChartsOff),
        (Some(answer), problem) => html! {
            <>
                { tools(model, act) }
                if let Some(Problem { sentence, hint, .. }) = problem {
                    <p class="sparkMonitor-Stale" role="alert">{ [sentence.as_str(), hint].join(" ") }</p>
                }
                { shown(answer, model, act) }
            </>
        },
        (None, Some(problem)) => problem_notice(problem),
        (None, None) => loading(),
    };
    html! {
        <div class="sparkMonitor-UsageTab sparkMonitor-ChartsTab">
            <h2 class="sparkMonitor-Report-title">{ tr(ChartMessage::ChartsTitle) }</h2>
            { content }
        </div>
    }
}

/// What is disabled stays focusable, so that the focus is not lost.
fn tools(model: &Model, act: &Act) -> Html {
    let is_part = model.zoom.is_part();
    let range = |(range_ms, name): (i64, ChartMessage<'static>)| {
        let is_chosen = !is_part && model.zoom.range_ms == range_ms;
        html! {
            <button
                type="button" class="sparkMonitor-Button" aria-pressed={is_chosen.to_string()}
                onclick={act.reform(move |_| Action::Choose(range_ms))}
            >
                { tr(name) }
            </button>
        }
    };
    let button = |name, is_disabled: bool, action: Action| {
        html! {
            <button
                type="button" class="sparkMonitor-Button" aria-disabled={is_disabled.to_string()}
                onclick={act.reform(move |_| action.clone())}
            >
                { tr(name) }
            </button>
        }
    };
    html! {
        <div class="sparkMonitor-Buttons">
            <div class="sparkMonitor-Charts-ranges" role="group" aria-label={tr(ChartMessage::ChartsRange)}>
                { for RANGES.map(range) }
            </div>
            { button(ChartMessage::ZoomBack, !is_part, Action::Back) }
            { button(ChartMessage::SaveCsv, false, Action::Save(File::Csv)) }
            { button(ChartMessage::SaveSvg, false, Action::Save(File::Svg)) }
            { button(ChartMessage::SavePng, false, Action::Save(File::Png)) }
        </div>
    }
}

fn shown(answer: &Answer, model: &Model, act: &Act) -> Html {
    let drawings: Vec<_> = QUANTITIES.into_iter().filter_map(|quantity| Drawing::of(quantity, answer)).collect();
    let oldest_ms = answer.oldest_at_ms.filter(|oldest_ms| *oldest_ms > answer.span.from_ms || drawings.is_empty());
    let values = if model.has_table { table(answer) } else { Html::default() };
    let toggle = act.reform(|_| Action::ToggleTable);
    html! {
        <>
            // No live region: the latest time changes each minute, which nobody wants to hear.
            <p class="sparkMonitor-Muted">{ title(answer, language::time) }</p>
            if let Some(oldest_ms) = oldest_ms {
                { muted(ChartMessage::ChartsBegin { time: &language::time(oldest_ms) }) }
            }
            { for drawings.iter().map(|drawing| chart(drawing, answer, model, act)) }
            if !drawings.is_empty() {
                { muted(ChartMessage::ChartsHelp) }
                { section("charts-table", model.has_table, toggle, Message::AsTable, Html::default(), values) }
            }
        </>
    }
}

/// Which time is shown and how finely; or that there is nothing. `time` writes a moment.
pub fn title(answer: &Answer, time: fn(i64) -> String) -> String {
    let [from, to] = &[answer.span.from_ms, answer.span.to_ms].map(time);
    match (answer.series.points.is_empty(), answer.oldest_at_ms) {
        (true, None) => tr(ChartMessage::ChartsNothing),
        (true, Some(_)) => tr(ChartMessage::ChartsEmpty),
        (false, _) => tr(match answer.series.step_ms {
            0 => ChartMessage::ChartsSamples { from, to },
            HOUR_MS => ChartMessage::ChartsHours { from, to },
            _ => ChartMessage::ChartsDays { from, to },
        }),
    }
}
