//! What screen readers announce: rarely, and only when the situation changes, not just its numbers.

use wire::{Queries, Query};

use crate::mine::Mine;
use kit::i18n::{Message, tr};
use kit::loaded::Loaded;

/// Least time between two announcements, except warnings.
pub const RARELY_MS: i64 = 10_000;

/// The situation, without the numbers that change all the time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Affairs {
    /// The running query.
    running: Option<String>,
    /// The query that ended last.
    ended: Option<String>,
    spilled: bool,
    tasks_failed: bool,
    /// Some of the data is old.
    is_old: bool,
}

impl Affairs {
    /// None until everything is known.
    pub fn of(queries: &Loaded<Queries>, mine: Option<&Mine>) -> Option<Self> {
        let is_old = queries.trouble().is_some();
        let queries = queries.body()?;
        let running = running(queries, mine);
        Some(Self {
            running: running.map(|query| query.query_id.clone()),
            ended: queries.recent.first().map(|query| query.query_id.clone()),
            spilled: queries.running.iter().chain(&queries.recent).any(|query| query.spilled.is_some()),
            tasks_failed: running.is_some_and(|query| query.tasks.failed > 0),
            is_old,
        })
    }

    /// Whether both have the same warnings.
    pub fn warns_like(&self, other: &Self) -> bool {
        let warnings = |affairs: &Self| [affairs.spilled, affairs.tasks_failed, affairs.is_old];
        warnings(self) == warnings(other)
    }
}

/// The person's own query, otherwise the newest.
fn running<'a>(queries: &'a Queries, mine: Option<&Mine>) -> Option<&'a Query> {
    let running = &queries.running;
    let of_mine = mine.and_then(|mine| running.iter().find(|query| mine.owns(query)));
    of_mine.or_else(|| running.first())
}

/// The sentence for the situation, with its current numbers.
pub fn sentence(queries: Option<&Queries>, mine: Option<&Mine>, affairs: &Affairs) -> String {
    let running = queries.and_then(|queries| running(queries, mine));
    let mut sentences = vec![tr(match running {
        Some(Query { stages_total: 0, .. }) => Message::NowRunning,
        Some(query) => Message::NowRunningStage {
            stage: (query.stages_done + 1).min(query.stages_total),
            stages: query.stages_total,
            percent: query.tasks.percent(),
        },
        None => Message::NoRunningQueries,
    })];
    let warnings = [
        (affairs.spilled, Message::WarningSpill),
        (affairs.tasks_failed, Message::WarningTasksFailed),
        (affairs.is_old, Message::WarningOld),
    ];
    let warned = sentences.len();
    sentences.extend(warnings.into_iter().filter(|(holds, _)| *holds).map(|(_, warning)| tr(warning)));
    if sentences.len() == warned {
        sentences.push(tr(Message::NoWarnings));
    }
    sentences.join(" ")
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use wire::{Queries, Query, Tasks};

    use super::{Affairs, sentence};
    use kit::loaded::Loaded;
    use kit::samples;

    fn affairs(queries: Queries) -> Option<Affairs> {
        Affairs::of(&Loaded::default().after(Ok(samples::answer(queries)), 0), None)
    }

    fn running(done: u32, failed: u32) -> Queries {
        let tasks = Tasks { total: 100, done, failed, ..Tasks::default() };
        let query = Query { tasks, stages_done: 3, stages_total: 7, ..samples::query("a") };
        Queries { running: vec![query], ..samples::queries() }
    }

    fn said(queries: &Queries) -> String {
        let affairs = affairs(queries.clone());
        affairs.map(|affairs| sentence(Some(queries), None, &affairs)).unwrap_or_default()
    }

    #[test]
    fn stage_share_and_warnings_are_said() {
        assert_eq!(said(&running(63, 0)), "A query is running: stage 4 of 7, 63%. There are no warnings.");
        assert_eq!(
            said(&Queries { recent: vec![samples::spilled("b")], ..running(63, 2) }),
            "A query is running: stage 4 of 7, 63%. Warning: data was spilled to disk. Warning: tasks have failed."
        );
        assert_eq!(said(&samples::queries()), "No query is running. There are no warnings.");
    }

    #[test]
    fn a_number_that_changes_is_nothing_new_and_a_warning_is() {
        let calm = affairs(running(1, 0));
        assert_eq!(calm, affairs(running(63, 0)));
        assert_ne!(calm, affairs(running(63, 1)));
        assert_ne!(calm, affairs(samples::queries()));
    }
}
