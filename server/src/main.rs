//! Parses the configuration, starts the log, serves, and stops cleanly.

use std::{env, ffi::OsString, io, process::ExitCode, time::Duration};

use berdl_spark_monitor::{
    app,
    config::{Cli, Command, Config, ConfigError, Listen, Secrets, Settings},
    descriptors::Descriptors,
    doctor_command, listen,
    log::{self, Log},
    mock,
    state::{AppState, Monitor},
    tasks::Tasks,
};
use tracing_subscriber::EnvFilter;

/// How long background work may take to finish once all connections have ended, or had their own time to; a supervisor
/// waits ten seconds in all.
const GRACE: Duration = Duration::from_secs(3);

/// What clap uses for an error of usage.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let args: Vec<OsString> = env::args_os().collect();
    let (listen, settings) = match Cli::try_from_args(args.clone()) {
        Ok(Cli { command: Command::Serve { listen, settings } }) => (listen, settings),
        Ok(Cli { command: Command::Doctor { json, settings } }) => {
            let config = Secrets::from_env().and_then(|secrets| Config::resolve(&settings, secrets));
            return in_runtime("error", doctor_command::run(config, json));
        }
        Err(error) if !error.use_stderr() => error.exit(),
        Err(error) => {
            let reason = ConfigError::Arguments(first_line(&error.render().to_string()));
            return match unix_socket(&args) {
                Some(listen) => run("info", &listen, Err(reason)),
                None => refuse(&error.render().to_string()),
            };
        }
    };
    let listen: Listen = match listen.parse() {
        Ok(listen) => listen,
        Err(error) => return refuse(&ConfigError::to_string(&error)),
    };
    let config = configure(&settings, &listen);
    match (&config, &listen) {
        (Err(error), Listen::Tcp(_)) => refuse(&error.to_string()),
        // The supervisor of a Unix socket restarts without pause: serve, and let every answer say what is wrong.
        _ => run(&settings.spark_monitor_log, &listen, config),
    }
}

fn configure(settings: &Settings, listen: &Listen) -> Result<Config, ConfigError> {
    listen::check_folder(listen)?;
    let secrets = Secrets::from_env()?;
    let needs_token = matches!(listen, Listen::Tcp(_));
    if needs_token && secrets.sidecar_token.is_none() {
        return Err(ConfigError::TokenRequired);
    }
    Config::resolve(settings, secrets)
}

fn run(log_filter: &str, listen: &Listen, config: Result<Config, ConfigError>) -> ExitCode {
    in_runtime(log_filter, async {
        let (tasks, descriptors) = (Tasks::default(), Descriptors::raise());
        let state = state(listen, config, &tasks, descriptors).await?;
        // Twice as many as requests, so that one too many is told so instead of waiting at the door.
        let most_connections = state.max_requests().saturating_mul(2).min(descriptors.clients);
        let close_idle = {
            let state = state.clone();
            move || state.close_idle_connections()
        };
        let code = listen::serve(listen, app(state), most_connections, close_idle).await?;
        tasks.end(GRACE).await;
        anyhow::Ok(code)
    })
}

/// Starts the log and the runtime, and runs `work` to its end.
fn in_runtime(log_filter: &str, work: impl Future<Output = anyhow::Result<ExitCode>>) -> ExitCode {
    let filter = EnvFilter::try_new(log_filter);
    let bad_filter = filter.is_err();
    let (log, _flush) = match Log::to(io::stderr()) {
        Ok(log) => log,
        Err(error) => return refuse(&error.to_string()),
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter.unwrap_or_else(|_| EnvFilter::new("info")))
        .with_writer(log)
        .with_ansi(false)
        .init();
    log::panics();
    if bad_filter {
        tracing::warn!("SPARK_MONITOR_LOG is no valid filter, info is used");
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return refuse(&error.to_string()),
    };
    let result = runtime.block_on(work);
    // An upstream that hangs must not delay the end.
    runtime.shutdown_background();
    result.unwrap_or_else(|error| refuse(&format!("{error:#}")))
}

async fn state(
    listen: &Listen,
    config: Result<Config, ConfigError>,
    tasks: &Tasks,
    descriptors: Descriptors,
) -> anyhow::Result<AppState> {
    let mut config = match config {
        Ok(config) => config,
        Err(error) => {
            tracing::error!(%error, "The configuration cannot work");
            return Ok(AppState::not_configured(&error.to_string()));
        }
    };
    config.log_summary();
    if config.site.mock {
        mock::start(&mut config.site).await?;
    }
    let sidecar_token = config.secrets.sidecar_token.clone().filter(|_| matches!(listen, Listen::Tcp(_)));
    Ok(AppState::new(Monitor::new(config, tasks, descriptors)?, sidecar_token))
}

/// The socket that the arguments name, when they are not right otherwise.
fn unix_socket(args: &[OsString]) -> Option<Listen> {
    let texts: Vec<_> = args.iter().filter_map(|arg| arg.to_str()).collect();
    let given = texts.iter().zip(texts.iter().skip(1)).find(|(flag, _)| **flag == "--listen").map(|(_, value)| *value);
    let given = given.or_else(|| texts.iter().find_map(|text| text.strip_prefix("--listen=")));
    given?.parse().ok().filter(|listen| matches!(listen, Listen::Unix(_)))
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

fn refuse(reason: &str) -> ExitCode {
    use io::Write;
    // Nobody is left to tell when even standard error is closed.
    let _ = writeln!(io::stderr(), "berdl-spark-monitor: {}", reason.trim_end().trim_start_matches("error: "));
    ExitCode::from(USAGE)
}
