//! `export/shipments/plan`: what a delivery would change. Nothing is pushed.

use std::sync::Arc;

use axum::{Json, extract::State};
use wire::{
    ErrorBody,
    export::{GitChange, GitPlan, NewShipment},
};

use super::{Place, agreed::agreed, errors, folder};
use crate::{
    export::{
        Exports,
        git::{self, Content},
        turn::Turn,
    },
    http::{ApiError, Caller, JsonBody},
};

/// Each file that a delivery would change, with what is there now.
#[utoipa::path(post, path = "/export/shipments/plan", tag = "export", request_body = NewShipment, responses(
    (status = 200, description = "What would change", body = GitPlan),
    (status = 409, description = "The notebook is not the one that was shown (`conflict`)", body = ErrorBody),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn plan(
    State(exports): State<Arc<Exports>>,
    _: Caller,
    turn: Turn,
    JsonBody(new): JsonBody<NewShipment>,
) -> Result<Json<GitPlan>, ApiError> {
    let place = exports.place()?;
    let agreed = agreed(&exports, &new, turn).await?;
    let folder = agreed.converted.dag_id.as_str();
    Ok(Json(match place {
        Place::Repository(repository) => {
            let delivery = git::Delivery { folder, files: &agreed.files };
            shown(repository.plan(&delivery).await.map_err(|error| errors::git(&error))?)
        }
        Place::Folder(workflows) => {
            folder::plan(workflows, folder, agreed.files).await.map_err(|error| errors::folder(&error))?
        }
    }))
}

/// A file's content for people.
pub(super) fn text(content: Content) -> String {
    match content {
        Content::Text(text) => text,
        Content::Opaque { bytes } => format!("({bytes} bytes)"),
    }
}

/// As it is sent.
pub(super) fn shown(plan: git::Plan) -> GitPlan {
    let change = |change: git::Change| GitChange {
        path: change.path,
        was: change.was.map(text),
        becomes: change.becomes.map(text),
        is_ours: change.ours,
    };
    GitPlan {
        head: plan.head,
        folder: plan.folder,
        changes: plan.changes.into_iter().map(change).collect(),
        plan: plan.seen,
    }
}
