//! The panel's folding sections: each one view's last good data, with what is wrong with it.
//!
//! `stale` is the locale in which a section says that it is old, or `None` when that has been said for all of them.

use wire::{Cluster, Executors, Stages};
use yew::{Html, html};

use super::active_stages::active_stages;
use super::cluster::{cluster_overview, cluster_summary};
use super::executors::executor_table;
use super::notice::{loading, problem_notice, stale_line};
use super::recent_stages::recent_stages;
use super::section::Section;
use crate::i18n::{Message, tr};
use crate::loaded::Loaded;
use crate::locale::Locale;

/// Workers, cores and memory.
pub fn cluster_section(cluster: &Loaded<Cluster>, stale: Option<&Locale>) -> Html {
    let summary = cluster.body().map(cluster_summary).unwrap_or_default();
    html! {
        <Section name="cluster" title={tr(Message::Cluster)} {summary}>
            { filled(cluster, stale, cluster_overview) }
        </Section>
    }
}

/// The executors of the application.
pub fn executor_section(executors: &Loaded<Executors>, stale: Option<&Locale>) -> Html {
    let summary = executors.body().map(|executors| {
        let (active, slots) = (executors.active_tasks, executors.task_slots);
        Html::from(tr(Message::SlotsBusy { active, slots }))
    });
    html! {
        <Section name="executors" title={tr(Message::Executors)} summary={summary.unwrap_or_default()}>
            { filled(executors, stale, executor_table) }
        </Section>
    }
}

/// Active and recent stages. Both come in one answer, so the first says what is wrong with it.
pub fn stage_sections(stages: &Loaded<Stages>, stale: Option<&Locale>) -> Html {
    let count = |count: usize| Html::from(tr(Message::Count { count }));
    let active = stages.body().map(|stages| count(stages.active.len())).unwrap_or_default();
    html! {
        <>
            <Section name="active" title={tr(Message::ActiveStages)} summary={active}>
                { filled(stages, stale, active_stages) }
            </Section>
            if let Some(stages) = stages.body() {
                <Section
                    name="recent" title={tr(Message::RecentStages)}
                    summary={count(stages.recent.len())}
                >
                    { recent_stages(stages) }
                </Section>
            }
        </>
    }
}

/// The last good data, with what is wrong with it; or why there is none.
fn filled<T>(loaded: &Loaded<T>, stale: Option<&Locale>, draw: fn(&T) -> Html) -> Html {
    match (loaded.body(), loaded.trouble()) {
        (Some(body), None) => draw(body),
        (Some(body), Some(trouble)) => {
            let line = stale.map(|locale| stale_line(&trouble, locale)).unwrap_or_default();
            html! { <>{ line }{ draw(body) }</> }
        }
        (None, Some(trouble)) => problem_notice(&trouble.problem),
        (None, None) => loading(),
    }
}
