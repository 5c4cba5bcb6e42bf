//! What it costs to show a notebook as a job, with every change of the notebook: time until the answer, and memory.

use std::{path::Path, time::Instant};

use anyhow::{Result, bail};
use serde_json::json;

use crate::{
    figure::{Figure, mib},
    load,
    sidecar::{Process, post},
};

const AREA: &str = "Export";
const SAMPLES: usize = 60;
const MOST_MEMORY: u64 = 20 << 20;

pub async fn measure(binary: &Path) -> Result<Vec<Figure>> {
    // Python compiles each job, as on a notebook server.
    let path = std::env::var("PATH")?;
    let sidecar = Process::sidecar(binary, &[("SPARK_MASTER_UI_URL", "http://127.0.0.1:9"), ("PATH", &path)]).await?;
    let idle = sidecar.resident()?;
    let cells: Vec<String> = (0..300).map(ordinary).collect();
    let notebook = of_cells(&cells, "a notebook of 300 cells", 100.0, &sidecar).await?;
    let lines: String = (0..5_000).map(|line| format!("v{line} = spark.range({line}).count() + {line}\n")).collect();
    let cell = of_cells(&[lines], "a cell of 5,000 lines", 150.0, &sidecar).await?;
    let used = sidecar.resident()?.saturating_sub(idle);
    let memory = Figure::reported(AREA, format!("resident memory after {} of them", 2 * SAMPLES), mib(used))
        .judged(used <= MOST_MEMORY, format!("at most {}", mib(MOST_MEMORY)));
    Ok(vec![notebook, cell, memory])
}

/// A cell as people write them; each tenth has something that only a notebook understands.
fn ordinary(number: usize) -> String {
    match number % 10 {
        0 => format!("%%sql -o frame{number}\nSELECT id, id * {number} AS x\nFROM range({number})"),
        5 => format!("%time rows{number} = spark.range({number}).count()\nprint(rows{number})"),
        _ => format!(
            "from pyspark.sql import functions as F\nframe = spark.range({number}).withColumn('x', F.col('id') * 2)\n\
             # What is left of it.\nfor row in frame.collect():\n    print(f'{{row.id:>5}} {{row.x}}')"
        ),
    }
}

async fn of_cells(sources: &[String], what: &str, most_ms: f64, sidecar: &Process) -> Result<Figure> {
    let cell = |source: &String| json!({ "cell_type": "code", "metadata": {}, "source": source });
    let cells: Vec<_> = sources.iter().map(cell).collect();
    let notebook = json!({ "nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells }).to_string();
    let request = post("/export/convert", &json!({ "name": "a.ipynb", "notebook": notebook }).to_string());
    let mut times = Vec::new();
    for _ in 0..SAMPLES {
        let begin = Instant::now();
        let answer = load::once(&sidecar.address, &request).await?;
        times.push(begin.elapsed().as_secs_f64() * 1e3);
        if answer.status != 200 {
            bail!("{} {}", answer.status, String::from_utf8_lossy(&answer.body));
        }
    }
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or(f64::NAN);
    let (p50, p95) = (at(50), at(95));
    let measured = format!("p95 {p95:.0} ms, p50 {p50:.0} ms");
    Ok(Figure::reported(AREA, what, measured).judged(p95 <= most_ms, format!("p95 at most {most_ms} ms")))
}
