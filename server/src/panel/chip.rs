//! `panel/chip`: the state of the cluster in one word, for the status bar.

use std::{collections::BTreeSet, iter, sync::Arc, time::Duration};

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use monitor::{
    AppFindings, AppQueries, AppStages, Applications, ClusterManager, ClusterState, Error, Observed, Selection,
    attention::{self, Facts},
    cluster_state,
};
use tokio::time;
use wire::{Activity, Answer, Chip, ChipState, ErrorBody, FindingRule, Sentences};

use super::poll::Poll;
use crate::{
    http::ApiError,
    words::{self, Said},
};

/// How long the chip waits to learn what runs. The fetch goes on in the background, so the next poll has the result.
const ACTIVITY_PATIENCE: Duration = Duration::from_secs(1);

/// State of the cluster and what runs.
#[utoipa::path(get, path = "/panel/chip", tag = "panel",
    params(("muted" = Option<String>, Query, description = "Rules whose findings need no attention, with commas between them")),
    responses(
        (status = 200, description = "The state of the cluster in one word", body = Answer<Chip>),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_chip(
    State(cluster_manager): State<Option<Arc<ClusterManager>>>,
    State(applications): State<Arc<Applications>>,
    State(findings): State<Arc<AppFindings>>,
    State(queries): State<Arc<AppQueries>>,
    State(stages): State<Arc<AppStages>>,
    RawQuery(query): RawQuery,
    poll: Poll,
) -> Result<Response, ApiError> {
    poll.answer(async || {
        // A slow or dead login service or driver must neither delay the chip nor make it show an error.
        let activity = time::timeout(ACTIVITY_PATIENCE, activity(&applications, &stages, &poll));
        let muted = muted(query.as_deref().unwrap_or_default());
        let facts = Facts { queries: &queries, findings: &findings, muted: &muted };
        let attention = attention(&applications, facts, &poll);
        let (state, activity, attention) =
            tokio::join!(state(cluster_manager.as_deref(), &applications, &poll), activity, attention);
        let attention = words::attention::attention(&attention.unwrap_or_default());
        // The panel says the rest.
        let first = |said: Said| said.sentences().into_iter().next().unwrap_or_default();
        let with_part = |(part, said): (String, Said)| iter::once(part).chain(first(said)).collect();
        let attention: Sentences = attention.into_iter().map(with_part).collect();
        let (state, activity) = (state?, activity.ok().flatten());
        let state = match &activity {
            Some(activity) => state.expiring_with(&activity.age),
            None => state.passing(),
        };
        let activity = activity.and_then(|activity| activity.value);
        let works = activity.is_some() || state.value.state == ChipState::Starting;
        let chip =
            state.map(|ClusterState { state, ready, wanted }| Chip { state, ready, wanted, activity, attention });
        Ok((chip, poll.panel.rates.stages(works)))
    })
    .await
}

/// The state by the cluster manager if there is one, else by the master or the driver.
async fn state(
    cluster_manager: Option<&ClusterManager>,
    applications: &Applications,
    poll: &Poll,
) -> Result<Observed<ClusterState>, ApiError> {
    if let Some(cluster_manager) = cluster_manager {
        let seen = cluster_manager.last_good(poll.sessions.token(&poll.session)?, poll.max_age).await?;
        return Ok(seen.try_map(|answer| Ok::<_, Error>(cluster_state::by_manager(answer.status()?)))?);
    }
    Ok(cluster_state::of_spark(applications, &poll.whose().await?, poll.max_age).await?)
}

/// What runs; `None` when that is unknown.
async fn activity(applications: &Applications, stages: &AppStages, poll: &Poll) -> Option<Observed<Option<Activity>>> {
    let whose = poll.whose().await.ok()?;
    let selection = Selection::of(applications, &whose, poll.max_age, None).await.ok()?;
    stages.activity(&selection).await
}

/// What needs attention; `None` when that is unknown. It is asked for at the slowest rate, however often the chip is
/// polled, because nobody may be looking at the panel.
async fn attention(applications: &Applications, facts: Facts<'_>, poll: &Poll) -> Option<attention::Attention> {
    let whose = time::timeout(ACTIVITY_PATIENCE, poll.whose()).await.ok()?.ok()?;
    let slow = Duration::from_millis(poll.panel.rates.slow().next_ms.into());
    let of_driver = (slow.max(poll.max_age), ACTIVITY_PATIENCE);
    Some(attention::of_spark(applications, facts, &whose, poll.max_age, of_driver).await)
}

/// The rules that a person has muted; a name that no rule has mutes nothing.
fn muted(query: &str) -> BTreeSet<FindingRule> {
    let values = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "muted");
    values.flat_map(|(_, keys)| keys.split(',').filter_map(FindingRule::of_key).collect::<Vec<_>>()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rules_can_be_muted() {
        let rules = |query| muted(query).into_iter().collect::<Vec<_>>();
        assert_eq!(rules("muted=spill,data_skew"), [FindingRule::DataSkew, FindingRule::Spill]);
        assert_eq!(rules("muted=spill,,x&other=starved"), [FindingRule::Spill]);
        assert!(rules("muted=").is_empty());
    }
}
