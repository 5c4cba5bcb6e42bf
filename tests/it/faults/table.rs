//! The table of faults as a document.

use std::fmt::Write;

use crate::support::Answer;

/// The answer of one route.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub route: &'static str,
    pub seen: Seen,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    Well,
    /// The last good answer, and the code of the failure.
    Old(String),
    /// Status, code and `Retry-After`.
    Error(String),
    /// A connection report that names the fault, or that a cell's Spark is gone.
    Told(String),
}

impl Outcome {
    pub fn of(route: &'static str, answer: &Answer) -> Self {
        let json = answer.json();
        let stale = json.get("stale").and_then(|stale| stale["code"].as_str());
        let health = json.get("health").and_then(|health| health.as_str()).filter(|health| *health != "well");
        let news = json.get("news").and_then(|news| news.as_str()).filter(|news| *news == "spark_gone");
        let retry = answer.header("retry-after");
        let seen = match (answer.status, stale, health.or(news)) {
            (200, Some(code), _) => Seen::Old(code.to_owned()),
            (200, _, Some(told)) => Seen::Told(told.to_owned()),
            (200, None, None) => Seen::Well,
            _ if retry.is_empty() => Seen::Error(answer.outcome()),
            _ => Seen::Error(format!("{}, retry after {retry} s", answer.outcome())),
        };
        Self { route, seen }
    }

    pub fn is_well(&self) -> bool {
        self.seen == Seen::Well
    }

    fn in_words(&self) -> String {
        match &self.seen {
            Seen::Well => "as ever".into(),
            Seen::Old(code) => format!("200, old: {code}"),
            Seen::Error(error) => error.clone(),
            Seen::Told(health) => format!("200, {health}"),
        }
    }
}

/// One fault of one upstream.
pub struct Row {
    pub fault: &'static str,
    /// How soon the routes answer.
    pub answered: &'static str,
    /// Answers of the routes while nothing is known yet.
    pub at_first: Vec<Outcome>,
    /// Answers of the routes after everything has worked.
    pub later: Vec<Outcome>,
}

const HEAD: &str = "# When something fails

`tests/it/faults.rs` asserts everything in the tables of the upstreams; `UPDATE_DOCS=1 cargo test -p berdl-spark-monitor faults`
writes this page. All users share one sidecar. For each row, one user's upstream has that fault, and all rows are tested at the
same time. For every row:

- all routes answer at once or at the deadline of the call (5 s by default), and never later than that of the request (10 s);
- routes that do not call this upstream work as usual, and so do all routes for another user of the same sidecar;
- no answer contains a token, an address or an upstream's page;
- an endless body or a gzip bomb is read only up to the limit;
- redirects are not followed, so their target is never called;
- once the upstream has recovered, the first answer after the failure's lifetime (2 s, on drop-in routes 0.8 s) is fresh and
  complete. A call that hangs must end first.

\"Old\" is the last good answer with the reason beside it. `doctor` always answers 200; its report says what is wrong, and is
`degraded`, or `broken` when nothing can be shown. `panel/cell-query` answers `spark_gone` if nothing listens for the driver;
otherwise it says `nothing` instead of what is old.

For an upstream that behaves differently at every call, answers show what it did last, and it recovers in the same time. In the
end no fetch is left running. [soak.md](soak.md) tests random faults for twenty minutes.

## The machine and Spark as a whole

`cargo xtask verify faults` runs the tests that take minutes, `cargo xtask test` the others.

| what happens | result | test |
|---|---|---|
| the clock jumps a day ahead, then two back | only the times in answers change | `a_clock_that_jumps_changes_nothing_but_the_time_that_is_told` |
| the log's disk is full | nothing changes: the sidecar works without its log. History and audit log: [history.md](history.md), [connect.md](connect.md) | `a_log_that_cannot_be_written_is_not_missed` |
| nobody reads the log | lines are lost, and the log later says how many | `a_log_that_nobody_reads_stops_nothing` |
| the socket's folder is removed | folder and socket are created again within seconds, accessible only to the user | `a_socket_that_a_cleaner_took_away_is_made_anew` |
| another user creates that folder | the sidecar does not listen there | `a_socket_is_not_made_anew_in_a_folder_that_others_can_enter` |
| another socket replaces ours | the sidecar does not remove it when it stops | `another_socket_in_the_place_of_ours_is_not_removed` |
| `TMPDIR` is too long for a socket | the socket is created in another folder that only the user can access | `test_a_long_tmpdir_is_no_place_for_the_socket` |
| the Unix socket cannot be opened at all | one line says why, and the sidecar waits five seconds before it exits, because it is restarted at once | `a_unix_socket_that_cannot_be_listened_on_is_not_left_at_once` |
| no file descriptors are left | new connections wait until there are some | `one_without_descriptors_waits_for_some` |
| the sidecar is suspended for a minute | it continues, and its first answers are fresh | `one_that_was_suspended_for_a_minute_goes_on` |
| endless bodies and gzip bombs, with the default limits | memory stays below the limits | `bodies_without_end_and_gzip_bombs_cost_no_more_memory_than_their_limits` |
| the sidecar is killed with -9 | Jupyter restarts it for the next poll | `test_a_killed_sidecar_is_back_on_the_next_poll` |
| Jupyter is killed | the sidecar stops too | `test_the_sidecar_leaves_with_its_server` |
| a Spark session ends and another begins | the panel shows the new one within one polling interval | `test_a_new_application_is_shown_within_one_polling_interval` |
| a worker is killed | the worker is shown as dead, and its executors as removed with the reason | `test_a_second_application_waits_and_a_killed_worker_is_seen` |
| the leader of two masters is killed | the panel shows the other one with the same worker and application | `test_a_master_that_fails_over_is_followed`, `a_master_that_fails_over_is_followed_with_its_applications` |
";

const TITLES: [(&str, &str); 4] = [
    ("auth2", "Auth2, the login service"),
    ("manager", "The cluster manager"),
    ("master", "The Spark Master"),
    ("driver", "The driver"),
];

/// The whole document.
pub fn document(rows: &[(&str, Row)]) -> String {
    let mut text = HEAD.to_owned();
    for (upstream, title) in TITLES {
        let rows: Vec<_> = rows.iter().filter(|(of, _)| *of == upstream).map(|(_, row)| row).collect();
        let asks = rows[0].asks();
        writeln!(text, "\n## {title}\n\nAsked by {}.\n", asks.join(", ")).unwrap();
        writeln!(
            text,
            "| what it does | answered | contract | panel, nothing known yet | panel, after it has worked |"
        )
        .unwrap();
        writeln!(text, "|---|---|---|---|---|").unwrap();
        for row in rows {
            assert_eq!(row.asks(), asks, "{upstream} {}", row.fault);
            let (contract, panel) = (words(&row.at_first, is_contract), words(&row.at_first, is_panel));
            let later = if row.later.is_empty() { "–".into() } else { words(&row.later, is_panel) };
            writeln!(text, "| {} | {} | {contract} | {panel} | {later} |", row.fault, row.answered).unwrap();
        }
    }
    text
}

fn is_panel(route: &str) -> bool {
    route.starts_with("panel/")
}

fn is_contract(route: &str) -> bool {
    !is_panel(route) && route != "doctor"
}

impl Row {
    /// The routes whose answers the fault changes.
    fn asks(&self) -> Vec<&'static str> {
        self.at_first.iter().filter(|outcome| !outcome.is_well()).map(|outcome| outcome.route).collect()
    }
}

/// The common outcome of some routes, or each outcome with its routes.
fn words(outcomes: &[Outcome], of: fn(&str) -> bool) -> String {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for outcome in outcomes.iter().filter(|outcome| of(outcome.route) && !outcome.is_well()) {
        let words = outcome.in_words();
        match groups.iter_mut().find(|(known, _)| *known == words) {
            Some((_, routes)) => routes.push(outcome.route),
            None => groups.push((words, vec![outcome.route])),
        }
    }
    match groups.as_slice() {
        [(words, _)] => words.clone(),
        groups => groups
            .iter()
            .map(|(words, routes)| format!("{words} ({})", routes.join(", ")))
            .collect::<Vec<_>>()
            .join("; "),
    }
}
