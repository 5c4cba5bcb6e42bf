//! `cargo xtask spark`: a real Spark for a person or for another program's tests.

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

/// Tells the addresses as one JSON line, obeys `connect stop`, `connect start` and `worker kill` (each answered by a line
/// of the same shape), and ends with its standard input.
pub fn run(options: &Options) -> Result<()> {
    let mut spark = Spark::start(options)?;
    println!("{}", spark.description());
    let (sender, orders) = mpsc::channel();
    // Reading blocks, and a signal must be heard all the same.
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
