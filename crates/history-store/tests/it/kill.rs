//! A sidecar that is killed in the middle of writing, again and again, while days pass in fast time.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use history_store::{Change, DAY_MS, HOUR_MS, Store};

use super::{
    BEGIN_MS, CAP, Kit, STEP_MS,
    kit::{means, run, tick},
};

/// Names the folder for the process that is killed.
const FOLDER: &str = "HISTORY_STORE_TEST_FOLDER";
/// How often it is killed, if this does not say otherwise.
const KILLS: &str = "HISTORY_KILLS";
const FEW: u32 = 20;
/// What was written is told after so many minutes of fast time.
const TOLD_AFTER: i64 = 10;

#[expect(clippy::disallowed_methods, reason = "the test tells its child, and `cargo xtask verify history` kills more")]
fn told(variable: &str) -> Option<String> {
    std::env::var(variable).ok()
}

/// Samples and runs of queries, minute by minute, from after what is there until `until_ms`; now and then tells what is
/// there.
async fn goes_on(kit: &Kit, until_ms: i64, tells: impl Fn(i64)) {
    let newest_ms = kit.store.size().await.unwrap().newest_ms;
    let mut at_ms = newest_ms.map_or(BEGIN_MS, |at_ms| at_ms + STEP_MS);
    while at_ms < until_ms {
        let minute = (at_ms - BEGIN_MS) / STEP_MS;
        // Before the sample: whoever finds the sample does not write the run again.
        kit.record(run(&format!("q-{minute}"), at_ms)).await;
        #[expect(clippy::cast_precision_loss, reason = "there are nine")]
        kit.record(Change::Tick(tick(at_ms, (minute % 9) as f64))).await;
        if minute % 60 == 30 {
            kit.record(Change::Tend { now_ms: at_ms }).await;
        }
        if minute % TOLD_AFTER == 0 {
            while kit.store.size().await.unwrap().newest_ms < Some(at_ms) {
                tokio::task::yield_now().await;
            }
            tells(at_ms);
        }
        at_ms += STEP_MS;
    }
    kit.record(Change::Tend { now_ms: until_ms + 2 * HOUR_MS }).await;
}

/// Writes for ever if it is told where; alone it is no test.
#[tokio::test]
async fn writes_until_it_is_killed() {
    let Some(folder) = told(FOLDER).map(PathBuf::from) else { return };
    let kit = Kit::open(&folder, CAP).await;
    // What was committed before this line must be there afterwards.
    let tells = |at_ms: i64| {
        fs::write(folder.join("half"), at_ms.to_string()).unwrap();
        fs::rename(folder.join("half"), folder.join("written")).unwrap();
    };
    goes_on(&kit, i64::MAX / 2, tells).await;
}

/// Everything that is remembered: samples, means of hours and days, and runs.
async fn content(store: &Store) -> Vec<String> {
    let mut lines = Vec::new();
    for step_ms in [0, HOUR_MS, DAY_MS] {
        lines.extend(means(store, step_ms).await.into_iter().map(|mean| format!("{step_ms} {mean:?}")));
    }
    lines.extend(store.runs("ann", 20_000).await.unwrap().into_iter().map(|row| format!("{:?}", row.run)));
    lines.extend(store.spans("ann", "app", "", 20_000).await.unwrap().into_iter().map(|span| format!("{span:?}")));
    lines
}

/// Lets the other process write something new, and kills it; returns what it had told of.
async fn kill_it(folder: &Path, before_ms: i64) -> i64 {
    let written = folder.join("written");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::writes_until_it_is_killed"])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let told_ms = || fs::read_to_string(&written).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    while told_ms() <= before_ms {
        assert!(child.try_wait().unwrap().is_none(), "it has ended");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    told_ms()
}

#[tokio::test]
async fn a_sidecar_that_is_killed_again_and_again_loses_nothing_and_counts_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let kills = told(KILLS).and_then(|text| text.parse().ok()).unwrap_or(FEW);
    let mut newest_ms = 0;
    for _ in 0..kills {
        let told_ms = kill_it(folder.path(), newest_ms).await;
        let kit = Kit::open(folder.path(), CAP).await;
        newest_ms = kit.store.size().await.unwrap().newest_ms.unwrap();
        assert!(newest_ms >= told_ms, "{newest_ms} of {told_ms}");
        assert!(!folder.path().join("history.db.damaged").exists());
        kit.settled().await;
    }
    // Two days where there is time for that, if they are not over yet; at least the minute of which the last one that was
    // killed may have written the run and not the sample.
    let least_ms = newest_ms + 2 * STEP_MS;
    let until_ms = if told(KILLS).is_some() { least_ms.max(BEGIN_MS + 2 * DAY_MS) } else { least_ms };
    let undisturbed = tempfile::tempdir().unwrap();
    let mut contents = Vec::new();
    for folder in [&folder, &undisturbed] {
        let kit = Kit::open(folder.path(), CAP).await;
        goes_on(&kit, until_ms, |_| ()).await;
        kit.settled().await;
        let kit = Kit::open(folder.path(), CAP).await;
        contents.push(content(&kit.store).await);
        kit.settled().await;
    }
    let [killed, undisturbed] = &contents[..] else { panic!() };
    for (killed, undisturbed) in killed.iter().zip(undisturbed) {
        assert_eq!(killed, undisturbed);
    }
    assert_eq!(killed.len(), undisturbed.len());
}
