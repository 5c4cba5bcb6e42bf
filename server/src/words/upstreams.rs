//! Sentences about failed upstream calls. They contain no host name.

use upstream::{Hop, Upstream, UpstreamError, UpstreamErrorKind};

use super::{Said, say, subject};

/// An upstream's name at the beginning of a sentence.
pub(crate) fn name_of(upstream: Upstream) -> &'static str {
    match upstream {
        Upstream::Auth2 => subject!("The login service"),
        Upstream::ClusterManager => subject!("The cluster manager"),
        Upstream::Master => subject!("The Spark Master"),
        Upstream::Driver => subject!("The Spark driver"),
        Upstream::HistoryServer => subject!("Spark's history server"),
    }
}

/// A sentence about why a call failed, with `who` as its subject.
pub(crate) fn failure(who: &'static str, kind: &UpstreamErrorKind) -> Said {
    match kind {
        UpstreamErrorKind::Unreachable(_) => say!("%1 could not be reached."; who),
        UpstreamErrorKind::Timeout(after) => say!("%1 gave no answer within %2 s."; who, after.as_secs_f32()),
        UpstreamErrorKind::Status { status, .. } => say!("%1 answered with status %2."; who, status),
        UpstreamErrorKind::NotJson(_) => say!("%1 answered with a web page instead of JSON."; who),
        UpstreamErrorKind::Starting => say!("%1 is starting up."; who),
        UpstreamErrorKind::Shape(_) => say!("%1 answered with JSON of an unexpected shape."; who),
        UpstreamErrorKind::Cut(_) => say!("%1 broke off in the middle of its answer."; who),
        UpstreamErrorKind::TooLarge(limit) => say!("%1 answered more than %2 bytes."; who, limit),
        UpstreamErrorKind::NoAddress => say!("%1 has no known address."; who),
        UpstreamErrorKind::Overloaded => {
            say!("%1 was not asked, because the monitor makes too many calls at this moment."; who)
        }
        UpstreamErrorKind::Lost => say!("%1 was not asked because of a fault in the monitor."; who),
    }
}

/// Sentences about how each hop failed in the search for the driver.
pub(crate) fn search(error: &UpstreamError) -> Said {
    error.tried.iter().map(|(hop, kind)| failure(hop_name(*hop), kind)).fold(Said::default(), Said::then)
}

fn hop_name(hop: Hop) -> &'static str {
    match hop {
        Hop::Configured => subject!("The configured address (SPARK_APP_UI_URL)"),
        Hop::ReverseProxy => subject!("The master's reverse proxy"),
        Hop::Link => subject!("The address in the master's page"),
    }
}

/// What to do when it cannot be reached.
pub(crate) fn unreachable_hint(who: Upstream) -> Said {
    match who {
        Upstream::Auth2 | Upstream::ClusterManager | Upstream::HistoryServer => {
            say!("It is asked again automatically; if the problem persists, tell the administrator.")
        }
        Upstream::Master => say!("Check that your Spark cluster runs; it may have been stopped."),
        Upstream::Driver => say!("It is asked again automatically.").then(way_to_the_driver()),
    }
}

/// What to do when it does not let the monitor in.
pub(crate) fn forbidden_hint(who: Upstream) -> Said {
    match who {
        Upstream::Auth2 | Upstream::ClusterManager => say!("Ask the administrator for access to Spark clusters."),
        Upstream::Master | Upstream::Driver | Upstream::HistoryServer => {
            say!("The administrator can give the monitor a token in SPARK_UI_TOKEN.")
        }
    }
}

/// What to do when its answer makes no sense.
pub(crate) fn invalid_hint(who: Upstream) -> Said {
    match who {
        Upstream::Auth2 => say!("Check KBASE_AUTH_URL; if it is right, the login service is out of order."),
        Upstream::ClusterManager => {
            say!("Check SPARK_CLUSTER_MANAGER_API_URL; if it is right, the manager is out of order.")
        }
        Upstream::Master => say!("Check that the address and port are those of the Spark Master's web page."),
        Upstream::Driver => way_to_the_driver(),
        Upstream::HistoryServer => {
            say!("Check SPARK_MONITOR_HISTORY_SERVER_URL; if it is right, the history server is out of order.")
        }
    }
}

fn way_to_the_driver() -> Said {
    say!(
        "The administrator can set spark.ui.reverseProxy=true, set SPARK_APP_UI_URL, or let this server reach the driver's port 4040."
    )
}

/// The upstream's own words.
pub(crate) fn message(message: &str) -> Said {
    say!("It says: %1", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_says_how_each_hop_failed() {
        let tried = vec![
            (Hop::ReverseProxy, UpstreamErrorKind::NotJson("text/html".into())),
            (Hop::Link, UpstreamErrorKind::Unreachable("refused".into())),
        ];
        let error = UpstreamError { tried, ..UpstreamError::lost() };
        assert_eq!(
            search(&error).to_string(),
            "The master's reverse proxy answered with a web page instead of JSON. \
             The address in the master's page could not be reached."
        );
    }
}
