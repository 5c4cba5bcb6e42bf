//! Compares a cached route with a bare axum handler that answers the same bytes.

use std::{path::Path, time::Duration};

use anyhow::Result;

use crate::{
    figure::{Figure, median},
    load,
    sidecar::{Process, request},
    upstream::{Size, Upstream},
};

const AREA: &str = "Cached route";
const PAIRS: usize = 5;
const TIME: Duration = Duration::from_secs(4);
/// Lowest allowed requests per second, as a share of the bare handler's.
const LEAST: f64 = 0.70;

pub async fn measure(binary: &Path) -> Result<Vec<Figure>> {
    let upstream = Upstream::start(Size { ended_stages: 200, active_stages: 1 }).await?;
    let variables = [("SPARK_MASTER_UI_URL", upstream.url.as_str()), ("SPARK_APP_UI_URL", upstream.url.as_str())];
    let sidecar = Process::sidecar(binary, &variables).await?;
    let mut figures = Vec::new();
    for path in ["/cluster", "/panel/cluster", "/panel/stages"] {
        let file = tempfile::NamedTempFile::new()?;
        let body = sidecar.body(path).await?;
        std::fs::write(&file, &body)?;
        let bare = Process::bare(file.path()).await?;
        for connections in [1, 64] {
            let (mut ours, mut theirs) = (Vec::new(), Vec::new());
            for _ in 0..PAIRS {
                ours.push(load::run(&sidecar.address, connections, TIME, move |_, _| request(path)).await?);
                theirs.push(load::run(&bare.address, connections, TIME, |_, _| load::get("/", &[])).await?);
            }
            let not_ok: usize = ours.iter().map(|load| load.not_ok).sum();
            let ratio = median(ours.iter().zip(&theirs).map(|(a, b)| a.per_second() / b.per_second()).collect());
            let middle = |loads: &[load::Measured]| {
                let rate = median(loads.iter().map(load::Measured::per_second).collect());
                let p99 = median(loads.iter().map(|load| load.quantile_ms(0.99)).collect());
                format!("{rate:.0}/s, p99 {p99:.2} ms")
            };
            let what = format!("`{path}`, {} bytes, {connections} connections", body.len());
            figures.push(
                Figure::reported(AREA, what, format!("{}; {ratio:.2} of the baseline", middle(&ours)))
                    .against(format!("bare axum handler: {}", middle(&theirs)))
                    .judged(ratio >= LEAST && not_ok == 0, format!("at least {LEAST:.2}")),
            );
        }
    }
    Ok(figures)
}
