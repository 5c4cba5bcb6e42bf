//! What a query spilled, and the code that makes its partitions small enough.

use wire::{NamedBy, QueryKind, Stage};

use super::draft::Draft;
use crate::stages::{KeptStage, StageDigest};

/// Less than this on disk is not worth a warning, bytes.
const LEAST: u64 = 1 << 20;
/// What one task should hold in memory, bytes: half of what a task may use in an executor of 1 GB with two cores.
const FITS: u64 = 100 << 20;
/// Adaptive execution merges shuffle partitions up to this size (Spark's default), bytes.
const MERGED: u64 = 64 << 20;
const MIB: u64 = 1 << 20;

/// The stage of this query that spilled the most, if that is worth a warning.
pub(super) fn most<'a>(draft: &Draft<'_>, stages: &'a StageDigest) -> Option<&'a KeptStage> {
    let attempts = draft.stage_ids().into_iter().flat_map(|id| stages.attempts(id));
    let most = attempts.max_by_key(|kept| kept.stage.spilled_to_disk_bytes)?;
    (most.stage.spilled_to_disk_bytes >= LEAST).then_some(most)
}

/// What can be changed depends on where the stage's partitions come from: a shuffle, files, or the code itself. Settings
/// do not change the number in `repartition(2)`.
pub(super) fn code(draft: &Draft<'_>, stage: &Stage) -> Option<String> {
    // Settings of Spark SQL change no RDD.
    if draft.kind == QueryKind::Job {
        return None;
    }
    let words = || draft.name.split([':', ',']).map(str::trim);
    Some(code_of(stage, draft.named_by == NamedBy::Operators && words().any(|word| word == "repartition")))
}

fn code_of(stage: &Stage, repartitions: bool) -> String {
    let partitions = partitions(stage);
    let (shuffled, read) = (stage.shuffle_read_bytes, stage.input_bytes);
    if repartitions {
        format!("df = df.repartition({partitions})")
    } else if shuffled > 0 && shuffled >= read {
        let more = format!("spark.conf.set(\"spark.sql.shuffle.partitions\", {partitions})");
        let each = shuffled / partitions;
        // Otherwise adaptive execution would merge them again.
        let smaller = (each < MERGED).then(|| {
            let mib = (each / MIB).max(1);
            format!("\nspark.conf.set(\"spark.sql.adaptive.advisoryPartitionSizeInBytes\", \"{mib}m\")")
        });
        more + &smaller.unwrap_or_default()
    } else if read > 0 {
        let mib = (read / partitions / MIB).max(1);
        format!("spark.conf.set(\"spark.sql.files.maxPartitionBytes\", \"{mib}m\")")
    } else {
        format!("df = df.repartition({partitions})")
    }
}

/// As many partitions as it takes for one to fit, at least twice as many as now; a round number.
fn partitions(stage: &Stage) -> u64 {
    let Stage { spilled_to_disk_bytes, spilled_from_memory_bytes, tasks, .. } = stage;
    let needed = (*spilled_from_memory_bytes).max(*spilled_to_disk_bytes).div_ceil(FITS);
    let needed = needed.max(u64::from(tasks.total).saturating_mul(2)).max(2);
    let step = match needed {
        ..20 => 2,
        20..100 => 10,
        100..1_000 => 50,
        _ => 500,
    };
    needed.div_ceil(step).saturating_mul(step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use upstream::rows;
    use wire::Tasks;

    fn stage(tasks: u32, from_memory_mib: u64) -> Stage {
        let spilled = serde_json::json!([{"stageId": 1, "status": "ACTIVE", "diskBytesSpilled": 300 * MIB}]);
        let digest: StageDigest = rows::from_value(&spilled).unwrap();
        let stage = digest.active().next().unwrap().stage.clone();
        let tasks = Tasks { total: tasks, ..Tasks::default() };
        Stage { tasks, spilled_from_memory_bytes: from_memory_mib * MIB, ..stage }
    }

    #[test]
    fn shuffled_data_gets_more_partitions_that_are_not_merged_again() {
        let shuffled = Stage { shuffle_read_bytes: 6_000 * MIB, ..stage(40, 20_000) };
        assert_eq!(code_of(&shuffled, true), "df = df.repartition(200)", "its number wins over settings");
        assert_eq!(
            code_of(&shuffled, false),
            "spark.conf.set(\"spark.sql.shuffle.partitions\", 200)\n\
             spark.conf.set(\"spark.sql.adaptive.advisoryPartitionSizeInBytes\", \"30m\")"
        );
        let large = Stage { shuffle_read_bytes: 20_000 * MIB, ..stage(40, 20_000) };
        assert_eq!(code_of(&large, false), "spark.conf.set(\"spark.sql.shuffle.partitions\", 200)");
    }

    #[test]
    fn files_are_read_in_smaller_pieces_and_what_has_no_source_is_repartitioned() {
        let read = Stage { input_bytes: 2_560 * MIB, ..stage(20, 5_000) };
        assert_eq!(code_of(&read, false), "spark.conf.set(\"spark.sql.files.maxPartitionBytes\", \"51m\")");
        assert_eq!(code_of(&stage(2, 1_000), false), "df = df.repartition(10)");
    }

    #[test]
    fn there_are_at_least_twice_as_many_partitions() {
        assert_eq!(
            ["df = df.repartition(4)", "df = df.repartition(600)"],
            [1, 300].map(|tasks| code_of(&stage(tasks, 1), false))
        );
    }
}
