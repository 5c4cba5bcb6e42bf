//! `berdl-spark-monitor history`: shows, exports and forgets what is remembered.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{Write as _, stdout},
    process::ExitCode,
};

use anyhow::bail;
use clap::Subcommand;
use history_store::{DAY_MS, Kept, Local, Store};
use monitor::clock;
use serde::Serialize;
use wire::past::{Collector, PastApps, PastQueries, PastRun, Series};

use crate::{
    config::{HistoryPlaces, Settings},
    history::{self, applications, collector::CLUSTER, queries, series, status},
};

/// Applications and queries that are told in words.
const TOLD: usize = 100;
/// All applications, queries and runs of an export: the size of the database bounds them.
const ALL: usize = usize::MAX;
/// Applications that are gone whose end is told.
const ENDS: usize = 10;
/// How long daily means are kept.
const YEARS_MS: i64 = 731 * DAY_MS;

/// What to do with the history.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum Action {
    /// Say what is stored and where, and list queries and applications.
    Show,
    /// Print everything as JSON.
    Export,
    /// Remove everything, from the disk too.
    Forget,
}

#[derive(Serialize)]
struct Export {
    collector: Collector,
    people: Vec<Person>,
}

/// What is stored under one name; the name is empty where users are not told apart.
#[derive(Serialize)]
struct Person {
    owner: String,
    applications: PastApps,
    /// How the last applications that are gone ended.
    ends: BTreeMap<String, String>,
    queries: PastQueries,
    runs: Vec<PastRun>,
    /// The cluster, by days.
    cluster: Series,
}

/// Runs the command.
///
/// # Errors
/// When there is no history, or it cannot be read.
pub async fn run(settings: &Settings, action: Action) -> anyhow::Result<ExitCode> {
    // Whoever has switched it off may have a file of before.
    let places = history::places(&HistoryPlaces::whatever_the_mode(settings));
    if !places.files().iter().any(|file| file.exists()) {
        bail!("there is no history yet");
    }
    let store = Store::open(&places, clock::now_ms()).await?;
    if let Some(Kept::Memory(reason)) = store.local().map(Local::kept) {
        bail!("the history cannot be opened: {reason}");
    }
    let keeps_texts = settings.history.spark_monitor_history_text.trim() == "redacted";
    let text = match action {
        Action::Show => in_words(&export(&store, keeps_texts, TOLD).await?),
        Action::Export => serde_json::to_string_pretty(&export(&store, keeps_texts, ALL).await?)? + "\n",
        Action::Forget => {
            store.forget(None, clock::now_ms()).await?;
            "Everything is forgotten.\n".to_owned()
        }
    };
    stdout().write_all(text.as_bytes())?;
    store.end(clock::now_ms()).await?;
    Ok(ExitCode::SUCCESS)
}

async fn export(store: &Store, keeps_texts: bool, most: usize) -> anyhow::Result<Export> {
    let now_ms = clock::now_ms();
    let mut people = Vec::new();
    for owner in store.owners().await? {
        let runs = store.runs(&owner, i64::try_from(most).unwrap_or(i64::MAX)).await?;
        let applications = applications::apps(store, &owner, most).await?;
        let mut ends = BTreeMap::new();
        for app in applications.apps.iter().filter(|app| app.gone_at_ms.is_some()).take(ENDS) {
            let detail = applications::app(store, &owner, &app.app_id).await?;
            ends.insert(app.app_id.clone(), detail.end);
        }
        people.push(Person {
            applications,
            ends,
            queries: queries::queries(store, &owner, "", most).await?,
            runs: runs.iter().map(|run| queries::past_run(run, None)).collect(),
            cluster: series::series(store, &owner, CLUSTER, (now_ms - YEARS_MS, now_ms)).await?,
            owner,
        });
    }
    Ok(Export { collector: status::collector(store, false, 0, keeps_texts).await?, people })
}

fn in_words(export: &Export) -> String {
    let Collector { file, size_bytes, points, runs, .. } = &export.collector;
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{} ({} KiB)", file.as_deref().unwrap_or_default(), size_bytes / 1024);
    let _ = writeln!(text, "{points} points, {runs} runs of queries");
    for Person { owner, applications, ends, queries, .. } in &export.people {
        if !owner.is_empty() {
            let _ = writeln!(text, "\n{owner}");
        }
        for app in &applications.apps {
            let gone = if app.gone_at_ms.is_some() { "gone" } else { "" };
            let _ = writeln!(text, "application  {:<28} {:<4} {}", app.app_id, gone, app.name);
            if let Some(end) = ends.get(&app.app_id) {
                let _ = writeln!(text, "    {end}");
            }
        }
        for shape in &queries.shapes {
            let seconds = shape.newest.as_ref().map_or(0, |run| run.duration_ms / 1000);
            let slower =
                if shape.newest.as_ref().is_some_and(|run| run.slower.is_some()) { "slower than usual" } else { "" };
            let _ = writeln!(text, "query  {:>4} runs  last {seconds:>6} s  {slower:<18} {}", shape.runs, shape.label);
        }
        if applications.has_more || queries.has_more {
            let _ =
                writeln!(text, "only the newest {TOLD} of each are listed; berdl-spark-monitor history export has all");
        }
    }
    text
}
