//! `history/cluster`: the cluster's numbers over time.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State};
use history_store::{DAY_MS, HOUR_MS, PointRow, Store, StoreError};
use monitor::clock;
use serde::Deserialize;
use wire::{
    ErrorBody,
    past::{Series, SeriesPoint},
};

use super::{History, collector::CLUSTER, owner::Owner, unreadable};
use crate::http::{ApiError, Parameters};

/// Points of an answer; more do not fit on a screen.
const POINTS: i64 = 800;
/// Samples are shown up to this length, then hours, then days; milliseconds.
const SAMPLES_MS: i64 = 12 * HOUR_MS;
const HOURS_MS: i64 = 33 * DAY_MS;
/// A value holds two and a half steps, milliseconds: of samples, those while nothing runs.
const GAP_MS: i64 = 750_000;

#[derive(Deserialize)]
pub(crate) struct Span {
    from_ms: Option<i64>,
    to_ms: Option<i64>,
}

/// Cores, memory, workers and applications: samples of up to twelve hours, hourly means of up to a month, else daily
/// ones.
#[utoipa::path(get, path = "/history/cluster", tag = "history",
    params(
        ("from_ms" = Option<i64>, Query, description = "Milliseconds since 1970; an hour before the end when absent"),
        ("to_ms" = Option<i64>, Query, description = "Milliseconds since 1970; now when absent"),
    ),
    responses(
        (status = 200, description = "The newest points, oldest first", body = Series),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_cluster(
    State(history): State<Arc<History>>,
    Owner(owner): Owner,
    Parameters(Span { from_ms, to_ms }): Parameters<Span>,
) -> Result<Json<Series>, ApiError> {
    let to_ms = to_ms.unwrap_or_else(clock::now_ms);
    let from_ms = from_ms.unwrap_or_else(|| to_ms.saturating_sub(HOUR_MS));
    let store = history.read().await?;
    Ok(Json(series(&store, &owner, CLUSTER, (from_ms, to_ms)).await.map_err(unreadable)?))
}

/// One component's numbers in a span of time.
pub(crate) async fn series(
    store: &Store,
    owner: &str,
    (kind, name): (&str, &str),
    (from_ms, to_ms): (i64, i64),
) -> Result<Series, StoreError> {
    let Some(component) = store.component(owner, kind, name).await? else { return Ok(Series::default()) };
    let length_ms = to_ms.saturating_sub(from_ms);
    let (step_ms, gap_ms) = if length_ms <= SAMPLES_MS {
        (0, GAP_MS)
    } else if length_ms <= HOURS_MS {
        (HOUR_MS, HOUR_MS)
    } else {
        (DAY_MS, DAY_MS)
    };
    let earliest_ms = from_ms.saturating_sub(gap_ms - 1);
    let rows = store.points(component.component_id, step_ms, (earliest_ms, to_ms), POINTS).await?;
    // The point that holds at the beginning belongs to it; older ones do not.
    let first = rows.iter().rposition(|row| row.at_ms <= from_ms).unwrap_or_default();
    Ok(Series { step_ms, gap_ms, points: rows.iter().skip(first).map(point).collect() })
}

fn point(row: &PointRow) -> SeriesPoint {
    let values = if row.covered_ms == 0 {
        let values: BTreeMap<String, f64> = serde_json::from_str(&row.vals).unwrap_or_default();
        values.into_iter().map(|(name, value)| (name, [value; 3])).collect()
    } else {
        let values: BTreeMap<String, [f64; 4]> = serde_json::from_str(&row.vals).unwrap_or_default();
        values.into_iter().map(|(name, [mean, least, greatest, _])| (name, [rounded(mean), least, greatest])).collect()
    };
    SeriesPoint { at_ms: row.at_ms, covered_ms: row.covered_ms, values }
}

/// Six digits: what lies behind them cannot be seen in a chart, and would be a tenth of the bytes.
fn rounded(mean: f64) -> f64 {
    format!("{mean:.5e}").parse().unwrap_or(mean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_has_six_digits_and_whole_numbers_have_no_fraction() {
        let vals =
            r#"{"cores_used":[47.61666666666667,0.0,96.0,3.0],"memory_used_mib":[49237.26666,1024.5,98304.0,1.0]}"#;
        let row = PointRow { at_ms: 1, covered_ms: 2, vals: vals.into() };
        assert_eq!(
            serde_json::to_string(&point(&row)).unwrap(),
            r#"{"at_ms":1,"covered_ms":2,"values":{"cores_used":[47.6167,0,96],"memory_used_mib":[49237.3,1024.5,98304]}}"#
        );
    }
}
