//! Faults of the machine on which the sidecar runs.

use std::{
    fs::{self, File},
    process::{Command, Stdio},
    time::Duration,
};

use crate::support::{
    Reply, Sidecar, Site, User,
    site::{self, LISTS},
};

const ROUTES: [&str; 6] =
    ["cluster", "app/stages", "panel/cluster", "panel/executors", "panel/queries", "panel/history"];

async fn started() -> (Site, User, Sidecar) {
    let (site, user) = (Site::start().await, User::new("ann"));
    site.heal(&user);
    let sidecar = Sidecar::start(&site.args(None)).await;
    (site, user, sidecar)
}

async fn is_well(sidecar: &Sidecar, user: &User) {
    for route in ROUTES {
        let answer = sidecar.get(user.cookie(), route).await;
        assert_eq!(answer.status, 200, "{route}: {}", answer.body);
        assert!(answer.json().get("stale").is_none_or(serde_json::Value::is_null), "{route}: {}", answer.body);
    }
}

#[tokio::test]
async fn one_that_was_suspended_for_a_minute_goes_on() {
    let (_site, user, sidecar) = started().await;
    is_well(&sidecar, &user).await;
    sidecar.signal("STOP");
    let waiting = sidecar.connect().await.unwrap();
    tokio::time::sleep(Duration::from_secs(60)).await;
    sidecar.signal("CONT");
    drop(waiting);
    is_well(&sidecar, &user).await;
}

#[tokio::test]
async fn one_without_descriptors_waits_for_some() {
    let (site, user) = (Site::start().await, User::new("ann"));
    site.heal(&user);
    let log = File::create("/dev/null").unwrap().into();
    let mut sidecar = Sidecar::start_by("ulimit -n 40;", &site.args(None), log).await;
    is_well(&sidecar, &user).await;
    let mut greedy = Vec::new();
    for _ in 0..100 {
        greedy.extend(sidecar.connect().await.ok());
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(sidecar.runs());
    drop(greedy);
    tokio::time::sleep(Duration::from_secs(1)).await;
    is_well(&sidecar, &user).await;
}

#[tokio::test]
async fn a_log_that_cannot_be_written_is_not_missed() {
    let (site, user) = (Site::start().await, User::new("ann"));
    site.heal(&user);
    let full = File::options().write(true).open("/dev/full").unwrap().into();
    let sidecar = Sidecar::start_by("", &site.args(None), full).await;
    is_well(&sidecar, &user).await;
}

#[tokio::test]
async fn a_log_that_nobody_reads_stops_nothing() {
    let (site, user) = (Site::start().await, User::new("ann"));
    site.heal(&user);
    let sidecar = Sidecar::start_by("SPARK_MONITOR_LOG=trace", &site.args(None), Stdio::piped()).await;
    for _ in 0..20 {
        is_well(&sidecar, &user).await;
    }
}

/// Shifts the time by the number of seconds in a file.
const CLOCK: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(clock, now);
    FILE *file = clock == CLOCK_REALTIME ? fopen(getenv("CLOCK_FILE"), "r") : NULL;
    long ahead = 0;
    if (file) { if (fscanf(file, "%ld", &ahead) == 1) now->tv_sec += ahead; fclose(file); }
    return result;
}
"#;

#[tokio::test]
async fn a_clock_that_jumps_changes_nothing_but_the_time_that_is_told() {
    let (site, user, folder) = (Site::start().await, User::new("ann"), tempfile::tempdir().unwrap());
    site.heal(&user);
    let (source, library) = (folder.path().join("clock.c"), folder.path().join("clock.so"));
    fs::write(&source, CLOCK).unwrap();
    let compiled = Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&library, &source]).status();
    assert!(compiled.unwrap().success());
    let log = File::create("/dev/null").unwrap().into();
    let preload = format!("export LD_PRELOAD={};", library.display());
    let sidecar = Sidecar::start_by(&preload, &site.args(None), log).await;
    let day = 86_400;
    let mut before = 0;
    for ahead in [0, day, -day, 0] {
        fs::write(sidecar.file("clock"), ahead.to_string()).unwrap();
        is_well(&sidecar, &user).await;
        let history = sidecar.get(user.cookie(), "panel/history").await.json();
        let points = history["points"].as_array().unwrap();
        let newest = points.last().unwrap()["at_ms"].as_i64().unwrap();
        let now = history["observed_at_ms"].as_i64().unwrap();
        assert!((0..5_000).contains(&(now - newest)), "the newest point is of now: {history}");
        assert!(before == 0 || (now - before).abs() > 80_000_000, "the clock was set: {now} {before}");
        before = now;
    }
}

#[tokio::test]
async fn bodies_without_end_and_gzip_bombs_cost_no_more_memory_than_their_limits() {
    let (site, user) = (Site::start().await, User::new("ann"));
    site.heal(&user);
    // With the default limit of a site, and with time to reach it.
    let mut args = site.args(None);
    for (flag, value) in [("max-body-bytes", 32 << 20), ("call-timeout-ms", 120_000), ("request-timeout-ms", 240_000)] {
        let at = args.iter().position(|arg| *arg == format!("--spark-monitor-{flag}")).unwrap();
        args[at + 1] = value.to_string();
    }
    let sidecar = Sidecar::start(&args).await;
    is_well(&sidecar, &user).await;
    let before = sidecar.of_status("VmRSS");
    // Twice what a panel route reads.
    for greedy in [Reply::Endless, Reply::gzip(512 << 20)] {
        for upstream in ["auth2", "manager", "master", "driver"] {
            // Earlier failures are forgotten.
            site.heal(&user);
            tokio::time::sleep(2 * site::FAILURE_LIFETIME).await;
            is_well(&sidecar, &user).await;
            match upstream {
                // Its lists, once they are known.
                "driver" => LISTS.iter().for_each(|list| site.break_list(list, &user, &greedy)),
                _ => site.break_upstream(upstream, &user, &|_| greedy.clone()),
            }
            for route in ROUTES {
                sidecar.get(user.cookie(), route).await;
            }
        }
    }
    let (read, most) = (site.longest_endless(), sidecar.of_status("VmHWM"));
    println!("resident: {} MiB before, {} MiB at most; {} MiB of one body read", before >> 10, most >> 10, read >> 20);
    // A panel route reads eight times 32 MiB, and keeps nothing of it.
    assert!((256 << 20..280 << 20).contains(&read), "{read} bytes");
    // One body of 32 MiB at a time, and what its buffer needs to grow.
    assert!(most - before < 160 << 10, "{most} KiB");
}
