//! Which operation or SQL execution a job belongs to, from its tags (`ExecuteHolder` and `SQLExecution` in Spark).

use upstream::query_rows::JobRow;

use crate::connect_request::names_something;

const OPERATION: &str = "SparkConnect_OperationTag_User_";
const OWN: &str = "SparkConnect_SessionTag_User_";
const SQL: &str = "-execution-root-id-";
/// A session's id is a UUID.
const UUID: usize = 36;

/// The information in one job's tags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct JobTags<'a> {
    pub operation: Option<OperationTag<'a>>,
    /// The user's tag, from `spark.addTag`.
    pub own: Option<&'a str>,
    pub sql_execution_id: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OperationTag<'a> {
    pub user: &'a str,
    pub session_id: &'a str,
    pub operation_id: &'a str,
}

impl<'a> JobTags<'a> {
    pub fn of(job: &'a JobRow) -> Self {
        let tags = || job.job_tags.iter().map(String::as_str);
        Self {
            operation: tags().find_map(operation),
            own: tags().filter_map(own).find(|tag| names_something(tag)),
            sql_execution_id: tags().find_map(|tag| tag.rsplit_once(SQL)?.1.parse().ok()),
        }
    }
}

// Parsed from the end, because a user's name may contain anything.
fn operation(tag: &str) -> Option<OperationTag<'_>> {
    let (session, operation_id) = tag.strip_prefix(OPERATION)?.rsplit_once("_Operation_")?;
    let (user, session_id) = session.rsplit_once("_Session_")?;
    Some(OperationTag { user, session_id, operation_id })
}

fn own(tag: &str) -> Option<&str> {
    let rest = tag.strip_prefix(OWN)?;
    let after_session = |(at, word): (usize, &str)| rest.get(at + word.len() + UUID..)?.strip_prefix("_Tag_");
    rest.match_indices("_Session_").find_map(after_session)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSION: &str = "f8316747-eb0b-4b1a-8de8-36e71d45a6c7";

    fn job(tags: &[String]) -> JobRow {
        JobRow { job_tags: tags.to_vec(), ..JobRow::default() }
    }

    #[test]
    fn recorded_tags_tell_user_session_operation_and_sql_execution() {
        let rows: Vec<JobRow> =
            serde_json::from_str(include_str!("../../../../tests/fixtures/spark-4.3.0/jobs_connect.json")).unwrap();
        let tags = JobTags::of(rows.first().unwrap());
        let operation_id = "e5563516-ffdd-4cc2-b54f-1ec1472fa36e";
        assert_eq!(tags.operation, Some(OperationTag { user: "", session_id: SESSION, operation_id }));
        assert_eq!((tags.own, tags.sql_execution_id), (None, Some(0)));
    }

    #[test]
    fn users_and_own_tags_may_be_called_anything() {
        let job = job(&[
            format!("SparkConnect_OperationTag_User_a_Session_b_Operation_c_Session_{SESSION}_Operation_42"),
            format!("SparkConnect_SessionTag_User_a_Session_b_Session_{SESSION}_Tag_berdl-sql-0d1c"),
            format!("SparkConnect_SessionTag_User_a_Session_b_Session_{SESSION}_Tag_my_Tag_x"),
        ]);
        let tags = JobTags::of(&job);
        let user = "a_Session_b_Operation_c";
        assert_eq!(tags.operation, Some(OperationTag { user, session_id: SESSION, operation_id: "42" }));
        assert_eq!(tags.own, Some("my_Tag_x"));
    }

    #[test]
    fn other_tags_say_nothing() {
        let job = job(&["nightly".into(), "SparkConnect_OperationTag_User_".into(), "x-execution-root-id-y".into()]);
        assert_eq!(JobTags::of(&job), JobTags::default());
    }
}
