//! Development commands; `cargo xtask --help` lists them.

#![expect(clippy::disallowed_methods, reason = "a build tool reads its environment and takes real time")]

mod bench;
mod browser;
mod checks;
mod demo;
mod dependencies;
mod document;
mod fixtures;
mod fuzz;
mod group;
mod http;
mod install;
mod jupyter;
mod labextension;
mod leftover;
mod lock;
mod paths;
mod run;
mod spark;
mod spark_tool;
mod stamp;
mod step;
mod stop;
mod test;
mod tidy;
mod translations;
mod verify;
mod wasm;
mod wheel;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what is missing, build everything, and start a real Spark and JupyterLab with the extension.
    Demo {
        /// Run the demo notebook in a browser, check what it shows, and stop.
        #[arg(long)]
        check: bool,
    },
    /// Install what is missing and run the core tests.
    Test {
        /// Only these: static, rust, frontend, jupyter, spark, browser.
        only: Vec<String>,
    },
    /// The long proofs; an unknown name lists them.
    Verify {
        /// Only these.
        only: Vec<String>,
    },
    /// Measure everything against its baseline and write `docs/benchmarks.md`.
    Bench {
        /// Only these, printed and not written: small, cached, calls, large, hub, jupyter, sizes.
        only: Vec<String>,
    },
    /// The installable wheel, in `dist/`.
    Wheel,
    /// The frontend as an npm package, in `labextension/wasm/`.
    Wasm,
    /// The labextension, in `labextension/dist/`.
    Labextension,
    /// A real Spark on free ports, told as JSON lines; ends with its standard input.
    Spark(spark::Options),
    /// Record the master's pages from a real Spark into `tests/fixtures/`.
    Fixtures,
    /// Bring the translators' files up to date with the sources.
    Translations,
    /// Small checks of the sources.
    Tidy,
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    // Before anything is started, because commands in groups of their own do not hear the terminal's Ctrl-C.
    match stop::listen().and_then(|()| dispatch(command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::from(error.downcast_ref::<install::Missing>().map_or(1, |_| install::MISSING))
        }
    }
}

fn dispatch(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Demo { check } => demo::run(check),
        Command::Test { only } => test::run(&only),
        Command::Verify { only } => verify::run(&only),
        Command::Bench { only } => bench::run(&only),
        Command::Wheel => wheel::build(wheel::Profile::Release).map(|_| ()),
        Command::Wasm => wasm::build(),
        Command::Labextension => labextension::build(),
        Command::Spark(options) => spark_tool::run(&options),
        Command::Fixtures => fixtures::record(),
        Command::Translations => translations::update(),
        Command::Tidy => tidy::run(),
    }
}
