//! Usage over the last minutes, recorded whenever somebody looks.

use std::{
    collections::VecDeque,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

use moka::sync::Cache;
use wire::{History, Meter, Point};

use crate::{Whose, cached::IDLE, clock};

/// How far back the history goes, milliseconds.
const WINDOW_MS: i64 = 600_000;
/// Samples closer together than this become one point, milliseconds: ten minutes of one series stay within 120 points.
const SAME_POINT_MS: u32 = 5_000;

/// What the master reported at one moment.
#[derive(Clone, Copy, Debug)]
pub struct ClusterSample {
    pub cores: Meter,
    pub memory_mib: Meter,
}

/// The application whose tasks are recorded; none for whichever was the newest at each moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TasksOf {
    pub whose: Whose,
    pub app_id: Option<String>,
}

/// The history of all clusters and, separately, of applications' tasks.
#[derive(Debug)]
pub struct Samples {
    clusters: Tracks<Whose, ClusterSample>,
    tasks: Tracks<TasksOf, Meter>,
}

type Tracks<K, S> = Cache<K, Arc<Mutex<Track<S>>>>;

/// One series, oldest first.
#[derive(Debug)]
struct Track<S>(VecDeque<(i64, S)>);

impl Samples {
    #[must_use]
    pub fn new(entries: u64) -> Self {
        Self { clusters: tracks(entries), tasks: tracks(entries) }
    }

    /// Records a sample taken at `at_ms`; recording the same one again changes nothing.
    pub fn record_cluster(&self, whose: &Whose, at_ms: i64, sample: ClusterSample) {
        record(&self.clusters, whose, at_ms, sample);
    }

    /// Records running tasks and their slots.
    pub fn record_tasks(&self, of: &TasksOf, at_ms: i64, tasks: Meter) {
        record(&self.tasks, of, at_ms, tasks);
    }

    /// The last minutes, oldest first, of somebody who asks at least every `poll_ms`. Samples that are much further apart
    /// are not joined.
    #[must_use]
    pub fn of(&self, asked: &TasksOf, now_ms: i64, poll_ms: u32) -> History {
        let cluster = samples(&self.clusters, &asked.whose, now_ms);
        let tasks = samples(&self.tasks, asked, now_ms);
        let (newest, slots) = (cluster.last().map(|(_, sample)| *sample), tasks.last().map(|(_, tasks)| *tasks));
        History {
            points: points(&cluster, &tasks),
            window_ms: u32::try_from(WINDOW_MS).unwrap_or(u32::MAX),
            gap_ms: poll_ms.max(SAME_POINT_MS).saturating_mul(5) / 2,
            cores_total: newest.map(|sample| small(sample.cores.total)),
            memory_total_mib: newest.map(|sample| sample.memory_mib.total),
            task_slots: slots.map(|tasks| small(tasks.total)),
        }
    }
}

fn tracks<K: Eq + Hash + Send + Sync + 'static, S: Send + Sync + 'static>(entries: u64) -> Tracks<K, S> {
    Cache::builder().max_capacity(entries).time_to_idle(IDLE).build()
}

fn record<K, S>(tracks: &Tracks<K, S>, key: &K, at_ms: i64, sample: S)
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    S: Send + Sync + 'static,
{
    let track = tracks.get_with_by_ref(key, || Arc::new(Mutex::new(Track(VecDeque::new()))));
    track.lock().unwrap_or_else(PoisonError::into_inner).record(clock::now_ms(), at_ms, sample);
}

fn samples<K, S>(tracks: &Tracks<K, S>, key: &K, now_ms: i64) -> Vec<(i64, S)>
where
    K: Eq + Hash + Send + Sync + 'static,
    S: Copy + Send + Sync + 'static,
{
    let Some(track) = tracks.get(key) else { return Vec::new() };
    let mut track = track.lock().unwrap_or_else(PoisonError::into_inner);
    track.forget(now_ms);
    track.0.iter().copied().collect()
}

fn points(cluster: &[(i64, ClusterSample)], tasks: &[(i64, Meter)]) -> Vec<Point> {
    let of_cluster = cluster.iter().map(|(at_ms, ClusterSample { cores, memory_mib })| Point {
        at_ms: *at_ms,
        cores_used: Some(small(cores.used)),
        memory_used_mib: Some(memory_mib.used),
        active_tasks: None,
    });
    let of_tasks = tasks.iter().map(|(at_ms, tasks)| Point {
        at_ms: *at_ms,
        active_tasks: Some(small(tasks.used)),
        ..Point::default()
    });
    let mut points: Vec<Point> = of_cluster.chain(of_tasks).collect();
    points.sort_by_key(|point| point.at_ms);
    // Points this close belong to different series, because those of one series are further apart.
    points.dedup_by(|next, point| {
        let same = next.at_ms - point.at_ms < SAME_POINT_MS.into();
        if same {
            point.cores_used = point.cores_used.or(next.cores_used);
            point.memory_used_mib = point.memory_used_mib.or(next.memory_used_mib);
            point.active_tasks = point.active_tasks.or(next.active_tasks);
        }
        same
    });
    points
}

fn small(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

impl<S> Track<S> {
    fn record(&mut self, now_ms: i64, at_ms: i64, sample: S) {
        self.forget(now_ms);
        match self.0.back_mut() {
            Some((last_ms, _)) if at_ms < *last_ms => {}
            Some((last_ms, last)) if at_ms - *last_ms < SAME_POINT_MS.into() => *last = sample,
            _ => self.0.push_back((at_ms, sample)),
        }
    }

    /// Forgets samples from the future, taken before a clock was set back; they would keep out new ones.
    fn forget(&mut self, now_ms: i64) {
        self.0.retain(|(at_ms, _)| (now_ms - WINDOW_MS..=now_ms).contains(at_ms));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(track: &Track<u32>) -> Vec<i64> {
        track.0.iter().map(|(at_ms, _)| *at_ms).collect()
    }

    #[test]
    fn ten_minutes_are_kept_and_no_more() {
        let mut track = Track(VecDeque::new());
        for at_ms in (0..3_600_000).step_by(1000) {
            track.record(at_ms, at_ms, 1);
        }
        assert_eq!(track.0.len(), 120);
        assert!(times(&track).iter().all(|at_ms| *at_ms >= 2_999_000));
    }

    #[test]
    fn however_often_somebody_asks_neighbouring_samples_are_joined() {
        let (samples, asked) = (Samples::new(1), TasksOf { whose: Whose(None), app_id: None });
        let now_ms = clock::now_ms();
        for second in (0..60).step_by(2) {
            samples.record_tasks(&asked, now_ms - 60_000 + second * 1_000, Meter::new(1, 2));
        }
        let History { points, gap_ms, .. } = samples.of(&asked, now_ms, 2_000);
        assert!(points.len() > 5);
        assert!(points.windows(2).all(|pair| pair[1].at_ms - pair[0].at_ms <= i64::from(gap_ms)), "{points:?}");
    }

    #[test]
    fn samples_of_one_moment_are_one_point_whichever_came_first() {
        let meter = |used| Meter::new(used, 8);
        let cluster = |used| ClusterSample { cores: meter(used), memory_mib: meter(used) };
        let points = points(&[(1_000, cluster(2)), (200_000, cluster(4))], &[(500, meter(3)), (100_000, meter(5))]);
        let seen: Vec<_> = points.iter().map(|p| (p.at_ms, p.cores_used, p.active_tasks)).collect();
        assert_eq!(seen, [(500, Some(2), Some(3)), (100_000, None, Some(5)), (200_000, Some(4), None)]);
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_stop_the_history() {
        let mut track = Track(VecDeque::new());
        track.record(900_000, 900_000, 1);
        track.record(300_000, 300_000, 2);
        assert_eq!(times(&track), [300_000]);
    }
}
