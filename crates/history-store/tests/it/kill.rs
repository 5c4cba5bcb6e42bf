//! A sidecar that is killed in the middle of writing.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};

use super::{BEGIN_MS, CAP, Kit, run};

/// Names the folder for the process that is killed.
const FOLDER: &str = "HISTORY_STORE_TEST_FOLDER";
const KILLS: u32 = 20;

/// Writes for ever if it is told where; alone it is no test.
#[tokio::test]
async fn writes_until_it_is_killed() {
    #[expect(clippy::disallowed_methods, reason = "the test tells its child")]
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let kit = Kit::open(&folder, CAP).await;
    for number in 0.. {
        kit.record(run(&format!("q-{}-{number}", std::process::id()), BEGIN_MS + number)).await;
        while kit.store.size().await.unwrap().runs == 0 {
            tokio::task::yield_now().await;
        }
        if number % 50 == 49 {
            let written = kit.store.size().await.unwrap().runs;
            // What was committed before this line must be there afterwards.
            fs::write(folder.join("written"), written.to_string()).unwrap();
        }
    }
}

#[tokio::test]
async fn a_sidecar_that_is_killed_again_and_again_loses_nothing_that_it_had_written() {
    let folder = tempfile::tempdir().unwrap();
    let written = folder.path().join("written");
    let mut before = 0;
    for _ in 0..KILLS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "kill::writes_until_it_is_killed"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        while fs::read_to_string(&written).ok().and_then(|text| text.parse::<u64>().ok()).unwrap_or(0) <= before {
            assert!(child.try_wait().unwrap().is_none(), "it has ended");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let promised: u64 = fs::read_to_string(&written).unwrap().parse().unwrap_or(before);
        let kit = Kit::open(folder.path(), CAP).await;
        let found = kit.store.size().await.unwrap().runs;
        assert!(found >= promised, "{found} of {promised}");
        assert!(!folder.path().join("history.db.damaged").exists());
        kit.settled().await;
        before = found;
    }
}
