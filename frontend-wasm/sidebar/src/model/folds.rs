//! What is expanded: sections, and one query.

use std::rc::Rc;

use wire::Query;

use super::state::Model;
use crate::preferences::Preferences;
use kit::loaded::Loaded;

impl Model {
    /// Whether a query is expanded.
    pub fn is_expanded(&self, query: &Query) -> bool {
        self.open_query.as_ref() == Some(&query.query_id)
    }

    /// Whether a section is expanded.
    pub fn is_open(&self, section: &str) -> bool {
        let is_in = |list: &[String]| list.iter().any(|listed| listed == section);
        is_in(&self.toggled) == is_in(&self.preferences.folded)
    }

    /// A changed setting overrides sections that were toggled by hand.
    pub fn obey(&mut self, preferences: Rc<Preferences>) {
        let old = &self.preferences.folded;
        self.toggled.retain(|section| old.contains(section) == preferences.folded.contains(section));
        self.preferences = preferences;
    }

    pub fn toggle(&mut self, part: String) {
        match self.toggled.iter().position(|toggled| *toggled == part) {
            Some(index) => {
                self.toggled.swap_remove(index);
            }
            None => self.toggled.push(part),
        }
    }

    pub fn toggle_query(&mut self, query_id: String) {
        self.open_query = if self.open_query.as_ref() == Some(&query_id) { None } else { Some(query_id) };
        self.query_stages = Loaded::default();
    }
}
