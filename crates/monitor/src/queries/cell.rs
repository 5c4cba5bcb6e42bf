//! The query that a cell of a notebook waits for, among a driver's queries.

use wire::{Query, QueryState};

use super::{draft::Draft, drafts::drafts, ending::Ending, snapshot::Snapshot};

/// How far times of Spark's clock and ours may be apart, milliseconds: it is measured to a second.
const TOLERANCE_MS: i64 = 2_000;

/// A cell of a notebook. Times are milliseconds since 1970, by our clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Its session of Spark Connect; none if all queries of the driver are the notebook's.
    pub session_id: Option<String>,
    pub begin_ms: i64,
    /// None while it runs.
    pub end_ms: Option<i64>,
    /// How long a query must have run during the cell.
    pub least_ms: u64,
}

impl Cell {
    fn owns(&self, draft: &Draft<'_>) -> bool {
        self.session_id.is_none() || self.session_id == draft.session_id
    }

    /// Whether a query began in this cell, and ran long enough before the cell's end: one of the next cell did not.
    fn waits_for(&self, begin_ms: i64, end_ms: i64) -> bool {
        let end_ms = self.end_ms.map_or(end_ms, |cell_end_ms| end_ms.min(cell_end_ms.saturating_add(TOLERANCE_MS)));
        let ran_ms = end_ms.saturating_sub(begin_ms);
        begin_ms >= self.begin_ms.saturating_sub(TOLERANCE_MS)
            && u64::try_from(ran_ms).is_ok_and(|ran_ms| ran_ms >= self.least_ms)
    }
}

impl Snapshot {
    /// Whether the driver knows the cell's session. It learns of one with its first query.
    #[must_use]
    pub fn knows_session_of(&self, cell: &Cell) -> bool {
        cell.session_id.is_none() || drafts(&self.queries, &self.stages).iter().any(|draft| cell.owns(draft))
    }

    /// The cell's longest query that runs; else the longest one that failed, else that was canceled, else that ended.
    #[must_use]
    pub fn of_cell(&self, cell: &Cell) -> Option<Query> {
        let drafts = drafts(&self.queries, &self.stages);
        let endings = drafts.iter().filter(|draft| cell.owns(draft)).filter_map(|draft| {
            let ending = Ending::of(draft, &self.stages, self.time);
            let (begin_ms, end_ms) = (self.time.to_ours(draft.begin_ms), self.time.to_ours(ending.end_ms));
            cell.waits_for(begin_ms, end_ms).then_some((draft, ending))
        });
        let (draft, _) = endings.max_by_key(|(draft, ending)| (rank(ending.state), draft.elapsed_ms(ending.end_ms)))?;
        Some(self.shown(draft))
    }
}

/// Which query of a cell matters most.
fn rank(state: QueryState) -> u8 {
    match state {
        QueryState::Running | QueryState::Silent => 3,
        QueryState::Failed => 2,
        QueryState::Canceled => 1,
        QueryState::Succeeded | QueryState::Unknown => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_belongs_to_the_cell_in_which_it_began_and_ran() {
        let cell = |end_ms| Cell { session_id: None, begin_ms: 100_000, end_ms, least_ms: 3_000 };
        let (runs, ended) = (cell(None), cell(Some(110_000)));
        assert!(runs.waits_for(100_500, 110_000) && ended.waits_for(100_500, 110_000));
        assert!(!runs.waits_for(100_500, 103_000), "it is too short");
        assert!(ended.waits_for(98_500, 111_500), "the clocks are a second apart");
        assert!(!runs.waits_for(90_000, 110_000), "an earlier cell left it behind");
        assert!(ended.waits_for(106_000, 300_000), "the cell was interrupted, and Spark ended it later");
        assert!(!ended.waits_for(110_200, 300_000), "the next cell runs it");
        assert!(!ended.waits_for(120_000, 125_000), "a later cell ran it");
    }
}
