//! A query reads or writes many small files.

use wire::Severity;

use super::{
    examined::Files,
    facts::PlanFacts,
    finding::{Evidence, Hit},
    thresholds::{GOOD_FILE_BYTES, MANY_FILES, OPEN_FILE_MS, SMALL_FILE_BYTES},
};

pub(super) fn read(facts: &PlanFacts<'_>) -> Option<Hit> {
    let Files { files, bytes, .. } = worst(&facts.plan.reads)?;
    let evidence = Evidence::SmallFilesRead { files, file_bytes: bytes / files.max(1) };
    Some(Hit { severity: Severity::Warning, evidence, code: None, cost_ms: files.saturating_mul(OPEN_FILE_MS) })
}

pub(super) fn written(facts: &PlanFacts<'_>) -> Option<Hit> {
    let Files { files, bytes, folders } = worst(&facts.plan.writes)?;
    let evidence = Evidence::SmallFilesWritten { files, file_bytes: bytes / files.max(1), folders };
    // A file for each folder is the least there can be.
    let code = match folders {
        0 => Some(format!("df = df.repartition({})", bytes.div_ceil(GOOD_FILE_BYTES).max(1))),
        folders if files > folders => None,
        _ => return None,
    };
    Some(Hit { severity: Severity::Warning, evidence, code, cost_ms: files.saturating_mul(OPEN_FILE_MS) })
}

fn worst(all: &[Files]) -> Option<Files> {
    let small = |it: &&Files| it.files > MANY_FILES && it.bytes / it.files.max(1) < SMALL_FILE_BYTES;
    all.iter().filter(small).max_by_key(|it| it.files).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{cases::MIB, examined::Plan};

    fn of(files: u64, bytes: u64, folders: u64) -> Plan {
        let files = vec![Files { files, bytes, folders }];
        Plan { reads: files.clone(), writes: files, ..Plan::default() }
    }

    #[test]
    fn more_than_a_hundred_with_a_mean_below_three_mebibytes() {
        let found = |plan: Plan| {
            let facts = PlanFacts { plan: &plan, run_ms: 0 };
            let (read, written) = (read(&facts), written(&facts));
            assert_eq!(read.is_some(), written.is_some());
            read.map(|hit| hit.cost_ms)
        };
        assert_eq!(found(of(100, MIB, 0)), None);
        assert_eq!(found(of(101, MIB, 0)), Some(1_010));
        assert_eq!(found(of(200, 600 * MIB, 0)), None);
        assert_eq!(found(of(200, 600 * MIB - 200, 0)), Some(2_000));
        assert_eq!(found(Plan::default()), None);
    }

    #[test]
    fn files_that_are_written_are_put_together_unless_each_folder_has_one() {
        let code = |plan: Plan| written(&PlanFacts { plan: &plan, run_ms: 0 }).map(|hit| hit.code);
        assert_eq!(code(of(500, 300 * MIB, 0)), Some(Some("df = df.repartition(3)".to_owned())));
        assert_eq!(code(of(500, 300 * MIB, 20)), Some(None));
        assert_eq!(code(of(500, 300 * MIB, 500)), None);
    }
}
