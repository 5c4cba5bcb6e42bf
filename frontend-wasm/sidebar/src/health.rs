//! Whether the cluster is well, as both the first sentence and the cluster's line say it.

use wire::Cluster;

use crate::model::Model;
use kit::language;

/// What is wrong with the cluster; none while it is well.
pub fn trouble(cluster: &Cluster) -> Option<String> {
    let first = cluster.trouble.first()?;
    Some(language::said(first.first().map(String::as_str).unwrap_or_default(), &cluster.trouble))
}

/// When the cluster was last seen alive, if nothing says that it still is: not while the sidecar does not answer, either.
pub fn last_seen_alive_ms(model: &Model, cluster: &Cluster) -> Option<i64> {
    let by_us = || (cluster.is_alive() && model.cluster.problem.is_some()).then_some(model.cluster.heard_at_ms);
    cluster.last_seen_alive_ms.or_else(by_us)
}
