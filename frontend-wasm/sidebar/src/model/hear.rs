//! Takes in what the polls bring.

use super::action::View;
use super::state::Model;
use crate::announce::{self, Affairs};
use kit::loaded::Loaded;
use kit::news::{News, Told, is_another};

/// Two answers that disagree by more about the clocks' difference are of different clocks; milliseconds.
const CLOCK_SET_MS: i64 = 10_000;

impl Model {
    pub fn hear(&mut self, view: View, news: News) {
        self.notice_session(news.session);
        // The history is the sidecar's own memory and says nothing of how old the rest is.
        if view != View::History && !matches!(news.told, Told::Failed(_)) {
            let fresh_at_ms = news.at_ms - i64::from(news.told.age_ms());
            self.fresh_at_ms = self.fresh_at_ms.max(Some(fresh_at_ms));
            if view == View::Queries {
                self.queries_at_ms = fresh_at_ms;
            }
        }
        self.now_ms = news.at_ms;
        match view {
            View::Cluster => self.cluster.take_in(news),
            View::Apps => self.apps.take_in(news),
            View::Executors => self.executors.take_in(news),
            View::Stages => self.stages.take_in(news),
            View::Queries => {
                self.queries.take_in(news);
                self.find_mine();
            }
            View::QueryStages => self.query_stages.take_in(news),
            View::History => {
                self.compare_clocks(&news);
                self.history.take_in(news);
                self.find_mine();
            }
        }
        self.announce();
    }

    /// Compares the clocks by the history, which the sidecar makes as it is asked; any other answer may be the same as one
    /// long ago. Every answer is some way late, so that the least difference is the best.
    pub fn compare_clocks(&mut self, news: &News) {
        if let Told::Answer { meta, .. } = &news.told {
            let ahead_ms = news.at_ms - meta.observed_at_ms;
            // Further apart than an answer can be late: somebody has set a clock.
            let known = self.clock_ahead_ms.filter(|known| (ahead_ms - known).abs() < CLOCK_SET_MS);
            self.clock_ahead_ms = Some(known.map_or(ahead_ms, |known| known.min(ahead_ms)));
        }
    }

    /// Another session's data goes from all views at once, and they are asked for again.
    pub fn notice_session(&mut self, session: Option<u32>) {
        if is_another(self.session, session) {
            self.forget_app();
            self.cluster = Loaded::default();
            self.apps = Loaded::default();
            self.choices.clear();
            self.fresh_at_ms = None;
            self.refreshes += 1;
        }
        self.session = session.or(self.session);
    }
}

impl Model {
    /// Says what is the case when that is something else than before; numbers alone are nothing else.
    pub fn announce(&mut self) {
        let stages = self.stages.body();
        let Some(affairs) = stages.and_then(|stages| Affairs::of(&self.queries, stages, self.mine.as_ref())) else {
            return;
        };
        if let Some(before) = &self.announced_of {
            let is_soon = (0..announce::RARELY_MS).contains(&(self.now_ms - self.announced_at_ms));
            if *before == affairs || (is_soon && before.warns_like(&affairs)) {
                return;
            }
            self.announced = announce::sentence(self.queries.body(), self.mine.as_ref(), &affairs);
            self.announced_at_ms = self.now_ms;
        }
        // What is so from the beginning is on the screen already.
        self.announced_of = Some(affairs);
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use wire::{Queries, Query, Tasks};

    use super::{Loaded, Model};
    use kit::samples;

    #[test]
    fn many_short_queries_are_not_read_out_one_by_one_and_a_warning_is_at_once() {
        let mut model =
            Model { stages: Loaded::default().after(Ok(samples::answer(samples::stages())), 0), ..Model::default() };
        let mut said = |id: &str, failed: u32, now_ms: i64| {
            let query = Query { tasks: Tasks { failed, ..Tasks::default() }, ..samples::query(id) };
            let queries = Queries { running: vec![query], ..samples::queries() };
            model.queries = Loaded::default().after(Ok(samples::answer(queries)), now_ms);
            model.now_ms = now_ms;
            model.announced.clear();
            model.announce();
            !model.announced.is_empty()
        };
        let heard = [said("a", 0, 50_000), said("b", 0, 60_000), said("c", 0, 62_000), said("c", 1, 64_000)];
        assert_eq!(heard, [false, true, false, true], "at first it is on the screen");
        assert!(!said("d", 1, 66_000) && said("d", 1, 74_000), "late, and not lost");
    }
}
