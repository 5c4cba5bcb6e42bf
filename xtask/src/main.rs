//! Development commands; `cargo xtask --help` lists them.

#![expect(clippy::disallowed_methods, reason = "a build tool reads its environment and takes real time")]

mod bench;
mod browser;
mod browser_tests;
mod checks;
mod connect;
mod connect_proto;
mod demo;
mod dependencies;
mod document;
mod fixtures;
mod fuzz;
mod group;
mod history;
mod http;
mod install;
mod jupyter;
mod labextension;
mod leftover;
mod links;
mod lock;
mod outside;
mod paths;
mod run;
mod spark;
mod spark_tool;
mod sql_size;
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
        /// Run only these parts: static, rust, frontend, jupyter, spark, browser.
        only: Vec<String>,
    },
    /// Run the long tests ("proofs"); an unknown name lists them.
    Verify {
        /// Run only these proofs.
        only: Vec<String>,
    },
    /// Measure everything against its baseline and write `docs/benchmarks.md`.
    Bench {
        /// Run only these parts, and print the figures instead of writing them: small, cached, calls, large, hub,
        /// export, jupyter, browser, sizes; or history, which writes its own into `docs/history.md`.
        only: Vec<String>,
    },
    /// Build the installable wheel in `dist/`.
    Wheel,
    /// Build the frontend as an npm package in `labextension/wasm/`.
    Wasm,
    /// Build the labextension in `labextension/dist/`.
    Labextension,
    /// Start a real Spark on free ports and print its addresses as JSON lines; it stops when its standard input ends.
    Spark(spark::Options),
    /// Record the master's pages from a real Spark into `tests/fixtures/`.
    Fixtures,
    /// Generate the code of Spark Connect's protocol from the installed PySpark.
    ConnectProto {
        /// Change nothing; fail if the checked-in code is not current.
        #[arg(long)]
        check: bool,
    },
    /// Update the translators' files from the sources.
    Translations,
    /// Run small checks of the sources.
    Tidy,
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    // Listen before anything is started, because commands in their own groups do not get the terminal's Ctrl-C.
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
        Command::ConnectProto { check } => connect_proto::generate(check),
        Command::Translations => translations::update(),
        Command::Tidy => tidy::run(),
    }
}
