//! Measures a driver with very many stages: time, memory, bytes to the browser.

use std::{path::Path, time::Instant};

use anyhow::Result;

use crate::{
    figure::{Figure, median, mib},
    load,
    sidecar::{Process, request},
    upstream::{Size, Upstream},
};

const AREA: &str = "Large driver";
const ROUNDS: usize = 5;
/// Largest allowed memory above idle, bytes.
const MOST_MEMORY: u64 = 60 << 20;
/// Lowest allowed speed, as a share of serde_json's on the same bytes in memory.
const LEAST_SPEED: f64 = 0.60;
const MOST_BYTES: usize = 20 << 10;

pub async fn measure(binary: &Path) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for count in [2_000, 20_000] {
        let upstream = Upstream::start(Size { ended_stages: count, active_stages: 1 }).await?;
        let bytes = upstream.stages();
        let size = format!("{count} stages, {:.0} MB", bytes.len() as f64 / 1e6);
        let (mut ours, mut theirs, mut peaks) = (Vec::new(), Vec::new(), Vec::new());
        let mut answers = Vec::new();
        for _ in 0..ROUNDS {
            // Start a new sidecar each time: a warm allocator would hide how much memory is needed.
            let sidecar = start(binary, &upstream).await?;
            // After this the driver's address is known, but its stages are not.
            sidecar.body("/panel/executors").await?;
            let idle = sidecar.resident()?;
            sidecar.forget_peak()?;
            let begin = Instant::now();
            let stages = sidecar.body("/panel/stages").await?;
            ours.push(begin.elapsed().as_secs_f64());
            let queries = sidecar.body("/panel/queries").await?;
            peaks.push(sidecar.peak()?.saturating_sub(idle) as f64);
            answers = vec![("stages", stages.len()), ("queries", queries.len())];

            let slice = bytes.clone();
            theirs.push(
                tokio::task::spawn_blocking(move || {
                    let begin = Instant::now();
                    let rows: Vec<::upstream::driver::StageRow> = serde_json::from_slice(&slice)?;
                    let time = begin.elapsed().as_secs_f64();
                    drop(rows);
                    anyhow::Ok(time)
                })
                .await??,
            );
        }
        let speed = median(theirs.iter().zip(&ours).map(|(theirs, ours)| theirs / ours).collect());
        let (ours, theirs, peak) = (median(ours), median(theirs), median(peaks) as u64);
        figures.push(
            Figure::reported(
                AREA,
                format!("`panel/stages`, {size}: whole request"),
                format!("{:.0} ms, {speed:.2} of the baseline's speed", ours * 1e3),
            )
            .against(format!("serde_json, typed, from memory: {:.0} ms", theirs * 1e3))
            .judged(speed >= LEAST_SPEED, format!("at least {LEAST_SPEED:.2}")),
        );
        figures.push(
            Figure::reported(AREA, format!("peak memory above idle, {size}"), mib(peak))
                .judged(peak <= MOST_MEMORY, format!("at most {}", mib(MOST_MEMORY))),
        );
        for (route, length) in answers {
            figures.push(
                Figure::reported(AREA, format!("`panel/{route}` to the browser, {size}"), format!("{length} bytes"))
                    .judged(length < MOST_BYTES, format!("under {MOST_BYTES} bytes")),
            );
        }
        if count == 20_000 {
            figures.push(over_the_limit(binary, &upstream, &size).await?);
        }
    }
    Ok(figures)
}

/// The pass-through route with a body above the limit.
async fn over_the_limit(binary: &Path, upstream: &Upstream, size: &str) -> Result<Figure> {
    let sidecar = start(binary, upstream).await?;
    sidecar.body("/panel/executors").await?;
    let idle = sidecar.resident()?;
    sidecar.forget_peak()?;
    let status = load::once(&sidecar.address, &request("/app/stages")).await?.status;
    let peak = sidecar.peak()?.saturating_sub(idle);
    // The limit, and the same again while the buffer grows.
    let most = 2 * (32 << 20) + (8 << 20);
    Ok(Figure::reported(AREA, format!("`app/stages`, {size}, limit 32 MiB"), format!("{status}, peak {}", mib(peak)))
        .judged(status == 502 && peak <= most, format!("502, at most {}", mib(most))))
}

async fn start(binary: &Path, upstream: &Upstream) -> Result<Process> {
    Process::sidecar(binary, &[("SPARK_MASTER_UI_URL", &upstream.url), ("SPARK_APP_UI_URL", &upstream.url)]).await
}
