//! What a job's driver has written beside the job: how far it is, and where it failed.
//!
//! The driver's own output is on its worker, which the monitor need not reach. The folder is shared with others, so what
//! is there is read as a stranger's.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;
use tokio::{sync::Semaphore, task, time::timeout};
use url::Url;

use super::answers::is_submission_id;
use crate::export::{
    airflow::{dag_folder, refusal::short},
    places::{CellMap, Place},
};

/// Largest report that is read, bytes.
const MOST_BYTES: u64 = 64 * 1024;
/// Longest message of a failure, characters.
const LONGEST_MESSAGE: usize = 1000;
/// Longest address of a log, bytes.
const LONGEST_URL: usize = 1000;
/// How long a folder on the network may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Threads that may wait for shared folders at once.
static PLACES: Semaphore = Semaphore::const_new(16);

/// What a driver has said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Report {
    /// The cell that began last.
    pub cell: Option<usize>,
    pub failure: Option<Failure>,
    /// What the driver has printed, on a page of its worker.
    pub log_url: Option<String>,
}

/// Why a job failed, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Failure {
    pub place: Option<Place>,
    /// The exception's type and its words.
    pub message: String,
}

/// The report as it is written.
#[derive(Debug, Deserialize)]
struct Written {
    cell: Option<usize>,
    error: Option<WrittenError>,
    log_url: Option<String>,
}

#[derive(Debug, Deserialize)]
struct WrittenError {
    name: String,
    message: String,
    line: Option<usize>,
}

/// The file of a driver's report, in the folder of its job; none if the driver's name is none.
pub(crate) fn file(folder: &Path, dag_id: &str, submission_id: &str) -> Option<PathBuf> {
    is_submission_id(submission_id).then(|| folder.join(dag_id).join("reports").join(format!("{submission_id}.json")))
}

/// Reads a report; none if there is none, or it cannot be read: then the job's state is known all the same.
pub(crate) async fn read(file: PathBuf, cells: &CellMap) -> Option<Report> {
    // A folder that hangs keeps a thread for each try.
    let place = PLACES.try_acquire().ok()?;
    let read = task::spawn_blocking(move || {
        let _place = place;
        dag_folder::whole(&file, MOST_BYTES).inspect_err(|error| log(&file, error)).ok()
    });
    let text = timeout(PATIENCE, read).await.ok()?.ok()??;
    let Written { cell, error, log_url } = serde_json::from_slice(&text).ok()?;
    let failure = error.map(|WrittenError { name, message, line }| Failure {
        place: line.and_then(|line| cells.place(line)),
        message: short(&format!("{name}: {message}"), LONGEST_MESSAGE),
    });
    Some(Report { cell, failure, log_url: log_url.filter(|url| is_page(url)) })
}

/// Removes a report that was read to its end. What cannot be removed stays.
pub(crate) async fn remove(file: PathBuf) {
    let Ok(place) = PLACES.try_acquire() else { return };
    let removed = task::spawn_blocking(move || {
        let _place = place;
        fs::remove_file(file)
    });
    if let Ok(Ok(Err(error))) = timeout(PATIENCE, removed).await {
        tracing::debug!(%error, "A driver's report stays");
    }
}

fn log(file: &Path, error: &io::Error) {
    if error.kind() != io::ErrorKind::NotFound {
        tracing::debug!(%error, file = %file.display(), "A driver's report cannot be read");
    }
}

/// Whether a person's browser may be led there.
fn is_page(url: &str) -> bool {
    let is_web = |url: Url| matches!(url.scheme(), "http" | "https") && url.username().is_empty();
    url.len() <= LONGEST_URL && url.bytes().all(|byte| byte.is_ascii_graphic()) && Url::parse(url).is_ok_and(is_web)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    async fn said(text: &str) -> Option<Report> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::write(&path, text).unwrap();
        read(path, &CellMap::read(br#"{"lines":[null,[0,1],[2,1]]}"#).unwrap()).await
    }

    #[tokio::test]
    async fn a_report_says_the_cell_the_failure_and_the_log() {
        let log = "http://10.0.0.7:8081/logPage/?driverId=driver-1&logType=stderr";
        let error = r#"{"name":"ValueError","message":"no\ngood","line":3}"#;
        let report = said(&format!(r#"{{"cell":2,"error":{error},"log_url":"{log}"}}"#)).await.unwrap();
        let failure = Failure { place: Some(Place { cell: 2, line: 1 }), message: "ValueError: no good".to_owned() };
        assert_eq!(report, Report { cell: Some(2), failure: Some(failure), log_url: Some(log.to_owned()) });
    }

    #[tokio::test]
    async fn what_others_put_there_leads_nowhere() {
        for url in ["javascript:alert(1)", "file:///etc/passwd", "http://ann:pw@h/", "http://a b", "x"] {
            let report = said(&format!(r#"{{"cell":null,"error":null,"log_url":"{url}"}}"#)).await.unwrap();
            assert_eq!(report.log_url, None, "{url}");
        }
        assert_eq!(said(&format!(r#"{{"cell":1,"x":"{}"}}"#, "x".repeat(70_000))).await, None, "it is too large");
        assert_eq!(said("[").await, None);
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link.json");
        fs::write(folder.path().join("a.json"), r#"{"cell":1}"#).unwrap();
        symlink(folder.path().join("a.json"), &link).unwrap();
        assert_eq!(read(link, &CellMap::default()).await, None);
        assert_eq!(read(folder.path().to_owned(), &CellMap::default()).await, None);
        assert_eq!(file(folder.path(), "etl", "../../x"), None);
    }
}
