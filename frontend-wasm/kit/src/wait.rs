//! What a running query waits for and how long it still takes, in words.

use wire::{CoreHolder, TimeLeft, Wait};

use crate::format;
use crate::i18n::{Message, tr};

/// Why a query waits.
pub fn sentence(wait: &Wait) -> String {
    match *wait {
        Wait::NoCluster => tr(Message::WaitNoCluster),
        Wait::ClusterStarting { ready, wanted } => tr(Message::WaitClusterStarting { ready, wanted }),
        Wait::NoCores { ref holders, cores_used, cores_total } => no_cores(holders, cores_used, cores_total),
        Wait::ExecutorsRegistering { cores } => tr(Message::WaitExecutors { cores }),
        Wait::TasksGoOn { tasks } => tr(Message::WaitTasksGoOn { tasks }),
        Wait::NextBatch { batch } => tr(Message::WaitNextBatch { batch }),
        Wait::DriverWorks { for_ms } => tr(Message::WaitDriver { time: &format::duration(for_ms) }),
        Wait::SlotsTaken { running } => tr(Message::WaitSlots { running }),
        Wait::ShuffleFetch { stage_id, percent } => tr(Message::WaitShuffle { stage_id, percent }),
        Wait::LastTasks { stage_id, left, total, slowest_ms, median_ms, more_data } => {
            let (slowest, median) = (&format::duration(slowest_ms), &format::duration(median_ms));
            let times = slowest_ms / median_ms.max(1);
            tr(if more_data {
                Message::WaitLastTasksSkew { left, total, slowest, median, times, stage_id }
            } else {
                Message::WaitLastTasksSlow { left, total, slowest, median, times, stage_id }
            })
        }
        Wait::Python { stage_id, jvm_percent } => tr(Message::WaitPython { stage_id, jvm_percent }),
        Wait::Busy { running: 0 } => tr(Message::WaitPreparing),
        Wait::Busy { running } => tr(Message::WaitBusy { running }),
    }
}

fn no_cores(holders: &[CoreHolder], used: u32, total: u32) -> String {
    match holders {
        [] => tr(Message::WaitNoCores { used, total }),
        [CoreHolder { name, cores }] => tr(Message::WaitCoresHeld { name, cores: *cores, total }),
        [first, others @ ..] => {
            tr(Message::WaitCoresHeldByMany { name: &first.name, others: others.len() as u32, cores: used, total })
        }
    }
}

/// How long a query still takes.
pub fn time_left(left: TimeLeft) -> String {
    // Rounded up, because a wait of milliseconds is none.
    let time = |ms: u64| format::duration(ms.div_ceil(1000).max(1).saturating_mul(1000));
    let (least, most) = (&time(left.at_least_ms), &time(left.at_most_ms));
    tr(if least == most { Message::TimeLeft { time: most } } else { Message::TimeLeftBetween { least, most } })
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    #[test]
    fn each_reason_is_a_sentence_with_its_numbers() {
        let holder = |name: &str| CoreHolder { name: name.to_owned(), cores: 2 };
        let no_cores = |holders| Wait::NoCores { holders, cores_used: 4, cores_total: 4 };
        let last = |more_data| {
            let (slowest_ms, median_ms) = (45_000, 5_000);
            Wait::LastTasks { stage_id: 4, left: 2, total: 200, slowest_ms, median_ms, more_data }
        };
        let waits = [
            Wait::NoCluster,
            Wait::ClusterStarting { ready: 0, wanted: 1 },
            Wait::ClusterStarting { ready: 1, wanted: 2 },
            no_cores(Vec::new()),
            Wait::NoCores { holders: vec![holder("ETL")], cores_used: 2, cores_total: 2 },
            no_cores(vec![holder("ETL"), holder("B")]),
            no_cores(vec![holder("ETL"), holder("B"), holder("C")]),
            Wait::ExecutorsRegistering { cores: 2 },
            Wait::DriverWorks { for_ms: 12_345 },
            Wait::SlotsTaken { running: 1 },
            Wait::SlotsTaken { running: 2 },
            Wait::TasksGoOn { tasks: 2 },
            Wait::NextBatch { batch: 12 },
            Wait::ShuffleFetch { stage_id: 4, percent: 35 },
            last(true),
            last(false),
            Wait::LastTasks { stage_id: 4, left: 1, total: 8, slowest_ms: 90_000, median_ms: 7_000, more_data: true },
            Wait::Python { stage_id: 4, jvm_percent: 4 },
            Wait::Busy { running: 0 },
            Wait::Busy { running: 1 },
            Wait::Busy { running: 2 },
        ];
        assert_snapshot!(waits.iter().map(sentence).collect::<Vec<_>>().join("\n"), @r#"
        The cluster has no worker.
        The cluster is starting: 0 of 1 worker is ready
        The cluster is starting: 1 of 2 workers are ready
        Waiting for cores: 4 of 4 are in use
        Waiting for cores: 'ETL' holds 2 of 2
        Waiting for cores: 'ETL' and 1 more hold 4 of 4
        Waiting for cores: 'ETL' and 2 more hold 4 of 4
        Waiting for executors: 2 cores are granted, none has registered yet
        The driver works, no job runs (planning, collecting, Python) for 12s
        Waiting for task slots: 1 task of another query runs first
        Waiting for task slots: 2 tasks of other queries run first
        No query runs, but 2 tasks of one that was stopped go on and hold their cores
        Batch 12 is done, the stream waits for the next one
        Shuffling: tasks wait 35% of their time for other tasks' output (stage 4)
        The last 2 of 200 tasks: the slowest has run 45s, most took 5s (9× slower): it reads more data, key skew (stage 4)
        The last 2 of 200 tasks: the slowest has run 45s, most took 5s (9× slower): slow host or skewed work (stage 4)
        The last of 8 tasks: the slowest has run 1m 30s, most took 7s (12× slower): it reads more data, key skew (stage 4)
        Tasks wait for Python workers: the JVM computes 4% of their time (stage 4)
        Busy: the next tasks are being prepared
        Busy: 1 task running
        Busy: 2 tasks running
        "#);
    }
}
