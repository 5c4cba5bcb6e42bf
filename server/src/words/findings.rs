//! Sentences about findings: what each means, and what to do about it now. Also the page that explains more.

use monitor::findings::{Evidence, Finding, OffCpuBecause, SlowBecause, Unsplit};
use wire::FindingRule;

use super::{
    Said,
    measures::{bytes, count, duration, share},
    say,
};

/// What a finding means.
pub(crate) fn meaning(finding: &Finding) -> Said {
    match &finding.evidence {
        Evidence::DataSkew { max_bytes, median_bytes, max_ms, median_ms, max_records, median_records, .. } => {
            let times = |max: u64, median: u64| max / median.max(1);
            let largest = if times(*max_bytes, *median_bytes) >= times(*max_records, *median_records) {
                say!("One task has %1 of data, half of the others at most %2.", bytes(*max_bytes), bytes(*median_bytes))
            } else {
                say!(
                    "One task has %1 rows, half of the others at most %2.",
                    count(*max_records),
                    count(*median_records)
                )
            };
            largest.then(slowest(*max_ms, *median_ms))
        }
        Evidence::TimeSkew { max_ms, median_ms, because, .. } => {
            let because = match because {
                SlowBecause::Python => {
                    say!("Its data is like that of the others, so the Python code takes longer for some values.")
                }
                SlowBecause::Unknown => say!("Its data is like that of the others."),
            };
            slowest(*max_ms, *median_ms).then(because)
        }
        Evidence::SlowHost { max_ms, median_ms, slow_tasks, host } => {
            let same =
                say!("The slow tasks have no more data than the others, and all %1 ran on %2.", slow_tasks, host);
            slowest(*max_ms, *median_ms).then(same)
        }
        Evidence::Spill { disk_bytes, .. } => {
            say!("Tasks had too little execution memory and wrote %1 to disk, to read it again.", bytes(*disk_bytes))
        }
        Evidence::MemoryForecast { task_bytes, slots, available_bytes, percent } => say!(
            "A task needs up to %1 of execution memory; %2 at once need %3 of the %4 that an executor has. Larger tasks will spill to disk.",
            bytes(*task_bytes),
            slots,
            share(*percent),
            bytes(*available_bytes)
        ),
        Evidence::FetchedToDisk { disk_bytes } => {
            say!(
                "%1 of other hosts' shuffle output went to disk first, because single blocks are too large for memory.",
                bytes(*disk_bytes)
            )
        }
        Evidence::CacheMisfit { name, disk_bytes: 0, cached_partitions, partitions, .. } => say!(
            "Only %2 of %3 partitions of “%1” are cached, because memory is full. The others are computed again each time.",
            name,
            cached_partitions,
            partitions
        ),
        Evidence::CacheMisfit { name, disk_bytes, memory_bytes, .. } => say!(
            "“%1” does not fit into memory: %2 of it is cached there, %3 on disk.",
            name,
            bytes(*memory_bytes),
            bytes(*disk_bytes)
        ),
        Evidence::GarbageCollection { percent, gc_ms, .. } => {
            say!("Tasks spent %1 of their time, %2, in garbage collection.", share(*percent), duration(*gc_ms))
        }
        Evidence::ExecutorGarbageCollection { percent } => {
            say!("The executor has lately spent %1 of its task time in garbage collection.", share(*percent))
        }
        Evidence::HeapNearLimit { peak_bytes, limit_bytes, percent } => say!(
            "The executor's heap held %1 of %2 (%3) at its peak since the start.",
            bytes(*peak_bytes),
            bytes(*limit_bytes),
            share(*percent)
        ),
        Evidence::ShuffleWait { percent, wait_ms, .. } => {
            say!(
                "Tasks spent %1 of their time, %2, waiting for other tasks' output.",
                share(*percent),
                duration(*wait_ms)
            )
        }
        Evidence::OffCpu { percent, because: OffCpuBecause::Python, .. } => {
            say!("Tasks wait for Python: Spark itself worked during %1 of their time.", share(*percent))
        }
        Evidence::OffCpu { percent, because: OffCpuBecause::InputOrBusyHost, .. } => {
            say!(
                "Tasks used a CPU during %1 of their time: they wait for input and output, or their host is busy.",
                share(*percent)
            )
        }
        Evidence::TooFewTasks { tasks, slots, elapsed_ms } => {
            say!(
                "The stage has fewer tasks than there are slots, %1 of %2: the others were idle for %3.",
                tasks,
                slots,
                duration(*elapsed_ms)
            )
        }
        Evidence::TinyTasks { tasks, median_ms, .. } => {
            say!(
                "The stage has %1 tasks that take only %2 each: Spark is busy starting them.",
                count((*tasks).into()),
                duration(*median_ms)
            )
        }
        Evidence::HugePartitions { max_bytes, .. } => say!("One task has %1 of data.", bytes(*max_bytes)),
        Evidence::SmallFilesRead { files, file_bytes } => {
            say!(
                "The query reads %1 files of %2 on average. Opening them takes longer than reading them.",
                count(*files),
                bytes(*file_bytes)
            )
        }
        Evidence::SmallFilesWritten { files, file_bytes, .. } => {
            say!(
                "The query writes %1 files of %2 on average. Everybody who reads them will be slow.",
                count(*files),
                bytes(*file_bytes)
            )
        }
        Evidence::BroadcastChance { small_bytes, large_bytes } => {
            say!(
                "A join shuffles and sorts %1, although its other side has only %2.",
                bytes(*large_bytes),
                bytes(*small_bytes)
            )
        }
        Evidence::LargeBroadcast { bytes: size } => say!("A join sends %1 to every executor.", bytes(*size)),
        Evidence::CrossJoin { rows } => {
            say!("A join compares every row with every row: %1 pairs.", count(*rows))
        }
        Evidence::FailedTasks { failed, tasks, stage_failed, reason } => {
            let failed = match (stage_failed, failed) {
                (true, 0) => say!("The stage failed."),
                (true, _) => say!("The stage failed. Tasks that failed: %1.", failed),
                (false, _) => say!("Tasks that failed and were done again: %1 of %2.", failed, tasks),
            };
            if reason.is_empty() { failed } else { failed.then(say!("Spark says: %1", reason)) }
        }
        Evidence::ExecutorLost { lost, out_of_memory, reason } => {
            let lost =
                say!("Executors lost in the last quarter of an hour: %1. Their tasks and cached data are gone.", lost);
            let lost = if *out_of_memory { lost.then(say!("They had too little memory.")) } else { lost };
            lost.then(say!("Spark says: %1", reason))
        }
        Evidence::Starved { holders, cores_used, cores_total } => {
            let used = say!("The application has no cores: %1 of %2 are in use.", cores_used, cores_total);
            let holders: Vec<_> = holders.iter().map(|holder| format!("{} ({})", holder.name, holder.cores)).collect();
            if holders.is_empty() { used } else { used.then(say!("They are held by: %1.", holders.join(", "))) }
        }
        Evidence::IdleCores { percent, slots, waiting } => say!(
            "The application left %1 of its %2 slots idle during the last ten minutes, while others wait for cores: %3.",
            share(*percent),
            slots,
            waiting.join(", ")
        ),
        Evidence::IdleHold { idle_ms, cores, cached_bytes, waiting, .. } => {
            let holds = match (cores, cached_bytes) {
                (0, cached) => {
                    say!("For %1 nothing has run, but %2 of cached data is held.", duration(*idle_ms), bytes(*cached))
                }
                (cores, 0) => say!("For %1 nothing has run, but cores are held: %2.", duration(*idle_ms), cores),
                (cores, cached) => say!(
                    "For %1 nothing has run, but cores (%2) and cached data (%3) are held.",
                    duration(*idle_ms),
                    cores,
                    bytes(*cached)
                ),
            };
            if waiting.is_empty() { holds } else { holds.then(say!("Others wait for cores: %1.", waiting.join(", "))) }
        }
    }
}

fn slowest(max_ms: u64, median_ms: u64) -> Said {
    say!("The slowest task takes %1, half of the tasks at most %2.", duration(max_ms), duration(median_ms))
}

/// What to do about it. Nothing that a running session cannot change, unless it says so.
pub(crate) fn advice(finding: &Finding) -> Said {
    match &finding.evidence {
        Evidence::DataSkew { unsplit, .. } => {
            let find = match finding.code {
                Some(_) => say!(
                    "This shows the keys with the most rows. Filter out one that means nothing, or aggregate before you join."
                ),
                None => {
                    say!("Count the rows of each key. Filter out one that means nothing, or aggregate before you join.")
                }
            };
            match unsplit {
                Some(Unsplit::Off) => find.then(say!("Adaptive execution, which splits such partitions of joins, is switched off: spark.sql.adaptive.enabled.")),
                Some(Unsplit::NoJoin) => find.then(say!("Adaptive execution does not split it, because it splits partitions of joins only.")),
                Some(Unsplit::Small) => find.then(say!("Adaptive execution does not split it, because it is smaller than 256 MB: spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes.")),
                None => find,
            }
        }
        Evidence::TimeSkew { because: SlowBecause::Python, .. } => {
            say!("Measure the Python function with a few values, and distribute the slow ones with df.repartition.")
        }
        Evidence::TimeSkew { because: SlowBecause::Unknown, .. } => {
            say!("Look at the slowest tasks on Spark's page: their host may be busy, or they wait for a service.")
        }
        Evidence::SlowHost { .. } => {
            say!(
                "Tell the administrator which host it is. spark.speculation, set before the session starts, runs slow tasks again elsewhere."
            )
        }
        Evidence::Spill { .. } => match finding.code {
            Some(_) => say!("Make the partitions smaller before the step that sorts, joins or aggregates."),
            None => say!("Make the partitions smaller, or read less: fewer columns, fewer rows."),
        },
        Evidence::MemoryForecast { .. } => {
            say!("Use more, smaller partitions before the data grows, or release cached data.")
        }
        Evidence::FetchedToDisk { .. } => say!("More partitions make smaller blocks: spark.sql.shuffle.partitions."),
        Evidence::CacheMisfit { .. } => {
            say!("Cache only the columns and rows that you need again, and release what you do not need any more.")
        }
        Evidence::GarbageCollection { .. } | Evidence::ExecutorGarbageCollection { .. } => {
            say!(
                "Release cached data, use smaller partitions, and avoid Python objects and large rows. More memory for executors needs a new session."
            )
        }
        Evidence::HeapNearLimit { .. } => {
            say!("Release cached data and use smaller partitions. More memory for executors needs a new session.")
        }
        Evidence::ShuffleWait { .. } => {
            say!("Shuffle less: filter and aggregate before a join, and drop columns that are not needed.")
        }
        Evidence::OffCpu { because: OffCpuBecause::Python, .. } => {
            say!(
                "Use Spark's own functions (pyspark.sql.functions) where there is one, or a pandas_udf, which gets many rows at once."
            )
        }
        Evidence::OffCpu { because: OffCpuBecause::InputOrBusyHost, .. } => {
            say!(
                "If the data comes from far away, read less of it: fewer columns and partitions. Else look who else uses the host."
            )
        }
        Evidence::TooFewTasks { .. } => {
            say!("Use more partitions: df.repartition after the read, or files that can be split (not gzip).")
        }
        Evidence::TinyTasks { .. } => match finding.code {
            Some(_) => say!("Use fewer partitions."),
            None => say!("Read larger pieces: spark.sql.files.maxPartitionBytes, or fewer and larger files."),
        },
        Evidence::HugePartitions { .. } => {
            say!("Use more partitions: df.repartition, or files that can be split (not gzip).")
        }
        Evidence::SmallFilesRead { .. } => {
            say!("Write the table once more with fewer, larger files, or ask its owner to.")
        }
        Evidence::SmallFilesWritten { folders: 0, .. } => say!("Put the rows together before you write."),
        Evidence::SmallFilesWritten { .. } => {
            say!(
                "Distribute the rows by the table's partition columns before you write: df.repartition with these columns."
            )
        }
        Evidence::BroadcastChance { .. } => {
            say!("Send the small side to every executor; then the large one need not be shuffled.")
        }
        Evidence::LargeBroadcast { .. } => {
            say!("Remove the broadcast hint, or lower the limit for broadcasts.")
        }
        Evidence::CrossJoin { .. } => say!("Stop it, and add a join condition with an equality."),
        Evidence::FailedTasks { .. } => {
            say!("Read the whole reason beside the query. If tasks fail now and then only, look at their hosts.")
        }
        Evidence::ExecutorLost { out_of_memory: true, .. } => {
            say!(
                "Use smaller partitions and less memory in Python. More memory (spark.executor.memoryOverhead) needs a new session."
            )
        }
        Evidence::ExecutorLost { .. } => {
            say!("Spark does the lost work again. If it happens often, tell the administrator.")
        }
        Evidence::Starved { .. } => say!("Wait, or ask those who hold the cores to stop their sessions."),
        Evidence::IdleCores { .. } => {
            say!("Stop the session when you do not need it, or start it with fewer cores (spark.cores.max).")
        }
        Evidence::IdleHold { is_connect: false, .. } => {
            say!("This gives everything back. For your next query, start a new session.")
        }
        Evidence::IdleHold { cached_bytes: 0, .. } => {
            say!(
                "The cores belong to the Spark Connect server. Its administrator can let it give them back: spark.dynamicAllocation.enabled."
            )
        }
        Evidence::IdleHold { .. } => {
            say!(
                "This releases cached data, that of all sessions of the server. Its cores stay with it: spark.dynamicAllocation.enabled gives them back."
            )
        }
    }
}

/// The page of Spark's documentation about a rule.
pub(crate) fn link(rule: FindingRule) -> &'static str {
    match rule {
        FindingRule::DataSkew | FindingRule::TimeSkew => {
            "https://spark.apache.org/docs/latest/sql-performance-tuning.html#optimizing-skew-join"
        }
        FindingRule::SlowHost => "https://spark.apache.org/docs/latest/configuration.html#scheduling",
        FindingRule::Spill | FindingRule::MemoryForecast | FindingRule::HeapNearLimit => {
            "https://spark.apache.org/docs/latest/tuning.html#memory-management-overview"
        }
        FindingRule::FetchedToDisk | FindingRule::ShuffleWait => {
            "https://spark.apache.org/docs/latest/configuration.html#shuffle-behavior"
        }
        FindingRule::CacheMisfit => "https://spark.apache.org/docs/latest/sql-performance-tuning.html#caching-data",
        FindingRule::GarbageCollection => "https://spark.apache.org/docs/latest/tuning.html#garbage-collection-tuning",
        FindingRule::OffCpu => "https://spark.apache.org/docs/latest/api/python/tutorial/sql/arrow_pandas.html",
        FindingRule::TooFewTasks | FindingRule::TinyTasks | FindingRule::HugePartitions => {
            "https://spark.apache.org/docs/latest/tuning.html#level-of-parallelism"
        }
        FindingRule::SmallFilesRead | FindingRule::SmallFilesWritten => {
            "https://spark.apache.org/docs/latest/sql-performance-tuning.html#tuning-partitions"
        }
        FindingRule::BroadcastChance | FindingRule::LargeBroadcast | FindingRule::CrossJoin => {
            "https://spark.apache.org/docs/latest/sql-performance-tuning.html#join-strategy-hints"
        }
        FindingRule::FailedTasks | FindingRule::Unknown => {
            "https://spark.apache.org/docs/latest/web-ui.html#stages-tab"
        }
        FindingRule::ExecutorLost => "https://spark.apache.org/docs/latest/web-ui.html#executors-tab",
        FindingRule::Starved => "https://spark.apache.org/docs/latest/spark-standalone.html#resource-scheduling",
        FindingRule::IdleCores | FindingRule::IdleHold => {
            "https://spark.apache.org/docs/latest/job-scheduling.html#dynamic-resource-allocation"
        }
    }
}

#[cfg(test)]
mod tests {
    use wire::Severity;

    use super::*;

    fn of(evidence: Evidence) -> Finding {
        Finding::new(Severity::Warning, evidence)
    }

    #[test]
    fn three_disks_have_three_words() {
        let cached = Evidence::CacheMisfit {
            name: "wide".into(),
            cached_partitions: 8,
            partitions: 8,
            memory_bytes: 1 << 20,
            disk_bytes: 3 << 20,
        };
        let said = [
            Evidence::Spill { disk_bytes: 3 << 20, memory_bytes: 0 },
            cached,
            Evidence::FetchedToDisk { disk_bytes: 3 << 20 },
        ]
        .map(|evidence| meaning(&of(evidence)).to_string());
        assert_eq!(
            said,
            [
                "Tasks had too little execution memory and wrote 3.0 MB to disk, to read it again.",
                "“wide” does not fit into memory: 1.0 MB of it is cached there, 3.0 MB on disk.",
                "3.0 MB of other hosts' shuffle output went to disk first, because single blocks are too large for memory.",
            ]
        );
    }

    #[test]
    fn a_hot_key_is_told_with_the_reason_why_nothing_split_it() {
        let skew = Evidence::DataSkew {
            max_bytes: 300 << 20,
            median_bytes: 1 << 20,
            max_records: 0,
            median_records: 0,
            max_ms: 61_000,
            median_ms: 900,
            unsplit: Some(Unsplit::NoJoin),
        };
        let finding = Finding { code: Some("df".into()), ..of(skew) };
        assert_eq!(
            meaning(&finding).to_string(),
            "One task has 300.0 MB of data, half of the others at most 1.0 MB. The slowest task takes 1m 1s, half of the tasks at most 900ms."
        );
        assert!(advice(&finding).to_string().ends_with("because it splits partitions of joins only."));
    }
}
