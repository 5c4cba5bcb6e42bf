//! The context that all parts of the panel share.

use yew::{Callback, MouseEvent, NodeRef};

use crate::model::{Act, Action, Model};

/// What every part needs: the model, and a callback for actions.
#[derive(Clone, Copy)]
pub struct Panel<'a> {
    pub model: &'a Model,
    pub act: &'a Act,
    /// The scrolling element of a long table.
    pub table: &'a NodeRef,
}

impl Panel<'_> {
    /// A click handler that sends an action.
    pub fn on_click(&self, action: Action) -> Callback<MouseEvent> {
        self.act.reform(move |_| action.clone())
    }
}
