//! How evenly the tasks of one stage work: five quantiles of what Spark measures, drawn, and the slowest tasks.

use wire::{Quantiles, SlowTask, StageTasks, TaskTrait};
use yew::{Html, html};

use kit::format;
use kit::i18n::{PageMessage, tr};
use kit::language;

/// Closed at first: most stages are even.
pub fn tasks(stage: &StageTasks) -> Html {
    let (median, max) = (format::duration(stage.run_ms.median), format::duration(stage.run_ms.max));
    let number = stage.stage_id;
    html! {
        <details class="sparkMonitor-Details sparkMonitor-Tasks">
            <summary>{ tr(PageMessage::TasksTook { tasks: stage.tasks, median: &median, max: &max }) }</summary>
            <div
                class="sparkMonitor-Table-scroll" tabindex="0" role="group"
                aria-label={tr(PageMessage::QuantilesOf { number })}
            >
                { quantiles(stage) }
            </div>
            if !stage.slowest.is_empty() {
                <div
                    class="sparkMonitor-Table-scroll" tabindex="0" role="group"
                    aria-label={tr(PageMessage::SlowestOf { number })}
                >
                    { slowest(&stage.slowest) }
                </div>
            }
        </details>
    }
}

fn quantiles(stage: &StageTasks) -> Html {
    let rows = [
        (PageMessage::RunTime, stage.run_ms, format::duration as fn(u64) -> String),
        (PageMessage::ReadBytes, stage.read_bytes, format::bytes),
        (PageMessage::ReadRows, stage.read_records, language::number),
        (PageMessage::WrittenBytes, stage.written_bytes, format::bytes),
        (PageMessage::SpilledToDisk, stage.spilled_bytes, format::bytes),
        (PageMessage::GcTime, stage.gc_ms, format::duration),
        (PageMessage::ExecutionMemory, stage.peak_execution_bytes, format::bytes),
    ];
    let head = [
        PageMessage::Least,
        PageMessage::FirstQuartile,
        PageMessage::Median,
        PageMessage::ThirdQuartile,
        PageMessage::Most,
    ];
    // What no task has is no row.
    let rows = rows.into_iter().filter(|(_, quantiles, _)| quantiles.max > 0);
    html! {
        <table class="sparkMonitor-Table">
            <thead>
                <tr>
                    <th scope="col">{ tr(PageMessage::OfATask) }</th>
                    { for head.map(|name| html! { <th scope="col">{ tr(name) }</th> }) }
                    <th scope="col">{ tr(PageMessage::Drawn) }</th>
                </tr>
            </thead>
            <tbody>{ for rows.map(|(name, of, words)| row(&tr(name), of, words)) }</tbody>
        </table>
    }
}

fn row(name: &str, of: Quantiles, words: fn(u64) -> String) -> Html {
    let values = [of.min, of.p25, of.median, of.p75, of.max];
    html! {
        <tr>
            <th scope="row">{ name }</th>
            { for values.map(|value| html! { <td>{ words(value) }</td> }) }
            <td>{ drawn(of) }</td>
        </tr>
    }
}

/// A box from the first to the third quartile with the median in it, and lines to the least and the most. All begin at
/// zero, so that even tasks look even. The numbers are beside it.
fn drawn(of: Quantiles) -> Html {
    let at = |value: u64| share(value, of.max);
    let (min, p25, median, p75) = (at(of.min), at(of.p25), at(of.median), at(of.p75));
    html! {
        <svg class="sparkMonitor-Box" viewBox="-1 0 102 12" preserveAspectRatio="none" aria-hidden="true">
            <path d={format!("M{min} 6H{p25}M{p75} 6H100M{min} 3V9M100 3V9")} />
            <rect x={p25.min(99).to_string()} y="2" width={(p75 - p25).max(1).to_string()} height="8" />
            <path class="sparkMonitor-Box-median" d={format!("M{median} 1V11")} />
        </svg>
    }
}

/// Of a hundred; rounded down.
fn share(value: u64, max: u64) -> u32 {
    wire::percent(value.min(max), max)
}

fn slowest(tasks: &[SlowTask]) -> Html {
    let head = [
        PageMessage::SlowestTasks,
        PageMessage::OnExecutor,
        PageMessage::RunTime,
        PageMessage::ReadBytes,
        PageMessage::ApartBy,
    ];
    html! {
        <table class="sparkMonitor-Table">
            <thead><tr>{ for head.map(|name| html! { <th scope="col">{ tr(name) }</th> }) }</tr></thead>
            <tbody>{ for tasks.iter().map(slow) }</tbody>
        </table>
    }
}

fn slow(task: &SlowTask) -> Html {
    let took = format::duration(task.run_ms);
    let executor = PageMessage::ExecutorOnHost { id: &task.executor_id, host: &task.host };
    html! {
        <tr key={task.index}>
            <th scope="row">{ task.index }</th>
            <td>{ tr(executor) }</td>
            <td>{ if task.is_running { tr(PageMessage::RunsSince { time: &took }) } else { took } }</td>
            <td>{ format::bytes(task.read_bytes) }</td>
            <td>{ apart(&task.traits) }</td>
        </tr>
    }
}

fn apart(traits: &[TaskTrait]) -> String {
    let word = |named: &TaskTrait| {
        Some(tr(match named {
            TaskTrait::MoreData => PageMessage::MoreData,
            TaskTrait::MoreRows => PageMessage::MoreRows,
            TaskTrait::Spill => PageMessage::Spills,
            TaskTrait::GarbageCollection => PageMessage::GcTime,
            TaskTrait::ShuffleWait => PageMessage::WaitsForShuffle,
            TaskTrait::Unknown => return None,
        }))
    };
    let words: Vec<String> = traits.iter().filter_map(word).collect();
    if words.is_empty() { tr(PageMessage::NothingApart) } else { words.join(" · ") }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use wire::TaskTrait;

    use super::{apart, share};

    #[test]
    fn a_slow_task_says_what_tells_it_apart_or_that_nothing_does() {
        assert_eq!(apart(&[TaskTrait::MoreData, TaskTrait::Spill]), "more data · spills to disk");
        assert_eq!(apart(&[]), "nothing that Spark measures");
        assert_eq!(apart(&[TaskTrait::Unknown]), apart(&[]));
    }

    #[test]
    fn places_are_shares_of_the_most() {
        assert_eq!([share(0, 9), share(3, 9), share(9, 9), share(10, 9), share(0, 0)], [0, 33, 100, 100, 0]);
    }
}
