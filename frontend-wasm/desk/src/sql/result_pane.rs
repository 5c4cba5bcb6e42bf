//! The result of the last statement: its rows, its error, or what it waits for.

use std::rc::Rc;

use wire::sql::{Sql, SqlApproval, SqlErrorCode, SqlQuery, SqlRead, SqlState};
use yew::{Html, html};

use super::button::Button;
use super::effects::Effects;
use super::error_view::error_view;
use super::grid::ResultGrid;
use super::model::{Act, Action, Job, Model, Run};
use kit::format;
use kit::i18n::{SqlMessage, tr};
use kit::parts::notice::{muted, problem_notice};

/// Columns of a row that the sidecar sends.
const MOST_COLUMNS: usize = 200;

/// Rows and the line below them, which says whether there are more.
pub fn result_pane(model: &Model, effects: &Effects, area: &Sql) -> Html {
    let Some(run) = &model.run else {
        return muted(SqlMessage::NothingRun);
    };
    let problem = run.problem.as_ref().map(problem_notice);
    let Some(query) = &run.query else {
        return problem.unwrap_or_default();
    };
    html! {
        <>
            { problem }
            if let Some(approval) = query.approval.as_ref().filter(|_| run.waits()) {
                { approval_view(query, approval, &effects.act) }
            }
            if let Some(error) = query.error.as_ref().filter(|error| is_news(query.state, error.code)) {
                { error_view(error) }
            }
            { rows(run, query, effects, area) }
        </>
    }
}

/// Whether an error says more than the state: whoever canceled a statement knows that it was canceled.
fn is_news(state: SqlState, code: SqlErrorCode) -> bool {
    state != SqlState::Canceled || code == SqlErrorCode::Unwatched
}

fn rows(run: &Run, query: &Rc<SqlQuery>, effects: &Effects, area: &Sql) -> Html {
    let total = usize::try_from(query.rows).unwrap_or(usize::MAX);
    // Without its end, nothing of a result is kept.
    let is_kept = matches!(query.state, SqlState::Running | SqlState::Finished);
    if query.columns.is_empty() || !is_kept {
        return match query.state {
            SqlState::Finished => muted(SqlMessage::NoResult),
            _ if query.rows > 0 => muted(SqlMessage::RowsDropped { rows: query.rows }),
            _ => Html::default(),
        };
    }
    let columns: Rc<[_]> = query.columns.iter().take(MOST_COLUMNS).cloned().collect();
    html! {
        <>
            <ResultGrid
                key={query.id.clone()} api={effects.api.clone()} shell={effects.shell.clone()} query_id={query.id.clone()}
                {columns} {total}
            />
            { footer(run, query, &effects.act, area) }
        </>
    }
}

/// How much of the result is shown. A cut is never hidden.
fn footer(run: &Run, query: &SqlQuery, act: &Act, area: &Sql) -> Html {
    let rows = query.rows;
    let said = match query.state {
        _ if query.truncated => SqlMessage::RowsOfMore { rows },
        SqlState::Finished => SqlMessage::RowsAll { rows },
        _ => SqlMessage::RowsSoFar { rows },
    };
    let columns = query.columns.len() as u64;
    let may_read_all = query.truncated && run.read == SqlRead::Preview && matches!(run.job, Job::Statement(_));
    let save = |extension: &'static str, name: &'static str| {
        html! {
            <button
                type="button" class="sparkMonitor-Button" title={tr(SqlMessage::Save { format: name })}
                onclick={act.reform(move |_| Action::Download(extension))}
            >
                { name }
            </button>
        }
    };
    html! {
        <div class="sparkMonitor-Sql-footer">
            <span class="sparkMonitor-Sql-cut">
                { tr(said) }
                if query.columns.len() > MOST_COLUMNS {
                    { " " }{ tr(SqlMessage::ColumnsOfMore { shown: MOST_COLUMNS as u64, columns }) }
                }
            </span>
            <span class="sparkMonitor-Muted">{ format::bytes(query.bytes) }</span>
            if may_read_all {
                { Button::new(SqlMessage::ReadAll { rows: area.limits.collect_rows }, Action::ReadAll).view(act) }
            }
            if query.state == SqlState::Finished {
                <span class="sparkMonitor-Buttons">
                    <span class="sparkMonitor-Muted">{ tr(SqlMessage::Download) }</span>
                    { save("csv", "CSV") }
                    { save("arrow", "Arrow") }
                </span>
            }
        </div>
    }
}

/// What a statement would change: it runs only after a click that names exactly this.
fn approval_view(query: &SqlQuery, approval: &SqlApproval, act: &Act) -> Html {
    let hash = approval.hash.clone();
    html! {
        <section class="sparkMonitor-Approval" role="alertdialog" aria-labelledby="sparkMonitor-sql-approval">
            <h3 id="sparkMonitor-sql-approval">{ tr(SqlMessage::Approval) }</h3>
            <dl>
                <dt>{ tr(SqlMessage::Effect) }</dt>
                <dd>{ &approval.effect }</dd>
                <dt>{ tr(SqlMessage::Target) }</dt>
                <dd>{ approval.target.clone().unwrap_or_else(|| tr(SqlMessage::NoTarget)) }</dd>
            </dl>
            <pre class="sparkMonitor-Code" tabindex="0">{ &query.sql }</pre>
            <div class="sparkMonitor-Buttons">
                { Button::new(SqlMessage::Approve, Action::Approve { hash }).view(act) }
                { Button::new(SqlMessage::DoNot, Action::Cancel).view(act) }
            </div>
        </section>
    }
}
