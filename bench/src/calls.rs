//! How often Spark is called, which must not depend on the number of open panels.

use std::{collections::BTreeMap, path::Path, time::Duration};

use anyhow::{Context, Result};
use serde::Deserialize;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use crate::{
    figure::Figure,
    load::{self, Address},
    sidecar::{Process, request, request_within},
    upstream::{Size, Upstream},
};

const AREA: &str = "Calls of Spark";
const WATCHED: Duration = Duration::from_secs(120);
/// Time until the caches are filled and the panels poll regularly.
const SETTLING: Duration = Duration::from_secs(60);
/// Routes that an open panel polls.
const ROUTES: [&str; 7] = ["chip", "cluster", "apps", "executors", "stages", "queries", "history"];
const STAMPEDE: usize = 500;

/// What happens while panels are open.
#[derive(Clone, Copy)]
struct Scene {
    told: &'static str,
    active_stages: usize,
    kernels_busy: bool,
}

pub async fn measure(binary: &Path) -> Result<Vec<Figure>> {
    let scene = |told, active_stages, kernels_busy| watch(binary, Scene { told, active_stages, kernels_busy });
    let (idle, busy, active) =
        tokio::try_join!(scene("idle", 0, false), scene("kernels busy", 0, true), scene("a stage active", 1, false))?;
    Ok([idle, busy, active].into_iter().flatten().chain([stampede(binary).await?]).collect())
}

async fn watch(binary: &Path, scene: Scene) -> Result<Vec<Figure>> {
    let (one, ten, hundred) =
        tokio::try_join!(panels(binary, 1, scene), panels(binary, 10, scene), panels(binary, 100, scene))?;
    let told = |calls: &BTreeMap<String, usize>| calls.values().sum::<usize>() as f64 * 60.0 / WATCHED.as_secs_f64();
    // The two minutes may begin or end in the middle of a round of polls.
    let most = (told(&one) * 1.1).max(told(&one) + 2.0);
    let figure = |panels, calls| {
        let measured = format!("{:.0} a minute {}", told(calls), by_route(calls));
        Figure::reported(AREA, format!("{panels} panels, {}", scene.told), measured)
            .against(format!("1 panel: {:.0} a minute {}", told(&one), by_route(&one)))
            .judged(told(calls) <= most, "the same number")
    };
    Ok(vec![figure(10, &ten), figure(100, &hundred)])
}

fn by_route(calls: &BTreeMap<String, usize>) -> String {
    let parts: Vec<_> = calls.iter().map(|(route, count)| format!("{route} {count}")).collect();
    format!("({} in {} s)", parts.join(", "), WATCHED.as_secs())
}

/// Counts the calls to Spark while panels are open that started at different times.
async fn panels(binary: &Path, count: usize, scene: Scene) -> Result<BTreeMap<String, usize>> {
    let upstream = Upstream::start(Size { ended_stages: 100, active_stages: scene.active_stages }).await?;
    let sidecar =
        Process::sidecar(binary, &[("SPARK_MASTER_UI_URL", &upstream.url), ("SPARK_APP_UI_URL", &upstream.url)])
            .await?;
    let mut polls = JoinSet::new();
    for panel in 0..count {
        // Starts are spread over half a minute.
        let begin = Duration::from_millis((panel * 30_000 / count) as u64);
        for route in ROUTES {
            polls.spawn(poll(sidecar.address.clone(), format!("/panel/{route}"), begin, scene.kernels_busy));
        }
    }
    sleep(SETTLING).await;
    let _before = upstream.take_calls();
    sleep(WATCHED).await;
    let calls = upstream.take_calls();
    polls.abort_all();
    while let Some(ended) = polls.join_next().await {
        if let Ok(failed) = ended {
            failed?;
        }
    }
    Ok(calls)
}

/// Polls for one view as `frontend-wasm/kit/src/poll.rs` does: at the rate that the answers give, allowing for their
/// age.
async fn poll(address: Address, path: String, begin: Duration, kernel_busy: bool) -> Result<()> {
    #[derive(Deserialize)]
    struct Meta {
        next_poll_ms: u64,
        busy_poll_ms: u64,
    }
    sleep(begin).await;
    let mut max_age = 0;
    loop {
        let answer = load::once(&address, &request_within(&path, max_age)).await?;
        let meta: Meta = serde_json::from_slice(&answer.body).with_context(|| format!("{path}: {}", answer.status))?;
        let rate = (if kernel_busy { meta.busy_poll_ms } else { meta.next_poll_ms }) / 1000;
        let rest = rate.saturating_sub(answer.age.unwrap_or(0));
        sleep(Duration::from_secs(if rest == 0 { rate } else { rest })).await;
        max_age = rate * 3 / 4;
    }
}

/// Very many clients request the same route at once, and the first of them disconnects.
async fn stampede(binary: &Path) -> Result<Figure> {
    let upstream = Upstream::start(Size { ended_stages: 2_000, active_stages: 1 }).await?;
    let sidecar =
        Process::sidecar(binary, &[("SPARK_MASTER_UI_URL", &upstream.url), ("SPARK_APP_UI_URL", &upstream.url)])
            .await?;
    sidecar.body("/panel/executors").await?;
    let _way = upstream.take_calls();
    let begin = Instant::now();
    let mut asks = JoinSet::new();
    for n in 0..STAMPEDE {
        let address = sidecar.address.clone();
        asks.spawn(async move {
            let ask = async { Ok(load::once(&address, &request("/panel/stages")).await?.status) };
            if n == 0 {
                return anyhow::Ok(timeout(Duration::from_millis(2), ask).await.unwrap_or(Ok(0))?);
            }
            ask.await
        });
    }
    let mut answered = 0;
    while let Some(status) = asks.join_next().await {
        answered += usize::from(status?? == 200);
    }
    let calls = upstream.take_calls().remove("stages").unwrap_or_default();
    let time = begin.elapsed().as_millis();
    Ok(Figure::reported(
        AREA,
        format!("{STAMPEDE} ask at once for 2,000 stages, the first leaves"),
        format!("{calls} call, {answered} answers 200 in {time} ms"),
    )
    .judged(calls == 1 && answered >= STAMPEDE - 1, "1 call"))
}
