//! The store on real PostgreSQL and MariaDB, which the tests start and end. Without cargo's harness, because servers that
//! several tests share have to end with the last one. Arguments choose tests by parts of their names.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail")]

use std::{
    panic::AssertUnwindSafe,
    pin::Pin,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use kit::Place;
use server::Server;
use tokio::runtime::Runtime;

#[path = "../shared/behaviour.rs"]
mod behaviour;
#[path = "../shared/kit.rs"]
mod kit;
#[path = "../shared/permutation.rs"]
mod permutation;
mod server;
mod servers;

/// How many cases `order_and_repetition_change_nothing` tries, if this does not say otherwise.
const CASES: &str = "HISTORY_PERMUTATIONS";
const PERMUTATIONS: u32 = 50;

/// A test that waits for something that never happens fails.
const PATIENCE: Duration = Duration::from_secs(180);

type Running = Pin<Box<dyn Future<Output = ()> + Send>>;
type Test = (&'static str, fn(Arc<Server>, String) -> Running);

/// Behaviours that need a place only.
macro_rules! behaviours {
    ($($name:ident),*) => {
        [$((stringify!($name), |server, database| {
            Box::pin(async move {
                let address = server.create(&database).await;
                behaviour::$name(Place::Server(address)).await;
            })
        })),*]
    };
}

/// Tests that need the server.
macro_rules! tests {
    ($($name:ident),*) => {
        [$((stringify!($name), |server, database| Box::pin(servers::$name(server, database)))),*]
    };
}

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str()));
    let behaviours: &[Test] = &behaviour::each!(behaviours);
    let of_servers: &[Test] = &servers::each!(tests);
    let runtime = Runtime::new().unwrap();
    let servers = [Server::postgres(), Server::mariadb()].map(Arc::new);
    for server in &servers {
        runtime.block_on(server.ready());
    }
    let mut failed = Vec::new();
    for (number, (name, test)) in behaviours.iter().chain(of_servers).enumerate() {
        for server in &servers {
            let name = format!("{:?} {name}", server.engine).to_lowercase();
            if is_wanted(&name) {
                let database = format!("history_{number}");
                let server = Arc::clone(server);
                let done = runtime.spawn(async move { tokio::time::timeout(PATIENCE, test(server, database)).await });
                report(&name, matches!(runtime.block_on(done), Ok(Ok(()))), &mut failed);
            }
        }
    }
    let name = "order_and_repetition_change_nothing";
    if is_wanted(name) {
        let made = AtomicU32::new(0);
        let places = || {
            let database = format!("permutations_{}", made.fetch_add(1, Ordering::Relaxed));
            let of_server = |server: &Arc<Server>| {
                runtime.block_on(server.create(&database));
                Place::Server(server.plain(&database))
            };
            [Place::file()].into_iter().chain(servers.iter().map(of_server)).collect()
        };
        let begun = Instant::now();
        let done = std::panic::catch_unwind(AssertUnwindSafe(|| permutation::all(cases(), &runtime, places)));
        println!("{} permutations in {:?}", cases(), begun.elapsed());
        report(name, done.is_ok(), &mut failed);
    }
    println!("{} failed", failed.len());
    if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn report(name: &str, is_ok: bool, failed: &mut Vec<String>) {
    println!("test {name} ... {}", if is_ok { "ok" } else { "FAILED" });
    if !is_ok {
        failed.push(name.to_owned());
    }
}

fn cases() -> u32 {
    #[expect(clippy::disallowed_methods, reason = "`cargo xtask verify history` tries more")]
    std::env::var(CASES).ok().and_then(|text| text.parse().ok()).unwrap_or(PERMUTATIONS)
}
