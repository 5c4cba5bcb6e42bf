//! Measures what the sidecar costs when little happens: memory, start, CPU, size.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Result;
use tokio::time::sleep;

use crate::{
    figure::{Figure, median, mib},
    load,
    sidecar::{Process, request},
    upstream::{Size, Upstream},
};

const AREA: &str = "Sidecar";
const STARTS: usize = 9;
/// The chip's polling interval while the panel is hidden.
const CHIP_EVERY: Duration = Duration::from_secs(30);
const HIDDEN: Duration = Duration::from_secs(90);
const MOST_IDLE: u64 = 15 << 20;
const MOST_START_MS: f64 = 50.0;
const MOST_CPU_SHARE: f64 = 0.001;

pub async fn measure(binary: &Path) -> Result<Vec<Figure>> {
    let upstream = Upstream::start(Size { ended_stages: 200, active_stages: 0 }).await?;
    let variables = [("SPARK_MASTER_UI_URL", upstream.url.as_str()), ("SPARK_APP_UI_URL", upstream.url.as_str())];
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let begin = Instant::now();
        // This returns after the first answer.
        Process::sidecar_on_socket(binary, &variables).await?;
        starts.push(begin.elapsed().as_secs_f64() * 1e3);
    }
    let start_ms = median(starts);

    let sidecar = Process::sidecar(binary, &variables).await?;
    let fresh = sidecar.resident()?;
    sidecar.body("/panel/chip").await?;
    let (begin, cpu) = (Instant::now(), sidecar.cpu_seconds()?);
    while begin.elapsed() < HIDDEN {
        sleep(CHIP_EVERY).await;
        load::once(&sidecar.address, &request("/panel/chip")).await?;
    }
    let share = (sidecar.cpu_seconds()? - cpu) / begin.elapsed().as_secs_f64();
    let polled = sidecar.resident()?;
    Ok(vec![
        Figure::reported(AREA, "start to first answer", format!("{start_ms:.1} ms, median of {STARTS}"))
            .judged(start_ms < MOST_START_MS, format!("under {MOST_START_MS} ms")),
        Figure::reported(AREA, "resident memory after its start", mib(fresh)),
        Figure::reported(AREA, "resident memory with the panel hidden, the chip polled", mib(polled))
            .judged(polled <= MOST_IDLE, format!("at most {}", mib(MOST_IDLE))),
        Figure::reported(
            AREA,
            "CPU with the panel hidden, the chip polled",
            format!("{:.3} % of a core", share * 100.0),
        )
        .judged(share < MOST_CPU_SHARE, format!("under {:.1} %", MOST_CPU_SHARE * 100.0)),
        Figure::reported(AREA, "executable", mib(std::fs::metadata(binary)?.len())),
    ])
}
