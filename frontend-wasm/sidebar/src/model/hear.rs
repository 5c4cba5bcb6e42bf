//! Applies the results of polls.

use super::action::{Copyable, View};
use super::state::Model;
use crate::announce::{self, Affairs};
use kit::loaded::Loaded;
use kit::news::{News, Told, is_another};

/// If the measured clock difference changes by more than this, a clock has been set; milliseconds.
const CLOCK_SET_MS: i64 = 10_000;

impl Model {
    pub fn hear(&mut self, view: View, news: News) {
        self.notice_session(news.session);
        // The history is the sidecar's own memory, so it says nothing about the age of the rest.
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
            View::Findings => {
                self.findings.take_in(news);
                self.follow_findings();
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

    /// What a person did with a finding ends with it: the next one of its name is another.
    pub fn follow_findings(&mut self) {
        let findings = self.findings.body().map_or(&[][..], |found| &found.findings);
        self.dismissed.retain(|name| findings.iter().any(|finding| finding.name() == *name));
        self.copied = self.copied.filter(|copied| !matches!(copied.what, Copyable::Finding(_)));
    }

    /// Compares the clocks by means of the history, which is rarely old; other answers may be. Every answer is a little
    /// late, so the smallest difference is the best.
    pub fn compare_clocks(&mut self, news: &News) {
        if let Told::Answer { meta, age_ms, .. } = &news.told {
            let ahead_ms = news.at_ms - i64::from(*age_ms) - meta.observed_at_ms;
            // More than an answer can be late: somebody has set a clock.
            let known = self.clock_ahead_ms.filter(|known| (ahead_ms - known).abs() < CLOCK_SET_MS);
            self.clock_ahead_ms = Some(known.map_or(ahead_ms, |known| known.min(ahead_ms)));
        }
    }

    /// When the session changes, clears all views and polls them again.
    pub fn notice_session(&mut self, session: Option<u32>) {
        if is_another(self.session, session) {
            self.forget_app();
            self.cluster = Loaded::default();
            self.apps = Loaded::default();
            self.choices.clear();
            self.fresh_at_ms = None;
            self.refreshes += 1;
            self.session_changes += 1;
        }
        self.session = session.or(self.session);
    }
}

impl Model {
    /// Announces the situation if it has changed; numbers alone do not count.
    pub fn announce(&mut self) {
        let Some(affairs) = Affairs::of(&self.queries, self.mine.as_ref()) else {
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
        // The initial situation is visible on the screen, so it is not announced.
        self.announced_of = Some(affairs);
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use wasm_bindgen::JsValue;
    use wire::{Meta, Queries, Query, Tasks};

    use super::{Loaded, Model, News, Told};
    use kit::samples;

    #[test]
    fn an_answer_that_another_page_was_given_before_does_not_put_the_clocks_apart() {
        let mut model = Model::default();
        let mut ahead_ms = |at_ms: i64, age_ms: u32| {
            let meta = Meta { observed_at_ms: 50_000, ..samples::answer(()).meta };
            let told = Told::Answer { meta, json: JsValue::UNDEFINED, age_ms };
            model.compare_clocks(&News { at_ms, told, session: None });
            model.clock_ahead_ms
        };
        assert_eq!(
            [ahead_ms(70_300, 20_000), ahead_ms(50_010, 0), ahead_ms(54_900, 4_000)],
            [Some(300), Some(10), Some(10)]
        );
    }

    #[test]
    fn many_short_queries_are_not_read_out_one_by_one_and_a_warning_is_at_once() {
        let mut model = Model::default();
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
