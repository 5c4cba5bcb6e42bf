//! What the parts of the panel are drawn from, and where they report.

use yew::{Callback, MouseEvent, NodeRef};

use crate::model::{Act, Action, Model};

/// What every part that folds, sorts or copies needs: what is known, where to report.
#[derive(Clone, Copy)]
pub struct Panel<'a> {
    pub model: &'a Model,
    pub act: &'a Act,
    /// Where a long table scrolls.
    pub table: &'a NodeRef,
}

impl Panel<'_> {
    /// What a click does.
    pub fn on_click(&self, action: Action) -> Callback<MouseEvent> {
        self.act.reform(move |_| action.clone())
    }
}
