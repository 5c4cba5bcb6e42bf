//! `cargo xtask spark`: a real Spark, for people and for the tests of other programs.

use std::{
    io::{self, BufRead},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

use anyhow::{Result, bail};

use crate::{
    spark::{Options, Spark},
    stop,
};

/// Prints the addresses as one JSON line. Accepts `connect stop`, `connect start` and `worker kill` on standard input
/// and answers each with a line of the same shape. Stops when standard input ends.
pub fn run(options: &Options) -> Result<()> {
    let mut spark = Spark::start(options)?;
    println!("{}", spark.description());
    let (sender, orders) = mpsc::channel();
    // Reading blocks, so it runs on its own thread, and signals are still noticed.
    thread::spawn(move || io::stdin().lock().lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    while !stop::asked() {
        match orders.recv_timeout(Duration::from_millis(100)) {
            Ok(order) => {
                match order.trim() {
                    "connect stop" => spark.stop_connect(),
                    "connect start" => spark.start_connect()?,
                    "worker kill" => spark.kill_worker(),
                    other => bail!("unknown order: {other}"),
                }
                println!("{}", spark.description());
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    Ok(())
}
