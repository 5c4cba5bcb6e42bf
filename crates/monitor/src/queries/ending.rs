//! A query's state, when it ended, and why it failed. Spark's report on the execution takes precedence over its jobs
//! and stages.

use wire::QueryState;

use super::draft::{Draft, Stated};
use crate::{clock::DriverTime, stages::StageDigest};

/// A query that Spark calls running but that has not changed for this long may have lost its client, milliseconds.
const SILENCE_MS: u64 = 600_000;
/// A stream without a new batch for this long, and for this many of its periods, has ended; milliseconds.
const STREAM_PAUSE_MS: u64 = 60_000;
const STREAM_PAUSE_PERIODS: u64 = 3;

/// See the module's sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ending {
    pub state: QueryState,
    /// By the driver's clock; the current time for a running query.
    pub end_ms: i64,
    pub reason: Option<String>,
}

impl Ending {
    pub fn of(draft: &Draft<'_>, stages: &StageDigest, time: DriverTime) -> Self {
        let now_ms = time.now_ms;
        let ended = |state, end_ms| Self { state, end_ms, reason: None };
        let since = |at_ms: i64| u64::try_from(now_ms.saturating_sub(at_ms)).unwrap_or(0);
        match draft.stated {
            Stated::Runs | Stated::ByJobs if draft.has_running_job() => ended(QueryState::Running, now_ms),
            Stated::Runs if since(draft.last_sign_ms()) >= SILENCE_MS => ended(QueryState::Silent, now_ms),
            Stated::Runs => ended(QueryState::Running, now_ms),
            Stated::BetweenBatches { since_ms } => {
                let period_ms = draft.stream.and_then(|progress| progress.period_ms).unwrap_or(0);
                let pause_ms = period_ms.saturating_mul(STREAM_PAUSE_PERIODS).max(STREAM_PAUSE_MS);
                // Whether a stream goes on is not told; one without new data has no batches.
                if since(since_ms) < pause_ms {
                    ended(QueryState::Running, now_ms)
                } else {
                    ended(QueryState::Silent, now_ms)
                }
            }
            Stated::Ended { at_ms, failed, canceled, reason } => {
                let end_ms = at_ms.unwrap_or_else(|| draft.last_sign_ms());
                match (canceled, failed) {
                    (true, _) => ended(QueryState::Canceled, end_ms),
                    (false, false) => ended(QueryState::Succeeded, end_ms),
                    (false, true) => Self::failed(draft, stages, end_ms, reason),
                }
            }
            Stated::ByJobs => {
                let end_ms = draft.last_sign_ms();
                let any = |status: &str| draft.jobs.iter().any(|job| job.status == status);
                match (any("FAILED"), any("SUCCEEDED")) {
                    (true, _) => Self::failed(draft, stages, end_ms, ""),
                    (false, true) => ended(QueryState::Succeeded, end_ms),
                    (false, false) => ended(QueryState::Unknown, end_ms),
                }
            }
        }
    }

    /// Failed or canceled. It is canceled if each of its failures is a cancellation. If one side of a join fails, Spark
    /// cancels the other side, so only the failure counts as the reason.
    fn failed(draft: &Draft<'_>, stages: &StageDigest, end_ms: i64, stated: &str) -> Self {
        let ids = draft.stage_ids();
        // Why an earlier attempt failed is over: the stage was tried again.
        let of_stages = ids.iter().rev().filter_map(|id| stages.attempts(*id).next_back());
        let of_stages = of_stages.filter_map(|kept| kept.stage.failure_reason.as_deref());
        let said: Vec<&str> = Some(stated).filter(|text| !text.is_empty()).into_iter().chain(of_stages).collect();
        let reason = said.iter().find(|text| !was_canceled(text));
        let state = if reason.is_none() && !said.is_empty() { QueryState::Canceled } else { QueryState::Failed };
        Self { state, end_ms, reason: reason.map(|text| (*text).to_owned()) }
    }
}

/// Whether a failure only reports that a job was canceled, in the words of Spark's `DAGScheduler`.
pub(crate) fn was_canceled(reason: &str) -> bool {
    let own = reason.strip_prefix("org.apache.spark.SparkException: ").unwrap_or(reason);
    let after_number = |rest: &str| {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        digits > 0 && rest.get(digits..).is_some_and(|rest| rest.starts_with(" cancelled"))
    };
    own.starts_with("[SPARK_JOB_CANCELLED]") || own.strip_prefix("Job ").is_some_and(after_number)
}

#[cfg(test)]
mod tests {
    use upstream::query_rows::SqlRow;

    use super::*;
    use crate::queries::{drafts::drafts, seen::QueriesSeen};

    fn batch(number: u64, begin: &str) -> SqlRow {
        let description = format!("orders\nid = i\nrunId = r\nbatch = {number}");
        let row = serde_json::json!({"id": number, "status": "COMPLETED", "description": description,
            "submissionTime": format!("2026-11-20T23:{begin}.000GMT"), "duration": 1_000, "successJobIds": [number]});
        serde_json::from_value(row).unwrap()
    }

    /// State of a stream `after_s` seconds after its last batch has ended.
    fn stream(sql: Vec<SqlRow>, after_s: i64) -> QueryState {
        let last = sql.iter().filter_map(|row| row.submission_time).map(|time| time.0).max().unwrap() + 1_000;
        let seen = QueriesSeen { sql, ..QueriesSeen::default() };
        let stages = StageDigest::default();
        let drafts = drafts(&seen, &stages);
        Ending::of(drafts.first().unwrap(), &stages, DriverTime::at(last + 1000 * after_s, 0)).state
    }

    #[test]
    fn a_stream_without_a_new_batch_is_silent_and_never_a_success() {
        assert_eq!(stream(vec![batch(1, "34:00")], 59), QueryState::Running);
        assert_eq!(stream(vec![batch(1, "34:00")], 60), QueryState::Silent);
        let every_minute = || vec![batch(1, "34:00"), batch(2, "35:00")];
        assert_eq!(stream(every_minute(), 179), QueryState::Running, "three of its periods");
        assert_eq!(stream(every_minute(), 180), QueryState::Silent);
    }

    #[test]
    fn a_stage_that_was_tried_again_does_not_tell_why_its_query_ended() {
        let stages = serde_json::json!([
            {"stageId": 1, "attemptId": 0, "status": "FAILED", "failureReason": "FetchFailedException: refused"},
            {"stageId": 1, "attemptId": 1, "status": "FAILED", "failureReason": "Job 1 cancelled by the user"}]);
        let stages: StageDigest = upstream::rows::from_value(&stages).unwrap();
        let jobs = serde_json::json!([{"jobId": 1, "status": "FAILED", "stageIds": [1]}]);
        let seen = QueriesSeen { jobs: serde_json::from_value(jobs).unwrap(), ..QueriesSeen::default() };
        let drafts = drafts(&seen, &stages);
        let ending = Ending::of(drafts.first().unwrap(), &stages, DriverTime::at(0, 0));
        assert_eq!((ending.state, ending.reason), (QueryState::Canceled, None));
    }

    #[test]
    fn only_sparks_own_first_words_say_that_a_job_was_canceled() {
        for reason in [
            "Job 3 cancelled as part of cancellation of all jobs",
            "Job 0 cancelled part of cancelled job group 8ec21968",
            "[SPARK_JOB_CANCELLED] Job 3 cancelled by tag. SQLSTATE: XXKDA",
            "org.apache.spark.SparkException: Job 3 cancelled because killed via the Web UI",
        ] {
            assert!(was_canceled(reason), "{reason}");
        }
        for reason in [
            "java.lang.RuntimeException: upstream said: Job 12 was cancelled by the scheduler",
            "Job aborted due to stage failure: Task 0 in stage 1.0 failed 4 times: Job 12 cancelled",
            "Job x cancelled",
            "",
        ] {
            assert!(!was_canceled(reason), "{reason}");
        }
    }
}
