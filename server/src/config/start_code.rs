//! The code that starts a session on this site, for a person who has none.

use wire::{Cluster, ClusterKind, MasterStatus};

/// What the site's settings say about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StartCode {
    /// The administrator's own code.
    pub snippet: Option<String>,
    /// The address of the site's Spark Connect server, without its token.
    pub connect_url: Option<String>,
}

impl StartCode {
    /// The administrator's code; otherwise a session of the Connect server, or else of the master; none while the
    /// master cannot start one or all workers are dead.
    pub fn of(&self, cluster: &Cluster) -> Option<String> {
        let is_silent = cluster.last_seen_alive_ms.is_some();
        let is_dead = cluster.workers_alive == 0 && !cluster.workers.is_empty();
        if is_silent || is_dead {
            return None;
        }
        if self.snippet.is_some() {
            return self.snippet.clone();
        }
        if let Some(url) = &self.connect_url {
            return Some(code("remote", url));
        }
        match &cluster.master {
            Some(master) if master.status == MasterStatus::Alive && is_address(&master.url) => {
                Some(code("master", &master.url))
            }
            None if cluster.kind == ClusterKind::DriverOnly => {
                Some(format!("{IMPORT}builder = SparkSession.builder\nspark = builder.getOrCreate()"))
            }
            _ => None,
        }
    }
}

const IMPORT: &str = "from pyspark.sql import SparkSession\n\n";

fn code(builder: &str, url: &str) -> String {
    // Its lines fit into a narrow panel.
    format!("{IMPORT}spark = SparkSession.builder.{builder}(\n    \"{url}\"\n).getOrCreate()")
}

/// Whether a text can stand in Python's quotes as it is.
fn is_address(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|char| char.is_ascii_graphic() && !matches!(char, '"' | '\\'))
}

/// The address of a Connect server without its parameters, which may include a token; only `use_ssl` stays. None if it
/// is no such address.
pub fn without_token(url: &str) -> Option<String> {
    let rest = url.trim().strip_prefix("sc://")?;
    let (authority, path) = rest.split_at(rest.find(['/', ';', '?', '#']).unwrap_or(rest.len()));
    let parameters = if matches!(path, "" | "/") { "" } else { path.strip_prefix("/;")? };
    let is_plain = |char: char| char.is_ascii_alphanumeric() || "-._:[]".contains(char);
    if authority.is_empty() || !authority.chars().all(is_plain) {
        return None;
    }
    let is_ssl = |parameter: &&str| matches!(*parameter, "use_ssl=true" | "use_ssl=false");
    Some(match parameters.split(';').find(is_ssl) {
        Some(ssl) => format!("sc://{authority}/;{ssl}"),
        None => format!("sc://{authority}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::{Master, Meter, Worker, WorkerState};

    fn cluster(status: MasterStatus) -> Cluster {
        Cluster {
            kind: ClusterKind::Master,
            last_seen_alive_ms: None,
            trouble: Vec::new(),
            master: Some(Master { status, url: "spark://m:7077".to_owned() }),
            workers: Vec::new(),
            workers_not_shown: 0,
            workers_alive: 0,
            workers_wanted: 0,
            cores: Meter::default(),
            memory_mib: None,
            apps_running: 0,
            apps_waiting: 0,
            start_code: None,
        }
    }

    #[test]
    fn the_administrators_code_wins_then_the_connect_server_then_the_master() {
        let alive = cluster(MasterStatus::Alive);
        let mut code = StartCode::default();
        let said = |code: &StartCode| code.of(&alive).unwrap_or_default();
        assert!(said(&code).contains(".master(\n    \"spark://m:7077\"\n)"));
        code.connect_url = Some("sc://c:15002".to_owned());
        assert!(said(&code).contains(".remote(\n    \"sc://c:15002\"\n)"));
        code.snippet = Some("import site_spark".to_owned());
        assert_eq!(said(&code), "import site_spark");
    }

    #[test]
    fn where_all_workers_are_dead_a_session_would_wait_for_ever() {
        let alive = cluster(MasterStatus::Alive);
        let worker = Worker {
            worker_id: "w".to_owned(),
            host: "h".to_owned(),
            state: WorkerState::Dead,
            cores: Meter::default(),
            memory_mib: Meter::default(),
            last_heartbeat_ms: 0,
        };
        let dead = Cluster { workers: vec![worker], ..alive.clone() };
        let code = StartCode { snippet: Some("import site_spark".to_owned()), ..StartCode::default() };
        assert_eq!((code.of(&dead), code.of(&alive).is_some()), (None, true));
        assert!(code.of(&Cluster { workers_alive: 1, ..dead }).is_some());
    }

    #[test]
    fn a_master_that_starts_nothing_offers_no_code_and_a_driver_alone_needs_no_address() {
        for status in [MasterStatus::Standby, MasterStatus::Recovering, MasterStatus::Unknown] {
            assert_eq!(StartCode::default().of(&cluster(status)), None);
        }
        let driver = Cluster { kind: ClusterKind::DriverOnly, master: None, ..cluster(MasterStatus::Alive) };
        assert!(StartCode::default().of(&driver).is_some_and(|code| code.ends_with("builder.getOrCreate()")));
    }

    #[test]
    fn the_token_of_a_connect_address_stays_secret() {
        let shown = |url| without_token(url).unwrap_or_default();
        assert_eq!(shown("sc://c:15002/;token=SECRET;use_ssl=true;user_id=ann"), "sc://c:15002/;use_ssl=true");
        assert_eq!(shown("sc://c:15002/;token=SECRET"), "sc://c:15002");
        assert_eq!(shown(" sc://c/ "), "sc://c");
        for other in [
            "local",
            "sc://",
            "http://c:15002",
            "sc://c\")\nimport os",
            "sc://ann:SECRET@c",
            "sc://c;token=SECRET",
            "sc://c/?token=SECRET",
            "sc://c/x;token=SECRET",
            "",
        ] {
            assert_eq!(without_token(other), None, "{other}");
        }
    }
}
