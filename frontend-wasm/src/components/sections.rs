//! The panel's folding sections: each one view's last good data, with what is wrong with it.
//!
//! `stale` is the locale in which a section says that it is old, or `None` when that has been said for all of them.

use yew::{Html, html};

use super::active_stages::active_stages;
use super::cluster::{cluster_overview, cluster_summary};
use super::executors::executor_table;
use super::history::history;
use super::notice::{loading, problem_notice, stale_line};
use super::panel_view::Panel;
use super::recent_stages::recent_stages;
use super::section::section;
use crate::i18n::{Message, tr};
use crate::loaded::Loaded;
use crate::locale::Locale;

/// Workers, cores and memory.
pub fn cluster_section(panel: &Panel<'_>, stale: Option<&Locale>) -> Html {
    let cluster = &panel.model.cluster;
    let summary = cluster.body().map(cluster_summary).unwrap_or_default();
    let content = cluster.body().map(|cluster| cluster_overview(panel, cluster));
    section(panel, "cluster", Message::Cluster, summary, filled(cluster, stale, content))
}

/// What was in use during the last minutes; nothing when that is not known.
pub fn history_section(panel: &Panel<'_>) -> Html {
    let Some(answer) = panel.model.history.value.as_ref().filter(|answer| !answer.body.points.is_empty()) else {
        return Html::default();
    };
    let minutes = answer.body.window_ms / 60_000;
    section(
        panel,
        "history",
        Message::LastMinutes { minutes },
        Html::default(),
        history(panel, &answer.body, &answer.meta),
    )
}

/// The executors of the application.
pub fn executor_section(panel: &Panel<'_>, stale: Option<&Locale>) -> Html {
    let executors = &panel.model.executors;
    let summary = executors.body().map(|executors| {
        let (active, slots) = (executors.active_tasks, executors.task_slots);
        Html::from(tr(Message::SlotsBusy { active, slots }))
    });
    let content = executors.body().map(|executors| executor_table(panel, executors));
    let content = filled(executors, stale, content);
    section(panel, "executors", Message::Executors, summary.unwrap_or_default(), content)
}

/// Active and recent stages. Both come in one answer, so the first says what is wrong with it.
pub fn stage_sections(panel: &Panel<'_>, stale: Option<&Locale>) -> Html {
    let stages = &panel.model.stages;
    let count = |count: usize| Html::from(tr(Message::Count { count }));
    let active = stages.body().map(|stages| count(stages.active.len())).unwrap_or_default();
    let content = filled(stages, stale, stages.body().map(active_stages));
    let active = section(panel, "active", Message::ActiveStages, active, content);
    let recent = stages.body().map(|stages| {
        let summary = count(stages.recent.len());
        section(panel, "recent", Message::RecentStages, summary, recent_stages(panel, stages))
    });
    html! { <>{ active }{ recent.unwrap_or_default() }</> }
}

/// The last good data, with what is wrong with it; or why there is none.
fn filled<T>(loaded: &Loaded<T>, stale: Option<&Locale>, content: Option<Html>) -> Html {
    match (content, loaded.trouble()) {
        (Some(content), None) => content,
        (Some(content), Some(trouble)) => {
            let line = stale.map(|locale| stale_line(&trouble, locale)).unwrap_or_default();
            html! { <>{ line }{ content }</> }
        }
        (None, Some(trouble)) => problem_notice(&trouble.problem),
        (None, None) => loading(),
    }
}
