//! Measures one sidecar for a whole hub.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Result;

use crate::{
    figure::{Figure, mib},
    load,
    sidecar::{Process, request_of},
    upstream::{Size, Upstream},
};

const AREA: &str = "A hub";
const USERS: usize = 5_000;
/// One in this many users has the panel open.
const PANEL_OF: usize = 10;
const TIME: Duration = Duration::from_secs(30);
const CONNECTIONS: usize = 64;
/// Requests of a user with an open panel in half a minute while something runs, without the chip's.
const PANEL: [&str; 17] = [
    "cluster",
    "apps",
    "history",
    "executors",
    "executors",
    "executors",
    "stages",
    "stages",
    "stages",
    "stages",
    "stages",
    "stages",
    "queries",
    "queries",
    "queries",
    "queries",
    "queries",
];

pub async fn measure(binary: &Path) -> Result<Vec<Figure>> {
    let upstream = Upstream::start(Size { ended_stages: 50, active_stages: 1 }).await?;
    // Each user's cluster has its own host, because each user is named like a loopback address.
    let (master, login) = (format!("http://{{user}}:{}", upstream.port), format!("{}/", upstream.url));
    let variables = [
        ("SPARK_MASTER_UI_URL", master.as_str()),
        ("SPARK_APP_UI_URL", master.as_str()),
        ("KBASE_AUTH_URL", login.as_str()),
    ];
    let sidecar = Process::sidecar(binary, &variables).await?;
    let before = sidecar.resident()?;
    // All requests of half a minute, in an order that mixes users and routes.
    let chips = (0..USERS).map(|user| ("chip", user));
    let panels = (0..USERS / PANEL_OF).flat_map(|user| PANEL.into_iter().map(move |route| (route, user)));
    let mut asked: Vec<_> = chips.chain(panels).collect();
    let count = asked.len();
    let mixed: Vec<_> = (0..count).map(|n| n * 7_919 % count).collect();
    asked = mixed.into_iter().filter_map(|n| asked.get(n).copied()).collect();
    let needed = count as f64 / 30.0;
    let (begin, cpu) = (Instant::now(), sidecar.cpu_seconds()?);
    let _login = upstream.take_calls();
    let load = load::run(&sidecar.address, CONNECTIONS, TIME, move |connection, n| {
        let at = (n * CONNECTIONS + connection) % asked.len();
        let (route, user) = asked.get(at).copied().unwrap_or(("chip", 0));
        request_of(&format!("/panel/{route}"), &host_of(user))
    })
    .await?;
    let busy = (sidecar.cpu_seconds()? - cpu) / begin.elapsed().as_secs_f64();
    let calls: usize = upstream.take_calls().values().sum();
    let per_second = load.per_second();
    Ok(vec![
        Figure::reported(
            AREA,
            format!("{USERS} users with a host and a chip each, {} with a panel, as fast as it goes", USERS / PANEL_OF),
            format!(
                "{per_second:.0}/s, p50 {:.1} ms, p99 {:.1} ms, {} not 200",
                load.quantile_ms(0.5),
                load.quantile_ms(0.99),
                load.not_ok
            ),
        )
        .against(format!("they ask {needed:.0}/s"))
        .judged(per_second >= needed && load.not_ok == 0, "what they ask"),
        Figure::reported(
            AREA,
            "calls of Spark and the login service meanwhile",
            format!("{:.0}/s", calls as f64 / TIME.as_secs_f64()),
        ),
        Figure::reported(AREA, "resident memory", format!("{} ({} before)", mib(sidecar.resident()?), mib(before))),
        Figure::reported(AREA, "CPU of the sidecar", format!("{:.2} cores for {per_second:.0}/s", busy)),
    ])
}

/// A loopback address as a user's name.
fn host_of(user: usize) -> String {
    format!("127.1.{}.{}", user / 250, 1 + user % 250)
}
