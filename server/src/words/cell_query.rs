//! Sentences that tell a person, who is elsewhere, how the query of a cell ended.

use wire::{CellNews, Query};

use super::{Said, say};

/// Letters of a query's name in a message: JupyterLab cuts messages after 140.
const LONGEST_NAME: usize = 50;

/// How a query ended, and how long it ran.
pub(crate) fn ended(query: &Query) -> Said {
    let name = short(&query.name);
    let ended = match (CellNews::of(query.state), name.is_empty()) {
        (CellNews::Failed, false) => say!("“%1” failed.", name),
        (CellNews::Failed, true) => say!("A query failed."),
        (CellNews::Canceled, false) => say!("“%1” was canceled.", name),
        (CellNews::Canceled, true) => say!("A query was canceled."),
        (_, false) => say!("“%1” has ended.", name),
        (_, true) => say!("A query has ended."),
    };
    ended.then(ran(query.elapsed_ms / 1000))
}

pub(crate) fn spark_gone() -> Said {
    say!("Spark went away while the cell ran.")
}

fn ran(seconds: u64) -> Said {
    match (seconds / 3600, seconds / 60 % 60) {
        (0, 0) => say!("It ran %1s.", seconds),
        (0, minutes) => say!("It ran %1m %2s.", minutes, seconds % 60),
        (hours, minutes) => say!("It ran %1h %2m.", hours, minutes),
    }
}

fn short(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        return name.to_owned();
    }
    name.chars().take(LONGEST_NAME - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_it_ran_is_said_in_the_two_largest_units() {
        let said: Vec<_> = [0, 59, 60, 3_599, 3_600, 90_061].map(|seconds| ran(seconds).to_string()).into();
        assert_eq!(
            said,
            ["It ran 0s.", "It ran 59s.", "It ran 1m 0s.", "It ran 59m 59s.", "It ran 1h 0m.", "It ran 25h 1m."]
        );
    }

    #[test]
    fn a_long_name_is_cut_so_that_what_follows_is_seen() {
        assert_eq!(short("select 1"), "select 1");
        assert_eq!(short(&"ä".repeat(51)), format!("{}…", "ä".repeat(49)));
    }
}
