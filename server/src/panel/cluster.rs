//! `panel/cluster`: the cluster as a whole.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use monitor::{AppExecutors, Applications, Error, Observed, Samples, Selection, cluster, samples::ClusterSample};
use wire::{Answer, Cluster, ErrorBody};

use super::{poll::Poll, rate::Rate};
use crate::{http::ApiError, words::attention};

/// Workers, cores and memory.
#[utoipa::path(get, path = "/panel/cluster", tag = "panel", responses(
    (status = 200, description = "The cluster as a whole", body = Answer<Cluster>),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn panel_cluster(
    State(applications): State<Arc<Applications>>,
    State(executors): State<Arc<AppExecutors>>,
    State(samples): State<Arc<Samples>>,
    poll: Poll,
) -> Result<Response, ApiError> {
    poll.answer(async || observe(&applications, &executors, &samples, &poll).await).await
}

pub(super) async fn observe(
    applications: &Applications,
    executors: &AppExecutors,
    samples: &Samples,
    poll: &Poll,
) -> Result<(Observed<Cluster>, Rate), ApiError> {
    applications.check_lister()?;
    let whose = poll.whose().await?;
    // Without an answer nobody knows whether a session could connect.
    let shown = |seen| {
        let seen = cluster::with_honest_states(seen);
        seen.map(|cluster| Cluster { start_code: poll.panel.start_code.of(&cluster), ..cluster })
    };
    let Ok(masters) = applications.masters() else {
        let selection = Selection::of(applications, &whose, poll.max_age, None).await?;
        let seen = executors.as_cluster(&selection).await?;
        return Ok((shown(seen), poll.panel.rates.slow()));
    };
    let seen = masters.last_good(&whose, poll.max_age).await?;
    let seen = seen.try_map(|answer| {
        let state = answer.state()?;
        let trouble = attention::trouble(cluster::condition(state)).unwrap_or_default().sentences();
        Ok::<_, Error>(Cluster { trouble, ..cluster::summary(state, answer.clock_ahead_ms) })
    })?;
    let Cluster { cores, memory_mib, .. } = seen.value;
    if let Some(memory_mib) = memory_mib {
        samples.record_cluster(&whose, seen.observed_at_ms(), ClusterSample { cores, memory_mib });
    }
    Ok((shown(seen), poll.panel.rates.slow()))
}
