//! The stages of a query, each as a bar over the time of the query.

use wire::{Query, QueryStages, QueryTasks, Stage, StageState};
use yew::{Html, classes, html};

use super::tasks_pane;
use kit::format;
use kit::i18n::{Message, PageMessage, tr};
use kit::parts::notice::muted;

/// The stages in the order in which they began.
pub fn timeline(answer: &QueryStages, query: &Query, tasks: Option<&QueryTasks>) -> Html {
    if answer.stages.is_empty() {
        return muted(PageMessage::NoStages);
    }
    let mut stages: Vec<&Stage> = answer.stages.iter().collect();
    stages.sort_by_key(|stage| (stage.submitted_at_ms.is_none(), stage.submitted_at_ms, stage.stage_id));
    let span = Span::of(query, &stages);
    html! {
        <>
            <ol class="sparkMonitor-Timeline">{ for stages.into_iter().map(|stage| row(stage, span, tasks)) }</ol>
            <p class="sparkMonitor-Timeline-axis" aria-hidden="true">
                <span>{ "0s" }</span><span>{ format::duration(span.length_ms) }</span>
            </p>
            if answer.stages_not_shown > 0 {
                { muted(PageMessage::StagesNotShown { stages: answer.stages_not_shown.into() }) }
            }
            if let Some(stages) = tasks.map(|tasks| tasks.not_examined).filter(|stages| *stages > 0) {
                { muted(PageMessage::NotMeasured { stages: stages.into() }) }
            }
        </>
    }
}

/// From the query's begin to its end, or until now.
#[derive(Clone, Copy)]
struct Span {
    begin_ms: i64,
    length_ms: u64,
}

impl Span {
    /// A stage may be seen a moment before its query's own clock ends.
    fn of(query: &Query, stages: &[&Stage]) -> Self {
        let begun = stages.iter().filter_map(|stage| stage.submitted_at_ms);
        let begin_ms = begun.chain([query.submitted_at_ms]).min().unwrap_or_default();
        let end_ms =
            |stage: &&Stage| Some(stage.submitted_at_ms?.saturating_add_unsigned(stage.elapsed_ms.unwrap_or_default()));
        let ends = stages.iter().filter_map(end_ms);
        let end_ms = ends.chain([query.submitted_at_ms.saturating_add_unsigned(query.elapsed_ms)]).max();
        Self { begin_ms, length_ms: u64::try_from(end_ms.unwrap_or_default() - begin_ms).unwrap_or_default().max(1) }
    }

    /// Where a bar begins, and how wide it is, as CSS. Tenths of percents, so that no two bars of a long query touch.
    fn style(self, at_ms: i64, elapsed_ms: u64) -> String {
        let share =
            |ms: u64| f64::from(u32::try_from(ms.saturating_mul(10_000) / self.length_ms).unwrap_or(10_000)) / 100.0;
        let left = share(u64::try_from(at_ms - self.begin_ms).unwrap_or_default()).min(99.5);
        let width = share(elapsed_ms).clamp(0.5, 100.0 - left);
        format!("left: {left}%; width: {width}%")
    }
}

fn row(stage: &Stage, span: Span, tasks: Option<&QueryTasks>) -> Html {
    let attempt = (stage.stage_id, stage.stage_attempt_id);
    let measured = tasks.and_then(|all| all.stages.iter().find(|of| (of.stage_id, of.stage_attempt_id) == attempt));
    let label = tr(PageMessage::Stage { number: stage.stage_id });
    let bytes = [
        (PageMessage::Input, stage.input_bytes),
        (PageMessage::ShuffleRead, stage.shuffle_read_bytes),
        (PageMessage::ShuffleWritten, stage.shuffle_write_bytes),
        (PageMessage::Output, stage.output_bytes),
        (PageMessage::SpilledToDisk, stage.spilled_to_disk_bytes),
    ];
    let bytes = bytes
        .into_iter()
        .filter(|(_, bytes)| *bytes > 0)
        .map(|(label, bytes)| tr(Message::LabelValue { label: &tr(label), value: &format::bytes(bytes) }));
    let took = stage.elapsed_ms.map_or_else(|| tr(PageMessage::NotBegun), format::duration);
    let tasks = tr(Message::TasksDone { done: stage.tasks.done, total: stage.tasks.total });
    let facts: Vec<String> = [took, tasks].into_iter().chain(bytes).collect();
    let state = match stage.state {
        StageState::Active => Some("sparkMonitor-mod-active"),
        StageState::Failed => Some("sparkMonitor-mod-bad"),
        StageState::Pending => Some("sparkMonitor-mod-muted"),
        StageState::Complete | StageState::Skipped | StageState::Unknown => None,
    };
    html! {
        <li key={[stage.stage_id, stage.stage_attempt_id].map(|id| id.to_string()).join("-")}>
            <div class="sparkMonitor-Timeline-words">
                <span class="sparkMonitor-Timeline-name" title={stage.name.clone()}>
                    { [&*label, " ", &stage.name].concat() }
                </span>
                <span>{ facts.join(" · ") }</span>
            </div>
            <div class="sparkMonitor-Timeline-lane" aria-hidden="true">
                if let Some(at_ms) = stage.submitted_at_ms {
                    <div
                        class={classes!("sparkMonitor-Timeline-bar", state)}
                        style={span.style(at_ms, stage.elapsed_ms.unwrap_or_default())}
                    />
                }
            </div>
            if let Some(reason) = &stage.failure_reason {
                <pre class="sparkMonitor-QueryPage-reason">{ reason }</pre>
            }
            { measured.map(tasks_pane::tasks) }
        </li>
    }
}
