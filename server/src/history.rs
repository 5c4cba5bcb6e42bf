//! `panel/history`: what was in use during the last minutes, remembered whenever somebody looked.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{extract::State, http::HeaderMap, response::Response};
use moka::sync::Cache;
use utoipa_axum::{router::OpenApiRouter, routes};
use wire::{Answer, ErrorBody, History, Point};

use crate::{
    apps, clock,
    error::ApiError,
    panel,
    session::{Session, Whose},
    state::AppState,
};

/// How far back it reaches, milliseconds.
const WINDOW_MS: i64 = 600_000;
/// Samples closer together than this are one point, milliseconds: ten minutes stay within 120 points.
const SAME_POINT_MS: i64 = 5_000;
/// What nobody has asked for this long is forgotten.
const IDLE: Duration = Duration::from_secs(900);

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_history))
}

/// Cores, memory and tasks of the last ten minutes.
#[utoipa::path(get, path = "/panel/history", responses(
    (status = 200, description = "The last minutes, oldest first", body = Answer<History>),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
async fn get_history(
    State(state): State<AppState>,
    headers: HeaderMap,
    session: Session,
) -> Result<Response, ApiError> {
    let monitor = state.monitor()?;
    apps::lister_is_configured(monitor)?;
    let whose = monitor.sessions.whose(&session).await?;
    let gap_ms = monitor.limits.spark_monitor_poll_ms.saturating_mul(5) / 2;
    let body = monitor.histories.of(&whose, clock::now_ms(), gap_ms);
    Ok(panel::answer(monitor, &headers, panel::Freshness::default(), panel::Rate::slow(monitor), body))
}

/// One sample; what it does not tell stays unknown.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sample {
    pub cores: Option<(u64, u64)>,
    pub memory_mib: Option<(u64, u64)>,
    pub tasks: Option<(u32, u32)>,
}

/// The history of every cluster that is looked at.
#[derive(Debug)]
pub(crate) struct Histories(Cache<Whose, Arc<Mutex<Track>>>);

#[derive(Debug, Default)]
struct Track {
    points: VecDeque<Point>,
    cores_total: Option<u32>,
    memory_total_mib: Option<u64>,
    task_slots: Option<u32>,
}

impl Histories {
    pub fn new(entries: u64) -> Self {
        Self(Cache::builder().max_capacity(entries).time_to_idle(IDLE).build())
    }

    /// Remembers what was seen at `at_ms`; the same sample told again changes nothing.
    pub fn record(&self, whose: &Whose, at_ms: i64, sample: Sample) {
        let track = self.0.get_with_by_ref(whose, Arc::default);
        track.lock().unwrap_or_else(PoisonError::into_inner).record(at_ms, sample);
    }

    fn of(&self, whose: &Whose, now_ms: i64, gap_ms: u32) -> History {
        let window_ms = u32::try_from(WINDOW_MS).unwrap_or(u32::MAX);
        let Some(track) = self.0.get(whose) else {
            return History { window_ms, gap_ms, ..History::default() };
        };
        let mut track = track.lock().unwrap_or_else(PoisonError::into_inner);
        track.forget_before(now_ms - WINDOW_MS);
        History {
            points: track.points.iter().copied().collect(),
            window_ms,
            gap_ms,
            cores_total: track.cores_total,
            memory_total_mib: track.memory_total_mib,
            task_slots: track.task_slots,
        }
    }
}

impl Track {
    fn record(&mut self, at_ms: i64, sample: Sample) {
        self.forget_before(at_ms - WINDOW_MS);
        match self.points.back() {
            // An answer from a cache that is older than what is known already says nothing new.
            Some(last) if at_ms < last.at_ms => return,
            Some(last) if at_ms - last.at_ms < SAME_POINT_MS => {}
            _ => self.points.push_back(Point { at_ms, ..Point::default() }),
        }
        let Some(point) = self.points.back_mut() else { return };
        let small = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
        if let Some((used, total)) = sample.cores {
            (point.cores_used, self.cores_total) = (Some(small(used)), Some(small(total)));
        }
        if let Some((used, total)) = sample.memory_mib {
            (point.memory_used_mib, self.memory_total_mib) = (Some(used), Some(total));
        }
        if let Some((used, total)) = sample.tasks {
            (point.active_tasks, self.task_slots) = (Some(used), Some(total));
        }
    }

    fn forget_before(&mut self, oldest_ms: i64) {
        while self.points.front().is_some_and(|point| point.at_ms < oldest_ms) {
            self.points.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cores(used: u64) -> Sample {
        Sample { cores: Some((used, 8)), ..Sample::default() }
    }

    #[test]
    fn ten_minutes_are_kept_and_no_more() {
        let mut track = Track::default();
        for second in 0..3600 {
            track.record(second * 1000, cores(1));
        }
        assert_eq!(track.points.len(), 120);
        assert!(track.points.iter().all(|point| point.at_ms >= 2_999_000));
    }

    #[test]
    fn samples_of_one_moment_are_one_point_and_a_pause_leaves_a_gap() {
        let mut track = Track::default();
        track.record(1_000, cores(2));
        track.record(1_500, Sample { tasks: Some((3, 8)), ..Sample::default() });
        track.record(200_000, cores(4));
        track.record(100_000, cores(9));
        let seen: Vec<_> = track.points.iter().map(|p| (p.at_ms, p.cores_used, p.active_tasks)).collect();
        assert_eq!(seen, [(1_000, Some(2), Some(3)), (200_000, Some(4), None)]);
    }
}
