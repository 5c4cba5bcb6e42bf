//! One run: each of its cells, and what it has printed.

use wire::export::{Run, RunCell, RunCellState};
use yew::{Html, html};

use super::jump::place;
use super::model::Act;
use super::watched::Watched;
use kit::format;
use kit::i18n::{ExportMessage, tr};
use kit::parts::notice::{loading, muted, problem_notice};
use kit::parts::tone::{Tone, toned};

/// `jumps` is none if its cells are not those of the notebook.
pub fn run_details(open: &Watched, jumps: Option<&Act>) -> Html {
    match (open.answer::<Run>(), &open.problem) {
        (Some(run), _) => details(run, jumps),
        (None, Some(problem)) => problem_notice(problem),
        (None, None) => loading(),
    }
}

/// Its cells and its output.
pub fn details(run: &Run, jumps: Option<&Act>) -> Html {
    html! {
        <div class="sparkMonitor-Run-details">
            if !run.cells.is_empty() {
                <table class="sparkMonitor-Columns">
                    <thead>
                        <tr>
                            <th scope="col">{ tr(ExportMessage::ColumnCell) }</th>
                            <th scope="col">{ tr(ExportMessage::ColumnState) }</th>
                            <th scope="col">{ tr(ExportMessage::ColumnTime) }</th>
                        </tr>
                    </thead>
                    <tbody>{ for run.cells.iter().map(|cell| cell_line(cell, jumps)) }</tbody>
                </table>
            }
            <h4>{ tr(ExportMessage::RunOutput) }</h4>
            if run.output_is_cut {
                { muted(ExportMessage::RunOutputCut) }
            }
            if run.output.is_empty() {
                { muted(ExportMessage::RunOutputNone) }
            } else {
                <pre class="sparkMonitor-Code" tabindex="0" aria-label={tr(ExportMessage::RunOutput)} role="group">
                    { &run.output }
                </pre>
            }
        </div>
    }
}

fn cell_line(cell: &RunCell, jumps: Option<&Act>) -> Html {
    let RunCell { cell, state, started_at_ms, ended_at_ms } = cell;
    let name = tr(ExportMessage::CellNumber { cell: *cell });
    let (tone, word) = match state {
        RunCellState::Waiting => (Tone::Muted, ExportMessage::CellWaiting),
        RunCellState::Running => (Tone::Warn, ExportMessage::CellRunning),
        RunCellState::Done => (Tone::Good, ExportMessage::CellDone),
        RunCellState::Failed => (Tone::Bad, ExportMessage::CellFailed),
        RunCellState::Skipped => (Tone::Muted, ExportMessage::CellSkipped),
    };
    let took = started_at_ms.zip(*ended_at_ms).and_then(|(from_ms, to_ms)| u64::try_from(to_ms - from_ms).ok());
    html! {
        <tr>
            <th scope="row">{ place(*cell, None, name, jumps) }</th>
            <td>{ toned(tone, tr(word)) }</td>
            <td>{ took.map(format::duration) }</td>
        </tr>
    }
}
