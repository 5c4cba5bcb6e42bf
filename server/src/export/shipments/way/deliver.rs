//! Delivers a job: a workflow to its repository or folder, or the files of a job that is submitted.

use monitor::clock;
use notebook_job::File;

use super::{Load, What};
use crate::{
    export::{
        Exports,
        airflow::{
            self,
            shipped::{self, Shipped},
            state::Wish,
        },
        git::{self, Agreed},
        shipments::{
            Place, Standalone, errors, folder,
            follow::Follow,
            plan::folder_job,
            record::{Delivery, MergeRequest, Told},
        },
        standalone::{self, follow::Submission},
    },
    words::{errors::Explained, git as of_git},
};

/// Delivers a job; returns how that went, and the job if it is to be followed.
pub(super) async fn deliver(exports: &Exports, id: &str, dag_id: &str, load: Load) -> (Delivery, Option<Follow>) {
    let Load { files, plan, what } = load;
    match what {
        What::Workflow { message, wish } => deliver_workflow(exports, (id, dag_id), (files, plan, message), wish).await,
        What::Submission(submission) => deliver_submission(exports, (id, dag_id), (files, plan), submission).await,
    }
}

async fn deliver_submission(
    exports: &Exports,
    (id, dag_id): (&str, &str),
    (files, plan): (Vec<File>, String),
    submission: Option<Submission>,
) -> (Delivery, Option<Follow>) {
    let delivered = match exports.standalone() {
        Ok(Standalone { site, .. }) => {
            let job = folder_job(dag_id, &files, submission.as_ref());
            folder::deliver(&site.folder, job, &plan).await.map_err(|error| {
                tracing::warn!(%error, shipment.id = id, "A job was not delivered");
                errors::of_folder(&error, errors::MASTER_FOLDER)
            })
        }
        Err(error) => Err(Explained { error: error.error, hint: error.hint }),
    };
    let at_ms = clock::now_ms();
    match delivered {
        Ok(()) => {
            let follow = submission.map(|submission| standalone::follow::Follow::new(submission, at_ms).into());
            (Delivery::Done { at_ms, commit: None, url: None, is_new: true, merge_request: None }, follow)
        }
        Err(why) => (Delivery::Failed { at_ms, why: Told::from(&why) }, None),
    }
}

async fn deliver_workflow(
    exports: &Exports,
    (id, dag_id): (&str, &str),
    (files, plan, message): (Vec<File>, String, String),
    wish: Wish,
) -> (Delivery, Option<Follow>) {
    let delivered = match exports.place() {
        Ok(Place::Repository(repository)) => {
            let delivery = git::Delivery { folder: dag_id, files: &files };
            // Whose files they are was shown with the plan.
            let agreed = Agreed { seen: &plan, replace: true };
            repository.push(&delivery, agreed, &message).await.map_err(|error| {
                tracing::warn!(%error, upstream = "git", shipment.id = id, "A job was not delivered");
                of_git::explained(&error)
            })
        }
        Ok(Place::Folder(workflows)) => {
            let written = folder::deliver(workflows, folder_job(dag_id, &files, None), &plan).await;
            written.map(|()| in_folder(dag_id)).map_err(|error| {
                tracing::warn!(%error, shipment.id = id, "A job was not delivered");
                errors::of_folder(&error, errors::DAG_FOLDER)
            })
        }
        Err(error) => Err(Explained { error: error.error, hint: error.hint }),
    };
    let at_ms = clock::now_ms();
    let done = match delivered {
        Ok(done) => done,
        Err(why) => return (Delivery::Failed { at_ms, why: Told::from(&why) }, None),
    };
    let is_commit = !done.commit.is_empty();
    let by = match &done.merge_request {
        Some(_) => shipped::Delivery::Branch { name: done.branch.clone() },
        None if is_commit => shipped::Delivery::Commit { id: done.commit.clone() },
        None => shipped::Delivery::Folder,
    };
    let follow = exports.shipments.site.api.as_ref().and_then(|api| {
        let shipped = Shipped::new(dag_id, &done.folder, &files, by);
        let shipped = shipped.inspect_err(|error| tracing::error!(%error, shipment.id = id, "A job is not followed"));
        Some(airflow::follow::Follow::new(shipped.ok()?, wish, &format!("monitor-{id}"), api.visibility, at_ms).into())
    });
    let commit = Some(done.commit).filter(|_| is_commit);
    let merge_request = done.merge_request.map(|request| kept(request, id));
    (Delivery::Done { at_ms, commit, url: done.web_url, is_new: done.is_new, merge_request }, follow)
}

/// As it is kept. A merge request that the host did not open is no failure: the branch is there.
fn kept(git::MergeRequest { branch, number, web_url: url, problem }: git::MergeRequest, id: &str) -> MergeRequest {
    let why = problem.map(|error| {
        tracing::warn!(%error, upstream = "git", shipment.id = id, "No merge request was opened");
        Told::from(&of_git::not_opened(&error))
    });
    MergeRequest { branch, number, url, why }
}

/// A delivery into a folder of workflows, which has no commit.
fn in_folder(dag_id: &str) -> git::Delivered {
    git::Delivered {
        commit: String::new(),
        is_new: true,
        branch: String::new(),
        merge_request: None,
        folder: dag_id.to_owned(),
        web_url: None,
    }
}
