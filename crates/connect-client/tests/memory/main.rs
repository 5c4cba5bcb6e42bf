//! How much memory two million rows take while they arrive. In a process of its own, because a process remembers its
//! highest use.

#![expect(clippy::expect_used, reason = "a test may fail")]

#[path = "../support/facts.rs"]
mod facts;

use std::fs;

use connect_client::{Client, Event, Limits, RunOptions, Session, Statement, TrustedRoots};
use facts::{address, fact};

const ROWS: u64 = 2_000_000;
/// Most memory, KiB. One batch of Spark is at most 4 MB.
const CEILING_KIB: u64 = 64 << 10;

/// The highest use of memory so far, KiB.
fn peak_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux tells it");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the highest use");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

#[tokio::test]
async fn two_million_rows_take_no_more_memory_than_a_few_batches() {
    let client = Client::new(address("").parse().expect("an address"), &TrustedRoots::default()).expect("a client");
    let session = Session::new(client, "ann");
    let before = peak_kib();
    let text = format!("SELECT id, repeat(CAST(id AS STRING), 10) AS text FROM range(0, {ROWS}, 1, 20)");
    let limits = Limits { max_rows: u64::MAX, max_bytes: 1 << 30 };
    let mut run = session.run(&Statement::new(text), RunOptions { limits, tags: vec![] });
    let mut ended = None;
    while let Some(event) = run.next().await.expect("it succeeds") {
        if let Event::Ended(end) = event {
            ended = Some(end);
        }
    }
    session.release().await.expect("it ends");
    let ended = ended.expect("an end");
    let peak = peak_kib();
    let (mib, more) = (peak / 1024, (peak - before) / 1024);
    let seen = format!("peak {mib} MiB, {more} more than before, while {} MB arrived", ended.bytes / 1_000_000);
    fact(5, "2,000,000 rows, thrown away as they arrive", &seen);
    assert_eq!((ended.rows, ended.limit), (ROWS, None));
    assert!(peak < CEILING_KIB, "{seen}");
}
