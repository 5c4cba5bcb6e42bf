//! `berdl-spark-monitor doctor`: the connection report on the command line, for an admin.

use std::{fmt::Write, process::ExitCode};

use monitor::Tasks;
use upstream::descriptors::Descriptors;
use wire::{Doctor, Health, HopName, HopVerdict};

use crate::{
    app::App,
    config::{Config, ConfigError},
    http::{ApiError, Session},
    mock, panel,
    words::errors,
};

/// Checks every hop on behalf of the session token's owner, and prints the report.
///
/// # Errors
/// When the clients cannot be set up. A configuration that cannot work is not an error but part of the report.
pub async fn run(config: Result<Config, ConfigError>, as_json: bool) -> anyhow::Result<ExitCode> {
    let report = match config {
        Ok(mut config) => {
            let session = Session::of(config.secrets.session_token.clone());
            if config.site.mock {
                mock::start(&mut config.site).await?;
            }
            App::new(config, &Tasks::default(), Descriptors::raise())?.report(&session).await
        }
        Err(error) => {
            panel::doctor::not_configured(&ApiError::not_configured(errors::configuration(&error.to_string())))
        }
    };
    let text = if as_json { serde_json::to_string_pretty(&report)? + "\n" } else { in_words(&report) };
    std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes())?;
    Ok(ExitCode::from(match report.health {
        Health::Well => 0,
        Health::Degraded => 1,
        Health::Broken => 2,
    }))
}

fn in_words(report: &Doctor) -> String {
    let mut text = format!("berdl-spark-monitor {}\n", report.version);
    for hop in &report.hops {
        let name = match hop.name {
            HopName::Sidecar => "sidecar",
            HopName::Identity => "identity",
            HopName::ClusterManager => "cluster manager",
            HopName::Master => "master",
            HopName::Driver => "driver",
        };
        let verdict = match hop.verdict {
            HopVerdict::Ok => "ok",
            HopVerdict::Warning => "warning",
            HopVerdict::Failed => "FAILED",
            HopVerdict::Skipped => "-",
        };
        let took = hop.duration_ms.map_or_else(String::new, |ms| format!(" ({ms} ms)"));
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{verdict:<8} {name:<16} {}{took}", hop.found);
        if let Some(fix) = &hop.fix {
            let _ = writeln!(text, "{:<26}→ {fix}", "");
        }
    }
    let health = match report.health {
        Health::Well => "All well.",
        Health::Degraded => "Something does not work; the rest does.",
        Health::Broken => "Nothing can be shown.",
    };
    let _ = writeln!(text, "{health}");
    text
}
