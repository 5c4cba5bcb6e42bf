//! Measures the sidecar and its baselines in the same run, and prints a JSON line for each figure.

#![expect(clippy::disallowed_methods, reason = "a benchmark takes real time")]

mod cached;
mod calls;
mod export;
mod figure;
mod history;
mod hub;
mod large;
mod load;
mod sidecar;
mod small;
mod upstream;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Result, bail};
use axum::{Router, http::header, routing::get};
use bytes::Bytes;
use clap::{Parser, Subcommand};
use tokio::{io::AsyncReadExt, net::TcpListener};

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure the sidecar alone.
    Sidecar {
        /// The sidecar's release executable.
        binary: PathBuf,
        /// Measure only these parts: small, cached, calls, large, hub, history, export.
        only: Vec<String>,
    },
    /// Serve a file's bytes from memory, as fast as axum can.
    Bare { file: PathBuf, address: String },
    /// Print the address of a scripted Spark, and serve it until standard input ends.
    Spark { stages: usize },
    /// Load an address and print requests per second and quantiles as JSON.
    Load {
        /// `unix:PATH` or `HOST:PORT`.
        address: String,
        path: String,
        connections: usize,
        seconds: f64,
        /// `NAME: VALUE`
        headers: Vec<String>,
    },
}

#[tokio::main]
async fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Sidecar { binary, only } => measure(&binary, &only).await,
        Command::Bare { file, address } => bare(&file, &address).await,
        Command::Spark { stages } => spark(stages).await,
        Command::Load { address, path, connections, seconds, headers } => {
            put_load(&address, &path, connections, seconds, &headers).await
        }
    }
}

async fn measure(binary: &Path, only: &[String]) -> Result<()> {
    const AREAS: [&str; 7] = ["small", "cached", "calls", "large", "hub", "history", "export"];
    if let Some(unknown) = only.iter().find(|name| !AREAS.contains(&name.as_str())) {
        bail!("there is no area called {unknown}");
    }
    for area in AREAS.into_iter().filter(|area| only.is_empty() || only.iter().any(|name| name == area)) {
        eprintln!("    {area}");
        let figures = match area {
            "small" => small::measure(binary).await?,
            "cached" => cached::measure(binary).await?,
            "calls" => calls::measure(binary).await?,
            "large" => large::measure(binary).await?,
            "history" => history::measure(binary).await?,
            "hub" => hub::measure(binary).await?,
            _ => export::measure(binary).await?,
        };
        figures.iter().try_for_each(figure::Figure::print)?;
    }
    Ok(())
}

async fn bare(file: &Path, address: &str) -> Result<()> {
    let body = Bytes::from(std::fs::read(file)?);
    let answer = move || async move { ([(header::CONTENT_TYPE, "application/json")], body) };
    let app = Router::new().route("/", get(answer));
    Ok(axum::serve(TcpListener::bind(address).await?, app).await?)
}

async fn spark(stages: usize) -> Result<()> {
    let upstream = upstream::Upstream::start(upstream::Size { ended_stages: stages, active_stages: 1 }).await?;
    println!("{}", upstream.url);
    tokio::io::stdin().read_to_end(&mut Vec::new()).await?;
    println!("{}", serde_json::to_string(&upstream.take_calls())?);
    Ok(())
}

async fn put_load(address: &str, path: &str, connections: usize, seconds: f64, headers: &[String]) -> Result<()> {
    let address = match address.strip_prefix("unix:") {
        Some(path) => load::Address::Unix(path.into()),
        None => load::Address::Tcp(address.to_owned()),
    };
    let headers: Vec<_> = headers.iter().filter_map(|header| header.split_once(": ")).collect();
    let request = load::get(path, &headers);
    let measured =
        load::run(&address, connections, Duration::from_secs_f64(seconds), move |_, _| request.clone()).await?;
    let quantile = |share| measured.quantile_ms(share);
    let told = serde_json::json!({
        "per_second": measured.per_second(), "p50_ms": quantile(0.5), "p99_ms": quantile(0.99), "not_ok": measured.not_ok,
    });
    println!("{told}");
    Ok(())
}
