//! The selected application and session.

use super::state::Model;
use crate::mine::{self, Choice};
use kit::loaded::Loaded;

impl Model {
    /// Whether there may be more than one application.
    pub fn may_choose(&self) -> bool {
        let listed = self.cluster.body().map_or(0, |cluster| cluster.apps_running + cluster.apps_waiting);
        listed > 1 || self.picked.is_some()
    }

    /// Forgets the application's data when another is selected.
    pub fn forget_app(&mut self) {
        self.executors = Loaded::default();
        self.stages = Loaded::default();
        self.queries = Loaded::default();
        self.findings = Loaded::default();
        self.dismissed.clear();
        self.query_stages = Loaded::default();
        self.history = Loaded::default();
        self.open_query = None;
        self.mine = None;
    }

    pub fn choose_session(&mut self, session_id: Option<String>) {
        let Some(notebook) = self.notebooks.iter().find(|notebook| notebook.current) else {
            return;
        };
        let notebook_id = notebook.id.clone();
        self.choices.retain(|choice| choice.notebook_id != notebook_id);
        self.choices.extend(session_id.map(|session_id| Choice { notebook_id, session_id }));
        self.find_mine();
    }

    pub fn find_mine(&mut self) {
        let ahead_ms = self.clock_ahead_ms.unwrap_or_default();
        let queries = self.queries.body();
        self.mine = queries.and_then(|queries| mine::mine(queries, &self.notebooks, &self.choices, ahead_ms));
    }
}
