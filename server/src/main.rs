//! Parses the configuration, starts the log, serves, and stops cleanly.

use std::{env, ffi::OsString, io, process::ExitCode, thread, time::Duration};

use anyhow::{Context, bail};
#[cfg(feature = "sql")]
use berdl_spark_monitor::config::{connect_token, mcp_secrets};
use berdl_spark_monitor::{
    App,
    commands::{self, doctor},
    config::{Cli, Command, Config, ConfigError, Listen, Secrets, Settings, listen_argument},
    listen::{self, Listening},
    log, mock,
    router::{self, router},
};
use monitor::Tasks;
use tracing_subscriber::EnvFilter;
use upstream::descriptors::Descriptors;

/// How long background work may take to finish after the connections have had their own time; a supervisor waits ten
/// seconds in all.
const GRACE: Duration = Duration::from_secs(3);

/// How long to wait before exiting when the Unix socket cannot be opened. The supervisor restarts the sidecar at once
/// and for ever, which would keep one core busy. A start every five seconds costs almost nothing and still recovers
/// quickly.
const PAUSE: Duration = Duration::from_secs(5);

/// The exit code that clap uses for usage errors.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let args: Vec<OsString> = env::args_os().collect();
    start(&args).unwrap_or_else(|error| {
        complain(&format!("{error:#}"));
        if listen_argument(&args).is_some_and(|listen| listen.starts_with("unix:")) {
            thread::sleep(PAUSE);
        }
        ExitCode::from(USAGE)
    })
}

/// Runs the subcommand that the arguments name.
fn start(args: &[OsString]) -> anyhow::Result<ExitCode> {
    let (listen, settings) = match Cli::try_from_args(args.to_vec()) {
        Ok(Cli { command: Command::Serve { listen, settings } }) => (listen, settings),
        Ok(Cli { command: Command::History { action, settings } }) => {
            return in_runtime("error", commands::history::run(&settings, action));
        }
        Ok(Cli { command: Command::Doctor { json, settings } }) => {
            let config = Secrets::from_env().and_then(|secrets| Config::resolve(&settings, secrets));
            return in_runtime("error", doctor::run(config, json));
        }
        Ok(Cli { command: Command::Check(check) }) => {
            #[cfg(feature = "sql")]
            let token = connect_token()?;
            #[cfg(not(feature = "sql"))]
            let token = None;
            return in_runtime("error", commands::check::run(*check, token));
        }
        // Before there are threads.
        #[cfg(all(feature = "sql", target_os = "linux"))]
        Ok(Cli { command: Command::Sealed(sealed) }) => return Ok(commands::sealed::run(&sealed)),
        Ok(Cli { command: Command::Export(export) }) => return in_runtime("error", commands::export::run(*export)),
        #[cfg(feature = "sql")]
        Ok(Cli { command: Command::Sql(sql) }) => {
            let token = connect_token()?;
            let log = sql.log.clone();
            return in_runtime(&log, berdl_spark_monitor::commands::sql::run(*sql, token));
        }
        #[cfg(feature = "sql")]
        Ok(Cli { command: Command::Mcp(mcp) }) => {
            let secrets = mcp_secrets()?;
            return in_runtime("error", commands::mcp::run(*mcp, secrets));
        }
        Err(error) if !error.use_stderr() => error.exit(),
        Err(error) => {
            let reason = ConfigError::Arguments(first_line(&error.render().to_string()));
            return match listen_argument(args).and_then(|listen| listen.parse().ok()) {
                Some(listen @ Listen::Unix(_)) => run("info", &listen, Err(reason)),
                _ => bail!("{}", error.render()),
            };
        }
    };
    let listen: Listen = listen.parse()?;
    let config = configure(&settings, &listen);
    match (config, &listen) {
        (Err(error), Listen::Tcp(_)) => Err(error.into()),
        // The supervisor of a Unix socket restarts without pause, so serve, and let every answer say what is wrong.
        (config, _) => run(&settings.spark_monitor_log, &listen, config),
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

fn run(log_filter: &str, listen: &Listen, config: Result<Config, ConfigError>) -> anyhow::Result<ExitCode> {
    in_runtime(log_filter, async {
        let (tasks, descriptors) = (Tasks::default(), Descriptors::raise());
        // Allow twice as many connections as requests, so that a request beyond the limit is answered instead of left
        // waiting.
        let most_connections = |requests: usize| requests.saturating_mul(2).min(descriptors.clients);
        let begun = async || Listening::begin(listen).await.with_context(|| format!("cannot listen on {listen}"));
        let code = match config {
            Ok(config) => {
                let token = config.secrets.sidecar_token.clone().filter(|_| matches!(listen, Listen::Tcp(_)));
                let app = app(config, &tasks, descriptors).await?;
                let listening = begun().await?;
                // Not before: a sidecar that cannot listen follows no jobs.
                app.begin(&tasks);
                let routes = router(&app, token);
                listen::serve(listening, routes, most_connections(app.max_requests()), || app.close_idle_connections())
                    .await
            }
            Err(error) => {
                tracing::error!(%error, "The configuration cannot work");
                let routes = router::not_configured(&error.to_string());
                listen::serve(begun().await?, routes, most_connections(router::DEFAULT_REQUESTS), || ()).await
            }
        };
        tasks.end(GRACE).await;
        anyhow::Ok(code)
    })
}

/// Starts the log and the runtime, and runs `work` to its end.
fn in_runtime(log_filter: &str, work: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    let filter = EnvFilter::try_new(log_filter);
    let bad_filter = filter.is_err();
    // It would log what agents send.
    let filter = filter.unwrap_or_else(|_| EnvFilter::new("info")).add_directive("rmcp=warn".parse()?);
    let (log, _guard) = log::to(io::stderr(), filter);
    tracing::subscriber::set_global_default(log)?;
    log::panics();
    if bad_filter {
        tracing::warn!("SPARK_MONITOR_LOG is no valid filter, info is used");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(work);
    // A hanging upstream must not delay the exit.
    runtime.shutdown_background();
    result
}

async fn app(mut config: Config, tasks: &Tasks, descriptors: Descriptors) -> anyhow::Result<App> {
    config.log_summary();
    if config.site.mock {
        mock::start(&mut config.site).await?;
    }
    App::new(config, tasks, descriptors)
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

fn complain(reason: &str) {
    use io::Write;
    // If standard error is closed too, there is nowhere left to report to.
    let _ = writeln!(io::stderr(), "berdl-spark-monitor: {}", reason.trim_end().trim_start_matches("error: "));
}
