//! Measures what it costs to remember: a person's simulated year, what reading it takes, and what the sidecar needs more.

use std::{
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result};
use history_store::{
    Change, Component, DAY_MS, HOUR_MS, Places, Recorder, Retention, Run, Shape, SpanSeen, Store, SystemKey, Tick,
    Values, writer,
};
use tokio::{sync::oneshot, time::sleep};

use crate::{
    figure::{Figure, median, mib},
    load,
    sidecar::{Process, request},
    upstream::{Size, Upstream},
};

const AREA: &str = "History";
const MINUTE_MS: i64 = 60_000;
const DAYS: i64 = 365;
/// Hours of a day in which a person's application runs, and is sampled every minute; else every fifth.
const AT_WORK: std::ops::Range<i64> = 8..18;
/// Queries of an hour at work, and how many ask something else.
const RUNS: i64 = 12;
const SHAPES: i64 = 40;
const MOST_YEAR: u64 = 16_000_000;
const MOST_WAIT_MS: f64 = 100.0;
const MOST_LONGEST_MS: f64 = 1_000.0;
const STARTS: usize = 15;
const MOST_START_MS: f64 = 50.0;
const MOST_MEMORY: u64 = 4 << 20;
const MOST_BODY: usize = 200_000;
const OBSERVED: Duration = Duration::from_secs(150);
const MOST_CPU_SHARE: f64 = 0.002;

pub async fn measure(binary: &Path) -> Result<Vec<Figure>> {
    let folder = tempfile::tempdir()?;
    let state = folder.path().join("berdl-spark-monitor");
    let now_ms = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
    let mut figures = year(&state, now_ms.div_euclid(MINUTE_MS) * MINUTE_MS).await?;
    figures.extend(reads(binary, folder.path(), now_ms).await?);
    figures.extend(sidecar(binary, folder.path()).await?);
    Ok(figures)
}

/// A year of one person, as the collector would have seen it.
async fn year(state: &Path, now_ms: i64) -> Result<Vec<Figure>> {
    let places =
        Places { state_folder: Some(state.to_owned()), cap_bytes: 64 << 20, runtime_folder: None, memory_only: false };
    let begin_ms = (now_ms - DAYS * DAY_MS).div_euclid(DAY_MS) * DAY_MS;
    let store = Arc::new(Store::open(&places, begin_ms).await?);
    let (recorder, writes) = writer(Arc::clone(&store), Retention::default());
    let (end, ended) = oneshot::channel::<()>();
    let writes = tokio::spawn(writes.run(async { _ = ended.await }, move || now_ms));
    let file = state.join("history.db");
    let (mut waits, mut largest) = (Vec::new(), 0);
    let mut at_ms = begin_ms;
    while at_ms <= now_ms {
        let (hour, minute) = (at_ms.div_euclid(HOUR_MS) % 24, at_ms.div_euclid(MINUTE_MS) % 60);
        let is_at_work = AT_WORK.contains(&hour);
        if is_at_work && minute % (60 / RUNS) == 0 {
            recorder.record(run(at_ms));
        }
        if is_at_work || minute % 5 == 0 {
            recorder.record(Change::Tick(tick(at_ms, is_at_work)));
        }
        if minute == 59 {
            // In reality the hour's samples are stored by now.
            stored(&store, at_ms - if is_at_work { 0 } else { 4 * MINUTE_MS }).await?;
            recorder.record(Change::Tend { now_ms: at_ms });
            // Whoever has something to write now waits until all of that is done.
            waits.push(wait(&store, &recorder, at_ms + 1).await?);
            largest = largest.max(fs::metadata(&file)?.len());
        }
        at_ms += MINUTE_MS;
    }
    drop(end);
    writes.await?;
    let (bytes, runs) = (fs::metadata(&file)?.len(), store_size(&places, now_ms).await?);
    let (usual_ms, longest_ms) = (quantile(&mut waits, 0.99), quantile(&mut waits, 1.0));
    Ok(vec![
        Figure::reported(AREA, "a person's year on disk", format!("{:.1} MB, {runs} runs", bytes as f64 / 1e6))
            .judged(bytes <= MOST_YEAR, format!("at most {} MB", MOST_YEAR / 1_000_000)),
        Figure::reported(AREA, "its largest size in that year", mib(largest))
            .judged(largest <= 64 << 20, "at most 64 MiB, the cap"),
        Figure::reported(
            AREA,
            "a sample waits while an hour's means are computed and an old hour is removed",
            format!("{usual_ms:.0} ms, 99th percentile of {}", waits.len()),
        )
        .judged(usual_ms <= MOST_WAIT_MS, format!("at most {MOST_WAIT_MS} ms")),
        Figure::reported(AREA, "the longest of these waits", format!("{longest_ms:.0} ms"))
            .judged(longest_ms <= MOST_LONGEST_MS, format!("at most {MOST_LONGEST_MS} ms")),
    ])
}

async fn store_size(places: &Places, now_ms: i64) -> Result<u64> {
    let store = Store::open(places, now_ms).await?;
    let runs = store.size().await?.runs;
    store.end(now_ms).await?;
    Ok(runs)
}

/// How long a sample that is recorded now takes to be stored, milliseconds.
async fn wait(store: &Store, recorder: &Recorder, at_ms: i64) -> Result<f64> {
    let begin = Instant::now();
    recorder.record(Change::Tick(tick(at_ms, true)));
    stored(store, at_ms).await?;
    Ok(begin.elapsed().as_secs_f64() * 1e3)
}

/// Waits until the sample of a moment is stored.
async fn stored(store: &Store, at_ms: i64) -> Result<()> {
    while store.component("", "system", "cluster").await?.is_none_or(|cluster| cluster.last_seen_ms < at_ms) {
        // Asking without a pause would take a processor from the writer.
        sleep(Duration::from_micros(200)).await;
    }
    Ok(())
}

fn system() -> SystemKey {
    SystemKey { owner: String::new(), name: "spark".into(), kind: "spark".into() }
}

/// What the collector sees of a cluster with four workers; at work, of an application too, a new one each day.
fn tick(at_ms: i64, is_at_work: bool) -> Tick {
    let app_id = format!("app-{}", at_ms.div_euclid(DAY_MS));
    // Numbers that change, as in reality.
    let number = |of: i64| ((at_ms / MINUTE_MS * of) % 97) as f64;
    let cluster = [
        ("cores_used", number(3)),
        ("cores_total", 96.0),
        ("workers_alive", 4.0),
        ("apps_running", f64::from(u8::from(is_at_work))),
        ("apps_waiting", 0.0),
        ("memory_used_mib", number(5) * 1024.0),
        ("memory_total_mib", 98_304.0),
    ];
    let app = [
        ("cores", 16.0),
        ("executors", 4.0),
        ("active_tasks", number(7)),
        ("task_slots", 16.0),
        ("peak_heap_bytes", number(11) * 1e8),
        ("storage_bytes", number(13) * 1e7),
    ];
    let named =
        |values: &[(&str, f64)]| -> Values { values.iter().map(|(name, value)| ((*name).into(), *value)).collect() };
    let span = |kind: &str, name: String, state: &str| SpanSeen {
        kind: kind.into(),
        name,
        state: state.into(),
        values: Values::new(),
        once_at_ms: None,
    };
    let mut components = vec![Component {
        kind: "system".into(),
        name: "cluster".into(),
        facts: String::new(),
        values: named(&cluster),
    }];
    let mut spans: Vec<SpanSeen> =
        (0..4).map(|worker| span("worker", format!("worker-20261120-10.0.0.{worker}-7078"), "alive")).collect();
    if is_at_work {
        let facts = format!("{{\"name\":\"Spark Connect\",\"started_at_ms\":{}}}", at_ms.div_euclid(DAY_MS) * DAY_MS);
        components.push(Component { kind: "app".into(), name: app_id.clone(), facts, values: named(&app) });
        spans.push(span("app", app_id, "running"));
    }
    let step_ms = if is_at_work { MINUTE_MS } else { 5 * MINUTE_MS };
    let source = "sidecar".to_owned();
    Tick { system: system(), at_ms, step_ms, received_ms: at_ms, source, components, spans }
}

fn run(at_ms: i64) -> Change {
    let number = at_ms.div_euclid(MINUTE_MS);
    let label = format!(
        "select region, sum(amount) from sales_{} join customers using (id) where day between ? and ? group by region order by ?",
        number % SHAPES
    );
    let shape = Shape { version: 1, hash: format!("{:032x}", number % SHAPES), made_from: "sql".into(), label };
    let run = Run {
        app_id: format!("app-{}", at_ms.div_euclid(DAY_MS)),
        query_id: format!("0f8fad5b-d9cb-469f-a165-{number:012}"),
        plan_hash: format!("{:032x}", number % SHAPES),
        submitted_ms: at_ms,
        duration_ms: 9_000 + number % 7_000,
        waited_ms: 40,
        state: if number % 20 == 0 { "failed" } else { "succeeded" }.into(),
        error_class: (number % 20 == 0).then(|| "USER_RAISED_EXCEPTION".into()),
        slots: 16,
        tasks: 400,
        run_ms: 120_000,
        cpu_ms: 90_000,
        gc_ms: 700,
        read_bytes: 3_000_000_000,
        shuffle_bytes: 700_000_000,
        ..Run::default()
    };
    Change::Run { system: system(), shape, run: Box::new(run) }
}

/// What the routes take, with that year, while nobody else asks.
async fn reads(binary: &Path, state: &Path, now_ms: i64) -> Result<Vec<Figure>> {
    let sidecar =
        Process::sidecar(binary, &[("XDG_STATE_HOME", text(state)?), ("SPARK_MASTER_UI_URL", "http://127.0.0.1:9")])
            .await?;
    let since = |days: i64| format!("/history/cluster?from_ms={}&to_ms={now_ms}", now_ms - days * DAY_MS);
    let hours = format!("/history/cluster?from_ms={}&to_ms={now_ms}", now_ms - 12 * HOUR_MS);
    let (month, year) = (since(30), since(DAYS));
    let app = format!("/history/applications/app-{}", now_ms.div_euclid(DAY_MS) - 1);
    let mut figures = Vec::new();
    for (what, path, most_ms) in [
        ("12 hours of the cluster, samples", hours.as_str(), 50.0),
        ("30 days of it, hourly", month.as_str(), 100.0),
        ("a year of it, daily", year.as_str(), 250.0),
        ("My queries", "/history/queries", 250.0),
        ("the applications", "/history/applications", 100.0),
        ("one application", app.as_str(), 50.0),
    ] {
        let body = sidecar.body(path).await?;
        let asked = request(path);
        let measured = load::run(&sidecar.address, 1, Duration::from_secs(3), move |_, _| asked.clone()).await?;
        let p95_ms = measured.quantile_ms(0.95);
        let told = format!("{p95_ms:.1} ms, 95th percentile; {:.0} KB", body.len() as f64 / 1e3);
        let holds = p95_ms <= most_ms && body.len() <= MOST_BODY && measured.not_ok == 0;
        let limit = format!("at most {most_ms} ms and {} KB", MOST_BODY / 1000);
        figures.push(Figure::reported(AREA, what, told).judged(holds, limit));
    }
    Ok(figures)
}

/// What the sidecar needs more than without a history.
async fn sidecar(binary: &Path, state: &Path) -> Result<Vec<Figure>> {
    let upstream = Upstream::start(Size { ended_stages: 200, active_stages: 1 }).await?;
    let url = upstream.url.as_str();
    let with = |mode| [("SPARK_MASTER_UI_URL", url), ("SPARK_APP_UI_URL", url), ("SPARK_MONITOR_HISTORY", mode)];
    let state = text(state)?;
    let (off, on) = (with("off"), [&with("on")[..], &[("XDG_STATE_HOME", state)]].concat());
    let mut starts = [Vec::new(), Vec::new()];
    for _ in 0..STARTS {
        for (variables, starts) in [&off[..], &on].into_iter().zip(&mut starts) {
            let begin = Instant::now();
            Process::sidecar_on_socket(binary, variables).await?;
            starts.push(begin.elapsed().as_secs_f64() * 1e3);
        }
    }
    let [without_ms, with_ms] = starts.map(median);
    let mut used = Vec::new();
    let processes = [Process::sidecar(binary, &off).await?, Process::sidecar(binary, &on).await?];
    // Somebody has opened the panel once, as in reality: else the parts of the executable that read Spark would be in
    // memory only where there is a history.
    for process in &processes {
        for path in ["/panel/chip", "/panel/apps", "/panel/queries", "/panel/findings"] {
            process.body(path).await?;
        }
    }
    // After the first sample, when all is open and warm.
    sleep(Duration::from_secs(70)).await;
    let before: Vec<f64> = processes.iter().map(Process::cpu_seconds).collect::<Result<_>>()?;
    let begin = Instant::now();
    sleep(OBSERVED).await;
    for (process, before) in processes.iter().zip(before) {
        let memory = (process.resident()?, process.own()?);
        used.push((memory, (process.cpu_seconds()? - before) / begin.elapsed().as_secs_f64()));
    }
    let [((less, own_less), _), ((more, own_more), share)] = used[..] else { anyhow::bail!("there are two") };
    let (memory, own) = (more.saturating_sub(less), own_more.saturating_sub(own_less));
    Ok(vec![
        Figure::reported(
            AREA,
            "start to first answer, more than without",
            format!("{:.1} ms, medians of {STARTS}", with_ms - without_ms),
        )
        .against(format!("{without_ms:.1} ms"))
        .judged(with_ms - without_ms <= MOST_START_MS, format!("at most {MOST_START_MS} ms")),
        Figure::reported(
            AREA,
            "memory of its own once the panel was opened, more than without",
            format!("{}; resident {}, with more of the executable's pages", mib(own), mib(memory)),
        )
        .against(format!("resident {}", mib(less)))
        // Pages of the executable are shared, and Linux drops them when memory is short.
        .judged(own <= MOST_MEMORY, format!("at most {}", mib(MOST_MEMORY))),
        Figure::reported(
            AREA,
            "CPU while an application runs and nobody looks",
            format!("{:.3} % of a core", share * 100.0),
        )
        .judged(share <= MOST_CPU_SHARE, format!("at most {:.1} %", MOST_CPU_SHARE * 100.0)),
    ])
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a folder's name is no text")
}

fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = ((values.len() as f64 * share) as usize).min(values.len().saturating_sub(1));
    values.get(place).copied().unwrap_or(f64::NAN)
}
