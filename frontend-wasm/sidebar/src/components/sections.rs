//! The panel's collapsible sections: each one view's last good data, with the problem if there is one.
//!
//! `says_stale` is false if one notice says for all sections that they are old.

use yew::{Html, html};

use super::cluster::{cluster_line, cluster_overview};
use super::executors::executor_table;
use super::history::history;
use super::panel_context::Panel;
use super::panel_section::section;
use super::queries::{is_idle, recent_queries, running_queries};
use super::query_stages::stage;
use super::stage_facts::stage_key;
use kit::i18n::{Message, tr};
use kit::parts::filled::filled;
use kit::parts::notice::muted;
use kit::parts::tone::{Tone, toned};

/// One line, which unfolds to cores, memory and workers.
pub fn cluster_section(panel: &Panel<'_>, says_stale: bool) -> Html {
    let cluster = &panel.model.cluster;
    let unknown = || cluster.problem.as_ref().map(|_| toned(Tone::Muted, tr(Message::HeadingUnreachable)));
    let summary = cluster.body().map(|body| cluster_line(panel.model, body)).or_else(unknown).unwrap_or_default();
    let content = cluster.body().map(|cluster| cluster_overview(panel, cluster));
    section(panel, "cluster", Message::Cluster, summary, filled(cluster, says_stale, content))
}

/// Usage over the last minutes; nothing if that is unknown.
pub fn history_section(panel: &Panel<'_>) -> Html {
    let Some((body, meta)) = panel.model.history.answer() else { return Html::default() };
    let Some(lines) = history(panel, body, meta) else { return Html::default() };
    let minutes = body.window_ms / 60_000;
    section(panel, "history", Message::LastMinutes { minutes }, Html::default(), lines)
}

/// The executors of the application.
pub fn executor_section(panel: &Panel<'_>, says_stale: bool) -> Html {
    let executors = &panel.model.executors;
    let summary = executors.body().map(|executors| {
        let (active, slots) = (executors.active_tasks, executors.task_slots);
        Html::from(tr(Message::SlotsBusy { active, slots }))
    });
    let content = executors.body().map(|executors| executor_table(panel, executors));
    let content = filled(executors, says_stale, content);
    section(panel, "executors", Message::Executors, summary.unwrap_or_default(), content)
}

/// The running queries; nothing if there are none, because the sentence above says so. Recent ones come in the same
/// answer, so this section shows that answer's problem.
pub fn running_section(panel: &Panel<'_>, says_stale: bool) -> Html {
    let queries = &panel.model.queries;
    if queries.trouble().is_none() && queries.body().is_some_and(is_idle) {
        return Html::default();
    }
    let running =
        queries.body().map(|queries| count(queries.running.len(), queries.running_not_shown)).unwrap_or_default();
    let content = filled(queries, says_stale, queries.body().map(|queries| running_queries(panel, queries)));
    section(panel, "running", Message::RunningQueries, running, content)
}

/// The recent queries.
pub fn recent_section(panel: &Panel<'_>) -> Html {
    let Some(queries) = panel.model.queries.body() else {
        return Html::default();
    };
    let content = recent_queries(panel, queries);
    section(panel, "recent", Message::RecentQueries, count(queries.recent.len(), 0), content)
}

/// The active stages of no running query that is shown; nothing if there are none.
pub fn other_stages_section(panel: &Panel<'_>) -> Html {
    let Some(stages) = panel.model.stages.body() else {
        return Html::default();
    };
    let queries = panel.model.queries.body().into_iter().flat_map(|queries| &queries.running);
    let inside: Vec<_> = queries.flat_map(|query| &query.active_stages).map(stage_key).collect();
    let others: Vec<_> = stages.active.iter().filter(|known| !inside.contains(&stage_key(known))).collect();
    if others.is_empty() {
        return Html::default();
    }
    let title = count(others.len(), stages.active_not_shown);
    let list = others.into_iter().map(|known| stage(known, ""));
    let content = html! {
        <>
            <ul class="sparkMonitor-Stages">{ for list }</ul>
            if stages.active_not_shown > 0 {
                { muted(Message::MoreStages { count: stages.active_not_shown }) }
            }
        </>
    };
    section(panel, "active", Message::OtherStages, title, content)
}

fn count(shown: usize, not_shown: u32) -> Html {
    let count = shown.saturating_add(usize::try_from(not_shown).unwrap_or(usize::MAX));
    Html::from(tr(Message::Count { count: count as u64 }))
}
