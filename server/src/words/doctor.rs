//! What the connection report says of each hop.

use upstream::Hop;

use super::{Said, say};

pub(crate) fn not_asked() -> Said {
    say!("Not asked.")
}

pub(crate) fn user_unknown() -> Said {
    say!("Not asked: the user is unknown.")
}

pub(crate) fn recorded_data() -> Said {
    say!("It shows recorded data (SPARK_MONITOR_MOCK_MODE).")
}

pub(crate) fn runs() -> Said {
    say!("It runs.")
}

pub(crate) fn not_needed() -> Said {
    say!("Not needed here.")
}

pub(crate) fn you_are(name: &str) -> Said {
    say!("You are %1.", name)
}

pub(crate) fn none_is_set() -> Said {
    say!("None is set.")
}

pub(crate) fn workers_ready(ready: u32, wanted: u32) -> Said {
    say!("%1 of %2 workers are ready.", ready, wanted)
}

pub(crate) fn wait_for_the_cluster() -> Said {
    say!("Wait a minute or two: the cluster is starting.")
}

pub(crate) fn no_cluster() -> Said {
    say!("You have no cluster.")
}

pub(crate) fn create_a_cluster() -> Said {
    say!("Create a Spark cluster.")
}

pub(crate) fn create_it_again() -> Said {
    say!("Create the cluster again; if the error persists, tell the administrator.")
}

pub(crate) fn own_error() -> Said {
    say!("It reports an error of its own.")
}

pub(crate) fn alive_with_workers(alive: u32, wanted: u32) -> Said {
    say!("It is alive with %1 of %2 workers.", alive, wanted)
}

pub(crate) fn wait_for_a_worker() -> Said {
    say!("Wait until a worker has registered; if none does, look at the workers' logs.")
}

pub(crate) fn alive_without_workers() -> Said {
    say!("It is alive, but has no worker.")
}

pub(crate) fn wait_for_the_leader() -> Said {
    say!("Wait until it has taken over; name all masters in SPARK_MASTER_UI_URL, comma-separated.")
}

pub(crate) fn not_the_leader() -> Said {
    say!("It is not the leader now.")
}

pub(crate) fn no_master_or_driver() -> Said {
    say!("Neither a master nor a driver is set.")
}

pub(crate) fn no_answer_of_the_master() -> Said {
    say!("Not asked: the master did not answer.")
}

pub(crate) fn no_session_started() -> Said {
    say!("No Spark session has been started, or SPARK_APP_UI_URL is not its address.")
}

pub(crate) fn no_application() -> Said {
    say!("No Spark application is active.")
}

pub(crate) fn starting_up() -> Said {
    say!("It is starting up.")
}

pub(crate) fn wait_for_the_driver() -> Said {
    say!("Wait half a minute.")
}

pub(crate) fn answers(hop: Hop) -> Said {
    match hop {
        Hop::Configured => say!("It answers at the configured address."),
        Hop::ReverseProxy => say!("It answers through the master's reverse proxy."),
        Hop::Link => say!("It answers at the address that the master's page names."),
    }
}
